/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Headers of records as bytes; <sysperf/recording.h> tells what they mean.
 */
#ifndef SYSPERF_RECORD_HEAD_H
#define SYSPERF_RECORD_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REC_HEAD 44 /* bytes */
#define REC_MAGIC "SPR1"
#define REC_NS_PER_S 1000000000LL

enum rec_type {
	REC_SCHEMA = 1,
	REC_KEY,
	REC_DELTA,
};

#define REC_STEPPED 1U /* flag: the clock was set back in this file */

struct rec_head {
	uint8_t type, flags;
	uint16_t ordinal;
	uint32_t length, raw;
	int64_t time_ns;
	uint32_t behind_s, back, schema, crc_payload;
};

/**
 * rec_crc() - CRC32C
 */
uint32_t rec_crc(const void *data, size_t len);

/**
 * rec_head_pack() - a header as bytes, with magic and checksum
 */
void rec_head_pack(uint8_t out[REC_HEAD], const struct rec_head *h);

/**
 * rec_head_parse() - the reverse
 *
 * Return: whether it is a header.
 */
bool rec_head_parse(struct rec_head *h, const uint8_t in[REC_HEAD]);

/**
 * rec_high_ns() - no time in the file up to this record is higher
 */
int64_t rec_high_ns(const struct rec_head *h);

/**
 * rec_is_frame() - is it a sample?
 */
static inline bool rec_is_frame(const struct rec_head *h)
{
	return h->type == REC_KEY || h->type == REC_DELTA;
}

#endif /* SYSPERF_RECORD_HEAD_H */
