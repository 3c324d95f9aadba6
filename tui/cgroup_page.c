// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree of control groups: owns the way from rows with paths to a tree.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup_page.h"
#include "live.h"
#include "table.h"

#define NONE SIZE_MAX
#define DEPTH_MAX 12 /* of what is indented */

/* A row, in the order of paths while parents are looked for. */
struct group {
	const char *path;
	size_t row;
};

static int by_path(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return strcmp(x->path, y->path);
}

/* The nearest of those above that has a row. */
static size_t parent_of(const struct group *sorted, size_t nr, const char *path)
{
	struct group key = {NULL, 0};
	char above[sizeof(((struct sp_cgroup *)0)->path)];
	const struct group *found;
	char *cut;

	snprintf(above, sizeof(above), "%s", path);
	key.path = above;
	while ((cut = strrchr(above, '/')) && cut != above) {
		*cut = '\0';
		found = bsearch(&key, sorted, nr, sizeof(*sorted), by_path);
		if (found)
			return found->row;
	}
	return NONE;
}

struct node {
	size_t parent, first, last, next;
};

static void walk(const struct node *n, size_t nr, size_t *order,
		 unsigned char *depth)
{
	size_t at = n[nr].first, out = 0;
	unsigned char d = 0;

	while (at != NONE) {
		order[out] = at;
		depth[out++] = d < DEPTH_MAX ? d : DEPTH_MAX;
		if (n[at].first != NONE) {
			at = n[at].first;
			d++;
			continue;
		}
		while (at != NONE && n[at].next == NONE) {
			at = n[at].parent == nr ? NONE : n[at].parent;
			d -= at != NONE;
		}
		at = at == NONE ? NONE : n[at].next;
	}
}

int cgroup_order(const struct sp_frame *f, size_t *order, unsigned char *depth)
{
	size_t nr = f->nr_cgroups, i;
	struct group *sorted = malloc((nr + 1) * sizeof(*sorted));
	struct node *n = malloc((nr + 1) * sizeof(*n));

	if (!sorted || !n) {
		free(sorted);
		free(n);
		return -ENOMEM;
	}
	for (i = 0; i < nr; i++)
		sorted[i] = (struct group){f->cgroups[i].path, i};
	qsort(sorted, nr, sizeof(*sorted), by_path);
	for (i = 0; i <= nr; i++)
		n[i] = (struct node){NONE, NONE, NONE, NONE};
	for (i = 0; i < nr; i++) {
		size_t up = parent_of(sorted, nr, f->cgroups[i].path);

		n[i].parent = up = up == NONE ? nr : up;
		if (n[up].first == NONE)
			n[up].first = i;
		else
			n[n[up].last].next = i;
		n[up].last = i;
	}
	walk(n, nr, order, depth);
	free(sorted);
	free(n);
	return 0;
}

/* The tree of the last frame; to be freed. NULL if there is none. */
static size_t *tree(const struct live *l, unsigned char **depth)
{
	size_t nr = l->frame ? l->frame->nr_cgroups : 0;
	size_t *order = malloc((nr + 1) * sizeof(*order));

	*depth = malloc(nr + 1);
	if (nr && order && *depth && !cgroup_order(l->frame, order, *depth))
		return order;
	free(order);
	free(*depth);
	*depth = NULL;
	return NULL;
}

const struct sp_cgroup *cgroup_page_current(const struct live *l)
{
	size_t at = l->page_cursor[PAGE_CGROUPS];
	const struct sp_cgroup *found = NULL;
	unsigned char *depth;
	size_t *order = tree(l, &depth);

	if (order && at < l->frame->nr_cgroups)
		found = &l->frame->cgroups[order[at]];
	free(order);
	free(depth);
	return found;
}

static void draw_row(const struct columns *c, const struct screen *s, int y,
		     const struct sp_cgroup *g, unsigned char depth)
{
	struct sp_cgroup row = *g;

	snprintf(row.name, sizeof(row.name), "%*s%.90s", depth * 2, "",
		 *g->name ? g->name : "/");
	screen_fill(s, y, 0, s->cols, INK_PLAIN);
	table_row(c, s, y, 0, &row, "");
}

int cgroup_page_draw(struct live *l, int y, int rows)
{
	const struct sp_frame *f = l->frame;
	size_t nr = f ? f->nr_cgroups : 0, i, room;
	size_t *cursor = &l->page_cursor[PAGE_CGROUPS];
	size_t *top = &l->page_top[PAGE_CGROUPS];
	struct screen row = l->scr;
	unsigned char *depth;
	struct columns c;
	size_t *order;

	room = rows > 1 ? (size_t)rows - 1 : 0;
	page_place(cursor, top, nr, room);
	table_all(&c, SP_TABLE_CGROUP, f ? f->source.caps : ~0U);
	table_fit(&c, l->scr.cols);
	table_head(&c, &l->scr, y++, 0, l->scr.cols, NULL, false);
	order = tree(l, &depth);
	for (i = *top; order && i < nr && i < *top + room; i++) {
		row.over = i == *cursor ? A_REVERSE : A_NORMAL;
		draw_row(&c, &row, y++, &f->cgroups[order[i]], depth[i]);
	}
	if (f && !nr && room)
		screen_text(&l->scr, y, 0, l->scr.cols, INK_DIM,
			    "none of version 2");
	free(order);
	free(depth);
	return (int)room;
}
