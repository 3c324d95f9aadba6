// SPDX-License-Identifier: GPL-2.0-only
/*
 * tui/view.c, filter.c, view_parse.c: which tasks, in which order.
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

#include "../../tui/view.h"

static char err[256];

static struct sp_task *make_tasks(struct sp_frame *f, size_t nr)
{
	memset(f, 0, sizeof(*f));
	f->tasks = calloc(nr, sizeof(*f->tasks));
	assert_non_null(f->tasks);
	f->nr_tasks = nr;
	for (size_t i = 0; i < nr; i++) {
		sp_field_row_clear(SP_TABLE_TASK, &f->tasks[i]);
		f->tasks[i].tid = f->tasks[i].pid = (double)i + 1;
		snprintf(f->tasks[i].comm, sizeof(f->tasks[i].comm), "task%hhu",
			 (unsigned char)(i + 1));
		strcpy(f->tasks[i].state, "S");
	}
	return f->tasks;
}

static int select_nr(struct view *v, const struct sp_frame *f)
{
	assert_int_equal(view_select(v, f, 0), 0);
	return (int)v->nr_rows;
}

static void test_sort(void **state)
{
	struct sp_frame f;
	struct sp_task *t = make_tasks(&f, 4);
	struct view v;

	(void)state;
	view_init(&v);
	t[0].cpu_pct = 1;
	t[1].cpu_pct = 5;
	t[3].cpu_pct = 1; /* t[2] is NaN */
	assert_int_equal(view_select(&v, &f, 0), 0);
	assert_int_equal(v.nr_rows, 4);
	assert_ptr_equal(v.rows[0], &t[1]);
	assert_ptr_equal(v.rows[1], &t[0]);
	assert_ptr_equal(v.rows[2], &t[3]);
	assert_ptr_equal(v.rows[3], &t[2]);
	assert_int_equal(view_parse_sort(&v, "+cpu_pct", err, sizeof(err)), 0);
	assert_int_equal(view_select(&v, &f, 0), 0);
	assert_ptr_equal(v.rows[0], &t[0]);
	assert_ptr_equal(v.rows[2], &t[1]);
	assert_ptr_equal(v.rows[3], &t[2]);
	assert_int_equal(view_parse_sort(&v, "-comm", err, sizeof(err)), 0);
	assert_int_equal(view_select(&v, &f, 0), 0);
	assert_ptr_equal(v.rows[0], &t[3]);
	view_free(&v);
	free(f.tasks);
}

/* What looks alike on the screen is in order of ids there. */
static void test_sort_as_seen(void **state)
{
	struct sp_frame f;
	struct sp_task *t = make_tasks(&f, 4);
	struct view v;

	(void)state;
	view_init(&v);
	t[0].cpu_pct = 0.01;
	t[1].cpu_pct = 0.02;
	t[2].cpu_pct = 46.8;
	t[3].cpu_pct = 47.4;
	assert_int_equal(view_select(&v, &f, 0), 0);
	assert_true(v.rows[0] == &t[3] && v.rows[2] == &t[1]);
	v.as_seen = true;
	assert_int_equal(view_select(&v, &f, 0), 0);
	assert_true(v.rows[0] == &t[2] && v.rows[2] == &t[0]);
	t[3].cpu_pct = 47.6;
	assert_int_equal(view_select(&v, &f, 0), 0);
	assert_true(v.rows[0] == &t[3]);
	view_free(&v);
	free(f.tasks);
}

/* The dead do not drive the living off the screen. */
static void test_room_for_ended(void **state)
{
	struct sp_frame f;
	struct sp_task *t = make_tasks(&f, 60);
	struct view v;
	size_t i, ended = 0;

	(void)state;
	view_init(&v);
	for (i = 0; i < 60; i++) {
		t[i].cpu_pct = (double)i;
		t[i].exited = i >= 30;
	}
	v.extra = &t[50];
	v.nr_extra = 10;
	f.nr_tasks = 50;
	assert_int_equal(select_nr(&v, &f), 60); /* there is room without end */
	v.room = 20;
	assert_int_equal(select_nr(&v, &f), 35);
	for (i = 0; i < v.nr_rows; i++)
		ended += v.rows[i]->exited;
	assert_int_equal(ended, 5);
	for (i = 0; i < 5; i++) /* those that did most */
		assert_ptr_equal(v.rows[i], &t[59 - i]);
	v.room = 50;
	assert_int_equal(select_nr(&v, &f), 50);
	v.room = 200;
	assert_int_equal(select_nr(&v, &f), 60);
	view_free(&v);
	free(f.tasks);
}

