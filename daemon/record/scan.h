/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records by their place in a file, which may be damaged anywhere and may
 * grow meanwhile.
 */
#ifndef SYSPERF_RECORD_SCAN_H
#define SYSPERF_RECORD_SCAN_H

#include "head.h"

struct rec_scan {
	int fd;
	uint64_t size; /* of the file, when last looked at */
	uint8_t *buf; /* its bytes from at on */
	size_t cap, len;
	uint64_t at;
	uint64_t reads; /* system calls so far */
};

/* A record that is there. */
struct rec_place {
	uint64_t at, end;
	struct rec_head head;
};

/**
 * rec_scan_size() - look how large the file is now
 *
 * Return: 0 or -errno.
 */
int rec_scan_size(struct rec_scan *s);

/**
 * rec_scan_header() - the header at a place, whatever its payload
 *
 * Return: 1; 0 if there is none, or its payload goes beyond the file; -errno.
 */
int rec_scan_header(struct rec_scan *s, uint64_t at, struct rec_place *p);

/**
 * rec_scan_record() - the intact record at a place
 * @payload: set to its bytes, until the next call; may be NULL
 *
 * Return: 1; 0 if there is none; -errno.
 */
int rec_scan_record(struct rec_scan *s, uint64_t at, struct rec_place *p,
		    const uint8_t **payload);

/**
 * rec_scan_after() - the first intact record at a place or after it
 *
 * Return: 1; 0 if there is none; -errno.
 */
int rec_scan_after(struct rec_scan *s, uint64_t at, struct rec_place *p);

/**
 * rec_scan_before() - the last intact record that begins before a place
 *
 * Return: 1; 0 if there is none; -errno.
 */
int rec_scan_before(struct rec_scan *s, uint64_t at, struct rec_place *p);

/**
 * rec_scan_high() - a record up to which all times are lower than a moment
 * @at: set to its place, 0 if there is none; the first frame with a time as
 *	high or higher is not far behind it
 *
 * Halves the file; reads some ten times 64 KiB, whatever its size.
 *
 * Return: 0 or -errno.
 */
int rec_scan_high(struct rec_scan *s, int64_t time_ns, uint64_t *at);

/**
 * rec_scan_free() - free its memory; the file stays open
 */
void rec_scan_free(struct rec_scan *s);

#endif /* SYSPERF_RECORD_SCAN_H */
