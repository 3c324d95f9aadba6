// SPDX-License-Identifier: GPL-2.0-only
/*
 * Layout of the live screen, away from a terminal: columns and numbers fit
 * whatever the width, trees hold every task, tags follow identity.
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

#include "../../tui/cgroup_page.h"
#include "../../tui/golden_items.h"
#include "../../tui/tasks.h"
#include "../../tui/verdict_log.h"

static void golden_fits(void **state)
{
	struct golden_numbers n;
	struct golden_grid g;

	(void)state;
	for (uint32_t caps = 0; caps < 1U << SP_CAPS; caps++) {
		golden_find(&n, caps);
		for (int cols = 1; cols < 400; cols++) {
			int end = GOLDEN_NAME_CELLS, at;

			golden_grid(&g, &n, cols);
			for (int s = 0; s < SP_SIGNALS; s++)
				for (int k = 0; k < GOLDEN_SLOTS; k++) {
					if (!g.cells[s][k])
						continue;
					assert_true(g.x[s][k] >= end);
					end = g.x[s][k] + g.cells[s][k];
					assert_true(end <= cols);
				}
			for (int k = 0; k < SPARKS; k++) {
				if (!g.spark_cells[k])
					continue;
				at = g.spark_x[k];
				assert_true(at >= end);
				end = at + g.spark_cells[k];
				end += g.spark_label ? SPARK_LABEL : 0;
				assert_true(end <= cols);
				assert_true(g.spark_cells[k] <= SPARK_MAX);
			}
		}
	}
}

/* At 80 columns all four signals are there, with and without the module. */
static void golden_compact(void **state)
{
	static const uint32_t caps[] = {1U << SP_CAP_ANY, (1U << SP_CAPS) - 1};
	struct golden_numbers n;
	struct golden_grid g;

	(void)state;
	for (int i = 0; i < 2; i++) {
		golden_find(&n, caps[i]);
		golden_grid(&g, &n, 80);
		for (int s = 0; s < SP_SIGNALS; s++)
			assert_true(g.cells[s][0]);
		assert_true(g.spark_cells[0] >= SPARK_MIN);
	}
}

/* Every key of the table of golden numbers is one of the field table's. */
static void golden_all_found(void **state)
{
	struct golden_numbers n;

	(void)state;
	golden_find(&n, ~0U);
	for (int r = 0; r < SP_RESOURCES; r++)
		for (int s = 0; s < SP_SIGNALS; s++)
			for (int k = 0; k < GOLDEN_SLOTS; k++) {
				const struct golden_item *it =
					&golden_items[r][s][k];

				if (!it->label)
					continue;
				assert_non_null(n.of[r][s][k].field);
				assert_int_equal(n.of[r][s][k].field->resource,
						 r);
				assert_true(!it->plus || n.of[r][s][k].plus);
				assert_true(!it->alt_key ||
					    sp_field_golden(r, s, it->alt_key));
			}
}

static void columns_fit(void **state)
{
	struct columns c;

	(void)state;
	for (int t = SP_TABLE_CPU; t < SP_TABLES; t++)
		for (int width = 1; width < 600; width++) {
			int end = -1;

			table_all(&c, t, ~0U);
			table_fit(&c, width);
			assert_true(c.nr >= 1);
			for (size_t i = 0; i < c.nr; i++) {
				assert_true(c.col[i].x == end + 1);
				end = c.col[i].x + c.col[i].cells;
			}
			assert_true(end <= width || c.nr == 2);
		}
}

/* A view whose rows are these tasks, in this order. */
static void make_view(struct view *v, struct sp_task *t, size_t n)
{
	view_init(v);
	v->rows = calloc(n, sizeof(*v->rows));
	assert_non_null(v->rows);
	v->nr_rows = v->cap_rows = n;
	for (size_t i = 0; i < n; i++)
		v->rows[i] = &t[i];
}

static void set_task(struct sp_task *t, double tid, double pid, double ppid)
{
	sp_field_row_clear(SP_TABLE_TASK, t);
	t->tid = tid;
	t->pid = pid;
	t->ppid = ppid;
}

