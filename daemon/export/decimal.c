// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns how programs are told a number. No printf(): a frame has hundreds of
 * thousands of them.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sysperf/text.h>

/* Writes v / 10^digits without trailing zeros, backwards from the end. */
static char *format_fixed(char *buf, uint64_t v, int digits, bool negative)
{
	char tmp[32];
	char *p = tmp + sizeof(tmp);
	bool any = false;

	for (int i = 0; i < digits; i++, v /= 10) {
		any = any || v % 10;
		if (any)
			*--p = (char)('0' + v % 10);
	}
	if (any)
		*--p = '.';
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	if (negative)
		*--p = '-';
	memcpy(buf, p, (size_t)(tmp + sizeof(tmp) - p));
	buf[tmp + sizeof(tmp) - p] = '\0';
	return buf;
}

char *sp_decimal(char *buf, size_t len, double v, int digits)
{
	static const double tens[] = {1,   1e1, 1e2, 1e3, 1e4,
				      1e5, 1e6, 1e7, 1e8, 1e9};
	double scaled;

	if (digits > 9)
		digits = 9;
	scaled = floor(fabs(v) * tens[digits] + 0.5);
	/*
	 * A frame has hundreds of thousands of numbers: doing this without
	 * printf() is several times faster. Above 2^53 it would not be exact.
	 */
	if (scaled < 9007199254740992.0 && len >= 32)
		return format_fixed(buf, (uint64_t)scaled, digits,
				    v < 0 && scaled > 0);
	snprintf(buf, len, "%.0f", v);
	return buf;
}
