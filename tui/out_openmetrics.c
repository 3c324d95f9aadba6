// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the openmetrics format. Names follow from keys by rule: the unit at a
 * key's end becomes the base unit (seconds, bytes, ratio). All metrics are
 * gauges: they are rates and percentiles of an interval already.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fmt.h"
#include "out.h"

#define NAME_MAX_LEN 96
/* Each makes a dozen time series that live as long as the store keeps them. */
#define CGROUPS_MOST 100

/* How a key's unit is written in base units. */
struct base_unit {
	const char *suffix; /* of the key */
	const char *name; /* the metric's last word; "" for a bare number */
	double factor;
};

static const struct base_unit base_units[] = {
	[SP_UNIT_COUNT] = {"", "", 1},
	[SP_UNIT_RATIO] = {"", "", 1},
	[SP_UNIT_PCT] = {"_pct", "ratio", 0.01},
	[SP_UNIT_US] = {"_us", "seconds", 1e-6},
	[SP_UNIT_PER_S] = {"_per_s", "per_second", 1},
	[SP_UNIT_BYTES] = {"_bytes", "bytes", 1},
	[SP_UNIT_BYTES_PER_S] = {"_bytes_per_s", "bytes_per_second", 1},
	[SP_UNIT_BITS_PER_S] = {"_bits_per_s", "bytes_per_second", 0.125},
	[SP_UNIT_HZ] = {"_hz", "hertz", 1},
	[SP_UNIT_TIME] = {"", "seconds", 1},
	[SP_UNIT_TEXT] = {"", "", 1},
};

/* What stands before the key; golden signals have the plain names. */
static const char *const prefixes[SP_TABLES] = {
	[SP_TABLE_GOLDEN] = "sysperf",
	[SP_TABLE_CPU] = "sysperf_percpu",
	[SP_TABLE_DISK] = "sysperf_device",
	[SP_TABLE_NET] = "sysperf_interface",
	[SP_TABLE_NODE] = "sysperf_node",
	[SP_TABLE_CGROUP] = "sysperf_cgroup",
	[SP_TABLE_TASK] = "sysperf_task",
};

static void metric_name(char *buf, size_t len, enum sp_table_id table,
			const struct sp_field *f)
{
	const struct base_unit *u = &base_units[f->unit];
	bool golden = table == SP_TABLE_GOLDEN;
	size_t n = strlen(f->key), cut = strlen(u->suffix);

	if (n >= cut && !strcmp(f->key + n - cut, u->suffix))
		n -= cut;
	snprintf(buf, len, "%s%s%s_%.*s%s%s", prefixes[table],
		 golden ? "_" : "",
		 golden ? sp_resource_names[f->resource] : "", (int)n, f->key,
		 *u->name ? "_" : "", u->name);
}

/* Escapes are the same three in help and in label values. */
static void write_escaped(FILE *f, const char *s)
{
	char buf[OUT_TEXT_MAX];

	for (s = out_utf8(buf, s); *s; s++) {
		if (*s == '\n') {
			fputs_unlocked("\\n", f);
			continue;
		}
		if (*s == '\\' || *s == '"')
			putc_unlocked('\\', f);
		putc_unlocked(*s, f);
	}
}

static void write_head(FILE *f, const char *name, const char *unit,
		       const char *help)
{
	fprintf(f, "# TYPE %s gauge\n", name);
	if (*unit)
		fprintf(f, "# UNIT %s %s\n", name, unit);
	fprintf(f, "# HELP %s ", name);
	write_escaped(f, help);
	fputs(".\n", f);
}

static void write_label(FILE *f, char before, const char *name,
			const char *value)
{
	fprintf(f, "%c%s=\"", before, name);
	write_escaped(f, value);
	putc_unlocked('"', f);
}

/* What tells a table's rows apart. */
static void write_labels(FILE *f, enum sp_table_id table, const void *row)
{
	const struct sp_task *t = row;

	switch (table) {
	case SP_TABLE_CPU:
		fprintf(f, "{cpu=\"%.0f\"}", ((const struct sp_cpu *)row)->cpu);
		break;
	case SP_TABLE_DISK:
		write_label(f, '{', "device",
			    ((const struct sp_disk *)row)->name);
		putc_unlocked('}', f);
		break;
	case SP_TABLE_NET:
		write_label(f, '{', "device",
			    ((const struct sp_net *)row)->name);
		putc_unlocked('}', f);
		break;
	case SP_TABLE_NODE:
		fprintf(f, "{node=\"%.0f\"}",
			((const struct sp_node *)row)->node);
		break;
	case SP_TABLE_CGROUP:
		write_label(f, '{', "cgroup",
			    ((const struct sp_cgroup *)row)->path);
		putc_unlocked('}', f);
		break;
	case SP_TABLE_TASK:
		fprintf(f, "{pid=\"%.0f\",tid=\"%.0f\"", t->pid, t->tid);
		write_label(f, ',', "comm", t->comm);
		write_label(f, ',', "user", t->user);
		putc_unlocked('}', f);
		break;
	default:
		break;
	}
}

/* Labels already, or of no use as a number. */
static bool is_identity(const struct sp_field *f)
{
	static const char *const ids[] = {"cpu", "node", "tid", "pid", "ppid"};

	if (f->unit == SP_UNIT_TEXT)
		return true;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (!strcmp(f->key, ids[i]))
			return true;
	return false;
}

/* Rows with their labels, which all of their metrics share. */
struct labelled {
	const void **rows;
	size_t *at; /* of each row's labels in text */
	size_t nr;
	char *text;
	size_t size;
};

static void labelled_free(struct labelled *l)
{
	free(l->rows);
	free(l->at);
	free(l->text);
}

