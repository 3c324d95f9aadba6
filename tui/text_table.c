// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the layout of text tables: which columns fit, how cells are aligned.
 */
#include <string.h>

#include "fmt.h"
#include "text_table.h"

#define LAST_MIN 10 /* cells the last column gets at least */
#define CELL_MAX 1024 /* bytes of a cell */

static bool takes_rest(const struct sp_field *f)
{
	return !strcmp(f->key, "command");
}

int text_table_width(const struct sp_field *const *columns, size_t nr)
{
	int width = 0;

	for (size_t i = 0; i < nr; i++)
		width += columns[i]->width + 1;
	return width;
}

size_t text_table_fit(const struct sp_field *const *columns, size_t nr,
		      int width, const struct sp_field **last)
{
	size_t fit = 0;

	*last = NULL;
	if (nr && takes_rest(columns[nr - 1])) {
		*last = columns[--nr];
		width -= LAST_MIN;
	}
	while (fit < nr) {
		width -= columns[fit]->width + (fit > 0 || *last);
		if (width < 0)
			break;
		fit++;
	}
	return fit;
}

/* One cell, padded on the side its kind wants; the last one is not padded. */
static int write_padded(FILE *f, const char *s, int used, int width, bool left,
			bool last)
{
	int pad = width > used ? width - used : 0;

	fprintf(f, "%*s%s%*s", left ? 0 : pad, "", s, left && !last ? pad : 0,
		"");
	return used > width ? used : width;
}

static int write_cell(FILE *f, const struct sp_field *field, const void *row,
		      int width, bool last)
{
	bool text = field->unit == SP_UNIT_TEXT;
	char buf[CELL_MAX];
	int used;

	if (!row) {
		used = fmt_text(buf, sizeof(buf), field->title, width);
	} else if (text) {
		used = fmt_text(buf, sizeof(buf), sp_field_str(field, row),
				width);
		if (!used)
			used = fmt_text(buf, sizeof(buf), "-", width);
	} else {
		fmt_value(buf, sizeof(buf), field, sp_field_num(field, row),
			  width);
		used = (int)strlen(buf);
	}
	return write_padded(f, buf, used, width, text, last);
}

/* A row, or the titles if row is NULL. */
static void write_line(FILE *f, const struct sp_field *const *columns,
		       size_t nr, const struct sp_field *last, const void *row,
		       int width)
{
	for (size_t i = 0; i < nr; i++) {
		if (i) {
			putc_unlocked(' ', f);
			width--;
		}
		width -= write_cell(f, columns[i], row, columns[i]->width,
				    !last && i == nr - 1);
	}
	if (last) {
		if (nr) {
			putc_unlocked(' ', f);
			width--;
		}
		write_cell(f, last, row, width, true);
	}
	putc_unlocked('\n', f);
}

void text_table_write(FILE *f, const struct sp_field *const *columns,
		      size_t nr_columns, const void *const *rows, size_t nr,
		      int width)
{
	const struct sp_field *last;
	size_t fit = text_table_fit(columns, nr_columns, width, &last);

	write_line(f, columns, fit, last, NULL, width);
	for (size_t i = 0; i < nr; i++)
		write_line(f, columns, fit, last, rows[i], width);
}
