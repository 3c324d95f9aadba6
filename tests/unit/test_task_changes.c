// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two readers of one made-up machine: one is told of all tasks every time, the
 * other of those that changed. They must come to the same rows.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf_hist.h>

#include "../../daemon/collector/kmod_parse.h"
#include "../../daemon/collector/task_rows.h"

#define SEC 1000000000ULL
#define TASKS 200
#define STEPS 300

struct sim_task {
	struct sysperf_task rec;
	bool live;
	bool changed; /* since the last snapshot */
	bool ended; /* to be told as such */
};

struct reader {
	struct sp_snapshot snaps[2];
	struct task_rows rows;
	struct names *names;
	void *buf[2];
	size_t len;
	unsigned int cur;
	bool changes;
	bool all; /* the next snapshot is not of changes */
};

struct sim {
	struct sim_task tasks[TASKS];
	uint64_t seed, now, interval;
	uint32_t last_tid;
	unsigned int steps;
};

#define BUF_RECORDS (TASKS * 2 + 4) /* none is longer than a task's */

static uint32_t rnd(struct sim *s, uint32_t below)
{
	s->seed = s->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(s->seed >> 33) % below;
}

/* Some of what a task may do in @ns; which states it was in is not asked. */
static void act(struct sim *s, struct sysperf_task *r, uint64_t ns)
{
	uint64_t left = ns;

	for (int i = 0; i < SYSPERF_STATES - 1; i++) {
		uint64_t part = left / (1 + rnd(s, 4));

		r->state_ns[i] += part;
		left -= part;
	}
	r->state_ns[SYSPERF_SLEEPING] += left;
	r->utime_ns += 5;
	r->nvcsw += rnd(s, 50);
	r->min_flt += rnd(s, 10);
	r->read_bytes += rnd(s, 4096);
	r->runq_hist[rnd(s, SYSPERF_HIST_TASK_BUCKETS)] += 1 + rnd(s, 9);
	r->runq_wait_max_ns += rnd(s, 2) * 1000ULL;
	if (rnd(s, 2)) {
		r->ios += 3;
		r->io_errors += rnd(s, 2);
		r->io_hist[rnd(s, SYSPERF_HIST_TASK_BUCKETS)] += 3;
	}
	r->net[rnd(s, SYSPERF_PROTOS)].rx_bytes += rnd(s, 100000);
	r->net[rnd(s, SYSPERF_PROTOS)].tx_packets += rnd(s, 100);
	r->reclaim_ns += rnd(s, 1000);
	r->pmu.enabled_ns += 1000;
	for (int i = 0; i < SYSPERF_PMU_EVENTS; i++) {
		r->pmu.event[i].count += rnd(s, 100000);
		r->pmu.event[i].running_ns += 1 + rnd(s, 1000);
	}
	r->nice = (int32_t)rnd(s, 3) - 1;
	r->cpu = rnd(s, 4);
}

static void begin(struct sim *s, struct sim_task *t, bool old)
{
	const struct sim_task *other = &s->tasks[rnd(s, TASKS)];

	memset(t, 0, sizeof(*t));
	t->live = t->changed = true;
	t->rec.tid = t->rec.pid = ++s->last_tid;
	if (other != t && other->live && rnd(s, 2))
		t->rec.pid = other->rec.pid;
	t->rec.rss_bytes = t->rec.pid * 4096ULL; /* shared by its threads */
	t->rec.start_ns = old ? 1 : s->now - rnd(s, 1000);
	t->rec.state = SYSPERF_SLEEPING;
	t->rec.state_char = 'S';
	t->rec.threads = 1;
	memcpy(t->rec.comm, "sim", 4);
}

static void act_and_rest(struct sim *s, struct sim_task *t)
{
	act(s, &t->rec, s->interval);
	t->changed = true;
	t->rec.state = (uint8_t)rnd(s, SYSPERF_STATES);
	t->rec.since_ns = s->now - rnd(s, 1000);
}

static void end(struct sim *s, struct sim_task *t)
{
	act(s, &t->rec, s->interval / 2 + rnd(s, 1000));
	t->rec.flags |= rnd(s, 4) ? 0 : SYSPERF_TASK_OOM_KILLED;
	t->rec.rss_bytes = 0;
	t->live = false;
	t->ended = true;
}

static void step(struct sim *s)
{
	s->interval = SEC / 2 + rnd(s, SEC);
	s->now += s->interval;
	s->steps++;
	for (size_t i = 0; i < TASKS; i++) {
		struct sim_task *t = &s->tasks[i];

		t->ended = t->changed = false;
		if (!t->live) {
			if (!rnd(s, 8))
				begin(s, t, !rnd(s, 8));
			if (t->live && !rnd(s, 8))
				end(s, t); /* never seen alive */
		} else if (!rnd(s, 40)) {
			end(s, t);
		} else if (t->rec.state <= SYSPERF_RUNQ || !rnd(s, 5)) {
			act_and_rest(s, t);
		} else {
			t->rec.state_ns[t->rec.state] += s->interval;
		}
	}
}

