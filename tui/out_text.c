// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the text format, for people and grep: what a sample's lines are and
 * in which order.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fmt.h"
#include "out.h"
#include "text_golden.h"
#include "text_table.h"

#define TEXT_ROWS 20
#define COLUMNS_MAX 32 /* of the tables of devices */
#define CGROUPS_MOST 5
#define CGROUP_BUSY_PCT 1 /* of a CPU; what idles uses a little, too */

static void write_head(const struct out *out, const struct sp_frame *frame)
{
	const struct sp_source_info *s = &frame->source;
	char when[64] = "-", host[128], kernel[128];
	struct tm tm;

	if (localtime_r(&frame->time.tv_sec, &tm))
		strftime(when, sizeof(when), "%F %T %Z", &tm);
	fmt_text(host, sizeof(host), frame->host, 64);
	fmt_text(kernel, sizeof(kernel), frame->kernel, 64);
	fprintf(out->f, "%s  host %s  kernel %s  interval %.3gs  source %s",
		when, host, kernel, frame->interval_s, s->name);
	if (*s->kmod_version)
		fprintf(out->f, " %s", s->kmod_version);
	fputs(out->no_module ? " (no module)\n" : "\n", out->f);
}

static void write_verdict(FILE *f, const struct sp_verdict *v)
{
	char comm[256];

	if (v->severity == SP_STATUS_NONE || v->severity == SP_STATUS_OK) {
		fprintf(f, "verdict  %s\n",
			v->severity == SP_STATUS_OK ? "ok" : "-");
		return;
	}
	fprintf(f, "verdict  %s %s %s: %s", sp_status_names[v->severity],
		sp_resource_names[v->resource], sp_signal_names[v->signal],
		v->text);
	if (v->has_culprit) {
		fmt_text(comm, sizeof(comm), v->culprit.comm, 16);
		fprintf(f, "; culprit %s (pid %u", comm, v->culprit.pid);
		if (v->culprit.tid != v->culprit.pid)
			fprintf(f, ", thread %u", v->culprit.tid);
		fputs(")", f);
		if (isfinite(v->culprit.share_pct))
			fprintf(f, " %.0f%%", v->culprit.share_pct);
		if (v->culprit.cgroup[0] && v->culprit.cgroup[1]) {
			fmt_text(comm, sizeof(comm), v->culprit.cgroup, 60);
			fprintf(f, " in %s", comm);
			if (isfinite(v->culprit.cgroup_share_pct))
				fprintf(f, " %.0f%%",
					v->culprit.cgroup_share_pct);
		}
	}
	putc_unlocked('\n', f);
}

static void write_lost(FILE *f, const struct sp_source_info *s)
{
	const char *before = "lost     ";

	for (size_t i = 0; i < s->nr_lost; i++) {
		if (!s->lost[i].count)
			continue;
		fprintf(f, "%s%s %llu", before, s->lost[i].name,
			(unsigned long long)s->lost[i].count);
		before = ", ";
	}
	if (*before == ',')
		putc_unlocked('\n', f);
}

/* Did a device or a control group do, or fail to do, anything? */
static bool row_active(enum sp_table_id id, const void *row)
{
	const struct sp_table *t = &sp_tables[id];

	if (id == SP_TABLE_CGROUP &&
	    ((const struct sp_cgroup *)row)->cpu_pct >= CGROUP_BUSY_PCT)
		return true;
	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];

		if (f->kind == SP_KIND_COUNTER && sp_field_num(f, row) > 0)
			return true;
		if (f->unit == SP_UNIT_RATIO && sp_field_num(f, row) > 0)
			return true;
	}
	return false;
}

static bool column_known(const struct sp_field *f, const void *const *rows,
			 size_t nr)
{
	if (f->unit == SP_UNIT_TEXT)
		return true;
	for (size_t i = 0; i < nr; i++)
		if (isfinite(sp_field_num(f, rows[i])))
			return true;
	return false;
}

/* The first that did something, with the columns that anyone has. */
static int write_rows(const struct out *out, const struct sp_frame *frame,
		      enum sp_table_id id, size_t most)
{
	const struct sp_table *t = &sp_tables[id];
	const struct sp_field *columns[COLUMNS_MAX];
	size_t nr, active = 0, nr_columns = 0;
	const char *row = sp_frame_rows(frame, id, &nr);
	const void **rows = nr ? calloc(nr, sizeof(*rows)) : NULL;

	if (!rows)
		return nr ? -ENOMEM : 0;
	for (size_t i = 0; i < nr; i++, row += t->row_size)
		if (active < most && row_active(id, row))
			rows[active++] = row;
	for (size_t i = 0; i < t->nr_fields && nr_columns < COLUMNS_MAX; i++)
		if (column_known(&t->fields[i], rows, active))
			columns[nr_columns++] = &t->fields[i];
	if (active)
		text_table_write(out->f, columns, nr_columns, rows, active,
				 out->width);
	free(rows);
	return 0;
}

static void text_begin(struct out *out)
{
	const struct view *v = out->view;
	int wanted = text_table_width(v->columns, v->nr_columns);

	/* Whoever pipes chosen columns wants them all. */
	if (out->o->fields && !out->o->width && out->width < wanted)
		out->width = wanted;
}

static int text_frame(struct out *out, const struct sp_frame *frame)
{
	const struct view *v = out->view;

	write_head(out, frame);
	text_golden_write(out->f, frame, out->width);
	write_verdict(out->f, &frame->verdict);
	write_lost(out->f, &frame->source);
	if (write_rows(out, frame, SP_TABLE_DISK, SIZE_MAX) ||
	    write_rows(out, frame, SP_TABLE_NET, SIZE_MAX) ||
	    write_rows(out, frame, SP_TABLE_CGROUP, CGROUPS_MOST))
		return -ENOMEM;
	if (out->o->top != 0)
		text_table_write(out->f, v->columns, v->nr_columns,
				 (const void *const *)v->rows, out->rows,
				 out->width);
	putc_unlocked('\n', out->f);
	return 0;
}

const struct out_format out_text = {
	.top = TEXT_ROWS,
	.begin = text_begin,
	.frame = text_frame,
};
