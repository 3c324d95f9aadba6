// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysperf diff as a whole, over made-up recordings whose signals are skewed
 * and alike from sample to sample: how often it cries wolf, and what it finds.
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

#include "../../tui/diff.h"
#include "made.h"

#define TRIALS 300 /* of the rate of false alarms */

/* What differs from the usual recording. */
struct world {
	unsigned int samples;
	double interval;
	double phi; /* how alike neighbours are */
	double p99; /* factor of the run-queue wait's 99th percentile */
	double rx; /* of what is received */
	double errors; /* a second, of TCP segments sent again */
	double cpu; /* of what the database uses */
	const char *extra; /* a task that runs besides */
};

static const struct world usual = {
	.samples = 240, .interval = 1, .phi = 0.5, .p99 = 1, .rx = 1, .cpu = 1};

#define SIGNALS 20

static void fill(struct made *m, const struct world *w, double *x)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	char *golden = (char *)&m->frame.golden;

	for (int i = 0; i < SIGNALS; i++)
		x[i] = w->phi * x[i] +
		       sqrt(1 - w->phi * w->phi) * made_normal(m);
	/* The first signals of the table, and those that tests are about. */
	for (int i = 0; i < SIGNALS - 3; i++)
		*(double *)(void *)(golden + t->fields[i].offset) =
			500 * exp(0.4 * x[i]);
	*made_golden(m, "cpu.runq_wait_p99_us") =
		400 * exp(0.2 * x[SIGNALS - 3]) * w->p99;
	*made_golden(m, "network.rx_bits_per_s") =
		1e7 * exp(0.3 * x[SIGNALS - 2]) * w->rx;
	*made_golden(m, "network.retransmits_per_s") =
		made_uniform(m) < w->errors * w->interval ? 1 / w->interval : 0;
	m->tasks[0].cpu_pct = 40 * exp(0.3 * x[SIGNALS - 1]) * w->cpu;
}

static struct diff_side *record(const struct world *w, uint64_t seed)
{
	struct diff_side *s = diff_side_new();
	double x[SIGNALS];
	struct made m;

	made_init(&m, seed);
	for (int i = 0; i < SIGNALS; i++)
		x[i] = made_normal(&m);
	made_task(&m, 10, "db");
	made_task(&m, 11, "idle")->cpu_pct = 0;
	if (w->extra)
		made_task(&m, 12, w->extra)->cpu_pct = 30;
	for (unsigned int i = 0; i < w->samples; i++) {
		made_next(&m, w->interval * (1 + 0.002 * made_uniform(&m)));
		fill(&m, w, x);
		assert_int_equal(diff_side_add(s, &m.frame), 0);
	}
	return s;
}

struct compared {
	struct diff_side *a, *b;
	struct diff_result r;
};

static void compare(struct compared *c, const struct world *a,
		    const struct world *b, uint64_t seed, double threshold)
{
	c->a = record(a, 2 * seed + 1);
	c->b = record(b, 2 * seed + 2);
	assert_int_equal(diff_judge(&c->r, c->a, c->b, threshold), 0);
}

static void forget(struct compared *c)
{
	diff_side_free(c->a);
	diff_side_free(c->b);
	diff_result_free(&c->r);
}

static const struct diff_row *find(const struct compared *c, const char *name,
				   const char *key)
{
	for (size_t i = 0; i < c->r.nr; i++)
		if (!strcmp(c->r.rows[i].name, name) &&
		    !strcmp(c->r.rows[i].field.key, key))
			return &c->r.rows[i];
	fail_msg("%s %s was not compared", name, key);
	return NULL;
}

static int false_alarms(const struct world *w)
{
	int alarms = 0;

	for (int i = 0; i < TRIALS; i++) {
		struct compared c;

		compare(&c, w, w, 1000 + i, DIFF_THRESHOLD_PCT);
		alarms += c.r.count[DIFF_WORSE] + c.r.count[DIFF_BETTER] +
				  c.r.count[DIFF_CHANGED] >
			  0;
		forget(&c);
	}
	return alarms;
}

/* Two in a hundred is what may be; more than four would hardly be chance. */
static void seldom_cries_wolf(void **state)
{
	static const double phis[] = {0, 0.5, 0.8};
	static const unsigned int lengths[] = {20, 60, 240};

	(void)state;
	for (int p = 0; p < 3; p++)
		for (int l = 0; l < 3; l++) {
			struct world w = usual;
			int alarms;

			w.phi = phis[p];
			w.samples = lengths[l];
			w.errors = 0.05;
			alarms = false_alarms(&w);
			print_message("likeness %.1f, %u samples: %d of %d\n",
				      w.phi, w.samples, alarms, TRIALS);
			assert_true(alarms <= TRIALS * 4 / 100);
		}
}

