/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What this build has to send: tables of rows in memory and their columns, the
 * metrics of the field table and what else a frame has.
 */
#ifndef SYSPERF_WIRE_LAYOUT_H
#define SYSPERF_WIRE_LAYOUT_H

#include <sysperf/wire.h>

/* How a member lies in memory. */
enum member {
	MEMBER_DOUBLE,
	MEMBER_TEXT,
	MEMBER_BOOL,
	MEMBER_U32,
	MEMBER_U64,
	MEMBER_I64,
};

#define WIRE_KEY_MAX 64

struct column {
	char key[WIRE_KEY_MAX];
	enum member member;
	uint8_t decimals; /* of a double */
	enum sp_unit unit; /* of a metric */
	unsigned short size; /* of a text, with its NUL */
	size_t offset;
	int field; /* its place in the field table, -1 for what is no metric */
};

/* Tables that are no metrics come after those that are. */
enum {
	WIRE_META = SP_TABLES,
	WIRE_LOST,
	WIRE_TABLES,
};

struct layout_table {
	const char *name;
	size_t row_size;
	bool single; /* one row, always */
	size_t nr_columns;
	struct column columns[SP_WIRE_COLUMNS_MAX];
};

struct layout {
	struct layout_table tables[WIRE_TABLES];
};

/* A frame's own members. */
struct wire_meta {
	int64_t time_s;
	uint32_t time_ns;
	double interval_s;
	char host[65];
	char kernel[65];
	uint32_t nr_cpus;
	uint64_t mem_total_bytes;
	char source[16];
	char kmod_version[32];
	char caps[128]; /* names with a comma after each */
	char status[SP_RESOURCES][16];
	char severity[16], resource[16], signal[16];
	char text[160];
	bool has_culprit;
	uint32_t pid, tid;
	char comm[16];
	double share_pct;
	char cgroup[256];
	double cgroup_share_pct;
};

struct wire_lost {
	char name[32];
	uint64_t count;
};

/* Rows of tables that do not lie in a frame as they are. */
struct wire_rows {
	struct wire_meta meta;
	struct wire_lost lost[SP_LOST_MAX];
	size_t nr_lost;
};

/**
 * layout_make() - all tables and columns of this build
 *
 * Return: for the caller to free; NULL if out of memory.
 */
struct layout *layout_make(void);

/**
 * layout_rows_of() - a frame's own members as rows
 */
void layout_rows_of(struct wire_rows *rows, const struct sp_frame *frame);

/**
 * layout_frame_of() - the reverse
 * @frame: its own members are set, but for names
 * @rows: the names in source.name and source.lost are here, and not copied
 */
void layout_frame_of(struct sp_frame *frame, const struct wire_rows *rows);

#endif /* SYSPERF_WIRE_LAYOUT_H */
