/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of options: what options.c parses and prints help from, and
 * options_set.c declares.
 */
#ifndef SYSPERF_TUI_OPTIONS_TABLE_H
#define SYSPERF_TUI_OPTIONS_TABLE_H

#include "options.h"

#define OPTIONS_ERR_MAX 256

struct option_def {
	char letter; /* 0: none */
	const char *name;
	const char *arg; /* what help calls its argument; NULL: takes none */
	const char *help;
	/* On failure it says why in err. */
	int (*set)(struct options *o, const char *arg, char *err);
};

extern const struct option_def option_defs[];
#define NR_OPTION_DEFS 28

/* What --format and --source take; NULL ends them. */
extern const char *const option_formats[];
extern const char *const option_sources[];

/**
 * options_fail() - say why an argument is refused
 * @err: of OPTIONS_ERR_MAX bytes
 *
 * Return: -EINVAL.
 */
int options_fail(char *err, const char *form, ...)
	__attribute__((format(printf, 2, 3)));

/**
 * options_set_delay(), options_set_iterations() - for operands, too
 */
int options_set_delay(struct options *o, const char *arg, char *err);
int options_set_iterations(struct options *o, const char *arg, char *err);

#endif /* SYSPERF_TUI_OPTIONS_TABLE_H */
