/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Rows of a table as aligned text.
 */
#ifndef SYSPERF_TUI_TEXT_TABLE_H
#define SYSPERF_TUI_TEXT_TABLE_H

#include <stdio.h>

#include <sysperf/fields.h>

/**
 * text_table_fit() - how many columns a width holds
 * @columns: the columns
 * @nr: their number
 * @width: in cells
 * @last: set to the last column if it takes the rest of the line: COMMAND,
 *	which stays when others are left out; else NULL
 *
 * Return: how many to print of those before @last.
 */
size_t text_table_fit(const struct sp_field *const *columns, size_t nr,
		      int width, const struct sp_field **last);

/**
 * text_table_width() - cells that all columns need
 */
int text_table_width(const struct sp_field *const *columns, size_t nr);

/**
 * text_table_write() - a line of titles, then a line a row
 * @rows: pointers to rows of the columns' table
 */
void text_table_write(FILE *f, const struct sp_field *const *columns,
		      size_t nr_columns, const void *const *rows, size_t nr,
		      int width);

#endif /* SYSPERF_TUI_TEXT_TABLE_H */
