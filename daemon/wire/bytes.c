// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns buffers that grow, and taking bytes apart. One thread at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

#define FIRST_CAP 4096

static bool make_room(struct sp_bytes *b, size_t more)
{
	size_t cap = b->cap ? b->cap : FIRST_CAP;
	uint8_t *data;

	if (b->failed || more > SIZE_MAX / 4 || b->len > SIZE_MAX / 4)
		return false;
	while (cap < b->len + more)
		cap *= 2;
	data = realloc(b->data, cap);
	if (!data)
		return false;
	b->data = data;
	b->cap = cap;
	return true;
}

void sp_bytes_add(struct sp_bytes *b, const void *data, size_t len)
{
	if (b->cap - b->len < len && !make_room(b, len)) {
		b->failed = true;
		return;
	}
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
}

void sp_bytes_free(struct sp_bytes *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

void bytes_put_u64(struct sp_bytes *b, uint64_t v)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(v >> 8 * i);
	sp_bytes_add(b, bytes, sizeof(bytes));
}

void bytes_put_text(struct sp_bytes *b, const char *s, size_t len)
{
	bytes_put_varint(b, len);
	sp_bytes_add(b, s, len);
}

uint64_t cursor_varint(struct cursor *c)
{
	uint64_t v = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		uint8_t byte = cursor_u8(c);

		/* Of the tenth byte one bit is left. */
		if (shift == 63 && byte > 1)
			break;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return v;
	}
	cursor_fail(c);
	return 0;
}

uint64_t cursor_u64(struct cursor *c)
{
	const char *s = cursor_take(c, 8);
	uint64_t v = 0;

	for (size_t i = 0; s && i < 8; i++)
		v |= (uint64_t)(uint8_t)s[i] << 8 * i;
	return v;
}

const char *cursor_take(struct cursor *c, uint64_t len)
{
	const uint8_t *at = c->at;

	if (c->failed || len > cursor_left(c)) {
		cursor_fail(c);
		return NULL;
	}
	c->at += len;
	return (const char *)at;
}

const char *cursor_text(struct cursor *c, size_t *len)
{
	const uint64_t n = cursor_varint(c);
	const char *s = cursor_take(c, n);

	*len = s ? (size_t)n : 0;
	return s;
}
