// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory pressure: how long tasks stall because they have to reclaim memory
 * themselves before they get some (direct reclaim), and whom the OOM killer
 * chose.
 *
 * Locking: what an entry has of reclaim is written by its task alone while the
 * probes are attached; it may sleep, be preempted and move to another CPU while
 * it reclaims. The system-wide record is written by all of them, so its counters
 * are atomic. Nothing here takes a lock.
 */
#include <linux/module.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>
#include <trace/events/oom.h>
#include <trace/events/vmscan.h>

#include <sysperf_hist.h>

#include "compat.h"
#include "counter.h"
#include "current.h"
#include "map.h"
#include "memory.h"
#include "probe.h"

static bool memory = true;
module_param(memory, bool, 0444);
MODULE_PARM_DESC(memory, "account reclaim stalls and OOM kills (default on)");

static struct sysperf_memory *rec;
static bool attached;

static void probe_reclaim_begin(SYSPERF_RECLAIM_BEGIN_ARGS)
{
	struct sysperf_entry *e = sysperf_current_entry();

	if (e && !sysperf_memory_stalled(e))
		WRITE_ONCE(e->reclaim,
			   SYSPERF_STALLED | (local_clock() - e->reclaim_ns));
}

/* The task's stall is over. Return: how long it took, ns. */
static u64 stall_end(struct sysperf_entry *e)
{
	u64 before = e->reclaim_ns;
	u64 ns = sysperf_memory_reclaim_ns(e, local_clock());

	WRITE_ONCE(e->reclaim_ns, ns);
	WRITE_ONCE(e->reclaim, ns);
	return ns - before;
}

static void probe_reclaim_end(SYSPERF_RECLAIM_END_ARGS)
{
	struct sysperf_entry *e = sysperf_current_entry();
	u64 ns;

	if (!e || !sysperf_memory_stalled(e)) /* its begin was not seen */
		return;
	ns = stall_end(e);
	WRITE_ONCE(e->reclaim_stalls, e->reclaim_stalls + 1);
	if (ns > e->reclaim_max_ns)
		WRITE_ONCE(e->reclaim_max_ns, ns);

	atomic64_inc(counter64(&rec->reclaim_stalls));
	atomic64_add(ns, counter64(&rec->reclaim_ns));
	counter_max(counter64(&rec->reclaim_max_ns), ns);
	atomic_inc(counter32(
		&rec->reclaim_hist[sysperf_hist_index(ns, SYSPERF_HIST_SUB)]));
}

static void flag_victim(const struct task_struct *p)
{
	struct sysperf_entry *e = sysperf_tasks_find(p);

	if (e)
		WRITE_ONCE(e->flags, e->flags | SYSPERF_TASK_OOM_KILLED);
}

/*
 * The thread that is marked is any that still has the memory. One that was
 * ending already and is marked so that it gets what it needs for that, which
 * the kernel counts as no kill, looks the same here.
 */
static void probe_mark_victim(SYSPERF_MARK_VICTIM_ARGS)
{
	const struct task_struct *p;

	rcu_read_lock();
	p = sysperf_task_numbered(SYSPERF_MARK_VICTIM_PID);
	if (p) {
		flag_victim(p);
		flag_victim(p->group_leader);
	}
	rcu_read_unlock();
	atomic64_inc(counter64(&rec->oom_kills));
}

static struct sysperf_probe probes[] = {
	{"mark_victim", probe_mark_victim},
	{"mm_vmscan_direct_reclaim_end", probe_reclaim_end},
	{"mm_vmscan_direct_reclaim_begin", probe_reclaim_begin},
};

static bool leave_stall(struct sysperf_entry *e, void *unused)
{
	if (sysperf_memory_stalled(e))
		stall_end(e);
	return true;
}

/*
 * A stall whose end will not be seen must not go on for ever, and what was told
 * of it stays. No probe runs any more, so they are not the tasks' own now.
 */
static void leave_stalls(void)
{
	struct sysperf_task_place place = {0};

	sysperf_tasks_visit(&place, leave_stall, NULL);
}

int sysperf_memory_set(bool on)
{
	int ret = sysperf_probes_set(probes, ARRAY_SIZE(probes), &attached, on);

	if (!on)
		leave_stalls();
	return ret;
}

bool sysperf_memory_enabled(void)
{
	return attached;
}

/* Left out until there is something to tell. */
static bool record_complete(struct sysperf_rec *copy, unsigned int index)
{
	const struct sysperf_memory *m = (struct sysperf_memory *)copy;

	return attached || m->reclaim_stalls || m->oom_kills;
}

int sysperf_memory_init(void)
{
	const struct sysperf_region *r;
	int ret;

	check_trace_callback_type_mark_victim(probe_mark_victim);
	check_trace_callback_type_mm_vmscan_direct_reclaim_end(
		probe_reclaim_end);
	check_trace_callback_type_mm_vmscan_direct_reclaim_begin(
		probe_reclaim_begin);
	/* Even if it is off now, it can be turned on later. */
	r = sysperf_map_add(SYSPERF_REC_MEMORY, 1,
			    sizeof(struct sysperf_memory), record_complete);
	if (!r)
		return -ENOMEM;
	rec = sysperf_region_at(r, 0);
	sysperf_region_use(r, 0);
	ret = memory ? sysperf_memory_set(true) : 0;
	/* What is missing has been said; the rest works without. */
	return ret == -EOPNOTSUPP ? 0 : ret;
}

void sysperf_memory_exit(void)
{
	sysperf_memory_set(false);
}
