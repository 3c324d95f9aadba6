/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What sysperfd records, as the settings say, and what it tells of that.
 */
#ifndef SYSPERF_RECORDINGS_H
#define SYSPERF_RECORDINGS_H

#include "record/thread.h"
#include "settings.h"

struct recordings;

/**
 * recordings_open() - begin to record to the directory of the settings
 * @out: set
 * @patient: when the disk does not answer for a while, that is told, and
 *	recording begins when it does; else it is a failure
 * @err: on failure, one sentence
 * @len: of @err
 *
 * Return: 0 or -errno.
 */
int recordings_open(struct recordings **out, const struct settings *s,
		    bool patient, char *err, size_t len);

/**
 * recordings_add() - record a frame; does not wait for the disk
 */
void recordings_add(struct recordings *r, const struct sp_frame *frame);

/**
 * recordings_configure() - other limits, for the same directory
 */
void recordings_configure(struct recordings *r, const struct settings *s);

/**
 * recordings_state() - how it is
 */
void recordings_state(const struct recordings *r, struct rec_thread_state *s);

/**
 * recordings_close() - write what waits, and end
 * @ms: wait so long at most; what is not written by then is told
 */
void recordings_close(struct recordings *r, unsigned int ms);

#endif /* SYSPERF_RECORDINGS_H */
