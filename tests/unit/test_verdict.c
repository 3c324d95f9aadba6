// SPDX-License-Identifier: GPL-2.0-only
/* The verdict of all resources: the worst, no flapping about a threshold, and texts. */
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

static void nothing_known_is_no_complaint(void **state)
{
	struct fixture *f = *state;

	judge(f);
	expect_ok(f);
	for (int i = 0; i < SP_RESOURCES; i++)
		assert_int_equal(f->frame.status[i], SP_STATUS_OK);
}

static void worst_wins(void **state)
{
	struct fixture *f = *state;

	f->totals.runq_urgent_ns = 1.5e9; /* a warning */
	f->frame.golden.memory_oom_kills_per_s = 1; /* critical */
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_MEMORY, SP_SIG_ERRORS);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_WARNING);
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
	f->config.thresholds.hysteresis_pct = 0;
	f->totals.runq_urgent_ns = 0.51 * 2e9;
	judge(f);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_WARNING);
	f->totals.runq_urgent_ns = 0.49 * 2e9;
	judge(f);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_OK);
}

/* Which of a row of samples complain, of one a second or ten. */
static void short_samples_are_confirmed(void **state)
{
	struct fixture *f = *state;
	const bool waits[] = {true, false, true, true, true, false, true};
	const bool want[] = {false, false, false, true, true, false, false};

	f->frame.interval_s = 0.1;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		f->totals.runq_urgent_ns = waits[i] ? 0.2e9 : 0;
		judge(f);
		assert_int_equal(f->frame.verdict.severity,
				 want[i] ? SP_STATUS_WARNING : SP_STATUS_OK);
	}
	/* What happened, happened. */
	f->frame.golden.memory_oom_kills_per_s = 10;
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_MEMORY, SP_SIG_ERRORS);
	/* And no interval at all says nothing. */
	f->frame.interval_s = 0.0001;
	judge(f);
	assert_int_equal(f->frame.verdict.severity, SP_STATUS_NONE);
	assert_int_equal(f->frame.status[SP_RES_CPU], SP_STATUS_NONE);
}

static void thresholds_are_those_given(void **state)
{
	struct fixture *f = *state;
	struct sp_threshold *t = &f->config.thresholds.rule[RULE_CPU_WAITING];

	f->totals.runq_urgent_ns = 6e9; /* 3 a CPU */
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_CPU, SP_SIG_SATURATION);
	*t = (struct sp_threshold){0.5, INFINITY};
	judge(f);
	expect(f, SP_STATUS_WARNING, SP_RES_CPU, SP_SIG_SATURATION);
	*t = (struct sp_threshold){INFINITY, 3};
	judge(f);
	expect(f, SP_STATUS_CRITICAL, SP_RES_CPU, SP_SIG_SATURATION);
	*t = (struct sp_threshold){INFINITY, INFINITY};
	judge(f);
	expect_ok(f);
}

/* Every rule by itself, with numbers as large as they get. */
static void texts_fit(void **state)
{
	struct fixture *f = *state;
	struct sp_golden *g = &f->frame.golden;
	struct evidence e = {.frame = &f->frame,
			     .g = g,
			     .totals = &f->totals,
			     .listener = &f->listener,
			     .ease = 1};
	double *numbers = (double *)g;

	for (size_t i = 0; i < sizeof(*g) / sizeof(*numbers); i++)
		numbers[i] = 123456789;
	for (int i = 0; i < 2; i++) {
		memset(f->disks[i].name, 'd', sizeof(f->disks[i].name) - 1);
		memset(f->nets[i].name, 'n', sizeof(f->nets[i].name) - 1);
		f->disks[i].reads_per_s = f->disks[i].read_mean_us = 123456789;
		f->disks[i].queue_depth = f->disks[i].errors_per_s = 123456789;
		f->disks[i].util_pct = 100;
		f->nets[i].tx_bits_per_s = f->nets[i].backlog_bytes = 123456789;
		f->nets[i].queue_us = f->nets[i].shaper_bits_per_s = 123456789;
		f->nets[i].rx_drops_per_s = f->nets[i].rx_errors_per_s =
			1234567;
		f->nets[i].rx_packets_per_s = f->nets[i].tx_packets_per_s = 1e9;
	}
	f->totals.runq_urgent_ns = 123456789e9;
	f->listener =
		(struct verdict_listener){65535, 4000000, 4000000, 1, 100};
	for (int i = 0; i < VERDICT_RULES; i++) {
		char text[512] = "";
		double v = verdict_rules[i].value(&e);

		if (isnan(v))
			fail_msg("%s has no value", verdict_rules[i].key);
		verdict_rules[i].text(text, sizeof(text), &e, v);
		if (strlen(text) < 10 ||
		    strlen(text) >= sizeof(f->frame.verdict.text))
			fail_msg("%s: %s", verdict_rules[i].key, text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		JUDGED(nothing_known_is_no_complaint),
		JUDGED(worst_wins),
		JUDGED(hysteresis),
		JUDGED(short_samples_are_confirmed),
		JUDGED(thresholds_are_those_given),
		JUDGED(texts_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
