// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judging a frame: each rule by its thresholds, with hysteresis, and of those
 * that complain the one to be told.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "verdict.h"

_Static_assert(VERDICT_RULES <= SP_RULES_MAX, "SP_RULES_MAX");

/* Less than this is no interval: the first frame after --require. */
#define INTERVAL_MIN_S 0.05
/* An average over less is confirmed by more samples; a little early is fine. */
#define SHORT_S 0.9
#define MOMENTS 2

static enum sp_status level(const struct sp_threshold *t, double v,
			    enum sp_status last, double ease)
{
	double ease_c = last == SP_STATUS_CRITICAL ? ease : 1;
	double ease_w = last >= SP_STATUS_WARNING ? ease : 1;

	if (v >= t->critical * ease_c)
		return SP_STATUS_CRITICAL;
	if (v >= t->warning * ease_w)
		return SP_STATUS_WARNING;
	return SP_STATUS_OK;
}

static unsigned int samples_needed(const struct verdict_rule *r,
				   const struct sp_thresholds *t,
				   double interval_s)
{
	unsigned int confirm = (unsigned int)t->confirm_samples;

	switch (r->kind) {
	case EVENT:
		return 1;
	case MOMENT:
		return confirm > MOMENTS ? confirm : MOMENTS;
	case STATE:
		break;
	}
	return interval_s < SHORT_S ? confirm : 1;
}

/* What a rule found, and how its conditions were eased then. */
struct finding {
	double value, ease;
};

static enum sp_status judge(struct verdict_memory *m, unsigned int i,
			    const struct sp_thresholds *t, struct evidence *e,
			    struct finding *found)
{
	const struct verdict_rule *r = &verdict_rules[i];
	double better = 1 - t->hysteresis_pct / 100;
	enum sp_status s;

	e->ease = m->last[i] >= SP_STATUS_WARNING ? better : 1;
	*found = (struct finding){r->value(e), e->ease};
	s = level(&t->rule[i], found->value, m->last[i], better);
	if (s == SP_STATUS_OK)
		m->over[i] = 0;
	else if (m->last[i] < SP_STATUS_WARNING &&
		 ++m->over[i] < samples_needed(r, t, e->frame->interval_s))
		s = SP_STATUS_OK;
	m->last[i] = s;
	return s;
}

static int worst_rule(const struct evidence *e)
{
	int worst = -1;

	for (int i = 0; i < VERDICT_RULES; i++) {
		if (!verdict_complains(e, i))
			continue;
		if (worst >= 0 && e->status[i] <= e->status[worst])
			continue;
		if (verdict_rules[i].explained && verdict_rules[i].explained(e))
			continue;
		worst = i;
	}
	return worst;
}

/* What nothing is known of is not ok. Return: nor is all, then. */
static enum sp_status admit_unknown(const struct evidence *e,
				    struct sp_frame *frame)
{
	enum sp_status all = SP_STATUS_OK;

	for (int i = 0; i < VERDICT_RULES; i++) {
		const struct verdict_rule *r = &verdict_rules[i];

		if (!r->unknown || !r->unknown(e) ||
		    frame->status[r->resource] != SP_STATUS_OK)
			continue;
		frame->status[r->resource] = SP_STATUS_NONE;
		all = SP_STATUS_NONE;
	}
	return all;
}

static void tell(struct sp_verdict *v, struct evidence *e,
		 const struct verdict_rule *r, const struct finding *found,
		 const struct verdict_largest *largest,
		 const struct verdict_lookup *lookup)
{
	struct verdict_listener listener = {0};

	v->resource = r->resource;
	v->signal = r->signal;
	if (r->culprit == BY_LISTENER && lookup && lookup->listener &&
	    lookup->listener(lookup->ctx, &listener))
		e->listener = &listener;
	e->ease = found->ease;
	r->text(v->text, sizeof(v->text), e, found->value);
	verdict_blame(v, e, r->culprit, largest);
	verdict_blame_group(v, e, r->culprit, lookup);
	e->listener = NULL;
}

void verdict_judge(struct verdict_memory *m, const struct sp_thresholds *t,
		   struct sp_frame *frame, const struct task_totals *totals,
		   const struct verdict_lookup *lookup)
{
	struct evidence e = {.frame = frame,
			     .g = &frame->golden,
			     .totals = totals,
			     .ease = 1};
	struct finding found[VERDICT_RULES];
	int worst;

	memset(&frame->verdict, 0, sizeof(frame->verdict));
	for (int i = 0; i < SP_RESOURCES; i++)
		frame->status[i] = SP_STATUS_NONE;
	if (!(frame->interval_s >= INTERVAL_MIN_S))
		return;
	for (int i = 0; i < SP_RESOURCES; i++)
		frame->status[i] = SP_STATUS_OK;
	for (unsigned int i = 0; i < VERDICT_RULES; i++) {
		enum sp_resource res = verdict_rules[i].resource;

		e.status[i] = judge(m, i, t, &e, &found[i]);
		if (e.status[i] > frame->status[res])
			frame->status[res] = e.status[i];
	}
	frame->verdict.severity = admit_unknown(&e, frame);
	worst = worst_rule(&e);
	if (worst >= 0) {
		frame->verdict.severity = e.status[worst];
		e.named = m->told == worst ? m->named : 0;
		tell(&frame->verdict, &e, &verdict_rules[worst], &found[worst],
		     &m->largest, lookup);
	}
	m->told = worst;
	m->named = frame->verdict.has_culprit ? frame->verdict.culprit.tid : 0;
	verdict_remember_largest(&m->largest, frame);
}
