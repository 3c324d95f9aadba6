/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text for machines: plain numbers, and names of outside made valid UTF-8
 * without the locale's help: they are what they are, whatever LANG says.
 */
#ifndef SYSPERF_TEXT_H
#define SYSPERF_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define SP_TEXT_MAX 1024 /* three times the longest text field */

/**
 * sp_utf8_decode() - the first character of a string
 * @s: NUL-terminated, not empty
 * @cp: set to the code point
 *
 * Return: its length in bytes, 0 if the first byte starts no valid character.
 */
int sp_utf8_decode(const char *s, uint32_t *cp);

/**
 * sp_utf8_clean() - a name as valid UTF-8, U+FFFD in place of each invalid byte
 * @buf: of SP_TEXT_MAX bytes, may be used for the result
 * @s: bytes from outside
 *
 * Return: @s if it is valid as it is, else @buf.
 */
const char *sp_utf8_clean(char *buf, const char *s);

/**
 * sp_decimal() - a number for programs: plain decimal, no exponent, no unit
 * @buf: result
 * @len: of @buf, at least 32
 * @v: the value; finite
 * @digits: at most so many after the point, 9 at most; zeros at the end are
 *	left out
 *
 * Return: @buf.
 */
char *sp_decimal(char *buf, size_t len, double v, int digits);

#endif /* SYSPERF_TEXT_H */
