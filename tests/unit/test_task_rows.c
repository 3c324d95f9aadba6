// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks of two snapshots made into rows: rates, states, sums over threads,
 * tasks that come and go, counters that fall.
 */
#include <math.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf_hist.h>

#include "../../daemon/collector/task_rows.h"
#include "pair.h"

#define SEC 1000000000ULL
#define BOOT (100 * SEC) /* of the earlier snapshot */

struct fixture {
	struct sp_snapshot prev, cur;
	struct task_rows rows;
	struct names *names;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	sp_snapshot_init(&f->prev);
	sp_snapshot_init(&f->cur);
	sp_snapshot_reset(&f->prev);
	sp_snapshot_reset(&f->cur);
	f->prev.mono_ns = f->prev.boot_ns = BOOT;
	f->cur.mono_ns = f->cur.boot_ns = BOOT + SEC;
	f->cur.time.tv_sec = 1000;
	f->prev.tasks_are_threads = f->cur.tasks_are_threads = true;
	f->names = names_open("/nonexistent");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	task_rows_free(&f->rows);
	names_close(f->names);
	sp_snapshot_free(&f->prev);
	sp_snapshot_free(&f->cur);
	free(f);
	return 0;
}

static struct sp_raw_task *task(struct sp_snapshot *s, uint32_t pid,
				uint32_t tid, uint64_t start_ns)
{
	struct sp_raw_task *t = sp_snapshot_add_task(s);

	assert_non_null(t);
	t->pid = pid;
	t->tid = tid;
	t->start_ns = start_ns;
	t->now_ns = s->mono_ns;
	t->state = 'S';
	t->threads = 1;
	strcpy(t->comm, "test");
	return t;
}

static void states(struct sp_raw_task *t, uint64_t run, uint64_t runq,
		   uint64_t iowait, uint64_t blocked, uint64_t sleeping)
{
	t->state_ns[SYSPERF_RUNNING] = t->cpu_ns = run;
	t->state_ns[SYSPERF_RUNQ] = runq;
	t->state_ns[SYSPERF_IOWAIT] = iowait;
	t->state_ns[SYSPERF_BLOCKED] = blocked;
	t->state_ns[SYSPERF_SLEEPING] = sleeping;
}

static void make(struct fixture *f, bool threads)
{
	assert_int_equal(
		task_rows_make(&f->rows, &f->prev, NULL, threads, f->names), 0);
	assert_int_equal(task_rows_make(&f->rows, &f->cur, &f->prev, threads,
					f->names),
			 0);
}

static void rates_and_states(void **state)
{
	struct fixture *f = *state;
	struct sp_raw_task *p = task(&f->prev, 10, 10, SEC);
	struct sp_raw_task *c = task(&f->cur, 10, 10, SEC);
	const struct sp_task *row;

	states(p, 5 * SEC, 0, SEC, 0, 0);
	states(c, 5 * SEC + SEC / 2, SEC / 4, SEC + SEC / 8, SEC / 8, 0);
	p->switches = 100;
	c->switches = 150;
	p->read_bytes = 4096;
	c->read_bytes = 4096 + 8192;
	c->rss_bytes = 12345;
	make(f, true);
	assert_int_equal(f->rows.nr, 1);
	row = f->rows.rows;
	near(row->cpu_pct, 50);
	near(row->run_pct, 50);
	near(row->runq_pct, 25);
	near(row->iowait_pct, 12.5);
	near(row->blocked_pct, 12.5);
	near(row->sleep_pct, 0);
	near(row->switches_per_s, 50);
	near(row->read_bytes_per_s, 8192);
	near(row->rss_bytes, 12345);
	assert_true(isnan(row->write_bytes_per_s)); /* absent stays absent */
	assert_true(isnan(row->ipc));
	assert_string_equal(row->command, "[test]");
}

/* A task is read at its own moment: the rate is over its own interval. */
static void own_interval(void **state)
{
	struct fixture *f = *state;
	struct sp_raw_task *p = task(&f->prev, 10, 10, SEC);
	struct sp_raw_task *c = task(&f->cur, 10, 10, SEC);

	p->cpu_ns = 0;
	c->cpu_ns = SEC;
	c->now_ns = p->now_ns + 2 * SEC;
	make(f, true);
	near(f->rows.rows->cpu_pct, 50);
}

