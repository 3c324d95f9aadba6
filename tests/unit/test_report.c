// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports: the time they cover and what interrupts it, and pages that say so
 * and are safe whatever names a recording holds.
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

#include "../../tui/report.h"
#include "made.h"

struct fixture {
	struct made m;
	struct report *r;
	struct sp_task *init;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	setenv("TZ", "UTC", 1);
	f->r = report_new();
	made_init(&f->m, 1);
	f->init = made_task(&f->m, 1, "systemd");
	*state = f;
	return f->r ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	report_free(f->r);
	free(f);
	return 0;
}

static void add(struct fixture *f, int times, double interval)
{
	for (int i = 0; i < times; i++) {
		/* Reading takes its time, now more, now less. */
		made_next(&f->m, interval + 0.01 * made_uniform(&f->m));
		assert_int_equal(report_add(f->r, &f->m.frame), 0);
	}
}

/* Both pages, as text. */
static char *page(struct fixture *f, bool html, int width)
{
	char *s = NULL;
	size_t len;
	FILE *out = open_memstream(&s, &len);

	report_end(f->r);
	if (html)
		report_html(out, f->r, "a<b>.spr");
	else
		report_text(out, f->r, "a<b>.spr", width);
	fclose(out);
	return s;
}

static void has(const char *s, const char *part)
{
	if (!strstr(s, part))
		fail_msg("no '%s' in:\n%s", part, s);
}

static void lacks(const char *s, const char *part)
{
	if (strstr(s, part))
		fail_msg("'%s' in:\n%s", part, s);
}

static void one_piece(void **state)
{
	struct fixture *f = *state;
	char *s;

	f->m.frame.status[SP_RES_DISK] = SP_STATUS_NONE;
	add(f, 100, 1);
	assert_int_equal(f->r->frames, 100);
	assert_int_equal(f->r->nr_events, 0);
	assert_true(f->r->recorded_s == f->r->status_s[0][SP_STATUS_OK]);
	assert_true(f->r->recorded_s == f->r->status_s[2][SP_STATUS_NONE]);
	s = page(f, false, 80);
	has(s, "2024-05-01 10:00:00 to 2024-05-01 10:01:40 UTC\n");
	has(s, "VERDICTS: none");
	lacks(s, "LOST");
	free(s);
}

static void interruptions(void **state)
{
	struct fixture *f = *state;
	char *s;

	add(f, 10, 1);
	f->m.frame.time.tv_sec += 60; /* a gap */
	add(f, 10, 1);
	f->m.frame.time.tv_sec -= 3600; /* the clock set back */
	add(f, 10, 1);
	f->m.frame.time.tv_sec += 120; /* a restart, on another kernel */
	f->init->started = (double)f->m.frame.time.tv_sec - 20;
	strcpy(f->m.frame.kernel, "6.12.1");
	add(f, 10, 1);
	f->m.frame.source.name = "procfs";
	add(f, 10, 1);
	assert_int_equal(f->r->count[EVENT_GAP], 2);
	assert_int_equal(f->r->count[EVENT_CLOCK_BACK], 1);
	assert_int_equal(f->r->count[EVENT_RESTART], 1);
	assert_int_equal(f->r->count[EVENT_KERNEL], 1);
	assert_int_equal(f->r->count[EVENT_SOURCE], 1);
	assert_int_equal(f->r->count[EVENT_HOST], 0);
	assert_true(fabs(f->r->gaps_s - 180) < 0.1);
	/* Plots go on where the clock went back. */
	assert_true(f->r->plot.width * f->r->plot.used > 225);
	assert_true(f->r->plot.width * f->r->plot.used < 240);
	s = page(f, false, 132);
	has(s, "the clock was set back by 1h 00min");
	has(s, "1min 00s before this are not recorded");
	has(s, "the machine was restarted");
	has(s, "another kernel: 6.12.1");
	has(s, "another source: procfs");
	free(s);
}

/* A service that is started anew is no restart of the machine. */
static void init_tells_restarts(void **state)
{
	struct fixture *f = *state;

	add(f, 10, 1);
	f->m.frame.time.tv_sec += 120;
	f->init->started += 1.5; /* as clocks are corrected */
	add(f, 10, 1);
	f->m.frame.nr_tasks = 0; /* processes are not recorded for a while */
	add(f, 10, 1);
	f->m.frame.nr_tasks = 1;
	f->init->started += 60; /* the clock was set */
	add(f, 10, 1);
	assert_int_equal(f->r->count[EVENT_RESTART], 0);
}

static void losses(void **state)
{
	struct fixture *f = *state;
	struct sp_lost *lost = f->m.frame.source.lost;
	char *s;

	f->m.frame.source.nr_lost = 1;
	lost[0] = (struct sp_lost){"lost_tasks", 100}; /* before the period */
	add(f, 1, 1);
	lost[0].count = 103;
	add(f, 1, 1);
	lost[0].count = 2; /* the source was opened anew */
	lost[1] = (struct sp_lost){"lost_events", 7};
	f->m.frame.source.nr_lost = 2;
	add(f, 2, 1);
	f->r->damage = (struct report_damage){1, 44, 2};
	s = page(f, false, 132);
	has(s, "LOST: the recording is damaged in 1 place (44 bytes skipped, "
	       "2 samples lost), lost_tasks 5, lost_events 7\n");
	free(s);
}

