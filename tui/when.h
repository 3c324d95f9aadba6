/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Moments as people write them, in atop's way and in ISO 8601's:
 *
 *	[YYYYMMDD]hhmm[ss]	hh:mm[:ss]
 *	y...[time]		yesterday; yy is the day before, and so on
 *	YYYY-MM-DD[(T or space)hh:mm[:ss[.fraction]][Z or +hh:mm or -hh:mm]]
 *
 * Local time where no zone is given.
 */
#ifndef SYSPERF_TUI_WHEN_H
#define SYSPERF_TUI_WHEN_H

#include <stdbool.h>
#include <time.h>

struct when {
	bool set; /* one was parsed */
	bool has_date, has_time, has_zone;
	int days_ago; /* for y; 0: none */
	struct tm tm; /* what was given */
	long ns;
	long zone_s; /* east of Greenwich */
};

/**
 * when_parse() - understand a moment
 *
 * Return: 0 or -EINVAL.
 */
int when_parse(struct when *w, const char *s);

/**
 * when_at() - what moment that is
 * @w: parsed
 * @day: any second of the day that is meant where none is given
 * @later: days to add to that one, if so
 * @end: it ends something: of a day alone, its end
 */
struct timespec when_at(const struct when *w, time_t day, int later, bool end);

/**
 * when_window() - what begin and end mean for a recording
 * @first: its first moment
 * @last: its last one
 * @begin: set, if @from is
 * @end: set, if @to is
 *
 * A time without a day is the first one of it in the recording; to end, the
 * first one after the beginning.
 */
void when_window(const struct when *from, const struct when *to,
		 const struct timespec *first, const struct timespec *last,
		 struct timespec *begin, struct timespec *end);

#endif /* SYSPERF_TUI_WHEN_H */