static void threads_sum_to_process(void **state)
{
	struct fixture *f = *state;

	for (uint32_t i = 0; i < 4; i++) {
		states(task(&f->prev, 10, 10 + i, SEC), 0, 0, 0, 0, 0);
		states(task(&f->cur, 10, 10 + i, SEC), SEC / 2, SEC / 2, 0, 0,
		       0);
	}
	f->cur.tasks[0].rss_bytes = 777;
	make(f, false);
	assert_int_equal(f->rows.nr, 1);
	near(f->rows.rows->cpu_pct, 200);
	near(f->rows.rows->run_pct, 50);
	near(f->rows.rows->runq_pct, 50);
	near(f->rows.rows->rss_bytes, 777);
	near(f->rows.rows->tid, 10);
	near(f->rows.totals.runq_ns, 2e9);
	make(f, true);
	assert_int_equal(f->rows.nr, 4);
}

/* A thread that ended in the interval still counts in its process. */
static void ended_thread_counts(void **state)
{
	struct fixture *f = *state;
	struct sp_raw_task *dead;

	states(task(&f->prev, 10, 10, SEC), 0, 0, 0, 0, 0);
	states(task(&f->prev, 10, 11, SEC), 0, 0, 0, 0, 0);
	states(task(&f->cur, 10, 10, SEC), 0, 0, 0, 0, SEC);
	dead = task(&f->cur, 10, 11, SEC);
	states(dead, SEC / 4, 0, 0, 0, 0);
	dead->flags = SYSPERF_TASK_EXITED;
	make(f, false);
	assert_int_equal(f->rows.nr, 1);
	assert_false(f->rows.rows->exited);
	near(f->rows.rows->cpu_pct, 25);
}

/* One that began and ended between two samples is there, once. */
static void short_lived(void **state)
{
	struct fixture *f = *state;
	struct sp_raw_task *t = task(&f->cur, 20, 20, BOOT + SEC / 10);

	states(t, SEC / 5, 0, 0, 0, 0);
	t->flags = SYSPERF_TASK_EXITED;
	t->exit_code = 256;
	make(f, false);
	assert_int_equal(f->rows.nr, 1);
	assert_true(f->rows.rows->exited);
	assert_int_equal(f->rows.rows->exit_code, 256);
	near(f->rows.rows->cpu_pct, 20);
	/* In the next interval it is gone. */
	f->cur.nr_tasks = 0;
	assert_int_equal(task_rows_make(&f->rows, &f->cur, &f->prev, false,
					f->names),
			 0);
	assert_int_equal(f->rows.nr, 0);
}

/* A task that was there all along but is seen for the first time: nothing is
 * known about this interval, so nothing is said. */
static void newly_visible_has_no_rates(void **state)
{
	struct fixture *f = *state;

	states(task(&f->cur, 30, 30, SEC), 50 * SEC, 0, 0, 0, 0);
	make(f, true);
	assert_true(isnan(f->rows.rows->cpu_pct));
	assert_true(isnan(f->rows.rows->run_pct));
	assert_true(isnan(f->rows.rows->runq_wait_max_us));
}

/* The same id, another start time: another task. */
static void reused_id(void **state)
{
	struct fixture *f = *state;

	states(task(&f->prev, 40, 40, SEC), 90 * SEC, 0, 0, 0, 0);
	states(task(&f->cur, 40, 40, BOOT + 1), SEC / 2, 0, 0, 0, 0);
	make(f, true);
	near(f->rows.rows->cpu_pct, 50);
}

static void fallen_counter_is_absent(void **state)
{
	struct fixture *f = *state;
	struct sp_raw_task *p = task(&f->prev, 10, 10, SEC);
	struct sp_raw_task *c = task(&f->cur, 10, 10, SEC);

	p->read_bytes = 1000;
	c->read_bytes = 10;
	p->switches = UINT64_MAX - 1; /* one below absent */
	c->switches = 5;
	make(f, true);
	assert_true(isnan(f->rows.rows->read_bytes_per_s));
	assert_true(isnan(f->rows.rows->switches_per_s));
}

