// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysperf: where each task's time goes, and what it waits for.
 *
 * The module as a whole: its subsystems come up as a ladder and go down in
 * exactly the reverse order, the doors to userspace last and first.
 */
#include <linux/module.h>
#include <linux/sched/clock.h>
#include <linux/timekeeping.h>

#include "block.h"
#include "chardev.h"
#include "events.h"
#include "genl.h"
#include "info.h"
#include "map.h"
#include "memory.h"
#include "net.h"
#include "pmu.h"
#include "sched.h"
#include "tasks.h"
#include "tcp.h"

static u32 caps_now(u32 pmu_events)
{
	return (sysperf_sched_enabled() ? SYSPERF_CAP_SCHED : 0) |
	       (sysperf_block_enabled() ? SYSPERF_CAP_BLOCK : 0) |
	       (pmu_events ? SYSPERF_CAP_PMU : 0) |
	       (sysperf_net_enabled() ? SYSPERF_CAP_NET : 0) |
	       (sysperf_tcp_enabled() ? SYSPERF_CAP_TCP : 0) |
	       (sysperf_memory_enabled() ? SYSPERF_CAP_MEMORY : 0);
}

void sysperf_info_header(struct sysperf_header *h)
{
	memset(h, 0, sizeof(*h));
	h->rec.type = SYSPERF_REC_HEADER;
	h->rec.size = sizeof(*h);
	h->abi_version = SYSPERF_ABI_VERSION;
	h->pmu_events = sysperf_pmu_events();
	h->caps = caps_now(h->pmu_events);
	h->now_ns = local_clock();
	h->mono_ns = ktime_get_ns();
	h->map_bytes = sysperf_map_bytes();
	sysperf_tasks_info(&h->nr_tasks, &h->max_tasks, &h->lost_tasks);
	sysperf_block_info(&h->lost_requests, &h->lost_disks);
	sysperf_net_info(&h->lost_calls, &h->lost_sockets);
	h->lost_events = sysperf_events_lost();
	strscpy(h->version, SYSPERF_VERSION, sizeof(h->version));
}

/* After the probes: what happens to a task from now on is seen. */
static int tasks_scan(void)
{
	sysperf_tasks_scan();
	return 0;
}

static const struct {
	int (*init)(void); /* or NULL */
	void (*exit)(void); /* or NULL */
} ladder[] = {
	/* the memory of system-wide counters */
	{sysperf_map_init, sysperf_map_exit},
	/* ends of tasks and slow waits, told through genl */
	{NULL, sysperf_events_exit},
	/* a table of all threads (probes of fork and free) */
	{sysperf_tasks_init, sysperf_tasks_exit},
	/* run-queue wait, thread states (probe of context switches) */
	{sysperf_sched_init, sysperf_sched_exit},
	{tasks_scan, NULL},
	/* hardware counters (probe of context switches) */
	{sysperf_pmu_init, sysperf_pmu_exit},
	/* round-trip times, retransmits (probes of segments) */
	{sysperf_tcp_init, sysperf_tcp_exit},
	/* reclaim stalls, OOM kills (probes of reclaim) */
	{sysperf_memory_init, sysperf_memory_exit},
	/* request latency (probes of block requests) */
	{sysperf_block_init, sysperf_block_exit},
	/* traffic by task (probes of sends and receives) */
	{sysperf_net_init, sysperf_net_exit},
	/* generic netlink "sysperf": tasks, settings, events */
	{sysperf_genl_init, sysperf_genl_exit},
	/*
	 * /dev/sysperf: snapshots. Last, as it can be opened at once, and a
	 * module whose init fails after that is freed under the open file.
	 */
	{sysperf_chardev_init, sysperf_chardev_exit},
};

static void climb_down(size_t step)
{
	while (step-- > 0)
		if (ladder[step].exit)
			ladder[step].exit();
}

static int __init sysperf_init(void)
{
	size_t step;
	int ret;

	for (step = 0; step < ARRAY_SIZE(ladder); step++) {
		ret = ladder[step].init ? ladder[step].init() : 0;
		if (ret) {
			climb_down(step);
			return ret;
		}
	}
	return 0;
}

static void __exit sysperf_exit(void)
{
	climb_down(ARRAY_SIZE(ladder));
}

module_init(sysperf_init);
module_exit(sysperf_exit);

MODULE_LICENSE("GPL");
MODULE_VERSION(SYSPERF_VERSION);
MODULE_DESCRIPTION(
	"Per-task scheduling latency, I/O, network, hardware counters");
