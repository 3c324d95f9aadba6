/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UTF-8 without the locale's help: names come from outside and are what they
 * are, whatever LANG says.
 */
#ifndef SYSPERF_TUI_UTF8_H
#define SYSPERF_TUI_UTF8_H

#include <stdint.h>

/**
 * utf8_decode() - the first character of a string
 * @s: NUL-terminated, not empty
 * @cp: set to the code point
 *
 * Return: its length in bytes, 0 if the first byte starts no valid character.
 */
int utf8_decode(const char *s, uint32_t *cp);

#endif /* SYSPERF_TUI_UTF8_H */
