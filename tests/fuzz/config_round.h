/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whatever a configuration file holds: it is taken, and then what is printed
 * of it says the same, or it is refused in one line with its place. Before it
 * is included, CONFIG is the structure's type, and CONFIG_INIT, CONFIG_PARSE
 * and CONFIG_PRINT are its functions.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int parse(CONFIG *c, const void *data, size_t size)
{
	FILE *f = fmemopen((void *)(uintptr_t)data, size, "r");
	char err[512] = "";
	int ret;

	if (!f)
		abort();
	CONFIG_INIT(c);
	ret = CONFIG_PARSE(c, f, "file", err, sizeof(err));
	fclose(f);
	if (ret && strncmp(err, "file:", 5) != 0)
		abort();
	return ret;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CONFIG config, again;
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	if (!size || parse(&config, data, size))
		return 0;
	f = open_memstream(&text, &len);
	if (!f)
		abort();
	CONFIG_PRINT(&config, f);
	fclose(f);
	if (parse(&again, text, len))
		abort();
	free(text);
	return 0;
}
