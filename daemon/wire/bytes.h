/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Little-endian numbers and texts, put after one another and taken again.
 * Bytes that are taken may be anybody's: what does not fit fails, for good.
 */
#ifndef SYSPERF_BYTES_H
#define SYSPERF_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sysperf/wire.h>

static inline void bytes_put_u8(struct sp_bytes *b, uint8_t v)
{
	if (b->len < b->cap)
		b->data[b->len++] = v;
	else
		sp_bytes_add(b, &v, 1);
}

/**
 * bytes_put_varint() - 7 bits a byte, least first
 */
static inline void bytes_put_varint(struct sp_bytes *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		bytes_put_u8(b, (uint8_t)(v | 0x80));
	bytes_put_u8(b, (uint8_t)v);
}

/**
 * bytes_put_u64() - eight bytes
 */
void bytes_put_u64(struct sp_bytes *b, uint64_t v);

/**
 * bytes_put_text() - a length and so many bytes
 */
void bytes_put_text(struct sp_bytes *b, const char *s, size_t len);

/* What is left of bytes that are being taken. */
struct cursor {
	const uint8_t *at, *end;
	bool failed; /* something did not fit; all since then is 0 */
};

/**
 * cursor_of() - all of some bytes; NULL has none
 */
static inline struct cursor cursor_of(const void *data, size_t len)
{
	const uint8_t *at = data ? data : (const uint8_t *)"";

	return (struct cursor){at, at + (data ? len : 0), false};
}

/**
 * cursor_fail() - take nothing more
 */
static inline void cursor_fail(struct cursor *c)
{
	c->failed = true;
	c->at = c->end;
}

static inline size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	if (c->at < c->end)
		return *c->at++;
	cursor_fail(c);
	return 0;
}

/**
 * cursor_varint() - of at most 64 bits
 */
uint64_t cursor_varint(struct cursor *c);

/**
 * cursor_u64() - eight bytes
 */
uint64_t cursor_u64(struct cursor *c);

/**
 * cursor_take() - so many bytes
 *
 * Return: where they are; NULL if there are not so many.
 */
const char *cursor_take(struct cursor *c, uint64_t len);

/**
 * cursor_text() - a length and so many bytes
 * @len: set
 *
 * Return: where they are, without a NUL; NULL if it failed.
 */
const char *cursor_text(struct cursor *c, size_t *len);

#endif /* SYSPERF_BYTES_H */
