// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of tasks (task_table.h). The module leaves a task out of its
 * changes while it stays asleep in one state; here it just stays as it was, and
 * the time that passed is added to that state when it is needed.
 */
#include <errno.h>
#include <stdlib.h>

#include <utlist.h>

#include "task_table.h"

/*
 * A task that went on under another number (a thread that did exec) is told of
 * under that; its old self is not said to have ended. All others are told of
 * once in SYSPERF_CHANGES_MAX snapshots.
 */
#define SILENT_MAX (SYSPERF_CHANGES_MAX + 1)
/* So much a time may be off by which two readings are compared. */
#define JUMP_NS 50000000

#define HIST_SIZE (sizeof(uint32_t) * SYSPERF_HIST_TASK_BUCKETS)

static struct task_group *group_new(struct task_table *tb, uint32_t pid)
{
	struct task_group *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->pid = pid;
	g->row = TASK_NO_ROW;
	if (!tb->threads)
		HASH_ADD(hh, tb->processes, pid, sizeof(g->pid), g);
	return g;
}

static struct task_group *group_of(struct task_table *tb, uint32_t pid)
{
	struct task_group *g = NULL;

	if (!tb->threads)
		HASH_FIND(hh, tb->processes, &pid, sizeof(pid), g);
	return g ? g : group_new(tb, pid);
}

static void group_touch(struct task_table *tb, struct task_group *g)
{
	g->touched = tb->snapshot;
	if (!g->active)
		DL_APPEND(tb->active, g);
	g->active = true;
}

void task_table_rest(struct task_table *tb, struct task_group *g)
{
	if (g->active)
		DL_DELETE(tb->active, g);
	g->active = false;
}

static void group_drop(struct task_table *tb, struct task_group *g)
{
	task_table_rest(tb, g);
	if (g->row != TASK_NO_ROW && tb->row_gone)
		tb->row_gone(tb->rows, g->row);
	if (tb->processes && !tb->threads)
		HASH_DEL(tb->processes, g);
	free(g);
}

static void count_in(struct task *t)
{
	t->group->nr_in[t->last.doing]++;
	t->counted = true;
}

static void count_out(struct task *t)
{
	if (t->counted)
		t->group->nr_in[t->last.doing]--;
	t->counted = false;
}

static void task_leave(struct task_table *tb, struct task *t)
{
	struct task_group *g = t->group;

	DL_DELETE(g->tasks, t);
	count_out(t);
	if (g->speaker == t)
		g->speaker = NULL;
	t->group = NULL;
	if (g->tasks)
		group_touch(tb, g);
	else
		group_drop(tb, g);
}

static void task_drop(struct task_table *tb, struct task *t)
{
	task_leave(tb, t);
	if (tb->names)
		names_drop(tb->names, (uint32_t)t->key.tid);
	HASH_DEL(tb->tasks, t);
	free(t->hists);
	free(t);
}

static int task_join(struct task_table *tb, struct task *t, uint32_t pid)
{
	struct task_group *g = group_of(tb, pid);

	if (!g)
		return -ENOMEM;
	DL_PREPEND(g->tasks, t);
	t->group = g;
	t->seen = tb->snapshot;
	if (t->key.tid == pid)
		g->speaker = NULL;
	if (t->known) {
		count_in(t);
		g->oom_killed |= !!(t->last.flags & SYSPERF_TASK_OOM_KILLED);
	}
	group_touch(tb, g);
	return 0;
}

static struct task *task_get(struct task_table *tb, const struct sp_raw_task *r)
{
	struct task_key key = {r->start_ns, r->tid};
	struct task *t;

	/* The analyzer does not follow the key's bytes. */
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
	HASH_FIND(hh, tb->tasks, &key, sizeof(key), t);
	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->key = key;
	if (task_join(tb, t, r->pid)) {
		free(t);
		return NULL;
	}
	HASH_ADD(hh, tb->tasks, key, sizeof(t->key), t);
	return t;
}

/* It stayed in its state until then. */
static void advance(struct sp_raw_task *r, uint64_t now_ns)
{
	if (now_ns <= r->now_ns)
		return;
	if (r->state_ns[r->doing] != SP_ABSENT)
		r->state_ns[r->doing] += now_ns - r->now_ns;
	r->now_ns = now_ns;
}

const struct sp_raw_task *task_table_before(const struct task_table *tb,
					    struct task *t)
{
	if (!t->known)
		return NULL;
	/* Told of by the snapshot before, it is as new as that or newer. */
	if (tb->before_ns && t->last.doing > SYSPERF_RUNQ)
		advance(&t->last, tb->before_ns);
	return &t->last;
}

/* More than the time between would allow, or less than before. */
static bool jumps(uint64_t now, uint64_t before, uint64_t most)
{
	return now != SP_ABSENT && before != SP_ABSENT &&
	       (now > before ? now - before > most : before - now > JUMP_NS);
}

/*
 * A thread that is not its process's leader and executes a program takes the
 * leader's number and start over (de_thread() in fs/exec.c), so that the key
 * goes on with the counters of another.
 */
static bool is_another(const struct sp_raw_task *now,
		       const struct sp_raw_task *before)
{
	const uint64_t past =
		now->now_ns > before->now_ns ? now->now_ns - before->now_ns : 0;
	const uint64_t most = past + past / 4 + JUMP_NS;

	if (now->flags & SYSPERF_TASK_EXITED)
		return false;
	if (now->switches != SP_ABSENT && before->switches != SP_ABSENT &&
	    now->switches < before->switches)
		return true;
	for (int i = 0; i < SYSPERF_STATES; i++)
		if (jumps(now->state_ns[i], before->state_ns[i], most))
			return true;
	return jumps(now->cpu_ns, before->cpu_ns, most);
}

