// SPDX-License-Identifier: GPL-2.0-only
/*
 * Alerts: when one fires and when it is over, by made frames a second apart;
 * and what is told of it.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/wire.h>

#include "alert_bed.h"

static void fires_after_a_time(void **state)
{
	struct bed *b = *state;
	const struct sp_alert *r;

	start(b, CPU "for = 5s\nclear = 80\nclear_for = 3s\n");
	b->frame.golden.cpu_util_pct = 90; /* not above */
	frames(b, 10);
	rows(b, 0);
	b->frame.golden.cpu_util_pct = 95;
	frames(b, 4);
	assert_int_equal(b->fired, 0);
	r = rows(b, 1);
	assert_string_equal(r->state, "pending");
	frames(b, 1);
	assert_string_equal(b->log, "firing busy,");
	r = rows(b, 1);
	assert_string_equal(r->state, "firing");
	assert_string_equal(r->name, "busy");
	assert_string_equal(r->key, "golden.cpu.util_pct");
	assert_true(r->value == 95 && r->threshold == 90);
	assert_true(r->since == 1000010);
	frames(b, 100);
	assert_int_equal(b->fired, 1);
}

static void a_burst_is_none(void **state)
{
	struct bed *b = *state;

	start(b, CPU "for = 5s\nclear = 80\n");
	for (int i = 0; i < 20; i++) {
		b->frame.golden.cpu_util_pct = 95;
		frames(b, 4);
		b->frame.golden.cpu_util_pct = 10;
		frames(b, 1);
		rows(b, 0);
	}
	assert_string_equal(b->log, "");
}

static void hysteresis(void **state)
{
	struct bed *b = *state;

	start(b, CPU "for = 1s\nclear = 80\nclear_for = 3s\n");
	b->frame.golden.cpu_util_pct = 95;
	frames(b, 1);
	for (int i = 0; i < 50; i++) {
		b->frame.golden.cpu_util_pct = 80.5; /* better, not over */
		frames(b, 10);
		b->frame.golden.cpu_util_pct = 50; /* not for long enough */
		frames(b, 2);
	}
	assert_string_equal(b->log, "firing busy,");
	b->frame.golden.cpu_util_pct = 80;
	frames(b, 1);
	assert_int_equal(b->over, 1);
	rows(b, 0);
}

/* Between the levels it neither counts towards firing nor starts again. */
static void between_the_levels(void **state)
{
	struct bed *b = *state;

	start(b, CPU "for = 5s\nclear = 80\n");
	for (int i = 0; i < 4; i++) {
		b->frame.golden.cpu_util_pct = 95;
		frames(b, 1);
		b->frame.golden.cpu_util_pct = 85;
		frames(b, 5);
	}
	assert_int_equal(b->fired, 0);
	b->frame.golden.cpu_util_pct = 95;
	frames(b, 1);
	assert_int_equal(b->fired, 1);
}

static void flapping_is_damped(void **state)
{
	struct bed *b = *state;

	start(b, CPU "for = 1s\nclear = 80\nclear_for = 10s\n");
	/* Bad for a second in every fifteen, for an hour. */
	for (int i = 0; i < 240; i++) {
		b->frame.golden.cpu_util_pct = 95;
		frames(b, 1);
		b->frame.golden.cpu_util_pct = 10;
		frames(b, 14);
	}
	assert_int_equal(b->fired, 2);
	assert_int_equal(b->over, 1);
	/* It ends by and by, and is forgotten in the end. */
	frames(b, 30);
	assert_int_equal(b->over, 2);
	frames(b, 700);
	b->frame.golden.cpu_util_pct = 95;
	frames(b, 1);
	assert_int_equal(b->fired, 3);
	assert_int_equal(b->flaps, 0);
}

static void absent_is_no_complaint(void **state)
{
	struct bed *b = *state;

	start(b, "[alert idle]\nwhen = golden.cpu.util_pct < 5\nfor = 1s\n"
		 "clear_for = 2s\n");
	frames(b, 10);
	assert_string_equal(b->log, "");
	b->frame.golden.cpu_util_pct = 4;
	frames(b, 1);
	assert_int_equal(b->fired, 1);
	b->frame.golden.cpu_util_pct = NAN;
	frames(b, 2);
	assert_int_equal(b->over, 1);
}

