/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A frame: everything sysperf knows about one interval, in the units that are
 * shown. Frames are made by the collector and only read by everything else.
 * The members of golden signals and rows come from fields.def; a double is
 * NaN and a string empty where the source could not measure.
 */
#ifndef SYSPERF_FRAME_H
#define SYSPERF_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <sysperf/fields.h>

struct sp_golden {
#define G(resource, signal, key, ...) double resource##_##key;
#include <sysperf/fields.def>
};

struct sp_cpu {
#define CPU_N(key, ...) double key;
#include <sysperf/fields.def>
};

struct sp_disk {
#define DISK_N(key, ...) double key;
#define DISK_S(key, title, size, ...) char key[size];
#include <sysperf/fields.def>
	bool stuck; /* it had a request all the time, and finished none */
};

struct sp_net {
#define NET_N(key, ...) double key;
#define NET_S(key, title, size, ...) char key[size];
#include <sysperf/fields.def>
	bool physical; /* counts in the golden signals */
};

struct sp_node {
#define NODE_N(key, ...) double key;
#include <sysperf/fields.def>
};

struct sp_cgroup {
#define CGROUP_N(key, ...) double key;
#define CGROUP_S(key, title, size, ...) char key[size];
#include <sysperf/fields.def>
	uint64_t id; /* its directory's inode */
};

/* For those who read frames; the collector knows of none (alerts.h). */
struct sp_alert {
#define ALERT_N(key, ...) double key;
#define ALERT_S(key, title, size, ...) char key[size];
#include <sysperf/fields.def>
};

struct sp_task {
#define TASK_N(key, ...) double key;
#define TASK_S(key, title, size, ...) char key[size];
#include <sysperf/fields.def>
	uint32_t uid;
	bool kthread;
	bool exited; /* it ended within the interval */
	uint32_t exit_code; /* of an exited task, as wait(2) gives it */
	bool oom_killed; /* the OOM killer chose it */
	bool yields; /* it runs when others need not: niced, or SCHED_IDLE */
	/* Threads, on average of the interval, whose states run_pct, runq_pct,
	 * iowait_pct, blocked_pct and sleep_pct are the average of. */
	double state_threads;
};

/* What a resource is doing; SP_STATUS_NONE: not judged (first sample). */
enum sp_status {
	SP_STATUS_NONE,
	SP_STATUS_OK,
	SP_STATUS_WARNING,
	SP_STATUS_CRITICAL,
};

/* null "ok" "warning" "critical" (NULL for SP_STATUS_NONE) */
extern const char *const sp_status_names[];

struct sp_verdict {
	enum sp_status severity; /* NONE or OK: there is nothing to say */
	enum sp_resource resource;
	enum sp_signal signal;
	char text[160]; /* one line with the evidence, no culprit */
	bool has_culprit;
	struct {
		uint32_t pid, tid;
		char comm[16];
		double share_pct; /* its part of what is complained of */
		char cgroup[256]; /* its control group; "" if not known */
		/* The group's part, if that and no task stands out, or NaN. */
		double cgroup_share_pct;
	} culprit;
};

/* What was lost, by name, since the source was opened. */
struct sp_lost {
	const char *name; /* static */
	uint64_t count;
};
#define SP_LOST_MAX 16

struct sp_source_info {
	const char *name; /* "kmod" "procfs" "daemon"; static */
	char kmod_version[32]; /* "" without the module */
	uint32_t caps; /* bits 1U << SP_CAP_* */
	struct sp_lost lost[SP_LOST_MAX];
	size_t nr_lost;
};

struct sp_frame {
	struct timespec time; /* end of the interval, UTC */
	double interval_s;
	char host[65];
	char kernel[65];
	unsigned int nr_cpus; /* online */
	uint64_t mem_total_bytes;
	struct sp_source_info source;
	struct sp_golden golden;
	enum sp_status status[SP_RESOURCES];
	struct sp_verdict verdict;
	struct sp_cpu *cpus;
	size_t nr_cpu_rows;
	struct sp_disk *disks;
	size_t nr_disks;
	struct sp_net *nets;
	size_t nr_nets;
	struct sp_node *nodes;
	size_t nr_nodes;
	struct sp_cgroup *cgroups; /* of version 2, busiest first */
	size_t nr_cgroups;
	struct sp_alert *alerts; /* of sysperfd; the worst first */
	size_t nr_alerts;
	struct sp_task *tasks; /* processes, or threads if so asked */
	size_t nr_tasks;
};

/**
 * sp_frame_rows() - a table's rows in a frame
 * @frame: the frame
 * @table: which; SP_TABLE_GOLDEN has one row, the golden signals
 * @nr: set to the number of rows
 *
 * Return: the first row (they lie sp_tables[table].row_size apart), NULL if
 * there is none.
 */
const void *sp_frame_rows(const struct sp_frame *frame, enum sp_table_id table,
			  size_t *nr);

#endif /* SYSPERF_FRAME_H */