/* The first rows are those that a full sort gives, for any input. */
static void test_top_is_sorted_prefix(void **state)
{
	static const size_t sizes[] = {1, 2, 3, 10, 257, 1000};
	struct view full, part;

	(void)state;
	srand(1);
	view_init(&full);
	view_init(&part);
	for (int round = 0; round < 60; round++) {
		struct sp_frame f;
		size_t nr = sizes[round % 6], top = (size_t)rand() % nr + 1;
		struct sp_task *t = make_tasks(&f, nr);

		for (size_t i = 0; i < nr; i++)
			/* few values, so that many tie; already in order;
			 * or all alike */
			t[i].cpu_pct = round % 3 == 0	? rand() % 7
				       : round % 3 == 1 ? (double)i
							: 3;
		if (nr > 2)
			t[nr / 2].cpu_pct = NAN;
		full.ascending = part.ascending = round & 1;
		assert_int_equal(view_select(&full, &f, 0), 0);
		assert_int_equal(view_select(&part, &f, top), 0);
		assert_int_equal(part.nr_rows, nr);
		for (size_t i = 0; i < top; i++)
			assert_ptr_equal(full.rows[i], part.rows[i]);
		free(f.tasks);
	}
	view_free(&full);
	view_free(&part);
}

static void test_choice(void **state)
{
	struct sp_frame f;
	struct sp_task *t = make_tasks(&f, 5);
	struct view v;

	(void)state;
	view_init(&v);
	t[0].uid = 7;
	t[1].kthread = true;
	t[2].cpu_pct = 1;
	strcpy(t[3].state, "D");
	strcpy(t[4].command, "/usr/bin/Python3 x.py");
	v.hide_kthreads = true;
	assert_int_equal(select_nr(&v, &f), 4);
	v.hide_idle = true;
	assert_int_equal(select_nr(&v, &f), 2);
	v.hide_idle = false;
	assert_int_equal(view_parse_user(&v, "7", false, err, sizeof(err)), 0);
	assert_int_equal(select_nr(&v, &f), 1);
	/* Who root is elsewhere, frames say. */
	strcpy(t[3].user, "root");
	strcpy(t[4].user, "rooted");
	t[3].uid = 1234;
	assert_int_equal(view_parse_user(&v, "root", true, err, sizeof(err)),
			 0);
	assert_int_equal(select_nr(&v, &f), 1);
	assert_ptr_equal(v.rows[0], &t[3]);
	assert_int_equal(view_parse_user(&v, "7", true, err, sizeof(err)), 0);
	assert_int_equal(select_nr(&v, &f), 1);
	assert_ptr_equal(v.rows[0], &t[0]);
	view_all_users(&v);
	strcpy(v.match, "python");
	assert_int_equal(select_nr(&v, &f), 1);
	*v.match = '\0';
	assert_int_equal(view_add_pids(&v, "1,3", err, sizeof(err)), 0);
	assert_int_equal(select_nr(&v, &f), 2);
	f.nr_tasks = 0;
	assert_int_equal(select_nr(&v, &f), 0);
	view_free(&v);
	free(f.tasks);
}

static int filtered(const char *expr, const struct sp_frame *f)
{
	struct view v;
	int nr;

	view_init(&v);
	if (view_parse_filter(&v, expr, err, sizeof(err)))
		return -1;
	nr = select_nr(&v, f);
	view_free(&v);
	return nr;
}

