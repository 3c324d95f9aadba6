// SPDX-License-Identifier: GPL-2.0-only
/* The verdict on CPU and memory: the right culprit, and quiet when nothing waits. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"

#define MIB (1024.0 * 1024)

static void busy_is_not_waiting(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->cpu_util_pct = 100;
	g->cpu_runnable_per_cpu = 1;
	g->disk_util_pct = f->disks[0].util_pct = 100;
	g->disk_psi_some_pct = 95;
	f->disks[0].reads_per_s = 10000;
	f->disks[0].read_mean_us = 90; /* an NVMe */
	g->memory_used_pct = 97;
	g->memory_psi_some_pct = 0;
	g->memory_swap_out_bytes_per_s = 1e9; /* put away, not come back */
	g->memory_swap_in_bytes_per_s = 0;
	f->nets[0].util_pct = 100;
	f->nets[0].speed_bits_per_s = f->nets[0].tx_bits_per_s = 1e9;
	f->nets[0].backlog_bytes = f->nets[0].queue_us = 0;
	f->totals.runq_ns = 1e9;
	f->totals.runq_urgent_ns = 1e7; /* all but this was niced */
	for (int i = 0; i < 3; i++) {
		judge(f);
		expect_ok(f);
	}
}

static void cpu_with_culprit(void **state)
{
	struct fixture *f = *state;

	f->totals.runq_urgent_ns = 1.5e9; /* 0.75 a CPU */
	f->tasks[0].cpu_pct = 50;
	f->tasks[1].cpu_pct = 150;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_CPU, SP_SIG_SATURATION);
	expect_culprit(f, "large");
	assert_int_equal(f->frame.verdict.culprit.pid, 101);
	assert_true(fabs(f->frame.verdict.culprit.share_pct - 75) < 0.01);
	assert_string_equal(f->frame.verdict.culprit.cgroup, "/group101");
	assert_int_equal(f->frame.status[SP_RES_DISK], SP_STATUS_OK);
	/* Who yields to all others is not why they wait. */
	f->tasks[1].yields = true;
	judge(f);
	expect_culprit(f, "small");
	f->tasks[0].cpu_pct = 0;
	judge(f);
	expect_culprit(f, "large");
}

/* Of those who do about the same it is not another one with each sample. */
static void culprit_stays(void **state)
{
	struct fixture *f = *state;

	f->totals.runq_urgent_ns = 1.5e9;
	f->tasks[0].cpu_pct = 67;
	f->tasks[1].cpu_pct = 66;
	judge(f);
	expect_culprit(f, "small");
	f->tasks[1].cpu_pct = 80;
	judge(f);
	expect_culprit(f, "small");
	assert_true(fabs(f->frame.verdict.culprit.share_pct - 45.6) < 0.1);
	f->tasks[1].cpu_pct = 90;
	judge(f);
	expect_culprit(f, "large");
	f->tasks[0].cpu_pct = 100;
	judge(f);
	expect_culprit(f, "large");
	/* Of other trouble nobody was named before. */
	f->totals.runq_urgent_ns = 0;
	judge(f);
	expect_ok(f);
	f->totals.runq_urgent_ns = 1.5e9;
	judge(f);
	expect_culprit(f, "small");
}

/* In a container it is the machine's sums that tell, or nothing. */
static void hidden_tasks(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	f->totals.partial = true;
	f->totals.runq_urgent_ns = 1e7;
	f->totals.runq_ns = 3e7;
	judge(f);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_NONE);
	assert_int_equal(f->frame.verdict.severity, SP_STATUS_NONE);
	g->cpu_util_pct = 100;
	g->cpu_steal_pct = 0;
	g->cpu_runnable_per_cpu = 1;
	judge(f);
	expect_ok(f);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_OK);
	g->cpu_runnable_per_cpu = 2.01;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_CPU, SP_SIG_SATURATION);
	expect_text(f, "1.0 tasks");
	f->totals.runq_ns = 2.01e9; /* all of whom are niced */
	f->memory = (struct verdict_memory){0};
	judge(f);
	expect_ok(f);
}

