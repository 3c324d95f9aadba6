// SPDX-License-Identifier: GPL-2.0-only
/*
 * A PMU that perf takes for the CPU's, where there is none or, as on arm64, where
 * that has a type of its own: generic hardware events are sought in the PMU of
 * raw ones first. Its counters count time, each kind at a pace of its own, so
 * that what a task counted must be its run time multiplied by that. The events
 * are the generic ones below, and the raw ones of code 1 to 0xff, which count
 * code in a microsecond.
 *
 * counters= is how many of them a CPU has: with more events than that perf must
 * let them take turns.
 *
 * Locking: perf's; a CPU's counters are used on that CPU with interrupts off.
 */
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/perf_event.h>
#include <linux/sched/clock.h>

static uint counters = 16;
module_param(counters, uint, 0444);

static DEFINE_PER_CPU(unsigned int, used);

/* In a microsecond. */
static const unsigned int pace[PERF_COUNT_HW_MAX] = {
	[PERF_COUNT_HW_CPU_CYCLES] = 2000,
	[PERF_COUNT_HW_INSTRUCTIONS] = 3000,
	[PERF_COUNT_HW_CACHE_REFERENCES] = 100,
	[PERF_COUNT_HW_CACHE_MISSES] = 7,
};

/* What a counter shows that never stopped; differences lose no fraction. */
static u64 counter_now(const struct perf_event *event)
{
	u64 now = local_clock();
	u64 us = div_u64(now, NSEC_PER_USEC);

	return us * event->hw.config +
	       div_u64((now - us * NSEC_PER_USEC) * event->hw.config,
		       NSEC_PER_USEC);
}

static void pretend_read(struct perf_event *event)
{
	u64 now = counter_now(event);

	local64_add(now - local64_xchg(&event->hw.prev_count, now),
		    &event->count);
}

static void pretend_start(struct perf_event *event, int flags)
{
	local64_set(&event->hw.prev_count, counter_now(event));
	event->hw.state = 0;
}

static void pretend_stop(struct perf_event *event, int flags)
{
	if (event->hw.state & PERF_HES_STOPPED)
		return;
	pretend_read(event);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
}

static int pretend_add(struct perf_event *event, int flags)
{
	if (this_cpu_read(used) >= counters)
		return -EAGAIN;
	this_cpu_inc(used);
	event->hw.state = PERF_HES_STOPPED | PERF_HES_UPTODATE;
	if (flags & PERF_EF_START)
		pretend_start(event, flags);
	return 0;
}

static void pretend_del(struct perf_event *event, int flags)
{
	pretend_stop(event, flags);
	this_cpu_dec(used);
}

static int pretend_init(struct perf_event *event)
{
	u64 config = event->attr.config;

	switch (event->attr.type) {
	case PERF_TYPE_HARDWARE:
		if (config >= PERF_COUNT_HW_MAX || !pace[config])
			return -ENOENT;
		event->hw.config = pace[config];
		break;
	case PERF_TYPE_RAW:
		if (!config || config > 0xff)
			return -ENOENT;
		event->hw.config = config;
		break;
	default:
		return -ENOENT;
	}
	return is_sampling_event(event) ? -EOPNOTSUPP : 0;
}

static struct pmu pretend = {
	.module = THIS_MODULE,
	.task_ctx_nr = perf_hw_context,
#ifdef PERF_PMU_CAP_HETEROGENEOUS_CPUS
	/* Before 6.2: may be registered again, or beside another. */
	.capabilities = PERF_PMU_CAP_HETEROGENEOUS_CPUS,
#endif
	.event_init = pretend_init,
	.add = pretend_add,
	.del = pretend_del,
	.start = pretend_start,
	.stop = pretend_stop,
	.read = pretend_read,
};

static int __init pretend_load(void)
{
	return perf_pmu_register(&pretend, "pretend", PERF_TYPE_RAW);
}

static void __exit pretend_unload(void)
{
	perf_pmu_unregister(&pretend);
}

module_init(pretend_load);
module_exit(pretend_unload);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A pretend PMU for tests");
