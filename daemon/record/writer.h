/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One file that records are appended to.
 */
#ifndef SYSPERF_RECORD_WRITER_H
#define SYSPERF_RECORD_WRITER_H

#include "head.h"

struct rec_writer {
	int fd; /* -1: none */
	uint64_t end; /* where the next record goes */
	int64_t high_ns; /* no time in the file is higher; INT64_MIN: none */
	bool stepped; /* the clock was set back in it */
	uint64_t key; /* where the last key began, 0 if there is none yet */
	uint16_t ordinal; /* of the last record since */
	uint32_t schema;
};

/* A payload to be written. */
struct rec_payload {
	enum rec_type type;
	const void *data;
	uint32_t length, raw;
};

/**
 * rec_writer_open() - open a file for appending, and nobody else
 * @w: set
 * @dir: a directory's descriptor, or AT_FDCWD
 * @name: of the file; made if there is none
 * @fresh: it must not exist
 * @cut: set to the bytes of a torn tail that were cut off
 *
 * A file that holds no record is taken if it is empty, begins like a record,
 * or is all zero, as a power cut leaves it.
 *
 * Return: 0; -EBUSY if someone else has it; -EBADMSG if it is something else;
 * or another -errno.
 */
int rec_writer_open(struct rec_writer *w, int dir, const char *name, bool fresh,
		    uint64_t *cut);

/**
 * rec_writer_add() - append records, all or none of them
 * @p: in their order
 * @nr: how many, 2 at most
 * @time_ns: of them
 *
 * Return: 0 or -errno; the file is then as before.
 */
int rec_writer_add(struct rec_writer *w, const struct rec_payload *p,
		   unsigned int nr, int64_t time_ns);

/**
 * rec_writer_close() - close the file if it is open
 */
void rec_writer_close(struct rec_writer *w);

/**
 * rec_writer_locked() - does someone append to a file?
 * @fd: of the file
 */
bool rec_writer_locked(int fd);

#endif /* SYSPERF_RECORD_WRITER_H */