static void test_filter(void **state)
{
	struct sp_frame f;
	struct sp_task *t = make_tasks(&f, 4);

	(void)state;
	t[0].rss_bytes = 512;
	t[1].rss_bytes = 1024;
	t[2].rss_bytes = 1048576; /* t[3] is NaN */
	t[0].runq_wait_p99_us = 1500;
	assert_int_equal(filtered("", &f), 4);
	assert_int_equal(filtered("rss_bytes>=1k", &f), 2);
	assert_int_equal(filtered("rss_bytes >= 1 M", &f), 1);
	assert_int_equal(filtered(" rss_bytes < 1K ", &f), 1);
	assert_int_equal(filtered("rss_bytes!=512", &f), 2);
	assert_int_equal(filtered("rss_bytes = 512", &f), 1);
	assert_int_equal(filtered("rss_bytes == 512", &f), 1);
	assert_int_equal(filtered("runq_wait_p99_us > 1ms", &f), 1);
	assert_int_equal(filtered("runq_wait_p99_us > 0.001s", &f), 1);
	assert_int_equal(filtered("runq_wait_p99_us > 2ms", &f), 0);
	assert_int_equal(filtered("comm ~ TASK", &f), 4);
	assert_int_equal(filtered("comm !~ 2", &f), 3);
	assert_int_equal(filtered("comm = task1", &f), 1);
	assert_int_equal(filtered("comm != task1", &f), 3);
	assert_int_equal(filtered("cpu_pct > 5%", &f), 0);
	free(f.tasks);
}

static void test_bad_filters(void **state)
{
	static const char *const bad[] = {
		"nosuch > 1",
		"cpu_pct",
		"cpu_pct >",
		"cpu_pct > x",
		"cpu_pct > 0x10",
		"cpu_pct > nan",
		"cpu_pct > inf",
		"cpu_pct > 1k",
		"cpu_pct > 1e999",
		"cpu_pct ~ 1",
		"comm > a",
		"comm =",
		"> 3",
		"cpu_pct 3",
		"cpu_pct > 1 2",
		"rss_bytes > 1Q",
		"rss_bytes > 1ms",
	};
	struct view v;

	(void)state;
	view_init(&v);
	assert_int_equal(view_parse_filter(&v, "pid > 3", err, sizeof(err)), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		*err = '\0';
		assert_int_equal(view_parse_filter(&v, bad[i], err,
						   sizeof(err)),
				 -EINVAL);
		assert_true(*err != '\0');
		/* what was set before stays */
		assert_int_equal(v.nr_filters, 1);
		assert_string_equal(v.filters[0].field->key, "pid");
	}
	assert_int_equal(view_parse_filter(&v, " ", err, sizeof(err)), 0);
	assert_int_equal(v.nr_filters, 0);
}

static void test_two_filters(void **state)
{
	struct sp_frame f;
	struct sp_task *t = make_tasks(&f, 3);
	struct view v;

	(void)state;
	view_init(&v);
	t[0].cpu_pct = 9;
	t[1].cpu_pct = 9;
	assert_int_equal(view_add_filter(&v, "cpu_pct > 5", err, sizeof(err)),
			 0);
	assert_int_equal(select_nr(&v, &f), 2);
	assert_int_equal(view_add_filter(&v, "comm != task1", err, sizeof(err)),
			 0);
	assert_int_equal(select_nr(&v, &f), 1);
	assert_ptr_equal(v.rows[0], &t[1]);
	/* As typed on the screen: instead of them. */
	assert_int_equal(
		view_parse_filter(&v, "comm != task1", err, sizeof(err)), 0);
	assert_int_equal(select_nr(&v, &f), 2);
	view_free(&v);
	free(f.tasks);
}

/* Which key is known of nobody, and is not to be. */
static void test_not_measured(void **state)
{
	struct sp_frame f;
	struct sp_task *t = make_tasks(&f, 2);
	struct view v;

	(void)state;
	view_init(&v);
	t[0].cpu_pct = 1;
	assert_null(view_not_measured(&v, &f));
	assert_int_equal(view_parse_sort(&v, "io_p99_us", err, sizeof(err)), 0);
	assert_string_equal(view_not_measured(&v, &f)->key, "io_p99_us");
	/* It did not happen. */
	f.source.caps = 1U << SP_CAP_BLOCK;
	assert_null(view_not_measured(&v, &f));
	/* Another source has it, of some. */
	f.source.caps = 0;
	t[1].io_p99_us = 5;
	assert_null(view_not_measured(&v, &f));
	assert_int_equal(view_parse_filter(&v, "comm ~ x", err, sizeof(err)),
			 0);
	assert_null(view_not_measured(&v, &f));
	assert_int_equal(view_add_filter(&v, "ipc > 1", err, sizeof(err)), 0);
	assert_string_equal(view_not_measured(&v, &f)->key, "ipc");
	f.nr_tasks = 0;
	assert_null(view_not_measured(&v, &f));
	free(f.tasks);
}

