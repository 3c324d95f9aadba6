// SPDX-License-Identifier: GPL-2.0-only
/*
 * tui/options.c and options_set.c: what command lines mean, and which are
 * refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../tui/options.h"

#define WORDS_MAX 12

/* Splits at spaces. */
static int parse(struct options *o, const char *line)
{
	char buf[256], program[] = "sysperf";
	char *argv[WORDS_MAX + 1] = {program};
	int argc = 1, ret, saved, null;

	snprintf(buf, sizeof(buf), "%s", line);
	for (char *w = strtok(buf, " "); w && argc < WORDS_MAX;
	     w = strtok(NULL, " "))
		argv[argc++] = w;
	/* What it says on stderr is tests/cli's business. */
	fflush(stderr);
	saved = dup(STDERR_FILENO);
	null = open("/dev/null", O_WRONLY);
	dup2(null, STDERR_FILENO);
	ret = options_parse(o, argc, argv);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(null);
	return ret;
}

static void good(struct options *o, const char *line)
{
	assert_int_equal(parse(o, line), 0);
}

static void test_defaults(void **state)
{
	struct options o;

	(void)state;
	good(&o, "");
	assert_int_equal(o.verb, VERB_LIVE);
	assert_true(o.delay_s == 1);
	assert_true(o.iterations == 0);
	assert_true(o.top == -1);
	assert_int_equal(o.collector.source, SP_SOURCE_AUTO);
	assert_string_equal(o.collector.root, "");
	assert_string_equal(o.view.sort->key, "cpu_pct");
}

static void test_spellings(void **state)
{
	static const char *const lines[] = {
		"-b -n 3 -d 0.5 -i",
		"-bin3 -d.5",
		"-bid0.5 -n3",
		"--batch --iterations=3 --delay=.5 -i",
		"--batch --idle 0.5 3",
		"-bi .5 3",
		"-i --iterations 3 --delay 0.5 --format text",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct options o;

		good(&o, lines[i]);
		assert_int_equal(o.verb, VERB_BATCH);
		assert_true(o.iterations == 3);
		assert_true(o.delay_s == 0.5);
		assert_true(o.view.hide_idle);
	}
}

static void test_meanings(void **state)
{
	struct options o;

	(void)state;
	good(&o, "--format json --top 0 --require kmod,psi --source procfs");
	assert_int_equal(o.verb, VERB_BATCH);
	assert_int_equal(o.format, FORMAT_JSON);
	assert_int_equal(o.top, 0);
	assert_int_equal(o.require, 1U << SP_CAP_KMOD | 1U << SP_CAP_PSI);
	assert_int_equal(o.collector.source, SP_SOURCE_PROCFS);
	good(&o, "-o +rss_bytes -p 1,2 -u root -w 80 --filter pid>3");
	assert_true(o.view.ascending);
	assert_int_equal(o.view.nr_pids, 2);
	assert_true(o.view.has_uid);
	assert_int_equal(o.width, 80);
	good(&o, "-p 1 -p 2,3 --filter pid>3 --filter comm~a");
	assert_int_equal(o.view.nr_pids, 3);
	assert_int_equal(o.view.pids[0], 1);
	assert_int_equal(o.view.pids[2], 3);
	assert_int_equal(o.view.nr_filters, 2);
	assert_string_equal(o.view.filters[0].field->key, "pid");
	assert_string_equal(o.view.filters[1].field->key, "comm");
	good(&o, "--source daemon");
	assert_true(o.daemon);
	good(&o, "--config /a/file -b");
	assert_string_equal(o.config_path, "/a/file");
	good(&o, "--fields pid,comm -H");
	assert_true(o.fields && o.collector.threads);
	assert_int_equal(o.view.nr_columns, 2);
	good(&o, "-H");
	assert_string_equal(o.view.columns[0]->key, "tid");
}

/* So many can be given, and no more. */
static void test_repeated(void **state)
{
	struct view v;
	char err[256];

	(void)state;
	view_init(&v);
	for (int i = 0; i < VIEW_PIDS_MAX; i++)
		assert_int_equal(view_add_pids(&v, "7", err, sizeof(err)), 0);
	assert_int_equal(view_add_pids(&v, "7", err, sizeof(err)), -EINVAL);
	assert_int_equal(v.nr_pids, VIEW_PIDS_MAX);
	for (int i = 0; i < VIEW_FILTERS_MAX; i++)
		assert_int_equal(
			view_add_filter(&v, "pid > 7", err, sizeof(err)), 0);
	assert_int_equal(view_add_filter(&v, "pid > 7", err, sizeof(err)),
			 -EINVAL);
	assert_int_equal(v.nr_filters, VIEW_FILTERS_MAX);
}

