/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page of control groups: a tree, the busiest of each level first.
 */
#ifndef SYSPERF_TUI_CGROUP_PAGE_H
#define SYSPERF_TUI_CGROUP_PAGE_H

#include <sysperf/frame.h>

struct live;

/**
 * cgroup_order() - rows of a frame below their parents
 * @order: set to the rows' numbers, as many as there are rows
 * @depth: set to each one's depth
 *
 * Siblings stay in the order of the frame.
 *
 * Return: 0 or -ENOMEM.
 */
int cgroup_order(const struct sp_frame *f, size_t *order, unsigned char *depth);

/**
 * cgroup_page_draw() - draw the tree
 *
 * Return: rows that there is room for.
 */
int cgroup_page_draw(struct live *l, int y, int rows);

/**
 * cgroup_page_current() - the group that the cursor is on
 *
 * Return: it, NULL if there is none.
 */
const struct sp_cgroup *cgroup_page_current(const struct live *l);

#endif /* SYSPERF_TUI_CGROUP_PAGE_H */
