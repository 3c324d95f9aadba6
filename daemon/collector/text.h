/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading numbers and words out of the kernel's text files. A struct sp_text
 * is a piece of a buffer that belongs to someone else; nothing here reads
 * past its end, and nothing needs a NUL.
 *
 * Numbers too large for 64 bits become SP_ABSENT - 1, so that a value read is
 * never taken for one that is missing.
 */
#ifndef SYSPERF_TEXT_H
#define SYSPERF_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sysperf/snapshot.h>

struct sp_text {
	const char *p; /* where to read on */
	const char *end; /* one past the last byte */
};

/**
 * sp_text_of() - a whole buffer
 * @buf: the buffer
 * @len: its length in bytes
 */
static inline struct sp_text sp_text_of(const char *buf, size_t len)
{
	return (struct sp_text){buf, buf + len};
}

/**
 * sp_text_len() - how many bytes are left
 */
static inline size_t sp_text_len(const struct sp_text *t)
{
	return (size_t)(t->end - t->p);
}

/**
 * sp_text_line() - take the next line
 * @t: read on after the line's newline
 * @line: set to the line without its newline
 *
 * Return: false at the end. A last line need not have a newline.
 */
static inline bool sp_text_line(struct sp_text *t, struct sp_text *line)
{
	const char *nl;

	if (t->p == t->end)
		return false;
	nl = memchr(t->p, '\n', sp_text_len(t));
	line->p = t->p;
	line->end = nl ? nl : t->end;
	t->p = nl ? nl + 1 : t->end;
	return true;
}

/**
 * sp_text_blanks() - skip spaces and tabs
 */
static inline void sp_text_blanks(struct sp_text *t)
{
	while (t->p != t->end && (*t->p == ' ' || *t->p == '\t'))
		t->p++;
}

/**
 * sp_text_word() - take the next word, ended by a blank
 * @t: read on after the word
 * @word: set to it
 *
 * Return: false if nothing but blanks is left.
 */
static inline bool sp_text_word(struct sp_text *t, struct sp_text *word)
{
	sp_text_blanks(t);
	if (t->p == t->end)
		return false;
	word->p = t->p;
	while (t->p != t->end && *t->p != ' ' && *t->p != '\t')
		t->p++;
	word->end = t->p;
	return true;
}

/**
 * sp_text_skip() - skip some words
 * @t: read on after them
 * @words: how many
 *
 * Return: false if there were fewer.
 */
static inline bool sp_text_skip(struct sp_text *t, unsigned int words)
{
	struct sp_text word;

	while (words--)
		if (!sp_text_word(t, &word))
			return false;
	return true;
}

/**
 * sp_text_u64() - take a decimal number, blanks before it skipped
 * @t: read on after its last digit
 * @v: set to it, SP_ABSENT - 1 if it is larger; left alone on failure
 *
 * Return: false if there is no digit.
 */
static inline bool sp_text_u64(struct sp_text *t, uint64_t *v)
{
	uint64_t n = 0;
	const char *start;

	sp_text_blanks(t);
	for (start = t->p; t->p != t->end; t->p++) {
		unsigned int digit = (unsigned char)*t->p - '0';

		if (digit > 9)
			break;
		if (n > (SP_ABSENT - 1 - digit) / 10)
			n = SP_ABSENT - 1;
		else
			n = n * 10 + digit;
	}
	if (t->p == start)
		return false;
	*v = n;
	return true;
}

/**
 * sp_text_i64() - take a decimal number that may be negative
 * @t: read on after its last digit
 * @v: set to it, INT64_MAX or -INT64_MAX if it is beyond; left alone on
 *	failure
 *
 * Return: false if there is no digit.
 */
static inline bool sp_text_i64(struct sp_text *t, int64_t *v)
{
	uint64_t n;
	bool minus;

	sp_text_blanks(t);
	minus = t->p != t->end && *t->p == '-';
	t->p += minus;
	if (!sp_text_u64(t, &n))
		return false;
	if (n > INT64_MAX)
		n = INT64_MAX;
	*v = minus ? -(int64_t)n : (int64_t)n;
	return true;
}

/**
 * sp_text_prefix() - take a fixed string
 * @t: read on after it; left alone on failure
 * @s: the string
 *
 * Return: false if the text does not start with it.
 */
static inline bool sp_text_prefix(struct sp_text *t, const char *s)
{
	size_t len = strlen(s);

	if (sp_text_len(t) < len || memcmp(t->p, s, len) != 0)
		return false;
	t->p += len;
	return true;
}

/**
 * sp_text_is() - whether the text is this string and nothing else
 */
static inline bool sp_text_is(const struct sp_text *t, const char *s)
{
	size_t len = strlen(s);

	return sp_text_len(t) == len && memcmp(t->p, s, len) == 0;
}

/**
 * sp_text_copy() - copy to a string, cut to fit
 * @t: what to copy; bytes are taken as they are
 * @dst: always NUL-terminated
 * @size: of @dst, at least 1
 */
static inline void sp_text_copy(const struct sp_text *t, char *dst, size_t size)
{
	size_t len = sp_text_len(t);

	if (len > size - 1)
		len = size - 1;
	memcpy(dst, t->p, len);
	dst[len] = '\0';
}

/**
 * sp_u64_scale() - multiply, SP_ABSENT staying so
 * @v: a number or SP_ABSENT
 * @by: a factor, not 0
 *
 * Return: the product, SP_ABSENT - 1 if it is larger.
 */
static inline uint64_t sp_u64_scale(uint64_t v, uint64_t by)
{
	if (v == SP_ABSENT)
		return SP_ABSENT;
	if (v > (SP_ABSENT - 1) / by)
		return SP_ABSENT - 1;
	return v * by;
}

/**
 * sp_u64_add() - add a number to a sum that may be absent yet
 * @sum: SP_ABSENT counts as 0
 * @v: a number, not SP_ABSENT
 *
 * Return: the sum, SP_ABSENT - 1 if it is larger.
 */
static inline uint64_t sp_u64_add(uint64_t sum, uint64_t v)
{
	if (sum == SP_ABSENT)
		return v;
	return v > SP_ABSENT - 1 - sum ? SP_ABSENT - 1 : sum + v;
}

#endif /* SYSPERF_TEXT_H */
