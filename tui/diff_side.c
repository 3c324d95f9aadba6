// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the fold of one recording's frames into the series that are compared.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

#define NAMES_MAX 512 /* of more, the half that used least is dropped */

struct diff_side *diff_side_new(void)
{
	struct diff_side *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->golden = calloc(sp_tables[SP_TABLE_GOLDEN].nr_fields,
			   sizeof(*s->golden));
	if (s->golden)
		return s;
	free(s);
	return NULL;
}

static void make_room(struct diff_side *s, double seconds)
{
	if (!diff_axis_full(&s->axis, seconds))
		return;
	for (size_t i = 0; i < sp_tables[SP_TABLE_GOLDEN].nr_fields; i++)
		diff_series_halve(&s->golden[i]);
	for (struct diff_name *n = s->names; n; n = n->hh.next) {
		for (int i = 0; i < USES; i++)
			diff_series_halve(&n->use[i]);
		for (int i = 0; i < LATENCIES; i++)
			diff_series_halve(&n->latency[i]);
	}
	diff_axis_halve(&s->axis);
}

static void clear_now(struct diff_name *n)
{
	for (int i = 0; i < USES; i++)
		n->now[i] = NAN;
	for (int i = 0; i < LATENCIES; i++)
		n->now_latency[i] = NAN;
}

/* A new one used nothing before this frame, of so many seconds. */
static struct diff_name *find_name(struct diff_side *s, const char *name,
				   double seconds)
{
	struct diff_name *n;

	HASH_FIND_STR(s->names, name, n);
	if (n)
		return n;
	n = calloc(1, sizeof(*n));
	if (!n)
		return NULL;
	snprintf(n->name, sizeof(n->name), "%s", name);
	clear_now(n);
	for (int i = 0; i < USES; i++) {
		double *measured = n->use[i].seconds;

		memcpy(measured, s->axis.seconds, sizeof(s->axis.seconds));
		measured[s->axis.nr - 1] -= seconds;
	}
	HASH_ADD_STR(s->names, name, n);
	return n;
}

static int add_task(struct diff_side *s, const struct sp_task *t,
		    double seconds)
{
	char buf[TASK_NAME_MAX];
	struct diff_name *n = find_name(s, task_name(buf, t), seconds);
	double use[USES];

	if (!n)
		return -ENOMEM;
	task_use(t, use);
	for (int i = 0; i < USES; i++) {
		if (!isfinite(use[i]))
			continue;
		n->now[i] = (isnan(n->now[i]) ? 0 : n->now[i]) + use[i];
		s->told[i] = true;
	}
	n->now_latency[LAT_RUNQ] =
		fmax(n->now_latency[LAT_RUNQ], t->runq_wait_p99_us);
	n->now_latency[LAT_IO] = fmax(n->now_latency[LAT_IO], t->io_p99_us);
	return 0;
}

/* Where a name's use is not told, there was nobody to use anything. */
static void count_name(struct diff_side *s, struct diff_name *n, size_t block,
		       double seconds)
{
	for (int i = 0; i < USES; i++) {
		double use = isnan(n->now[i]) ? 0 : n->now[i];

		diff_series_add(&n->use[i], block, use, seconds);
		n->total[i] += use * seconds;
		s->total[i] += use * seconds;
	}
	for (int i = 0; i < LATENCIES; i++)
		diff_series_add(&n->latency[i], block, n->now_latency[i],
				seconds);
	clear_now(n);
}

static int by_score(const struct diff_name *a, const struct diff_name *b)
{
	return (a->score < b->score) - (a->score > b->score);
}

static void drop_half(struct diff_side *s)
{
	struct diff_name *n, *next;
	size_t nr = 0;

	for (n = s->names; n; n = n->hh.next) {
		n->score = 0;
		for (int i = 0; i < USES; i++)
			if (s->total[i] > 0)
				n->score = fmax(n->score,
						n->total[i] / s->total[i]);
	}
	HASH_SORT(s->names, by_score);
	HASH_ITER(hh, s->names, n, next)
	{
		if (nr++ < NAMES_MAX / 2)
			continue;
		HASH_DEL(s->names, n);
		free(n);
		s->dropped++;
	}
}

static int add_tasks(struct diff_side *s, const struct sp_frame *frame,
		     size_t block)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < frame->nr_tasks; i++)
		ret = add_task(s, &frame->tasks[i], frame->interval_s);
	for (struct diff_name *n = s->names; n; n = n->hh.next)
		count_name(s, n, block, frame->interval_s);
	if (HASH_COUNT(s->names) > NAMES_MAX)
		drop_half(s);
	return ret;
}

int diff_side_add(struct diff_side *s, const struct sp_frame *frame)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	double seconds = frame->interval_s;
	size_t block;

	if (!(seconds > 0) || !isfinite(seconds))
		return 0;
	make_room(s, seconds);
	block = diff_axis_add(&s->axis, seconds);
	for (size_t i = 0; i < t->nr_fields; i++)
		diff_series_add(&s->golden[i], block,
				sp_field_num(&t->fields[i], &frame->golden),
				seconds);
	s->end = (double)frame->time.tv_sec + (double)frame->time.tv_nsec / 1e9;
	if (!s->frames++)
		s->begin = s->end - seconds;
	s->seconds += seconds;
	memcpy(s->host, frame->host, sizeof(s->host));
	memcpy(s->kernel, frame->kernel, sizeof(s->kernel));
	snprintf(s->source, sizeof(s->source), "%s",
		 frame->source.name ? frame->source.name : "");
	return add_tasks(s, frame, block);
}

void diff_side_free(struct diff_side *s)
{
	struct diff_name *n, *next;

	if (!s)
		return;
	n = s->names;
	HASH_CLEAR(hh, s->names); /* the elements stay linked */
	for (; n; n = next) {
		next = n->hh.next;
		free(n);
	}
	free(s->golden);
	free(s);
}