static void many_events(void **state)
{
	struct fixture *f = *state;
	char *s;

	for (int i = 0; i < 3 * REPORT_EVENTS; i++) {
		f->m.frame.time.tv_sec += 60;
		add(f, 1, 1);
	}
	assert_int_equal(f->r->nr_events, REPORT_EVENTS);
	assert_int_equal(f->r->count[EVENT_GAP], 3 * REPORT_EVENTS - 1);
	s = page(f, false, 100);
	has(s, "and 179 more of that kind"); /* 191 but 12 */
	free(s);
}

static void fill(struct fixture *f)
{
	struct sp_task *t = made_task(&f->m, 7, "e\033[31m<b>\xff");

	t->cpu_pct = 42;
	t->rss_bytes = 1e9;
	strcpy(t->user, "\"&'");
	strcpy(f->m.frame.host, "<h&st>");
	for (int i = 0; i < 400; i++) {
		*made_golden(&f->m, "cpu.runq_wait_p99_us") =
			100 * exp(2 * made_normal(&f->m));
		*made_golden(&f->m, "cpu.util_pct") = 50;
		*made_golden(&f->m, "cpu.steal_pct") = 0;
		if (i == 200)
			made_verdict(&f->m, SP_STATUS_WARNING, SP_RES_CPU,
				     SP_SIG_LATENCY, "<script>&", "e<i>");
		add(f, 1, 1);
	}
}

static void text_fits(void **state)
{
	struct fixture *f = *state;

	fill(f);
	for (int width = 20; width < 500; width += 13) {
		char *s = page(f, false, width), *line = s;
		char *end;

		lacks(s, "\033");
		lacks(s, "\xff");
		for (; (end = strchr(line, '\n')); line = end + 1)
			assert_true(end - line <= width);
		free(s);
	}
}

static void text_says(void **state)
{
	struct fixture *f = *state;
	char *s;

	fill(f);
	s = page(f, false, 160);
	has(s, "0 all the time: cpu saturation steal\n");
	has(s,
	    " 50.0%      50.0%      50.0%      50.0%      50.0%      50.0%\n");
	has(s, "e<i> (4711) 46 %             <script>&");
	has(s, "TOP CPU: 2min 49s CPU time by all tasks\n");
	has(s, "TOP network: not measured\n");
	free(s);
}

/* No markup but ours: each '<' begins one of the tags that the page uses. */
static void html_is_escaped(void **state)
{
	static const char *const tags[] = {
		"!DOCTYPE", "html", "meta", "title", "style",  "h1",
		"h2",	    "h3",   "p",    "table", "tr",     "th",
		"td",	    "div",  "span", "svg",   "path",   "rect",
		"text",	    "b",    "i",    "small", "figure", "figcaption"};
	struct fixture *f = *state;
	char *s;

	fill(f);
	s = page(f, true, 0);
	lacks(s, "<script");
	lacks(s, "<b>\xef");
	lacks(s, "\033");
	lacks(s, "http://");
	lacks(s, "https://");
	has(s, "&lt;script&gt;&amp;");
	has(s, "&lt;h&amp;st&gt;");
	has(s, "&quot;&amp;&#39;");
	has(s, "a&lt;b&gt;.spr");
	has(s, "e\xef\xbf\xbd[31m&lt;b&gt;\xef\xbf\xbd");
	lacks(s, "nan");
	lacks(s, "inf\"");
	for (const char *p = s; (p = strchr(p, '<')); p++) {
		const char *name = p + 1 + (p[1] == '/');
		size_t n = strcspn(name, " >"), i = 0;

		while (i < sizeof(tags) / sizeof(tags[0]) &&
		       (strlen(tags[i]) != n || strncmp(tags[i], name, n) != 0))
			i++;
		assert_true(i < sizeof(tags) / sizeof(tags[0]));
	}
	free(s);
}

static void nothing_at_all(void **state)
{
	struct fixture *f = *state;
	char *text, *html;

	f->m.frame.interval_s = 0;
	assert_int_equal(report_add(f->r, &f->m.frame), 0);
	assert_int_equal(f->r->frames, 0);
	text = page(f, false, 80);
	html = page(f, true, 0);
	has(text, "a<b>.spr");
	has(html, "a&lt;b&gt;.spr");
	free(text);
	free(html);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(one_piece),	   TEST(interruptions),
		TEST(init_tells_restarts), TEST(losses),
		TEST(many_events),	   TEST(text_fits),
		TEST(text_says),	   TEST(html_is_escaped),
		TEST(nothing_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