static void test_columns(void **state)
{
	struct view v;
	size_t nr;

	(void)state;
	view_init(&v);
	nr = v.nr_columns;
	assert_true(nr > 5);
	assert_int_equal(view_parse_columns(&v, "pid,", err, sizeof(err)),
			 -EINVAL);
	assert_int_equal(view_parse_columns(&v, "pid,rss", err, sizeof(err)),
			 -EINVAL);
	assert_non_null(strstr(err, "rss_bytes"));
	assert_int_equal(view_parse_columns(&v, "CPU%", err, sizeof(err)),
			 -EINVAL);
	assert_non_null(strstr(err, "cpu_pct"));
	assert_int_equal(v.nr_columns, nr);
	assert_int_equal(view_parse_columns(&v, "comm,pid", err, sizeof(err)),
			 0);
	assert_int_equal(v.nr_columns, 2);
	assert_string_equal(v.columns[1]->key, "pid");
}

static void test_bad_pids_and_users(void **state)
{
	static const char *const bad[] = {"",	 "0",	"-1",  "1,",
					  ",1",	 "1 2", "0x1", "99999999999",
					  "abc", "+1"};
	struct view v;

	(void)state;
	view_init(&v);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(view_add_pids(&v, bad[i], err, sizeof(err)),
				 -EINVAL);
	assert_int_equal(v.nr_pids, 0);
	assert_int_equal(view_parse_user(&v, "root", false, err, sizeof(err)),
			 0);
	assert_int_equal(v.uid, 0);
	assert_int_equal(view_parse_user(&v, "", false, err, sizeof(err)),
			 -EINVAL);
	assert_int_equal(view_parse_user(&v, "-1", false, err, sizeof(err)),
			 -EINVAL);
	assert_int_equal(view_parse_user(&v, "no-such-user", false, err,
					 sizeof(err)),
			 -EINVAL);
	assert_int_equal(
		view_parse_user(&v, "no-such-user", true, err, sizeof(err)), 0);
	assert_int_equal(view_parse_user(&v, "", true, err, sizeof(err)),
			 -EINVAL);
}

static uint64_t bit(const char *key)
{
	const struct sp_field *f =
		sp_field_find(SP_TABLE_TASK, key, strlen(key));

	assert_non_null(f);
	return 1ULL << (f - sp_tables[SP_TABLE_TASK].fields);
}

/* What is not shown may be needed, too. */
static void test_fields(void **state)
{
	uint64_t names = bit("pid") | bit("tid") | bit("user") | bit("comm") |
			 bit("command");
	struct view v;

	(void)state;
	view_init(&v);
	assert_int_equal(view_parse_columns(&v, "threads,rss_bytes", err,
					    sizeof(err)),
			 0);
	assert_int_equal(
		view_parse_sort(&v, "major_faults_per_s", err, sizeof(err)), 0);
	names |= bit("threads") | bit("rss_bytes") | bit("major_faults_per_s");
	assert_true(view_fields(&v) == names);
	assert_int_equal(view_add_filter(&v, "ipc > 1", err, sizeof(err)), 0);
	names |= bit("ipc");
	assert_true(view_fields(&v) == names);
	v.hide_idle = true;
	names |= bit("state") | bit("cpu_pct") | bit("runq_pct") |
		 bit("iowait_pct") | bit("blocked_pct") |
		 bit("switches_per_s") | bit("read_bytes_per_s") |
		 bit("write_bytes_per_s") | bit("ios_per_s");
	assert_true(view_fields(&v) == names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_sort_as_seen),
		cmocka_unit_test(test_room_for_ended),
		cmocka_unit_test(test_top_is_sorted_prefix),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_bad_filters),
		cmocka_unit_test(test_two_filters),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_not_measured),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_bad_pids_and_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