/* The end of a state that is going on may be read a little late. */
static void time_a_little_back_is_zero(void **state)
{
	struct fixture *f = *state;

	states(task(&f->prev, 10, 10, SEC), 5 * SEC, 0, 0, 0, SEC);
	states(task(&f->cur, 10, 10, SEC), 5 * SEC - 1000, 0, 0, 0, 2 * SEC);
	make(f, true);
	near(f->rows.rows->run_pct, 0);
	near(f->rows.rows->sleep_pct, 100);
}

static void histograms(void **state)
{
	static uint32_t before[SYSPERF_HIST_TASK_BUCKETS];
	static uint32_t after[2][SYSPERF_HIST_TASK_BUCKETS];
	struct fixture *f = *state;

	after[0][sysperf_hist_index(1000000, SYSPERF_HIST_TASK_SUB)] = 98;
	after[1][sysperf_hist_index(80000000, SYSPERF_HIST_TASK_SUB)] = 2;
	for (uint32_t i = 0; i < 2; i++) {
		struct sp_raw_task *p = task(&f->prev, 10, 10 + i, SEC);
		struct sp_raw_task *c = task(&f->cur, 10, 10 + i, SEC);

		states(p, 0, 0, 0, 0, 0);
		states(c, 1, 0, 0, 0, 0);
		p->runq_hist = p->io_hist = c->io_hist = before;
		p->runq_wait_max_ns = 0;
		c->runq_hist = after[i];
		c->runq_wait_max_ns = 80000123;
	}
	make(f, false);
	assert_true(fabs(f->rows.rows->runq_wait_p50_us - 1000) <= 125);
	assert_true(fabs(f->rows.rows->runq_wait_p99_us - 80000) <= 10000);
	near(f->rows.rows->runq_wait_max_us, 80000.123);
	assert_true(isnan(f->rows.rows->io_p50_us));
	/* One still waiting, for longer than all that ended. */
	f->cur.tasks[0].runq_open_ns = 3 * SEC;
	make(f, false);
	near(f->rows.rows->runq_wait_max_us, 3e6);
	near(f->rows.totals.runq_open_max_ns, 3e9);
}

/* Traffic, reclaim and hardware counters of two threads of a process. */
static void what_the_module_adds(void **state)
{
	struct fixture *f = *state;
	const struct sp_task *row;

	for (uint32_t i = 0; i < 2; i++) {
		struct sp_raw_task *p = task(&f->prev, 10, 10 + i, SEC);
		struct sp_raw_task *c = task(&f->cur, 10, 10 + i, SEC);

		states(p, 0, 0, 0, 0, 0);
		states(c, SEC / 2, 0, 0, SEC / 2, 0);
		p->net_rx_bytes = p->net_tx_packets = p->io_errors = 5;
		c->net_rx_bytes = 5 + 1000;
		c->net_tx_packets = 5 + 10;
		c->io_errors = 5 + 2;
		p->reclaim_ns = 0;
		c->reclaim_ns = i ? SEC / 2 : 0;
		memset(&p->pmu, 0, sizeof(p->pmu));
		memset(&c->pmu, 0, sizeof(c->pmu));
		c->pmu.enabled_ns = SEC / 2;
		for (int k = 0; k < SYSPERF_PMU_EVENTS; k++) {
			c->pmu.event[k].running_ns = SEC / 2;
			c->pmu.event[k].count = 1000;
		}
		/* shared with another: it ran for a tenth of the time */
		c->pmu.event[SYSPERF_PMU_CACHE_REFERENCES].running_ns /= 10;
		p->pmu.event[SYSPERF_PMU_INSTRUCTIONS].count = SP_ABSENT;
		c->pmu.event[SYSPERF_PMU_INSTRUCTIONS].count = SP_ABSENT;
	}
	f->cur.tasks[1].flags = SYSPERF_TASK_OOM_KILLED;
	make(f, false);
	row = f->rows.rows;
	near(row->net_rx_bytes_per_s, 2000);
	near(row->net_tx_packets_per_s, 20);
	assert_true(isnan(row->net_tx_bytes_per_s));
	near(row->io_errors_per_s, 4);
	near(row->reclaim_pct, 25);
	near(row->cache_misses_per_s, 2000);
	near(row->cache_miss_pct, 10);
	assert_true(isnan(row->ipc));
	assert_true(row->oom_killed);
}

