// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of tasks that ended (task_exit.h). What is told at an end is of one
 * thread; only of CPU time and run delay does the kernel have the sum over a
 * process. So threads that end while their process goes on are kept with its
 * entry in the cache, until it ends.
 */
#include "task_exit.h"

#include <errno.h>
#include <stdlib.h>

#include "file.h"
#include "text.h"

/* start_ns is cut to ticks, and clocks are read one after the other. */
#define SLACK_NS 100000000
#define KTHREADD 2

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

int sp_exits_open(struct sp_exits *x, bool threads)
{
	int ret = sp_taskstats_open(&x->sock);

	x->threads = threads;
	x->open = !ret;
	x->since_ns = x->last_ns = clock_ns(CLOCK_BOOTTIME);
	return ret;
}

void sp_exits_close(struct sp_exits *x)
{
	if (x->open)
		sp_taskstats_close(&x->sock);
	free(x->ends);
	free(x->owners);
	*x = (struct sp_exits){0};
}

static int grow(void *array, size_t nr, size_t *cap, size_t size)
{
	void **p = array, *more;
	size_t want = *cap ? *cap * 2 : 64;

	if (nr < *cap)
		return 0;
	more = reallocarray(*p, want, size);
	if (!more)
		return -ENOMEM;
	*p = more;
	*cap = want;
	return 0;
}

static int take_end(void *arg, const struct sp_task_end *end)
{
	struct sp_exits *x = arg;

	if (grow(&x->ends, x->nr, &x->cap, sizeof(*x->ends)))
		return -ENOMEM;
	x->ends[x->nr++] = *end;
	return 0;
}

int sp_exits_take(struct sp_exits *x)
{
	int ret;

	if (!x->open)
		return 0;
	ret = sp_taskstats_ends(&x->sock, take_end, x);
	if (!ret || ret == -ENOMEM)
		return ret;
	sp_taskstats_close(&x->sock);
	x->open = false;
	return 0;
}

static int add_owner(struct sp_exits *x, uint32_t pid, uint32_t ppid,
		     const char *comm)
{
	struct sp_thread_owner *o;

	if (grow(&x->owners, x->nr_owners, &x->cap_owners, sizeof(*x->owners)))
		return -ENOMEM;
	o = &x->owners[x->nr_owners++];
	o->pid = pid;
	o->ppid = ppid;
	memcpy(o->comm, comm, sizeof(o->comm));
	return 0;
}

/* Processes of several threads, for kernels that do not say whose one was. */
static int find_owners(struct sp_exits *x, const struct sp_task_cache *c)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < c->nr && !ret; i++) {
		const struct sp_raw_task *r = &c->entries[i].row;

		if (c->entries[i].known && r->threads > 1)
			ret = add_owner(x, r->pid, r->ppid, r->comm);
	}
	for (i = 0; i < x->nr && !ret; i++)
		if (x->ends[i].has_group)
			ret = add_owner(x, x->ends[i].pid, x->ends[i].ppid,
					x->ends[i].comm);
	x->has_owners = true;
	return ret;
}

static uint32_t guess_owner(const struct sp_exits *x,
			    const struct sp_task_end *end)
{
	uint32_t pid = 0;

	for (size_t i = 0; i < x->nr_owners; i++) {
		const struct sp_thread_owner *o = &x->owners[i];

		if (o->pid == end->tid)
			return o->pid;
		if (!pid && !end->forked && o->ppid == end->ppid &&
		    !strncmp(o->comm, end->comm, sizeof(o->comm) - 1))
			pid = o->pid;
	}
	return pid;
}

/* Whose thread it was, and whether it was the last one. */
static int complete(struct sp_exits *x, const struct sp_task_cache *c,
		    struct sp_task_end *end)
{
	const struct sp_task_entry *e;

