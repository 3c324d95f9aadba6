/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Latencies over time as maps: time across, latency up, and the darker a cell
 * the more waits or requests took that long or longer. Frames have percentiles,
 * so the shades are those of the bands between them, and nothing is made up.
 */
#ifndef SYSPERF_TUI_HEAT_H
#define SYSPERF_TUI_HEAT_H

#include <stdbool.h>

#include <sysperf/frame.h>

#include "history.h"

struct live;

#define HEAT_DISKS 8 /* that have maps, the first that there are */
#define HEAT_MAPS (2 + 2 * HEAT_DISKS)

/* From the middle to the far end; not every source has all. */
enum heat_band {
	HEAT_P50,
	HEAT_P95,
	HEAT_P99,
	HEAT_MAX,
	HEAT_MEAN,
	HEAT_BANDS
};

struct heat_map {
	char name[48];
	struct history band[HEAT_BANDS];
};

struct heat {
	struct heat_map map[HEAT_MAPS];
	size_t nr;
};

/**
 * heat_add() - remember a frame
 */
void heat_add(struct heat *h, const struct sp_frame *f);

/**
 * heat_draw() - draw as many maps as there is room for, from the top one on
 *
 * Return: maps that a page key moves by.
 */
int heat_draw(struct live *l, int y, int rows);

#endif /* SYSPERF_TUI_HEAT_H */