static void group(struct sp_cgroup *g, const char *path, double cpu_pct)
{
	sp_field_row_clear(SP_TABLE_CGROUP, g);
	snprintf(g->path, sizeof(g->path), "%s", path);
	g->cpu_pct = cpu_pct;
}

/* Many small ones: the service that they are. */
static void group_is_culprit(void **state)
{
	struct fixture *f = *state;
	struct sp_cgroup rows[4];

	f->totals.runq_urgent_ns = 1.5e9;
	f->frame.golden.cpu_util_pct = 100;
	f->tasks[0].cpu_pct = f->tasks[2].cpu_pct = 30;
	f->tasks[1].cpu_pct = 40;
	group(&rows[0], "/", 200);
	group(&rows[1], "/group102", 165);
	group(&rows[2], "/group102/below", 5);
	group(&rows[3], "/group101", 40);
	f->frame.cgroups = rows;
	f->frame.nr_cgroups = 4;
	judge(f);
	expect_culprit(f, "idle");
	assert_string_equal(f->frame.verdict.culprit.cgroup, "/group102");
	assert_true(f->frame.verdict.culprit.share_pct == 30);
	assert_true(f->frame.verdict.culprit.cgroup_share_pct == 82.5);
	/* One that stands out is named for itself. */
	f->tasks[1].cpu_pct = 90;
	judge(f);
	expect_culprit(f, "large");
	assert_true(isnan(f->frame.verdict.culprit.cgroup_share_pct));
	/* What does most is no group that a large contributor is in. */
	f->tasks[1].cpu_pct = 40;
	group(&rows[1], "/group", 190);
	judge(f);
	expect_culprit(f, "large");
	assert_string_equal(f->frame.verdict.culprit.cgroup, "/group101");
	/* Nearly all of it is done below. */
	group(&rows[1], "/group101", 190);
	group(&rows[2], "/group101/below", 180);
	judge(f);
	assert_true(isnan(f->frame.verdict.culprit.cgroup_share_pct));
	group(&rows[2], "/group101/below", 100);
	judge(f);
	assert_true(f->frame.verdict.culprit.cgroup_share_pct == 95);
}

/* A quota is a group's: it is somebody in there, whoever waits elsewhere. */
static void throttled_group_is_culprit(void **state)
{
	struct fixture *f = *state;
	struct sp_cgroup row;

	f->frame.golden.cpu_throttled_per_s = 10;
	group(&row, "/group100", 20);
	row.throttled_pct = 80;
	f->frame.cgroups = &row;
	f->frame.nr_cgroups = 1;
	f->tasks[0].runq_pct = 40;
	f->tasks[1].runq_pct = 90;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_CPU, SP_SIG_ERRORS);
	expect_culprit(f, "small");
	assert_string_equal(f->frame.verdict.culprit.cgroup, "/group100");
}

static void throttled_is_not_overcommitted(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	f->totals.runq_urgent_ns = 5e9; /* critical */
	g->cpu_throttled_per_s = 10;
	g->cpu_util_pct = 15;
	f->tasks[0].runq_pct = 80;
	f->tasks[0].cpu_pct = 20;
	f->tasks[1].runq_pct = 1;
	f->tasks[1].cpu_pct = 60;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_CPU, SP_SIG_ERRORS);
	expect_culprit(f, "small");
	g->cpu_util_pct = 100; /* both at once */
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_CPU, SP_SIG_SATURATION);
}

static void memory_culprits(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->memory_psi_some_pct = 30;
	g->memory_faults_per_s = 1000;
	f->tasks[0].rss_bytes = 400 * MIB;
	f->tasks[1].rss_bytes = 1000 * MIB;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
	expect_culprit(f, "large");
	f->tasks[0].minor_faults_per_s = 900; /* it takes more */
	judge(f);
	expect_culprit(f, "small");
	assert_true(fabs(f->frame.verdict.culprit.share_pct - 400 / 14.0) <
		    0.01);
	f->tasks[1].rss_bytes = 8000 * MIB; /* by far */
	judge(f);
	expect_culprit(f, "large");
}

