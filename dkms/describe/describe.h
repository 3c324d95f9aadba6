/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the program says of itself, for manual pages and shells. Runs when
 * sysperf is built; is not installed.
 */
#ifndef SYSPERF_DESCRIBE_H
#define SYSPERF_DESCRIBE_H

#include <stddef.h>

/* What an option's argument is; shells differ in how they complete it. */
enum argument {
	ARG_NONE, /* or nothing to be guessed */
	ARG_FORMAT,
	ARG_SOURCE,
	ARG_KEYS, /* a comma list */
	ARG_SORT, /* a key after + or - */
	ARG_FILTER, /* begins with a key */
	ARG_CAPS, /* a comma list */
	ARG_PIDS, /* a comma list */
	ARG_USER,
	ARG_FILE,
	ARG_HOST,
};

#define VERBS_MAX 16

struct verbs {
	char name[VERBS_MAX][16];
	size_t nr;
};

/**
 * describe_argument() - what kind of argument help's word for it means
 * @arg: of a struct option_def; NULL: none
 */
enum argument describe_argument(const char *arg);

/**
 * describe_verbs() - the words that the usage lines of help begin with
 */
void describe_verbs(struct verbs *v);

/**
 * describe_synopsis() - those usage lines, as troff
 */
void describe_synopsis(void);

/**
 * complete_bash(), complete_zsh(), complete_fish() - print a completion script
 */
void complete_bash(void);
void complete_zsh(void);
void complete_fish(void);

#endif /* SYSPERF_DESCRIBE_H */
