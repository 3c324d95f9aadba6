// SPDX-License-Identifier: GPL-2.0-only
/*
 * Menus: own the moving and choosing in a list.
 */
#include <string.h>

#include "live.h"
#include "menu.h"

void menu_open(struct menu *m, const char *title, size_t nr, size_t selected,
	       void (*entry)(size_t, const char **, const char **),
	       void (*done)(struct live *, size_t))
{
	memset(m, 0, sizeof(*m));
	m->title = title;
	m->nr = nr;
	m->selected = selected < nr ? selected : 0;
	m->entry = entry;
	m->done = done;
	m->active = nr > 0;
}

static void move_by(struct menu *m, long by)
{
	long to = (long)m->selected + by;

	if (to < 0)
		to = 0;
	if (to >= (long)m->nr)
		to = (long)m->nr - 1;
	m->selected = (size_t)to;
}

void menu_key(struct live *l, int key)
{
	struct menu *m = &l->menu;

	switch (key) {
	case '\r':
	case '\n':
	case -KEY_ENTER:
		m->active = false;
		m->done(l, m->selected);
		break;
	case 27:
	case 'q':
	case -KEY_F(10):
		m->active = false;
		break;
	case -KEY_UP:
		move_by(m, -1);
		break;
	case -KEY_DOWN:
		move_by(m, 1);
		break;
	case -KEY_PPAGE:
		move_by(m, -10);
		break;
	case -KEY_NPAGE:
		move_by(m, 10);
		break;
	case -KEY_HOME:
		move_by(m, -(long)m->nr);
		break;
	case -KEY_END:
		move_by(m, (long)m->nr);
		break;
	default:
		break;
	}
}

void menu_draw(struct menu *m, const struct screen *s, int y, int rows)
{
	size_t i, room = rows > 1 ? (size_t)rows - 1 : 1;
	struct screen row = *s;

	if (m->selected < m->top)
		m->top = m->selected;
	if (m->selected >= m->top + room)
		m->top = m->selected - room + 1;
	if (rows > 1) {
		screen_fill(s, y, 0, s->cols, INK_HEAD);
		screen_printf(s, y++, 0, s->cols, INK_HEAD,
			      "%s  (Enter: take, Esc: leave)", m->title);
	}
	for (i = m->top; i < m->top + room && i < m->nr; i++, y++) {
		const char *name = "", *about = "";

		m->entry(i, &name, &about);
		row.over = i == m->selected ? A_REVERSE : A_NORMAL;
		screen_fill(&row, y, 0, s->cols, INK_PLAIN);
		screen_text(&row, y, 1, 10, INK_STRONG, name);
		screen_text(&row, y, 12, s->cols, INK_PLAIN, about);
	}
}
