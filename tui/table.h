/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables on the screen: which columns fit, their heads and rows. They know
 * fields alone, so that any table of a frame can be drawn.
 */
#ifndef SYSPERF_TUI_TABLE_H
#define SYSPERF_TUI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "screen.h"

#define TABLE_COLUMNS_MAX 72
#define TABLE_STATES_CELLS 10

struct column {
	const struct sp_field *field; /* NULL: the bar of a task's states */
	unsigned char weight; /* columns of least weight are left out first */
	int cells; /* 0: as wide as the field says */
	int x;
};

struct columns {
	enum sp_table_id table; /* whose rows; it decides on the bar */
	struct column col[TABLE_COLUMNS_MAX];
	size_t nr;
};

/**
 * table_add() - append a column to those wanted
 */
void table_add(struct columns *c, const struct sp_field *f,
	       unsigned char weight);

/**
 * table_fit() - leave out what does not fit and lay out the rest
 * @width: cells there are
 *
 * A last column of text takes the cells that are left over.
 */
void table_fit(struct columns *c, int width);

/**
 * table_head() - draw the heads
 * @x: where the table begins
 * @sort: field sorted by, or NULL
 * @ascending: which way
 */
void table_head(const struct columns *c, const struct screen *s, int y, int x,
		int width, const struct sp_field *sort, bool ascending);

/**
 * table_row() - draw a row
 * @row: of the fields' table
 * @last: drawn in front of the text of the last column; "" for nothing
 */
void table_row(const struct columns *c, const struct screen *s, int y, int x,
	       const void *row, const char *last);

/**
 * table_all() - all columns of a table, those to the right of less weight
 * @caps: what the source has; a column it cannot fill is left out
 */
void table_all(struct columns *c, enum sp_table_id table, uint32_t caps);

/**
 * table_usable() - can a source fill this field?
 */
bool table_usable(const struct sp_field *f, uint32_t caps);

#endif /* SYSPERF_TUI_TABLE_H */
