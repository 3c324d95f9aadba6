/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Samples made into what records hold: compressed against the last key.
 */
#ifndef SYSPERF_RECORD_PACK_H
#define SYSPERF_RECORD_PACK_H

#include <sysperf/recording.h>
#include <sysperf/wire.h>

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
 * rec_pack_encoder() - what makes its samples; owned by @k
 */
struct sp_wire_encoder *rec_pack_encoder(struct rec_pack *k);

/**
 * rec_pack_begin() - what comes next depends on nothing before
 *
 * For a new file, and after what has not been written.
 */
void rec_pack_begin(struct rec_pack *k);

/**
 * rec_pack_sample() - make payloads of a sample
 * @s: the sample
 * @p: set to REC_PACK_MAX payloads at most, the last of them the sample; they
 *	hold until the next call
 * @nr: set to how many
 *
 * Return: 0 or -errno.
 */
int rec_pack_sample(struct rec_pack *k, const struct sp_recorder_sample *s,
		    struct rec_payload *p, unsigned int *nr);

/**
 * rec_pack_done() - these payloads have been written
 * @s: the same sample; the bytes of a key are kept, and others left in their
 *	place
 *
 * Return: 0, or -ENOMEM, after which the next one is a key.
 */
int rec_pack_done(struct rec_pack *k, struct sp_recorder_sample *s);

/**
 * rec_pack_free() - free it
 */
void rec_pack_free(struct rec_pack *k);

#endif /* SYSPERF_RECORD_PACK_H */
