// SPDX-License-Identifier: GPL-2.0-only
/*
 * Alerts: what the configuration may say, when one fires and when it is over,
 * by made frames a second apart.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/alerts.h>
#include <sysperf/wire.h>

#define DISKS 3
#define TASKS 400

struct bed {
	struct sp_alert_config config;
	struct sp_alerts *alerts;
	struct sp_frame frame;
	struct sp_disk disks[DISKS];
	struct sp_task tasks[TASKS];
	/* The changes that were told. */
	char log[4096];
	unsigned int fired, over, flaps;
	double lasted_s;
};

static int setup(void **state)
{
	struct bed *b = calloc(1, sizeof(*b));
	static const char *const names[DISKS] = {"sda", "sdb", "nvme0n1"};

	sp_field_row_clear(SP_TABLE_GOLDEN, &b->frame.golden);
	b->frame.interval_s = 1;
	b->frame.time.tv_sec = 1000000;
	b->frame.disks = b->disks;
	b->frame.nr_disks = DISKS;
	for (int i = 0; i < DISKS; i++) {
		sp_field_row_clear(SP_TABLE_DISK, &b->disks[i]);
		snprintf(b->disks[i].name, sizeof(b->disks[i].name), "%s",
			 names[i]);
	}
	b->frame.tasks = b->tasks;
	for (int i = 0; i < TASKS; i++) {
		sp_field_row_clear(SP_TABLE_TASK, &b->tasks[i]);
		b->tasks[i].tid = i + 1;
	}
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bed *b = *state;

	sp_alerts_close(b->alerts);
	free(b);
	return 0;
}

static void changed(void *ctx, const struct sp_alert_event *e)
{
	struct bed *b = ctx;
	size_t n = strlen(b->log);

	snprintf(b->log + n, sizeof(b->log) - n, "%s %s%s%s,",
		 e->firing ? "firing" : "over", e->alert->name,
		 *e->alert->on ? "/" : "", e->alert->on);
	*(e->firing ? &b->fired : &b->over) += 1;
	b->flaps = e->flaps;
	b->lasted_s = e->lasted_s;
}

/* Lines "[section]" and "key = value"; shipped rules are left out. */
static int configure(struct bed *b, const char *text, char *err)
{
	char section[80] = "", key[80], value[300];
	unsigned int line = 0;
	int ret = 0;

	memset(&b->config, 0, sizeof(b->config));
	b->config.hooks_most = 4;
	while (*text && !ret) {
		line++;
		if (sscanf(text, "[%79[^]]]", section) == 1)
			;
		else if (sscanf(text, "%79s = %299[^\n]", key, value) == 2)
			ret = sp_alert_config_set(&b->config, section, key,
						  value, line, err, 256);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return ret ? ret : sp_alert_config_check(&b->config, &line, err, 256);
}

static void start(struct bed *b, const char *text)
{
	char err[256] = "";

	if (configure(b, text, err))
		fail_msg("%s", err);
	assert_int_equal(sp_alerts_open(&b->alerts, &b->config), 0);
}

/* So many frames of a second. */
static void frames(struct bed *b, int n)
{
	while (n--) {
		b->frame.time.tv_sec++;
		sp_alerts_evaluate(b->alerts, &b->frame, changed, b);
	}
}

static const struct sp_alert *rows(struct bed *b, size_t expected)
{
	size_t nr;
	const struct sp_alert *r = sp_alerts_rows(b->alerts, &nr);

	assert_int_equal(nr, expected);
	return r;
}

#define CPU "[alert busy]\nwhen = golden.cpu.util_pct > 90\n"

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
	for (int i = 0; i < DISKS; i++)
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
	b->frame.nr_tasks = TASKS;
	b->frame.golden.cpu_util_pct = 100;
	for (int i = 0; i < TASKS; i++)
		b->tasks[i].rss_bytes = 1000;
	frames(b, 1);
	rows(b, SP_ALERTS_OF_RULE + 1);
	assert_int_equal(sp_alerts_dropped(b->alerts),
			 TASKS - SP_ALERTS_OF_RULE);
	for (int i = 0; i < TASKS / 2; i++)
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
	sp_alerts_set_config(b->alerts, &b->config, changed, b);
	assert_string_equal(b->log, "firing x,firing y,over x,");
	frames(b, 1);
	assert_int_equal(b->fired, 2);
	frames(b, 1);
	assert_string_equal(b->log, "firing x,firing y,over x,firing z,");
	rows(b, 2);
}

