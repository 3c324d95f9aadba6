// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mouse: owns what a click is on. Nothing can be done with it alone.
 */
#include "actions.h"
#include "live.h"

#define WHEEL_ROWS 3

static void click_tab(struct live *l, int x)
{
	int i;

	for (i = 0; i < (int)PAGES; i++) {
		if (l->layout.tab_x[i] >= 0 && x >= l->layout.tab_x[i] &&
		    x < l->layout.tab_end[i])
			l->page = (enum page)i;
	}
}

static void click_head(struct live *l, int x)
{
	const struct columns *c = &l->tasks.shown;
	size_t i;

	for (i = 0; i < c->nr; i++) {
		if (x >= c->col[i].x && x < c->col[i].x + c->col[i].cells)
			act_sort_field(l, c->col[i].field);
	}
}

static void click_row(struct live *l, size_t row)
{
	struct tasks *t = &l->tasks;
	bool tasks = l->page == PAGE_TASKS;
	size_t *cursor = tasks ? &t->cursor : &l->page_cursor[l->page];
	size_t to = (tasks ? t->top : l->page_top[l->page]) + row;

	if (!page_defs[l->page].cursor)
		return;
	if (*cursor == to) {
		act_enter(l);
		return;
	}
	*cursor = to; /* drawing clips it */
	if (tasks) {
		tasks_move(t, 0);
		live_hold(l);
	}
}

void act_mouse(struct live *l)
{
	int by = 0, row;
	MEVENT e;

	if (getmouse(&e) != OK)
		return;
	if (e.bstate & BUTTON4_PRESSED)
		by = -WHEEL_ROWS;
#ifdef BUTTON5_PRESSED
	else if (e.bstate & BUTTON5_PRESSED)
		by = WHEEL_ROWS;
#endif
	for (; by < 0; by++)
		act_up(l);
	for (; by > 0; by--)
		act_down(l);
	if (!(e.bstate & BUTTON1_PRESSED))
		return;
	row = e.y - l->layout.table_y - 1;
	if (e.y == l->layout.tabs_y)
		click_tab(l, e.x);
	else if (l->layout.table_y < 0 || row >= l->page_height)
		return;
	else if (row == -1 && l->page == PAGE_TASKS)
		click_head(l, e.x);
	else if (row >= 0)
		click_row(l, (size_t)row);
}
