// SPDX-License-Identifier: GPL-2.0-only
/*
 * Held rows: own how rows of another order find back to their places. What
 * ended leaves its place to whatever comes there.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "fmt.h"
#include "hold.h"

/* A number that differs by less than a fifth is about the same. */
#define ABOUT 0.2
#define ABOUT_PCT 0.3 /* and by less than this, of percentages near 0 */
#define SLOTS (HOLD_MAX * 4UL)
#define NONE SIZE_MAX

/* Start times are told by two clocks that drift; a tid may not return soon. */
bool task_id_is(const struct task_id *id, const struct sp_task *task)
{
	return id->tid == task->tid && !(fabs(id->started - task->started) > 2);
}

/* Of held rows by tid: one more than the number, 0 where there is none. */
struct slots {
	unsigned short at[SLOTS];
};

static size_t slot_of(double tid)
{
	/* whatever number it is, even one that is no tid */
	uint64_t bits;

	memcpy(&bits, &tid, sizeof(bits));
	return (size_t)(bits * 0x9e3779b97f4a7c15ULL >> 40) % SLOTS;
}

static void slots_fill(struct slots *s, const struct hold *h)
{
	size_t i, at;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < h->nr; i++) {
		for (at = slot_of(h->id[i].tid); s->at[at];
		     at = (at + 1) % SLOTS)
			;
		s->at[at] = (unsigned short)(i + 1);
	}
}

static size_t slots_find(const struct slots *s, const struct hold *h,
			 const struct sp_task *t)
{
	size_t at;

	for (at = slot_of(t->tid); s->at[at]; at = (at + 1) % SLOTS) {
		if (task_id_is(&h->id[s->at[at] - 1], t))
			return s->at[at] - 1U;
	}
	return NONE;
}

static bool about(const struct sp_field *f, double v, double was)
{
	double least = f->unit == SP_UNIT_PCT ? ABOUT_PCT : 0;

	return fabs(v - was) <= ABOUT * fmax(fabs(v), fabs(was)) + least;
}

/* Rows that look alike have no order of their own. */
static double seen_at(const struct sp_field *sort, const struct sp_task *t)
{
	return fmt_in_row(sort, sp_field_num(sort, t));
}

/* By what a row has its place, and where it was. */
struct place {
	double at;
	size_t was; /* NONE: it was not on the screen */
	const struct sp_task *task;
};

static struct place place_of(const struct hold *h, const struct slots *slots,
			     const struct sp_task *t,
			     const struct sp_field *sort)
{
	struct place p = {seen_at(sort, t), NONE, t};

	p.was = slots_find(slots, h, t);
	if (p.was != NONE && about(sort, p.at, h->at[p.was]))
		p.at = h->at[p.was];
	return p;
}

static bool before(const struct place *a, const struct place *b, bool ascending)
{
	if (isnan(a->at) || isnan(b->at))
		return !isnan(a->at) && isnan(b->at);
	if (a->at != b->at)
		return (a->at > b->at) != ascending;
	return a->was < b->was;
}

static bool numeric(const struct sp_field *f)
{
	return f && f->unit != SP_UNIT_TEXT;
}

/* Those that are seen, or were and are about as they were, in order. */
struct places {
	struct place at[2 * HOLD_MAX];
	size_t from[HOLD_MAX]; /* where the latter were found */
	size_t nr, nr_from;
};

static void place_add(struct places *all, const struct place *p, bool ascending)
{
	size_t k = all->nr++;

	for (; k && before(p, &all->at[k - 1], ascending); k--)
		all->at[k] = all->at[k - 1];
	all->at[k] = *p;
}

/*
 * One that did a little and now does nothing would be out of sight at once, and
 * the next one in.
 */
static void add_unseen(struct places *all, const struct hold *h,
		       const struct slots *slots, const struct sp_task **rows,
		       size_t seen, size_t nr)
{
	size_t i;

	for (i = seen; i < nr && all->nr_from < h->nr; i++) {
		size_t was = slots_find(slots, h, rows[i]);
		struct place p;

		if (was == NONE ||
		    !about(h->sort, seen_at(h->sort, rows[i]), h->at[was]))
			continue;
		p = (struct place){h->at[was], was, rows[i]};
		place_add(all, &p, h->ascending);
		all->from[all->nr_from++] = i;
	}
}

void hold_settle(const struct hold *h, const struct sp_task **rows, size_t nr,
		 const struct sp_field *sort, bool ascending)
{
	struct places all;
	struct slots slots;
	size_t i, seen;

	if (!numeric(sort) || h->sort != sort || h->ascending != ascending ||
	    h->top > nr)
		return;
	slots_fill(&slots, h);
	nr -= h->top;
	rows += h->top;
	seen = nr < h->nr ? nr : h->nr;
	all.nr = all.nr_from = 0;
	for (i = 0; i < seen; i++) {
		struct place p = place_of(h, &slots, rows[i], sort);

		place_add(&all, &p, ascending);
	}
	add_unseen(&all, h, &slots, rows, seen, nr);
	for (i = 0; i < all.nr; i++)
		rows[i < seen ? i : all.from[i - seen]] = all.at[i].task;
}

void hold_note(struct hold *h, const struct sp_task **rows, size_t top,
	       size_t end, const struct sp_field *sort, bool ascending)
{
	bool same =
		numeric(sort) && h->sort == sort && h->ascending == ascending;
	double at[HOLD_MAX];
	struct slots slots;
	size_t i, n = end > top ? end - top : 0;

	if (n > HOLD_MAX)
		n = HOLD_MAX;
	if (same)
		slots_fill(&slots, h);
	for (i = 0; i < n; i++) {
		if (same)
			at[i] = place_of(h, &slots, rows[top + i], sort).at;
		else
			at[i] = numeric(sort) ? seen_at(sort, rows[top + i])
					      : NAN;
	}
	for (i = 0; i < n; i++) {
		h->at[i] = at[i];
		h->id[i] = (struct task_id){rows[top + i]->tid,
					    rows[top + i]->started};
	}
	h->top = top;
	h->nr = n;
	h->sort = sort;
	h->ascending = ascending;
}

void hold_apply(const struct hold *h, const struct sp_task **rows, size_t nr)
{
	size_t where[HOLD_MAX], i, k;
	struct slots slots;

	slots_fill(&slots, h);
	for (i = 0; i < h->nr; i++)
		where[i] = NONE;
	for (i = 0; i < nr; i++) {
		k = slots_find(&slots, h, rows[i]);
		if (k != NONE)
			where[k] = i;
	}
	for (i = 0; i < h->nr && h->top + i < nr; i++) {
		size_t to = h->top + i, from = where[i];
		const struct sp_task *t = rows[to];

		if (from == NONE || from == to)
			continue;
		rows[to] = rows[from];
		rows[from] = t;
		k = slots_find(&slots, h, t);
		if (k != NONE && where[k] == to)
			where[k] = from;
	}
}
