// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the layout of a record's header, and the checksum.
 */
#include <endian.h>
#include <isa-l/crc.h>
#include <string.h>

#include "head.h"

uint32_t rec_crc(const void *data, size_t len)
{
	/* It does not write, it only lacks the const. */
	return ~crc32_iscsi((unsigned char *)(uintptr_t)data, (int)len, ~0U);
}

static void put32(uint8_t *at, uint32_t v)
{
	v = htole32(v);
	memcpy(at, &v, sizeof(v));
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return le32toh(v);
}

void rec_head_pack(uint8_t out[REC_HEAD], const struct rec_head *h)
{
	uint64_t time = (uint64_t)h->time_ns;

	for (size_t i = 0; i < strlen(REC_MAGIC); i++)
		out[i] = (uint8_t)REC_MAGIC[i];
	out[4] = h->type;
	out[5] = h->flags;
	out[6] = (uint8_t)h->ordinal;
	out[7] = (uint8_t)(h->ordinal >> 8);
	put32(out + 8, h->length);
	put32(out + 12, h->raw);
	put32(out + 16, (uint32_t)time);
	put32(out + 20, (uint32_t)(time >> 32));
	put32(out + 24, h->behind_s);
	put32(out + 28, h->back);
	put32(out + 32, h->schema);
	put32(out + 36, h->crc_payload);
	put32(out + 40, rec_crc(out, 40));
}

bool rec_head_parse(struct rec_head *h, const uint8_t in[REC_HEAD])
{
	if (memcmp(in, REC_MAGIC, 4) != 0 || get32(in + 40) != rec_crc(in, 40))
		return false;
	h->type = in[4];
	h->flags = in[5];
	h->ordinal = (uint16_t)(in[6] | in[7] << 8);
	h->length = get32(in + 8);
	h->raw = get32(in + 12);
	h->time_ns = (int64_t)(get32(in + 16) | (uint64_t)get32(in + 20) << 32);
	h->behind_s = get32(in + 24);
	h->back = get32(in + 28);
	h->schema = get32(in + 32);
	h->crc_payload = get32(in + 36);
	return true;
}

int64_t rec_high_ns(const struct rec_head *h)
{
	int64_t behind = h->behind_s * REC_NS_PER_S;

	return h->time_ns > INT64_MAX - behind ? INT64_MAX
					       : h->time_ns + behind;
}