static void tree_nests(void **state)
{
	static const double want[] = {1, 20, 21, 10, 12, 11, 2};
	static const unsigned char want_depth[] = {0, 1, 2, 1, 2, 2, 0};
	struct sp_task t[7];
	unsigned char depth[7];
	struct view v;

	(void)state;
	set_task(&t[0], 12, 12, 10);
	set_task(&t[1], 21, 20, 1); /* a thread of 20 */
	set_task(&t[2], 20, 20, 1);
	set_task(&t[3], 1, 1, 0);
	set_task(&t[4], 11, 11, 10);
	set_task(&t[5], 10, 10, 1);
	set_task(&t[6], 2, 2, 0);
	make_view(&v, t, 7);
	assert_int_equal(tree_order(&v, depth), 0);
	assert_int_equal(v.nr_rows, 7);
	for (size_t i = 0; i < 7; i++) {
		assert_true(v.rows[i]->tid == want[i]);
		assert_int_equal(depth[i], want_depth[i]);
	}
	view_free(&v);
}

static void tree_of_a_chain(void **state)
{
	enum { N = 20000 };
	struct sp_task *t = calloc(N, sizeof(*t));
	unsigned char *depth = malloc(N);
	struct view v;

	(void)state;
	assert_true(t && depth);
	for (size_t i = 0; i < N; i++)
		set_task(&t[i], (double)(N - i), (double)(N - i),
			 (double)(N - i - 1));
	make_view(&v, t, N);
	assert_int_equal(tree_order(&v, depth), 0);
	assert_int_equal(v.nr_rows, N);
	assert_true(v.rows[0]->tid == 1 && v.rows[N - 1]->tid == N);
	v.nr_rows = 0;
	assert_int_equal(tree_order(&v, depth), 0);
	view_free(&v);
	free(t);
	free(depth);
}

/* What is on the screen keeps its row, whatever order the others are in. */
static void rows_are_held(void **state)
{
	enum { N = 3000, TOP = 40, SHOWN = 50 };
	const struct sp_task **rows = calloc(N, sizeof(*rows));
	struct sp_task *t = calloc(N, sizeof(*t));
	struct hold h = {0};
	unsigned int seed = 7;

	(void)state;
	assert_true(rows && t);
	for (size_t i = 0; i < N; i++) {
		set_task(&t[i], (double)i, (double)i, 0);
		rows[i] = &t[i];
	}
	hold_note(&h, rows, TOP, TOP + SHOWN, NULL, false);
	for (int round = 0; round < 50; round++) {
		size_t nr = N - (size_t)round * 10;
		double sum = 0, want = 0;

		for (size_t i = nr - 1; i; i--) {
			size_t k = (size_t)rand_r(&seed) % (i + 1);
			const struct sp_task *swap = rows[i];

			rows[i] = rows[k];
			rows[k] = swap;
		}
		for (size_t i = 0; i < nr; i++)
			want += rows[i]->tid;
		hold_apply(&h, rows, nr);
		for (size_t i = 0; i < nr; i++)
			sum += rows[i]->tid;
		assert_true(sum == want); /* none lost, none twice */
		for (size_t i = 0; i < nr; i++)
			if (rows[i]->tid >= TOP && rows[i]->tid < TOP + SHOWN)
				assert_true(rows[i]->tid == (double)i);
	}
	free(rows);
	free(t);
}

static void settle(const struct hold *h, const struct sp_task **rows,
		   const struct sp_field *sort, const char *want)
{
	hold_settle(h, rows, 4, sort, false);
	for (size_t i = 0; i < 4; i++)
		assert_true(rows[i]->tid == want[i] - '0');
}

/* Rows change places for what is more than noise, and for all that adds up. */
static void rows_settle(void **state)
{
	const struct sp_field *cpu = sp_field_find(SP_TABLE_TASK, "cpu_pct", 7);
	struct sp_task t[4];
	const struct sp_task *rows[4] = {&t[0], &t[1], &t[2], &t[3]};
	struct hold h = {0};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		set_task(&t[i], (double)i, (double)i, 0);
	t[0].cpu_pct = 50;
	t[1].cpu_pct = 46;
	t[2].cpu_pct = 0.2;
	t[3].cpu_pct = 0.1;
	settle(&h, rows, cpu, "0123"); /* nothing was on the screen */
	hold_note(&h, rows, 0, 4, cpu, false);
	/* As view_select() has them. */
	t[1].cpu_pct = 53;
	t[3].cpu_pct = 0.3;
	rows[0] = &t[1];
	rows[1] = &t[0];
	rows[2] = &t[3];
	rows[3] = &t[2];
	settle(&h, rows, cpu, "0123");
	hold_note(&h, rows, 0, 4, cpu, false);
	/* A little at a time is much at last. */
	t[1].cpu_pct = 60;
	rows[0] = &t[1];
	rows[1] = &t[0];
	settle(&h, rows, cpu, "1023");
	hold_note(&h, rows, 0, 4, cpu, false);
	/* By another number, all are in order of that. */
	rows[0] = &t[3];
	rows[3] = &t[1];
	settle(&h, rows, sp_field_find(SP_TABLE_TASK, "rss_bytes", 9), "3021");
}