static void shipped_rules(void **state)
{
	struct bed *b = *state;
	unsigned int line;
	char err[256] = "";

	sp_alert_config_init(&b->config);
	assert_int_equal(
		sp_alert_config_check(&b->config, &line, err, sizeof(err)), 0);
	assert_true(b->config.nr >= 10);
	for (size_t i = 0; i < b->config.nr; i++) {
		const struct sp_alert_rule *r = &b->config.rules[i];

		assert_true(*r->key && *r->summary && r->clear_for_s > 0);
	}
	assert_int_equal(sp_alerts_open(&b->alerts, &b->config), 0);
	/* A machine with nothing wrong, as far as is known. */
	frames(b, 1000);
	for (int i = 0; i < SP_RESOURCES; i++)
		b->frame.status[i] = SP_STATUS_OK;
	b->frame.golden.cpu_util_pct = 100;
	b->frame.golden.memory_oom_kills_per_s = 0;
	frames(b, 1000);
	assert_string_equal(b->log, "");
	b->frame.golden.memory_oom_kills_per_s = 0.01;
	frames(b, 1);
	assert_string_equal(b->log, "firing oom-kill,");
}

static void a_rule_is_changed_or_off(void **state)
{
	struct bed *b = *state;
	char err[256];
	unsigned int line;

	sp_alert_config_init(&b->config);
	assert_int_equal(sp_alert_config_set(&b->config, "alert oom-kill",
					     "when", "off", 1, err, 256),
			 0);
	assert_int_equal(sp_alert_config_set(&b->config, "alert disk-errors",
					     "severity", "warning", 2, err,
					     256),
			 0);
	assert_int_equal(
		sp_alert_config_check(&b->config, &line, err, sizeof(err)), 0);
	assert_int_equal(sp_alerts_open(&b->alerts, &b->config), 0);
	b->frame.golden.memory_oom_kills_per_s = 5;
	b->disks[2].errors_per_s = 1;
	frames(b, 1);
	assert_string_equal(b->log, "firing disk-errors/nvme0n1,");
	assert_string_equal(rows(b, 1)->severity, "warning");
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *text, *err;
	} cases[] = {
		{"[alert a b]\nwhen = off\n", "is no name"},
		{"[alert a]\nfor = 5s\n", "does not say when"},
		{"[alert a]\nfro = 5s\n", "no key 'fro' in [alert a]"},
		{CPU "when = off\n", "when is there already, in line 2"},
		{CPU "for = 8d\n", "for: '8d' is no duration"},
		{CPU "for = -1s\n", "no duration"},
		{CPU "for = 5 s\n", "no duration"},
		{CPU "severity = bad\n", "is not warning or critical"},
		{CPU "clear = 91\n", "would end as it begins"},
		{CPU "clear = warning\n", "not a number"},
		{"[alert a]\nclear = 1\n", "clear stands before when"},
		{"[alert a]\nwhen = golden.cpu.util_pct 5\n", "KEY OP VALUE"},
		{"[alert a]\nwhen = golden.cpu.util_pct == 5\n", "KEY OP"},
		{"[alert a]\nwhen = golden.cpu.util_pct >\n", "not a number"},
		{"[alert a]\nwhen = golden.cpu.util_pct > nan\n",
		 "not a number"},
		{"[alert a]\nwhen = golden.cpu.reads_per_s > 1\n", "no number"},
		{"[alert a]\nwhen = golden.gpu.util_pct > 1\n", "no number"},
		{"[alert a]\nwhen = disks.name > 1\n", "no number"},
		{"[alert a]\nwhen = disks > 1\n", "no number"},
		{"[alert a]\nwhen = alerts.value > 1\n", "no number"},
		{"[alert a]\nwhen = status.gpu > ok\n", "no number"},
		{"[alert a]\nwhen = status.cpu > 1\n", "ok, warning or"},
		{"[alerts]\nhook = run me\n", "no absolute path"},
		{"[alerts]\nhook_limit = 2h\n", "no duration"},
		{"[alerts]\nhooks = 1.5\n", "no whole number"},
		{"[alerts]\nhooks = 0\n", "no whole number"},
		{"[alerts]\nx = 0\n", "no key 'x' in [alerts]"},
	};
	struct bed *b = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char err[256] = "";

		assert_int_equal(configure(b, cases[i].text, err), -EINVAL);
		if (!strstr(err, cases[i].err))
			fail_msg("'%s' says '%s'", cases[i].text, err);
	}
}

