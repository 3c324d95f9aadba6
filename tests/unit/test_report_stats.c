// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a report counts with: spreads beside exact order statistics, plots
 * that keep sums whatever is merged, episodes, and who used most.
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

#include "../../tui/report.h"
#include "made.h"

#define SAMPLES 2000

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void near(double got, double want, double part)
{
	if (!(fabs(got - want) <= part * fabs(want)))
		fail_msg("%.9g is not within %g of %.9g", got, part, want);
}

static void spread_beside_sorted(void **state)
{
	static double sorted[SAMPLES];
	struct spread s = {0};
	struct made m;
	double sum = 0;

	(void)state;
	made_init(&m, 1);
	for (int i = 0; i < SAMPLES; i++) {
		sorted[i] = 300 * exp(2 * made_normal(&m));
		sum += sorted[i];
		assert_int_equal(spread_add(&s, sorted[i], 0.1), 0);
	}
	qsort(sorted, SAMPLES, sizeof(double), by_value);
	near(spread_mean(&s), sum / SAMPLES, 1e-9);
	assert_true(s.min == sorted[0] && s.max == sorted[SAMPLES - 1]);
	for (int pct = 1; pct < 100; pct++)
		near(spread_percentile(&s, pct),
		     sorted[(int)ceil(SAMPLES * pct / 100.0) - 1], 1.0 / 64);
	spread_free(&s);
}

static void spread_weighs(void **state)
{
	struct spread s = {0};

	(void)state;
	assert_true(isnan(spread_mean(&s)));
	assert_true(isnan(spread_percentile(&s, 50)));
	spread_add(&s, NAN, 5); /* was not measured: counts for nothing */
	assert_true(isnan(spread_mean(&s)));
	spread_add(&s, 0, 60);
	assert_null(s.buckets);
	assert_true(s.max == 0 && spread_percentile(&s, 99) == 0);
	spread_add(&s, 10, 30);
	spread_add(&s, 1e30, 10); /* beyond the last bucket */
	assert_true(spread_percentile(&s, 60) == 0);
	near(spread_percentile(&s, 61), 10, 1.0 / 64);
	near(spread_percentile(&s, 90), 10, 1.0 / 64);
	assert_true(spread_percentile(&s, 91) > 1e15);
	assert_true(spread_percentile(&s, 100) <= s.max);
	near(spread_mean(&s), (300 + 1e31) / 100, 1e-9);
	spread_free(&s);
}

/* Whatever their number and lengths, seconds and sums are those of samples. */
static void plots_keep_sums(void **state)
{
	const struct sp_field *f =
		sp_field_golden(SP_RES_CPU, SP_SIG_TRAFFIC, "util_pct");
	size_t field = (size_t)(f - sp_tables[SP_TABLE_GOLDEN].fields);

	(void)state;
	for (unsigned int seed = 0; seed < 20; seed++) {
		double seconds = 0, sum = 0, most = 0, t = 1e9;
		double got_s = 0, got = 0, got_most = 0;
		struct plot p;
		struct made m;

		made_init(&m, seed);
		assert_int_equal(plot_init(&p), 0);
		for (unsigned int i = 0; i < 100 * (seed + 1); i++) {
			double s = 1 + (seed % 3) * made_uniform(&m) * 30;
			double v = made_uniform(&m) * 100;

			t += made_uniform(&m) < 0.01 ? 1000 : 0;
			*made_golden(&m, "cpu.util_pct") = v;
			plot_add(&p, &m.frame, t, t + s);
			t += s;
			seconds += s;
			sum += v * s;
			most = fmax(most, v);
		}
		assert_true(p.used <= PLOT_BUCKETS);
		assert_true(p.start == 1e9);
		assert_true(p.start + p.width * p.used >= t - p.width * 0.2);
		for (size_t i = 0; i < PLOT_BUCKETS; i++) {
			const struct plot_bucket *b = &p.golden[field][i];

			assert_true(i < p.used || !(b->seconds > 0));
			got_s += b->seconds;
			got += b->sum;
			got_most = fmax(got_most, b->max);
		}
		/* But for what barely touches a bucket. */
		near(got_s, seconds, 0.1);
		near(got / got_s, sum / seconds, 0.05);
		assert_true(got_most == most);
		plot_free(&p);
	}
}

