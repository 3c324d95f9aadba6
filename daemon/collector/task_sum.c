// SPDX-License-Identifier: GPL-2.0-only
/*
 * Summing threads into their process (task_sum.h). What the kernel sums
 * itself (stat) counts ticks; what counts nanoseconds (schedstat) is of one
 * thread, and is lost with it; taskstats has all, but not for everyone. So all
 * are kept as sums of differences: e->sched has the numbers of a single thread
 * as last seen, e->group those of all threads there ever were, or without
 * taskstats e->threads those of several.
 */
#include "task_sum.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "text.h"

/* stat's user and system time are each cut to whole ticks. */
#define TICKS_CUT 2

static void add_cpu(const struct sp_task_reader *r, struct sp_task_entry *e,
		    const struct sp_task_stat *st, uint64_t gain_ns)
{
	uint64_t least = sp_u64_scale(st->cpu_ticks, r->tick_ns);
	uint64_t most = sp_u64_add(least, TICKS_CUT * r->tick_ns);
	uint64_t ns = sp_u64_add(e->row.cpu_ns, gain_ns);

	/* Errors of going from one kind to the other must not pile up. */
	if (ns > most)
		ns = e->row.cpu_ns > most ? e->row.cpu_ns : most;
	e->row.cpu_ns = ns > least ? ns : least;
}

static uint64_t gained_ticks_ns(const struct sp_task_reader *r,
				const struct sp_task_entry *e,
				const struct sp_task_stat *st)
{
	if (!e->known || st->cpu_ticks < e->cpu_ticks)
		return 0;
	return sp_u64_scale(st->cpu_ticks - e->cpu_ticks, r->tick_ns);
}

static const struct sp_thread *find_thread(const struct sp_task_entry *e,
					   uint32_t tid)
{
	size_t i;

	for (i = 0; i < e->nr_threads; i++)
		if (e->threads[i].tid == tid)
			return &e->threads[i];
	return NULL;
}

/* A thread's numbers as last seen, all 0 if it was not. */
static struct sp_task_sched last_sched(const struct sp_task_entry *e,
				       uint32_t tid)
{
	const struct sp_thread *t;

	if (tid == e->tid && e->has_sched)
		return e->sched;
	t = find_thread(e, tid);
	return t ? t->sched : (struct sp_task_sched){0};
}

/*
 * Likewise, of the only one that is left. It need not be the leader: a thread
 * that does exec ends all others and takes the leader's number and start. It is
 * one that had done no more than this one has now; of those the most, so that
 * nothing is added twice.
 */
static struct sp_task_sched last_of_left(const struct sp_task_entry *e,
					 const struct sp_task_sched *now)
{
	struct sp_task_sched last = {0};
	size_t i;

	for (i = 0; i < e->nr_threads; i++) {
		const struct sp_task_sched *t = &e->threads[i].sched;

		if (t->run_ns > now->run_ns || t->delay_ns > now->delay_ns ||
		    t->count > now->count)
			continue;
		if (t->run_ns > last.run_ns)
			last.run_ns = t->run_ns;
		if (t->delay_ns > last.delay_ns)
			last.delay_ns = t->delay_ns;
		if (t->count > last.count)
			last.count = t->count;
	}
	return last;
}

static void add_sched(struct sp_raw_task *row, struct sp_task_sched last,
		      const struct sp_task_sched *now)
{
	uint64_t *delay_ns = &row->state_ns[SYSPERF_RUNQ];

	/* Less than before: it is another thread of the same number. */
	if (now->count < last.count || now->delay_ns < last.delay_ns)
		last = (struct sp_task_sched){0};
	*delay_ns = sp_u64_add(*delay_ns, now->delay_ns - last.delay_ns);
	row->switches = sp_u64_add(row->switches, now->count - last.count);
}

static bool is_too_much(const struct sp_task_reader *r,
			const struct sp_task_entry *e,
			const struct sp_taskstats *now, uint64_t ticks_ns)
{
	const uint64_t most =
		sp_u64_add(ticks_ns, 2UL * TICKS_CUT * r->tick_ns);

	return now->cpu_ns > sp_u64_add(e->group.cpu_ns, most);
}

/*
 * A thread that is just ending is counted twice for a moment, with all it ever
 * did: then there is more CPU time than ticks say. To be asked again; but not
 * for ever, should this kernel count both in different ways.
 */