static void each_row_by_itself(void **state)
{
	struct bed *b = *state;

	start(b, "[alert slow]\nwhen = disks.read_p99_us >= 1000\nfor = 2s\n"
		 "clear_for = 2s\non = sd*\n");
	for (int i = 0; i < BED_DISKS; i++)
		b->disks[i].read_p99_us = 5000;
	b->disks[1].read_p99_us = 1;
	frames(b, 1);
	b->disks[1].read_p99_us = 1000;
	frames(b, 1);
	assert_string_equal(b->log, "firing slow/sda,");
	b->frame.nr_disks = 2;
	b->disks[0].read_p99_us = 1;
	frames(b, 2);
	assert_string_equal(b->log,
			    "firing slow/sda,firing slow/sdb,over slow/sda,");
	/* One that is gone complains no more. */
	b->frame.nr_disks = 1;
	frames(b, 2);
	assert_int_equal(b->over, 2);
	rows(b, 0);
}

static void status(void **state)
{
	struct bed *b = *state;

	start(b, "[alert disk]\nwhen = status.disk >= warning\nfor = 0\n"
		 "clear_for = 0\n");
	b->frame.status[SP_RES_CPU] = SP_STATUS_CRITICAL;
	frames(b, 3);
	b->frame.status[SP_RES_DISK] = SP_STATUS_OK;
	frames(b, 3);
	assert_string_equal(b->log, "");
	b->frame.status[SP_RES_DISK] = SP_STATUS_CRITICAL;
	frames(b, 1);
	b->frame.status[SP_RES_DISK] = SP_STATUS_WARNING;
	frames(b, 1);
	assert_string_equal(b->log, "firing disk,");
	b->frame.status[SP_RES_DISK] = SP_STATUS_OK;
	frames(b, 1);
	assert_string_equal(b->log, "firing disk,over disk,");
}

static void the_worst_first(void **state)
{
	struct bed *b = *state;
	const struct sp_alert *r;

	start(b, "[alert a]\nwhen = golden.cpu.util_pct > 1\nfor = 1h\n"
		 "severity = critical\n"
		 "[alert b]\nwhen = golden.cpu.util_pct > 1\nfor = 0\n"
		 "[alert c]\nwhen = golden.cpu.util_pct > 1\nfor = 0\n"
		 "severity = critical\n");
	b->frame.golden.cpu_util_pct = 50;
	frames(b, 1);
	r = rows(b, 3);
	assert_string_equal(r[0].name, "c");
	assert_string_equal(r[1].name, "b");
	assert_string_equal(r[2].name, "a");
}

/* Ten thousand tasks are no ten thousand alerts; and what is over makes room
 * for what is not. */
static void bounded(void **state)
{
	struct bed *b = *state;

	start(b, "[alert fat]\nwhen = tasks.rss_bytes > 100\nfor = 0\n"
		 "clear_for = 0\n"
		 "[alert busy]\nwhen = golden.cpu.util_pct > 90\nfor = 0\n");
	b->frame.nr_tasks = BED_TASKS;
	b->frame.golden.cpu_util_pct = 100;
	for (int i = 0; i < BED_TASKS; i++)
		b->tasks[i].rss_bytes = 1000;
	frames(b, 1);
	rows(b, SP_ALERTS_OF_RULE + 1);
	assert_int_equal(sp_alerts_dropped(b->alerts),
			 BED_TASKS - SP_ALERTS_OF_RULE);
	for (int i = 0; i < BED_TASKS / 2; i++)
		b->tasks[i].rss_bytes = 1;
	frames(b, 1);
	assert_int_equal(b->over, SP_ALERTS_OF_RULE);
	rows(b, SP_ALERTS_OF_RULE + 1);
	assert_int_equal(b->fired, 2 * SP_ALERTS_OF_RULE + 1);
}

