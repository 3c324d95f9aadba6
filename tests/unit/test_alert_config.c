// SPDX-License-Identifier: GPL-2.0-only
/*
 * Alerts: what the configuration may say, what it means, the rules that are
 * shipped, and that what is printed says the same.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "alert_bed.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		BED(shipped_rules),   BED(a_rule_is_changed_or_off),
		BED(what_is_refused), BED(other_sections_are_others),
		BED(spellings),	      BED(printed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
