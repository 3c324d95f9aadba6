// SPDX-License-Identifier: GPL-2.0-only
/*
 * The configuration: what files say, which are refused and with what words,
 * and that what is printed says the same.
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
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../daemon/collector/verdict.h"

static int parse_bytes(struct sp_config *c, const char *text, size_t size,
		       char *err)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, size, "r");
	int ret;

	assert_non_null(f);
	ret = sp_config_parse(c, f, "file", err, 256);
	fclose(f);
	return ret;
}

static int parse(struct sp_config *c, const char *text, char *err)
{
	return parse_bytes(c, text, strlen(text), err);
}

static struct sp_config good(const char *text)
{
	struct sp_config c;
	char err[256] = "";

	sp_config_init(&c);
	if (parse(&c, text, err))
		fail_msg("%s", err);
	return c;
}

static void defaults(void **state)
{
	struct sp_config c;

	(void)state;
	sp_config_init(&c);
	assert_true(c.thresholds.hysteresis_pct == 20);
	for (int i = 0; i < VERDICT_RULES; i++) {
		const struct verdict_rule *r = &verdict_rules[i];
		const struct sp_threshold *t = &c.thresholds.rule[i];

		assert_true(t->warning == r->usual.warning);
		assert_true(t->warning > 0 && t->warning <= t->critical);
		assert_true(t->warning <= r->most);
		assert_true(strlen(r->why) >= 20 && strlen(r->what) >= 10);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(r->key, verdict_rules[j].key);
	}
}

static void what_files_say(void **state)
{
	struct sp_config c = good("# a comment\n"
				  "[thresholds]\n"
				  "cpu_waiting_warning = 1.5 ; of late\n"
				  "   cpu_waiting_critical=3\r\n"
				  "steal = off\n"
				  "disk_latency_critical = off\n"
				  "hysteresis_pct: 0\n"
				  "confirm_samples = 5");
	const struct sp_thresholds *t = &c.thresholds;

	(void)state;
	assert_true(t->rule[RULE_CPU_WAITING].warning == 1.5);
	assert_true(t->rule[RULE_CPU_WAITING].critical == 3);
	assert_true(isinf(t->rule[RULE_STEAL].warning));
	assert_true(isinf(t->rule[RULE_STEAL].critical));
	assert_true(t->rule[RULE_DISK_LATENCY].warning == 20);
	assert_true(isinf(t->rule[RULE_DISK_LATENCY].critical));
	assert_true(t->hysteresis_pct == 0 && t->confirm_samples == 5);
	assert_true(t->rule[RULE_OOM_KILLS].warning == 1);
	good("[thresholds]\nsteal_warning = off\n");
	good("\n");
	good("\xef\xbb\xbf[thresholds]\nsteal_warning = 11\n");
}

static void one_over_the_other(void **state)
{
	struct sp_config c = good("[thresholds]\nsteal_warning = 5\n"
				  "steal_critical = 50\n");
	char err[256];

	(void)state;
	assert_int_equal(parse(&c, "[thresholds]\nsteal_warning = 40\n", err),
			 0);
	assert_true(c.thresholds.rule[RULE_STEAL].warning == 40);
	assert_true(c.thresholds.rule[RULE_STEAL].critical == 50);
	/* As before it can be too much for what the first one said. */
	assert_int_equal(parse(&c, "[thresholds]\nsteal_warning = 60\n", err),
			 -EINVAL);
	assert_string_equal(err, "file:2: steal_warning is 60, above "
				 "steal_critical, which is 50");
}

