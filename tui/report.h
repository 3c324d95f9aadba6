/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A report: what a recording comes to, on a page. It is a fold over frames;
 * its memory does not grow with their number.
 *
 * report_fold.c	when, what status, what was lost; feeds the others
 * report_spread.c	golden signals: least, mean, percentiles, most
 * report_plot.c	golden signals over time
 * report_verdicts.c	verdicts over time
 * report_tasks.c	who used most
 * report_words.c	what both pages say in the same words
 * report_text.c	the page as text
 * report_html.c	the page as HTML
 * report_charts.c	which golden signals are plotted together
 * report_svg.c		one plot
 * report.c		the verb
 */
#ifndef SYSPERF_TUI_REPORT_H
#define SYSPERF_TUI_REPORT_H

#include <stdio.h>

#include <sysperf/frame.h>

#include "report_plot.h"
#include "report_spread.h"
#include "report_tasks.h"
#include "report_verdicts.h"

#define REPORT_EVENTS 64 /* of more, the later ones are only counted */

enum report_event_kind {
	EVENT_GAP, /* nothing is recorded, or the clock was set forward */
	EVENT_CLOCK_BACK,
	EVENT_RESTART, /* of the machine */
	EVENT_KERNEL,
	EVENT_HOST,
	EVENT_SOURCE,
	EVENT_KINDS,
};

struct report_event {
	enum report_event_kind kind;
	double time; /* seconds since the epoch: when it was seen to be over */
	double at; /* the same, in a time that only goes forward */
	double seconds; /* of a gap or a step, else 0 */
	char text[96]; /* what it is now, "" where that says nothing */
};

/* What could not be read of a recording. */
struct report_damage {
	uint64_t places, bytes, records;
};

struct report {
	/* Of the first and last frame; 0 frames: nothing else is set. */
	uint64_t frames;
	double begin, end; /* seconds since the epoch, as the clock showed */
	double recorded_s; /* the intervals together */
	char host[65], kernel[65], source[16];
	unsigned int nr_cpus;
	uint64_t mem_total_bytes;

	struct spread *golden; /* by field */
	double status_s[SP_RESOURCES][SP_STATUS_CRITICAL + 1];
	struct plot plot;
	struct verdicts verdicts;
	struct consumers consumers;

	struct report_event events[REPORT_EVENTS];
	size_t nr_events;
	unsigned long count[EVENT_KINDS]; /* of all */
	double gaps_s; /* together */
	struct {
		char name[32];
		uint64_t last, lost; /* of the source; in the period */
	} lost[SP_LOST_MAX];
	size_t nr_lost;
	struct report_damage damage; /* set by whoever reads */

	/* Of the frame before. */
	double last_end;
	double ahead; /* add to the clock's time for one that goes forward */
	double init_started; /* of process 1; NaN: not known */
};

/**
 * report_new() - begin an empty report
 *
 * Return: the report, to be freed by report_free(); NULL without memory.
 */
struct report *report_new(void);

/**
 * report_add() - the next frame of the recording
 *
 * Return: 0 or -ENOMEM.
 */
int report_add(struct report *r, const struct sp_frame *frame);

/**
 * report_end() - there are no more frames; before it is written
 */
void report_end(struct report *r);

/**
 * report_free() - give back its memory
 */
void report_free(struct report *r);

/**
 * report_event_text() - an event in words
 * @buf: result, at least 160 bytes
 *
 * Return: @buf.
 */
char *report_event_text(char *buf, size_t len, const struct report_event *e);

/**
 * report_lost() - what was lost or damaged, in words
 * @buf: result
 *
 * Return: @buf, "" if nothing was.
 */
char *report_lost(char *buf, size_t len, const struct report *r);

/**
 * report_value() - a value with its unit; more digits of one that is small
 * @buf: result, at least 32 bytes
 *
 * Return: @buf.
 */
char *report_value(char *buf, size_t len, const struct sp_field *f, double v);

/**
 * report_used() - the sum that a task or all tasks come to
 * @sum: over time, as in struct consumer
 *
 * Of memory it is the mean of the period, of the others the total.
 *
 * Return: @buf, at least 32 bytes, with the unit.
 */
char *report_used(char *buf, size_t len, const struct report *r,
		  enum task_use use, double sum);

#define REPORT_TIME_MAX 64

/**
 * report_time() - a moment in local time, to the second
 * @buf: of REPORT_TIME_MAX bytes
 *
 * Return: @buf.
 */
char *report_time(char *buf, double seconds);

/**
 * report_zone() - the name of the local time zone then
 * @buf: of REPORT_TIME_MAX bytes
 */
char *report_zone(char *buf, double seconds);

/**
 * report_length() - a length of time, e.g. "2h 05min", "41s"
 * @buf: of REPORT_TIME_MAX bytes
 */
char *report_length(char *buf, double seconds);

/**
 * report_text() - the report as a page of text
 * @f: written to; whoever gave it looks for errors
 * @name: of the recording
 * @width: in cells
 */
void report_text(FILE *f, const struct report *r, const char *name, int width);

/**
 * report_html() - the report as a page of HTML that needs nothing else
 */
void report_html(FILE *f, const struct report *r, const char *name);

#endif /* SYSPERF_TUI_REPORT_H */
