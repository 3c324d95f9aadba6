// SPDX-License-Identifier: GPL-2.0-only
/*
 * tui/hold.c and the order of view.c: rows of the live screen keep their places
 * unless what is seen of them changes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../tui/fmt.h"
#include "../../tui/hold.h"
#include "../../tui/view.h"

#define TASKS 60
#define SEEN 20

struct screenful {
	struct sp_task tasks[TASKS];
	struct sp_frame frame;
	struct view view;
	struct hold hold;
	double was[SEEN];
};

static struct screenful s;

static void setup_for(const char *sort)
{
	char err[160];

	memset(&s.hold, 0, sizeof(s.hold));
	view_init(&s.view);
	s.view.as_seen = true;
	assert_int_equal(view_parse_sort(&s.view, sort, err, sizeof(err)), 0);
	for (size_t i = 0; i < TASKS; i++) {
		sp_field_row_clear(SP_TABLE_TASK, &s.tasks[i]);
		s.tasks[i].tid = s.tasks[i].pid = (double)i + 1;
	}
	s.frame = (struct sp_frame){.tasks = s.tasks, .nr_tasks = TASKS};
}

/* A sample as tui/tasks.c takes it. Returns how many rows have another task. */
static int sample(void)
{
	struct view *v = &s.view;
	int moved = 0;

	assert_int_equal(view_select(v, &s.frame, SEEN), 0);
	hold_settle(&s.hold, v->rows, v->nr_rows, v->sort, v->ascending);
	hold_note(&s.hold, v->rows, 0, SEEN, v->sort, v->ascending);
	for (int i = 0; i < SEEN; i++) {
		moved += s.was[i] != v->rows[i]->tid;
		s.was[i] = v->rows[i]->tid;
	}
	return moved;
}

static double any(double least, double most)
{
	return least + (most - least) * rand() / RAND_MAX;
}

static void alike_stay(void **state)
{
	(void)state;
	setup_for("runq_wait_p99_us");
	for (int turn = 0; turn < 50; turn++) {
		for (size_t i = 0; i < TASKS; i++)
			s.tasks[i].runq_wait_p99_us = any(0, 49);
		assert_true(sample() == 0 || turn == 0);
	}
	/* But one that is seen to wait comes to the top at once. */
	s.tasks[TASKS - 1].runq_wait_p99_us = 700;
	sample();
	assert_true(s.was[0] == TASKS);
	view_free(&s.view);
}

static void set(const struct sp_field *f, struct sp_task *t, double v)
{
	memcpy((char *)t + f->offset, &v, sizeof(v));
}

/* What is equal to two is equal between them, or sorting may do anything. */
static void an_order(void **state)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_TASK];

	(void)state;
	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];
		char key[64];

		if (f->unit == SP_UNIT_TEXT || f->unit == SP_UNIT_TIME)
			continue;
		snprintf(key, sizeof(key), "%s", f->key);
		setup_for(key);
		for (int turn = 0; turn < 40; turn++) {
			double most = any(0, 1) < 0.5 ? 300 : 3e4;

			for (size_t k = 0; k < TASKS; k++)
				set(f, &s.tasks[k], any(0, most));
			assert_int_equal(view_select(&s.view, &s.frame, 0), 0);
			for (size_t k = 1; k < TASKS; k++) {
				const struct sp_task **r = &s.view.rows[k];
				double x =
					fmt_in_row(f, sp_field_num(f, r[-1]));
				double y = fmt_in_row(f, sp_field_num(f, r[0]));

				assert_true(x >= y);
				assert_true(x > y || r[-1]->tid < r[0]->tid);
			}
		}
		view_free(&s.view);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alike_stay),
		cmocka_unit_test(an_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