static void kswapd_is_not_held_up(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->memory_psi_some_pct = 30;
	g->memory_reclaim_stalls_per_s = 0;
	g->memory_refaults_per_s = 200;
	f->totals.kswapd_ns = 0.35 * f->frame.interval_s * 1e9;
	judge(f);
	expect_ok(f);
	/* Others too are held up by more than it could. */
	g->memory_psi_some_pct = 50;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
	expect_text(f, "15 % of the time");
	g->memory_psi_some_pct = 30;
	judge(f);
	expect_ok(f);
	/* They reclaim, or wait for what was given up. */
	g->memory_reclaim_stalls_per_s = 3;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
	expect_text(f, "30 % of the time");
	g->memory_reclaim_stalls_per_s = 0;
	judge(f);
	expect_ok(f);
	g->memory_refaults_per_s = 2000;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
	/* On the brink it does not flap. */
	g->memory_refaults_per_s = 950;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
}

static void swap_storm(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->memory_psi_some_pct = 8;
	g->memory_swap_in_bytes_per_s = 5 * MIB;
	g->memory_swap_out_bytes_per_s = 30 * MIB;
	g->disk_psi_some_pct = 15; /* all of it for that */
	f->disks[0].util_pct = 100;
	f->disks[0].reads_per_s = 100;
	f->disks[0].read_mean_us = 200e3;
	g->cpu_psi_some_pct = 10;
	f->totals.runq_urgent_ns = 5e9;
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_MEMORY, SP_SIG_SATURATION);
	expect_text(f, "5 MiB/s in and 30 MiB/s out");
	assert_int_equal(f->frame.status[SP_RES_DISK], SP_STATUS_CRITICAL);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_CRITICAL);
	g->memory_psi_some_pct = 1; /* zram, and nobody notices */
	judge(f);
	assert_int_equal(f->frame.status[SP_RES_MEMORY], SP_STATUS_OK);
}

static void oom_culprits(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	f->tasks[0].rss_bytes = 10 * MIB;
	f->tasks[1].rss_bytes = 1000 * MIB;
	g->memory_used_pct = 99;
	judge(f);
	expect_ok(f);
	/* The largest is gone. */
	g->memory_oom_kills_per_s = 1;
	f->tasks[1] = f->tasks[2];
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_MEMORY, SP_SIG_ERRORS);
	expect_culprit(f, "large");
	assert_int_equal(f->frame.verdict.culprit.pid, 101);
	/* Or nobody has waited for it yet. */
	f->tasks[1].pid = f->memory.largest.pid;
	judge(f);
	assert_false(f->frame.verdict.has_culprit);
	f->memory.largest.pid = 101;
	strcpy(f->memory.largest.comm, "large");
	f->tasks[1].pid = 101;
	strcpy(f->tasks[1].state, "Z");
	judge(f);
	expect_culprit(f, "large");
	f->tasks[1] = f->tasks[2];
	/* One that ended by SIGKILL in this interval. */
	f->tasks[2].exited = true;
	f->tasks[2].exit_code = 9;
	judge(f);
	expect_culprit(f, "idle");
	/* The module knows, so that is what counts. */
	f->frame.source.caps = 1U << SP_CAP_RECLAIM;
	judge(f);
	assert_false(f->frame.verdict.has_culprit);
	f->tasks[0].exited = f->tasks[0].oom_killed = true;
	judge(f);
	expect_culprit(f, "small");
	expect_text(f, "1 task killed");
	/* One is one, whatever becomes of it as a rate. */
	f->frame.interval_s = 0.98;
	g->memory_oom_kills_per_s = nextafter(1 / 0.98, 0);
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_MEMORY, SP_SIG_ERRORS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JUDGED(busy_is_not_waiting),
		JUDGED(cpu_with_culprit),
		JUDGED(culprit_stays),
		JUDGED(hidden_tasks),
		JUDGED(group_is_culprit),
		JUDGED(throttled_group_is_culprit),
		JUDGED(throttled_is_not_overcommitted),
		JUDGED(memory_culprits),
		JUDGED(kswapd_is_not_held_up),
		JUDGED(swap_storm),
		JUDGED(oom_culprits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
