// SPDX-License-Identifier: GPL-2.0-only
/* sysperf.conf */
#include <sysperf/config.h>

#define CONFIG struct sp_config
#define CONFIG_INIT sp_config_init
#define CONFIG_PARSE sp_config_parse
#define CONFIG_PRINT sp_config_print
#include "config_round.h"
