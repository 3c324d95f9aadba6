/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the live screen keeps from one day to the next: the section [screen] of
 * the configuration. One table has all of it; reading, writing and the setup
 * screen go by that.
 */
#ifndef SYSPERF_TUI_SETTINGS_H
#define SYSPERF_TUI_SETTINGS_H

#include <stdbool.h>
#include <stdio.h>

#include "options.h"
#include "screen.h"
#include "task_columns.h"

struct settings {
	double delay_s, ended_s;
	enum theme theme;
	bool ascii, mouse, cpu_meters, tree, kernel_threads, idle;
	const struct sp_field *sort;
	bool ascending;
	struct task_columns columns;
};

enum setting_kind {
	SETTING_SECONDS,
	SETTING_BOOL,
	SETTING_THEME,
	SETTING_SORT,
	SETTING_COLUMNS
};

struct setting {
	const char *key;
	enum setting_kind kind;
	size_t offset; /* of the member */
	double least, most; /* of seconds */
	const char *help;
};

extern const struct setting settings_table[];
extern const size_t nr_settings;

/**
 * settings_init() - what is so without any file
 */
void settings_init(struct settings *s);

/**
 * settings_set() - a setting from text
 * @err: one sentence on failure
 *
 * Return: 0 or -EINVAL; nothing is changed then.
 */
int settings_set(struct settings *s, const struct setting *which,
		 const char *value, char *err, size_t len);

/**
 * settings_text() - a setting as text
 */
void settings_text(const struct settings *s, const struct setting *which,
		   char *buf, size_t len);

/**
 * settings_parse() - what the section [screen] of a file says
 * @s: what the file says is changed, all else left
 * @name: what messages call the file
 * @err: what was not understood first, "" if nothing; the rest holds
 */
void settings_parse(struct settings *s, FILE *f, const char *name, char *err,
		    size_t len);

/**
 * settings_read() - the files that the options name, or the usual ones
 * @err: as settings_parse(); a file that is not there is no error
 */
void settings_read(struct settings *s, const struct options *o, char *err,
		   size_t len);

/**
 * settings_path() - where settings_save() writes to
 *
 * Return: 0, or -ENOENT if there is no home to have a file in.
 */
int settings_path(const struct options *o, char *path, size_t len);

/**
 * settings_save() - write the section [screen], leaving the rest of the file
 * @err: one sentence on failure
 *
 * The file is replaced as a whole or not at all.
 *
 * Return: 0 or -errno.
 */
int settings_save(const struct settings *s, const char *path, char *err,
		  size_t len);

#endif /* SYSPERF_TUI_SETTINGS_H */