	if (end->pid)
		return 0;
	if (!x->has_owners && find_owners(x, c))
		return -ENOMEM;
	e = sp_task_cache_find(c, end->tid);
	if (e && e->known && e->row.threads <= 1)
		end->pid = e->row.pid;
	else
		end->pid = guess_owner(x, end);
	end->last = !end->pid || (e && e->known && e->row.threads <= 1);
	if (!end->pid)
		end->pid = end->tid;
	return 0;
}

/* Adds nothing that is absent. */
static void add_to(uint64_t *sum, uint64_t v)
{
	if (v != SP_ABSENT)
		*sum = sp_u64_add(*sum, v);
}

static void add_recent(struct sp_dead_threads *d, const struct sp_task_end *end,
		       unsigned int refresh)
{
	if (d->refresh != refresh)
		memset(&d->recent, 0, sizeof(d->recent));
	d->refresh = refresh;
	add_to(&d->recent.stats.cpu_ns, end->stats.cpu_ns);
	add_to(&d->recent.stats.delay_ns, end->stats.delay_ns);
	add_to(&d->recent.stats.count, end->stats.count);
	add_to(&d->recent.read_bytes, end->read_bytes);
	add_to(&d->recent.write_bytes, end->write_bytes);
}

static void add_dead(struct sp_dead_threads *d, const struct sp_task_end *end,
		     unsigned int refresh)
{
	add_recent(d, end, refresh);
	d->nr++;
	add_to(&d->cpu_ns, end->stats.cpu_ns);
	add_to(&d->minor_faults, end->minor_faults);
	add_to(&d->major_faults, end->major_faults);
	add_to(&d->read_bytes, end->read_bytes);
	add_to(&d->write_bytes, end->write_bytes);
	if (end->tid == end->pid) {
		d->leader = true;
		d->exit_code = end->exit_code;
	}
}

/*
 * Is it the end of the task that was last seen with that number? Then it began
 * when that did: the time since took it to somewhere between the last refresh
 * and now. (It does not count suspended time, some of which may have been
 * before the task began.)
 */
static bool is_of(const struct sp_exits *x, const struct sp_task_entry *e,
		  const struct sp_task_end *end, uint64_t suspended_ns)
{
	uint64_t at;

	if (!e || !e->known)
		return false;
	at = sp_u64_add(e->row.start_ns,
			end->elapsed_ns == SP_ABSENT ? 0 : end->elapsed_ns);
	return at <= x->now_ns + SLACK_NS &&
	       at + suspended_ns + SLACK_NS >= x->last_ns;
}

/* A counter goes on; one that would go back counted other things before. */
static uint64_t go_on(uint64_t before, uint64_t now, uint64_t cut)
{
	if (before == SP_ABSENT || now == SP_ABSENT || now + cut < before)
		return SP_ABSENT;
	return now > before ? now : before;
}

static void gain(uint64_t *sum, uint64_t now, uint64_t last)
{
	if (*sum != SP_ABSENT && now != SP_ABSENT && last != SP_ABSENT &&
	    now > last)
		*sum = sp_u64_add(*sum, now - last);
}

/*
 * CPU time and run delay since the last look. The row's sums began when we did;
 * what is added are differences of the kernel's. Both must be of the same
 * threads: of all there ever were, or of one, the only one at the last look.
 */
static void last_times(struct sp_raw_task *r, const struct sp_task_entry *e,
		       const struct sp_task_end *sum,
		       const struct sp_task_end *alone)
{
	const struct sp_taskstats *now =
		sum->has_group ? &sum->group : &sum->stats;
	/* Ticks are of all, too; no other sum of the row's is. */
	struct sp_taskstats last = {e->row.cpu_ns, SP_ABSENT, SP_ABSENT, 0};

	if (e->has_group) {
		last = e->group;
	} else if (e->has_sched) {
		now = &alone->stats;
		last = (struct sp_taskstats){e->sched.run_ns, e->sched.delay_ns,
					     e->sched.count, 0};
	}
	gain(&r->cpu_ns, now->cpu_ns, last.cpu_ns);
	gain(&r->state_ns[SYSPERF_RUNQ], now->delay_ns, last.delay_ns);
	gain(&r->switches, now->count, last.count);
	r->state_ns[SYSPERF_RUNNING] = r->cpu_ns;
	if (!sum->has_group)
		r->state_ns[SYSPERF_IOWAIT] =
			go_on(r->state_ns[SYSPERF_IOWAIT], now->blkio_ns, 0);
}

