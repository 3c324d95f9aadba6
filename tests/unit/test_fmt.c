// SPDX-License-Identifier: GPL-2.0-only
/*
 * tui/fmt.c: numbers within a width, numbers for programs, hostile names.
 */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "../../tui/fmt.h"

static void check(enum sp_unit unit, int precision, double v, int width,
		  const char *want)
{
	const struct sp_field f = {
		.unit = unit,
		.precision = (unsigned char)precision,
	};
	char buf[64];

	assert_string_equal(fmt_value(buf, sizeof(buf), &f, v, width), want);
}

static void test_absent(void **state)
{
	(void)state;
	check(SP_UNIT_US, 1, NAN, 8, "-");
	check(SP_UNIT_COUNT, 0, NAN, 1, "-");
	check(SP_UNIT_PCT, 1, INFINITY, 5, "-");
}

static void test_bytes(void **state)
{
	(void)state;
	check(SP_UNIT_BYTES, 0, 0, 7, "0");
	check(SP_UNIT_BYTES, 0, 999, 7, "999");
	check(SP_UNIT_BYTES, 0, 1000, 7, "1.0K");
	check(SP_UNIT_BYTES, 0, 1024, 7, "1.0K");
	check(SP_UNIT_BYTES, 0, 1234567, 7, "1.2M");
	check(SP_UNIT_BYTES, 0, 123.0 * 1048576, 7, "123M");
	check(SP_UNIT_BYTES_PER_S, 0, 8.0 * 1073741824, 7, "8.0G");
	check(SP_UNIT_BYTES, 0, 1023.9 * 1024, 7, "1.0M");
}

static void test_bits(void **state)
{
	(void)state;
	check(SP_UNIT_BITS_PER_S, 0, 1234567, 8, "1.2M");
	check(SP_UNIT_BITS_PER_S, 0, 1e9, 7, "1.0G");
	check(SP_UNIT_BITS_PER_S, 0, 999, 7, "999");
}

static void test_durations(void **state)
{
	(void)state;
	check(SP_UNIT_US, 1, 250, 8, "250us");
	check(SP_UNIT_US, 1, 3.21, 8, "3.2us");
	check(SP_UNIT_US, 1, 1234.5, 8, "1.23ms");
	check(SP_UNIT_US, 1, 999.6, 8, "1.00ms");
	check(SP_UNIT_US, 1, 12.3e6, 8, "12.3s");
	check(SP_UNIT_US, 1, 90e6, 8, "90.0s");
	check(SP_UNIT_US, 1, 1234.5, 4, "1ms");
	check(SP_UNIT_US, 1, 123456, 4, "0.1s");
	check(SP_UNIT_US, 1, 7200e6, 8, "120min");
}

static void test_narrow(void **state)
{
	(void)state;
	check(SP_UNIT_PCT, 1, 100, 5, "100.0");
	check(SP_UNIT_PCT, 1, 12345.6, 6, "12346");
	check(SP_UNIT_PCT, 1, 100, 3, "100");
	check(SP_UNIT_PER_S, 0, 1234567, 7, "1234567");
	check(SP_UNIT_PER_S, 0, 1234567, 6, "1235k");
	check(SP_UNIT_PER_S, 0, 1234567, 4, "1.2M");
	check(SP_UNIT_PER_S, 0, 1234567, 1, "*");
	check(SP_UNIT_COUNT, 0, -20, 3, "-20");
	check(SP_UNIT_PCT, 1, -0.0, 5, "0.0");
}

static void seen(enum sp_unit unit, int precision, double v, int width,
		 const char *want)
{
	const struct sp_field f = {
		.key = "any",
		.unit = unit,
		.precision = (unsigned char)precision,
	};
	char buf[64];

	assert_string_equal(fmt_seen_value(buf, sizeof(buf), &f, v, width),
			    want);
}

static void test_seen(void **state)
{
	const struct sp_field time = {.key = "cpu_time_us", .unit = SP_UNIT_US};
	const struct sp_field wait = {.key = "runq_wait_p99_us",
				      .unit = SP_UNIT_US,
				      .needs = SP_CAP_SCHED};
	const struct sp_field *task =
		sp_field_find(SP_TABLE_TASK, wait.key, strlen(wait.key));

	(void)state;
	seen(SP_UNIT_PCT, 1, NAN, 5, "-");
	seen(SP_UNIT_PCT, 1, 0, 5, "0.0");
	seen(SP_UNIT_PCT, 1, 0.04, 5, "0.0");
	seen(SP_UNIT_PCT, 1, 3.14, 5, "3.1");
	seen(SP_UNIT_PCT, 1, 9.96, 5, "10");
	seen(SP_UNIT_PCT, 1, 46.8, 5, "47");
	seen(SP_UNIT_PCT, 1, 99.7, 5, "100");
	seen(SP_UNIT_PCT, 1, 346, 5, "350");
	seen(SP_UNIT_RATIO, 2, 0.254, 5, "0.25");
	seen(SP_UNIT_RATIO, 2, 3.07, 5, "3.1");
	seen(SP_UNIT_PER_S, 0, 87, 6, "87");
	seen(SP_UNIT_PER_S, 0, 638, 6, "640");
	seen(SP_UNIT_PER_S, 0, 996, 6, "1.0k");
	seen(SP_UNIT_PER_S, 0, 22176, 6, "22k");
	seen(SP_UNIT_US, 1, 0.3, 8, "0");
	seen(SP_UNIT_US, 1, 3.2, 8, "3us");
	assert_true(fmt_seen(&wait, 4.9) == 0);
	assert_true(fmt_seen(&wait, 34.6) == 30);
	assert_true(fabs(fmt_seen(&wait, 1371) - 1400) < 1);
	assert_true(fmt_in_row(&wait, 34.6) == 30);
	assert_true(fmt_in_row(task, 49) == 0);
	assert_true(fmt_in_row(task, 51) == 100);
	assert_true(fmt_in_row(task, 634) == 630);
	assert_true(isnan(fmt_in_row(task, NAN)));
	assert_true(fmt_seen(task, 34.6) == 30);
	seen(SP_UNIT_US, 1, 353, 8, "350us");
	seen(SP_UNIT_US, 1, 1371, 8, "1.4ms");
	seen(SP_UNIT_BYTES_PER_S, 0, 738.0 * 1024, 7, "740K");
	seen(SP_UNIT_BYTES_PER_S, 0, 1023.0 * 1024, 7, "1.0M");
	seen(SP_UNIT_BITS_PER_S, 0, 1234567, 3, "1M");
	/* What is no rate keeps its digits. */
	seen(SP_UNIT_COUNT, 0, 4711, 7, "4711");
	seen(SP_UNIT_BYTES, 0, 277.0 * 1048576, 7, "277M");
	assert_true(fmt_seen(&time, 7190) == 0);
	assert_true(fmt_seen(&time, 56700) == 50000);
	assert_true(fmt_seen(&time, 5410000) == 5400000);
	assert_true(fmt_seen(&time, 109700000) == 109000000);
}