static void a_shift_is_found(void **state)
{
	struct world a = usual, b = usual;
	int found = 0, others = 0;

	(void)state;
	a.samples = b.samples = 600; /* ten minutes */
	b.p99 = 1.2;
	for (int i = 0; i < 50; i++) {
		struct compared c;
		const struct diff_row *row;

		compare(&c, &a, &b, i, DIFF_THRESHOLD_PCT);
		row = find(&c, "", "runq_wait_p99_us");
		found += row->outcome == DIFF_WORSE && row->change_pct > 10 &&
			 row->change_pct < 30;
		others += c.r.count[DIFF_WORSE] > (row->outcome == DIFF_WORSE);
		forget(&c);
	}
	print_message("20%%: found in %d of 50\n", found);
	assert_true(found >= 40);
	assert_true(others <= 2);
}

static void better_is_no_regression(void **state)
{
	struct world b = usual;
	struct compared c;

	(void)state;
	b.p99 = 0.5;
	compare(&c, &usual, &b, 1, DIFF_THRESHOLD_PCT);
	assert_int_equal(find(&c, "", "runq_wait_p99_us")->outcome,
			 DIFF_BETTER);
	assert_int_equal(c.r.count[DIFF_WORSE], 0);
	forget(&c);
}

/* However sure, what is below the threshold does not count. */
static void the_threshold_holds(void **state)
{
	struct world a = usual, b = usual;
	struct compared c;

	(void)state;
	a.samples = b.samples = 4000;
	b.p99 = 1.06;
	compare(&c, &a, &b, 1, DIFF_THRESHOLD_PCT);
	assert_true(find(&c, "", "runq_wait_p99_us")->p < DIFF_ALPHA);
	assert_int_equal(find(&c, "", "runq_wait_p99_us")->outcome, DIFF_SAME);
	forget(&c);
	compare(&c, &a, &b, 1, 3);
	assert_int_equal(find(&c, "", "runq_wait_p99_us")->outcome, DIFF_WORSE);
	forget(&c);
}

static void traffic_only_changes(void **state)
{
	struct world b = usual;
	struct compared c;

	(void)state;
	b.rx = 3;
	compare(&c, &usual, &b, 1, DIFF_THRESHOLD_PCT);
	assert_int_equal(find(&c, "", "rx_bits_per_s")->outcome, DIFF_CHANGED);
	assert_int_equal(c.r.count[DIFF_WORSE], 0);
	forget(&c);
}

static void errors_from_none(void **state)
{
	struct world b = usual;
	struct compared c;
	const struct diff_row *row;

	(void)state;
	b.errors = 0.2;
	compare(&c, &usual, &b, 1, DIFF_THRESHOLD_PCT);
	row = find(&c, "", "retransmits_per_s");
	assert_int_equal(row->outcome, DIFF_WORSE);
	assert_true(isinf(row->change_pct) && row->change_pct > 0);
	assert_true(row->a == 0);
	forget(&c);
}

static void tasks_by_name(void **state)
{
	struct world b = usual;
	struct compared c;

	(void)state;
	b.cpu = 2;
	b.extra = "new";
	compare(&c, &usual, &b, 1, DIFF_THRESHOLD_PCT);
	assert_int_equal(find(&c, "db", "cpus")->outcome, DIFF_CHANGED);
	assert_true(fabs(find(&c, "db", "cpus")->change_pct - 100) < 20);
	assert_int_equal(find(&c, "new", "cpus")->outcome, DIFF_CHANGED);
	assert_true(find(&c, "new", "cpus")->a == 0);
	assert_true(isinf(find(&c, "new", "cpus")->change_pct));
	for (size_t i = 0; i < c.r.nr; i++)
		assert_true(strcmp(c.r.rows[i].name, "idle") != 0);
	forget(&c);
}

/* A task that comes late was not there before, which is not unknown. */
static void a_task_that_comes_late(void **state)
{
	struct diff_side *s = diff_side_new();
	struct made m;

	(void)state;
	made_init(&m, 1);
	made_task(&m, 1, "a")->cpu_pct = 10;
	for (int i = 0; i < 1000; i++) {
		if (i == 750)
			made_task(&m, 2, "late")->cpu_pct = 100;
		made_next(&m, 1);
		assert_int_equal(diff_side_add(s, &m.frame), 0);
	}
	for (struct diff_name *n = s->names; n; n = n->hh.next) {
		double mean = diff_series_mean(&n->use[USE_CPU]);

		assert_true(fabs(mean - (*n->name == 'a' ? 0.1 : 0.25)) < 1e-9);
	}
	diff_side_free(s);
}

