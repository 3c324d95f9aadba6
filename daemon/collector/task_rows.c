// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of a frame: take what each task's counters grew by, sum threads into
 * processes, and name what the row is about.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "task_delta.h"
#include "task_rows.h"

/* A row that goes leaves its place to the last one. */
static void row_gone(void *rows, size_t at)
{
	struct task_rows *t = rows;

	t->owners[at]->row = TASK_NO_ROW;
	if (at == --t->nr)
		return;
	t->rows[at] = t->rows[t->nr];
	t->owners[at] = t->owners[t->nr];
	t->owners[at]->row = at;
}

static int row_add(struct task_rows *t, struct task_group *g)
{
	if (t->nr == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 256;
		struct task_group **owners;
		struct sp_task *rows;

		rows = reallocarray(t->rows, cap, sizeof(*rows));
		if (!rows)
			return -ENOMEM;
		t->rows = rows;
		owners = reallocarray(t->owners, cap,
				      sizeof(struct task_group *));
		if (!owners)
			return -ENOMEM;
		t->owners = owners;
		t->cap = cap;
	}
	t->owners[t->nr] = g;
	g->row = t->nr++;
	return 0;
}

static void copy(char *to, size_t size, const char *from)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	to[len] = '\0';
}

/* Return: is all known? */
static bool name(struct sp_task *row, const struct sp_raw_task *r,
		 struct names *names, bool ran)
{
	const struct names_of task = {r->tid, r->start_ns, r->comm,
				      row->kthread || row->exited, ran};
	bool known = true;

	copy(row->user, sizeof(row->user), names_user(names, r->uid, &known));
	copy(row->command, sizeof(row->command),
	     names_command(names, &task, &known));
	return known;
}

static void describe(struct sp_task *row, const struct sp_raw_task *r,
		     const struct sp_snapshot *s, struct names *names)
{
	double ago_s = ((double)s->boot_ns - (double)r->start_ns) / 1e9;

	row->tid = r->tid;
	row->pid = r->pid;
	row->ppid = r->ppid;
	row->uid = r->uid;
	row->kthread = r->flags & SYSPERF_TASK_KTHREAD;
	row->exited = r->flags & SYSPERF_TASK_EXITED;
	row->exit_code = r->exit_code;
	row->cpu = r->cpu;
	row->nice = r->nice;
	row->yields = r->nice > 0 || r->policy == SCHED_IDLE;
	row->rss_bytes = gauge(r->rss_bytes);
	row->started =
		(double)s->time.tv_sec + (double)s->time.tv_nsec / 1e9 - ago_s;
	row->state[0] = r->state;
	copy(row->comm, sizeof(row->comm), r->comm);
	/* Who is gone cannot be asked any more. */
	if (!row->exited || r->cgroup_id != SP_ABSENT)
		copy(row->cgroup, sizeof(row->cgroup),
		     names_cgroup(names, r->tid, r->start_ns, r->cgroup_id));
	if (r->threads)
		row->threads = r->threads;
}

static void count_totals(struct task_totals *sum, const struct task_delta *d,
			 const struct sp_task *row)
{
	sum->runq_ns = add(sum->runq_ns, d->state_ns[SYSPERF_RUNQ]);
	sum->runs = add(sum->runs, d->switches);
	if (!row->yields)
		sum->runq_urgent_ns =
			add(sum->runq_urgent_ns, d->state_ns[SYSPERF_RUNQ]);
	if (row->kthread && !strncmp(row->comm, "kswapd", strlen("kswapd")))
		sum->kswapd_ns = add(sum->kswapd_ns,
				     add(d->cpu_ns, d->state_ns[SYSPERF_RUNQ]));
}

struct interval {
	const struct sp_snapshot *cur, *prev;
	double ns;
};

static void add_task(struct task_rows *t, struct task *task,
		     const struct interval *iv)
{
	const struct sp_raw_task *before = task_table_before(&t->table, task);
	struct sp_raw_task room;
	const struct sp_raw_task *now = task_table_now(&t->table, task, &room);

	task_delta_add(t->sum, now, before, now->start_ns >= iv->prev->boot_ns,
		       iv->ns);
}

