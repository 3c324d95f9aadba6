/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recorder in a thread of its own, for whoever must not wait for a disk.
 * What is recorded goes through a queue of bounded size; when that is full, as
 * behind a disk that hangs, samples are lost, and counted.
 */
#ifndef SYSPERF_RECORD_THREAD_H
#define SYSPERF_RECORD_THREAD_H

#include <sysperf/recording.h>

/* Samples that wait at most, unless their bytes are too many before. */
#define REC_THREAD_QUEUE 64
#define REC_THREAD_BYTES (8U << 20)

struct rec_thread;

/**
 * rec_thread_start() - begin; the recording is opened by the thread
 * @out: set
 * @path: as for sp_recorder_open(); copied
 * @cfg: copied
 * @first: called in the thread before all else; may be NULL
 *
 * Return: 0 or -errno.
 */
int rec_thread_start(struct rec_thread **out, const char *path,
		     const struct sp_recorder_config *cfg, void (*first)(void));

/**
 * rec_thread_opened() - wait until the recording is open, or cannot be
 * @ms: so long at most
 * @said: set to what sp_recorder_open() said
 * @len: of @said
 *
 * Return: as sp_recorder_open(), after a failure of which nothing is recorded
 * any more; -ETIMEDOUT if the disk does not answer so far.
 */
int rec_thread_opened(struct rec_thread *t, unsigned int ms, char *said,
		      size_t len);

/**
 * rec_thread_add() - record a frame, by and by
 *
 * One that cannot be put into the queue is counted as not written.
 */
void rec_thread_add(struct rec_thread *t, const struct sp_frame *frame);

/**
 * rec_thread_config() - other limits as of the next sample
 * @cfg: copied
 */
void rec_thread_config(struct rec_thread *t,
		       const struct sp_recorder_config *cfg);

struct rec_thread_state {
	struct sp_recorder_stats stats; /* not_written: for whatever reason */
	size_t queued; /* samples that wait, or are being written */
	/*
	 * Times that samples began to be lost. Each is over when one has been
	 * written and none waits any more: a disk that is a bit too slow all
	 * the time is one trouble, not many.
	 */
	uint64_t troubles;
	int trouble; /* -errno, -ENOBUFS: the queue was full; 0: all is well */
	uint64_t lost; /* samples, in the trouble that is or was the last */
	bool ended; /* it could not be opened; nothing will be written */
	char path[512]; /* the file that is written, cut where too long */
};

/**
 * rec_thread_state() - how it is
 */
void rec_thread_state(struct rec_thread *t, struct rec_thread_state *s);

/**
 * rec_thread_end() - write what waits, close the recording, and free it
 * @ms: wait so long at most
 * @left: set to the samples that were not written by then
 *
 * After a time-out the thread still writes them, if the process lives and the
 * disk answers before long.
 *
 * Return: 0; -ETIMEDOUT; or another -errno if the disk failed.
 */
int rec_thread_end(struct rec_thread *t, unsigned int ms, size_t *left);

#endif /* SYSPERF_RECORD_THREAD_H */
