// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the decoding of UTF-8 from untrusted bytes (RFC 3629: no overlong
 * forms, no surrogates, nothing above U+10FFFF), and their cleaning.
 */
#include <stdbool.h>
#include <string.h>

#include <sysperf/text.h>

int sp_utf8_decode(const char *s, uint32_t *cp)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *p = (const unsigned char *)s;
	uint32_t c = p[0];
	int len;

	if (c < 0x80) {
		*cp = c;
		return 1;
	}
	if (c >= 0xf8 || c < 0xc0)
		return 0;
	len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	c &= 0x7fU >> len;
	for (int i = 1; i < len; i++) {
		/* A NUL is no continuation: this never reads past it. */
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*cp = c;
	return len;
}

static bool plain_ascii(const char *s)
{
	while (*s && !(*s & 0x80))
		s++;
	return !*s;
}

const char *sp_utf8_clean(char *buf, const char *s)
{
	static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
	size_t at = 0;

	if (plain_ascii(s))
		return s;
	while (*s && at + 4 < SP_TEXT_MAX) {
		uint32_t cp;
		int n = sp_utf8_decode(s, &cp);

		memcpy(buf + at, n ? s : replacement, n ? (size_t)n : 3);
		at += n ? (size_t)n : 3;
		s += n ? n : 1;
	}
	buf[at] = '\0';
	return buf;
}