/* What is not a sum over the threads. */
struct whole {
	const struct sp_raw_task *speaker;
	double rss; /* all threads share it, but a dead leader has none */
	double open;
	double cpu_total_ns;
	bool oom_killed;
};

/*
 * Tasks that were told of neither now nor the time before only went on with
 * what they were doing: one is looked at, and stands for the others.
 */
static void add_quiet(struct task_rows *t, const struct task_group *g,
		      struct task *quiet, const size_t *looked_at,
		      const struct interval *iv)
{
	const double ns = (double)(t->table.now_ns - t->table.before_ns);

	if (!iv->prev)
		return;
	add_task(t, quiet, iv);
	/* See task_table_now() for the states before. */
	for (int i = SYSPERF_RUNQ + 1; i < SYSPERF_STATES; i++) {
		size_t others =
			g->nr_in[i] - looked_at[i] - (quiet->last.doing == i);

		if (others)
			t->sum->state_ns[i] += (double)others * ns;
	}
}

/*
 * Begun with what was so far when the group is first seen, its ended threads
 * included; from then on what it gains is known.
 */
static void total_cpu(struct task_group *g, bool thread, double gained_ns)
{
	double ended = 0;

	if (g->totalled) {
		g->cpu_total_ns += gained_ns > 0 ? gained_ns : 0;
		return;
	}
	for (const struct task *t = g->tasks; t; t = t->next) {
		const struct sp_raw_task *r = &t->last;

		if (r->cpu_total_ns == SP_ABSENT)
			g->cpu_total_ns += (double)r->cpu_ns;
		else
			g->cpu_total_ns += (double)r->cpu_total_ns;
		/* Whoever was told of last has the latest. */
		if (!thread && r->ended_cpu_ns != SP_ABSENT)
			ended = max_of(ended, (double)r->ended_cpu_ns);
	}
	g->cpu_total_ns += ended;
	g->totalled = true;
}

static int sum_group(struct task_rows *t, struct task_group *g,
		     const struct interval *iv, struct whole *w)
{
	size_t looked_at[SYSPERF_STATES] = {0};
	struct task *task;

	task_delta_clear(t->sum);
	for (task = g->tasks; task && !task_table_is_quiet(&t->table, task);
	     task = task->next) {
		/* A task not told of waits for nothing. */
		if (task->told)
			w->open = max_of(w->open,
					 (double)task->told->runq_open_ns);
		if (iv->prev)
			add_task(t, task, iv);
		if (task_table_settle(task))
			return -ENOMEM;
		looked_at[task->last.doing]++;
		w->rss = max_of(w->rss, gauge(task->last.rss_bytes));
	}
	if (task) {
		add_quiet(t, g, task, looked_at, iv);
		w->rss = max_of(w->rss, gauge(task->last.rss_bytes));
	}
	total_cpu(g, t->table.threads, t->sum->cpu_ns);
	w->cpu_total_ns = g->cpu_total_ns;
	w->speaker = task_table_speaker(g);
	w->oom_killed = g->oom_killed;
	return 0;
}

/* On how many at a time a row may have been; one may have gone since. */
static double cpus_at_most(const struct task_rows *t, const struct interval *iv)
{
	if (t->table.threads)
		return 1;
	return max_of((double)iv->cur->nr_cpus, (double)iv->prev->nr_cpus);
}

static void make_row(struct task_rows *t, struct sp_task *row,
		     const struct whole *w, const struct interval *iv)
{
	const double cpus = cpus_at_most(t, iv);

	*row = t->blank;
	describe(row, w->speaker, iv->cur, t->table.names);
	row->tid = t->table.threads ? w->speaker->tid : w->speaker->pid;
	row->rss_bytes = w->rss;
	row->cpu_time_us = w->cpu_total_ns / 1000;
	row->oom_killed = w->oom_killed;
	if (cpus >= 1)
		task_delta_held_up(t->sum, cpus);
	task_delta_row(t->sum, t->table.threads ? 1 : w->speaker->threads, row);
	count_totals(&t->totals, t->sum, row);
	t->totals.runq_open_max_ns =
		max_of(t->totals.runq_open_max_ns, w->open);
}

