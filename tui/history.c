// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ring buffers of samples: own how a history of any length is made to fit a
 * number of cells.
 */
#include <math.h>

#include "history.h"

void history_add(struct history *h, double v)
{
	h->v[h->added % HISTORY_LEN] = v;
	h->added++;
}

/* Samples first to last - 1, as far as they are still there. */
static double max_of(const struct history *h, uint64_t first, uint64_t last)
{
	double max = NAN;
	uint64_t i;

	if (last > h->added)
		last = h->added;
	if (h->added > HISTORY_LEN && first < h->added - HISTORY_LEN)
		first = h->added - HISTORY_LEN;
	for (i = first; i < last; i++)
		max = fmax(max, h->v[i % HISTORY_LEN]); /* ignores NaN */
	return max;
}

void history_cells(const struct history *h, double *out, size_t n,
		   unsigned int per)
{
	/* Cells are counted from the first sample ever, not from the last. */
	uint64_t cells = (h->added + per - 1) / per;
	size_t i;

	for (i = 0; i < n; i++) {
		uint64_t back = n - i; /* 1: the newest cell */

		out[i] = NAN;
		if (back <= cells)
			out[i] = max_of(h, (cells - back) * per,
					(cells - back + 1) * per);
	}
}

double history_max(const struct history *h, size_t n, unsigned int per)
{
	uint64_t cells = (h->added + per - 1) / per;
	uint64_t first = cells > n ? (cells - n) * per : 0;

	return max_of(h, first, h->added);
}
