// SPDX-License-Identifier: GPL-2.0-only
/*
 * The header's columns: owns which numbers go first when columns are few.
 *
 * A slot takes the same cells in all four lines, so that numbers stand below
 * each other and stay where they are.
 */
#include <string.h>

#include "golden_items.h"

/* Which slots are taken first, until the columns are used up. */
static const struct {
	unsigned char signal, slot;
} by_weight[] = {
	{SP_SIG_LATENCY, 0}, {SP_SIG_SATURATION, 0}, {SP_SIG_TRAFFIC, 0},
	{SP_SIG_ERRORS, 0},  {SP_SIG_SATURATION, 1}, {SP_SIG_TRAFFIC, 1},
	{SP_SIG_TRAFFIC, 2}, {SP_SIG_LATENCY, 1},    {SP_SIG_SATURATION, 2},
	{SP_SIG_LATENCY, 2}, {SP_SIG_ERRORS, 1},     {SP_SIG_TRAFFIC, 3},
	{SP_SIG_TRAFFIC, 4}, {SP_SIG_SATURATION, 3}, {SP_SIG_ERRORS, 2},
	{SP_SIG_LATENCY, 3}, {SP_SIG_ERRORS, 3},
};

/*
 * Cells kept for sparklines while the slots up to one are handed out: with
 * more columns, longer lines are worth more than yet another number.
 */
static const struct {
	size_t slots;
	int cells;
} spark_share[] = {
	{4, 0},
	{8, SPARK_MIN},
	{12, SPARK_LONG + SPARK_LABEL},
	{sizeof(by_weight), 2 * (SPARK_LONG + SPARK_LABEL + 1)},
};

const int golden_value_cells[SP_SIGNALS] = {6, 7, 6, 7};

/* Cells a slot needs, 0 if the source can fill it for no resource. */
static int slot_cells(const struct golden_numbers *n, int sig, int slot,
		      int *label_cells)
{
	bool any = false;
	int r, i, cells;

	*label_cells = 0;
	for (r = 0; r < SP_RESOURCES; r++) {
		any = any || n->of[r][sig][slot].usable;
		for (i = 0; i < GOLDEN_SLOTS; i++) {
			const struct golden_number *it = &n->of[r][sig][i];

			/* Errors change places. */
			if (!it->label || (i != slot && sig != SP_SIG_ERRORS))
				continue;
			cells = (int)strlen(it->label);
			if (cells > *label_cells)
				*label_cells = cells;
		}
	}
	return any ? *label_cells + 1 + golden_value_cells[sig] : 0;
}

/* Two sparklines where they can both be of use. */
static void place_sparks(struct golden_grid *grid, int x, int left)
{
	const int labelled = SPARK_MIN * 2 + SPARK_LABEL;
	int n = left >= 2 * (labelled + 2) ? 2 : 1, cells = left / n - 2, i;

	grid->spark_label = cells >= labelled;
	if (grid->spark_label)
		cells -= SPARK_LABEL;
	if (cells < SPARK_MIN)
		return;
	if (cells > SPARK_MAX)
		cells = SPARK_MAX;
	for (i = 0; i < n; i++) {
		grid->spark_x[i] = x;
		grid->spark_cells[i] = cells;
		x += cells + 2 + (grid->spark_label ? SPARK_LABEL : 0);
	}
}

static int place_slots(struct golden_grid *grid)
{
	int x = GOLDEN_NAME_CELLS, sig, slot, before;

	for (sig = 0; sig < SP_SIGNALS; sig++) {
		before = x;
		for (slot = 0; slot < GOLDEN_SLOTS; slot++) {
			if (!grid->cells[sig][slot])
				continue;
			grid->x[sig][slot] = x;
			x += grid->cells[sig][slot] + 1;
		}
		x += x > before; /* signals stand apart */
	}
	return x;
}

static int keep_for_sparks(size_t slot)
{
	size_t i = 0;

	while (slot >= spark_share[i].slots)
		i++;
	return spark_share[i].cells ? spark_share[i].cells + 2 : 0;
}

void golden_grid(struct golden_grid *grid, const struct golden_numbers *n,
		 int cols)
{
	int left = cols - GOLDEN_NAME_CELLS + 2; /* no gap after the last */
	size_t i;

	memset(grid, 0, sizeof(*grid));
	for (i = 0; i < sizeof(by_weight) / sizeof(by_weight[0]); i++) {
		int keep = keep_for_sparks(i);
		int sig = by_weight[i].signal, slot = by_weight[i].slot;
		int cells = slot_cells(n, sig, slot, &grid->label[sig][slot]);
		int gap = slot ? 1 : 2;

		if (!cells || left < cells + gap + keep)
			continue;
		grid->cells[sig][slot] = cells;
		left -= cells + gap;
	}
	place_sparks(grid, place_slots(grid), left);
}
