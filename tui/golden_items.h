/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which golden numbers the header shows, under which labels; and the cells
 * that they get.
 */
#ifndef SYSPERF_TUI_GOLDEN_ITEMS_H
#define SYSPERF_TUI_GOLDEN_ITEMS_H

#include <stdbool.h>
#include <stdint.h>

#include <sysperf/frame.h>

/* Numbers of a signal that can stand beside each other. */
#define GOLDEN_SLOTS 5
#define GOLDEN_NAME_CELLS 10 /* resource and status */

enum { SPARK_USE, SPARK_WAIT, SPARKS }; /* how busy; how much waits */
#define SPARK_MIN 8
#define SPARK_LONG 24 /* where there is room */
#define SPARK_MAX 60
#define SPARK_LABEL 5 /* cells of a sparkline's label where it has one */

struct golden_item {
	const char *label; /* NULL: nothing in this slot */
	const char *key;
	const char *plus; /* key of a number to add, or NULL */
	/* Shown instead where the source cannot measure key at all. */
	const char *alt_label, *alt_key;
};

struct golden_spark {
	struct golden_item item;
	double full; /* of the scale; 0: the largest sample shown */
	double least; /* of a scale by the largest sample */
};

extern const struct golden_item golden_items[SP_RESOURCES][SP_SIGNALS]
					    [GOLDEN_SLOTS];
extern const struct golden_spark golden_sparks[SP_RESOURCES][SPARKS];

/* An item with its fields found; label NULL: nothing in this slot. */
struct golden_number {
	const char *label;
	const struct sp_field *field, *plus;
	bool usable; /* the source can measure it */
};

/* All that is shown with one source. */
struct golden_numbers {
	uint32_t caps; /* of the source */
	struct golden_number of[SP_RESOURCES][SP_SIGNALS][GOLDEN_SLOTS];
	struct golden_number spark[SP_RESOURCES][SPARKS];
};

/* Cells of a signal's numbers, unit included. */
extern const int golden_value_cells[SP_SIGNALS];

/* Where things are on a line; 0 cells: not shown. */
struct golden_grid {
	int x[SP_SIGNALS][GOLDEN_SLOTS], cells[SP_SIGNALS][GOLDEN_SLOTS];
	int label[SP_SIGNALS][GOLDEN_SLOTS];
	int spark_x[SPARKS], spark_cells[SPARKS];
	bool spark_label;
};

/**
 * golden_find() - find the fields of everything
 * @caps: of the source
 */
void golden_find(struct golden_numbers *n, uint32_t caps);

/**
 * golden_value() - a number of a frame
 */
double golden_value(const struct golden_number *n, const struct sp_golden *g);

/**
 * golden_grid() - choose what fits into a line, by weights
 * @cols: cells of a line
 */
void golden_grid(struct golden_grid *grid, const struct golden_numbers *n,
		 int cols);

#endif /* SYSPERF_TUI_GOLDEN_ITEMS_H */
