// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the fold of frames into a report: the time it covers and what
 * interrupts it, how long each resource was in which status, and what was
 * lost. Golden signals, verdicts and tasks have their own files.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

/* An interval begins where the one before ended, but for the time that
 * reading takes. */
#define JOINT_S 0.05
#define JOINT_PART 0.5 /* of the interval */
/* Process 1 starts with the machine, this much before at most. */
#define INIT_SLACK_S 2.0

struct report *report_new(void)
{
	struct report *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->golden = calloc(sp_tables[SP_TABLE_GOLDEN].nr_fields,
			   sizeof(*r->golden));
	r->init_started = NAN;
	for (int i = 0; i < EVENT_KINDS; i++)
		r->count[i] = 0;
	if (r->golden && !plot_init(&r->plot))
		return r;
	report_free(r);
	return NULL;
}

static void note(struct report *r, enum report_event_kind kind, double time,
		 double seconds, const char *text)
{
	struct report_event *e = &r->events[r->nr_events];

	r->count[kind]++;
	if (r->nr_events == REPORT_EVENTS)
		return;
	r->nr_events++;
	e->kind = kind;
	e->time = time;
	e->at = time + r->ahead;
	e->seconds = seconds;
	snprintf(e->text, sizeof(e->text), "%s", text);
}

/* NaN where processes or their starts were not recorded. */
static double init_started(const struct sp_frame *frame)
{
	for (size_t i = 0; i < frame->nr_tasks; i++)
		if (frame->tasks[i].tid == 1)
			return frame->tasks[i].started;
	return NAN;
}

static void look_for_restart(struct report *r, const struct sp_frame *frame,
			     double begin)
{
	double started = init_started(frame);

	if (!isnan(started) && !isnan(r->init_started) &&
	    fabs(started - r->init_started) > INIT_SLACK_S &&
	    started > r->last_end - INIT_SLACK_S)
		note(r, EVENT_RESTART, begin, 0, "");
	if (!isnan(started))
		r->init_started = started;
}

static void look_for_change(struct report *r, enum report_event_kind kind,
			    double begin, char *last, size_t len,
			    const char *now)
{
	if (strcmp(last, now) != 0 && r->frames)
		note(r, kind, begin, 0, now);
	snprintf(last, len, "%s", now);
}

/* Where the frame lies in a time that only goes forward. */
static void join(struct report *r, const struct sp_frame *frame, double begin,
		 double end)
{
	double joint = fmax(JOINT_S, JOINT_PART * frame->interval_s);
	double step = begin - r->last_end;

	if (!r->frames) {
		r->begin = begin;
	} else if (step > joint) {
		note(r, EVENT_GAP, begin, step, "");
		r->gaps_s += step;
	} else if (step < -joint) {
		r->ahead -= step;
		note(r, EVENT_CLOCK_BACK, begin, -step, "");
	}
	look_for_restart(r, frame, begin);
	look_for_change(r, EVENT_HOST, begin, r->host, sizeof(r->host),
			frame->host);
	look_for_change(r, EVENT_KERNEL, begin, r->kernel, sizeof(r->kernel),
			frame->kernel);
	look_for_change(r, EVENT_SOURCE, begin, r->source, sizeof(r->source),
			frame->source.name ? frame->source.name : "");
	r->last_end = r->end = end;
}

static void count_lost(struct report *r, const struct sp_lost *lost)
{
	size_t i = 0;

	while (i < r->nr_lost && strcmp(r->lost[i].name, lost->name) != 0)
		i++;
	if (i == SP_LOST_MAX)
		return;
	if (i == r->nr_lost) {
		r->nr_lost++;
		snprintf(r->lost[i].name, sizeof(r->lost[i].name), "%s",
			 lost->name);
		/* What was lost before the period does not count. */
		r->lost[i].last = r->frames ? 0 : lost->count;
	}
	/* A source that was opened anew counts from 0. */
	if (lost->count < r->lost[i].last)
		r->lost[i].last = 0;
	r->lost[i].lost += lost->count - r->lost[i].last;
	r->lost[i].last = lost->count;
}

static int add_golden(struct report *r, const struct sp_frame *frame)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	int ret = 0;

	for (size_t i = 0; !ret && i < t->nr_fields; i++)
		ret = spread_add(&r->golden[i],
				 sp_field_num(&t->fields[i], &frame->golden),
				 frame->interval_s);
	return ret;
}

int report_add(struct report *r, const struct sp_frame *frame)
{
	double s = frame->interval_s;
	double end =
		(double)frame->time.tv_sec + (double)frame->time.tv_nsec / 1e9;
	double from, to;
	int ret;

	if (!(s > 0) || !isfinite(s))
		return 0;
	join(r, frame, end - s, end);
	to = end + r->ahead;
	/* Intervals that overlap by the time that reading takes. */
	from = fmax(to - s, r->plot.width > 0 ? r->plot.start : to - s);
	for (size_t i = 0; i < frame->source.nr_lost; i++)
		count_lost(r, &frame->source.lost[i]);
	for (int i = 0; i < SP_RESOURCES; i++)
		if (frame->status[i] <= SP_STATUS_CRITICAL)
			r->status_s[i][frame->status[i]] += s;
	r->recorded_s += s;
	r->nr_cpus = frame->nr_cpus;
	r->mem_total_bytes = frame->mem_total_bytes;
	r->frames++;
	plot_add(&r->plot, frame, from, to);
	verdicts_add(&r->verdicts, frame, from, to);
	ret = add_golden(r, frame);
	return ret ? ret : consumers_add(&r->consumers, frame, s);
}

void report_end(struct report *r)
{
	verdicts_end(&r->verdicts);
}

void report_free(struct report *r)
{
	if (!r)
		return;
	for (size_t i = 0;
	     r->golden && i < sp_tables[SP_TABLE_GOLDEN].nr_fields; i++)
		spread_free(&r->golden[i]);
	free(r->golden);
	plot_free(&r->plot);
	consumers_free(&r->consumers);
	free(r);
}