static void plot_status_is_the_worst(void **state)
{
	struct plot p;
	struct made m;

	(void)state;
	made_init(&m, 1);
	assert_int_equal(plot_init(&p), 0);
	for (int i = 0; i < 4 * PLOT_BUCKETS; i++) {
		m.frame.status[SP_RES_DISK] = i == 400 || i == 1003
						      ? SP_STATUS_CRITICAL
						      : SP_STATUS_OK;
		plot_add(&p, &m.frame, 1000 + i, 1001 + i);
	}
	assert_true(p.width == 4);
	/* One was first of each two, the other second. */
	assert_int_equal(p.status[SP_RES_DISK][100], SP_STATUS_CRITICAL);
	assert_int_equal(p.status[SP_RES_DISK][250], SP_STATUS_CRITICAL);
	assert_int_equal(p.status[SP_RES_DISK][99], SP_STATUS_OK);
	assert_int_equal(p.status[SP_RES_DISK][101], SP_STATUS_OK);
	plot_free(&p);
}

static void add_verdict(struct verdicts *v, struct made *m, int t)
{
	m->frame.time.tv_sec = t + 1;
	verdicts_add(v, &m->frame, t, t + 1);
}

static void episodes(void **state)
{
	struct verdicts *v = calloc(1, sizeof(*v));
	const struct episode *e = v->list;
	struct made m;

	(void)state;
	made_init(&m, 1);
	for (int t = 0; t < 100; t++) {
		memset(&m.frame.verdict, 0, sizeof(m.frame.verdict));
		if ((t >= 10 && t < 20) || t == 23)
			made_verdict(&m, SP_STATUS_WARNING, SP_RES_CPU,
				     SP_SIG_SATURATION, "some wait",
				     t < 13 ? "a" : "b");
		if (t == 15)
			made_verdict(&m, SP_STATUS_CRITICAL, SP_RES_CPU,
				     SP_SIG_SATURATION, "many wait", "b");
		if (t == 16) /* the worst of the moment hides it */
			made_verdict(&m, SP_STATUS_CRITICAL, SP_RES_DISK,
				     SP_SIG_ERRORS, "sda fails", NULL);
		if (t == 50)
			made_verdict(&m, SP_STATUS_WARNING, SP_RES_CPU,
				     SP_SIG_SATURATION, "again", NULL);
		add_verdict(v, &m, t);
	}
	verdicts_end(v);
	assert_int_equal(v->nr, 3);
	assert_true(e[0].begin == 10 && e[0].from == 10 && e[0].to == 24);
	assert_true(e[0].told_s == 10); /* not while another was told */
	assert_int_equal(e[0].worst, SP_STATUS_CRITICAL);
	assert_string_equal(e[0].text, "many wait");
	assert_string_equal(episode_culprit(&e[0])->comm, "b");
	assert_true(episode_culprit(&e[0])->seconds == 7);
	assert_int_equal(e[1].resource, SP_RES_DISK);
	assert_null(episode_culprit(&e[1]));
	assert_true(e[2].from == 50 && e[2].to == 51);
	free(v);
}

static void many_episodes_keep_the_worst(void **state)
{
	struct verdicts *v = calloc(1, sizeof(*v));
	struct made m;
	int critical = 0;

	(void)state;
	made_init(&m, 1);
	for (int i = 0; i < 3 * EPISODES_MAX; i++) {
		made_verdict(&m, i % 3 ? SP_STATUS_WARNING : SP_STATUS_CRITICAL,
			     SP_RES_CPU, SP_SIG_SATURATION, "x", NULL);
		add_verdict(v, &m, 100 * i);
	}
	verdicts_end(v);
	assert_int_equal(v->nr, EPISODES_MAX);
	assert_int_equal(v->left_out, 2 * EPISODES_MAX);
	assert_true(v->left_out_s == 2 * EPISODES_MAX);
	for (size_t i = 0; i < v->nr; i++) {
		critical += v->list[i].worst == SP_STATUS_CRITICAL;
		assert_true(!i || v->list[i - 1].from < v->list[i].from);
	}
	assert_int_equal(critical, EPISODES_MAX);
	free(v);
}

static void names_of_tasks(void **state)
{
	static const struct {
		const char *comm, *command, *name;
		bool kthread;
	} cases[] = {
		{"postgres", "postgres: writer", "postgres", false},
		{"python3", "/usr/bin/python3 -u /srv/app.py x",
		 "python3 app.py", false},
		{"python3.11", "python3.11 -c print(1)", "python3.11", false},
		{"java", "java -Xmx1g -jar /opt/s.jar", "java s.jar", false},
		{"bash", "-bash", "bash", false},
		{"sh", "", "sh", false},
		{"shutdown", "shutdown now", "shutdown", false},
		{"kworker/3:1-ev", "[kworker/3:1-ev]", "kworker", true},
		{"a/b", "a/b", "a/b", false},
	};
	char buf[TASK_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sp_task t;

		sp_field_row_clear(SP_TABLE_TASK, &t);
		snprintf(t.comm, sizeof(t.comm), "%s", cases[i].comm);
		snprintf(t.command, sizeof(t.command), "%s", cases[i].command);
		t.kthread = cases[i].kthread;
		assert_string_equal(task_name(buf, &t), cases[i].name);
	}
	{
		struct sp_task t;

		sp_field_row_clear(SP_TABLE_TASK, &t);
		snprintf(t.comm, sizeof(t.comm), "python3.11.12.1");
		memset(t.command, 'x', sizeof(t.command) - 1);
		t.command[1] = ' ';
		assert_int_equal(strlen(task_name(buf, &t)), TASK_NAME_MAX - 1);
	}
}

