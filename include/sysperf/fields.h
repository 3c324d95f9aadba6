/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The field table: what each member of a frame's rows is called, measured in
 * and meant to show. Outputs go through these tables; they know no metric.
 */
#ifndef SYSPERF_FIELDS_H
#define SYSPERF_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* What a source can measure; a field says which of these it needs. */
enum sp_cap {
	SP_CAP_ANY, /* every source has it */
	SP_CAP_KMOD, /* the kernel module */
	SP_CAP_PMU, /* hardware counters, through the module */
	SP_CAP_IO, /* other users' /proc/PID/io, or the module */
	SP_CAP_PSI, /* /proc/pressure */
	/* What else the module measures, unless it is left out of it: */
	SP_CAP_SCHED, /* run-queue waits and the states of threads */
	SP_CAP_BLOCK, /* block requests by device and task */
	SP_CAP_NET, /* TCP and UDP by task */
	SP_CAP_TCP, /* round-trip times */
	SP_CAP_RECLAIM, /* direct reclaim, OOM victims */
	SP_CAP_EXITS, /* tasks that ended: taskstats, or the module */
	SP_CAPS,
};

enum sp_unit {
	SP_UNIT_COUNT, /* a bare number */
	SP_UNIT_RATIO, /* a bare number with a fraction */
	SP_UNIT_PCT, /* 0 to 100 */
	SP_UNIT_US, /* microseconds */
	SP_UNIT_PER_S, /* events a second */
	SP_UNIT_BYTES, /* bytes, shown with binary prefixes */
	SP_UNIT_BYTES_PER_S,
	SP_UNIT_BITS_PER_S, /* shown with decimal prefixes */
	SP_UNIT_HZ, /* likewise */
	SP_UNIT_TIME, /* seconds since the epoch */
	SP_UNIT_TEXT,
};

enum sp_kind {
	SP_KIND_GAUGE,
	SP_KIND_COUNTER, /* the rate of a counter */
	SP_KIND_PERCENTILE,
	SP_KIND_TEXT,
};

enum sp_resource {
	SP_RES_CPU,
	SP_RES_MEMORY,
	SP_RES_DISK,
	SP_RES_NETWORK,
	SP_RESOURCES,
};

enum sp_signal {
	SP_SIG_LATENCY,
	SP_SIG_TRAFFIC,
	SP_SIG_ERRORS,
	SP_SIG_SATURATION,
	SP_SIGNALS,
};

enum sp_table_id {
	SP_TABLE_GOLDEN,
	SP_TABLE_CPU,
	SP_TABLE_DISK,
	SP_TABLE_NET,
	SP_TABLE_NODE,
	SP_TABLE_CGROUP,
	SP_TABLE_ALERT,
	SP_TABLE_TASK,
	SP_TABLES,
};

struct sp_field {
	const char *key; /* as in JSON and on the command line */
	const char *title; /* column head, at most width wide */
	const char *help; /* one line, no full stop */
	enum sp_unit unit;
	enum sp_kind kind;
	enum sp_cap needs;
	enum sp_resource resource; /* of a golden field */
	enum sp_signal signal; /* of a golden field */
	unsigned char width; /* of a column, in cells */
	unsigned char precision; /* digits after the point, at most */
	unsigned short size; /* of a string member, bytes */
	size_t offset; /* of the member in its row */
};

struct sp_table {
	const char *name; /* "golden", "cpus", "disks", "nets", "nodes",
			   * "cgroups", "alerts", "tasks" */
	const struct sp_field *fields;
	size_t nr_fields;
	size_t row_size; /* of a row in a frame's array */
	/* Where in struct sp_frame the array and its length are; of
	 * SP_TABLE_GOLDEN the one row itself. */
	size_t rows, nr_rows;
};

/* All tables, by enum sp_table_id. */
extern const struct sp_table sp_tables[SP_TABLES];

/* "cpu" "memory" "disk" "network"; "latency" "traffic" "errors" "saturation" */
extern const char *const sp_resource_names[SP_RESOURCES];
extern const char *const sp_signal_names[SP_SIGNALS];
/* As on the command line, e.g. "kmod"; by enum sp_cap. */
extern const char *const sp_cap_names[SP_CAPS];
/* What --list-fields calls a unit, e.g. "microseconds"; by enum sp_unit. */
extern const char *const sp_unit_names[];

/**
 * sp_field_find() - a table's field by its key
 * @table: which table
 * @key: the key, not necessarily NUL-terminated
 * @len: its length
 *
 * Return: the field, or NULL if there is none of that name.
 */
const struct sp_field *sp_field_find(enum sp_table_id table, const char *key,
				     size_t len);

/**
 * sp_field_golden() - a golden field by resource, signal and key
 *
 * Return: the field, or NULL if there is none of that name.
 */
const struct sp_field *sp_field_golden(enum sp_resource res, enum sp_signal sig,
				       const char *key);

/**
 * sp_field_num() - the value of a number
 * @f: a field that is not text
 * @row: a row of its table
 *
 * Return: the value in the field's unit, NaN if it could not be measured.
 */
static inline double sp_field_num(const struct sp_field *f, const void *row)
{
	const void *member = (const char *)row + f->offset;

	return *(const double *)member;
}

/**
 * sp_field_str() - the value of a text field
 * @f: a field whose unit is SP_UNIT_TEXT
 * @row: a row of its table; it owns the string
 */
static inline const char *sp_field_str(const struct sp_field *f,
				       const void *row)
{
	return (const char *)row + f->offset;
}

/**
 * sp_field_digits() - digits after the point that programs are given
 * @f: a field that is not text
 *
 * Two more than people are shown: a value is true to that.
 */
unsigned int sp_field_digits(const struct sp_field *f);

/**
 * sp_field_row_clear() - make every number of a row NaN and every string ""
 * @table: the row's table
 * @row: the row
 */
void sp_field_row_clear(enum sp_table_id table, void *row);

#endif /* SYSPERF_FIELDS_H */
