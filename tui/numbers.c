// SPDX-License-Identifier: GPL-2.0-only
/*
 * Columns of numbers: own how the cells of a line are shared out between a
 * name, its value and its past.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "fmt.h"
#include "numbers.h"

#define LABEL_CELLS 16
#define VALUE_CELLS 9
#define PAST_LEAST 6
#define PAST_MOST 120

void number_draw(const struct screen *s, int y, int x, int cells,
		 const struct sp_field *f, double v)
{
	const char *unit = isfinite(v) ? fmt_unit(f->unit) : "";
	char num[32] = "0", text[48];

	v = fmt_seen(f, v);
	if (!(fabs(v) < 1e-9)) /* none is none, however precise */
		fmt_seen_value(num, sizeof(num), f, v,
			       cells - (int)strlen(unit));
	snprintf(text, sizeof(text), "%s%s", num, unit);
	screen_right(s, y, x, cells, isnan(v) || v == 0 ? INK_DIM : INK_NUMBER,
		     text);
}

static void draw_past(const struct screen *s, int y, int x, int cells,
		      const struct number *n)
{
	double v[PAST_MOST], full = 100;
	int i;

	if (cells > PAST_MOST) {
		x += cells - PAST_MOST;
		cells = PAST_MOST;
	}
	history_cells(n->past, v, (size_t)cells, 1);
	if (n->field->unit != SP_UNIT_PCT)
		full = history_max(n->past, (size_t)cells, 1);
	for (i = 0; i < cells; i++)
		v[i] = full > 0 ? v[i] / full : v[i] * 0;
	screen_spark(s, y, x, cells, INK_BAR, v);
}

void numbers_draw(const struct screen *s, int y, int x, int width, int rows,
		  const struct number *n, size_t nr)
{
	int label = LABEL_CELLS, left = width - VALUE_CELLS - 1;
	size_t i;

	if (label > left)
		label = left;
	left -= label + 1;
	for (i = 0; i < nr && (int)i < rows; i++, y++) {
		if (!n[i].field) {
			screen_text(s, y, x, width, INK_BAR, n[i].label);
			continue;
		}
		screen_text(s, y, x, label, INK_LABEL, n[i].label);
		number_draw(s, y, x + label + 1, VALUE_CELLS, n[i].field,
			    n[i].value);
		if (n[i].past && left >= PAST_LEAST)
			draw_past(s, y, x + label + VALUE_CELLS + 2, left,
				  &n[i]);
	}
}