static void consumers_merge(void **state)
{
	struct consumers c = {0};
	const struct consumer *top[4];
	struct made m;
	struct sp_task *a, *b, *w;

	(void)state;
	made_init(&m, 1);
	a = made_task(&m, 10, "db");
	b = made_task(&m, 11, "db");
	w = made_task(&m, 12, "web");
	a->cpu_pct = 50;
	b->cpu_pct = 100;
	w->cpu_pct = 120;
	w->rss_bytes = 1e6;
	for (int i = 0; i < 10; i++) {
		made_next(&m, 2);
		if (i == 5)
			w->started += 1000; /* the same id, another task */
		a->started += i % 2 ? 1.5 : -1.5; /* clocks are corrected */
		assert_int_equal(consumers_add(&c, &m.frame, 2), 0);
	}
	assert_int_equal(consumers_top(c.tasks, USE_CPU, top, 4), 4);
	assert_int_equal(top[0]->key.pid, 11);
	near(top[0]->used[USE_CPU], 20, 1e-9);
	near(top[1]->used[USE_CPU], 12, 1e-9);
	near(top[2]->used[USE_CPU], 12, 1e-9);
	near(top[3]->used[USE_CPU], 10, 1e-9);
	assert_int_equal(consumers_top(c.tasks, USE_CPU, top, 2), 2);
	assert_int_equal(consumers_top(c.names, USE_CPU, top, 4), 2);
	assert_string_equal(top[0]->name, "db");
	near(top[0]->used[USE_CPU], 30, 1e-9);
	near(top[0]->peak[USE_CPU], 1.5, 1e-9);
	assert_int_equal(top[0]->tasks, 2);
	near(top[1]->used[USE_CPU], 24, 1e-9);
	assert_int_equal(top[1]->tasks, 1); /* at a time */
	assert_int_equal(consumers_top(c.names, USE_MEMORY, top, 4), 1);
	near(top[0]->used[USE_MEMORY], 20e6, 1e-9);
	assert_true(c.told[USE_CPU] && !c.told[USE_DISK]);
	near(c.all[USE_CPU], 54, 1e-9);
	consumers_free(&c);
}

/* More tasks than there is room for: sums stay, and so does who used most. */
static void consumers_are_bounded(void **state)
{
	struct consumers c = {0};
	const struct consumer *top[1];
	double sum = 0;
	struct made m;

	(void)state;
	made_init(&m, 1);
	for (int i = 0; i < 4 * CONSUMERS_MAX; i++) {
		char comm[16];
		struct sp_task *big, *t;

		m.frame.nr_tasks = 0;
		made_next(&m, 1);
		big = made_task(&m, 1, "big");
		big->cpu_pct = 1;
		snprintf(comm, sizeof(comm), "t%d", i);
		t = made_task(&m, 100 + i, comm);
		t->cpu_pct = made_uniform(&m);
		sum += (1 + t->cpu_pct) / 100;
		assert_int_equal(consumers_add(&c, &m.frame, 1), 0);
		assert_true(HASH_COUNT(c.tasks) <= CONSUMERS_MAX);
		assert_true(HASH_COUNT(c.names) <= CONSUMERS_MAX);
	}
	assert_int_equal(HASH_COUNT(c.tasks) + c.dropped_tasks,
			 4 * CONSUMERS_MAX + 1);
	near(c.all[USE_CPU], sum, 1e-9);
	assert_int_equal(consumers_top(c.tasks, USE_CPU, top, 1), 1);
	assert_string_equal(top[0]->name, "big");
	near(top[0]->used[USE_CPU], 4 * CONSUMERS_MAX / 100.0, 1e-9);
	consumers_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spread_beside_sorted),
		cmocka_unit_test(spread_weighs),
		cmocka_unit_test(plots_keep_sums),
		cmocka_unit_test(plot_status_is_the_worst),
		cmocka_unit_test(episodes),
		cmocka_unit_test(many_episodes_keep_the_worst),
		cmocka_unit_test(names_of_tasks),
		cmocka_unit_test(consumers_merge),
		cmocka_unit_test(consumers_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