static int labelled_init(struct labelled *l, enum sp_table_id table,
			 const void *(*row)(const void *from, size_t i),
			 const void *from, size_t nr)
{
	FILE *f = open_memstream(&l->text, &l->size);

	l->rows = calloc(nr, sizeof(*l->rows));
	l->at = calloc(nr, sizeof(*l->at));
	l->nr = nr;
	if (!f || !l->rows || !l->at) {
		if (f)
			fclose(f);
		return -ENOMEM;
	}
	for (size_t i = 0; i < nr; i++) {
		l->rows[i] = row(from, i);
		l->at[i] = (size_t)ftell(f);
		write_labels(f, table, l->rows[i]);
		putc_unlocked('\0', f);
	}
	return fclose(f) ? -ENOMEM : 0;
}

/* All samples of one metric; nothing at all if every value is absent. */
static void write_family(FILE *f, enum sp_table_id table,
			 const struct sp_field *field, const struct labelled *l)
{
	const struct base_unit *u = &base_units[field->unit];
	char name[NAME_MAX_LEN], number[32];
	bool head = false;

	for (size_t i = 0; i < l->nr; i++) {
		double v = sp_field_num(field, l->rows[i]) * u->factor;

		if (!isfinite(v))
			continue;
		if (!head) {
			metric_name(name, sizeof(name), table, field);
			write_head(f, name, u->name, field->help);
			head = true;
		}
		fputs_unlocked(name, f);
		fputs_unlocked(l->text + l->at[i], f);
		putc_unlocked(' ', f);
		fputs_unlocked(fmt_decimal(number, sizeof(number), v, 9), f);
		putc_unlocked('\n', f);
	}
}

struct table_rows {
	const char *first;
	size_t size;
};

static const void *table_row(const void *from, size_t i)
{
	const struct table_rows *t = from;

	return t->first + i * t->size;
}

static int write_table(FILE *f, const struct sp_frame *frame,
		       enum sp_table_id table)
{
	const struct sp_table *t = &sp_tables[table];
	struct labelled l = {0};
	size_t nr;
	struct table_rows from = {
		.first = sp_frame_rows(frame, table, &nr),
		.size = t->row_size,
	};
	int ret;

	/* The busiest come first. */
	if (table == SP_TABLE_CGROUP && nr > CGROUPS_MOST)
		nr = CGROUPS_MOST;
	ret = nr ? labelled_init(&l, table, table_row, &from, nr) : 0;

	for (size_t i = 0; !ret && i < t->nr_fields; i++)
		if (!is_identity(&t->fields[i]))
			write_family(f, table, &t->fields[i], &l);
	labelled_free(&l);
	return ret;
}

static const void *view_row(const void *from, size_t i)
{
	return ((const struct view *)from)->rows[i];
}

static int write_tasks(const struct out *out)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_TASK];
	bool chosen = out->o->fields;
	size_t nr = chosen ? out->view->nr_columns : t->nr_fields;
	struct labelled l = {0};
	int ret = out->rows ? labelled_init(&l, SP_TABLE_TASK, view_row,
					    out->view, out->rows)
			    : 0;

	for (size_t i = 0; !ret && i < nr; i++) {
		const struct sp_field *field =
			chosen ? out->view->columns[i] : &t->fields[i];

		if (!is_identity(field))
			write_family(out->f, SP_TABLE_TASK, field, &l);
	}
	labelled_free(&l);
	return ret;
}

static void write_source(FILE *f, const struct sp_source_info *s)
{
	write_head(f, "sysperf_source_info", "", "where the numbers come from");
	fputs("sysperf_source_info", f);
	write_label(f, '{', "source", s->name);
	write_label(f, ',', "kmod_version", s->kmod_version);
	fputs("} 1\n", f);
	write_head(f, "sysperf_capability", "",
		   "1 where the source can measure what needs the capability");
	for (unsigned int i = SP_CAP_ANY + 1; i < SP_CAPS; i++)
		fprintf(f, "sysperf_capability{capability=\"%s\"} %d\n",
			sp_cap_names[i], !!(s->caps & 1U << i));
	if (!s->nr_lost)
		return;
	write_head(f, "sysperf_lost", "",
		   "what was lost since the source was opened");
	for (size_t i = 0; i < s->nr_lost; i++) {
		fputs("sysperf_lost", f);
		write_label(f, '{', "what", s->lost[i].name);
		fprintf(f, "} %llu\n", (unsigned long long)s->lost[i].count);
	}
}

static void write_status(FILE *f, const struct sp_frame *frame)
{
	write_head(f, "sysperf_status", "",
		   "a resource's state: 0 ok, 1 warning, 2 critical");
	for (unsigned int r = 0; r < SP_RESOURCES; r++)
		if (frame->status[r] != SP_STATUS_NONE)
			fprintf(f, "sysperf_status{resource=\"%s\"} %d\n",
				sp_resource_names[r],
				(int)frame->status[r] - SP_STATUS_OK);
}

static int openmetrics_frame(struct out *out, const struct sp_frame *frame)
{
	FILE *f = out->f;
	int ret = 0;

	write_source(f, &frame->source);
	write_head(f, "sysperf_interval_seconds", "seconds",
		   "length of the interval that this sample is of");
	fprintf(f, "sysperf_interval_seconds %.3f\n", frame->interval_s);
	write_status(f, frame);
	for (int id = SP_TABLE_GOLDEN; !ret && id < SP_TABLE_TASK; id++)
		ret = write_table(f, frame, (enum sp_table_id)id);
	if (!ret)
		ret = write_tasks(out);
	/* Half a sample must not look whole. */
	if (!ret)
		fputs("# EOF\n", f);
	return ret;
}

const struct out_format out_openmetrics = {
	.top = 0,
	.frame = openmetrics_frame,
};
