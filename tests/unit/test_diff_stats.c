// SPDX-License-Identifier: GPL-2.0-only
/*
 * The statistics of sysperf diff: U and its p against published tables and
 * against counting, Holm's correction, shifts, and blocks that keep sums.
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

#include "../../tui/diff_series.h"
#include "../../tui/diff_stats.h"
#include "made.h"

static void near(double got, double want, double within)
{
	if (!(fabs(got - want) <= within))
		fail_msg("%.9g is not within %g of %.9g", got, within, want);
}

/* na + nb different values of which U is u. */
static void arrange(double *a, size_t na, double *b, size_t nb, size_t u)
{
	for (size_t i = 0; i < na; i++)
		a[i] = (double)i + 1;
	/* Each value of b above so many of a. */
	for (size_t k = 0; k < nb; k++) {
		size_t above = u < na ? u : na;

		b[k] = (double)above + 0.5 + (double)k / 1000;
		u -= above;
	}
	assert_int_equal(u, 0);
}

static void u_counts_pairs(void **state)
{
	double a[12], b[9];
	struct made m;

	(void)state;
	made_init(&m, 3);
	for (int trial = 0; trial < 200; trial++) {
		double pairs = 0;

		for (size_t i = 0; i < 12; i++)
			a[i] = floor(made_uniform(&m) * 10);
		for (size_t i = 0; i < 9; i++)
			b[i] = floor(made_uniform(&m) * 12);
		for (size_t i = 0; i < 12; i++)
			for (size_t k = 0; k < 9; k++)
				pairs += b[k] > a[i]	? 1
					 : b[k] == a[i] ? 0.5
							: 0;
		assert_true(rank_u(a, 12, b, 9) == pairs);
		assert_true(rank_u(b, 9, a, 12) == 12 * 9 - pairs);
	}
}

/* The largest U significant at 5 % and 1 %, two-sided, of the usual tables
 * (e.g. Siegel 1956, table K). */
static void critical_values(void **state)
{
	static const struct {
		size_t n, m, five, one;
	} table[] = {{5, 5, 2, 0},     {6, 8, 8, 4},	 {8, 8, 13, 7},
		     {10, 10, 23, 16}, {12, 15, 49, 37}, {20, 20, 127, 105}};
	double a[20], b[20];

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		size_t n = table[i].n, m = table[i].m;

		arrange(a, n, b, m, table[i].five);
		assert_true(rank_u(a, n, b, m) == (double)table[i].five);
		assert_true(rank_p(a, n, b, m, 0) <= 0.05);
		arrange(a, n, b, m, table[i].five + 1);
		assert_true(rank_p(a, n, b, m, 0) > 0.05);
		arrange(a, n, b, m, table[i].one);
		assert_true(rank_p(a, n, b, m, 0) <= 0.01);
		arrange(a, n, b, m, table[i].one + 1);
		assert_true(rank_p(a, n, b, m, 0) > 0.01);
		arrange(a, n, b, m, n * m - table[i].five); /* the other way */
		assert_true(rank_p(a, n, b, m, 0) <= 0.05);
	}
	arrange(a, 3, b, 3, 0); /* one of the 20 orders, twice */
	near(rank_p(a, 3, b, 3, 0), 0.1, 1e-12);
}

/* Where both can be had, the normal distribution is close to what is exact. */
static void normal_beside_exact(void **state)
{
	double a[20], b[20], exact, normal;

	(void)state;
	for (size_t u = 60; u <= 200; u += 10) {
		arrange(a, 20, b, 20, u);
		exact = rank_p(a, 20, b, 20, 0);
		/* so little that only the way is another one */
		normal = rank_p(a, 20, b, 20, 1e-12);
		near(normal, exact, 0.006);
	}
}

/* A table with ties, worked by hand: a 1 2 2 3, b 2 3 3 4 has U 13, sum of
 * t^3 - t 24 + 24, variance 16 / 12 x (9 - 48 / 56). */
static void ties_narrow_the_variance(void **state)
{
	const double a[] = {1, 2, 2, 3}, b[] = {2, 3, 3, 4};
	const double same[] = {7, 7, 7, 7};
	double z = (13 - 8 - 0.5) / sqrt(16.0 / 12 * (9 - 48.0 / 56));

	(void)state;
	assert_true(rank_u(a, 4, b, 4) == 13);
	near(rank_p(a, 4, b, 4, 0), erfc(z / sqrt(2)), 1e-12);
	assert_true(rank_p(same, 4, same, 4, 0) == 1);
	assert_true(rank_p(a, 4, b, 0, 0) == 1);
	/* Likeness makes it less certain. */
	assert_true(rank_p(a, 4, b, 4, 0.3) > rank_p(a, 4, b, 4, 0));
}