static int group_row(struct task_rows *t, struct task_group *g,
		     const struct interval *iv)
{
	struct whole w = {.rss = NAN};

	if (sum_group(t, g, iv, &w))
		return -ENOMEM;
	if (!iv->prev)
		return 0;
	/* A thread that ended after all others were summed up before. */
	if (!t->table.threads && w.speaker->flags & SYSPERF_TASK_EXITED &&
	    w.speaker->tid != w.speaker->pid) {
		if (g->row != TASK_NO_ROW)
			row_gone(t, g->row);
		return 0;
	}
	if (g->row == TASK_NO_ROW && row_add(t, g))
		return -ENOMEM;
	make_row(t, &t->rows[g->row], &w, iv);
	g->named = name(&t->rows[g->row], w.speaker, t->table.names,
			t->sum->cpu_ns > 0);
	return 0;
}

static int active_rows(struct task_rows *t, const struct interval *iv)
{
	struct task_group *g, *next;
	int ret;

	for (g = t->table.active; g; g = next) {
		next = g->next;
		ret = group_row(t, g, iv);
		if (ret)
			return ret;
		/* Once more after it was told of, to say that all is quiet. */
		if (g->touched != t->table.snapshot) {
			task_table_rest(&t->table, g);
			t->resting_unnamed |= !g->named;
		}
	}
	return 0;
}

static void name_row(struct task_rows *t, struct task_group *g)
{
	if (g->row != TASK_NO_ROW)
		g->named = name(&t->rows[g->row], task_table_speaker(g),
				t->table.names, false);
}

/* What of the names became known while the rows were made, or soon after. */
static void name_rows(struct task_rows *t)
{
	unsigned int come = names_wait(t->table.names);
	struct task_group *g;

	if (come & NAMES_USERS || (come && t->resting_unnamed)) {
		t->resting_unnamed = false;
		for (size_t i = 0; i < t->nr; i++) {
			if (come & NAMES_USERS || !t->owners[i]->named)
				name_row(t, t->owners[i]);
			t->resting_unnamed |= !t->owners[i]->named;
		}
	} else if (come) {
		for (g = t->table.active; g; g = g->next)
			if (!g->named)
				name_row(t, g);
	}
}

static int start(struct task_rows *t)
{
	if (!t->sum) {
		t->sum = malloc(sizeof(*t->sum));
		sp_field_row_clear(SP_TABLE_TASK, &t->blank);
		t->table.row_gone = row_gone;
		t->table.rows = t;
	}
	return t->sum ? 0 : -ENOMEM;
}

int task_rows_make(struct task_rows *t, const struct sp_snapshot *cur,
		   const struct sp_snapshot *prev, bool threads,
		   struct names *names)
{
	struct interval iv = {cur, prev, NAN};
	int ret = start(t);

	t->table.names = names;
	t->totals = (struct task_totals){
		NAN, NAN, NAN, 0, cur->tasks_are_partial, 0};
	if (prev)
		iv.ns = (double)(cur->mono_ns - prev->mono_ns);
	else
		task_table_clear(&t->table);
	if (!ret && threads != t->table.threads)
		ret = task_table_regroup(&t->table, threads);
	if (!ret)
		ret = task_table_take(&t->table, cur);
	if (!ret)
		ret = active_rows(t, &iv);
	if (!ret)
		name_rows(t);
	return ret;
}

void task_rows_free(struct task_rows *t)
{
	task_table_clear(&t->table);
	free(t->rows);
	free(t->owners);
	free(t->sum);
	memset(t, 0, sizeof(*t));
}
