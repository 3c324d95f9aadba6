// SPDX-License-Identifier: GPL-2.0-only
/*
 * A replay prints what was printed live, to the byte; and
 * tui/when.c: which moments words mean.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <sysperf/collector.h>
#include <sysperf/recording.h>

#include "../../tui/out.h"
#include "../../tui/replay.h"
#include "../../tui/when.h"
#include "sample.h"

#define FRAMES 12 /* some keys, more deltas */

/* Those that programs read; text and OpenMetrics have more digits. */
static const struct out_format *const formats[] = {&out_csv, &out_json};
#define FORMATS 2

static char *print(const struct out_format *format,
		   const struct sp_frame *frame)
{
	struct options o = {.top = -1};
	struct out out = {.o = &o, .view = &o.view, .width = 200};
	char *text = NULL;
	size_t len;

	view_init(&o.view);
	o.view.hide_idle = format == &out_csv;
	out.f = open_memstream(&text, &len);
	assert_non_null(out.f);
	if (format->begin)
		format->begin(&out);
	assert_int_equal(view_select(&o.view, frame, 0), 0);
	out.rows = o.view.nr_rows;
	assert_int_equal(format->frame(&out, frame), 0);
	fclose(out.f);
	view_free(&o.view);
	return text;
}

struct printed {
	char *text[FRAMES][FORMATS];
};

static void add(struct sp_recorder *r, struct printed *p, unsigned int i,
		const struct sp_frame *frame)
{
	for (unsigned int k = 0; k < FORMATS; k++)
		p->text[i][k] = print(formats[k], frame);
	assert_int_equal(sp_recorder_add(r, frame), 0);
}

/* Of this machine, and of one that has all that is ever measured. */
static void record_frames(struct sp_recorder *r, struct printed *p)
{
	struct sp_collector_config cfg = {.root = "", .task_cgroups = true};
	struct sp_collector *c;
	const struct sp_frame *frame;
	struct sample s;
	char err[512];

	assert_int_equal(sp_collector_open(&c, &cfg, err, sizeof(err)), 0);
	assert_int_equal(sp_collector_sample(c, &frame), 0);
	for (unsigned int i = 0; i < FRAMES; i++) {
		if (i % 3 == 2) {
			sample_make(&s, i);
			add(r, p, i, &s.frame);
			continue;
		}
		usleep(10000);
		assert_int_equal(sp_collector_sample(c, &frame), 0);
		add(r, p, i, frame);
	}
	sp_collector_close(c);
}

static void replay_equals_live(void **state)
{
	char path[] = "/tmp/sysperf-test-XXXXXX", err[512];
	const struct sp_frame *frame;
	static struct printed p;
	struct sp_recording *in;
	struct sp_recorder *r;

	(void)state;
	close(mkstemp(path));
	assert_int_equal(sp_recorder_open(&r, path, NULL, err, sizeof(err)), 0);
	record_frames(r, &p);
	assert_int_equal(sp_recorder_close(r), 0);
	assert_int_equal(sp_recording_open(&in, path, err, sizeof(err)), 0);
	for (unsigned int i = 0; i < FRAMES; i++) {
		assert_int_equal(sp_recording_next(in, &frame), 0);
		for (unsigned int k = 0; k < FORMATS; k++) {
			char *again = print(formats[k], frame);

			assert_string_equal(again, p.text[i][k]);
			free(again);
			free(p.text[i][k]);
		}
	}
	sp_recording_close(in);
	unlink(path);
}

static void expect_at(const char *text, bool end, const char *want)
{
	/* 2023-11-14 22:13:20 UTC, half past eleven pm in Berlin */
	const time_t day = SAMPLE_TIME;
	struct timespec t;
	struct when w;
	char got[64], *at = got;

	if (when_parse(&w, text))
		fail_msg("%s is refused", text);
	t = when_at(&w, day, 0, end);
	at += strftime(got, 32, "%F %T", gmtime(&t.tv_sec));
	if (t.tv_nsec)
		snprintf(at, 16, ".%09ld", t.tv_nsec);
	assert_string_equal(got, want);
}

