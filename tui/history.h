/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last samples of a number, for sparklines.
 */
#ifndef SYSPERF_TUI_HISTORY_H
#define SYSPERF_TUI_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#define HISTORY_LEN 1024

struct history {
	double v[HISTORY_LEN];
	uint64_t added; /* ever; the last is v[(added - 1) % HISTORY_LEN] */
};

/**
 * history_add() - append a sample
 * @v: NaN if it could not be measured
 */
void history_add(struct history *h, double v);

/**
 * history_cells() - the history as a row of cells, newest last
 * @h: the history
 * @out: set to the largest sample of each cell, NaN where there is none
 * @n: number of cells
 * @per: samples a cell
 *
 * Samples keep their cell while time passes: a peak moves to the left as it
 * is, it does not flicker by being shared out anew. So the newest cell may
 * hold less than @per samples.
 */
void history_cells(const struct history *h, double *out, size_t n,
		   unsigned int per);

/**
 * history_max() - the largest sample of those that history_cells() shows
 *
 * Return: it, NaN if there is none.
 */
double history_max(const struct history *h, size_t n, unsigned int per);

#endif /* SYSPERF_TUI_HISTORY_H */
