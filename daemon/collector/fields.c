// SPDX-License-Identifier: GPL-2.0-only
/*
 * The field table, made from fields.def. Nothing here knows a metric by name.
 */
#include <math.h>
#include <string.h>

#include <sysperf/fields.h>
#include <sysperf/frame.h>

#define NUM(row, key, title, unit, kind, width, precision, needs, help)        \
	{#key,                                                                 \
	 title,                                                                \
	 help,                                                                 \
	 SP_UNIT_##unit,                                                       \
	 SP_KIND_##kind,                                                       \
	 SP_CAP_##needs,                                                       \
	 0,                                                                    \
	 0,                                                                    \
	 width,                                                                \
	 precision,                                                            \
	 sizeof(double),                                                       \
	 offsetof(struct row, key)},
#define STR(row, key, title, size, width, needs, help)                         \
	{#key,                                                                 \
	 title,                                                                \
	 help,                                                                 \
	 SP_UNIT_TEXT,                                                         \
	 SP_KIND_TEXT,                                                         \
	 SP_CAP_##needs,                                                       \
	 0,                                                                    \
	 0,                                                                    \
	 width,                                                                \
	 0,                                                                    \
	 size,                                                                 \
	 offsetof(struct row, key)},

#define SP_RES_cpu SP_RES_CPU
#define SP_RES_memory SP_RES_MEMORY
#define SP_RES_disk SP_RES_DISK
#define SP_RES_network SP_RES_NETWORK
#define SP_SIG_latency SP_SIG_LATENCY
#define SP_SIG_traffic SP_SIG_TRAFFIC
#define SP_SIG_errors SP_SIG_ERRORS
#define SP_SIG_saturation SP_SIG_SATURATION

