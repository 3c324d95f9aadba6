// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the decoding of UTF-8 from untrusted bytes (RFC 3629: no overlong
 * forms, no surrogates, nothing above U+10FFFF).
 */
#include <stddef.h>

#include "utf8.h"

int utf8_decode(const char *s, uint32_t *cp)
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
