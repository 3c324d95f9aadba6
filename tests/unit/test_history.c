// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sparklines' histories: peaks are kept, cells keep their samples while time
 * passes, old ones fall out.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../tui/history.h"

static void empty_is_absent(void **state)
{
	static struct history h;
	double out[4] = {1, 2, 3, 4};

	(void)state;
	history_cells(&h, out, 4, 3);
	for (int i = 0; i < 4; i++)
		assert_true(isnan(out[i]));
	assert_true(isnan(history_max(&h, 4, 3)));
}

static void newest_is_last(void **state)
{
	static struct history h;
	double out[3];

	(void)state;
	for (int i = 1; i <= 5; i++)
		history_add(&h, i);
	history_cells(&h, out, 3, 1);
	assert_true(out[0] == 3 && out[1] == 4 && out[2] == 5);
	assert_true(history_max(&h, 3, 1) == 5);
}

static void peaks_stay(void **state)
{
	static struct history h;
	double out[3];

	(void)state;
	history_add(&h, 9); /* cell 0: 9 1 1 1 */
	for (int i = 0; i < 3; i++)
		history_add(&h, 1);
	history_add(&h, NAN); /* cell 1 so far: absent */
	history_cells(&h, out, 3, 4);
	assert_true(isnan(out[0]) && out[1] == 9 && isnan(out[2]));
	history_add(&h, 2); /* the same cell; the older one is as it was */
	history_cells(&h, out, 3, 4);
	assert_true(isnan(out[0]) && out[1] == 9 && out[2] == 2);
}

static void old_ones_fall_out(void **state)
{
	static struct history h;
	static double out[HISTORY_LEN + 10];

	(void)state;
	history_add(&h, 1000);
	for (int i = 0; i < HISTORY_LEN; i++)
		history_add(&h, 1);
	assert_true(history_max(&h, HISTORY_LEN + 10, 1) == 1);
	history_cells(&h, out, HISTORY_LEN + 10, 1);
	assert_true(isnan(out[9]));
	assert_true(out[10] == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_absent),
		cmocka_unit_test(newest_is_last),
		cmocka_unit_test(peaks_stay),
		cmocka_unit_test(old_ones_fall_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
