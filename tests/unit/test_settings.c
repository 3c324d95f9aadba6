// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysperfd.conf: what files say, which are refused and with what words, and
 * that what is printed says the same.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../daemon/settings.h"

static int parse(struct settings *s, const char *text, char *err)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int ret;

	assert_non_null(f);
	*err = '\0';
	ret = settings_parse(s, f, "file", err, 256);
	fclose(f);
	return ret;
}

static void what_files_say(void **state)
{
	struct settings s;
	char err[256];

	(void)state;
	settings_init(&s);
	assert_true(s.delay == 1 && s.load && s.viewers == 256);
	assert_true(s.total_mib == 2048 && s.alerts.nr > 0);
	assert_string_equal(s.metrics.listen, SP_HTTP_LISTEN);
	assert_string_equal(s.source, "auto");
	assert_string_equal(s.group, "sysperf");
	if (parse(&s,
		  "# all of it\n[collection]\ndelay = 0.25\nsource: procfs\n"
		  "thresholds = /dev/null\n[module]\nload = no\n[viewers]\n"
		  "socket = /run/x ; there\ngroup =\nmax = 7\n"
		  "[recording]\ndirectory =\nsync = never\n"
		  "[metrics]\nlisten = off\n[alert mine]\n"
		  "when = golden.cpu.util_pct > 50\n",
		  err))
		fail_msg("%s", err);
	assert_true(s.delay == 0.25 && !s.load && s.viewers == 7);
	assert_string_equal(s.source, "procfs");
	assert_string_equal(s.thresholds, "/dev/null");
	assert_string_equal(s.socket, "/run/x");
	assert_string_equal(s.group, "");
	assert_string_equal(s.directory, "");
	assert_string_equal(s.metrics.listen, "");
	assert_string_equal(s.alerts.rules[s.alerts.nr - 1].name, "mine");
	assert_int_equal(parse(&s, "[collection]\ndelay = off\n", err), 0);
	assert_true(s.delay == 0);
}

static void refused(const char *text, const char *words)
{
	struct settings s;
	char err[256];

	settings_init(&s);
	assert_int_equal(parse(&s, text, err), -EINVAL);
	if (!strstr(err, words))
		fail_msg("'%s' is told as '%s', not as '%s'", text, err, words);
}

static void what_is_refused(void **state)
{
	(void)state;
	refused("[viewers]\nmax = 0\n",
		"file:2: max is '0', not a whole number from 1 to 10000");
	refused("[viewers]\nmax = 1.5\n", "file:2: max is '1.5', not a whole");
	refused("[collection]\ndelay = 0.05\n", "file:2: delay is '0.05'");
	refused("[collection]\ndelay = 1s\n", "file:2: delay is '1s'");
	refused("[collection]\nsource = kmo\n", "file:2: source is 'kmo', not "
						"auto|kmod|procfs");
	refused("[module]\n\nload = maybe\n", "file:3: load is 'maybe', not "
					      "yes or no");
	refused("[viewers]\nsocket = here\n", "a path from / on");
	refused("[viewers]\ngroup = 012345678901234567890123456789012\n",
		"not a text of at most 32 bytes");
	refused("[viewers]\nmax = 1\nmax = 2\n",
		"file:3: max is there already, in line 2");
	refused("[metrics]\nlisten = here\n", "file:2: ");
	refused("[alert a]\nfor = 3 s\n\nwhen = x > 1\n", "file:");
	refused("[alerts]\nrings = 3\n", "file:2: ");
	refused("[viewer]\n", "file:1: no section [viewer]");
	refused("max = 1\n", "file:1: 'max' stands before any [section]");
	refused("[viewers]\nload = yes\n",
		"file:2: no key 'load' in [viewers]");
	refused("[viewers]\nmax\n", "file:2: neither [section] nor");
}

static char *printed(const struct settings *s)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	settings_print(s, f);
	fclose(f);
	return text;
}

static void what_is_printed_says_the_same(void **state)
{
	struct settings s, again;
	char err[256], *text, *twice;

	(void)state;
	settings_init(&s);
	assert_int_equal(parse(&s,
			       "[collection]\ndelay = 0.3\nthresholds =\n"
			       "[viewers]\ngroup =\n[module]\nload = no\n",
			       err),
			 0);
	text = printed(&s);
	settings_init(&again);
	if (parse(&again, text, err))
		fail_msg("%s in\n%s", err, text);
	twice = printed(&again);
	assert_string_equal(text, twice);
	free(text);
	free(twice);
}

/* With the file of thresholds, all or nothing. */
static void loaded_with_thresholds(void **state)
{
	char conf[] = "/tmp/settings-XXXXXX", judge[] = "/tmp/settings-XXXXXX";
	FILE *f = fdopen(mkstemp(conf), "w"), *g = fdopen(mkstemp(judge), "w");
	struct settings s;
	char err[512] = "";

	(void)state;
	assert_true(f && g);
	fprintf(f, "[collection]\nthresholds = %s\n", judge);
	fclose(f);
	fprintf(g, "[thresholds]\nhysteresis_pct = 33\n");
	fflush(g);
	assert_int_equal(settings_load(&s, conf, err, sizeof(err)), 0);
	assert_true(s.judge.hysteresis_pct == 33);
	fprintf(g, "hysteresis_pct = 34\n");
	fclose(g);
	assert_int_equal(settings_load(&s, conf, err, sizeof(err)), -EINVAL);
	assert_non_null(strstr(err, ":3: hysteresis_pct is there already"));
	unlink(judge);
	assert_int_equal(settings_load(&s, conf, err, sizeof(err)), 0);
	assert_true(s.judge.hysteresis_pct == 20);
	unlink(conf);
	assert_int_equal(settings_load(&s, conf, err, sizeof(err)), -ENOENT);
	assert_non_null(strstr(err, conf));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_files_say),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(what_is_printed_says_the_same),
		cmocka_unit_test(loaded_with_thresholds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
