// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysperf: where each task's time goes, and what it waits for.
 *
 * The module as a whole: its subsystems come up as a ladder and go down in
 * exactly the reverse order, the doors to userspace last and first.
 *
 *	map	  the memory of system-wide counters
 *	tasks	  a table of all threads	(probes of fork and free)
 *	sched	  run-queue wait, states	(probe of context switches)
 *	pmu	  hardware counters		(probe of context switches)
 *	block	  request latency		(probes of block requests)
 *	genl	  generic netlink "sysperf": tasks, settings
 *	events	  ends of tasks and slow waits, told through genl
 *	chardev	  /dev/sysperf: snapshots
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
#include "pmu.h"
#include "sched.h"
#include "tasks.h"

void sysperf_info_header(struct sysperf_header *h)
{
	memset(h, 0, sizeof(*h));
	h->rec.type = SYSPERF_REC_HEADER;
	h->rec.size = sizeof(*h);
	h->abi_version = SYSPERF_ABI_VERSION;
	if (sysperf_sched_enabled())
		h->caps |= SYSPERF_CAP_SCHED;
	if (sysperf_block_enabled())
		h->caps |= SYSPERF_CAP_BLOCK;
	h->pmu_events = sysperf_pmu_events();
	if (h->pmu_events)
		h->caps |= SYSPERF_CAP_PMU;
	h->now_ns = local_clock();
	h->mono_ns = ktime_get_ns();
	h->map_bytes = sysperf_map_bytes();
	sysperf_tasks_info(&h->nr_tasks, &h->max_tasks, &h->lost_tasks);
	sysperf_block_info(&h->lost_requests, &h->lost_disks);
	h->lost_events = sysperf_events_lost();
	strscpy(h->version, SYSPERF_VERSION, sizeof(h->version));
}

static int __init sysperf_init(void)
{
	int ret;

	ret = sysperf_map_init();
	if (ret)
		return ret;
	ret = sysperf_tasks_init();
	if (ret)
		goto map;
	ret = sysperf_sched_init();
	if (ret)
		goto tasks;
	/* After the probes: what happens to a task from now on is seen. */
	sysperf_tasks_scan();
	ret = sysperf_pmu_init();
	if (ret)
		goto sched;
	ret = sysperf_block_init();
	if (ret)
		goto pmu;
	ret = sysperf_genl_init();
	if (ret)
		goto block;
	/*
	 * Last: it can be opened at once, and a module whose init fails after
	 * that is freed under the open file.
	 */
	ret = sysperf_chardev_init();
	if (ret)
		goto genl;
	return 0;

genl:
	sysperf_genl_exit();
block:
	sysperf_block_exit();
pmu:
	sysperf_pmu_exit();
sched:
	sysperf_sched_exit();
tasks:
	sysperf_tasks_exit();
	sysperf_events_exit();
map:
	sysperf_map_exit();
	return ret;
}

static void __exit sysperf_exit(void)
{
	sysperf_chardev_exit();
	sysperf_genl_exit();
	sysperf_block_exit();
	sysperf_pmu_exit();
	sysperf_sched_exit();
	sysperf_tasks_exit();
	sysperf_events_exit();
	sysperf_map_exit();
}

module_init(sysperf_init);
module_exit(sysperf_exit);

MODULE_LICENSE("GPL");
MODULE_VERSION(SYSPERF_VERSION);
MODULE_DESCRIPTION("Per-task scheduling latency, thread states and I/O");
