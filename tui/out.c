// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what the machine formats share: times and clean text.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "out.h"
#include "utf8.h"

char *out_rfc3339(char *buf, const struct timespec *t)
{
	struct tm tm;
	size_t n;

	if (!gmtime_r(&t->tv_sec, &tm))
		memset(&tm, 0, sizeof(tm));
	n = strftime(buf, OUT_TIME_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, OUT_TIME_MAX - n, ".%03uZ",
		 (unsigned int)(t->tv_nsec / 1000000) % 1000);
	return buf;
}

char *out_epoch(char *buf, double seconds)
{
	double whole = floor(seconds);
	struct timespec t = {
		.tv_sec = (time_t)whole,
		.tv_nsec = (long)((seconds - whole) * 1e9),
	};

	return out_rfc3339(buf, &t);
}

static bool plain_ascii(const char *s)
{
	while (*s && !(*s & 0x80))
		s++;
	return !*s;
}

const char *out_utf8(char *buf, const char *s)
{
	static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
	size_t at = 0;

	if (plain_ascii(s))
		return s;
	while (*s && at + 4 < OUT_TEXT_MAX) {
		uint32_t cp;
		int n = utf8_decode(s, &cp);

		memcpy(buf + at, n ? s : replacement, n ? (size_t)n : 3);
		at += n ? (size_t)n : 3;
		s += n ? n : 1;
	}
	buf[at] = '\0';
	return buf;
}
