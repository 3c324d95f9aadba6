/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether two samples differ by more than chance, for numbers that are skewed
 * and whose neighbours in time are alike.
 *
 * The test is that of Mann and Whitney (Annals of Mathematical Statistics 18,
 * 1947), two-sided: it asks how often a value of B is above one of A, so that
 * only the order counts. Latencies have long tails, errors are mostly 0: a
 * test of means (t) would go by a few samples, one of variances likewise. With
 * up to RANK_EXACT values on each side and no two alike p is exact; else it
 * is by the normal distribution, with the variance corrected for ties (Lehmann,
 * Nonparametrics, 1975, 1.2) and for continuity.
 *
 * It takes values to be independent, and samples one after another are not: a
 * busy second follows a busy second, and the test would find a difference
 * between any two stretches of time. So means of blocks of time are compared,
 * which are the longer the less alike neighbours are (blocking: Flyvbjerg and
 * Petersen, Journal of Chemical Physics 91, 1989). What is left of their
 * likeness, the correlation r of neighbours' ranks, widens the variance by
 * (1 + r) / (1 - r), as for a process of first order.
 *
 * Of many signals some differ by chance: Holm's method (Scandinavian Journal
 * of Statistics 6, 1979) holds the probability of one false alarm among all.
 *
 * How much two differ is told by Hodges' and Lehmann's estimate, the median of
 * all differences between a value of B and one of A, which goes with the test.
 */
#ifndef SYSPERF_TUI_DIFF_STATS_H
#define SYSPERF_TUI_DIFF_STATS_H

#include <stddef.h>

#define RANK_EXACT 20
#define RANK_MAX 512 /* values of both sides together */

/**
 * rank_u() - in how many pairs the value of b is above that of a
 * @a: values, none NaN
 * @na: their number; @na + @nb is at most RANK_MAX
 *
 * Return: the number of pairs; those of equal values count half.
 */
double rank_u(const double *a, size_t na, const double *b, size_t nb);

/**
 * rank_p() - how likely chance alone makes such a difference, or a greater one
 * @r: correlation of neighbours, 0 if values are independent
 *
 * Return: 0 to 1; 1 where either is empty.
 */
double rank_p(const double *a, size_t na, const double *b, size_t nb, double r);

/**
 * rank_shift() - by how much b is above a
 *
 * Return: the median of differences, NaN where either is empty or there is no
 * memory.
 */
double rank_shift(const double *a, size_t na, const double *b, size_t nb);

/**
 * rank_likeness() - correlation of each value's rank with the next one's
 *
 * Corrected for what a short series is expected to show by chance.
 *
 * Return: -1 to 1; 0 of fewer than four values, or where all are alike.
 */
double rank_likeness(const double *a, size_t n);

/**
 * rank_median() - the value in the middle
 *
 * Return: NaN if there are none.
 */
double rank_median(const double *a, size_t n);

/**
 * rank_holm() - correct p of several tests
 * @p: of each; set to what it is once all are taken together
 * @nr: at most RANK_MAX
 */
void rank_holm(double *p, size_t nr);

#endif /* SYSPERF_TUI_DIFF_STATS_H */