/* Work that is to wait is told apart. */
static void who_yields(void **state)
{
	struct fixture *f = *state;

	for (uint32_t i = 0; i < 3; i++) {
		struct sp_raw_task *c = task(&f->cur, 10 + i, 10 + i, SEC);

		task(&f->prev, 10 + i, 10 + i, SEC)->state_ns[SYSPERF_RUNQ] = 0;
		c->state_ns[SYSPERF_RUNQ] = SEC;
		c->nice = i == 1 ? 5 : 0;
		c->policy = i == 2 ? SCHED_IDLE : SCHED_BATCH;
	}
	make(f, false);
	near(f->rows.totals.runq_ns, 3e9);
	near(f->rows.totals.runq_urgent_ns, 1e9);
}

/* What has the name and is of the kernel. */
static void kswapd_is_told_apart(void **state)
{
	struct fixture *f = *state;

	for (uint32_t i = 0; i < 4; i++) {
		struct sp_raw_task *p = task(&f->prev, 10 + i, 10 + i, SEC);
		struct sp_raw_task *c = task(&f->cur, 10 + i, 10 + i, SEC);

		p->cpu_ns = p->state_ns[SYSPERF_RUNQ] = 0;
		c->cpu_ns = SEC / 2;
		c->state_ns[SYSPERF_RUNQ] = SEC;
		c->flags = i < 3 ? SYSPERF_TASK_KTHREAD : 0;
		snprintf(c->comm, sizeof(c->comm), "%s",
			 i < 1 ? "kworker/0:0" : "kswapd0");
	}
	make(f, false);
	near(f->rows.totals.kswapd_ns, 3e9);
}

/* Without the module a process has sums of some states only. */
static void sums_are_told_as_averages(void **state)
{
	struct fixture *f = *state;
	struct sp_raw_task *p = task(&f->prev, 10, 10, SEC);
	struct sp_raw_task *c = task(&f->cur, 10, 10, SEC);

	f->prev.tasks_are_threads = f->cur.tasks_are_threads = false;
	c->threads = 4;
	p->state_ns[SYSPERF_RUNNING] = p->state_ns[SYSPERF_RUNQ] = 0;
	c->state_ns[SYSPERF_RUNNING] = SEC;
	c->state_ns[SYSPERF_RUNQ] = 2 * SEC;
	make(f, false);
	near(f->rows.rows->run_pct, 25);
	near(f->rows.rows->runq_pct, 50);
	assert_true(isnan(f->rows.rows->sleep_pct));
	near(f->rows.rows->state_threads, 4);
	near(f->rows.totals.runq_ns, 2e9);
}

/* A thread that executes a program goes on under its leader's number. */
static void thread_takes_its_leaders_place(void **state)
{
	static uint32_t before[SYSPERF_HIST_TASK_BUCKETS],
		after[SYSPERF_HIST_TASK_BUCKETS];
	struct fixture *f = *state;
	struct sp_raw_task *p = task(&f->prev, 10, 10, SEC);
	struct sp_raw_task *c = task(&f->cur, 10, 10, SEC);

	states(p, SEC, SEC, 0, 0, 97 * SEC);
	states(c, 90 * SEC, 7 * SEC, 0, 0, 3 * SEC);
	p->switches = 100;
	c->switches = 100000;
	before[100] = 9;
	after[100] = 4;
	p->runq_hist = before;
	c->runq_hist = after;
	make(f, false);
	assert_int_equal(f->rows.nr, 1);
	assert_true(isnan(f->rows.rows->cpu_pct));
	assert_true(isnan(f->rows.rows->switches_per_s));
	assert_true(isnan(f->rows.rows->runq_wait_p99_us));
	assert_true(isnan(f->rows.totals.runq_ns));
	/* Not those whose counters are sums over threads. */
	f->cur.tasks_are_threads = f->prev.tasks_are_threads = false;
	states(c, 5 * SEC, SEC, 0, 0, 97 * SEC);
	make(f, false);
	near(f->rows.rows->cpu_pct, 400);
}

static void read_changes(struct fixture *f, struct sp_raw_task *told)
{
	f->prev.know_ns = f->cur.know_ns;
	f->cur.know_ns += SEC;
	f->cur.tasks_are_changes = true;
	told->now_ns = f->cur.know_ns;
	assert_int_equal(task_rows_make(&f->rows, &f->cur, &f->prev,
					f->rows.table.threads, f->names),
			 0);
}

