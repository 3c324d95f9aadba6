// SPDX-License-Identifier: GPL-2.0-only
/*
 * Histogram buckets and percentiles: continuous, in order, within the error
 * that is stated, right across a wrap of the counters.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/hist.h>

static const unsigned int subs[] = {SYSPERF_HIST_SUB, SYSPERF_HIST_TASK_SUB};

static void bounds_meet(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++)
		for (unsigned int i = 0; i < SYSPERF_HIST_LEN(subs[s]); i++) {
			uint64_t low = sysperf_hist_low(i, subs[s]);
			uint64_t high = sysperf_hist_low(i + 1, subs[s]);

			assert_true(low < high);
			assert_int_equal(sysperf_hist_index(low, subs[s]), i);
			assert_int_equal(sysperf_hist_index(high - 1, subs[s]),
					 i);
		}
}

static void extremes_have_buckets(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++) {
		unsigned int last = SYSPERF_HIST_LEN(subs[s]) - 1;

		assert_int_equal(sysperf_hist_index(0, subs[s]), 0);
		assert_int_equal(sysperf_hist_index(UINT64_MAX, subs[s]), last);
		assert_int_equal(sysperf_hist_index(1ULL << 36, subs[s]), last);
	}
}

/* The module derives a task's bucket from the fine one by a shift. */
static void coarse_is_fine_shifted(void **state)
{
	(void)state;
	for (uint64_t v = 1; v < 1ULL << 40; v += v / 7 + 1)
		assert_int_equal(
			sysperf_hist_index(v, SYSPERF_HIST_TASK_SUB),
			sysperf_hist_index(v, SYSPERF_HIST_SUB) >>
				(SYSPERF_HIST_SUB - SYSPERF_HIST_TASK_SUB));
}

static void error_is_as_stated(void **state)
{
	(void)state;
	for (size_t s = 0; s < 2; s++) {
		double limit = 1.0 / (1 << (subs[s] + 1));

		for (uint64_t v = 1024; v < 1ULL << 36; v += v / 97 + 1) {
			uint64_t h[SYSPERF_HIST_BUCKETS] = {0};
			double got;

			h[sysperf_hist_index(v, subs[s])] = 1;
			got = sp_hist_percentile(h, subs[s], 1, 50);
			assert_true(fabs(got - (double)v) <= limit * v);
		}
	}
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Against the nearest-rank percentile of the sorted values themselves. */
static void percentiles_match_sorted_values(void **state)
{
	enum { N = 10000 };
	static uint64_t v[N];
	uint64_t h[SYSPERF_HIST_BUCKETS] = {0};
	const double ps[] = {1, 50, 95, 99, 99.9, 100};

	(void)state;
	srand(1);
	for (int i = 0; i < N; i++) {
		v[i] = 2000 + (uint64_t)pow(10, 3 + 5.0 * rand() / RAND_MAX);
		h[sysperf_hist_index(v[i], SYSPERF_HIST_SUB)]++;
	}
	qsort(v, N, sizeof(v[0]), compare);
	for (size_t i = 0; i < sizeof(ps) / sizeof(ps[0]); i++) {
		double want = (double)v[(size_t)ceil(ps[i] / 100 * N) - 1];
		double got = sp_hist_percentile(h, SYSPERF_HIST_SUB, N, ps[i]);

		assert_true(fabs(got - want) <= 0.016 * want);
	}
}

static void empty_has_no_percentile(void **state)
{
	uint64_t h[SYSPERF_HIST_BUCKETS] = {0};

	(void)state;
	assert_true(isnan(sp_hist_percentile(h, SYSPERF_HIST_SUB, 0, 50)));
	assert_true(isnan(sp_hist_max(h, SYSPERF_HIST_SUB, 5, 1)));
}

static void delta_survives_wrap(void **state)
{
	uint32_t prev[SYSPERF_HIST_TASK_BUCKETS] = {0};
	uint32_t cur[SYSPERF_HIST_TASK_BUCKETS] = {0};
	uint64_t sum[SYSPERF_HIST_TASK_BUCKETS] = {0};

	(void)state;
	prev[7] = UINT32_MAX - 1;
	cur[7] = 3; /* five more */
	cur[9] = 2;
	assert_int_equal(
		sp_hist_add_delta(sum, cur, prev, SYSPERF_HIST_TASK_SUB), 7);
	assert_int_equal(sum[7], 5);
	assert_int_equal(sum[9], 2);
	assert_int_equal(
		sp_hist_add_delta(sum, cur, NULL, SYSPERF_HIST_TASK_SUB), 5);
	assert_int_equal(sum[7], 8);
}

static void max_is_exact_when_new(void **state)
{
	uint64_t h[SYSPERF_HIST_BUCKETS] = {0};

	(void)state;
	h[sysperf_hist_index(5000, SYSPERF_HIST_SUB)] = 1;
	h[sysperf_hist_index(70000, SYSPERF_HIST_SUB)] = 1;
	assert_true(sp_hist_max(h, SYSPERF_HIST_SUB, 70123, 1) == 70123);
	/* Not the longest ever: as far as its bucket tells. */
	assert_true(fabs(sp_hist_max(h, SYSPERF_HIST_SUB, 900000, 0) - 70000) <
		    0.016 * 70000);
	/* Never more than was ever seen. */
	assert_true(sp_hist_max(h, SYSPERF_HIST_SUB, 69000, 0) <= 69000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds_meet),
		cmocka_unit_test(extremes_have_buckets),
		cmocka_unit_test(coarse_is_fine_shifted),
		cmocka_unit_test(error_is_as_stated),
		cmocka_unit_test(percentiles_match_sorted_values),
		cmocka_unit_test(empty_has_no_percentile),
		cmocka_unit_test(delta_survives_wrap),
		cmocka_unit_test(max_is_exact_when_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
