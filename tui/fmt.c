// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns how a value is written: for people with prefixes within a width, for
 * programs as plain decimals, and names made safe for a terminal.
 */
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#include <sysperf/text.h>

#include "fmt.h"

/* A unit's steps; decimals is of the smallest number of a step. */
struct scale {
	double div;
	const char *suffix;
	int decimals;
};

static const struct scale plain[] = {
	{1, "", -1},   {1e3, "k", 1},  {1e6, "M", 1},
	{1e9, "G", 1}, {1e12, "T", 1}, {1e15, "P", 1},
};

static const struct scale binary[] = {
	{1, "", -1},
	{1024.0, "K", 1},
	{1024.0 * 1024, "M", 1},
	{1024.0 * 1024 * 1024, "G", 1},
	{1024.0 * 1024 * 1024 * 1024, "T", 1},
	{1024.0 * 1024 * 1024 * 1024 * 1024, "P", 1},
};

static const struct scale duration[] = {
	{1, "us", -1},	  {1e3, "ms", 2},   {1e6, "s", 2},
	{60e6, "min", 1}, {3600e6, "h", 1}, {86400e6, "d", 1},
};

#define NR_SCALES 6
/* The resolution at which a screen has waits for a CPU: what is shorter tells
 * nobody anything at a glance, and is another one in each interval. */
#define WAIT_US 10.0
#define ROW_WAIT_US 100.0 /* in each of a screen full of rows */
#define CPU_TIME_US 10000 /* the least that is seen of it, as in top */

static const struct scale *unit_scales(enum sp_unit unit)
{
	switch (unit) {
	case SP_UNIT_BYTES:
	case SP_UNIT_BYTES_PER_S:
		return binary;
	case SP_UNIT_US:
		return duration;
	default:
		return plain;
	}
}

/* Always with its prefix, as nobody counts these. */
static bool prefixed(enum sp_unit unit)
{
	return unit == SP_UNIT_BITS_PER_S || unit == SP_UNIT_HZ;
}

/* CPU time so far. */
static bool adds_up(const struct sp_field *f)
{
	return f->key && !strcmp(f->key, "cpu_time_us");
}

/* Of an interval, and so another one in the next. */
static bool passing(const struct sp_field *f)
{
	switch (f->unit) {
	case SP_UNIT_PCT:
	case SP_UNIT_PER_S:
	case SP_UNIT_RATIO:
	case SP_UNIT_BYTES_PER_S:
	case SP_UNIT_BITS_PER_S:
		return true;
	case SP_UNIT_US:
		return !adds_up(f);
	default:
		return false;
	}
}

/* The step at which a value reads best: fewer than four digits. */
static int natural_scale(const struct scale *s, enum sp_unit unit, double v)
{
	int i = 0;

	/* Counts and rates are exact for as long as they fit. */
	if (s == plain && !prefixed(unit))
		return 0;
	while (i < NR_SCALES - 1 && v / s[i].div >= 999.5)
		i++;
	return i;
}

/* Digits after the point that leave about three significant ones. */
static int scaled_decimals(const struct scale *s, double v, int precision,
			   bool counted)
{
	int most = s->decimals < 0 ? precision : s->decimals;
	int digits = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;

	if (counted && s->decimals < 0)
		return precision;
	return digits < most ? digits : most;
}

/* Local time for today, else the day, else the year. */
static void format_time(char *buf, size_t len, double v, int width)
{
	time_t t = (time_t)v, now = time(NULL);
	struct tm tm, today;
	const char *form = "%Y";

	if (!localtime_r(&t, &tm) || !localtime_r(&now, &today)) {
		snprintf(buf, len, "-");
		return;
	}
	if (width >= 19)
		form = "%Y-%m-%d %H:%M:%S";
	else if (tm.tm_year == today.tm_year && tm.tm_yday == today.tm_yday)
		form = width >= 8 ? "%H:%M:%S" : "%H:%M";
	else if (width >= 10)
		form = "%Y-%m-%d";
	else if (tm.tm_year == today.tm_year && width >= 5)
		form = "%b%d";
	if (!strftime(buf, len, form, &tm))
		snprintf(buf, len, "-");
}

/* The last digit that is shown of a value of which two are significant. */
static double last_digit(const struct sp_field *f, int scale, double size,
			 int *decimals)
{
	const bool us = f->unit == SP_UNIT_US && !scale;
	int most = scale ? 1 : us ? 0 : f->precision;
	double step = us && f->needs == SP_CAP_SCHED ? WAIT_US : 1;

	for (*decimals = 0; *decimals < most && size < 9.95 * step; step /= 10)
		++*decimals;
	while (size >= 99.5 * step)
		step *= 10;
	return step;
}

static int seen_scale(const struct scale *s, double size)
{
	int i = 0;

	while (i < NR_SCALES - 1 && size / s[i].div >= 999.5)
		i++;
	return i;
}