static void last_faults(struct sp_raw_task *r, const struct sp_task_end *sum)
{
	r->minor_faults = go_on(r->minor_faults, sum->minor_faults, 0);
	r->major_faults = go_on(r->major_faults, sum->major_faults, 0);
}

static void last_io(struct sp_raw_task *r, const struct sp_task_end *sum)
{
	r->read_bytes = go_on(r->read_bytes, sum->read_bytes, 1023);
	r->write_bytes = go_on(r->write_bytes, sum->write_bytes, 1023);
}

/* With the threads of its process that ended before. */
static struct sp_task_end whole(const struct sp_task_end *end,
				const struct sp_dead_threads *d)
{
	struct sp_task_end sum = *end;

	if (!d->nr)
		return sum;
	add_to(&sum.minor_faults, d->minor_faults);
	add_to(&sum.major_faults, d->major_faults);
	add_to(&sum.read_bytes, d->read_bytes);
	add_to(&sum.write_bytes, d->write_bytes);
	/* An exec of another thread ends the leader, and takes its number. */
	if (d->leader && end->tid != end->pid)
		sum.exit_code = d->exit_code;
	/* Threads that end at the same time may miss each other's counters. */
	if (sum.group.cpu_ns < end->stats.cpu_ns + d->cpu_ns)
		sum.group.cpu_ns = end->stats.cpu_ns + d->cpu_ns;
	return sum;
}

/*
 * The end of what had one thread at the last look, with those that came and
 * went since. If the process did something until a look in this very refresh,
 * they may have come and gone before it, and be in the row.
 */
static struct sp_task_end since_alone(const struct sp_exits *x,
				      const struct sp_task_entry *e,
				      const struct sp_task_end *end)
{
	const struct sp_dead_threads *d = &e->dead;
	struct sp_task_end sum = *end;

	if (x->threads || !d->nr || d->refresh != x->refresh ||
	    e->moved == x->refresh || e->active == x->refresh)
		return sum;
	add_to(&sum.stats.cpu_ns, d->recent.stats.cpu_ns);
	add_to(&sum.stats.delay_ns, d->recent.stats.delay_ns);
	add_to(&sum.stats.count, d->recent.stats.count);
	add_to(&sum.read_bytes, d->recent.read_bytes);
	add_to(&sum.write_bytes, d->recent.write_bytes);
	return sum;
}

/* What was read of it goes on by what was told. */
static void known_until_end(const struct sp_exits *x, struct sp_raw_task *r,
			    const struct sp_task_entry *e,
			    const struct sp_task_end *end,
			    const struct sp_task_end *sum)
{
	const struct sp_task_end alone = since_alone(x, e, end);
	const bool misses = end->has_group && e->row.start_ns < x->since_ns;

	*r = e->row;
	last_times(r, e, sum, &alone);
	if (misses)
		r->minor_faults = r->major_faults = SP_ABSENT;
	else
		last_faults(r, sum);
	if (e->single)
		last_io(r, &alone);
	else if (misses)
		r->read_bytes = r->write_bytes = SP_ABSENT;
	else
		last_io(r, sum);
}

/* It began and ended between two refreshes. */
static void all_at_once(const struct sp_exits *x, struct sp_raw_task *r,
			const struct sp_task_end *sum)
{
	const struct sp_taskstats *ts =
		sum->has_group ? &sum->group : &sum->stats;
	uint64_t lived = sum->elapsed_ns == SP_ABSENT ? 0 : sum->elapsed_ns;

	r->tid = x->threads ? sum->tid : sum->pid;
	r->pid = sum->pid;
	r->uid = sum->uid;
	r->flags = sum->ppid == KTHREADD ? SYSPERF_TASK_KTHREAD : 0;
	r->start_ns = x->now_ns > lived ? x->now_ns - lived : 0;
	r->cpu_ns = ts->cpu_ns;
	r->state_ns[SYSPERF_RUNNING] = ts->cpu_ns;
	r->state_ns[SYSPERF_RUNQ] = ts->delay_ns;
	r->switches = ts->count;
	r->minor_faults = sum->minor_faults;
	r->major_faults = sum->major_faults;
	r->read_bytes = sum->read_bytes;
	r->write_bytes = sum->write_bytes;
}