static void moments(void **state)
{
	(void)state;
	setenv("TZ", "Europe/Berlin", 1); /* an hour ahead in November */
	tzset();
	expect_at("14:05", false, "2023-11-14 13:05:00");
	expect_at("14:05:07", false, "2023-11-14 13:05:07");
	expect_at("1405", false, "2023-11-14 13:05:00");
	expect_at("140507", false, "2023-11-14 13:05:07");
	expect_at("202403310130", false, "2024-03-31 00:30:00");
	expect_at("202403310330", false, "2024-03-31 01:30:00"); /* summer */
	expect_at("20240331", false, "2024-03-30 23:00:00");
	expect_at("20240331", true, "2024-03-31 21:59:59.999999999");
	expect_at("2024-05-06", false, "2024-05-05 22:00:00");
	expect_at("2024-05-06T07:08", false, "2024-05-06 05:08:00");
	expect_at("2024-05-06 07:08:09.5", false,
		  "2024-05-06 05:08:09.500000000");
	expect_at("2024-05-06T07:08:09Z", false, "2024-05-06 07:08:09");
	expect_at("2024-05-06T07:08:09.250Z", false,
		  "2024-05-06 07:08:09.250000000");
	expect_at("2024-05-06T07:08+05:30", false, "2024-05-06 01:38:00");
	expect_at("2024-05-06T07:08-0200", false, "2024-05-06 09:08:00");
}

static void days_ago(void **state)
{
	time_t now = time(NULL);
	struct timespec t;
	struct when w;
	struct tm tm;

	(void)state;
	for (int n = 1; n <= 3; n++) {
		char text[16] = "yyy";

		memcpy(text + n, "14:05", sizeof("14:05"));
		assert_int_equal(when_parse(&w, text), 0);
		t = when_at(&w, 0, 0, false);
		localtime_r(&t.tv_sec, &tm);
		assert_int_equal(tm.tm_hour * 100 + tm.tm_min, 1405);
		/* Half a day either way, and an hour for the time of year. */
		assert_in_range(now - t.tv_sec, n * 86400 - 15 * 3600,
				n * 86400 + 16 * 3600);
	}
	assert_int_equal(when_parse(&w, "y"), 0);
	t = when_at(&w, 0, 0, false);
	localtime_r(&t.tv_sec, &tm);
	assert_int_equal(tm.tm_hour * 100 + tm.tm_min, 0);
}

static void no_moments(void **state)
{
	static const char *const bad[] = {
		"",
		"12",
		"noon",
		"25:00",
		"12:60",
		"12:5",
		"1260",
		"12:00:60",
		"12:00x",
		"y12",
		"yy12:00x",
		"x12:00",
		"2024-13-01",
		"2024-00-01",
		"2024-05-32",
		"2024-05-06T",
		"2024-05",
		"2024-05-06T07",
		"20240532",
		"2024050",
		"-1:00",
		"y20240506",
		"2024-05-06T07:08+25:00",
		"12:00Z ",
		"1234567",
	};
	struct when w;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!when_parse(&w, bad[i]) || w.set)
			fail_msg("'%s' is taken", bad[i]);
}

/* From 22:00 to 06:00 of the next day. */
static void expect_window(const char *from, const char *to, int begin, int end)
{
	const time_t first_s = SAMPLE_TIME;
	struct timespec first = {first_s, 0}, last = {first_s + 8L * 3600, 0};
	struct timespec b = {0}, e = {0};
	struct when x = {0}, y = {0};

	if (from)
		assert_int_equal(when_parse(&x, from), 0);
	if (to)
		assert_int_equal(when_parse(&y, to), 0);
	when_window(&x, &y, &first, &last, &b, &e);
	if (from)
		assert_int_equal((b.tv_sec - first_s) / 60, begin);
	if (to)
		assert_int_equal((e.tv_sec - first_s) / 60, end);
}

static void windows(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1); /* it begins at 22:13:20 */
	tzset();
	expect_window("23:00:20", "23:30:20", 47, 77);
	expect_window("01:00:20", "02:00:20", 167, 227); /* the next day */
	expect_window("23:00:20", "01:00:20", 47, 167);
	expect_window(NULL, "01:00:20", 0, 167);
	expect_window("22:00:20", NULL, -13, 0); /* before all of it */
	expect_window("10:00:20", NULL, -733, 0); /* at no time in it */
	expect_window("23:00:20", "09:00:20", 47, 647);
}

static void spans(void **state)
{
	static const char *const bad[] = {"",	"s",   "fast", "-5", "0",
					  "5x", "5ss", "inf",  "nan"};

	(void)state;
	assert_true(replay_parse_span("90") == 90);
	assert_true(replay_parse_span("1.5s") == 1.5);
	assert_true(replay_parse_span("5m") == 300);
	assert_true(replay_parse_span("3h") == 10800);
	assert_true(replay_parse_span("2d") == 172800);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(replay_parse_span(bad[i]) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replay_equals_live),
		cmocka_unit_test(moments),
		cmocka_unit_test(days_ago),
		cmocka_unit_test(no_moments),
		cmocka_unit_test(windows),
		cmocka_unit_test(spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
