// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the tables of who used what over a period.
 *
 * A full table loses the half that used least. What a task used before it was
 * dropped is not found again if it comes back: its figure is too low then, by
 * less than what everybody kept had used.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report_tasks.h"

/* Starts are told by a clock that is corrected: two so close are one. */
#define CONSUMER_STEP_S 2.0
#define SMALL_PART 4096 /* of the machine's memory */

static void count_use(struct consumer *c, const double *use, double seconds)
{
	for (int i = 0; i < USES; i++) {
		if (!isfinite(use[i]))
			continue;
		c->used[i] = isnan(c->used[i]) ? 0 : c->used[i];
		c->used[i] += use[i] * seconds;
		c->peak[i] = fmax(c->peak[i], use[i]);
	}
}

static struct consumer *new_consumer(void)
{
	struct consumer *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->started = NAN;
	for (int i = 0; i < USES; i++)
		c->used[i] = c->peak[i] = c->now[i] = NAN;
	return c;
}

/* Found in the steps beside its own, too. */
static struct consumer *find_task(struct consumers *c, const struct sp_task *t)
{
	struct consumer_key key;
	struct consumer *found;

	memset(&key, 0, sizeof(key));
	key.pid = (uint32_t)t->pid;
	key.tid = (uint32_t)t->tid;
	key.start = isfinite(t->started)
			    ? (int64_t)floor(t->started / CONSUMER_STEP_S)
			    : 0;
	for (int i = 0; i < 3; i++) {
		static const int beside[] = {0, -1, 2};

		key.start += beside[i];
		HASH_FIND(hh, c->tasks, &key, sizeof(key), found);
		if (found &&
		    !(fabs(found->started - t->started) > CONSUMER_STEP_S))
			return found;
	}
	key.start--;
	found = new_consumer();
	if (!found)
		return NULL;
	found->key = key;
	found->started = t->started;
	HASH_ADD(hh, c->tasks, key, sizeof(key), found);
	return found;
}

static struct consumer *find_name(struct consumers *c, const char *name)
{
	struct consumer *found;

	HASH_FIND_STR(c->names, name, found);
	if (found)
		return found;
	found = new_consumer();
	if (!found)
		return NULL;
	snprintf(found->name, sizeof(found->name), "%s", name);
	HASH_ADD_STR(c->names, name, found);
	return found;
}

/* Of tasks of several users, nobody's. */
static void set_user(struct consumer *c, const struct sp_task *t)
{
	if (!c->has_user)
		memcpy(c->user, t->user, sizeof(c->user));
	else if (strcmp(c->user, t->user) != 0)
		c->user[0] = '\0';
	c->has_user = true;
}

/*
 * Most tasks of a machine never do anything. Only what did, or is large, has a
 * place of its own; all count for their name.
 */
static bool matters(const double *use, uint64_t mem_total)
{
	return use[USE_CPU] > 0 || use[USE_DISK] > 0 || use[USE_NET] > 0 ||
	       use[USE_RUNQ] > 0 ||
	       use[USE_MEMORY] > (double)mem_total / SMALL_PART;
}

static int add_by_itself(struct consumers *c, const struct sp_task *t,
			 const double *use, const char *name, double seconds)
{
	struct consumer *task = find_task(c, t);

	if (!task)
		return -ENOMEM;
	/* Of one that called exec() the last name counts. */
	snprintf(task->name, sizeof(task->name), "%s", name);
	memcpy(task->user, t->user, sizeof(task->user));
	count_use(task, use, seconds);
	return 0;
}

static int add_task(struct consumers *c, const struct sp_task *t,
		    double seconds, uint64_t mem_total)
{
	char buf[TASK_NAME_MAX];
	struct consumer *name;
	double use[USES];

	task_use(t, use);
	name = find_name(c, task_name(buf, t));
	if (!name ||
	    (matters(use, mem_total) && add_by_itself(c, t, use, buf, seconds)))
		return -ENOMEM;
	set_user(name, t);
	name->now_tasks++;
	for (int i = 0; i < USES; i++) {
		if (!isfinite(use[i]))
			continue;
		name->now[i] = isnan(name->now[i]) ? 0 : name->now[i];
		name->now[i] += use[i];
		c->all[i] += use[i] * seconds;
		c->told[i] = true;
	}
	return 0;
}

static void set_scores(const struct consumers *c, struct consumer *table)
{
	for (struct consumer *e = table; e; e = e->hh.next) {
		e->score = 0;
		for (int i = 0; i < USES; i++)
			if (c->all[i] > 0 && isfinite(e->used[i]))
				e->score =
					fmax(e->score, e->used[i] / c->all[i]);
	}
}

static int by_score(const struct consumer *a, const struct consumer *b)
{
	return (a->score < b->score) - (a->score > b->score);
}

/* Those with the highest scores stay. */
static unsigned long drop_half(const struct consumers *c,
			       struct consumer **table)
{
	struct consumer *e, *next;
	unsigned long dropped = 0;
	size_t nr = 0;

	set_scores(c, *table);
	HASH_SORT(*table, by_score);
	HASH_ITER(hh, *table, e, next)
	{
		if (nr++ < CONSUMERS_MAX / 2)
			continue;
		HASH_DEL(*table, e);
		free(e);
		dropped++;
	}
	return dropped;
}

int consumers_add(struct consumers *c, const struct sp_frame *frame,
		  double seconds)
{
	int ret = 0;

	if (!(seconds > 0))
		return 0;
	for (size_t i = 0; !ret && i < frame->nr_tasks; i++)
		ret = add_task(c, &frame->tasks[i], seconds,
			       frame->mem_total_bytes);
	for (struct consumer *e = c->names; e; e = e->hh.next) {
		count_use(e, e->now, seconds);
		if (e->now_tasks > e->tasks)
			e->tasks = e->now_tasks;
		e->now_tasks = 0;
		for (int i = 0; i < USES; i++)
			e->now[i] = NAN;
	}
	c->seconds += seconds;
	/* Between frames, so that a frame of more is taken whole. */
	if (HASH_COUNT(c->tasks) > CONSUMERS_MAX)
		c->dropped_tasks += drop_half(c, &c->tasks);
	if (HASH_COUNT(c->names) > CONSUMERS_MAX)
		c->dropped_names += drop_half(c, &c->names);
	return ret;
}

size_t consumers_top(const struct consumer *from, enum task_use use,
		     const struct consumer **top, size_t max)
{
	size_t nr = 0;

	for (const struct consumer *e = from; e; e = e->hh.next) {
		size_t at = nr;

		if (!(e->used[use] > 0))
			continue;
		/* The few are kept sorted by moving aside what is less. */
		while (at && top[at - 1]->used[use] < e->used[use])
			at--;
		if (at >= max)
			continue;
		nr = nr < max ? nr + 1 : max;
		memmove(&top[at + 1], &top[at],
			(nr - at - 1) * sizeof(const struct consumer *));
		top[at] = e;
	}
	return nr;
}

static void free_table(struct consumer **table)
{
	struct consumer *e = *table, *next;

	HASH_CLEAR(hh, *table); /* the elements stay linked */
	for (; e; e = next) {
		next = e->hh.next;
		free(e);
	}
}

void consumers_free(struct consumers *c)
{
	free_table(&c->tasks);
	free_table(&c->names);
}
