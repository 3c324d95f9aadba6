/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the live screen keeps from one day to the next: the section [screen] of
 * the configuration. One table has all of it; reading, writing and the setup
 * screen go by that.
 */
#ifndef SYSPERF_TUI_PREFS_H
#define SYSPERF_TUI_PREFS_H

#include <stdbool.h>
#include <stdio.h>

#include "options.h"
#include "screen.h"
#include "task_columns.h"

struct prefs {
	double delay_s, ended_s;
	enum theme theme;
	bool ascii, mouse, cpu_meters, tree, kernel_threads, idle;
	const struct sp_field *sort;
	bool ascending;
	struct task_columns columns;
	/* Of the verdict, in a section of their own; those changed are saved. */
	struct sp_thresholds thresholds;
	bool changed[SP_RULES_MAX];
};

enum pref_kind { PREF_SECONDS, PREF_BOOL, PREF_THEME, PREF_SORT, PREF_COLUMNS };

struct pref {
	const char *key;
	enum pref_kind kind;
	size_t offset; /* of the member */
	double least, most; /* of seconds */
	const char *help;
};

extern const struct pref prefs_table[];
extern const size_t nr_prefs;

/**
 * prefs_init() - what is so without any file
 */
void prefs_init(struct prefs *s);

/**
 * prefs_set() - a setting from text
 * @err: one sentence on failure
 *
 * Return: 0 or -EINVAL; nothing is changed then.
 */
int prefs_set(struct prefs *s, const struct pref *which, const char *value,
	      char *err, size_t len);

/**
 * prefs_text() - a setting as text
 */
void prefs_text(const struct prefs *s, const struct pref *which, char *buf,
		size_t len);

/**
 * prefs_parse() - what the section [screen] of a file says
 * @s: what the file says is changed, all else left
 * @name: what messages call the file
 * @err: what was not understood first, "" if nothing; the rest holds
 */
void prefs_parse(struct prefs *s, FILE *f, const char *name, char *err,
		 size_t len);

/**
 * prefs_read() - the files that the options name, or the usual ones
 * @err: as prefs_parse(); a file that is not there is no error
 */
void prefs_read(struct prefs *s, const struct options *o, char *err,
		size_t len);

/**
 * prefs_path() - where prefs_save() writes to
 *
 * Return: 0, or -ENOENT if there is no home to have a file in.
 */
int prefs_path(const struct options *o, char *path, size_t len);

/**
 * prefs_save() - write the section [screen] and what became other thresholds,
 * leaving the rest of the file
 * @err: one sentence on failure
 *
 * The file is replaced as a whole or not at all, and only by one that can be
 * read again.
 *
 * Return: 0 or -errno.
 */
int prefs_save(const struct prefs *s, const char *path, char *err, size_t len);

/**
 * prefs_print() - the section [screen], each key explained
 */
void prefs_print(const struct prefs *s, FILE *f);

#endif /* SYSPERF_TUI_PREFS_H */
