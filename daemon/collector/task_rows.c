// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of a frame: find each task in the snapshot before, take its growth, sum
 * threads into processes, and name what the row is about.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "delta.h"
#include "task_delta.h"
#include "task_rows.h"

static uint32_t hash(uint32_t id)
{
	return id * 2654435761u; /* Knuth's multiplicative hash */
}

static int index_reset(struct task_index *ix, size_t nr)
{
	size_t size = 64;

	while (size < nr * 2)
		size *= 2;
	if (size > ix->size) {
		free(ix->slot);
		ix->slot = malloc(size * sizeof(*ix->slot));
		ix->size = ix->slot ? size : 0;
		if (!ix->slot)
			return -ENOMEM;
	}
	memset(ix->slot, 0, ix->size * sizeof(*ix->slot));
	return 0;
}

static const struct sp_raw_task *find(const struct task_index *ix,
				      const struct sp_snapshot *s,
				      const struct sp_raw_task *t)
{
	if (!ix->size)
		return NULL;
	for (size_t i = hash(t->tid);; i++) {
		uint32_t at = ix->slot[i & (ix->size - 1)];

		if (!at)
			return NULL;
		if (s->tasks[at - 1].tid == t->tid &&
		    s->tasks[at - 1].start_ns == t->start_ns)
			return &s->tasks[at - 1];
	}
}

int task_rows_index(struct task_rows *t, const struct sp_snapshot *s)
{
	if (index_reset(&t->prev, s->nr_tasks))
		return -ENOMEM;
	for (size_t n = 0; n < s->nr_tasks; n++) {
		size_t i = hash(s->tasks[n].tid);

		/* What has ended will not come again. */
		if (s->tasks[n].flags & SYSPERF_TASK_EXITED)
			continue;
		while (t->prev.slot[i & (t->prev.size - 1)])
			i++;
		t->prev.slot[i & (t->prev.size - 1)] = (uint32_t)n + 1;
	}
	return 0;
}

/* Chain the threads of each process: groups gives the first by its pid. */
static int chain_threads(struct task_rows *t, const struct sp_snapshot *s)
{
	if (t->cap_next < s->nr_tasks) {
		free(t->next);
		t->next = malloc(s->nr_tasks * sizeof(*t->next));
		t->cap_next = t->next ? s->nr_tasks : 0;
		if (!t->next)
			return -ENOMEM;
	}
	if (index_reset(&t->groups, s->nr_tasks))
		return -ENOMEM;
	for (size_t n = 0; n < s->nr_tasks; n++) {
		uint32_t pid = s->tasks[n].pid, *slot;
		size_t i = hash(pid);

		for (;; i++) {
			slot = &t->groups.slot[i & (t->groups.size - 1)];
			if (!*slot || s->tasks[*slot - 1].pid == pid)
				break;
		}
		t->next[n] = *slot;
		*slot = (uint32_t)n + 1;
	}
	return 0;
}

static struct sp_task *add_row(struct task_rows *t)
{
	if (t->nr == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 256;
		struct sp_task *rows = realloc(t->rows, cap * sizeof(*rows));

		if (!rows)
			return NULL;
		t->rows = rows;
		t->cap = cap;
	}
	sp_field_row_clear(SP_TABLE_TASK, &t->rows[t->nr]);
	return &t->rows[t->nr++];
}

static void copy(char *to, size_t size, const char *from)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	to[len] = '\0';
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
	row->rss_bytes = gauge(r->rss_bytes);
	row->started =
		(double)s->time.tv_sec + (double)s->time.tv_nsec / 1e9 - ago_s;
	row->state[0] = r->state;
	copy(row->comm, sizeof(row->comm), r->comm);
	copy(row->user, sizeof(row->user), names_user(names, r->uid));
	copy(row->command, sizeof(row->command),
	     names_command(names, r->tid, r->start_ns, r->comm, row->kthread));
	if (r->threads)
		row->threads = r->threads;
}

static void count_totals(struct task_totals *sum, const struct task_delta *d,
			 const struct sp_raw_task *r)
{
	sum->runq_ns = add(sum->runq_ns, d->state_ns[SYSPERF_RUNQ]);
	sum->runs = add(sum->runs, d->switches);
	if (r->nice <= 0)
		sum->runq_urgent_ns =
			add(sum->runq_urgent_ns, d->state_ns[SYSPERF_RUNQ]);
	sum->runq_open_max_ns =
		max_of(sum->runq_open_max_ns, (double)r->runq_open_ns);
}

