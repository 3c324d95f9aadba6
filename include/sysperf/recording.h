/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recordings: frames in files that survive what breaks files. A recorder
 * writes one file, or a directory of them by turns; a recording reads either.
 *
 * A file is a sequence of records and nothing else. A record is a header of 44
 * bytes, little-endian, and a payload:
 *
 *	 0 u32 magic "SPR1"		24 u32 behind_s
 *	 4 u8  type			28 u32 back
 *	 5 u8  flags			32 u32 schema
 *	 6 u16 ordinal			36 u32 CRC32C of the payload
 *	 8 u32 length of the payload	40 u32 CRC32C of the 40 bytes before
 *	12 u32 length once decompressed
 *	16 s64 time, ns since 1970 UTC
 *
 * type 1, schema: zstd of sp_wire_schema(). 2, key: zstd of a frame as
 * sp_wire_encode() makes it. 3, delta: the same with the key's bytes as
 * dictionary. Readers skip others. schema is the CRC32C of the schema's bytes,
 * ordinal counts a key's deltas from 1, back is how many bytes before this
 * record the key begins (both 0 but in deltas). time is the end of the frame's
 * interval. behind_s, in whole seconds rounded up, is by how much a time before
 * it in the file was higher, so that time + behind_s finds a place by halving
 * even where the clock was set back; flag 1 says that it ever was.
 *
 * There is no index that could be wrong or missing: from any byte on a reader
 * finds the next record by magic and checksums.
 */
#ifndef SYSPERF_RECORDING_H
#define SYSPERF_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <sysperf/frame.h>
#include <sysperf/wire.h>

/* When what was written is forced to the disk; that can take seconds. */
enum sp_recorder_sync {
	SP_SYNC_KEYS, /* each 60 samples or so */
	SP_SYNC_NEVER, /* when the kernel pleases */
	SP_SYNC_ALL, /* each sample */
};

/* All 0 is the usual. */
struct sp_recorder_config {
	enum sp_recorder_sync sync;
	/* Of directories; 0 for no limit. Files end at midnight UTC, too. */
	uint64_t file_bytes; /* begin a new file when one has as many */
	uint64_t total_bytes; /* delete the oldest files beyond */
	uint64_t age_s; /* delete files whose last sample is older, seconds */
};

struct sp_recorder_stats {
	uint64_t samples; /* written since it was opened */
	uint64_t bytes; /* of them, with schemas */
	uint64_t not_written; /* samples */
	uint64_t files_deleted;
};

struct sp_recorder;

/**
 * sp_recorder_open() - begin a recording, or go on with one
 * @out: set
 * @path: a file, made if there is none, else appended to; or a directory that
 *	exists, for files sysperf-YYYYMMDD-HHMMSS.spr
 * @cfg: copied; NULL for the usual
 * @err: on failure, one sentence; on success "", or one about what was found
 *	at the file's end and cut off
 * @len: of @err
 *
 * A process that records should ignore SIGXFSZ.
 *
 * Return: 0; -EBUSY if another recorder writes there; -EBADMSG if the file is
 * something else, which is left as it is; or another -errno.
 */
int sp_recorder_open(struct sp_recorder **out, const char *path,
		     const struct sp_recorder_config *cfg, char *err,
		     size_t len);

/**
 * sp_recorder_add() - append a frame
 *
 * Blocks while the disk does. In a directory it may also begin another file
 * and delete old ones.
 *
 * Return: 0, or -errno if this frame could not be written (-ENOSPC: the disk
 * is full). It is then counted, nothing of it is left in the file, and the
 * next call tries anew.
 */
int sp_recorder_add(struct sp_recorder *r, const struct sp_frame *frame);

/* A frame on its way into a recording. All 0 is an empty one. */
struct sp_recorder_sample {
	struct sp_bytes bytes; /* sp_bytes_free() them */
	int64_t time_ns; /* since 1970 UTC */
	char host[sizeof(((struct sp_frame *)0)->host)];
};

/**
 * sp_recorder_encode() - make a frame ready to be recorded, maybe elsewhere
 * @e: of all metrics
 * @s: set; room that its bytes have is used again
 *
 * Return: 0, -EMSGSIZE if the frame is too large, -ENOMEM.
 */
