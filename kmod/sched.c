// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run-queue wait and thread states, from the sched_switch tracepoint alone.
 *
 * How long the next task waited needs no probe of wakeups: while the
 * tracepoint runs, next->sched_info.last_queued still says since when it has
 * been on this run queue, and what it waited on others before a migration has
 * been added to sched_info.run_delay since it was last switched out
 * (kernel/sched/stats.h, 5.10 to 7.2). Both are run-queue clock, and so is the
 * clock here; a snapshot, which comes later, reads local_clock().
 *
 * With one exception, from 6.12 on: a task that sleeps, but is still on its run
 * queue (sched_delayed), and is moved to another is taken for queued from then
 * on, and stays so when it is dequeued at last (pick_next_entity()). When it
 * began to wait is not known then, so that wait is left out.
 *
 * Locking: the probe runs with the run-queue lock held and interrupts off, so
 * the per-CPU part has one writer, and so has an entry's scheduler part: a
 * task is on one CPU at a time and the run-queue locks order its moves. It
 * neither allocates nor takes a lock. Readers of the per-CPU part may see a
 * switch half accounted; each counter is whole.
 */
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/sched/clock.h>
#include <linux/tracepoint.h>
#include <trace/events/sched.h>

#include <sysperf_hist.h>

#include "compat.h"
#include "events.h"
#include "map.h"
#include "probe.h"
#include "record.h"
#include "sched.h"
#include "tasks.h"

static bool sched = true;
module_param(sched, bool, 0444);
MODULE_PARM_DESC(sched,
		 "account run-queue wait and thread states (default on)");

struct cpu_state {
	struct sysperf_entry *cur; /* of the task on this CPU, if tracked */
	struct sysperf_cpu *rec;
};

static struct cpu_state __percpu *states;
static u64 since; /* when we began to look */

/* @e's task leaves the CPU; it ran, whatever we thought it was doing. */
static __always_inline void switch_out(struct sysperf_entry *e,
				       const struct task_struct *p, u64 now,
				       u32 state)
{
	raw_write_seqcount_begin(&e->seq);
	e->state_ns[SYSPERF_RUNNING] += now - e->since;
	e->since = now;
	e->state = state;
	e->run_delay = p->sched_info.run_delay;
	raw_write_seqcount_end(&e->seq);
}

/* @e's task gets the CPU, for which it waited @wait. */
static __always_inline void switch_in(struct sysperf_entry *e, u64 now,
				      u64 wait, unsigned int bucket)
{
	/* RUNNING: its last switch-out was not seen, the CPU went offline. */
	u32 state = e->state != SYSPERF_RUNNING ? e->state : SYSPERF_SLEEPING;

	raw_write_seqcount_begin(&e->seq);
	/* What it did not wait, it did what it was switched out for. */
	e->state_ns[state] += now - e->since - wait;
	e->state_ns[SYSPERF_RUNQ] += wait;
	e->since = now;
	e->state = SYSPERF_RUNNING;
	if (wait > e->runq_wait_max_ns)
		e->runq_wait_max_ns = wait;
	e->runq_hist[bucket >> (SYSPERF_HIST_SUB - SYSPERF_HIST_TASK_SUB)]++;
	raw_write_seqcount_end(&e->seq);
}

/* The same, for a time that nobody knows: it slept, as far as we can tell. */
static noinline void switch_in_unknown(struct sysperf_entry *e, u64 now)
{
	raw_write_seqcount_begin(&e->seq);
	e->state_ns[e->state] += now - e->since;
	e->since = now;
	e->state = SYSPERF_RUNNING;
	e->moved_asleep = false;
	raw_write_seqcount_end(&e->seq);
}

