/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One file of a recording: from sample to sample, either way, over damage.
 */
#ifndef SYSPERF_RECORD_FILE_H
#define SYSPERF_RECORD_FILE_H

#include "damage.h"
#include "scan.h"

/* The samples that are wanted, by time. */
struct rec_window {
	int64_t begin_ns, end_ns; /* both are in it */
};

struct rec_file {
	struct rec_scan scan;
	unsigned int number; /* what damage calls it */
	struct rec_damage *damage;
	const struct rec_window *window;
	/* The clock was set back in it, as of stepped_size bytes. */
	bool stepped;
	uint64_t stepped_size;
	/* The last record passed forwards, for what is missing after it. */
	uint64_t last_end, last_key;
	uint16_t last_ordinal;
};

/**
 * rec_file_open() - open a file
 * @f: set; damage and window to be set by the caller
 *
 * Return: 0 or -errno.
 */
int rec_file_open(struct rec_file *f, const char *path);

/**
 * rec_file_first() - from where on samples of the window can be
 */
int rec_file_first(struct rec_file *f, uint64_t *at);

/**
 * rec_file_last() - up to where samples of the window can be
 */
int rec_file_last(struct rec_file *f, uint64_t *at);

/**
 * rec_file_next() - the first intact sample of the window from a place on
 * @at: the place, where a record should begin
 *
 * Return: 1; 0 if there is none; -errno.
 */
int rec_file_next(struct rec_file *f, uint64_t at, struct rec_place *p);

/**
 * rec_file_prev() - the last intact sample of the window before a place
 * @at: the place, where a record should begin
 *
 * Return: as rec_file_next().
 */
int rec_file_prev(struct rec_file *f, uint64_t at, struct rec_place *p);

/**
 * rec_file_seek() - the sample at a moment, or of all after it the closest
 *
 * Payloads are not looked at.
 *
 * Return: as rec_file_next().
 */
int rec_file_seek(struct rec_file *f, int64_t time_ns, struct rec_place *p);

/**
 * rec_file_unusable() - an intact sample could not be made a frame
 * @here: for its own sake, not for want of another record
 */
void rec_file_unusable(struct rec_file *f, const struct rec_place *p,
		       bool here);

/**
 * rec_file_close() - close it
 */
void rec_file_close(struct rec_file *f);

#endif /* SYSPERF_RECORD_FILE_H */