static int add_row(const struct sp_exits *x, struct sp_snapshot *snap,
		   const struct sp_task_entry *e, bool is_known,
		   const struct sp_task_end *end)
{
	static const struct sp_dead_threads none;
	const struct sp_dead_threads *dead =
		e && !x->threads ? &e->dead : &none;
	struct sp_task_end sum = whole(end, dead);
	struct sp_raw_task *r = sp_snapshot_add_task(snap);

	if (!r)
		return -ENOMEM;
	if (!is_known) {
		all_at_once(x, r, &sum);
		r->threads = (uint32_t)dead->nr + 1;
	} else {
		known_until_end(x, r, e, end, &sum);
	}
	r->ppid = sum.ppid;
	r->nice = sum.nice;
	r->flags |= SYSPERF_TASK_EXITED;
	r->exit_code = sum.exit_code;
	r->state = 'X';
	memcpy(r->comm, sum.comm, sizeof(r->comm));
	return 0;
}

/*
 * What is left of it in /proc is a zombie without a past, until its parent
 * waits for it; that is seen with the next refresh.
 */
static void leave(struct sp_task_cache *c, struct sp_task_entry *e)
{
	const uint32_t pid = e->row.pid;

	if (e->seen == c->refresh) {
		sp_task_cache_forget(e);
		e->row.pid = pid;
	} else {
		e->known = false;
	}
	memset(&e->dead, 0, sizeof(e->dead));
}

static int end_row(struct sp_exits *x, struct sp_task_cache *c,
		   struct sp_snapshot *snap, const struct sp_task_end *end,
		   uint64_t suspended_ns)
{
	struct sp_task_entry *e =
		sp_task_cache_find(c, x->threads ? end->tid : end->pid);
	struct sp_task_end of_leader = *end;
	int ret;

	/* The one that ended last need not have begun first. */
	if (!x->threads && end->tid != end->pid && e && e->known)
		of_leader.elapsed_ns = x->now_ns - e->row.start_ns;
	ret = add_row(x, snap, e, is_of(x, e, &of_leader, suspended_ns), end);
	if (e && !ret)
		leave(c, e);
	return ret;
}

int sp_exits_rows(struct sp_exits *x, struct sp_task_cache *cache,
		  struct sp_snapshot *snap, uint64_t mono_ns,
		  uint64_t suspended_ns)
{
	const size_t first = snap->nr_tasks;
	int ret = 0;
	size_t i;

	x->now_ns = mono_ns + suspended_ns;
	x->refresh = cache->refresh;
	for (i = 0; i < x->nr && !ret; i++) {
		struct sp_task_end *end = &x->ends[i];
		struct sp_task_entry *e;

		ret = complete(x, cache, end);
		if (x->threads)
			end->has_group = false; /* its own, not that */
		if (ret || x->threads || end->last)
			continue;
		e = sp_task_cache_get(cache, end->pid);
		if (!e)
			ret = -ENOMEM;
		else
			add_dead(&e->dead, end, cache->refresh);
	}
	for (i = 0; i < x->nr && !ret; i++)
		if (x->threads || x->ends[i].last)
			ret = end_row(x, cache, snap, &x->ends[i],
				      suspended_ns);
	for (i = first; i < snap->nr_tasks; i++)
		snap->tasks[i].now_ns = mono_ns;
	x->nr = x->nr_owners = 0;
	x->has_owners = false;
	x->last_ns = x->now_ns;
	return ret;
}