static void probe_switch(SYSPERF_SWITCH_ARGS)
{
	struct cpu_state *c = this_cpu_ptr(states);
	struct sysperf_cpu *rec = c->rec;
	u64 now = sysperf_switch_clock(prev, next);
	struct sysperf_entry *e = c->cur;
	u64 queued, wait;
	unsigned int bucket;

	rec->switches++;
	if (unlikely(!e || e->task != prev))
		e = is_idle_task(prev) ? NULL : sysperf_tasks_find(prev);
	if (e) {
		unsigned int state = SYSPERF_SWITCH_PREV_STATE(prev);

		/* A clock that went back must not become an age of the world. */
		switch_out(e, prev, max(now, e->since),
			   preempt || state == TASK_RUNNING
				   ? SYSPERF_RUNQ
				   : sysperf_state_blocked(e, prev, state));
	}
	if (is_idle_task(next)) {
		c->cur = NULL;
		return;
	}

	e = sysperf_tasks_find(next);
	c->cur = e;
	queued = next->sched_info.last_queued;
	wait = now > queued ? now - queued : 0;
	if (likely(e)) {
		now = max(now, e->since);
		if (unlikely(e->moved_asleep)) {
			switch_in_unknown(e, now);
			return;
		}
		wait += next->sched_info.run_delay - e->run_delay;
		/*
		 * Preempted on its way to sleep, it is not queued in the eyes
		 * of sched_info, but waits all the same.
		 */
		if (unlikely(!queued) && e->state != SYSPERF_RUNQ)
			wait = 0;
		wait = min(wait, now - e->since);
	} else {
		wait = queued && now > since ? min(wait, now - since) : 0;
	}
	bucket = sysperf_hist_index(wait, SYSPERF_HIST_SUB);
	rec->runq_wait_ns += wait;
	if (wait > rec->runq_wait_max_ns)
		rec->runq_wait_max_ns = wait;
	rec->runq_hist[bucket]++;
	if (likely(e)) {
		switch_in(e, now, wait, bucket);
		sysperf_events_slow_wait(e, rec->cpu, wait);
	}
}

#ifdef SYSPERF_DELAYED_DEQUEUE
/* With the lock of the run queue that it leaves, before it is on the other. */
static void probe_migrate(void *data, struct task_struct *p, int dest_cpu)
{
	struct sysperf_entry *e;

	if (likely(!sysperf_task_delayed(p)))
		return;
	e = sysperf_tasks_find(p);
	if (e)
		WRITE_ONCE(e->moved_asleep, true);
}
#endif

static struct sysperf_probe probes[] = {
	{"sched_switch", probe_switch},
#ifdef SYSPERF_DELAYED_DEQUEUE
	{"sched_migrate_task", probe_migrate},
#endif
};

bool sysperf_sched_enabled(void)
{
	return sched;
}

struct sysperf_cpu *sysperf_sched_record(unsigned int cpu)
{
	return per_cpu_ptr(states, cpu)->rec;
}

static bool record_complete(struct sysperf_rec *copy, unsigned int cpu)
{
	((struct sysperf_cpu *)copy)->online = cpu_online(cpu);
	return true;
}

static int records_init(void)
{
	struct sysperf_region *r;
	unsigned int cpu;

	r = sysperf_map_add(SYSPERF_REC_CPU, nr_cpu_ids,
			    sizeof(struct sysperf_cpu), record_complete);
	if (!r)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct sysperf_cpu *rec = sysperf_region_at(r, cpu);

		rec->cpu = cpu;
		rec->online = cpu_online(cpu);
		per_cpu_ptr(states, cpu)->rec = rec;
		sysperf_region_use(r, cpu);
	}
	return 0;
}

int sysperf_sched_init(void)
{
	int ret;

	check_trace_callback_type_sched_switch(probe_switch);
#ifdef SYSPERF_DELAYED_DEQUEUE
	check_trace_callback_type_sched_migrate_task(probe_migrate);
#endif
	if (!sched)
		return 0;
	states = alloc_percpu(struct cpu_state);
	if (!states)
		return -ENOMEM;
	since = local_clock();
	ret = records_init();
	if (!ret)
		ret = sysperf_probes_attach(probes, ARRAY_SIZE(probes));
	if (ret)
		free_percpu(states);
	return ret;
}

void sysperf_sched_exit(void)
{
	if (!sched)
		return;
	sysperf_probes_detach(probes, ARRAY_SIZE(probes));
	free_percpu(states);
}
