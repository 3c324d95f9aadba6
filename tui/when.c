// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the grammar of moments.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "when.h"

#define NS_PER_S 1000000000L

/* Exactly so many digits, which are taken. */
static bool number(const char **s, int digits, int *v)
{
	int n = 0;

	for (int i = 0; i < digits; i++) {
		if (!isdigit((unsigned char)(*s)[i]))
			return false;
		n = 10 * n + ((*s)[i] - '0');
	}
	*s += digits;
	*v = n;
	return true;
}

static bool take(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool set_date(struct when *w, int year, int month, int day)
{
	w->tm.tm_year = year - 1900;
	w->tm.tm_mon = month - 1;
	w->tm.tm_mday = day;
	w->has_date = true;
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool iso_date(struct when *w, const char **s)
{
	int year, month, day;

	return number(s, 4, &year) && take(s, '-') && number(s, 2, &month) &&
	       take(s, '-') && number(s, 2, &day) &&
	       set_date(w, year, month, day);
}

static bool time_valid(struct when *w)
{
	w->has_time = true;
	return w->tm.tm_hour < 24 && w->tm.tm_min < 60 && w->tm.tm_sec < 60;
}

static void fraction(struct when *w, const char **s)
{
	long unit = NS_PER_S / 10;

	for (; isdigit((unsigned char)**s); (*s)++, unit /= 10)
		w->ns += (**s - '0') * unit;
}

/* hh:mm[:ss[.fraction]] */
static bool colon_time(struct when *w, const char **s)
{
	if (!number(s, 2, &w->tm.tm_hour) || !take(s, ':') ||
	    !number(s, 2, &w->tm.tm_min))
		return false;
	if (take(s, ':')) {
		if (!number(s, 2, &w->tm.tm_sec))
			return false;
		if (take(s, '.'))
			fraction(w, s);
	}
	return time_valid(w);
}

/* hhmm[ss] */
static bool plain_time(struct when *w, const char **s)
{
	if (!number(s, 2, &w->tm.tm_hour) || !number(s, 2, &w->tm.tm_min))
		return false;
	if (**s && !number(s, 2, &w->tm.tm_sec))
		return false;
	return time_valid(w);
}

static bool zone(struct when *w, const char **s)
{
	int sign = **s == '-' ? -1 : 1, hours, minutes = 0;

	w->has_zone = true;
	if (take(s, 'Z'))
		return true;
	if (!take(s, '+') && !take(s, '-'))
		return false;
	if (!number(s, 2, &hours))
		return false;
	take(s, ':');
	if (**s && !number(s, 2, &minutes))
		return false;
	w->zone_s = sign * (hours * 3600L + minutes * 60L);
	return hours < 24 && minutes < 60;
}

static bool iso(struct when *w, const char *s)
{
	if (!iso_date(w, &s))
		return false;
	if (!*s)
		return true;
	if (!take(&s, 'T') && !take(&s, 't') && !take(&s, ' '))
		return false;
	if (!colon_time(w, &s))
		return false;
	return !*s || (zone(w, &s) && !*s);
}

/* A time with as many days before it as there are y's, or digits alone. */
static bool in_atops_way(struct when *w, const char *s)
{
	size_t digits = strspn(s, "0123456789");
	int year, month, day;

	while (take(&s, 'y'))
		w->days_ago++;
	if (!*s)
		return w->days_ago > 0;
	if (strchr(s, ':'))
		return colon_time(w, &s) && !*s;
	if (digits >= 8 && !w->days_ago) {
		if (!number(&s, 4, &year) || !number(&s, 2, &month) ||
		    !number(&s, 2, &day) || !set_date(w, year, month, day))
			return false;
		if (!*s)
			return true;
	}
	return plain_time(w, &s) && !*s;
}

int when_parse(struct when *w, const char *s)
{
	memset(w, 0, sizeof(*w));
	w->set = s[0] && s[1] && s[2] && s[3] && s[4] == '-'
			 ? iso(w, s)
			 : in_atops_way(w, s);
	return w->set ? 0 : -EINVAL;
}

struct timespec when_at(const struct when *w, time_t day, int later, bool end)
{
	struct timespec t = {0, w->ns};
	struct tm tm = w->tm, on;

	if (!w->has_date) {
		if (w->days_ago) {
			day = time(NULL);
			later = -w->days_ago;
		}
		localtime_r(&day, &on);
		tm.tm_year = on.tm_year;
		tm.tm_mon = on.tm_mon;
		tm.tm_mday = on.tm_mday + later;
	}
	if (!w->has_time && end)
		tm.tm_mday++;
	tm.tm_isdst = -1;
	t.tv_sec = w->has_zone ? timegm(&tm) - w->zone_s : mktime(&tm);
	if (!w->has_time && end) {
		t.tv_sec--;
		t.tv_nsec = NS_PER_S - 1;
	}
	return t;
}

static bool before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec
				      : a->tv_nsec < b->tv_nsec;
}

static bool has_day(const struct when *w)
{
	return w->has_date || w->days_ago;
}

void when_window(const struct when *from, const struct when *to,
		 const struct timespec *first, const struct timespec *last,
		 struct timespec *begin, struct timespec *end)
{
	const struct timespec *after = first;

	if (from->set) {
		*begin = when_at(from, first->tv_sec, 0, false);
		if (!has_day(from) && before(begin, first)) {
			struct timespec next =
				when_at(from, first->tv_sec, 1, false);

			if (!before(last, &next))
				*begin = next;
		}
		after = begin;
	}
	if (to->set) {
		*end = when_at(to, after->tv_sec, 0, true);
		if (!has_day(to) && before(end, after))
			*end = when_at(to, after->tv_sec, 1, true);
	}
}