/* Who did a little is not out of sight at once, and nobody is lost or twice. */
static void rows_stay_in_sight(void **state)
{
	enum { N = 100, SHOWN = 10 };
	const struct sp_field *cpu = sp_field_find(SP_TABLE_TASK, "cpu_pct", 7);
	const struct sp_task *rows[N];
	struct sp_task t[N];
	struct hold h = {0};
	double sum = 0;

	(void)state;
	for (size_t i = 0; i < N; i++) {
		set_task(&t[i], (double)i, (double)i, 0);
		t[i].cpu_pct = 0;
		rows[i] = &t[i];
	}
	t[0].cpu_pct = 50;
	t[77].cpu_pct = 0.2;
	rows[1] = &t[77];
	rows[77] = &t[1];
	hold_note(&h, rows, 0, SHOWN, cpu, false);
	/* As view_select() has them when it does nothing any more. */
	t[77].cpu_pct = 0;
	rows[1] = &t[1];
	rows[77] = &t[77];
	hold_settle(&h, rows, N, cpu, false);
	assert_true(rows[0] == &t[0] && rows[1] == &t[77] && rows[2] == &t[2]);
	for (size_t i = 0; i < N; i++)
		sum += rows[i]->tid;
	assert_true(sum == N * (N - 1) / 2.0);
	hold_note(&h, rows, 0, SHOWN, cpu, false);
	/* But those who do more have the places. */
	for (size_t i = 0; i < SHOWN; i++)
		t[80 + i].cpu_pct = 20;
	for (size_t i = 0; i < N; i++)
		rows[i] = &t[(80 + i) % N];
	rows[0] = &t[0];
	rows[20] = &t[80];
	hold_settle(&h, rows, N, cpu, false);
	for (size_t i = 0; i < SHOWN; i++)
		assert_true(rows[i]->cpu_pct >= 20);
}

static void ended_tasks_stay(void **state)
{
	enum { N = GHOSTS_MAX * 3 };
	struct sp_task *t = calloc(N, sizeof(*t));
	struct sp_frame f = {.time = {.tv_sec = 100}, .tasks = t};
	struct ghosts g = {.keep_s = 5};
	double least = 1e9;

	(void)state;
	assert_non_null(t);
	for (size_t i = 0; i < N; i++) {
		set_task(&t[i], (double)i, (double)i, 0);
		t[i].cpu_pct = (double)((i * 7919) % N);
		t[i].exited = i != 3;
	}
	f.nr_tasks = 5;
	ghosts_take(&g, &f);
	assert_int_equal(g.nr, 0); /* the frame has them itself */
	f.nr_tasks = 0;
	f.time.tv_sec = 102;
	ghosts_take(&g, &f);
	assert_int_equal(g.nr, 4);
	assert_true(ghosts_age(&g, &g.task[0], &f) == 2);
	assert_true(isnan(ghosts_age(&g, &t[0], &f)));
	f.time.tv_sec = 106;
	ghosts_take(&g, &f);
	assert_int_equal(g.nr, 0);
	/* Too many: those are kept that used most CPU time. */
	f.nr_tasks = N;
	ghosts_take(&g, &f);
	f.nr_tasks = 0;
	ghosts_take(&g, &f);
	assert_int_equal(g.nr, GHOSTS_MAX);
	for (size_t i = 0; i < g.nr; i++)
		least = fmin(least, g.task[i].cpu_pct);
	assert_true(least >= N - GHOSTS_MAX - 1);
	/* Also while some of them are shown already. */
	f.nr_tasks = N;
	for (size_t i = 0; i < N; i++)
		t[i].cpu_pct += N;
	ghosts_take(&g, &f);
	assert_true(g.nr_all == GHOSTS_MAX && g.nr < g.nr_all);
	ghosts_free(&g);
	free(t);
}

