/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page of a resource: all its golden numbers with their past, its
 * devices, and the tasks that use it most.
 */
#ifndef SYSPERF_TUI_RESOURCE_H
#define SYSPERF_TUI_RESOURCE_H

#include <sysperf/fields.h>

struct live;

/**
 * resource_draw() - draw the page of a resource
 * @y: its first row
 * @rows: lines there are
 *
 * Return: rows of devices that there is room for.
 */
int resource_draw(struct live *l, enum sp_resource r, int y, int rows);

/**
 * resource_page() - which page is that of a resource
 */
int resource_page(enum sp_resource r);

#endif /* SYSPERF_TUI_RESOURCE_H */
