// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latency maps: own what is remembered of latencies and the scale that it is
 * drawn on.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heat.h"
#include "live.h"

#define LABEL_CELLS 6
#define MAP_ROWS 8 /* at least, its title included, where there are several */
#define MAP_ROWS_MAX 24
#define MAP_CELLS 60 /* at least, of each of two beside each other */
#define DECADES_LEAST 3

/* Shades from dark to light, and what share of all took that long. */
static const struct {
	const char *utf8;
	char ascii;
	enum ink ink;
	const char *means;
} shades[] = {
	[HEAT_P50] = {"█", '#', INK_BAR, "half or more"},
	[HEAT_P95] = {"▓", '*', INK_BAR, "5 to 50 %"},
	[HEAT_P99] = {"▒", '+', INK_BAR, "1 to 5 %"},
	[HEAT_MAX] = {"░", '.', INK_BAR, "under 1 %"},
	[HEAT_MEAN] = {"●", 'o', INK_STRONG, "mean"},
};

static struct heat_map *map_of(struct heat *h, const char *name)
{
	struct heat_map *m;
	size_t i;

	for (i = 0; i < h->nr; i++) {
		if (!strcmp(h->map[i].name, name))
			return &h->map[i];
	}
	if (h->nr == HEAT_MAPS)
		return NULL;
	m = &h->map[h->nr++];
	snprintf(m->name, sizeof(m->name), "%s", name);
	/* It begins where the others are. */
	if (h->nr > 1) {
		for (i = 0; i < HEAT_BANDS; i++) {
			uint64_t k, n = h->map[0].band[i].added;

			for (k = n > HISTORY_LEN ? n - HISTORY_LEN : 0;
			     k + 1 < n; k++)
				history_add(&m->band[i], NAN);
		}
	}
	return m;
}

static void add(struct heat *h, const char *name, double p50, double p95,
		double p99, double max, double mean)
{
	struct heat_map *m = map_of(h, name);

	if (!m)
		return;
	history_add(&m->band[HEAT_P50], p50);
	history_add(&m->band[HEAT_P95], p95);
	history_add(&m->band[HEAT_P99], p99);
	history_add(&m->band[HEAT_MAX], max);
	history_add(&m->band[HEAT_MEAN], mean);
}

static void add_disk(struct heat *h, const struct sp_disk *d)
{
	char name[48];

	snprintf(name, sizeof(name), "%s, reads", d->name);
	add(h, name, d->read_p50_us, NAN, d->read_p99_us, d->read_max_us,
	    d->read_mean_us);
	snprintf(name, sizeof(name), "%s, writes", d->name);
	add(h, name, d->write_p50_us, NAN, d->write_p99_us, d->write_max_us,
	    d->write_mean_us);
}

void heat_add(struct heat *h, const struct sp_frame *f)
{
	const struct sp_golden *g = &f->golden;
	uint64_t want;
	size_t i;
	int b;

	add(h, "run-queue wait", g->cpu_runq_wait_p50_us,
	    g->cpu_runq_wait_p95_us, g->cpu_runq_wait_p99_us,
	    g->cpu_runq_wait_max_us, g->cpu_runq_wait_mean_us);
	add(h, "TCP round-trip time", g->network_rtt_p50_us,
	    g->network_rtt_p95_us, g->network_rtt_p99_us, NAN,
	    g->network_rtt_mean_us);
	for (i = 0; i < f->nr_disks; i++)
		add_disk(h, &f->disks[i]);
	/* A disk that is gone has a gap. */
	want = h->map[0].band[0].added;
	for (i = 1; i < h->nr; i++) {
		for (b = 0; b < HEAT_BANDS; b++) {
			if (h->map[i].band[b].added < want &&
			    want <= HISTORY_LEN)
				history_add(&h->map[i].band[b], NAN);
		}
	}
}

/* All that is to be drawn of a map. */
struct picture {
	double *v[HEAT_BANDS]; /* of each cell */
	int cells, rows;
	unsigned int per; /* samples a cell */
	int low, decades; /* of microseconds */
};

/* So many samples a cell that all that is remembered fits. */
static unsigned int samples_a_cell(const struct history *h, int cells)
{
	uint64_t n = h->added < HISTORY_LEN ? h->added : HISTORY_LEN;
	unsigned int per = 1;

	while (n > (uint64_t)cells * per)
		per *= 2;
	return per;
}

static void find_range(struct picture *p)
{
	double low = INFINITY, high = 0;
	int b, i;

	for (b = 0; b < HEAT_BANDS; b++) {
		for (i = 0; i < p->cells; i++) {
			double v = p->v[b][i];

			if (!isfinite(v) || v <= 0)
				continue;
			low = fmin(low, v);
			high = fmax(high, v);
		}
	}
	low = isfinite(low) ? floor(log10(low)) : 0;
	high = high > 0 ? floor(log10(high)) + 1 : DECADES_LEAST;
	p->low = (int)fmax(fmin(low, 8), -1);
	p->decades = (int)fmax(fmin(high, 9) - p->low, DECADES_LEAST);
}

