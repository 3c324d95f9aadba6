// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the buckets of a report's plots. A sample counts in each bucket for as
 * long as it lies in there, so that means stay right whatever is merged.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report_plot.h"

/* Of bucket or interval: what touches a bucket by less is not its least or
 * most, as intervals are never quite of one length. */
#define TOUCH 0.1

int plot_init(struct plot *p)
{
	size_t nr = sp_tables[SP_TABLE_GOLDEN].nr_fields;

	memset(p, 0, sizeof(*p));
	p->golden = calloc(nr, sizeof(*p->golden));
	return p->golden ? 0 : -ENOMEM;
}

static void merge(struct plot_bucket *to, const struct plot_bucket *from)
{
	if (!(from->seconds > 0))
		return;
	if (!(to->seconds > 0)) {
		*to = *from;
		return;
	}
	to->seconds += from->seconds;
	to->sum += from->sum;
	to->min = fmin(to->min, from->min);
	to->max = fmax(to->max, from->max);
}

/* The first of each two takes both; its place is half as far. */
static void halve_numbers(struct plot_bucket *b)
{
	for (size_t i = 0; i < PLOT_BUCKETS / 2; i++) {
		struct plot_bucket both = b[2 * i];

		merge(&both, &b[2 * i + 1]);
		b[i] = both;
	}
	memset(&b[PLOT_BUCKETS / 2], 0, PLOT_BUCKETS / 2 * sizeof(*b));
}

static void halve_status(enum sp_status *s)
{
	for (size_t i = 0; i < PLOT_BUCKETS / 2; i++)
		s[i] = s[2 * i] > s[2 * i + 1] ? s[2 * i] : s[2 * i + 1];
	memset(&s[PLOT_BUCKETS / 2], 0, PLOT_BUCKETS / 2 * sizeof(*s));
}

static void halve(struct plot *p)
{
	for (size_t i = 0; i < sp_tables[SP_TABLE_GOLDEN].nr_fields; i++)
		halve_numbers(p->golden[i]);
	for (size_t i = 0; i < SP_RESOURCES; i++)
		halve_status(p->status[i]);
	for (size_t i = 0; i < PLOT_BUCKETS / 2; i++)
		p->seconds[i] = p->seconds[2 * i] + p->seconds[2 * i + 1];
	memset(&p->seconds[PLOT_BUCKETS / 2], 0,
	       PLOT_BUCKETS / 2 * sizeof(p->seconds[0]));
	p->used = (p->used + 1) / 2;
	p->width *= 2;
}

static void add_bucket(struct plot *p, size_t at, const struct sp_frame *frame,
		       double seconds)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];

	for (size_t i = 0; i < t->nr_fields; i++) {
		double v = sp_field_num(&t->fields[i], &frame->golden);
		struct plot_bucket one = {seconds, v * seconds, v, v};

		if (isfinite(v))
			merge(&p->golden[i][at], &one);
	}
	for (size_t i = 0; i < SP_RESOURCES; i++)
		if (frame->status[i] > p->status[i][at])
			p->status[i][at] = frame->status[i];
	p->seconds[at] += seconds;
	if (at >= p->used)
		p->used = at + 1;
}

void plot_add(struct plot *p, const struct sp_frame *frame, double begin,
	      double end)
{
	double touch;

	if (!(end > begin) || !isfinite(begin) || !isfinite(end))
		return;
	if (!(p->width > 0)) {
		p->start = begin;
		p->width = end - begin;
	}
	begin = fmax(begin, p->start);
	while ((end - p->start) / p->width > PLOT_BUCKETS)
		halve(p);
	touch = TOUCH * fmin(p->width, end - begin);
	for (size_t i = (size_t)((begin - p->start) / p->width);
	     i < PLOT_BUCKETS; i++) {
		double left = p->start + (double)i * p->width;
		double in = fmin(end, left + p->width) - fmax(begin, left);

		if (left >= end)
			break;
		if (in > touch)
			add_bucket(p, i, frame, in);
	}
}

void plot_free(struct plot *p)
{
	free(p->golden);
	p->golden = NULL;
}
