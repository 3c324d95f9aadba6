// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever sysperfd.conf holds: it is taken, and then what is printed of it
 * says the same, or it is refused in one line with its place.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int parse(struct settings *s, const void *data, size_t size, char *err,
		 size_t len)
{
	FILE *f = fmemopen((void *)(uintptr_t)data, size, "r");
	int ret;

	if (!f)
		abort();
	ret = settings_parse(s, f, "file", err, len);
	fclose(f);
	return ret;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings s, again;
	char err[512] = "", *text = NULL;
	size_t len = 0;
	FILE *f;

	if (!size)
		return 0;
	settings_init(&s);
	if (parse(&s, data, size, err, sizeof(err))) {
		if (strncmp(err, "file:", 5) != 0)
			abort();
		return 0;
	}
	f = open_memstream(&text, &len);
	if (!f)
		abort();
	settings_print(&s, f);
	fclose(f);
	settings_init(&again);
	if (parse(&again, text, len, err, sizeof(err)))
		abort();
	free(text);
	return 0;
}
