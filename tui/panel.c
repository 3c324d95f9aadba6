// SPDX-License-Identifier: GPL-2.0-only
/*
 * Panels of CPUs, disks and networks: own their arrangement; rows are drawn
 * by table.c.
 */
#include <math.h>
#include <stdio.h>

#include "panel.h"
#include "table.h"

#define METER_CELLS 27 /* at least, of one CPU */
#define METER_TEXT 10 /* its number and its percentage */
#define DEVICES_MAX 4

static int meters_a_line(const struct screen *s)
{
	return s->cols < METER_CELLS ? 1 : s->cols / METER_CELLS;
}

int panel_cpu_rows(const struct screen *s, const struct sp_frame *f)
{
	int n = meters_a_line(s);

	return ((int)f->nr_cpu_rows + n - 1) / n;
}

static double busy(const struct sp_cpu *c)
{
	return 100 - c->idle_pct - fmax(c->iowait_pct, 0);
}

static void draw_meter(const struct screen *s, const struct sp_cpu *c, int y,
		       int x, int cells)
{
	const struct bar_part parts[] = {
		{c->user_pct / 100, INK_RUN, 'u'},
		{c->nice_pct / 100, INK_OK, 'n'},
		{c->system_pct / 100, INK_BLOCKED, 's'},
		{(c->irq_pct + c->softirq_pct) / 100, INK_IO, 'i'},
		{c->steal_pct / 100, INK_QUEUE, 't'},
		{c->iowait_pct / 100, INK_DIM, 'w'},
	};
	double pct = busy(c);

	screen_printf(s, y, x, 3, INK_LABEL, "%3.0f", c->cpu);
	if (cells <= METER_TEXT)
		return;
	screen_bar(s, y, x + 4, cells - METER_TEXT, parts,
		   sizeof(parts) / sizeof(parts[0]), '.');
	if (isnan(pct))
		screen_right(s, y, x + cells - 5, 4, INK_DIM, "-");
	else
		screen_printf(s, y, x + cells - 5, 4,
			      pct >= 50 ? INK_STRONG : INK_PLAIN, "%3.0f%%",
			      pct);
}

/* Too many for meters: a character each, its height the CPU's load. */
static void draw_strip(const struct screen *s, const struct sp_frame *f, int y,
		       int rows)
{
	size_t i;

	for (i = 0; i < f->nr_cpu_rows; i++) {
		double v = busy(&f->cpus[i]) / 100;
		int line = (int)(i / (size_t)s->cols);

		if (line >= rows)
			break;
		screen_spark(s, y + line, (int)(i % (size_t)s->cols), 1,
			     v >= 0.5 ? INK_RUN : INK_PLAIN, &v);
	}
}

void panel_cpus(const struct screen *s, const struct sp_frame *f, int y,
		int rows)
{
	int n = meters_a_line(s), cells = s->cols / n;
	size_t i;

	if (rows < panel_cpu_rows(s, f)) {
		draw_strip(s, f, y, rows);
		return;
	}
	for (i = 0; i < f->nr_cpu_rows; i++)
		draw_meter(s, &f->cpus[i], y + (int)i / n, (int)i % n * cells,
			   cells);
}

int panel_device_rows(const struct sp_frame *f)
{
	size_t n = f->nr_disks > f->nr_nets ? f->nr_disks : f->nr_nets;

	if (!n)
		return 0;
	return 1 + (int)(n < DEVICES_MAX ? n : DEVICES_MAX);
}

static double disk_load(const void *row)
{
	const struct sp_disk *d = row;

	return fmax(d->util_pct, 0) + d->reads_per_s + d->writes_per_s;
}

static double net_load(const void *row)
{
	const struct sp_net *n = row;

	return n->rx_bits_per_s + n->tx_bits_per_s;
}

/* The busiest rows, in the order that they have in the frame. */
static void draw_busiest(const struct screen *s, const struct sp_frame *f,
			 enum sp_table_id table, double (*load)(const void *),
			 int y, int x, int width, int rows)
{
	size_t nr, i, k;
	const char *row = sp_frame_rows(f, table, &nr);
	size_t size = sp_tables[table].row_size;
	struct columns c;

	table_all(&c, table, f->source.caps);
	table_fit(&c, width);
	table_head(&c, s, y++, x, width, NULL, false);
	rows--;
	for (i = 0; i < nr && rows > 0; i++) {
		double mine = load(row + i * size);
		int busier = 0;

		for (k = 0; k < nr; k++) {
			double other = load(row + k * size);

			busier += other > mine || (!(mine > other) && k < i) ||
				  (isnan(mine) && !isnan(other));
		}
		if (busier >= DEVICES_MAX)
			continue;
		table_row(&c, s, y++, x, row + i * size, "");
		rows--;
	}
}

void panel_devices(const struct screen *s, const struct sp_frame *f, int y,
		   int rows)
{
	int disks = s->cols * 6 / 10, nets = s->cols - disks - 2;

	draw_busiest(s, f, SP_TABLE_DISK, disk_load, y, 0, disks, rows);
	draw_busiest(s, f, SP_TABLE_NET, net_load, y, disks + 2, nets, rows);
}

void panel_table(const struct screen *s, const struct sp_frame *f,
		 enum sp_table_id table, size_t *top, int y, int rows)
{
	size_t nr = 0, i, room = rows > 1 ? (size_t)rows - 1 : 0;
	const char *row = f ? sp_frame_rows(f, table, &nr) : NULL;
	size_t size = sp_tables[table].row_size;
	struct columns c;

	if (*top + room > nr)
		*top = nr > room ? nr - room : 0;
	table_all(&c, table, f ? f->source.caps : ~0U);
	table_fit(&c, s->cols);
	table_head(&c, s, y++, 0, s->cols, NULL, false);
	for (i = *top; i < nr && i < *top + room; i++)
		table_row(&c, s, y++, 0, row + i * size, "");
	if (f && !nr && room)
		screen_text(s, y, 0, s->cols, INK_DIM, "none");
}