static void task_forget(struct task *t)
{
	count_out(t);
	t->known = false;
	free(t->hists);
	t->hists = NULL;
}

static int tell(struct task_table *tb, const struct sp_raw_task *r,
		bool is_thread)
{
	struct task *t = task_get(tb, r);

	if (!t)
		return -ENOMEM;
	/* Of a thread that slept, as it was at the snapshot before. */
	if (is_thread && t->known && is_another(r, task_table_before(tb, t)))
		task_forget(t);
	/* One that ended while the snapshot was read is told of twice. */
	if (!t->told || !(t->told->flags & SYSPERF_TASK_EXITED))
		t->told = r;
	t->seen = tb->snapshot;
	if (t->group->tasks != t) {
		DL_DELETE(t->group->tasks, t);
		DL_PREPEND(t->group->tasks, t);
	}
	group_touch(tb, t->group);
	return 0;
}

static void drop_ended(struct task_table *tb)
{
	struct task_group *g, *next;

	/* They were told of by the snapshot before, so their groups are here
	 * and they come first. */
	for (g = tb->active; g; g = next) {
		struct task *t = g->tasks, *after;

		next = g->next;
		for (; t && !task_table_is_quiet(tb, t); t = after) {
			after = t->next; /* t may take its group along */
			if (t->last.flags & SYSPERF_TASK_EXITED)
				task_drop(tb, t);
		}
	}
}

static void drop_silent(struct task_table *tb, uint64_t snapshots)
{
	struct task *t, *next;

	for (t = tb->tasks; t; t = next) {
		next = t->hh.next;
		if (t->seen + snapshots <= tb->snapshot)
			task_drop(tb, t);
	}
}

int task_table_take(struct task_table *tb, const struct sp_snapshot *s)
{
	size_t told = 0;

	tb->snapshot++;
	tb->before_ns = tb->now_ns;
	tb->now_ns = s->know_ns == SP_ABSENT ? 0 : s->know_ns;
	drop_ended(tb);
	for (; told < s->nr_tasks; told++)
		if (tell(tb, &s->tasks[told], s->tasks_are_threads))
			return -ENOMEM;
	if (!s->tasks_are_changes)
		drop_silent(tb, 1);
	else if (tb->snapshot % SYSPERF_CHANGES_MAX == 0)
		drop_silent(tb, SILENT_MAX);
	return 0;
}

const struct sp_raw_task *task_table_now(const struct task_table *tb,
					 const struct task *t,
					 struct sp_raw_task *room)
{
	if (t->told)
		return t->told;
	*room = t->last;
	room->runq_open_ns = 0;
	/* Who runs or wants to is always told of: it is there no more. */
	if (room->doing > SYSPERF_RUNQ)
		advance(room, tb->now_ns);
	return room;
}

int task_table_settle(struct task *t)
{
	const struct sp_raw_task *r = t->told;
	uint32_t *hists = t->hists;

	if (!r)
		return 0;
	count_out(t);
	t->last = *r;
	count_in(t);
	t->group->oom_killed |= !!(r->flags & SYSPERF_TASK_OOM_KILLED);
	t->known = true;
	t->told = NULL;
	if (!r->runq_hist && !r->io_hist)
		return 0;
	if (!hists)
		hists = t->hists = calloc(2, HIST_SIZE);
	if (!hists)
		return -ENOMEM;
	if (r->runq_hist)
		t->last.runq_hist = memcpy(hists, r->runq_hist, HIST_SIZE);
	hists += SYSPERF_HIST_TASK_BUCKETS;
	if (r->io_hist)
		t->last.io_hist = memcpy(hists, r->io_hist, HIST_SIZE);
	return 0;
}

static bool has_ended(const struct task *t)
{
	return t->last.flags & SYSPERF_TASK_EXITED;
}

static bool is_better(const struct task *a, const struct task *b)
{
	const bool a_leads = a->last.tid == a->last.pid;
	const bool b_leads = b->last.tid == b->last.pid;

	if (has_ended(a) != has_ended(b))
		return has_ended(b);
	if (a_leads != b_leads)
		return a_leads;
	if (a->key.start_ns != b->key.start_ns)
		return a->key.start_ns < b->key.start_ns;
	return a->key.tid < b->key.tid;
}

const struct sp_raw_task *task_table_speaker(struct task_group *g)
{
	struct task *t, *best = g->tasks; /* there is one as long as g is */

	if (g->speaker && !has_ended(g->speaker))
		return &g->speaker->last;
	for (t = g->tasks; t; t = t->next)
		if (is_better(t, best))
			best = t;
	g->speaker = best;
	return &best->last;
}

int task_table_regroup(struct task_table *tb, bool threads)
{
	struct task *t;
	int ret = 0;

	/* A group goes with its last task, in the way it was made. */
	for (t = tb->tasks; t; t = t->hh.next)
		task_leave(tb, t);
	tb->threads = threads;
	for (t = tb->tasks; t && !ret; t = t->hh.next)
		ret = task_join(tb, t, t->last.pid);
	return ret;
}

void task_table_clear(struct task_table *tb)
{
	struct task *t = tb->tasks, *next;

	HASH_CLEAR(hh, tb->tasks); /* the elements stay linked */
	for (; t; t = next) {
		next = t->hh.next;
		if (t->group)
			task_leave(tb, t);
		free(t->hists);
		free(t);
	}
	tb->now_ns = 0;
}
