/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames made into what records hold: encoded, and compressed against the
 * last key.
 */
#ifndef SYSPERF_RECORD_PACK_H
#define SYSPERF_RECORD_PACK_H

#include <sysperf/frame.h>

#include "writer.h"

#define REC_PACK_MAX 2 /* payloads for one frame */

struct rec_pack;

/**
 * rec_pack_new() - NULL if out of memory
 */
struct rec_pack *rec_pack_new(void);

/**
 * rec_pack_schema_id() - the id of the schema of all its frames
 */
uint32_t rec_pack_schema_id(const struct rec_pack *k);

/**
 * rec_pack_begin() - what comes next depends on nothing before
 *
 * For a new file, and after what has not been written.
 */
void rec_pack_begin(struct rec_pack *k);

/**
 * rec_pack_frame() - make payloads of a frame
 * @frame: the frame
 * @p: set to REC_PACK_MAX payloads at most, the last of them the frame; they
 *	hold until the next call
 * @nr: set to how many
 *
 * Return: 0 or -errno.
 */
int rec_pack_frame(struct rec_pack *k, const struct sp_frame *frame,
		   struct rec_payload *p, unsigned int *nr);

/**
 * rec_pack_done() - these payloads have been written
 *
 * Return: 0, or -ENOMEM, after which the next one is a key.
 */
int rec_pack_done(struct rec_pack *k);

/**
 * rec_pack_free() - free it
 */
void rec_pack_free(struct rec_pack *k);

#endif /* SYSPERF_RECORD_PACK_H */
