/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * INI files read strictly: what is not understood is an error, told once, with
 * the name of the file and the line.
 */
#ifndef SYSPERF_INI_FILE_H
#define SYSPERF_INI_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct ini_file {
	FILE *f;
	const char *name; /* what messages call it */
	char *err; /* the first error */
	size_t len; /* of err */
	unsigned int line; /* being read; the first is 1 */
	int ret; /* of the first error */
	unsigned int err_line;
	bool skip; /* section() says: somebody else reads this one */
	/**
	 * section() - a heading
	 * @name: without brackets, @n bytes
	 *
	 * It may call ini_fail().
	 */
	void (*section)(struct ini_file *file, const char *name, size_t n);
	/* Likewise a key. */
	void (*key)(struct ini_file *file, const char *section, const char *key,
		    const char *value);
};

/**
 * ini_fail() - this is wrong; of several the first is told
 * @line: where; file->line for the one being read
 */
void ini_fail(struct ini_file *file, unsigned int line, const char *form, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * ini_file_parse() - read it all
 * @file: all but line, ret and err_line set
 *
 * Return: 0; -EINVAL if it is not understood; -errno if it cannot be read; err
 * then says why.
 */
int ini_file_parse(struct ini_file *file);

/**
 * ini_note_line() - a key is in this line
 * @at: where it was before in this file, 0: nowhere; set
 *
 * In one file, the same key again is somebody's oversight: which of the two
 * was meant is not for us to guess.
 */
void ini_note_line(struct ini_file *file, unsigned int *at, const char *key);

/**
 * ini_number() - digits and a point only: strtod() takes "inf", "0x1" and more
 */
bool ini_number(const char *s, double *v);

/**
 * ini_comment() - words as a comment, in lines that fit a terminal
 */
void ini_comment(FILE *f, const char *s);

#endif /* SYSPERF_INI_FILE_H */