static void few_samples_are_not_judged(void **state)
{
	struct world b = usual;
	struct compared c;

	(void)state;
	b.samples = 19;
	b.p99 = 10;
	compare(&c, &usual, &b, 1, DIFF_THRESHOLD_PCT);
	assert_int_equal(c.r.count[DIFF_UNKNOWN], c.r.nr);
	assert_string_equal(find(&c, "", "runq_wait_p99_us")->why,
			    "too few samples");
	forget(&c);
}

/* One slow wave: a stretch of it says nothing of another. */
static void trends_are_not_judged(void **state)
{
	struct world a = usual;
	struct compared c;

	(void)state;
	a.phi = 0.999;
	compare(&c, &a, &a, 1, DIFF_THRESHOLD_PCT);
	assert_string_equal(find(&c, "", "runq_wait_p99_us")->why,
			    "neighbouring samples are too alike");
	forget(&c);
}

static void lengths_of_samples_matter(void **state)
{
	struct world a = usual, b = usual;
	struct compared c;

	(void)state;
	a.samples = 2400;
	b.interval = 10;
	b.phi = 0;
	b.samples = 240;
	compare(&c, &a, &b, 1, DIFF_THRESHOLD_PCT);
	assert_string_equal(find(&c, "", "runq_wait_p99_us")->why,
			    "samples are of different lengths");
	assert_string_equal(find(&c, "", "rx_bits_per_s")->why, "");
	assert_true(find(&c, "", "rx_bits_per_s")->block_s > 9);
	forget(&c);
}

static void many_names_are_bounded(void **state)
{
	struct diff_side *s = diff_side_new();
	struct made m;

	(void)state;
	made_init(&m, 1);
	for (int i = 0; i < 3000; i++) {
		char comm[16];

		snprintf(comm, sizeof(comm), "t%d", i);
		m.frame.nr_tasks = 0;
		made_task(&m, 1, "big")->cpu_pct = 50;
		made_task(&m, 2 + i, comm)->cpu_pct = made_uniform(&m);
		made_next(&m, 1);
		assert_int_equal(diff_side_add(s, &m.frame), 0);
		assert_true(HASH_COUNT(s->names) <= 512);
	}
	assert_int_equal(HASH_COUNT(s->names) + s->dropped, 3001);
	diff_side_free(s);
}

static char *written(const struct compared *c, bool json, int width)
{
	struct diff_head h = {"a.spr", "b\033.spr", c->a, c->b,
			      DIFF_THRESHOLD_PCT};
	char *s = NULL;
	size_t len;
	FILE *f = open_memstream(&s, &len);

	if (json)
		assert_int_equal(diff_json(f, &h, &c->r), 0);
	else
		diff_text(f, &h, &c->r, width);
	fclose(f);
	return s;
}

static void both_formats(void **state)
{
	struct world b = usual;
	struct compared c;
	char *s;

	(void)state;
	b.p99 = 2;
	b.errors = 0.3;
	compare(&c, &usual, &b, 1, DIFF_THRESHOLD_PCT);
	s = written(&c, false, 132);
	assert_non_null(strstr(s, "worse    cpu     latency    p99 "));
	assert_non_null(strstr(s, "  from 0 "));
	assert_non_null(strstr(s, "numbers got worse by 10 % or more"));
	free(s);
	for (int width = 20; width < 300; width += 7) {
		char *line, *end;

		s = line = written(&c, false, width);
		assert_null(strchr(s, '\033'));
		for (; (end = strchr(line, '\n')); line = end + 1)
			assert_true(end - line <= width);
		free(s);
	}
	s = written(&c, true, 0);
	assert_non_null(strstr(s, "\"regression\":true"));
	assert_non_null(strstr(s, "\"change_pct\":null"));
	assert_true(strchr(s, '\n') == s + strlen(s) - 1);
	free(s);
	forget(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seldom_cries_wolf),
		cmocka_unit_test(a_shift_is_found),
		cmocka_unit_test(better_is_no_regression),
		cmocka_unit_test(the_threshold_holds),
		cmocka_unit_test(traffic_only_changes),
		cmocka_unit_test(errors_from_none),
		cmocka_unit_test(tasks_by_name),
		cmocka_unit_test(a_task_that_comes_late),
		cmocka_unit_test(few_samples_are_not_judged),
		cmocka_unit_test(trends_are_not_judged),
		cmocka_unit_test(lengths_of_samples_matter),
		cmocka_unit_test(many_names_are_bounded),
		cmocka_unit_test(both_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
