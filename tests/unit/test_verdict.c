// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdict: the right resource and culprit, quiet when nothing waits, and
 * no flapping about a threshold.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/collector/verdict.h"

struct fixture {
	struct sp_frame frame;
	struct task_totals totals;
	struct verdict_memory memory;
	struct sp_task tasks[3];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const char *names[] = {"small", "large", "idle"};

	sp_field_row_clear(SP_TABLE_GOLDEN, &f->frame.golden);
	f->frame.interval_s = 1;
	f->frame.nr_cpus = 2;
	f->frame.tasks = f->tasks;
	f->frame.nr_tasks = 3;
	for (int i = 0; i < 3; i++) {
		sp_field_row_clear(SP_TABLE_TASK, &f->tasks[i]);
		f->tasks[i].pid = f->tasks[i].tid = 100 + i;
		snprintf(f->tasks[i].comm, sizeof(f->tasks[i].comm), "%s",
			 names[i]);
	}
	f->totals = (struct task_totals){NAN, NAN, NAN, 0};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void judge(struct fixture *f)
{
	verdict_judge(&f->memory, &f->frame, &f->totals);
}

static void nothing_known_is_no_complaint(void **state)
{
	struct fixture *f = *state;

	judge(f);
	assert_int_equal(f->frame.verdict.severity, SP_STATUS_OK);
	for (int i = 0; i < SP_RESOURCES; i++)
		assert_int_equal(f->frame.status[i], SP_STATUS_OK);
	assert_false(f->frame.verdict.has_culprit);
}

static void busy_is_not_waiting(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->cpu_util_pct = 100;
	g->cpu_runnable_per_cpu = 1;
	g->disk_util_pct = 100;
	g->disk_psi_some_pct = 95;
	g->disk_mean_us = 90; /* an NVMe */
	g->memory_used_pct = 97;
	g->memory_psi_some_pct = 0;
	g->network_util_pct = 100;
	f->totals.runq_ns = 1e9;
	f->totals.runq_urgent_ns = 1e7; /* all but this was niced */
	judge(f);
	assert_int_equal(f->frame.verdict.severity, SP_STATUS_OK);
}

static void cpu_with_culprit(void **state)
{
	struct fixture *f = *state;

	f->totals.runq_urgent_ns = 1.5e9; /* 0.75 a CPU */
	f->tasks[0].cpu_pct = 50;
	f->tasks[1].cpu_pct = 150;
	judge(f);
	assert_int_equal(f->frame.verdict.severity, SP_STATUS_WARNING);
	assert_int_equal(f->frame.verdict.resource, SP_RES_CPU);
	assert_int_equal(f->frame.verdict.signal, SP_SIG_SATURATION);
	assert_true(f->frame.verdict.has_culprit);
	assert_string_equal(f->frame.verdict.culprit.comm, "large");
	assert_int_equal(f->frame.verdict.culprit.pid, 101);
	assert_true(fabs(f->frame.verdict.culprit.share_pct - 75) < 0.01);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_WARNING);
	assert_int_equal(f->frame.status[SP_RES_DISK], SP_STATUS_OK);
}

static void worst_wins(void **state)
{
	struct fixture *f = *state;

	f->totals.runq_urgent_ns = 1.5e9; /* a warning */
	f->frame.golden.memory_oom_kills_per_s = 1; /* critical */
	judge(f);
	assert_int_equal(f->frame.verdict.resource, SP_RES_MEMORY);
	assert_int_equal(f->frame.verdict.severity, SP_STATUS_CRITICAL);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_WARNING);
}

static void slow_disk_only_if_waited_for(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;

	g->disk_mean_us = 200000;
	g->disk_psi_some_pct = 2;
	judge(f);
	assert_int_equal(f->frame.verdict.severity, SP_STATUS_OK);
	g->disk_psi_some_pct = 60;
	f->tasks[0].write_bytes_per_s = 1e6;
	judge(f);
	assert_int_equal(f->frame.verdict.severity, SP_STATUS_CRITICAL);
	assert_int_equal(f->frame.verdict.resource, SP_RES_DISK);
	assert_string_equal(f->frame.verdict.culprit.comm, "small");
}

static void hysteresis(void **state)
{
	struct fixture *f = *state;
	const double waiting[] = {0.45, 0.51, 0.45, 0.51, 0.41, 0.39, 0.45};
	const enum sp_status want[] = {
		SP_STATUS_OK,	   SP_STATUS_WARNING, SP_STATUS_WARNING,
		SP_STATUS_WARNING, SP_STATUS_WARNING, SP_STATUS_OK,
		SP_STATUS_OK,
	};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		f->totals.runq_urgent_ns = waiting[i] * 2e9;
		judge(f);
		assert_int_equal(f->frame.status[SP_RES_CPU], want[i]);
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(nothing_known_is_no_complaint),
		T(busy_is_not_waiting),
		T(cpu_with_culprit),
		T(worst_wins),
		T(slow_disk_only_if_waited_for),
		T(hysteresis),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
