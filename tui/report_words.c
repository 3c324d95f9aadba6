// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what both pages of a report say in the same words: times, events, what
 * was lost, sums.
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "fmt.h"
#include "report.h"

static char *local(char *buf, const char *form, double seconds)
{
	time_t t = (time_t)floor(seconds);
	struct tm tm;

	if (!localtime_r(&t, &tm) || !strftime(buf, REPORT_TIME_MAX, form, &tm))
		snprintf(buf, REPORT_TIME_MAX, "-");
	return buf;
}

char *report_time(char *buf, double seconds)
{
	return local(buf, "%Y-%m-%d %H:%M:%S", seconds);
}

char *report_zone(char *buf, double seconds)
{
	return local(buf, "%Z", seconds);
}

char *report_length(char *buf, double seconds)
{
	unsigned long long s = (unsigned long long)llround(fabs(seconds));

	if (fabs(seconds) < 9.95)
		snprintf(buf, REPORT_TIME_MAX, "%.1fs", fabs(seconds));
	else if (s < 60)
		snprintf(buf, REPORT_TIME_MAX, "%llus", s);
	else if (s < 3600)
		snprintf(buf, REPORT_TIME_MAX, "%llumin %02llus", s / 60,
			 s % 60);
	else if (s < 86400)
		snprintf(buf, REPORT_TIME_MAX, "%lluh %02llumin", s / 3600,
			 s / 60 % 60);
	else
		snprintf(buf, REPORT_TIME_MAX, "%llud %02lluh", s / 86400,
			 s / 3600 % 24);
	return buf;
}

char *report_event_text(char *buf, size_t len, const struct report_event *e)
{
	char length[REPORT_TIME_MAX];

	report_length(length, e->seconds);
	switch (e->kind) {
	case EVENT_GAP:
		snprintf(buf, len,
			 "%s before this are not recorded, or the clock was "
			 "set forward",
			 length);
		break;
	case EVENT_CLOCK_BACK:
		snprintf(buf, len, "the clock was set back by %s", length);
		break;
	case EVENT_RESTART:
		snprintf(buf, len, "the machine was restarted");
		break;
	case EVENT_KERNEL:
		snprintf(buf, len, "another kernel: %s", e->text);
		break;
	case EVENT_HOST:
		snprintf(buf, len, "another host: %s", e->text);
		break;
	case EVENT_SOURCE:
		snprintf(buf, len, "another source: %s", e->text);
		break;
	case EVENT_KINDS:
		break;
	}
	return buf;
}

static void append(char *buf, size_t len, const char *form, ...)
	__attribute__((format(printf, 3, 4)));
static void append(char *buf, size_t len, const char *form, ...)
{
	size_t at = strlen(buf);
	va_list ap;

	if (at && at + 2 < len) {
		memcpy(buf + at, ", ", 3);
		at += 2;
	}
	va_start(ap, form);
	vsnprintf(buf + at, len - at, form, ap);
	va_end(ap);
}

char *report_lost(char *buf, size_t len, const struct report *r)
{
	const struct report_damage *d = &r->damage;

	*buf = '\0';
	if (d->places)
		append(buf, len,
		       "the recording is damaged in %" PRIu64
		       " place%s (%" PRIu64 " bytes skipped, %" PRIu64
		       " samples lost)",
		       d->places, d->places == 1 ? "" : "s", d->bytes,
		       d->records);
	for (size_t i = 0; i < r->nr_lost; i++)
		if (r->lost[i].lost)
			append(buf, len, "%s %" PRIu64, r->lost[i].name,
			       r->lost[i].lost);
	return buf;
}

char *report_value(char *buf, size_t len, const struct sp_field *f, double v)
{
	struct sp_field more = *f;
	char number[24];

	if (v == 0) {
		snprintf(buf, len, "0");
		return buf;
	}
	/* Means of what seldom happens are small; "0.0" they are not. */
	while (more.precision < 4 && fabs(v) < pow(10, -more.precision))
		more.precision++;
	snprintf(buf, len, "%s%s",
		 fmt_value(number, sizeof(number), &more, v, 8),
		 isfinite(v) ? fmt_unit(f->unit) : "");
	return buf;
}

char *report_used(char *buf, size_t len, const struct report *r,
		  enum task_use use, double sum)
{
	const struct task_use_def *def = &task_uses[use];
	struct sp_field f = {.unit = def->sum, .precision = 1};
	char value[32];

	if (!isfinite(sum)) {
		snprintf(buf, len, "-");
		return buf;
	}
	if (use == USE_MEMORY)
		sum /= r->consumers.seconds;
	if (def->sum == SP_UNIT_US) {
		report_length(value, sum);
		/* a single wait may be short */
		if (sum < 9.95)
			fmt_value(value, sizeof(value), &f, sum * 1e6, 8);
	} else {
		fmt_value(value, sizeof(value), &f, sum, 8);
	}
	snprintf(buf, len, "%s%s", value, fmt_unit(def->sum));
	return buf;
}
