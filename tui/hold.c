// SPDX-License-Identifier: GPL-2.0-only
/*
 * Held rows: own how rows of another order find back to their places. What
 * ended leaves its place to whatever comes there.
 */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "hold.h"

#define SLOTS (HOLD_MAX * 4UL)
#define NONE SIZE_MAX

/* Start times are told by two clocks that drift; a tid may not return soon. */
bool task_id_is(const struct task_id *id, const struct sp_task *task)
{
	return id->tid == task->tid && !(fabs(id->started - task->started) > 2);
}

void hold_note(struct hold *h, const struct sp_task **rows, size_t top,
	       size_t end)
{
	size_t i;

	h->top = top;
	h->nr = 0;
	for (i = top; i < end && h->nr < HOLD_MAX; i++)
		h->id[h->nr++] =
			(struct task_id){rows[i]->tid, rows[i]->started};
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