static const struct sp_field golden_fields[] = {
#define G(resource, signal, key, title, unit, kind, precision, needs, help)    \
	{#key,                                                                 \
	 title,                                                                \
	 help,                                                                 \
	 SP_UNIT_##unit,                                                       \
	 SP_KIND_##kind,                                                       \
	 SP_CAP_##needs,                                                       \
	 SP_RES_##resource,                                                    \
	 SP_SIG_##signal,                                                      \
	 8,                                                                    \
	 precision,                                                            \
	 sizeof(double),                                                       \
	 offsetof(struct sp_golden, resource##_##key)},
#include <sysperf/fields.def>
};

static const struct sp_field cpu_fields[] = {
#define CPU_N(...) NUM(sp_cpu, __VA_ARGS__)
#include <sysperf/fields.def>
};

static const struct sp_field disk_fields[] = {
#define DISK_N(...) NUM(sp_disk, __VA_ARGS__)
#define DISK_S(...) STR(sp_disk, __VA_ARGS__)
#include <sysperf/fields.def>
};

static const struct sp_field net_fields[] = {
#define NET_N(...) NUM(sp_net, __VA_ARGS__)
#define NET_S(...) STR(sp_net, __VA_ARGS__)
#include <sysperf/fields.def>
};

static const struct sp_field node_fields[] = {
#define NODE_N(...) NUM(sp_node, __VA_ARGS__)
#include <sysperf/fields.def>
};

static const struct sp_field cgroup_fields[] = {
#define CGROUP_N(...) NUM(sp_cgroup, __VA_ARGS__)
#define CGROUP_S(...) STR(sp_cgroup, __VA_ARGS__)
#include <sysperf/fields.def>
};

static const struct sp_field alert_fields[] = {
#define ALERT_N(...) NUM(sp_alert, __VA_ARGS__)
#define ALERT_S(...) STR(sp_alert, __VA_ARGS__)
#include <sysperf/fields.def>
};

static const struct sp_field task_fields[] = {
#define TASK_N(...) NUM(sp_task, __VA_ARGS__)
#define TASK_S(...) STR(sp_task, __VA_ARGS__)
#include <sysperf/fields.def>
};

#define TABLE(array, row, member, count)                                       \
	{                                                                      \
#member, array, sizeof(array) / sizeof((array)[0]),            \
			sizeof(struct row), offsetof(struct sp_frame, member), \
			offsetof(struct sp_frame, count)                       \
	}

const struct sp_table sp_tables[SP_TABLES] = {
	[SP_TABLE_GOLDEN] = TABLE(golden_fields, sp_golden, golden, golden),
	[SP_TABLE_CPU] = TABLE(cpu_fields, sp_cpu, cpus, nr_cpu_rows),
	[SP_TABLE_DISK] = TABLE(disk_fields, sp_disk, disks, nr_disks),
	[SP_TABLE_NET] = TABLE(net_fields, sp_net, nets, nr_nets),
	[SP_TABLE_NODE] = TABLE(node_fields, sp_node, nodes, nr_nodes),
	[SP_TABLE_CGROUP] =
		TABLE(cgroup_fields, sp_cgroup, cgroups, nr_cgroups),
	[SP_TABLE_ALERT] = TABLE(alert_fields, sp_alert, alerts, nr_alerts),
	[SP_TABLE_TASK] = TABLE(task_fields, sp_task, tasks, nr_tasks),
};

const char *const sp_resource_names[SP_RESOURCES] = {"cpu", "memory", "disk",
						     "network"};
const char *const sp_signal_names[SP_SIGNALS] = {"latency", "traffic", "errors",
						 "saturation"};
const char *const sp_cap_names[SP_CAPS] = {
	[SP_CAP_ANY] = "any",	  [SP_CAP_KMOD] = "kmod",
	[SP_CAP_PMU] = "pmu",	  [SP_CAP_IO] = "io",
	[SP_CAP_PSI] = "psi",	  [SP_CAP_SCHED] = "sched",
	[SP_CAP_BLOCK] = "block", [SP_CAP_NET] = "net",
	[SP_CAP_TCP] = "tcp",	  [SP_CAP_RECLAIM] = "reclaim",
	[SP_CAP_EXITS] = "exits",
};
const char *const sp_unit_names[] = {
	[SP_UNIT_COUNT] = "number",
	[SP_UNIT_RATIO] = "ratio",
	[SP_UNIT_PCT] = "percent",
	[SP_UNIT_US] = "microseconds",
	[SP_UNIT_PER_S] = "per second",
	[SP_UNIT_BYTES] = "bytes",
	[SP_UNIT_BYTES_PER_S] = "bytes per second",
	[SP_UNIT_BITS_PER_S] = "bits per second",
	[SP_UNIT_HZ] = "hertz",
	[SP_UNIT_TIME] = "time",
	[SP_UNIT_TEXT] = "text",
};
const char *const sp_status_names[] = {
	[SP_STATUS_NONE] = NULL,
	[SP_STATUS_OK] = "ok",
	[SP_STATUS_WARNING] = "warning",
	[SP_STATUS_CRITICAL] = "critical",
};

const struct sp_field *sp_field_find(enum sp_table_id table, const char *key,
				     size_t len)
{
	const struct sp_table *t = &sp_tables[table];

	for (size_t i = 0; i < t->nr_fields; i++) {
		const char *k = t->fields[i].key;

		if (!strncmp(k, key, len) && !k[len])
			return &t->fields[i];
	}
	return NULL;
}

const struct sp_field *sp_field_golden(enum sp_resource res, enum sp_signal sig,
				       const char *key)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];

	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];

		if (f->resource == res && f->signal == sig &&
		    !strcmp(f->key, key))
			return f;
	}
	return NULL;
}

void sp_field_row_clear(enum sp_table_id table, void *row)
{
	const struct sp_table *t = &sp_tables[table];

	memset(row, 0, t->row_size);
	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];
		void *member = (char *)row + f->offset;

		if (f->unit != SP_UNIT_TEXT)
			*(double *)member = NAN;
	}
}

unsigned int sp_field_digits(const struct sp_field *f)
{
	switch (f->unit) {
	case SP_UNIT_COUNT:
	case SP_UNIT_BYTES:
	case SP_UNIT_HZ:
		return 0;
	case SP_UNIT_TIME:
		return 3;
	default:
		return f->precision + 2U;
	}
}

const void *sp_frame_rows(const struct sp_frame *frame, enum sp_table_id table,
			  size_t *nr)
{
	const struct sp_table *t = &sp_tables[table];
	const char *at = (const char *)frame;

	*nr = 1;
	if (table == SP_TABLE_GOLDEN)
		return at + t->rows;
	memcpy(nr, at + t->nr_rows, sizeof(*nr));
	return *(const void *const *)(const void *)(at + t->rows);
}
