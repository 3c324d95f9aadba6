// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of resources: own how the lines of one are shared out between the
 * golden numbers, the devices and the tasks.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "live.h"
#include "numbers.h"
#include "panel.h"
#include "resource.h"

#define SIGNAL_NUMBERS 12 /* of a signal, its heading included */
#define DEVICE_ROWS 4 /* at least, the head included */
#define WHO_ROWS 4
#define WHO_COLUMNS 10

static const char *const headings[SP_SIGNALS] = {
	[SP_SIG_LATENCY] = "LATENCY",
	[SP_SIG_TRAFFIC] = "TRAFFIC",
	[SP_SIG_ERRORS] = "ERRORS",
	[SP_SIG_SATURATION] = "SATURATION",
};

/* Where signals go, by the number of columns. */
static const unsigned char column_of[3][SP_SIGNALS] = {
	{0, 0, 0, 0},
	{[SP_SIG_LATENCY] = 0,
	 [SP_SIG_ERRORS] = 0,
	 [SP_SIG_TRAFFIC] = 1,
	 [SP_SIG_SATURATION] = 1},
	{[SP_SIG_LATENCY] = 0,
	 [SP_SIG_TRAFFIC] = 1,
	 [SP_SIG_ERRORS] = 2,
	 [SP_SIG_SATURATION] = 3},
};
static const int columns_by[3] = {1, 2, 4};

/* Who is to blame for what: the column sorted by comes first. */
static const struct {
	enum page page;
	enum sp_table_id table; /* of devices; SP_TABLE_TASK: none */
	const char *columns[WHO_COLUMNS];
} about[SP_RESOURCES] = {
	[SP_RES_CPU] = {PAGE_CPUS,
			SP_TABLE_CPU,
			{"cpu_pct", "runq_pct", "runq_wait_p99_us",
			 "runq_wait_max_us", "switches_per_s", "cpu", "nice"}},
	[SP_RES_MEMORY] = {PAGE_MEMORY,
			   SP_TABLE_NODE,
			   {"rss_bytes", "minor_faults_per_s",
			    "major_faults_per_s", "reclaim_pct"}},
	[SP_RES_DISK] = {PAGE_DISKS,
			 SP_TABLE_DISK,
			 {"write_bytes_per_s", "read_bytes_per_s", "ios_per_s",
			  "iowait_pct", "io_p50_us", "io_p99_us", "io_max_us",
			  "io_errors_per_s"}},
	[SP_RES_NETWORK] = {PAGE_NETS,
			    SP_TABLE_NET,
			    {"net_tx_bytes_per_s", "net_rx_bytes_per_s",
			     "net_tx_packets_per_s", "net_rx_packets_per_s"}},
};

int resource_page(enum sp_resource r)
{
	return about[r].page;
}

static bool usable(const struct sp_frame *f, const struct sp_field *field)
{
	return table_usable(field, f->source.caps);
}

/* A signal's heading and numbers; those that the source lacks only if asked. */
static size_t signal_numbers(const struct live *l, enum sp_resource r, int sig,
			     bool all, struct number *n)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	size_t nr = 0, i;

	memset(n, 0, sizeof(*n));
	n[nr++].label = headings[sig];
	for (i = 0; i < t->nr_fields && i < GOLDEN_PAST; i++) {
		const struct sp_field *f = &t->fields[i];

		if (f->resource != r || (int)f->signal != sig ||
		    nr == SIGNAL_NUMBERS)
			continue;
		if (!all && !usable(l->frame, f))
			continue;
		n[nr++] = (struct number){f->title, f,
					  sp_field_num(f, &l->frame->golden),
					  &l->golden.past[i]};
	}
	return nr;
}

/* Return: lines that it takes, or would take. */
static int draw_numbers(const struct live *l, enum sp_resource r, int y,
			int rows, bool all, bool draw)
{
	struct number n[SIGNAL_NUMBERS];
	int by = l->scr.cols >= 4 * NUMBER_CELLS   ? 2
		 : l->scr.cols >= 2 * NUMBER_CELLS ? 1
						   : 0;
	int width = l->scr.cols / columns_by[by], at[4] = {0}, sig, most = 0;

	for (sig = 0; sig < SP_SIGNALS; sig++) {
		int c = column_of[by][sig];
		size_t nr = signal_numbers(l, r, sig, all, n);

		if (draw)
			numbers_draw(&l->scr, y + at[c], c * width, width - 2,
				     rows - at[c], n, nr);
		at[c] += (int)nr;
		most = at[c] > most ? at[c] : most;
	}
	return most;
}

static const struct sp_field *task_field(const char *key)
{
	return sp_field_find(SP_TABLE_TASK, key, strlen(key));
}