/* Whatever the value, a column is never wider than its field. */
static void test_never_wider(void **state)
{
	(void)state;
	for (int unit = SP_UNIT_COUNT; unit < SP_UNIT_TIME; unit++) {
		for (int width = 1; width < 12; width++) {
			for (int i = 0; i < 90; i++) {
				const struct sp_field f = {
					.key = "any",
					.unit = (enum sp_unit)unit,
					.precision = 2,
				};
				char buf[32];

				fmt_value(buf, sizeof(buf), &f,
					  1e-3 * pow(1.7, i), width);
				assert_true((int)strlen(buf) <= width);
				fmt_seen_value(buf, sizeof(buf), &f,
					       1e-3 * pow(1.7, i), width);
				assert_true((int)strlen(buf) <= width);
			}
		}
	}
}

static void test_time(void **state)
{
	const struct sp_field f = {.unit = SP_UNIT_TIME};
	char buf[32];

	(void)state;
	fmt_value(buf, sizeof(buf), &f, (double)time(NULL), 8);
	assert_int_equal(strlen(buf), 8);
	assert_int_equal(buf[2], ':');
	fmt_value(buf, sizeof(buf), &f, 1e9, 10);
	assert_string_equal(buf, "2001-09-09");
	fmt_value(buf, sizeof(buf), &f, 1e9, 8);
	assert_string_equal(buf, "2001");
}

static void number(enum sp_unit unit, int precision, double v, const char *want)
{
	const struct sp_field f = {
		.unit = unit,
		.precision = (unsigned char)precision,
	};
	char buf[32];

	assert_string_equal(fmt_number(buf, sizeof(buf), &f, v), want);
}

static void test_numbers(void **state)
{
	(void)state;
	number(SP_UNIT_PCT, 1, 12.3, "12.3");
	number(SP_UNIT_PCT, 1, 12.34567, "12.346");
	number(SP_UNIT_PCT, 1, 100, "100");
	number(SP_UNIT_PCT, 1, 0.0001, "0");
	number(SP_UNIT_PCT, 1, -0.0001, "0");
	number(SP_UNIT_COUNT, 0, -20, "-20");
	number(SP_UNIT_COUNT, 0, 4194304, "4194304");
	number(SP_UNIT_BYTES, 0, 1e15, "1000000000000000");
	number(SP_UNIT_BITS_PER_S, 0, 1e17, "100000000000000000");
	number(SP_UNIT_RATIO, 2, 1.23456, "1.2346");
	number(SP_UNIT_US, 1, 0.05, "0.05");
}

static void text(const char *s, int width, const char *want, int cells)
{
	char buf[64];

	assert_int_equal(fmt_text(buf, sizeof(buf), s, width), cells);
	assert_string_equal(buf, want);
}

static void test_text(void **state)
{
	(void)state;
	text("bash", 10, "bash", 4);
	text("bash", 3, "bas", 3);
	text("", 3, "", 0);
	text("a\x1b[31mb\n\t\x7f", 20, "a?[31mb???", 10);
	text("caf\xc3\xa9", 4, "caf\xc3\xa9", 4);
	text("\xe6\x97\xa5\xe6\x9c\xac", 3, "\xe6\x97\xa5", 2);
	text("\xff\xfe ok", 9, "?? ok", 5);
	text("\xc2\x9b"
	     "31m",
	     9, "?31m", 4); /* C1: CSI */
	/* NOLINTNEXTLINE(misc-misleading-bidirectional): that is the test */
	text("\xe2\x80\xae"
	     "evil",
	     9, "?evil", 5); /* right-to-left override */
	text("\xc0\xaf", 9, "??", 2); /* overlong */
	text("\xed\xa0\x80", 9, "???", 3); /* surrogate */
	text("cut \xe6\x97", 9, "cut ??", 6);
}

static void test_text_small_buffer(void **state)
{
	char buf[4];

	(void)state;
	assert_int_equal(fmt_text(buf, sizeof(buf), "abcdef", 10), 3);
	assert_string_equal(buf, "abc");
	assert_int_equal(fmt_text(buf, 3, "\xe6\x97\xa5", 10), 0);
	assert_string_equal(buf, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_never_wider),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_small_buffer),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