static void other_rules(void **state)
{
	struct bed *b = *state;
	char err[256];

	start(b, "[alert x]\nwhen = golden.cpu.util_pct > 90\nfor = 0\n"
		 "[alert y]\nwhen = golden.cpu.util_pct > 90\nfor = 0\n"
		 "[alert z]\nwhen = golden.cpu.util_pct > 90\nfor = 10s\n");
	b->frame.golden.cpu_util_pct = 95;
	frames(b, 5);
	/* x is gone; y and z go on where they were, z sooner. */
	assert_int_equal(
		configure(b,
			  "[alert z]\nwhen = golden.cpu.util_pct > 91\n"
			  "for = 7s\n"
			  "[alert y]\nwhen = golden.cpu.util_pct > 70\n",
			  err),
		0);
	sp_alerts_set_config(b->alerts, &b->config, bed_changed, b);
	assert_string_equal(b->log, "firing x,firing y,over x,");
	frames(b, 1);
	assert_int_equal(b->fired, 2);
	frames(b, 1);
	assert_string_equal(b->log, "firing x,firing y,over x,firing z,");
	rows(b, 2);
}

/* Viewers and recordings have them as they have all rows. */
static void on_the_wire(void **state)
{
	struct bed *b = *state;
	struct sp_wire_encoder *e;
	struct sp_wire_decoder *d;
	struct sp_wire_select select;
	struct sp_bytes schema = {0}, bytes = {0};
	const struct sp_frame *got;

	start(b, "[alert slow]\nwhen = disks.read_p99_us >= 1000\nfor = 0\n"
		 "runbook = https://example.org/slow\n");
	b->disks[1].read_p99_us = 5000;
	frames(b, 1);
	b->frame.alerts = sp_alerts_rows(b->alerts, &b->frame.nr_alerts);
	sp_wire_select_all(&select);
	assert_int_equal(sp_wire_encoder_open(&e, &select), 0);
	sp_wire_schema(e, &schema);
	sp_wire_encode(e, &b->frame, &bytes);
	sp_wire_encoder_close(e);
	assert_int_equal(sp_wire_decoder_open(&d, schema.data, schema.len), 0);
	assert_int_equal(sp_wire_decode(d, bytes.data, bytes.len, &got), 0);
	assert_int_equal(got->nr_alerts, 1);
	assert_string_equal(got->alerts[0].name, "slow");
	assert_string_equal(got->alerts[0].on, "sdb");
	assert_string_equal(got->alerts[0].state, "firing");
	assert_string_equal(got->alerts[0].runbook, "https://example.org/slow");
	assert_true(got->alerts[0].value == 5000);
	sp_wire_decoder_close(d);
	sp_bytes_free(&schema);
	sp_bytes_free(&bytes);
}

static char told[512];

static void keep_text(void *ctx, const struct sp_alert_event *e)
{
	(void)ctx;
	sp_alert_text(told, sizeof(told), e);
}

static void text(void **state)
{
	struct bed *b = *state;

	start(b, "[alert slow]\nwhen = disks.read_p99_us >= 1000\nfor = 0\n"
		 "clear_for = 0\nsummary = it crawls\nseverity = critical\n");
	strcpy(b->disks[1].name, "a\nb\xff");
	b->disks[1].read_p99_us = 1234.5678;
	b->frame.verdict.severity = SP_STATUS_WARNING;
	strcpy(b->frame.verdict.text, "disk latency");
	sp_alerts_evaluate(b->alerts, &b->frame, keep_text, NULL);
	assert_string_equal(told,
			    "critical slow of a?b\xef\xbf\xbd: it crawls: "
			    "disks.read_p99_us is 1234.568 (limit: at "
			    "least 1000); verdict: disk latency");
	b->frame.nr_disks = 1;
	sp_alerts_evaluate(b->alerts, &b->frame, keep_text, NULL);
	assert_string_equal(told, "over: slow of a?b\xef\xbf\xbd: it crawls: "
				  "disks.read_p99_us is not measured (limit: "
				  "at least 1000)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		BED(fires_after_a_time),
		BED(a_burst_is_none),
		BED(hysteresis),
		BED(between_the_levels),
		BED(flapping_is_damped),
		BED(absent_is_no_complaint),
		BED(each_row_by_itself),
		BED(status),
		BED(the_worst_first),
		BED(bounded),
		BED(other_rules),
		BED(on_the_wire),
		BED(text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