static void *put(struct reader *r, uint32_t type, const void *from, size_t size)
{
	struct sysperf_rec *rec = (void *)((char *)r->buf[r->cur] + r->len);

	if (from)
		memcpy(rec, from, size);
	else
		memset(rec, 0, size);
	rec->type = type;
	rec->size = (uint32_t)size;
	r->len += size;
	return rec;
}

/* Each record is taken at a moment of its own. */
static void put_task(struct sim *s, struct reader *r, struct sim_task *t,
		     uint32_t type)
{
	struct sysperf_task *rec = put(r, type, &t->rec, sizeof(t->rec));

	rec->now_ns = s->now;
	if (type == SYSPERF_REC_TASK && !t->ended) {
		uint64_t late = (uint64_t)(t - s->tasks) * 10;

		rec->now_ns += late;
		rec->state_ns[rec->state] += late;
	}
	if (type == SYSPERF_REC_EXITED)
		rec->flags |= SYSPERF_TASK_EXITED;
}

static void tell(struct sim *s, struct reader *r)
{
	struct sysperf_header *h;
	bool changes = r->changes && !r->all;

	r->len = 0;
	h = put(r, SYSPERF_REC_HEADER, NULL, sizeof(*h));
	h->abi_version = SYSPERF_ABI_VERSION;
	h->now_ns = s->now;
	h->caps = ~0U;
	h->pmu_events = 15;
	h->flags = changes ? SYSPERF_SNAP_CHANGES : 0;
	for (size_t i = 0; i < TASKS; i++) {
		struct sim_task *t = &s->tasks[i];
		bool turn = i % SYSPERF_CHANGES_MAX ==
			    s->steps % SYSPERF_CHANGES_MAX;

		if (t->live && (!changes || t->changed || turn))
			put_task(s, r, t, SYSPERF_REC_TASK);
		/* It ended just after it was told of. */
		if (t->ended && i % 3 == 0)
			put_task(s, r, t, SYSPERF_REC_TASK);
	}
	for (size_t i = 0; i < TASKS; i++)
		if (s->tasks[i].ended)
			put_task(s, r, &s->tasks[i], SYSPERF_REC_EXITED);
	put(r, SYSPERF_REC_END, NULL, sizeof(struct sysperf_end));
	r->all = false;
}

static void refresh(struct sim *s, struct reader *r, bool first, bool threads)
{
	struct sp_snapshot *prev = &r->snaps[r->cur], *cur;

	r->cur ^= 1;
	cur = &r->snaps[r->cur];
	sp_snapshot_reset(cur);
	cur->mono_ns = cur->boot_ns = s->now;
	cur->tasks_are_threads = true;
	tell(s, r);
	assert_int_equal(sp_kmod_parse(cur, r->buf[r->cur], r->len), 0);
	assert_int_equal(task_rows_make(&r->rows, cur, first ? NULL : prev,
					threads, r->names),
			 0);
}

static void reader_open(struct reader *r, bool changes)
{
	memset(r, 0, sizeof(*r));
	for (int i = 0; i < 2; i++) {
		sp_snapshot_init(&r->snaps[i]);
		r->buf[i] = calloc(BUF_RECORDS, sizeof(struct sysperf_task));
		assert_non_null(r->buf[i]);
	}
	r->names = names_open("/nonexistent");
	r->changes = changes;
	r->all = true;
}

static void reader_close(struct reader *r)
{
	task_rows_free(&r->rows);
	names_close(r->names);
	for (int i = 0; i < 2; i++) {
		sp_snapshot_free(&r->snaps[i]);
		free(r->buf[i]);
	}
}

static void same_number(double a, double b, const char *what, double tid)
{
	if (isnan(a) && isnan(b))
		return;
	if (!(fabs(a - b) <= 1e-3 * (1 + fabs(b))))
		fail_msg("%s of %.0f: %g of changes, %g of all", what, tid, a,
			 b);
}

static void same_row(const struct sp_task *a, const struct sp_task *b)
{
	const struct sp_table *table = &sp_tables[SP_TABLE_TASK];

	for (size_t i = 0; i < table->nr_fields; i++) {
		const struct sp_field *f = &table->fields[i];

		if (f->unit == SP_UNIT_TEXT)
			assert_string_equal(sp_field_str(f, a),
					    sp_field_str(f, b));
		else if (f->unit != SP_UNIT_TIME)
			same_number(sp_field_num(f, a), sp_field_num(f, b),
				    f->key, b->tid);
	}
	assert_int_equal(a->exited, b->exited);
	assert_int_equal(a->oom_killed, b->oom_killed);
}

static int by_tid(const void *a, const void *b)
{
	double x = ((const struct sp_task *)a)->tid;
	double y = ((const struct sp_task *)b)->tid;

	return (x > y) - (x < y);
}

/* In an order of their own: rows belong to their reader. */
static struct sp_task *sorted(const struct task_rows *t)
{
	struct sp_task *rows = malloc((t->nr + 1) * sizeof(*rows));

	assert_non_null(rows);
	memcpy(rows, t->rows, t->nr * sizeof(*rows));
	qsort(rows, t->nr, sizeof(*rows), by_tid);
	return rows;
}

