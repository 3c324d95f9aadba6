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

enum setup_list { LIST_SETTINGS, LIST_COLUMNS, LIST_RULES, SETUP_LISTS };

struct setup {
	bool active;
	enum setup_list list; /* that is shown */
	size_t cursor[SETUP_LISTS], top[SETUP_LISTS];
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

/**
 * setup_rules() - how many thresholds there are (setup_rules.c)
 */
size_t setup_rules(void);

/**
 * setup_judged_elsewhere() - why thresholds cannot be changed here
 *
 * Return: a constant sentence, NULL if they can.
 */
const char *setup_judged_elsewhere(const struct live *l);

/**
 * setup_rule_change() - ask for that under the cursor, and judge by it
 * @usual: without asking, by what it is unless it is set
 */
void setup_rule_change(struct live *l, bool usual);

/**
 * setup_rule_draw() - threshold @i in row @y, without its explanation
 * @help: the result, that explanation
 * @len: of @help
 *
 * Return: the column at which @help is to go on.
 */
int setup_rule_draw(const struct screen *s, int y, const struct setup *u,
		    size_t i, char *help, size_t len);

#endif /* SYSPERF_TUI_SETUP_H */