static void cgroups_nest(void **state)
{
	static const char *const paths[] = {"/b",     "/a/x/deep", "/a",
					    "/a.b",   "/a/y",	   "/b/c",
					    "/a/x/e", "/z/lone"};
	/* /a/x has no row of its own: what is below it hangs below /a */
	static const size_t want[] = {0, 5, 2, 1, 4, 6, 3, 7};
	static const unsigned char want_depth[] = {0, 1, 0, 1, 1, 1, 0, 0};
	enum { N = sizeof(paths) / sizeof(paths[0]) };
	struct sp_cgroup groups[N];
	struct sp_frame f = {.cgroups = groups, .nr_cgroups = N};
	unsigned char depth[N];
	size_t order[N];

	(void)state;
	memset(groups, 0, sizeof(groups));
	for (size_t i = 0; i < N; i++)
		snprintf(groups[i].path, sizeof(groups[i].path), "%s",
			 paths[i]);
	assert_int_equal(cgroup_order(&f, order, depth), 0);
	for (size_t i = 0; i < N; i++) {
		assert_int_equal(order[i], want[i]);
		assert_int_equal(depth[i], want_depth[i]);
	}
}

static void verdicts_are_remembered(void **state)
{
	static struct verdict_log log;
	struct sp_frame f = {.time = {.tv_sec = 1000}};
	struct sp_verdict *v = &f.verdict;

	(void)state;
	v->severity = SP_STATUS_OK;
	verdict_log_add(&log, &f);
	assert_int_equal(verdict_log_nr(&log), 0);
	v->severity = SP_STATUS_WARNING;
	for (int i = 0; i < 3; i++) {
		f.time.tv_sec++;
		verdict_log_add(&log, &f);
	}
	assert_int_equal(verdict_log_nr(&log), 1);
	assert_int_equal(verdict_log_get(&log, 0)->until.tv_sec, 1003);
	v->signal = SP_SIG_ERRORS; /* another trouble */
	verdict_log_add(&log, &f);
	assert_int_equal(verdict_log_nr(&log), 2);
	v->severity = SP_STATUS_OK;
	verdict_log_add(&log, &f);
	v->severity = SP_STATUS_WARNING; /* the same once more is another */
	verdict_log_add(&log, &f);
	assert_int_equal(verdict_log_nr(&log), 3);
	for (int i = 0; i < 2 * VERDICT_LOG_MAX; i++) {
		v->resource = i % SP_RESOURCES;
		verdict_log_add(&log, &f);
	}
	assert_int_equal(verdict_log_nr(&log), VERDICT_LOG_MAX);
	assert_int_equal(verdict_log_get(&log, 0)->verdict.resource,
			 v->resource);
}

static void tags_follow_identity(void **state)
{
	struct sp_task a, b;
	struct tasks tasks;
	struct view v;

	(void)state;
	view_init(&v);
	tasks_init(&tasks, &v);
	assert_false(tasks.own_columns);
	set_task(&a, 5, 5, 1);
	a.started = 1000;
	b = a;
	assert_int_equal(tasks_tag(&tasks, &a), 0);
	b.started = 1000.2; /* the clocks drifted */
	assert_true(tasks_tagged(&tasks, &b));
	b.started = 2000; /* another task of the same number */
	assert_false(tasks_tagged(&tasks, &b));
	assert_int_equal(tasks_tag(&tasks, &a), 0);
	assert_false(tasks_tagged(&tasks, &a));
	for (int i = 0; i < 100; i++) {
		b.tid = 100 + i;
		assert_int_equal(tasks_tag(&tasks, &b), 0);
	}
	assert_int_equal(tasks.nr_tags, 100);
	tasks_free(&tasks);
	view_free(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_fits),
		cmocka_unit_test(golden_compact),
		cmocka_unit_test(golden_all_found),
		cmocka_unit_test(columns_fit),
		cmocka_unit_test(tree_nests),
		cmocka_unit_test(tree_of_a_chain),
		cmocka_unit_test(rows_are_held),
		cmocka_unit_test(rows_settle),
		cmocka_unit_test(rows_stay_in_sight),
		cmocka_unit_test(ended_tasks_stay),
		cmocka_unit_test(cgroups_nest),
		cmocka_unit_test(verdicts_are_remembered),
		cmocka_unit_test(tags_follow_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