static void other_sections_are_others(void **state)
{
	struct bed *b = *state;
	char err[8] = "as was";

	assert_int_equal(sp_alert_config_set(&b->config, "metrics", "when", "x",
					     1, err, sizeof(err)),
			 -ENOENT);
	assert_string_equal(err, "as was");
}

static void spellings(void **state)
{
	struct bed *b = *state;
	char err[256] = "";

	assert_int_equal(
		configure(b,
			  "[alert a]\nwhen = golden.disk.latency.p99_us>2.5\n"
			  "for = 1.5m\nclear_for = 100ms\n"
			  "[alert b]\nwhen = golden.disk.p99_us  <=  -3\n",
			  err),
		0);
	assert_true(b->config.rules[0].field == b->config.rules[1].field);
	assert_true(b->config.rules[0].for_s == 90);
	assert_true(b->config.rules[0].clear_for_s == 0.1);
	assert_true(b->config.rules[0].clear == 2);
	assert_int_equal(b->config.rules[1].op, SP_ALERT_LE);
	assert_true(b->config.rules[1].threshold == -3);
	assert_true(b->config.rules[1].clear == -3 + 0.2 * 3);
}

/* What is printed says the same. */
static void printed(void **state)
{
	struct bed *b = *state;
	struct sp_alert_config *was = malloc(sizeof(*was));
	char err[256] = "", *text = NULL;
	unsigned int line;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	sp_alert_config_init(was);
	sp_alert_config_set(was, "alert cpu-warning", "when", "off", 1, err,
			    256);
	sp_alert_config_set(was, "alert mine", "when", "disks.util_pct > 99", 1,
			    err, 256);
	sp_alert_config_set(was, "alert mine", "clear", "12.5", 1, err, 256);
	sp_alert_config_set(was, "alert mine", "on", "sd*", 1, err, 256);
	sp_alert_config_set(was, "alerts", "hook", "/bin/true", 1, err, 256);
	assert_int_equal(sp_alert_config_check(was, &line, err, 256), 0);
	sp_alert_config_print(was, f);
	fclose(f);
	if (configure(b, text, err))
		fail_msg("%s in:\n%s", err, text);
	assert_int_equal(b->config.nr, was->nr);
	for (size_t i = 0; i < was->nr; i++) {
		struct sp_alert_rule *x = &b->config.rules[i];
		struct sp_alert_rule *y = &was->rules[i];

		assert_string_equal(x->name, y->name);
		assert_int_equal(x->off, y->off);
		if (x->off)
			continue;
		x->line = y->line = 0;
		memset(x->set_at, 0, sizeof(x->set_at));
		memset(y->set_at, 0, sizeof(y->set_at));
		assert_string_equal(x->key, y->key);
		assert_string_equal(x->on, y->on);
		assert_string_equal(x->severity, y->severity);
		assert_string_equal(x->summary, y->summary);
		assert_ptr_equal(x->field, y->field);
		assert_int_equal(x->op, y->op);
		assert_true(x->threshold == y->threshold);
		assert_true(x->clear == y->clear);
		assert_true(x->for_s == y->for_s);
		assert_true(x->clear_for_s == y->clear_for_s);
	}
	assert_string_equal(b->config.hook, "/bin/true");
	free(was);
	free(text);
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

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fires_after_a_time),
		TEST(a_burst_is_none),
		TEST(hysteresis),
		TEST(between_the_levels),
		TEST(flapping_is_damped),
		TEST(absent_is_no_complaint),
		TEST(each_row_by_itself),
		TEST(status),
		TEST(the_worst_first),
		TEST(bounded),
		TEST(other_rules),
		TEST(shipped_rules),
		TEST(a_rule_is_changed_or_off),
		TEST(what_is_refused),
		TEST(other_sections_are_others),
		TEST(spellings),
		TEST(printed),
		TEST(on_the_wire),
		TEST(text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