double fmt_seen(const struct sp_field *f, double v)
{
	const struct scale *s = unit_scales(f->unit);
	double step, size = fabs(v);
	int i, decimals;

	if (adds_up(f) && v >= 0) {
		step = v < 1e6 ? CPU_TIME_US : v < 10e6 ? 1e5 : 1e6;
		return floor(v / step) * step;
	}
	if (!isfinite(v) || v == 0 || !passing(f))
		return v;
	i = seen_scale(s, size);
	step = last_digit(f, i, size / s[i].div, &decimals);
	size = floor(size / s[i].div / step + 0.5) * step * s[i].div;
	return v < 0 ? -size : size;
}

static bool of_tasks(const struct sp_field *f)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_TASK];

	return f >= t->fields && f < t->fields + t->nr_fields;
}

double fmt_in_row(const struct sp_field *f, double v)
{
	if (f->unit == SP_UNIT_US && f->needs == SP_CAP_SCHED && v >= 0 &&
	    v < ROW_WAIT_US && of_tasks(f))
		return v < ROW_WAIT_US / 2 ? 0 : ROW_WAIT_US;
	return fmt_seen(f, v);
}

static void format_scaled(char *buf, size_t len, const struct sp_field *f,
			  double v, int width, bool seen)
{
	const struct scale *s = unit_scales(f->unit);
	bool counted = s == plain && !prefixed(f->unit);
	double size = fabs(v);
	int first =
		seen ? seen_scale(s, size) : natural_scale(s, f->unit, size);

	for (int i = first; i < NR_SCALES; i++) {
		int d;

		if (seen && i == first)
			last_digit(f, i, size / s[i].div, &d);
		else
			d = scaled_decimals(&s[i], size / s[i].div,
					    f->precision, counted);
		for (; d >= 0; d--) {
			int n = snprintf(buf, len, "%.*f%s", d, v / s[i].div,
					 s[i].suffix);

			if (n <= width && (size_t)n < len)
				return;
		}
	}
	snprintf(buf, len, "*");
}

static char *format(char *buf, size_t len, const struct sp_field *f, double v,
		    int width, bool seen)
{
	if (width <= 0 || (size_t)width >= len)
		width = (int)len - 1;
	if (!isfinite(v))
		snprintf(buf, len, "-");
	else if (f->unit == SP_UNIT_TIME)
		format_time(buf, len, v, width);
	else
		/* -0.04 would read "-0.0"; the small are zero to people */
		format_scaled(buf, len, f, fabs(v) < 1e-9 ? 0 : v, width, seen);
	return buf;
}

char *fmt_value(char *buf, size_t len, const struct sp_field *f, double v,
		int width)
{
	return format(buf, len, f, v, width, false);
}

char *fmt_seen_value(char *buf, size_t len, const struct sp_field *f, double v,
		     int width)
{
	v = fmt_seen(f, v);
	if (v == 0 && f->unit == SP_UNIT_US) { /* none, of whatever */
		snprintf(buf, len, "0");
		return buf;
	}
	return format(buf, len, f, v, width, passing(f));
}

char *fmt_number(char *buf, size_t len, const struct sp_field *f, double v)
{
	return sp_decimal(buf, len, v, (int)sp_field_digits(f));
}

/* Characters that a terminal acts on rather than shows. */
static bool unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad ||
	       (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
	       (cp >= 0xfff9 && cp <= 0xfffb) || cp >= 0xe0000;
}

int fmt_text(char *buf, size_t len, const char *s, int width)
{
	size_t at = 0;
	int cells = 0;

	while (*s) {
		uint32_t cp;
		int bytes = sp_utf8_decode(s, &cp);
		int w = 1;
		bool good = bytes && !unsafe(cp);

		if (good && cp >= 0x80) {
			w = wcwidth((wchar_t)cp);
			/* not in this locale's character set */
			good = w >= 0;
		}
		if (!good)
			w = 1;
		if (cells + w > width || at + (size_t)(good ? bytes : 1) >= len)
			break;
		if (good) {
			memcpy(buf + at, s, (size_t)bytes);
			at += (size_t)bytes;
		} else {
			buf[at++] = '?';
		}
		cells += w;
		s += bytes ? bytes : 1;
	}
	if (len)
		buf[at] = '\0';
	return cells;
}

const char *fmt_unit(enum sp_unit unit)
{
	switch (unit) {
	case SP_UNIT_PCT:
		return "%";
	case SP_UNIT_PER_S:
		return "/s";
	case SP_UNIT_BYTES:
		return "B";
	case SP_UNIT_BYTES_PER_S:
		return "B/s";
	case SP_UNIT_BITS_PER_S:
		return "b/s";
	case SP_UNIT_HZ:
		return "Hz";
	default:
		return "";
	}
}

void fmt_line(FILE *f, int width, const char *form, ...)
{
	char text[FMT_LINE_MAX], safe[FMT_LINE_MAX];
	va_list ap;

	va_start(ap, form);
	vsnprintf(text, sizeof(text), form, ap);
	va_end(ap);
	fmt_text(safe, sizeof(safe), text, width);
	fprintf(f, "%s\n", safe);
}
