// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a task and its entry to the record a reader gets.
 *
 * Locking: runs under RCU, which keeps the entry and, through it, the task.
 * The scheduler's part is copied under the entry's seqcount; what the kernel
 * itself counts in the task is read as /proc reads it: while it may change, and
 * each value for itself.
 */
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/sched/clock.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "memory.h"
#include "record.h"

static void fill_identity(struct sysperf_task *r, struct sysperf_entry *e)
{
	struct task_struct *p = e->task;

	/* Once it is dead its parent may be freed: what was last known. */
	if (pid_alive(p))
		WRITE_ONCE(e->ppid,
			   task_tgid_nr(rcu_dereference(p->real_parent)));
	r->tid = task_pid_nr(p);
	r->pid = task_tgid_nr(p);
	r->ppid = READ_ONCE(e->ppid);
	r->uid = from_kuid(&init_user_ns, task_cred_xxx(p, euid));
	r->flags =
		READ_ONCE(e->flags) |
		(READ_ONCE(p->flags) & PF_KTHREAD ? SYSPERF_TASK_KTHREAD : 0);
	r->exit_code = READ_ONCE(p->exit_code);
	r->cpu = task_cpu(p);
	/* Either value is right while somebody changes it. */
	r->nice = data_race(task_nice(p));
	r->policy = READ_ONCE(p->policy);
	/* As is that number while threads come and go. */
	r->threads = data_race(get_nr_threads(p));
	r->state_char = task_state_to_char(p);
	strscpy_pad(r->comm, p->comm, sizeof(r->comm));
	r->start_ns = p->start_boottime;
}

static u64 task_cgroup_v2(struct task_struct *p)
{
#ifdef CONFIG_CGROUPS
	return cgroup_id(task_dfl_cgroup(p));
#else
	return 0;
#endif
}

static u64 task_rss(struct task_struct *p)
{
	u64 pages = 0;

	if (READ_ONCE(p->flags) & (PF_KTHREAD | PF_EXITING))
		return 0;
	task_lock(p); /* holds p->mm */
	if (p->mm)
		pages = get_mm_rss(p->mm);
	task_unlock(p);
	return pages << PAGE_SHIFT;
}

static void fill_counters(struct sysperf_task *r, struct task_struct *p)
{
	task_cputime_adjusted(p, &r->utime_ns, &r->stime_ns);
	/* A task holds its signal_struct for as long as it is there. */
	r->ended_cpu_ns = data_race(p->signal->sum_sched_runtime);
	r->nvcsw = READ_ONCE(p->nvcsw);
	r->nivcsw = READ_ONCE(p->nivcsw);
	r->min_flt = READ_ONCE(p->min_flt);
	r->maj_flt = READ_ONCE(p->maj_flt);
	r->rss_bytes = task_rss(p);
	r->cgroup_id = task_cgroup_v2(p);
#ifdef CONFIG_TASK_XACCT
	r->rchar = READ_ONCE(p->ioac.rchar);
	r->wchar = READ_ONCE(p->ioac.wchar);
	r->syscr = READ_ONCE(p->ioac.syscr);
	r->syscw = READ_ONCE(p->ioac.syscw);
#endif
#ifdef CONFIG_TASK_IO_ACCOUNTING
	r->read_bytes = READ_ONCE(p->ioac.read_bytes);
	r->write_bytes = READ_ONCE(p->ioac.write_bytes);
	r->cancelled_write_bytes = READ_ONCE(p->ioac.cancelled_write_bytes);
#endif
}

/* Is it on a CPU now? A module sees no more of the run queue than this. */
static bool on_cpu(const struct task_struct *p)
{
#ifdef CONFIG_SMP
	return READ_ONCE(p->on_cpu);
#else
	return p == current;
#endif
}

/*
 * How long a task that is not on a CPU has waited for one by now, since it was
 * switched out with @run_delay: since it was last queued, and before a
 * migration, which moves what was waited so far into run_delay.
 */
static u64 open_wait(const struct sysperf_entry *e, u64 run_delay, u64 now)
{
	const struct task_struct *p = e->task;
	u64 delay, queued;

	do {
		delay = READ_ONCE(p->sched_info.run_delay);
		smp_rmb(); /* the two change together when it migrates */
		queued = READ_ONCE(p->sched_info.last_queued);
		smp_rmb(); /* as above */
	} while (delay != READ_ONCE(p->sched_info.run_delay));
	smp_rmb(); /* it is moved before it is queued there */
	if (READ_ONCE(e->moved_asleep))
		return 0;
	delay -= run_delay;
	if (queued && now > queued && sysperf_task_queued(p))
		delay += now - queued;
	return delay;
}