/* The row, from below, in which a latency lies. */
static int row_of(const struct picture *p, double us)
{
	double at = us > 0 ? (log10(us) - p->low) / p->decades : 0;

	return (int)(fmin(fmax(at, 0), 0.9999) * p->rows);
}

static void draw_shade(const struct screen *s, int y, int x, enum heat_band b)
{
	char ascii[2] = {shades[b].ascii, '\0'};

	screen_text(s, y, x, 1, shades[b].ink,
		    s->utf8 ? shades[b].utf8 : ascii);
}

/* From the bottom up to each band's latency in its shade. */
static void draw_cell(const struct screen *s, const struct picture *p, int y,
		      int x, int i)
{
	int from = 0, b, r;

	for (b = HEAT_P50; b <= HEAT_MAX; b++) {
		if (!isfinite(p->v[b][i]))
			continue;
		for (r = row_of(p, p->v[b][i]); from <= r; from++)
			draw_shade(s, y + p->rows - 1 - from, x, b);
	}
	if (!from && isfinite(p->v[HEAT_MEAN][i]))
		draw_shade(s, y + p->rows - 1 - row_of(p, p->v[HEAT_MEAN][i]),
			   x, HEAT_MEAN);
}

static void draw_labels(const struct screen *s, const struct picture *p, int y,
			int x)
{
	/* From a tenth of a microsecond on. */
	static const char *const names[] = {"100ns", "1us",  "10us", "100us",
					    "1ms",   "10ms", "0.1s", "1s",
					    "10s",   "100s", "1000s"};
	int d, last = -1;

	for (d = 0; d < p->decades && p->low + d + 1 < 11; d++) {
		int row = d * p->rows / p->decades;

		if (row == last)
			continue;
		last = row;
		screen_right(s, y + p->rows - 1 - row, x, LABEL_CELLS - 1,
			     INK_LABEL, names[p->low + d + 1]);
	}
}

static void draw_map(const struct live *l, const struct heat_map *m, int y,
		     int x, int width, int rows)
{
	struct picture p = {.cells = width - LABEL_CELLS - 1, .rows = rows - 1};
	const struct history *h = &m->band[HEAT_P50];
	double *all, span;
	int b, i;

	if (p.cells < 1 || p.rows < 1)
		return;
	all = calloc((size_t)p.cells * HEAT_BANDS, sizeof(*all));
	if (!all)
		return;
	p.per = samples_a_cell(h, p.cells);
	for (b = 0; b < HEAT_BANDS; b++) {
		p.v[b] = all + (size_t)b * (size_t)p.cells;
		history_cells(&m->band[b], p.v[b], (size_t)p.cells, p.per);
	}
	find_range(&p);
	span = p.cells * (double)p.per * l->o->delay_s;
	screen_printf(&l->scr, y, x, width - 1, INK_BAR, "%s, the last %.0f%s",
		      m->name, span < 120 ? span : span / 60,
		      span < 120 ? "s" : "min");
	draw_labels(&l->scr, &p, y + 1, x);
	for (i = 0; i < p.cells; i++)
		draw_cell(&l->scr, &p, y + 1, x + LABEL_CELLS + i, i);
	free(all);
}

static void draw_legend(const struct screen *s, int y)
{
	int b, x = screen_text(s, y, 0, s->cols, INK_LABEL,
			       "took so long or longer:");

	for (b = HEAT_P50; b <= HEAT_MEAN; b++) {
		draw_shade(s, y, x + 1, b);
		x += 3 + screen_text(s, y, x + 3, s->cols - x, INK_LABEL,
				     shades[b].means);
	}
}

int heat_draw(struct live *l, int y, int rows)
{
	const struct screen *s = &l->scr;
	struct heat *h = &l->heat;
	int across = s->cols >= 2 * MAP_CELLS ? 2 : 1, down, each, i;
	size_t *top = &l->page_top[PAGE_HEAT], shown;

	if (rows > 2) {
		draw_legend(s, y++);
		rows--;
	}
	down = rows / MAP_ROWS > 0 ? rows / MAP_ROWS : 1;
	/* Few maps have more room each. */
	if (h->nr && down > ((int)h->nr + across - 1) / across)
		down = ((int)h->nr + across - 1) / across;
	each = rows / down < MAP_ROWS_MAX ? rows / down : MAP_ROWS_MAX;
	shown = (size_t)down * (size_t)across;
	if (*top + shown > h->nr)
		*top = h->nr > shown ? h->nr - shown : 0;
	for (i = 0; i < (int)shown && *top + (size_t)i < h->nr; i++)
		draw_map(l, &h->map[*top + (size_t)i], y + i / across * each,
			 i % across * (s->cols / across), s->cols / across,
			 each - (each > 3));
	return down * across;
}