/* The leader slept for long, and the changes had no word of it. */
static void thread_takes_a_sleepers_place(void **state)
{
	struct fixture *f = *state;
	struct sp_raw_task *p = task(&f->prev, 10, 10, SEC);
	struct sp_raw_task *c = task(&f->cur, 10, 10, SEC);

	states(p, 0, 0, 0, 0, SEC);
	states(c, 0, 0, 0, 0, 2 * SEC);
	p->doing = c->doing = SYSPERF_SLEEPING;
	p->now_ns = f->prev.know_ns = BOOT;
	c->now_ns = f->cur.know_ns = BOOT + SEC;
	make(f, true);
	f->cur.nr_tasks = 0;
	for (int i = 0; i < 10; i++)
		read_changes(f, c);
	near(f->rows.rows->cpu_pct, 0);
	f->cur.nr_tasks = 1;
	states(c, 3 * SEC, 0, 0, 0, 9 * SEC);
	read_changes(f, c);
	assert_true(isnan(f->rows.rows->cpu_pct));
}

/* Who waits for a CPU is told of each time; if not, it is there no more. */
static void silence_is_no_wait(void **state)
{
	struct fixture *f = *state;
	struct sp_raw_task *c;

	for (uint32_t i = 0; i < 2; i++) {
		struct sp_raw_task *p = task(&f->prev, 10, 10 + i, SEC);

		c = task(&f->cur, 10, 10 + i, SEC);
		states(p, 0, 0, 0, 0, 0);
		states(c, 0, SEC, 0, 0, 0);
		p->doing = c->doing = SYSPERF_RUNQ;
	}
	f->prev.know_ns = BOOT;
	f->cur.know_ns = BOOT + SEC;
	make(f, false);
	near(f->rows.totals.runq_ns, 2e9);
	f->cur.nr_tasks = 1;
	c = f->cur.tasks;
	for (int i = 0; i < 5; i++) {
		c->state_ns[SYSPERF_RUNQ] += SEC;
		read_changes(f, c);
		near(f->rows.totals.runq_ns, 1e9);
	}
}

/* What it used before it was first seen, by threads that ended too. */
static void cpu_time_since_start(void **state)
{
	struct fixture *f = *state;
	struct sp_raw_task *p, *c;

	for (uint32_t i = 0; i < 2; i++) {
		p = task(&f->prev, 10, 10 + i, SEC);
		c = task(&f->cur, 10, 10 + i, SEC);
		p->cpu_ns = SEC;
		c->cpu_ns = SEC + SEC / 4;
		p->cpu_total_ns = 7 * SEC;
		p->ended_cpu_ns = (3 + i) * SEC; /* the second is told later */
	}
	f->cur.tasks[1].flags |= SYSPERF_TASK_EXITED;
	/* Without the module: processes, and all that they used. */
	task(&f->prev, 20, 20, SEC)->cpu_ns = 2 * SEC;
	task(&f->cur, 20, 20, SEC)->cpu_ns = 3 * SEC;
	/* New, and so is all of its. */
	task(&f->cur, 30, 30, BOOT + 1)->cpu_ns = SEC / 2;
	make(f, false);
	assert_int_equal(f->rows.nr, 3);
	for (size_t i = 0; i < f->rows.nr; i++) {
		const struct sp_task *row = &f->rows.rows[i];

		near(row->cpu_time_us, row->pid == 10	? 18.5e6
				       : row->pid == 20 ? 3e6
							: 0.5e6);
	}
	/* By thread: what ended is nobody's. */
	make(f, true);
	near(f->rows.rows[0].cpu_time_us, 7.25e6);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(rates_and_states),
		T(own_interval),
		T(cpu_time_since_start),
		T(threads_sum_to_process),
		T(ended_thread_counts),
		T(short_lived),
		T(newly_visible_has_no_rates),
		T(reused_id),
		T(fallen_counter_is_absent),
		T(time_a_little_back_is_zero),
		T(histograms),
		T(who_yields),
		T(kswapd_is_told_apart),
		T(sums_are_told_as_averages),
		T(thread_takes_its_leaders_place),
		T(thread_takes_a_sleepers_place),
		T(silence_is_no_wait),
		T(what_the_module_adds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
