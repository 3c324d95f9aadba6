/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the files of a recording that is a directory.
 */
#ifndef SYSPERF_RECORD_NAMES_H
#define SYSPERF_RECORD_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REC_NAME_MAX 48
#define REC_SUFFIX ".spr"

struct rec_names {
	char **names; /* oldest first */
	size_t nr;
};

/**
 * rec_name_make() - what a file that begins then is called
 * @try: 0; or 1, 2... if there is a file of that name already
 */
void rec_name_make(char name[REC_NAME_MAX], int64_t time_ns, unsigned int try);

/**
 * rec_name_is_ours() - may it be deleted?
 */
bool rec_name_is_ours(const char *name);

/**
 * rec_name_same_day() - did a file of ours begin on the day of a moment, UTC?
 */
bool rec_name_same_day(const char *name, int64_t time_ns);

/**
 * rec_names_list() - the names in a directory that end in REC_SUFFIX
 * @dir: its descriptor
 * @list: set; rec_names_free() it
 *
 * Return: 0 or -errno.
 */
int rec_names_list(int dir, struct rec_names *list);

/**
 * rec_names_free() - free it
 */
void rec_names_free(struct rec_names *list);

#endif /* SYSPERF_RECORD_NAMES_H */
