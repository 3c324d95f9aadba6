/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is shown between header and table where there is room: a meter for
 * each CPU, the busiest disks and networks.
 */
#ifndef SYSPERF_TUI_PANEL_H
#define SYSPERF_TUI_PANEL_H

#include "screen.h"

/**
 * panel_cpu_rows() - lines that a meter for each CPU takes
 */
int panel_cpu_rows(const struct screen *s, const struct sp_frame *f);

/**
 * panel_cpus() - draw a meter for each CPU
 * @rows: lines there are; if they are too few, each CPU is one character
 */
void panel_cpus(const struct screen *s, const struct sp_frame *f, int y,
		int rows);

/**
 * panel_device_rows() - lines that disks and networks beside each other take
 */
int panel_device_rows(const struct sp_frame *f);

/**
 * panel_devices() - draw the busiest disks and networks
 */
void panel_devices(const struct screen *s, const struct sp_frame *f, int y,
		   int rows);

/**
 * panel_table() - draw a whole table of a frame
 * @top: first row, corrected to what there is
 * @rows: lines there are, the head's included
 */
void panel_table(const struct screen *s, const struct sp_frame *f,
		 enum sp_table_id table, size_t *top, int y, int rows);

#endif /* SYSPERF_TUI_PANEL_H */
