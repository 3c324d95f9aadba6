// SPDX-License-Identifier: GPL-2.0-only
/* sysperfd.conf */
#include "../../daemon/settings.h"

#define CONFIG struct settings
#define CONFIG_INIT settings_init
#define CONFIG_PARSE settings_parse
#define CONFIG_PRINT settings_print
#include "config_round.h"
