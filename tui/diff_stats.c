// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the statistics of sysperf diff. See the header for what they are and
 * why they were chosen.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "diff_stats.h"

struct ranked {
	double value, rank; /* ranks from 1, of equal values their mean */
	size_t at; /* where it stood */
};

static int by_value(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->value > y->value) - (x->value < y->value);
}

/* Sorted, with ranks. Returns the sum of t^3 - t over ties of t values. */
static double rank(struct ranked *r, size_t n)
{
	double ties = 0;

	qsort(r, n, sizeof(*r), by_value);
	for (size_t i = 0, end; i < n; i = end) {
		double t;

		for (end = i + 1; end < n && r[end].value == r[i].value;)
			end++;
		t = (double)(end - i);
		ties += t * t * t - t;
		for (size_t k = i; k < end; k++)
			r[k].rank = (double)(i + 1 + end) / 2;
	}
	return ties;
}

/* Sets ties as rank() returns it. */
static double u_and_ties(const double *a, size_t na, const double *b, size_t nb,
			 double *ties)
{
	struct ranked all[RANK_MAX];
	double sum = 0;

	for (size_t i = 0; i < na; i++)
		all[i] = (struct ranked){a[i], 0, 0};
	for (size_t i = 0; i < nb; i++)
		all[na + i] = (struct ranked){b[i], 0, 1};
	*ties = rank(all, na + nb);
	for (size_t i = 0; i < na + nb; i++)
		sum += all[i].at ? all[i].rank : 0;
	return sum - (double)nb * (double)(nb + 1) / 2;
}

double rank_u(const double *a, size_t na, const double *b, size_t nb)
{
	double ties;

	if (na + nb > RANK_MAX)
		return NAN;
	return u_and_ties(a, na, b, nb, &ties);
}

/*
 * Of all orders of na + nb different values, the part in which U is u at most.
 * The numbers of orders by U are the coefficients of the Gaussian binomial,
 * the product of (1 - q^(nb + i)) / (1 - q^i).
 */
static double exact_below(size_t na, size_t nb, size_t u)
{
	double ways[RANK_EXACT * RANK_EXACT + 1] = {1};
	size_t most = na * nb;
	double all = 0, below = 0;

	for (size_t i = 1; i <= na; i++) {
		for (size_t k = most; k >= nb + i; k--)
			ways[k] -= ways[k - nb - i];
		for (size_t k = i; k <= most; k++)
			ways[k] += ways[k - i];
	}
	for (size_t k = 0; k <= most; k++) {
		all += ways[k];
		below += k <= u ? ways[k] : 0;
	}
	return below / all;
}

double rank_p(const double *a, size_t na, const double *b, size_t nb, double r)
{
	double n = (double)(na + nb), pairs = (double)na * (double)nb;
	double u, ties, variance, away;

	if (!na || !nb || na + nb > RANK_MAX)
		return 1;
	u = u_and_ties(a, na, b, nb, &ties);
	if (!(ties > 0) && !(r > 0) && na <= RANK_EXACT && nb <= RANK_EXACT)
		return fmin(1, 2 * exact_below(na, nb,
					       (size_t)fmin(u, pairs - u)));
	variance = pairs / 12 * (n + 1 - ties / (n * (n - 1)));
	if (r > 0)
		variance *= (1 + r) / (1 - r);
	away = fabs(u - pairs / 2) - 0.5;
	if (!(variance > 0) || !(away > 0))
		return 1;
	return erfc(away / sqrt(2 * variance));
}

/* The value of rank k from 0, by Hoare's selection; reorders. */
static double select_kth(double *v, size_t n, size_t k)
{
	size_t low = 0, high = n - 1;

	while (low < high) {
		double pivot = v[low + (high - low) / 2];
		size_t i = low, j = high;

		for (;; i++, j--) {
			double swap;

			while (i < high && v[i] < pivot)
				i++;
			while (j > low && v[j] > pivot)
				j--;
			if (i >= j)
				break;
			swap = v[i];
			v[i] = v[j];
			v[j] = swap;
		}
		/* All up to j are at most the pivot, all beyond at least. */
		if (k <= j)
			high = j;
		else
			low = j + 1;
	}
	return v[k];
}

static double middle(double *v, size_t n)
{
	double upper;

	if (!n)
		return NAN;
	upper = select_kth(v, n, n / 2);
	return n % 2 ? upper : (select_kth(v, n, n / 2 - 1) + upper) / 2;
}

double rank_median(const double *a, size_t n)
{
	double v[RANK_MAX] = {0};

	if (n > RANK_MAX)
		return NAN;
	memcpy(v, a, n * sizeof(*v));
	return middle(v, n);
}

double rank_shift(const double *a, size_t na, const double *b, size_t nb)
{
	double *v = calloc(na * nb + 1, sizeof(*v)), median;

	if (!v)
		return NAN;
	for (size_t i = 0; i < na; i++)
		for (size_t k = 0; k < nb; k++)
			v[i * nb + k] = b[k] - a[i];
	median = middle(v, na * nb);
	free(v);
	return median;
}

double rank_likeness(const double *a, size_t n)
{
	struct ranked all[RANK_MAX];
	double ranks[RANK_MAX], mean = (double)(n + 1) / 2;
	double both = 0, own = 0, r;

	if (n < 4 || n > RANK_MAX)
		return 0;
	for (size_t i = 0; i < n; i++)
		all[i] = (struct ranked){a[i], 0, i};
	rank(all, n);
	for (size_t i = 0; i < n; i++)
		ranks[all[i].at] = all[i].rank - mean;
	for (size_t i = 0; i < n; i++) {
		own += ranks[i] * ranks[i];
		both += i ? ranks[i] * ranks[i - 1] : 0;
	}
	if (!(own > 0))
		return 0;
	/* A short series is expected to show r - (1 + 3 r) / n (Kendall, 1954). */
	r = (both / own + 1.0 / (double)n) / (1 - 3.0 / (double)n);
	return fmin(fmax(r, -1), 1);
}

void rank_holm(double *p, size_t nr)
{
	struct ranked all[RANK_MAX];
	double least = 0;

	if (nr > RANK_MAX)
		return;
	for (size_t i = 0; i < nr; i++)
		all[i] = (struct ranked){p[i], 0, i};
	qsort(all, nr, sizeof(all[0]), by_value);
	for (size_t i = 0; i < nr; i++) {
		least = fmax(least, fmin(1, all[i].value * (double)(nr - i)));
		p[all[i].at] = least;
	}
}