static bool is_doubtful(const struct sp_task_reader *r, struct sp_task_entry *e,
			const struct sp_taskstats *now, uint64_t ticks_ns)
{
	e->doubted =
		e->has_group && !e->doubted && is_too_much(r, e, now, ticks_ns);
	return e->doubted;
}

/* What all threads did since the last time. */
static void gain_group(struct sp_task_entry *e, const struct sp_taskstats *now)
{
	uint64_t *delay_ns = &e->row.state_ns[SYSPERF_RUNQ];

	if (now->delay_ns > e->group.delay_ns)
		*delay_ns = sp_u64_add(*delay_ns,
				       now->delay_ns - e->group.delay_ns);
	if (now->count > e->group.count)
		e->row.switches = sp_u64_add(e->row.switches,
					     now->count - e->group.count);
}

static void keep_group(struct sp_task_entry *e, const struct sp_taskstats *now)
{
	if (!e->has_group) {
		e->group = *now;
	} else {
		if (now->cpu_ns > e->group.cpu_ns)
			e->group.cpu_ns = now->cpu_ns;
		if (now->delay_ns > e->group.delay_ns)
			e->group.delay_ns = now->delay_ns;
		if (now->count > e->group.count)
			e->group.count = now->count;
	}
	e->has_group = true;
	e->has_sched = false;
	e->nr_threads = 0;
}

static int ask(struct sp_task_reader *r, uint32_t pid, struct sp_taskstats *ts)
{
	int ret = r->ask ? sp_taskstats_ask(r->ask, pid, ts) : 0;

	return ret > 0 && ts->count != SP_ABSENT;
}

/* It had several threads until now: what they did is known by the sum only. */
static bool sum_last_of_several(struct sp_task_reader *r,
				struct sp_task_entry *e,
				const struct sp_task_stat *st,
				const struct sp_task_sched *sched)
{
	struct sp_taskstats ts;

	if (!e->has_group || !ask(r, e->tid, &ts))
		return false;
	add_cpu(r, e, st, gained_ticks_ns(r, e, st));
	gain_group(e, &ts);
	e->has_group = false;
	e->sched = *sched;
	e->has_sched = true;
	return true;
}

static void sum_single(struct sp_task_reader *r, struct sp_task_entry *e,
		       const struct sp_task_stat *st,
		       const struct sp_task_sched *sched)
{
	struct sp_task_sched last =
		e->nr_threads ? last_of_left(e, sched) : last_sched(e, e->tid);
	uint64_t gain_ns = gained_ticks_ns(r, e, st);

	if (sum_last_of_several(r, e, st, sched))
		return;
	/* That it ended meanwhile leaves nothing to compare with. */
	if (e->has_group)
		last = *sched;
	e->has_group = false;

	/* If there were others meanwhile, only ticks know of them. */
	if ((!e->known || e->has_sched) && sched->run_ns >= last.run_ns)
		gain_ns = sched->run_ns - last.run_ns;
	add_cpu(r, e, st, gain_ns);
	add_sched(&e->row, last, sched);
	e->sched = *sched;
	e->has_sched = true;
	e->nr_threads = 0;
}

/* Read schedstat of the process's threads into r->sum. */
static int read_threads(struct sp_task_reader *r, uint32_t pid)
{
	const int proc_fd = r->file.fd;
	int fd = sp_task_file_open_threads(&r->file);
	uint32_t tid;
	int ret = 0;

	r->nr_sum = 0;
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	r->file.fd = fd;
	sp_task_dir_start(&r->dir, fd);
	while (ret >= 0 && r->nr_sum < SP_SUM_THREADS_MAX &&
	       (tid = sp_task_dir_next(&r->dir)) != 0) {
		struct sp_thread *t = &r->sum[r->nr_sum];

		sp_task_file_dir(&r->file, tid);
		t->tid = tid;
		ret = sp_task_file_sched(&r->file, &t->sched);
		if (ret > 0)
			r->nr_sum++;
	}
	r->file.fd = proc_fd;
	sp_task_file_dir(&r->file, pid);
	close(fd);
	return ret;
}

