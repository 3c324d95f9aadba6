/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The setup screen: what is shown and how, changed while one looks on.
 */
#ifndef SYSPERF_TUI_SETUP_H
#define SYSPERF_TUI_SETUP_H

#include <stdbool.h>
#include <stddef.h>

#include "prefs.h"

struct live;

struct setup {
	bool active;
	bool columns; /* the list of columns, else that of settings */
	size_t cursor[2], top[2];
	struct prefs now; /* of the screen as it is */
	/* All columns there are: those chosen first, in their order. */
	const struct sp_field *field[TABLE_COLUMNS_MAX];
	size_t nr_fields, nr_chosen;
};

/**
 * setup_load() - read the settings and have the screen look so
 *
 * What the command line says is stronger.
 */
void setup_load(struct live *l);

/**
 * setup_open() - show the setup screen
 */
void setup_open(struct live *l);

/**
 * setup_key() - a key pressed while it is shown
 */
void setup_key(struct live *l, int key);

/**
 * setup_draw() - draw it from row @y on
 */
void setup_draw(struct live *l, int y, int rows);

/**
 * setup_save() - write what the screen is like now, and say so
 */
void setup_save(struct live *l);

#endif /* SYSPERF_TUI_SETUP_H */