static void who_columns(struct columns *c, enum sp_resource r, uint32_t caps)
{
	size_t i;

	memset(c, 0, sizeof(*c));
	c->table = SP_TABLE_TASK;
	table_add(c, task_field("pid"), 250);
	table_add(c, task_field("user"), 60);
	for (i = 0; i < WHO_COLUMNS && about[r].columns[i]; i++) {
		const struct sp_field *f = task_field(about[r].columns[i]);

		if (f && table_usable(f, caps))
			table_add(c, f, (unsigned char)(200 - i));
	}
	table_add(c, task_field("command"), 255);
}

/* By the busier direction, as the header's numbers are sums of both. */
static const struct sp_field *who_sort(const struct sp_frame *f,
				       enum sp_resource r)
{
	const struct sp_golden *g = &f->golden;
	const char *const *keys = about[r].columns;
	bool second = r == SP_RES_DISK &&
		      g->disk_read_bytes_per_s > g->disk_write_bytes_per_s;

	second =
		second || (r == SP_RES_NETWORK &&
			   g->network_rx_bits_per_s > g->network_tx_bits_per_s);
	return task_field(keys[second]);
}

static void draw_who(struct live *l, enum sp_resource r, int y, int rows)
{
	const struct sp_frame *f = l->frame;
	const struct sp_field *sort = who_sort(f, r);
	struct columns c;
	size_t i;

	if (!table_usable(sort, f->source.caps)) {
		screen_text(&l->scr, y, 0, l->scr.cols, INK_DIM,
			    "which tasks: only the kernel module tells");
		return;
	}
	l->who.sort = sort;
	if (view_select(&l->who, f, (size_t)rows))
		return;
	who_columns(&c, r, f->source.caps);
	table_fit(&c, l->scr.cols);
	table_head(&c, &l->scr, y++, 0, l->scr.cols, sort, false);
	for (i = 0; i < l->who.nr_rows && (int)i < rows - 1; i++)
		table_row(&c, &l->scr, y++, 0, l->who.rows[i], "");
}

/* NUMA nodes are of interest where there are some; memory has no others. */
static enum sp_table_id devices_of(const struct sp_frame *f, enum sp_resource r)
{
	if (about[r].table == SP_TABLE_NODE && f->nr_nodes < 2)
		return SP_TABLE_TASK;
	return about[r].table;
}

/* A bar a CPU, where the tables of them and of who uses them have room, too. */
static int draw_meters(const struct live *l, int y, int rows)
{
	int meters = panel_cpu_rows(&l->scr, l->frame);

	if (!meters || meters > rows / 3 ||
	    rows < meters + 1 + DEVICE_ROWS + WHO_ROWS + 1)
		return 0;
	panel_cpus(&l->scr, l->frame, y, meters);
	return meters + 1;
}

int resource_draw(struct live *l, enum sp_resource r, int y, int rows)
{
	const struct sp_frame *f = l->frame;
	enum sp_table_id table;
	int numbers, devices = 0, who = 0;
	size_t nr = 0;
	bool all = true;

	if (!f)
		return rows;
	table = devices_of(f, r);
	if (table != SP_TABLE_TASK) {
		sp_frame_rows(f, table, &nr);
		devices = nr + 1 > DEVICE_ROWS ? DEVICE_ROWS : (int)nr + 1;
	}
	numbers = draw_numbers(l, r, y, rows, true, false);
	if (numbers + devices + WHO_ROWS > rows) {
		all = false;
		numbers = draw_numbers(l, r, y, rows, false, false);
	}
	if (numbers + 1 + devices > rows)
		numbers = rows - devices > 0 ? rows - devices : 0;
	draw_numbers(l, r, y, numbers, all, true);
	y += numbers;
	rows -= numbers;
	if (rows > devices) {
		y++;
		rows--;
	}
	if (r == SP_RES_CPU && !l->per_cpu) {
		int meters = draw_meters(l, y, rows);

		y += meters;
		rows -= meters;
	}
	if (table != SP_TABLE_TASK && rows > 0) {
		devices = rows;
		if (rows >= DEVICE_ROWS + WHO_ROWS + 1) {
			devices = rows - WHO_ROWS - 1;
			/* Tasks have what devices leave. */
			if (devices > (int)nr + 1)
				devices = (int)nr + 1;
			who = rows - devices - 1;
		}
		panel_table(&l->scr, f, table, &l->page_top[about[r].page], y,
			    devices);
		y += devices + 1;
	} else {
		who = rows;
	}
	if (who > 1)
		draw_who(l, r, y, who);
	return devices > 1 ? devices - 1 : 1;
}
