// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what a page of metrics has of a frame. Names follow from keys by rule:
 * the unit at a key's end becomes the base unit (seconds, bytes, ratio). All
 * metrics of a frame are gauges: they are rates and percentiles of an interval
 * already.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "metrics.h"

/* Each makes a dozen time series that live as long as the store keeps them. */
#define CGROUPS_MOST 100

const struct metrics_unit metrics_units[] = {
	[SP_UNIT_COUNT] = {"", "", "", 1},
	[SP_UNIT_RATIO] = {"", "", "", 1},
	[SP_UNIT_PCT] = {"_pct", "ratio", "", 0.01},
	[SP_UNIT_US] = {"_us", "seconds", "", 1e-6},
	[SP_UNIT_PER_S] = {"_per_s", "per_second", "", 1},
	[SP_UNIT_BYTES] = {"_bytes", "bytes", "", 1},
	[SP_UNIT_BYTES_PER_S] = {"_bytes_per_s", "bytes_per_second", "bytes",
				 1},
	[SP_UNIT_BITS_PER_S] = {"_bits_per_s", "bytes_per_second", "bytes",
				0.125},
	[SP_UNIT_HZ] = {"_hz", "hertz", "", 1},
	[SP_UNIT_TIME] = {"", "seconds", "", 1},
	[SP_UNIT_TEXT] = {"", "", "", 1},
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

static void name_of(char *buf, const char *prefix, const struct sp_field *f,
		    const char *last)
{
	const char *suffix = metrics_units[f->unit].suffix;
	size_t n = strlen(f->key), cut = strlen(suffix);

	if (n >= cut && !strcmp(f->key + n - cut, suffix))
		n -= cut;
	snprintf(buf, METRICS_NAME_MAX, "%s_%.*s%s%s", prefix, (int)n, f->key,
		 *last ? "_" : "", last);
}

void metrics_golden_name(char *buf, const struct sp_field *f, const char *last)
{
	char prefix[32];

	snprintf(prefix, sizeof(prefix), "%s_%s", prefixes[SP_TABLE_GOLDEN],
		 sp_resource_names[f->resource]);
	name_of(buf, prefix, f, last);
}

static void write_task_labels(const struct metrics *m, const struct sp_task *t)
{
	fprintf(m->f, "{pid=\"%.0f\",tid=\"%.0f\"", t->pid, t->tid);
	metrics_label(m, ',', "comm", t->comm);
	metrics_label(m, ',', "user", t->user);
}

/* What tells a table's rows apart. */
static void write_labels(const struct metrics *m, enum sp_table_id table,
			 const void *row)
{
	const struct sp_cpu *cpu = row;
	const struct sp_disk *disk = row;
	const struct sp_net *net = row;
	const struct sp_node *node = row;
	const struct sp_cgroup *cgroup = row;

	switch (table) {
	case SP_TABLE_CPU:
		fprintf(m->f, "{cpu=\"%.0f\"", cpu->cpu);
		break;
	case SP_TABLE_DISK:
		metrics_label(m, '{', "device", disk->name);
		break;
	case SP_TABLE_NET:
		metrics_label(m, '{', "device", net->name);
		break;
	case SP_TABLE_NODE:
		fprintf(m->f, "{node=\"%.0f\"", node->node);
		break;
	case SP_TABLE_CGROUP:
		metrics_label(m, '{', "cgroup", cgroup->path);
		break;
	case SP_TABLE_TASK:
		write_task_labels(m, row);
		break;
	default:
		return;
	}
	putc_unlocked('}', m->f);
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
	struct metrics m = {.f = open_memstream(&l->text, &l->size)};

	l->rows = calloc(nr, sizeof(*l->rows));
	l->at = calloc(nr, sizeof(*l->at));
	l->nr = nr;
	if (!m.f || !l->rows || !l->at) {
		if (m.f)
			fclose(m.f);
		return -ENOMEM;
	}
	for (size_t i = 0; i < nr; i++) {
		l->rows[i] = row(from, i);
		l->at[i] = (size_t)ftell(m.f);
		write_labels(&m, table, l->rows[i]);
		putc_unlocked('\0', m.f);
	}
	return fclose(m.f) ? -ENOMEM : 0;
}

/* All samples of one metric; nothing at all if every value is absent. */
static void write_family(const struct metrics *m, enum sp_table_id table,
			 const struct sp_field *field, const struct labelled *l)
{
	const struct metrics_unit *u = &metrics_units[field->unit];
	char name[METRICS_NAME_MAX];
	bool head = false;

	for (size_t i = 0; i < l->nr; i++) {
		double v = sp_field_num(field, l->rows[i]) * u->factor;

		if (!isfinite(v))
			continue;
		if (!head && table == SP_TABLE_GOLDEN)
			metrics_golden_name(name, field, u->name);
		else if (!head)
			name_of(name, prefixes[table], field, u->name);
		if (!head)
			metrics_head(m, name, METRICS_GAUGE, u->name,
				     field->help);
		head = true;
		fputs_unlocked(name, m->f);
		fputs_unlocked(l->text + l->at[i], m->f);
		metrics_value(m, v);
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

static int write_table(const struct metrics *m, const struct sp_frame *frame,
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
			write_family(m, table, &t->fields[i], &l);
	labelled_free(&l);
	return ret;
}

static const void *page_task(const void *from, size_t i)
{
	return ((const struct sp_metrics_page *)from)->tasks[i];
}

static int write_tasks(const struct metrics *m,
		       const struct sp_metrics_page *page)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_TASK];
	size_t nr = page->nr_columns ? page->nr_columns : t->nr_fields;
	struct labelled l = {0};
	int ret = page->nr_tasks ? labelled_init(&l, SP_TABLE_TASK, page_task,
						 page, page->nr_tasks)
				 : 0;

	for (size_t i = 0; !ret && i < nr; i++) {
		const struct sp_field *field =
			page->nr_columns ? page->columns[i] : &t->fields[i];

		if (!is_identity(field))
			write_family(m, SP_TABLE_TASK, field, &l);
	}
	labelled_free(&l);
	return ret;
}

static void write_source(const struct metrics *m,
			 const struct sp_source_info *s)
{
	metrics_head(m, "sysperf_source_info", METRICS_GAUGE, "",
		     "where the numbers come from");
	fputs_unlocked("sysperf_source_info", m->f);
	metrics_label(m, '{', "source", s->name);
	metrics_label(m, ',', "kmod_version", s->kmod_version);
	fputs_unlocked("} 1\n", m->f);
	metrics_head(m, "sysperf_capability", METRICS_GAUGE, "",
		     "1 where the source can measure what needs the "
		     "capability");
	for (unsigned int i = SP_CAP_ANY + 1; i < SP_CAPS; i++)
		fprintf(m->f, "sysperf_capability{capability=\"%s\"} %d\n",
			sp_cap_names[i], !!(s->caps & 1U << i));
	if (!s->nr_lost)
		return;
	metrics_head(m, "sysperf_lost", METRICS_GAUGE, "",
		     "what was lost since the source was opened");
	for (size_t i = 0; i < s->nr_lost; i++) {
		fputs_unlocked("sysperf_lost", m->f);
		metrics_label(m, '{', "what", s->lost[i].name);
		fprintf(m->f, "} %llu\n", (unsigned long long)s->lost[i].count);
	}
}

static void write_status(const struct metrics *m, const struct sp_frame *frame)
{
	metrics_head(m, "sysperf_status", METRICS_GAUGE, "",
		     "a resource's state: 0 ok, 1 warning, 2 critical");
	for (unsigned int r = 0; r < SP_RESOURCES; r++)
		if (frame->status[r] != SP_STATUS_NONE)
			fprintf(m->f, "sysperf_status{resource=\"%s\"} %d\n",
				sp_resource_names[r],
				(int)frame->status[r] - SP_STATUS_OK);
}

/* Numbers of it in other metrics' units would be no metric. */
static void write_alerts(const struct metrics *m, const struct sp_frame *frame)
{
	if (frame->nr_alerts)
		metrics_head(m, "sysperf_alert", METRICS_GAUGE, "",
			     "an alert of sysperfd: 1 pending, 2 firing");
	for (size_t i = 0; i < frame->nr_alerts; i++) {
		const struct sp_alert *a = &frame->alerts[i];

		fputs_unlocked("sysperf_alert", m->f);
		metrics_label(m, '{', "alert", a->name);
		metrics_label(m, ',', "on", a->on);
		metrics_label(m, ',', "severity", a->severity);
		putc_unlocked('}', m->f);
		metrics_value(m, strcmp(a->state, "firing") ? 1 : 2);
	}
}

int sp_metrics_write(FILE *f, enum sp_metrics_syntax syntax,
		     const struct sp_metrics_page *page)
{
	const struct sp_frame *frame = page->frame;
	struct metrics m = {f, syntax};
	int ret = 0;

	write_source(&m, &frame->source);
	metrics_head(&m, "sysperf_interval_seconds", METRICS_GAUGE, "seconds",
		     "length of the interval that this sample is of");
	fprintf(f, "sysperf_interval_seconds %.3f\n", frame->interval_s);
	write_status(&m, frame);
	write_alerts(&m, frame);
	for (int id = SP_TABLE_GOLDEN; !ret && id < SP_TABLE_ALERT; id++)
		ret = write_table(&m, frame, (enum sp_table_id)id);
	if (!ret)
		ret = write_tasks(&m, page);
	if (page->latencies)
		metrics_latencies(&m, page->latencies);
	if (page->totals)
		metrics_totals(&m, page->totals);
	if (page->self)
		metrics_self(&m, page->self);
	/* Half a sample must not look whole. */
	if (!ret && syntax == SP_METRICS_OPENMETRICS)
		fputs_unlocked("# EOF\n", f);
	return ret;
}