/* Keep what was read of the threads for the next time. */
static int keep_threads(const struct sp_task_reader *r, struct sp_task_entry *e)
{
	struct sp_thread *threads;

	if (r->nr_sum > e->cap_threads) {
		threads = reallocarray(e->threads, r->nr_sum, sizeof(*threads));
		if (!threads)
			return -ENOMEM;
		e->threads = threads;
		e->cap_threads = r->nr_sum;
	}
	memcpy(e->threads, r->sum, r->nr_sum * sizeof(*r->sum));
	e->nr_threads = r->nr_sum;
	/* From here on the leader is one of them. */
	e->has_sched = false;
	return 0;
}

/* Of several threads, none but the leader's number is among those just read. */
static bool is_one_left(const struct sp_task_reader *r,
			const struct sp_task_entry *e)
{
	size_t i;

	for (i = 0; i < r->nr_sum; i++)
		if (r->sum[i].tid != e->tid && find_thread(e, r->sum[i].tid))
			return false;
	return e->nr_threads > 0;
}

static void add_threads(const struct sp_task_reader *r, struct sp_task_entry *e)
{
	const bool one_left = is_one_left(r, e);
	size_t i;

	for (i = 0; i < r->nr_sum; i++) {
		const struct sp_thread *t = &r->sum[i];
		struct sp_task_sched last = last_sched(e, t->tid);

		if (one_left && t->tid == e->tid)
			last = last_of_left(e, &t->sched);
		add_sched(&e->row, last, &t->sched);
	}
}

static int sum_threads(struct sp_task_reader *r, struct sp_task_entry *e)
{
	int ret = read_threads(r, e->tid);

	if (ret < 0 || !r->nr_sum)
		return ret < 0 ? ret : 0;
	/* Of what is in the group's sum, each one's share is not known. */
	if (!e->has_group)
		add_threads(r, e);
	e->has_group = false;
	return keep_threads(r, e);
}

/*
 * The sum by taskstats. When the process gets its second thread, what the
 * threads did so far is once more added up one by one.
 *
 * Return: 1; 0 if it is not to be had; or -errno.
 */
static int sum_group(struct sp_task_reader *r, struct sp_task_entry *e,
		     const struct sp_task_stat *st)
{
	struct sp_taskstats ts;
	uint64_t ticks_ns = gained_ticks_ns(r, e, st);
	uint64_t gain_ns = ticks_ns;
	int ret = 0;

	if (st->threads > SP_ASK_THREADS_MAX || !ask(r, e->tid, &ts))
		return 0;
	/* It lasts a moment: mostly it is over by now. */
	if (is_doubtful(r, e, &ts, ticks_ns) &&
	    (!ask(r, e->tid, &ts) || is_too_much(r, e, &ts, ticks_ns))) {
		add_cpu(r, e, st, ticks_ns);
		return 1;
	}
	if (e->has_group || !e->known)
		gain_group(e, &ts);
	else
		ret = sum_threads(r, e);
	if (e->has_group && ts.cpu_ns > e->group.cpu_ns)
		gain_ns = ts.cpu_ns - e->group.cpu_ns;
	add_cpu(r, e, st, gain_ns);
	keep_group(e, &ts);
	return ret < 0 ? ret : 1;
}

static void forget_sums(struct sp_task_entry *e)
{
	e->row.state_ns[SYSPERF_RUNQ] = SP_ABSENT;
	e->row.switches = SP_ABSENT;
	e->nr_threads = 0;
	e->has_sched = false;
	e->has_group = false;
}

int sp_task_sum(struct sp_task_reader *r, struct sp_task_entry *e,
		const struct sp_task_stat *st,
		const struct sp_task_sched *sched)
{
	const bool was_same = e->known && (e->nr_threads || e->has_group) &&
			      e->row.threads == st->threads &&
			      e->cpu_ticks == st->cpu_ticks;
	int ret;

	if (sched) {
		sum_single(r, e, st, sched);
		return 0;
	}
	if (st->threads > 1 && !was_same) {
		ret = sum_group(r, e, st);
		if (ret)
			return ret < 0 ? ret : 0;
	}
	add_cpu(r, e, st, gained_ticks_ns(r, e, st));
	if (st->threads <= 1 || st->threads > SP_SUM_THREADS_MAX)
		forget_sums(e);
	else if (!was_same)
		return sum_threads(r, e);
	return 0;
}
