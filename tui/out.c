// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what the machine formats share: times.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "out.h"

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
	/* To the nearest one, as other numbers, or a replay would differ. */
	double ms = floor(seconds * 1000 + 0.5);
	double whole = floor(ms / 1000);
	struct timespec t = {
		.tv_sec = (time_t)whole,
		.tv_nsec = (long)(ms - whole * 1000) * 1000000L,
	};

	return out_rfc3339(buf, &t);
}
