// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the csv format: RFC 4180 with lines that end as Unix's do; one head line,
 * then a line a task a sample. An absent value is an empty cell.
 */
#include <math.h>
#include <string.h>

#include <sysperf/text.h>

#include "fmt.h"
#include "out.h"

static const struct sp_field *column(const struct out *out, size_t i)
{
	if (out->o->fields)
		return i < out->view->nr_columns ? out->view->columns[i] : NULL;
	return i < sp_tables[SP_TABLE_TASK].nr_fields
		       ? &sp_tables[SP_TABLE_TASK].fields[i]
		       : NULL;
}

static void csv_begin(struct out *out)
{
	const struct sp_field *f;

	fputs("time,interval_s", out->f);
	for (size_t i = 0; (f = column(out, i)); i++)
		fprintf(out->f, ",%s", f->key);
	fputs("\n", out->f);
}

static void write_text(FILE *f, const char *s)
{
	char buf[SP_TEXT_MAX];

	s = sp_utf8_clean(buf, s);
	if (!s[strcspn(s, "\",\r\n")]) {
		fputs_unlocked(s, f);
		return;
	}
	putc_unlocked('"', f);
	for (; *s; s++) {
		if (*s == '"')
			putc_unlocked('"', f);
		putc_unlocked(*s, f);
	}
	putc_unlocked('"', f);
}

static void write_cell(FILE *f, const struct sp_field *field,
		       const struct sp_task *t)
{
	char buf[OUT_TIME_MAX];
	double v;

	putc_unlocked(',', f);
	if (field->unit == SP_UNIT_TEXT) {
		write_text(f, sp_field_str(field, t));
		return;
	}
	v = sp_field_num(field, t);
	if (!isfinite(v))
		return;
	fputs_unlocked(field->unit == SP_UNIT_TIME
			       ? out_epoch(buf, v)
			       : fmt_number(buf, sizeof(buf), field, v),
		       f);
}

static int csv_frame(struct out *out, const struct sp_frame *frame)
{
	const struct sp_field *f;
	char time[OUT_TIME_MAX];

	out_rfc3339(time, &frame->time);
	for (size_t row = 0; row < out->rows; row++) {
		fprintf(out->f, "%s,%.3f", time, frame->interval_s);
		for (size_t i = 0; (f = column(out, i)); i++)
			write_cell(out->f, f, out->view->rows[row]);
		fputs_unlocked("\n", out->f);
	}
	return 0;
}

const struct out_format out_csv = {
	.top = 0,
	.begin = csv_begin,
	.frame = csv_frame,
};
