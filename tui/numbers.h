/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Numbers below each other, each with its name, its unit and its last
 * minutes: what the pages of resources and of a task are made of.
 */
#ifndef SYSPERF_TUI_NUMBERS_H
#define SYSPERF_TUI_NUMBERS_H

#include <sysperf/fields.h>

#include "history.h"
#include "screen.h"

#define NUMBER_CELLS 36 /* of a column that shows all of a number */

struct number {
	const char *label;
	const struct sp_field *field; /* NULL: the label is a heading */
	double value;
	const struct history *past; /* NULL: not remembered */
};

/**
 * number_draw() - a value with its unit at the right end of some cells
 */
void number_draw(const struct screen *s, int y, int x, int cells,
		 const struct sp_field *f, double v);

/**
 * numbers_draw() - a column of numbers
 * @width: cells there are; the past is left out first, then the name cut
 * @rows: lines there are; what does not fit is left out
 */
void numbers_draw(const struct screen *s, int y, int x, int width, int rows,
		  const struct number *n, size_t nr);

#endif /* SYSPERF_TUI_NUMBERS_H */