/* Count the state that is going on up to now. */
static void fill_open_state(struct sysperf_task *r,
			    const struct sysperf_entry *e, u64 run_delay)
{
	const struct task_struct *p = e->task;
	u64 open = r->now_ns - r->since_ns, wait;

	if ((s64)open < 0)
		open = 0;
	/* Both can be: it was added, or its CPU went away, in between. */
	if (on_cpu(p))
		r->state = SYSPERF_RUNNING;
	else if (r->state == SYSPERF_RUNNING)
		r->state = SYSPERF_SLEEPING;
	if (r->state == SYSPERF_RUNNING || r->state == SYSPERF_RUNQ) {
		r->state_ns[r->state] += open;
		return;
	}
	wait = min(open_wait(e, run_delay, r->now_ns), open);
	r->state_ns[r->state] += open - wait;
	r->state_ns[SYSPERF_RUNQ] += wait;
	if (sysperf_task_queued(p)) {
		r->state = SYSPERF_RUNQ;
		r->since_ns = r->now_ns - wait;
	}
}

/* Return: run_delay when it was last switched out. */
static u64 copy_sched(struct sysperf_task *r, const struct sysperf_entry *e)
{
	r->now_ns = local_clock();
	r->state = e->state;
	r->since_ns = e->since;
	memcpy(r->state_ns, e->state_ns, sizeof(r->state_ns));
	/* The waits that ended, before what goes on is added. */
	r->runq_wait_ns = r->state_ns[SYSPERF_RUNQ];
	r->runq_wait_max_ns = e->runq_wait_max_ns;
	memcpy(r->runq_hist, e->runq_hist, sizeof(r->runq_hist));
	r->pmu = e->pmu;
	return e->run_delay;
}

static void fill_sched(struct sysperf_task *r, struct sysperf_entry *e)
{
	unsigned int seq;

	/* It will never be switched again: nobody writes, nothing goes on. */
	if (r->flags & SYSPERF_TASK_EXITED) {
		copy_sched(r, e);
		return;
	}
	do {
		u64 run_delay;

		seq = read_seqcount_begin(&e->seq);
		run_delay = copy_sched(r, e);
		fill_open_state(r, e, run_delay);
	} while (read_seqcount_retry(&e->seq, seq));
}

static void fill_io(struct sysperf_task *r, struct sysperf_entry *e)
{
	unsigned int i;

	r->io_inflight = atomic_read(&e->io_inflight);
	r->ios = atomic64_read(&e->ios);
	r->io_bytes = atomic64_read(&e->io_bytes);
	r->io_errors = atomic64_read(&e->io_errors);
	r->io_ns = atomic64_read(&e->io_ns);
	r->io_max_ns = atomic64_read(&e->io_max_ns);
	for (i = 0; i < SYSPERF_HIST_TASK_BUCKETS; i++)
		r->io_hist[i] = atomic_read(&e->io_hist[i]);
}

static void fill_net(struct sysperf_task *r, struct sysperf_entry *e)
{
	unsigned int i;

	for (i = 0; i < SYSPERF_PROTOS; i++) {
		r->net[i].rx_bytes = atomic64_read(&e->net[i].rx_bytes);
		r->net[i].tx_bytes = atomic64_read(&e->net[i].tx_bytes);
		r->net[i].rx_packets = atomic64_read(&e->net[i].rx_packets);
		r->net[i].tx_packets = atomic64_read(&e->net[i].tx_packets);
	}
}

static void fill_reclaim(struct sysperf_task *r, struct sysperf_entry *e)
{
	r->reclaim_stalls = READ_ONCE(e->reclaim_stalls);
	r->reclaim_ns = sysperf_memory_reclaim_ns(e, r->now_ns);
	r->reclaim_max_ns = READ_ONCE(e->reclaim_max_ns);
}

void sysperf_record_task(struct sysperf_task *r, struct sysperf_entry *e,
			 u32 type)
{
	memset(r, 0, offsetof(struct sysperf_task, runq_hist));
	r->rec.type = type;
	r->rec.size = sizeof(*r);
	fill_identity(r, e);
	if (type == SYSPERF_REC_EXITED)
		r->flags |= SYSPERF_TASK_EXITED;
	fill_counters(r, e->task);
	fill_sched(r, e);
	fill_io(r, e);
	fill_net(r, e);
	fill_reclaim(r, e);
}
