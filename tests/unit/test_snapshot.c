// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of snapshots: rows begin absent, memory is kept and given back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/snapshot.h>

static void starts_absent(void **state)
{
	struct sp_snapshot s;

	(void)state;
	sp_snapshot_init(&s);
	assert_true(s.sys.switches == SP_ABSENT);
	assert_true(s.sys.rtt_ns == SP_ABSENT);
	assert_int_equal(s.nr_tasks, 0);
	sp_snapshot_free(&s);
}

static void rows_are_absent(void **state)
{
	const struct sp_raw_cpu *cpu;
	const struct sp_raw_disk *disk;
	const struct sp_raw_net *net;
	const struct sp_raw_task *task;
	struct sp_snapshot s;

	(void)state;
	sp_snapshot_init(&s);
	cpu = sp_snapshot_add_cpu(&s);
	assert_true(cpu->cpu == SP_ABSENT && cpu->throttled == SP_ABSENT);
	disk = sp_snapshot_add_disk(&s);
	assert_string_equal(disk->name, "");
	assert_true(disk->major == SP_ABSENT && disk->queue_ns == SP_ABSENT);
	net = sp_snapshot_add_net(&s);
	assert_string_equal(net->name, "");
	assert_false(net->physical);
	assert_true(net->rx_bytes == SP_ABSENT);
	assert_true(net->backlog_bytes == SP_ABSENT);
	task = sp_snapshot_add_task(&s);
	assert_string_equal(task->comm, "");
	assert_int_equal(task->tid, 0);
	assert_true(task->start_ns == SP_ABSENT);
	assert_true(task->state_ns[SYSPERF_SLEEPING] == SP_ABSENT);
	assert_true(task->pmu.event[0].count == SP_ABSENT);
	assert_true(task->runq_open_ns == 0);
	assert_null(task->runq_hist);
	assert_null(task->io_hist);
	sp_snapshot_free(&s);
}

static void grows_and_keeps_rows(void **state)
{
	struct sp_snapshot s;

	(void)state;
	sp_snapshot_init(&s);
	for (uint32_t i = 0; i < 1000; i++)
		sp_snapshot_add_task(&s)->tid = i;
	for (uint32_t i = 0; i < 1000; i++)
		assert_int_equal(s.tasks[i].tid, i);
	assert_int_equal(s.nr_tasks, 1000);
	sp_snapshot_free(&s);
	assert_null(s.tasks);
	sp_snapshot_free(&s);
}

static void reset_keeps_memory(void **state)
{
	struct sp_raw_task *tasks;
	struct sp_snapshot s;
	size_t cap;

	(void)state;
	sp_snapshot_init(&s);
	for (uint32_t i = 0; i < 100; i++)
		sp_snapshot_add_task(&s)->cpu_ns = i;
	s.sys.switches = 5;
	s.info.caps = 7;
	s.tasks_are_threads = true;
	tasks = s.tasks;
	cap = s.cap_tasks;
	sp_snapshot_reset(&s);
	assert_ptr_equal(s.tasks, tasks);
	assert_int_equal(s.cap_tasks, cap);
	assert_int_equal(s.nr_tasks, 0);
	assert_int_equal(s.info.caps, 0);
	assert_false(s.tasks_are_threads);
	assert_true(s.sys.switches == SP_ABSENT);
	assert_true(sp_snapshot_add_task(&s)->cpu_ns == SP_ABSENT);
	sp_snapshot_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_absent),
		cmocka_unit_test(rows_are_absent),
		cmocka_unit_test(grows_and_keeps_rows),
		cmocka_unit_test(reset_keeps_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