static void refused(void **state)
{
	static const struct {
		const char *text, *err; /* how it begins */
	} bad[] = {
		{"steal_warning = 5\n", "file:1: 'steal_warning' stands"},
		{"[view]\n", "file:1: no section [view]"},
		{"[thresholds]\n[Thresholds]\n", "file:2: no section"},
		{"[]\n", "file:1: no section []"},
		{"[thresholds\nsteal = off\n", "file:1: neither [section]"},
		{"[thresholds]\n\nnonsense\n", "file:3: neither [section]"},
		{"[thresholds]\nnonsense\nsteel = off\n", "file:2: neither"},
		{"[thresholds]\nsteel_warning = 5\n", "file:2: no key 'steel"},
		{"[thresholds]\nsteal_warn = 5\n", "file:2: no key"},
		{"[thresholds]\n= 5\n", "file:2: no key ''"},
		{"[thresholds]\nsteal = 5\n", "file:2: steal can only be off"},
		{"[thresholds]\nsteal = on\n", "file:2: steal can only be off"},
		{"[thresholds]\nsteal_warning =\n",
		 "file:2: steal_warning is ''"},
		{"[thresholds]\nsteal_warning = 5 # x\n", "file:2: steal_warn"},
		{"[thresholds]\nsteal_warning = 5%\n", "file:2: steal_warning"},
		{"[thresholds]\nsteal_warning = -5\n", "file:2: steal_warning"},
		{"[thresholds]\nsteal_warning = 0\n", "file:2: steal_warning"},
		{"[thresholds]\nsteal_warning = 1e1\n", "file:2: steal_warn"},
		{"[thresholds]\nsteal_warning = nan\n", "file:2: steal_warn"},
		{"[thresholds]\nsteal_warning = inf\n", "file:2: steal_warn"},
		{"[thresholds]\nsteal_warning = 0x5\n", "file:2: steal_warn"},
		{"[thresholds]\nsteal_warning = 1.2.3\n", "file:2: steal_warn"},
		{"[thresholds]\nsteal_warning = .\n", "file:2: steal_warning"},
		{"[thresholds]\nsteal_critical = 101\n", "file:2: steal_crit"},
		{"[thresholds]\nsteal_warning = OFF\n", "file:2: steal_warn"},
		{"[thresholds]\nsteal_warning = 50\nsteal_critical = 20\n",
		 "file:3: steal_warning is 50, above steal_critical, which is "
		 "20"},
		{"[thresholds]\nsteal_critical = 1\n",
		 "file:2: steal_warning is 10, above"},
		{"[thresholds]\nhysteresis_pct = 91\n", "file:2: hysteresis"},
		{"[thresholds]\nhysteresis_pct = off\n", "file:2: hysteresis"},
		{"[thresholds]\nconfirm_samples = 1.5\n", "file:2: confirm"},
		{"[thresholds]\nconfirm_samples = 0\n", "file:2: confirm"},
		{"[thresholds]\nsteal_warning = 5\n\nsteal_warning = 6\n",
		 "file:4: steal_warning is there already, in line 2"},
		{"[thresholds]\nsteal_critical = 50\n[thresholds]\n"
		 "steal_critical = 50\n",
		 "file:4: steal_critical is there already, in line 2"},
		{"[thresholds]\nsteal = off\nsteal = off\n",
		 "file:3: steal is there already, in line 2"},
		{"[thresholds]\nconfirm_samples = 3\nconfirm_samples = 4\n",
		 "file:3: confirm_samples is there already, in line 2"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct sp_config c;
		char err[256] = "";

		sp_config_init(&c);
		if (parse(&c, bad[i].text, err) != -EINVAL)
			fail_msg("accepted: %s", bad[i].text);
		if (strncmp(err, bad[i].err, strlen(bad[i].err)) != 0 ||
		    strchr(err, '\n'))
			fail_msg("of %s: %s", bad[i].text, err);
	}
}

static void not_text(void **state)
{
	static const char nul[] = "[thresholds]\nsteal\0_warning = 5\n";
	char line[2000], err[256] = "", small[8] = "";
	struct sp_config c;

	(void)state;
	sp_config_init(&c);
	assert_int_equal(parse_bytes(&c, nul, sizeof(nul) - 1, err), -EINVAL);
	assert_string_equal(err, "file:2: not a text file");
	/* Where a line is cut, the rest must not count as one. */
	snprintf(line, sizeof(line), "[thresholds]\n#%*s\n", 1000,
		 "steal_warning = 5");
	assert_int_equal(parse(&c, line, err), -EINVAL);
	assert_ptr_equal(strstr(err, "file:2: a line of more than"), err);
	/* A message that has no room is cut, not lost. */
	assert_int_equal(parse_bytes(&c, "x\n", 2, err), -EINVAL);
	{
		FILE *f = fmemopen((void *)(uintptr_t) "x\n", 2, "r");

		assert_int_equal(sp_config_parse(&c, f, "a-long-name", small,
						 8),
				 -EINVAL);
		fclose(f);
	}
	assert_string_equal(small, "a-long-");
}

static void printed_is_read(void **state)
{
	struct sp_config c = good("[thresholds]\nsteal = off\n"
				  "cpu_waiting_warning = 1.25\n"
				  "net_errors_warning = 0.00005\n");
	struct sp_config again;
	char *text = NULL, err[256] = "";
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	(void)state;
	assert_non_null(f);
	sp_config_print(&c, f);
	fclose(f);
	sp_config_init(&again);
	if (parse_bytes(&again, text, size, err))
		fail_msg("%s", err);
	assert_memory_equal(&c, &again, sizeof(c));
	for (int i = 0; i < VERDICT_RULES; i++)
		assert_non_null(strstr(text, verdict_rules[i].key));
	assert_non_null(strstr(text, "\nsteal_warning = off\n"));
	for (char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		assert_true(strcspn(line, "\n") <= 80);
		if (!*line)
			break;
	}
	free(text);
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void homes(void **state)
{
	char dir[] = "/tmp/sysperf-config-XXXXXX", err[512] = "";
	char below[64], path[96];
	struct sp_config c;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(below, sizeof(below), "%s/sysperf", dir);
	snprintf(path, sizeof(path), "%s/config", below);
	assert_int_equal(mkdir(below, 0700), 0);
	sp_config_init(&c);
	setenv("XDG_CONFIG_HOME", dir, 1);
	assert_int_equal(sp_config_read_usual(&c, err, sizeof(err)), 0);
	write_text(path, "[thresholds]\nsteal_warning = 7\n");
	assert_int_equal(sp_config_read_usual(&c, err, sizeof(err)), 0);
	assert_true(c.thresholds.rule[RULE_STEAL].warning == 7);
	write_text(path, "[thresholds]\nsteal = 7\n");
	assert_int_equal(sp_config_read_usual(&c, err, sizeof(err)), -EINVAL);
	assert_ptr_equal(strstr(err, path), err);
	/* No absolute path is none; nor are those that lead nowhere. */
	setenv("XDG_CONFIG_HOME", dir + 1, 1);
	setenv("HOME", "/nowhere", 1);
	assert_int_equal(sp_config_read_usual(&c, err, sizeof(err)), 0);
	unsetenv("HOME");
	assert_int_equal(sp_config_read_usual(&c, err, sizeof(err)), 0);
	assert_int_equal(sp_config_read(&c, below, err, sizeof(err)), -EISDIR);
	unlink(path);
	assert_int_equal(sp_config_read(&c, path, err, sizeof(err)), -ENOENT);
	rmdir(below);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(what_files_say),
		cmocka_unit_test(one_over_the_other),
		cmocka_unit_test(refused),
		cmocka_unit_test(not_text),
		cmocka_unit_test(printed_is_read),
		cmocka_unit_test(homes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
