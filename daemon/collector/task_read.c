// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading one task (task_read.h). Nothing is allocated for a task that is
 * known, unless it got more threads.
 */
#include "task_read.h"

#include "pace.h"
#include "task_sum.h"
#include "text.h"

/* Refreshes between two looks at what changes without the task's doing. */
#define REREAD 16
/* A count and the time of it are together unless something comes in between. */
#define HELD_UP_NS 2000000
#define HELD_UP_TRIES 3

/* Tasks take turns, so that no refresh has to read them all. */
static bool is_turn(const struct sp_task_reader *r,
		    const struct sp_task_entry *e)
{
	return (r->refresh + e->tid) % REREAD == 0;
}

static bool same_sched(const struct sp_task_sched *a,
		       const struct sp_task_sched *b)
{
	return a->run_ns == b->run_ns && a->delay_ns == b->delay_ns &&
	       a->count == b->count;
}

static bool did_nothing(const struct sp_task_entry *e,
			const struct sp_task_sched *now)
{
	return e->known && e->has_sched && same_sched(&e->sched, now);
}

/* A new entry, or one of a task that is no more, becomes that of this one. */
static void entry_start(struct sp_task_entry *e, const struct sp_task_stat *st)
{
	const size_t numbers = offsetof(struct sp_raw_task, start_ns);
	const struct sp_dead_threads dead = e->dead;
	const bool is_reused = e->known;

	sp_task_cache_forget(e);
	if (!is_reused) /* it came after the last listing */
		e->dead = dead;
	memset((char *)&e->row + numbers, 0xff, sizeof(e->row) - numbers);
	e->row.runq_open_ns = 0;
	e->row.runq_hist = NULL;
	e->row.io_hist = NULL;
	e->row.doing = SYSPERF_SLEEPING; /* which is not known */
	e->row.cpu_ns = 0;
	e->start_ticks = st->start_ticks;
}

static void start_on(struct sp_task_reader *r, struct sp_task_entry *e)
{
	sp_task_file_dir(&r->file, e->tid);
	r->file.fds = &e->fds;
	/* schedstat comes first, which is read each time; but not that of a
	 * process of several threads, which is not known at first. */
	r->file.keep = e->known;
}

static int sched_at(struct sp_task_reader *r, struct sp_task_sched *sched,
		    uint64_t *now_ns)
{
	int tries = HELD_UP_TRIES, got;
	uint64_t before;

	do {
		before = sp_mono_ns();
		got = sp_task_file_sched(&r->file, sched);
		*now_ns = sp_mono_ns();
	} while (got > 0 && *now_ns - before > HELD_UP_NS && --tries);
	return got;
}

/*
 * stat and io stay open of a task that was busy the last time, too, or that is
 * a process of several threads, for which there is no schedstat to tell.
 */
static void keep_rest(struct sp_task_reader *r, struct sp_task_entry *e,
		      bool idle)
{
	r->file.keep = !idle && e->known && e->moved + 1 == r->refresh;
	if (!idle)
		e->moved = r->refresh;
	else
		sp_task_file_close_rest(&e->fds);
}

/* What stat says, but for what differs between processes and threads. */
static void fill_row(const struct sp_task_reader *r, struct sp_task_entry *e,
		     const struct sp_task_stat *st)
{
	struct sp_raw_task *row = &e->row;

	row->tid = e->tid;
	row->ppid = st->ppid;
	row->flags = st->flags & SP_PF_KTHREAD ? SYSPERF_TASK_KTHREAD : 0;
	row->cpu = st->cpu;
	row->threads = st->threads;
	row->nice = st->nice;
	row->policy = st->policy;
	row->state = st->state;
	memcpy(row->comm, st->comm, sizeof(row->comm));
	row->start_ns = sp_u64_scale(st->start_ticks, r->tick_ns);
	row->minor_faults = st->minor_faults;
	row->major_faults = st->major_faults;
	row->rss_bytes = sp_u64_scale(st->rss_pages, r->page_bytes);
	row->state_ns[SYSPERF_RUNNING] = row->cpu_ns;
	e->cpu_ticks = st->cpu_ticks;
}

static void fill_iowait(const struct sp_task_reader *r, struct sp_task_entry *e,
			const struct sp_task_stat *st)
{
	uint64_t ns = sp_u64_scale(st->blkio_ticks, r->tick_ns);

	e->row.state_ns[SYSPERF_IOWAIT] = r->has_blkio ? ns : SP_ABSENT;
}

/* Owner and I/O. Must come before the row gets the new name. */
static int read_rest(struct sp_task_reader *r, struct sp_task_entry *e,
		     const struct sp_task_stat *st, bool io_may_differ)
{
	bool turn = !e->known || is_turn(r, e) ||
		    strncmp(st->comm, e->row.comm, sizeof(st->comm)) != 0;
	int ret;

	e->uid_stale |= io_may_differ;
	if (turn && e->uid_stale) {
		sp_task_file_uid(&r->file, &e->row.uid);
		e->uid_stale = false;
	}
	/* What was denied will be denied again, until it changes its user. */
	if (e->row.read_bytes == SP_ABSENT)
		io_may_differ = true;
	if (e->io_denied ? !turn : !io_may_differ)
		return 1;
	ret = sp_task_file_io(&r->file, &e->row.read_bytes,
			      &e->row.write_bytes);
	e->io_denied = !ret;
	if (e->io_changed) /* counts other things than the last time */
		e->row.read_bytes = e->row.write_bytes = SP_ABSENT;
	e->io_changed = false;
	return ret < 0 ? ret : 1;
}