static int make_row(struct task_rows *t, const struct sp_raw_task *r,
		    const struct sp_snapshot *s, struct names *names)
{
	struct sp_task *row = add_row(t);

	if (!row)
		return -ENOMEM;
	describe(row, r, s, names);
	task_delta_row(t->sum, row);
	count_totals(&t->totals, t->sum, r);
	return 0;
}

struct interval {
	const struct sp_snapshot *cur, *prev;
	double ns;
};

static void add_one(struct task_rows *t, const struct sp_raw_task *r,
		    const struct interval *iv)
{
	task_delta_add(t->sum, r, find(&t->prev, iv->prev, r),
		       r->start_ns >= iv->prev->boot_ns, iv->ns);
}

static int thread_rows(struct task_rows *t, const struct interval *iv,
		       struct names *names)
{
	int ret = 0;

	for (size_t i = 0; i < iv->cur->nr_tasks && !ret; i++) {
		const struct sp_raw_task *r = &iv->cur->tasks[i];

		task_delta_clear(t->sum);
		add_one(t, r, iv);
		ret = make_row(t, r, iv->cur, names);
	}
	return ret;
}

/*
 * Which thread speaks for its process: the leader, else any that lives. A
 * process has ended when all that is left of it is its leader's last record.
 */
static const struct sp_raw_task *better(const struct sp_raw_task *a,
					const struct sp_raw_task *b)
{
	bool a_ended = a->flags & SYSPERF_TASK_EXITED;
	bool b_ended = b->flags & SYSPERF_TASK_EXITED;

	if (a_ended != b_ended)
		return a_ended ? b : a;
	return b->tid == b->pid ? b : a;
}

static int process_row(struct task_rows *t, uint32_t first,
		       const struct interval *iv, struct names *names)
{
	const struct sp_raw_task *all = iv->cur->tasks;
	const struct sp_raw_task *speaker = &all[first - 1];
	double rss = NAN, open = 0;
	int ret;

	task_delta_clear(t->sum);
	for (uint32_t i = first; i; i = t->next[i - 1]) {
		const struct sp_raw_task *r = &all[i - 1];

		add_one(t, r, iv);
		speaker = better(speaker, r);
		/* All threads share it, but a dead leader has none. */
		rss = max_of(rss, gauge(r->rss_bytes));
		open = max_of(open, (double)r->runq_open_ns);
	}
	/* A thread that ended after all others were summed up before. */
	if (speaker->flags & SYSPERF_TASK_EXITED &&
	    speaker->tid != speaker->pid)
		return 0;
	ret = make_row(t, speaker, iv->cur, names);
	if (ret)
		return ret;
	t->totals.runq_open_max_ns = max_of(t->totals.runq_open_max_ns, open);
	t->rows[t->nr - 1].tid = speaker->pid;
	t->rows[t->nr - 1].rss_bytes = rss;
	return 0;
}

static int process_rows(struct task_rows *t, const struct interval *iv,
			struct names *names)
{
	int ret = chain_threads(t, iv->cur);

	for (size_t i = 0; i < t->groups.size && !ret; i++)
		if (t->groups.slot[i])
			ret = process_row(t, t->groups.slot[i], iv, names);
	return ret;
}

int task_rows_make(struct task_rows *t, const struct sp_snapshot *cur,
		   const struct sp_snapshot *prev, bool threads,
		   struct names *names)
{
	struct interval iv = {cur, prev,
			      (double)(cur->mono_ns - prev->mono_ns)};

	if (!t->sum) {
		t->sum = malloc(sizeof(*t->sum));
		if (!t->sum)
			return -ENOMEM;
	}
	t->nr = 0;
	t->totals = (struct task_totals){NAN, NAN, NAN, 0};
	return threads ? thread_rows(t, &iv, names)
		       : process_rows(t, &iv, names);
}

void task_rows_free(struct task_rows *t)
{
	free(t->rows);
	free(t->prev.slot);
	free(t->groups.slot);
	free(t->sum);
	free(t->next);
	memset(t, 0, sizeof(*t));
}
