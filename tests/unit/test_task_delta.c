// SPDX-License-Identifier: GPL-2.0-only
/* The interval that a task's rates are of. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../daemon/collector/task_delta.h"

#define MS 1000000ULL

static void near(double got, double want)
{
	if (!(fabs(got - want) < 1e-6))
		fail_msg("%g, not %g", got, want);
}

/* CPU time of @run_ms and 1000 bytes in @ms of its own, in a frame of 200 ms. */
static struct task_delta delta(uint64_t run_ms, uint64_t ms, uint32_t flags)
{
	struct sp_raw_task prev = {.now_ns = 5000 * MS, .cpu_ns = 70 * MS};
	struct sp_raw_task cur = prev;
	struct task_delta d;

	cur.now_ns += ms * MS;
	cur.cpu_ns += run_ms * MS;
	cur.read_bytes += 1000;
	cur.flags = flags;
	task_delta_clear(&d);
	task_delta_add(&d, &cur, &prev, false, 200 * MS);
	return d;
}

static void is(struct task_delta d, double cpus, double cpu_pct, double bytes)
{
	struct sp_task row;

	task_delta_held_up(&d, cpus);
	task_delta_row(&d, 1, &row);
	near(row.cpu_pct, cpu_pct);
	near(row.read_bytes_per_s, bytes);
}

static void what_can_be_is_left(void **state)
{
	(void)state;
	is(delta(100, 200, 0), 1, 50, 5000);
	is(delta(100, 400, 0), 1, 25, 2500);
	is(delta(400, 200, 0), 2, 200, 5000);
}

static void no_more_than_all_cpus(void **state)
{
	(void)state;
	is(delta(800, 200, 0), 2, 200, 2500);
	is(delta(800, 200, 0), 1, 100, 1250);
	/* It ended while the reader was held up. */
	is(delta(860, 900, SYSPERF_TASK_EXITED), 1, 100, 1000 / 0.86);
}

static void unknown_cpu_time(void **state)
{
	struct task_delta d = delta(0, 200, 0);
	struct sp_task row;

	(void)state;
	d.cpu_ns = NAN;
	task_delta_held_up(&d, 1);
	task_delta_row(&d, 1, &row);
	assert_true(isnan(row.cpu_pct));
	near(row.read_bytes_per_s, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_can_be_is_left),
		cmocka_unit_test(no_more_than_all_cpus),
		cmocka_unit_test(unknown_cpu_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