static void shifts(void **state)
{
	const double a[] = {1, 5, 2, 100}, b[] = {11, 15, 12, 7};
	double x[30], y[31];
	struct made m;

	(void)state;
	/* of the 16 differences the middle two are 9 and 10 */
	near(rank_shift(a, 4, b, 4), 8, 2);
	assert_true(isnan(rank_shift(a, 0, b, 4)));
	near(rank_median(a, 4), 3.5, 0);
	near(rank_median(a, 3), 2, 0);
	assert_true(isnan(rank_median(a, 0)));
	made_init(&m, 9);
	for (int trial = 0; trial < 50; trial++) {
		for (int i = 0; i < 31; i++)
			y[i] = floor(made_uniform(&m) * 20) + 40;
		for (int i = 0; i < 30; i++)
			x[i] = y[i] - 40;
		near(rank_shift(x, 30, y, 30), 40, 0);
		near(rank_median(y, 30), rank_median(x, 30) + 40, 0);
	}
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void medians_beside_sorted(void **state)
{
	double v[101], sorted[101];
	struct made m;

	(void)state;
	made_init(&m, 4);
	for (size_t n = 1; n <= 101; n++) {
		for (size_t i = 0; i < n; i++)
			sorted[i] = v[i] =
				floor(made_uniform(&m) * (n % 3 ? 1000 : 5));
		qsort(sorted, n, sizeof(double), by_value);
		near(rank_median(v, n),
		     (sorted[(n - 1) / 2] + sorted[n / 2]) / 2, 0);
	}
}

static void likeness(void **state)
{
	double v[200];
	struct made m;
	double x = 0;

	(void)state;
	made_init(&m, 5);
	for (int i = 0; i < 200; i++)
		v[i] = made_normal(&m);
	near(rank_likeness(v, 200), 0, 0.2);
	for (int i = 0; i < 200; i++) {
		x = 0.9 * x + made_normal(&m);
		v[i] = exp(x);
	}
	near(rank_likeness(v, 200), 0.9, 0.1);
	for (int i = 0; i < 200; i++)
		v[i] = i % 2;
	assert_true(rank_likeness(v, 200) < -0.9);
	assert_true(rank_likeness(v, 3) == 0);
	for (int i = 0; i < 200; i++)
		v[i] = 3;
	assert_true(rank_likeness(v, 200) == 0);
}

static void holm(void **state)
{
	/* The least times 4, the next times 3, and none below one before. */
	double p[] = {0.01, 0.04, 0.03, 0.005};

	(void)state;
	rank_holm(p, 4);
	near(p[3], 0.02, 1e-12);
	near(p[0], 0.03, 1e-12);
	near(p[2], 0.06, 1e-12);
	near(p[1], 0.06, 1e-12);
	p[0] = 0.7;
	p[1] = 0.9;
	rank_holm(p, 2);
	assert_true(p[0] == 1 && p[1] == 1);
	rank_holm(p, 0);
}

/* Whatever their number and lengths: sums, means, and equal blocks. */
static void blocks_keep_sums(void **state)
{
	(void)state;
	for (unsigned int seed = 0; seed < 30; seed++) {
		struct diff_axis axis = {0};
		struct diff_series s = {0};
		double seconds = 0, measured = 0, sum = 0, got = 0;
		double out[SERIES_BLOCKS];
		struct made m;
		size_t nr;

		made_init(&m, seed);
		for (unsigned int i = 0; i < 10 + 150 * seed; i++) {
			double length = 1 + 0.01 * made_uniform(&m);
			double v =
				made_uniform(&m) < 0.2 ? NAN : made_uniform(&m);

			if (diff_axis_full(&axis, length)) {
				diff_series_halve(&s);
				diff_axis_halve(&axis);
			}
			diff_series_add(&s, diff_axis_add(&axis, length), v,
					length);
			seconds += length;
			measured += isnan(v) ? 0 : length;
			sum += isnan(v) ? 0 : v * length;
		}
		assert_true(axis.nr <= SERIES_BLOCKS);
		near(diff_series_mean(&s), sum / measured, 1e-9);
		for (size_t i = 0; i < axis.nr; i++) {
			got += axis.seconds[i];
			/* The last may not be full, others are. */
			if (i + 1 < axis.nr)
				near(axis.seconds[i], axis.width,
				     0.02 * axis.width + 0.51);
		}
		near(got, seconds, 1e-6);
		nr = diff_series_blocks(&s, &axis, axis.width * 4, out);
		assert_true(nr <= axis.nr / 4 + 1 && nr + 2 >= axis.nr / 5);
		for (size_t i = 0; i < nr; i++)
			assert_true(out[i] >= 0 && out[i] <= 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(u_counts_pairs),
		cmocka_unit_test(critical_values),
		cmocka_unit_test(normal_beside_exact),
		cmocka_unit_test(ties_narrow_the_variance),
		cmocka_unit_test(shifts),
		cmocka_unit_test(medians_beside_sorted),
		cmocka_unit_test(likeness),
		cmocka_unit_test(holm),
		cmocka_unit_test(blocks_keep_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