/*
 * A process of several threads may do I/O without its CPU time growing by a
 * tick: so go on looking for a while. But with many threads io is expensive,
 * as the kernel adds them up at each reading.
 */
static unsigned int io_window(const struct sp_task_stat *st)
{
	return st->threads > SP_SUM_THREADS_MAX ? 1 : REREAD;
}

/* stat has been read, and schedstat (NULL if not) of a process; @now_ns becomes
 * later if that of several threads is read here. */
static int update_process(struct sp_task_reader *r, struct sp_task_entry *e,
			  const struct sp_task_stat *st,
			  const struct sp_task_sched *sched, uint64_t *now_ns)
{
	const bool single = st->threads <= 1;
	bool io_may_differ;
	int ret;

	if (!e->known || e->start_ticks != st->start_ticks)
		entry_start(e, st);
	if (!e->known || st->cpu_ticks != e->cpu_ticks ||
	    st->minor_faults != e->row.minor_faults ||
	    st->major_faults != e->row.major_faults)
		e->active = r->refresh;
	if (single)
		io_may_differ = !sched || !did_nothing(e, sched);
	else
		io_may_differ =
			r->refresh - e->active < io_window(st) || is_turn(r, e);
	ret = sp_task_sum(r, e, st, single ? sched : NULL);
	if (!single || !sched)
		*now_ns = sp_mono_ns();
	/*
	 * The io of a process also has what its children did that it waited
	 * for (fs/proc/base.c, kernel/exit.c), which would look as if a shell
	 * read what its commands read. That of its only thread has not.
	 */
	if (single)
		sp_task_file_thread_dir(&r->file, e->tid, e->tid);
	r->file.fds = &e->fds;
	if (e->known && e->single != single) {
		sp_task_file_close(&e->fds);
		io_may_differ = true;
		e->io_changed = true;
	}
	e->single = single;
	if (ret >= 0)
		ret = read_rest(r, e, st, io_may_differ);
	if (ret < 0)
		return ret;
	fill_row(r, e, st);
	e->row.pid = e->tid;
	if (single)
		fill_iowait(r, e, st);
	else
		e->row.state_ns[SYSPERF_IOWAIT] = SP_ABSENT;
	e->known = true;
	return 1;
}

int sp_task_read_process(struct sp_task_reader *r, struct sp_task_entry *e)
{
	struct sp_task_sched sched;
	struct sp_task_stat st;
	uint64_t now_ns = 0;
	int got = 0, ret;

	start_on(r, e);
	/* Of several threads, the leader's schedstat says nothing. */
	if (!e->known || e->row.threads <= 1)
		got = sched_at(r, &sched, &now_ns);
	if (got < 0)
		return got;
	if (got && did_nothing(e, &sched) && !is_turn(r, e)) {
		e->row.now_ns = now_ns;
		return 1;
	}
	keep_rest(r, e, got && did_nothing(e, &sched));
	ret = sp_task_file_stat(&r->file, &st);
	if (ret <= 0)
		return ret;
	if (!got && st.threads <= 1)
		got = sched_at(r, &sched, &now_ns);
	if (got < 0)
		return got;
	ret = update_process(r, e, &st, got ? &sched : NULL, &now_ns);
	e->row.now_ns = now_ns;
	return ret;
}

static int update_thread(struct sp_task_reader *r, struct sp_task_entry *e,
			 const struct sp_task_stat *st,
			 const struct sp_task_sched *sched)
{
	struct sp_raw_task *row = &e->row;
	bool idle;
	int ret;

	if (!e->known || e->start_ticks != st->start_ticks)
		entry_start(e, st);
	idle = sched && did_nothing(e, sched);
	ret = read_rest(r, e, st, !idle);
	if (ret < 0)
		return ret;
	row->cpu_ns =
		sched ? sched->run_ns : sp_u64_scale(st->cpu_ticks, r->tick_ns);
	row->state_ns[SYSPERF_RUNQ] = sched ? sched->delay_ns : SP_ABSENT;
	row->switches = sched ? sched->count : SP_ABSENT;
	fill_row(r, e, st);
	fill_iowait(r, e, st);
	if (sched)
		e->sched = *sched;
	e->has_sched = sched != NULL;
	e->known = true;
	return 1;
}

int sp_task_read_thread(struct sp_task_reader *r, struct sp_task_entry *e,
			uint32_t pid, bool in_proc)
{
	struct sp_task_sched sched;
	struct sp_task_stat st;
	uint64_t now_ns;
	int got, ret;

	/* The leader's schedstat is the same by the shorter path. */
	start_on(r, e);
	got = sched_at(r, &sched, &now_ns);
	if (got < 0)
		return got;
	if (got && did_nothing(e, &sched) && !is_turn(r, e)) {
		e->row.now_ns = now_ns;
		return 1;
	}
	/* Its stat and io are not: there, they are the process's. */
	if (in_proc)
		sp_task_file_thread_dir(&r->file, pid, e->tid);
	r->file.fds = &e->fds;
	keep_rest(r, e, got && did_nothing(e, &sched));
	ret = sp_task_file_stat(&r->file, &st);
	if (ret <= 0)
		return ret;
	ret = update_thread(r, e, &st, got ? &sched : NULL);
	e->row.pid = pid;
	e->row.now_ns = now_ns;
	return ret;
}
