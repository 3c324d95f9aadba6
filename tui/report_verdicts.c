// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the episodes of a report. A frame tells the worst verdict only, so an
 * episode outlives a few samples in which it is not told.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_verdicts.h"

/* So long nothing or another verdict may be told within an episode. */
#define LULL_S 5.0
#define LULL_SAMPLES 3

/* The first of two is to be kept rather. */
static bool weightier(const struct episode *a, const struct episode *b)
{
	if (a->worst != b->worst)
		return a->worst > b->worst;
	return a->told_s > b->told_s;
}

/* Takes the place of the least where there is no other. */
static void keep(struct verdicts *v, const struct episode *e)
{
	size_t least = 0;

	if (v->nr < EPISODES_MAX) {
		v->list[v->nr++] = *e;
		return;
	}
	for (size_t i = 1; i < v->nr; i++)
		if (weightier(&v->list[least], &v->list[i]))
			least = i;
	v->left_out++;
	if (!weightier(e, &v->list[least])) {
		v->left_out_s += e->told_s;
		return;
	}
	v->left_out_s += v->list[least].told_s;
	memmove(&v->list[least], &v->list[least + 1],
		(v->nr - least - 1) * sizeof(v->list[0]));
	v->list[v->nr - 1] = *e;
}

static void end_quiet(struct verdicts *v, double now, double lull)
{
	for (int r = 0; r < SP_RESOURCES; r++)
		for (int s = 0; s < SP_SIGNALS; s++) {
			struct episode *e = &v->open[r][s];

			if (e->worst == SP_STATUS_NONE || now - e->to <= lull)
				continue;
			keep(v, e);
			memset(e, 0, sizeof(*e));
		}
}

static struct episode_culprit *find_culprit(struct episode *e,
					    const struct sp_verdict *v)
{
	struct episode_culprit *least = &e->culprits[0];

	for (int i = 0; i < CULPRITS_MAX; i++) {
		struct episode_culprit *c = &e->culprits[i];

		if (c->seconds > 0 && c->pid == v->culprit.pid &&
		    !strncmp(c->comm, v->culprit.comm, sizeof(c->comm)))
			return c;
		if (c->seconds < least->seconds)
			least = c;
	}
	memset(least, 0, sizeof(*least));
	least->pid = v->culprit.pid;
	snprintf(least->comm, sizeof(least->comm), "%s", v->culprit.comm);
	return least;
}

static void tell(struct episode *e, const struct sp_frame *frame, double from,
		 double to)
{
	const struct sp_verdict *v = &frame->verdict;
	double interval = to - from;

	if (e->worst == SP_STATUS_NONE) {
		e->resource = v->resource;
		e->signal = v->signal;
		e->from = from;
		e->begin = (double)frame->time.tv_sec +
			   (double)frame->time.tv_nsec / 1e9 - interval;
	}
	if (v->severity > e->worst) {
		e->worst = v->severity;
		snprintf(e->text, sizeof(e->text), "%s", v->text);
	}
	e->to = to;
	e->told_s += interval;
	if (v->has_culprit) {
		struct episode_culprit *c = find_culprit(e, v);

		c->seconds += interval;
		/* what is not known is no share */
		c->share_pct = fmax(c->share_pct, v->culprit.share_pct);
	}
}

void verdicts_add(struct verdicts *v, const struct sp_frame *frame, double from,
		  double to)
{
	const struct sp_verdict *now = &frame->verdict;

	end_quiet(v, from, fmax(LULL_S, LULL_SAMPLES * (to - from)));
	if (now->severity >= SP_STATUS_WARNING &&
	    now->resource < SP_RESOURCES && now->signal < SP_SIGNALS)
		tell(&v->open[now->resource][now->signal], frame, from, to);
}

static int by_begin(const void *a, const void *b)
{
	const struct episode *x = a, *y = b;

	return (x->from > y->from) - (x->from < y->from);
}

void verdicts_end(struct verdicts *v)
{
	end_quiet(v, INFINITY, 0);
	qsort(v->list, v->nr, sizeof(v->list[0]), by_begin);
}

const struct episode_culprit *episode_culprit(const struct episode *e)
{
	const struct episode_culprit *most = &e->culprits[0];

	for (int i = 1; i < CULPRITS_MAX; i++)
		if (e->culprits[i].seconds > most->seconds)
			most = &e->culprits[i];
	return most->seconds > 0 ? most : NULL;
}