static void test_verbs(void **state)
{
	struct options o;

	(void)state;
	good(&o, "doctor");
	assert_int_equal(o.verb, VERB_DOCTOR);
	good(&o, "-h");
	assert_int_equal(o.verb, VERB_HELP);
	good(&o, "-V");
	assert_int_equal(o.verb, VERB_VERSION);
	good(&o, "--list-fields -b");
	assert_int_equal(o.verb, VERB_LIST_FIELDS);
	good(&o, "--print-config --config x");
	assert_int_equal(o.verb, VERB_PRINT_CONFIG);
	good(&o, "-hV");
	assert_int_equal(o.verb, VERB_HELP);
	good(&o, "doctor -h");
	assert_int_equal(o.verb, VERB_HELP);
}

static void test_refused(void **state)
{
	static const char *const lines[] = {
		"-Z",
		"--zap",
		"--begin 1",
		"report",
		"diff a",
		"diff a b c",
		"record",
		"-n",
		"-n 0",
		"-n -1",
		"-n +1",
		"-n 1.5",
		"-n 1x",
		"-n 99999999999999999999",
		"-d 0",
		"-d 0.09",
		"-d -1",
		"-d 86401",
		"-d 1,5",
		"-d 1s",
		"-d nan",
		"-d 1e1",
		"-d 1.2.3",
		"-d .",
		"--format xml",
		"--format",
		"--fields nope",
		"--fields pid,",
		"-o nope",
		"--top -1",
		"--top x",
		"-p 0",
		"-p 1,",
		"-u no-such-user",
		"--filter cpu_pct",
		"--source x",
		"--require x",
		"--require kmod,",
		"--config",
		"--print-config=x",
		"-w 19",
		"-w x",
		"-w 99999999",
		"--batch=1",
		"1 2 3",
		"1 x",
		"x",
		"doctor 1",
	};
	size_t nr = sizeof(lines) / sizeof(lines[0]);

	(void)state;
	for (size_t i = 0; i < nr; i++) {
		struct options o;

		if (parse(&o, lines[i]) != -EINVAL)
			fail_msg("accepted: %s", lines[i]);
	}
}

static void test_recordings(void **state)
{
	struct options o;

	(void)state;
	good(&o, "record -d 5 -n 3 file");
	assert_int_equal(o.verb, VERB_RECORD);
	assert_string_equal(o.record, "file");
	assert_true(o.delay_s == 5 && o.iterations == 3);
	view_free(&o.view);
	good(&o, "-r file -b --begin 12:00 --end 1300");
	assert_int_equal(o.verb, VERB_BATCH);
	assert_string_equal(o.replay, "file");
	assert_true(o.begin.set && o.end.set && !o.record);
	view_free(&o.view);
}

/* Every option that is parsed is in the help. */
static void test_help(void **state)
{
	static const char *const names[] = {
		"-b, --batch",
		"-n, --iterations N",
		"-d, --delay SEC",
		"--format",
		"--fields",
		"--list-fields",
		"-o, ",
		"--top",
		"-p, ",
		"-u, ",
		"--filter",
		"-H, --threads",
		"-i, --idle",
		"--source",
		"--require",
		"--config FILE",
		"--print-config",
		"-w, ",
		"-h, --help",
		"-V, --version",
	};
	char buf[8192] = "";
	FILE *f = fmemopen(buf, sizeof(buf), "w");

	(void)state;
	assert_non_null(f);
	options_help(f);
	fclose(f);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_non_null(strstr(buf, names[i]));
}

static void test_report_and_diff(void **state)
{
	struct options o;

	(void)state;
	good(&o, "report f --html p.html --begin 10:00 -w 80");
	assert_int_equal(o.verb, VERB_REPORT);
	assert_string_equal(o.files[0], "f");
	assert_string_equal(o.html, "p.html");
	assert_true(o.begin.set && !o.end.set && o.width == 80);
	good(&o, "--format json --threshold 2.5 diff a b");
	assert_int_equal(o.verb, VERB_DIFF);
	assert_int_equal(o.format, FORMAT_JSON);
	assert_string_equal(o.files[0], "a");
	assert_string_equal(o.files[1], "b");
	assert_true(o.threshold_pct == 2.5);
	good(&o, "diff a b");
	assert_true(isnan(o.threshold_pct));
	good(&o, "diff a b --threshold 0");
	assert_true(o.threshold_pct == 0);
	good(&o, "-h diff a b");
	assert_int_equal(o.verb, VERB_HELP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_meanings),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_verbs),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_recordings),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_report_and_diff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
