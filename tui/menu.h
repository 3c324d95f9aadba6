/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list to choose one entry from, in place of the table.
 */
#ifndef SYSPERF_TUI_MENU_H
#define SYSPERF_TUI_MENU_H

#include <stdbool.h>
#include <stddef.h>

#include "screen.h"

struct live;

struct menu {
	bool active;
	const char *title;
	size_t nr, selected, top;
	/* The text of an entry, in two parts. */
	void (*entry)(size_t i, const char **name, const char **about);
	void (*done)(struct live *l, size_t i);
};

/**
 * menu_open() - start choosing
 */
void menu_open(struct menu *m, const char *title, size_t nr, size_t selected,
	       void (*entry)(size_t, const char **, const char **),
	       void (*done)(struct live *, size_t));

/**
 * menu_key() - a key pressed while the menu is active
 */
void menu_key(struct live *l, int key);

/**
 * menu_draw() - draw it from row @y on
 * @rows: lines there are
 */
void menu_draw(struct menu *m, const struct screen *s, int y, int rows);

#endif /* SYSPERF_TUI_MENU_H */
