// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables: own the layout of columns and the drawing of cells.
 */
#include <math.h>
#include <string.h>

#include "fmt.h"
#include "table.h"

#define STRETCH_CELLS 12 /* at least, of a last column of text */
#define STRETCH_FROM 80 /* from that width on, it has two cells of five */

/* From which value on a cell catches the eye, and how. */
static const struct {
	const char *key;
	double from;
	enum ink ink;
} loud[] = {
	{"cpu_pct", 50, INK_STRONG},
	{"runq_pct", 10, INK_QUEUE},
	{"iowait_pct", 10, INK_IO},
	{"blocked_pct", 10, INK_BLOCKED},
	{"steal_pct", 10, INK_QUEUE},
	{"errors_per_s", 0.001, INK_BLOCKED},
	{"rx_errors_per_s", 0.001, INK_BLOCKED},
	{"tx_errors_per_s", 0.001, INK_BLOCKED},
	{"rx_drops_per_s", 1, INK_QUEUE},
	{"tx_drops_per_s", 1, INK_QUEUE},
};

bool table_usable(const struct sp_field *f, uint32_t caps)
{
	return f->needs == SP_CAP_ANY || caps & 1U << f->needs;
}

void table_add(struct columns *c, const struct sp_field *f,
	       unsigned char weight)
{
	if (c->nr < TABLE_COLUMNS_MAX)
		c->col[c->nr++] = (struct column){f, weight, 0, 0};
}

void table_all(struct columns *c, enum sp_table_id table, uint32_t caps)
{
	const struct sp_table *t = &sp_tables[table];
	size_t i;

	memset(c, 0, sizeof(*c));
	c->table = table;
	for (i = 0; i < t->nr_fields; i++) {
		if (table_usable(&t->fields[i], caps))
			table_add(c, &t->fields[i],
				  (unsigned char)(i < 200 ? 255 - i : 55));
	}
}

static bool is_text(const struct sp_field *f)
{
	return f && f->unit == SP_UNIT_TEXT;
}

static bool stretches(const struct columns *c, size_t i)
{
	const struct sp_field *f = c->col[i].field;

	return i + 1 == c->nr && is_text(f) && f->width >= STRETCH_CELLS;
}

static int cells_of(const struct columns *c, size_t i, int width)
{
	const struct column *col = &c->col[i];

	if (stretches(c, i))
		return width > STRETCH_FROM
			       ? STRETCH_CELLS + (width - STRETCH_FROM) * 2 / 5
			       : STRETCH_CELLS;
	if (!col->field)
		return TABLE_STATES_CELLS;
	return col->cells ? col->cells : col->field->width;
}

static void leave_out(struct columns *c, size_t i)
{
	memmove(&c->col[i], &c->col[i + 1],
		(c->nr - i - 1) * sizeof(c->col[0]));
	c->nr--;
}

void table_fit(struct columns *c, int width)
{
	size_t i, least;
	int sum, x = 0;

	for (;;) {
		sum = -1; /* no gap after the last */
		least = 0;
		for (i = 0; i < c->nr; i++) {
			sum += cells_of(c, i, width) + 1;
			if (c->col[i].weight <= c->col[least].weight)
				least = i;
		}
		if (sum <= width || c->nr <= 2)
			break;
		leave_out(c, least);
	}
	for (i = 0; i < c->nr; i++) {
		c->col[i].cells = cells_of(c, i, width);
		if (stretches(c, i) && width > x)
			c->col[i].cells = width - x;
		c->col[i].x = x;
		x += c->col[i].cells + 1;
	}
}

void table_head(const struct columns *c, const struct screen *s, int y, int x,
		int width, const struct sp_field *sort, bool ascending)
{
	size_t i;

	screen_fill(s, y, x, width, INK_HEAD);
	for (i = 0; i < c->nr; i++) {
		const struct column *col = &c->col[i];
		const struct sp_field *f = col->field;
		const char *title = f ? f->title : "STATES";
		enum ink ink = f && f == sort ? INK_SORT : INK_HEAD;
		char text[32];
		size_t n = strlen(title);

		if (n > sizeof(text) - 2)
			n = sizeof(text) - 2;
		memcpy(text, title, n);
		/* Where there is room, say which way it is sorted. */
		if (f && f == sort && (int)n < col->cells)
			text[n++] = ascending ? '^' : 'v';
		text[n] = '\0';
		if (!f || is_text(f))
			screen_text(s, y, x + col->x, col->cells, ink, text);
		else
			screen_right(s, y, x + col->x, col->cells, ink, text);
	}
}

static enum ink value_ink(const struct columns *c, const struct sp_field *f,
			  double v)
{
	size_t i;

	if (isnan(v) || v == 0)
		return INK_DIM;
	/* The bar has the colours, too; twice is bytes and no news. */
	for (i = 0; c->table == SP_TABLE_TASK && i < c->nr; i++) {
		if (!c->col[i].field && strcmp(f->key, "cpu_pct") != 0)
			return INK_PLAIN;
	}
	for (i = 0; i < sizeof(loud) / sizeof(loud[0]); i++) {
		if (v >= loud[i].from && !strcmp(f->key, loud[i].key))
			return loud[i].ink;
	}
	return INK_PLAIN;
}

static void draw_states(const struct screen *s, int y, int x,
			const struct sp_task *t)
{
	const struct bar_part parts[] = {
		{t->run_pct / 100, INK_RUN, 'R'},
		{t->runq_pct / 100, INK_QUEUE, 'Q'},
		{t->iowait_pct / 100, INK_IO, 'I'},
		{t->blocked_pct / 100, INK_BLOCKED, 'B'},
		{t->sleep_pct / 100, INK_DIM, '.'},
	};

	screen_bar(s, y, x, TABLE_STATES_CELLS, parts,
		   sizeof(parts) / sizeof(parts[0]),
		   isnan(t->sleep_pct) ? '-' : '.');
}

void table_row(const struct columns *c, const struct screen *s, int y, int x,
	       const void *row, const char *last)
{
	size_t i;

	for (i = 0; i < c->nr; i++) {
		const struct column *col = &c->col[i];
		const struct sp_field *f = col->field;
		int at = x + col->x, used = 0;
		char buf[64];
		double v;

		if (!f) {
			draw_states(s, y, at, row);
			continue;
		}
		if (is_text(f)) {
			if (i + 1 == c->nr)
				used = screen_text(s, y, at, col->cells,
						   INK_PLAIN, last);
			screen_text(s, y, at + used, col->cells - used,
				    INK_PLAIN, sp_field_str(f, row));
			continue;
		}
		v = fmt_in_row(f, sp_field_num(f, row));
		fmt_seen_value(buf, sizeof(buf), f, v, col->cells);
		screen_right(s, y, at, col->cells, value_ink(c, f, v), buf);
	}
}