static void same_rows(const struct task_rows *a, const struct task_rows *b)
{
	struct sp_task *x = sorted(a), *y = sorted(b);

	assert_int_equal(a->nr, b->nr);
	for (size_t i = 0; i < b->nr; i++)
		same_row(&x[i], &y[i]);
	same_number(a->totals.runq_ns, b->totals.runq_ns, "runq", 0);
	same_number(a->totals.runs, b->totals.runs, "runs", 0);
	same_number(a->totals.runq_urgent_ns, b->totals.runq_urgent_ns,
		    "urgent", 0);
	same_number(a->totals.runq_open_max_ns, b->totals.runq_open_max_ns,
		    "open", 0);
	same_number(a->totals.kswapd_ns, b->totals.kswapd_ns, "kswapd", 0);
	free(x);
	free(y);
}

/* Rows by process for a while, then by thread, and so on. */
static void changes_are_as_good_as_all(void **state)
{
	struct sim *s = calloc(1, sizeof(*s));
	struct reader all, changes;
	size_t told = 0, there = 0;

	(void)state;
	assert_non_null(s);
	s->seed = 7;
	s->now = 1000 * SEC;
	reader_open(&all, false);
	reader_open(&changes, true);
	for (int i = 0; i < STEPS; i++) {
		bool threads = i / 25 % 2;

		step(s);
		refresh(s, &all, !i, threads);
		refresh(s, &changes, !i, threads);
		if (i)
			same_rows(&changes.rows, &all.rows);
		told += changes.snaps[changes.cur].nr_tasks;
		there += all.snaps[all.cur].nr_tasks;
	}
	assert_true(told < there * 3 / 4); /* it did tell only changes */
	reader_close(&all);
	reader_close(&changes);
	free(s);
}

/*
 * A task whose end was lost stays in its state until the next snapshot, which
 * then is of all tasks.
 */
static void lost_end(void **state)
{
	struct sim *s = calloc(1, sizeof(*s));
	struct reader all, changes;

	(void)state;
	assert_non_null(s);
	s->seed = 9;
	s->now = 1000 * SEC;
	reader_open(&all, false);
	reader_open(&changes, true);
	for (int i = 0; i < 60; i++) {
		step(s);
		for (size_t k = 0; i % 10 == 5 && k < TASKS; k++)
			s->tasks[k].ended = false;
		refresh(s, &all, !i, false);
		refresh(s, &changes, !i, false);
		if (i % 10 == 5)
			changes.all = true;
		else if (i)
			same_rows(&changes.rows, &all.rows);
	}
	reader_close(&all);
	reader_close(&changes);
	free(s);
}

/* Nobody looks at what is quiet: its rows stay where and as they are. */
static void quiet_rows_are_left_alone(void **state)
{
	struct sim *s = calloc(1, sizeof(*s));
	struct reader r;

	(void)state;
	assert_non_null(s);
	s->now = 1000 * SEC;
	reader_open(&r, true);
	for (size_t i = 0; i < TASKS; i++)
		begin(s, &s->tasks[i], true);
	for (int i = 0; i < 3 * SYSPERF_CHANGES_MAX; i++) {
		size_t active = 0;

		s->interval = SEC;
		s->now += SEC;
		s->steps++;
		for (size_t k = 0; k < TASKS; k++) {
			s->tasks[k].rec.state_ns[SYSPERF_SLEEPING] += SEC;
			s->tasks[k].changed = k < 2;
		}
		refresh(s, &r, !i, true);
		for (const struct task_group *g = r.rows.table.active; g;
		     g = g->next)
			active++;
		if (i > 2)
			assert_true(active <=
				    2 + TASKS / SYSPERF_CHANGES_MAX + 1);
		if (i)
			assert_int_equal(r.rows.nr, TASKS);
		for (size_t k = 0; k < r.rows.nr; k++)
			same_number(r.rows.rows[k].sleep_pct, 100, "sleep",
				    r.rows.rows[k].tid);
	}
	reader_close(&r);
	free(s);
}

/* One that is never told of again, as it went on under another number. */
static void silent_task_goes(void **state)
{
	struct sim *s = calloc(1, sizeof(*s));
	struct reader r;
	int i;

	(void)state;
	assert_non_null(s);
	s->now = 1000 * SEC;
	reader_open(&r, true);
	for (i = 0; i < 3; i++)
		begin(s, &s->tasks[i], true);
	for (i = 0; i < 4 * SYSPERF_CHANGES_MAX; i++) {
		s->now += SEC;
		s->steps++;
		if (i == 2)
			s->tasks[1].live = false;
		for (int k = 0; k < 3; k++)
			s->tasks[k].rec.state_ns[SYSPERF_SLEEPING] += SEC;
		refresh(s, &r, !i, false);
		if (i == 3)
			assert_int_equal(r.rows.nr, 3);
	}
	assert_int_equal(r.rows.nr, 2);
	reader_close(&r);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_as_good_as_all),
		cmocka_unit_test(lost_end),
		cmocka_unit_test(quiet_rows_are_left_alone),
		cmocka_unit_test(silent_task_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