int sp_recorder_encode(struct sp_wire_encoder *e, const struct sp_frame *frame,
		       struct sp_recorder_sample *s);

/**
 * sp_recorder_add_sample() - append what sp_recorder_encode() made
 * @s: used up; only room for bytes is left of it
 *
 * Return: as sp_recorder_add().
 */
int sp_recorder_add_sample(struct sp_recorder *r, struct sp_recorder_sample *s);

/**
 * sp_recorder_config() - change the limits of a recorder that runs
 * @cfg: copied
 */
void sp_recorder_config(struct sp_recorder *r,
			const struct sp_recorder_config *cfg);

/**
 * sp_recorder_stats() - what it has done so far; owned by the recorder
 */
const struct sp_recorder_stats *sp_recorder_stats(const struct sp_recorder *r);

/**
 * sp_recorder_path() - the file that is written now, for messages
 *
 * Return: the path, owned by the recorder, until the next call of
 * sp_recorder_add(); "" if there is none yet.
 */
const char *sp_recorder_path(const struct sp_recorder *r);

/**
 * sp_recorder_close() - force all to the disk, unless never, and free it
 *
 * Return: 0 or -errno if the disk failed.
 */
int sp_recorder_close(struct sp_recorder *r);

/* What could not be read of those parts that were looked at, each once. */
struct sp_damage {
	uint64_t places;
	uint64_t bytes; /* skipped there */
	/* Samples and schemas known to be lost, there or for want of what was
	 * there; there may have been more. */
	uint64_t records;
};

struct sp_recording;

/**
 * sp_recording_open() - open a recording, at its beginning
 * @out: set
 * @path: a file, or a directory, whose files *.spr are read in order of name
 * @err: on failure, one sentence
 * @len: of @err
 *
 * Return: 0; -EBADMSG if there is no record in it; -ENODATA if it is empty; or
 * another -errno.
 */
int sp_recording_open(struct sp_recording **out, const char *path, char *err,
		      size_t len);

/**
 * sp_recording_window() - leave out all frames but those of some time
 * @begin: the first moment; NULL for no limit
 * @end: the last one; NULL for no limit
 *
 * For all calls below; goes to the first of them. Where the clock was set back
 * the frames of that time may be in several pieces: all are given.
 *
 * Return: 0 or -errno if the file cannot be read.
 */
int sp_recording_window(struct sp_recording *r, const struct timespec *begin,
			const struct timespec *end);

/**
 * sp_recording_next() - the frame after the last one that was given
 * @frame: set; belongs to the recording and holds until its next call
 *
 * Return: 0; -ENODATA at the end, where a later call gives what has been
 * written meanwhile; or another -errno if the file cannot be read. Damage is
 * no failure: it is skipped and counted.
 */
int sp_recording_next(struct sp_recording *r, const struct sp_frame **frame);

/**
 * sp_recording_prev() - the frame before the last one that was given
 *
 * Return: as sp_recording_next(), -ENODATA at the beginning.
 */
int sp_recording_prev(struct sp_recording *r, const struct sp_frame **frame);

/**
 * sp_recording_seek() - go to a moment: next gives the first frame at or after
 *
 * Where the clock was set back, the one that is closest to it of all frames at
 * or after. Beyond the last frame next gives -ENODATA and prev that.
 *
 * Return: 0 or -errno if the file cannot be read.
 */
int sp_recording_seek(struct sp_recording *r, const struct timespec *t);

/**
 * sp_recording_rewind() - go before the first frame, or after the last
 */
int sp_recording_rewind(struct sp_recording *r, bool to_end);

/**
 * sp_recording_times() - the times of the first and of the last frame
 * @first: set
 * @last: set; not the highest where the clock was set back
 *
 * Where one goes on is not changed.
 *
 * Return: 0; -ENODATA if there are no frames; or another -errno.
 */
int sp_recording_times(struct sp_recording *r, struct timespec *first,
		       struct timespec *last);

/**
 * sp_recording_damage() - what was found damaged so far; owned by @r
 */
const struct sp_damage *sp_recording_damage(const struct sp_recording *r);

/**
 * sp_recording_close() - free it, and the last frame
 */
void sp_recording_close(struct sp_recording *r);

#endif /* SYSPERF_RECORDING_H */
