// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a task and its entry to the record a reader gets.
 *
 * Locking: runs under RCU, which keeps the entry and, through it, the task.
 * The scheduler's part is copied under the entry's seqcount; what the kernel
 * itself counts in the task is read as /proc reads it.
 */
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/sched/clock.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

#include "compat.h"
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
	r->uid = from_kuid(&init_user_ns, task_euid(p));
	r->flags = p->flags & PF_KTHREAD ? SYSPERF_TASK_KTHREAD : 0;
	r->exit_code = p->exit_code;
	r->cpu = task_cpu(p);
	r->nice = task_nice(p);
	r->policy = p->policy;
	r->threads = get_nr_threads(p);
	r->state_char = task_state_to_char(p);
	strscpy_pad(r->comm, p->comm, sizeof(r->comm));
	r->start_ns = e->start_ns;
}

static u64 task_rss(struct task_struct *p)
{
	u64 pages = 0;

	if (p->flags & (PF_KTHREAD | PF_EXITING))
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
	r->nvcsw = p->nvcsw;
	r->nivcsw = p->nivcsw;
	r->min_flt = p->min_flt;
	r->maj_flt = p->maj_flt;
	r->rss_bytes = task_rss(p);
#ifdef CONFIG_TASK_XACCT
	r->rchar = p->ioac.rchar;
	r->wchar = p->ioac.wchar;
	r->syscr = p->ioac.syscr;
	r->syscw = p->ioac.syscw;
#endif
#ifdef CONFIG_TASK_IO_ACCOUNTING
	r->read_bytes = p->ioac.read_bytes;
	r->write_bytes = p->ioac.write_bytes;
	r->cancelled_write_bytes = p->ioac.cancelled_write_bytes;
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
 * Count the state that is going on up to now. A task that was woken, but not
 * switched in yet, shows in sched_info.last_queued: from then on it waits for
 * a CPU, with what it waited before a migration in run_delay.
 */
static void fill_open_state(struct sysperf_task *r, struct task_struct *p,
			    u64 run_delay)
{
	u64 queued = READ_ONCE(p->sched_info.last_queued);
	u64 open = r->now_ns - r->since_ns, wait = 0;

	if ((s64)open < 0)
		open = 0;
	/* It ran when its entry was made and was not seen to stop. */
	if (on_cpu(p))
		r->state = SYSPERF_RUNNING;
	if (r->state == SYSPERF_RUNNING || r->state == SYSPERF_RUNQ ||
	    !queued) {
		r->state_ns[r->state] += open;
		return;
	}
	if (r->now_ns > queued)
		wait = r->now_ns - queued + p->sched_info.run_delay - run_delay;
	wait = min(wait, open);
	r->state_ns[r->state] += open - wait;
	r->state_ns[SYSPERF_RUNQ] += wait;
	r->state = SYSPERF_RUNQ;
	r->since_ns = r->now_ns - wait;
}

static void fill_sched(struct sysperf_task *r, struct sysperf_entry *e)
{
	unsigned int seq;

	do {
		u64 run_delay;

		seq = read_seqcount_begin(&e->seq);
		r->now_ns = sched_clock_cpu(raw_smp_processor_id());
		r->state = e->state;
		r->since_ns = e->since;
		run_delay = e->run_delay;
		memcpy(r->state_ns, e->state_ns, sizeof(r->state_ns));
		/* The waits that ended, before what goes on is added. */
		r->runq_wait_ns = r->state_ns[SYSPERF_RUNQ];
		r->runq_wait_max_ns = e->runq_wait_max_ns;
		memcpy(r->runq_hist, e->runq_hist, sizeof(r->runq_hist));
		if (!(r->flags & SYSPERF_TASK_EXITED))
			fill_open_state(r, e->task, run_delay);
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
}
