/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The collector: a source and the machine's own counters, read at moments of
 * the caller's choosing, made into frames.
 */
#ifndef SYSPERF_COLLECTOR_H
#define SYSPERF_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include <sysperf/config.h>
#include <sysperf/frame.h>

struct sp_latencies;

enum sp_source_choice {
	SP_SOURCE_AUTO, /* the module if it can be read, else procfs */
	SP_SOURCE_KMOD,
	SP_SOURCE_PROCFS,
};

struct sp_collector_config {
	enum sp_source_choice source;
	bool threads; /* rows of tasks are threads, not processes */
	bool task_cgroups; /* look up each task's control group */
	bool let_go; /* the module may be unloaded between samples */
	bool hurry; /* others wait: names may come with a later sample */
	const char *root; /* "" for this machine; a canned tree in tests */
	const struct sp_thresholds *thresholds; /* NULL: the usual ones */
};

struct sp_collector;

/**
 * sp_collector_open() - make a collector
 * @out: set to the collector
 * @cfg: what to collect; copied (root must outlive the collector)
 * @err: on failure, one sentence naming what failed and what to do
 * @len: of @err
 *
 * Return: 0 or -errno.
 */
int sp_collector_open(struct sp_collector **out,
		      const struct sp_collector_config *cfg, char *err,
		      size_t len);

/**
 * sp_collector_why_not_kmod() - why the module is not the source
 *
 * Return: a sentence, "" if it is the source or was not tried. Owned by the
 * collector.
 */
const char *sp_collector_why_not_kmod(const struct sp_collector *c);

/**
 * sp_collector_set_threads() - rows of tasks become threads or processes
 *
 * Takes effect with the next sample; no rates are lost where the source
 * reads threads anyway.
 *
 * Return: 0 or -errno.
 */
int sp_collector_set_threads(struct sp_collector *c, bool threads);

/**
 * sp_collector_set_cgroups() - look up each task's control group, or no longer
 */
void sp_collector_set_cgroups(struct sp_collector *c, bool want);

/**
 * sp_collector_set_thresholds() - judge by others from the next sample on
 * @t: copied
 */
void sp_collector_set_thresholds(struct sp_collector *c,
				 const struct sp_thresholds *t);

/**
 * sp_collector_source() - what the source of the last sample was
 *
 * Also after the first one, which gives no frame. It belongs to the collector
 * and holds until the next sample; all 0 before the first.
 */
const struct sp_source_info *sp_collector_source(const struct sp_collector *c);

/**
 * sp_collector_sample() - take a snapshot now
 * @c: the collector
 * @frame: set to the frame of the interval since the last sample, NULL after
 *	the first one. It belongs to the collector and holds until the next
 *	call
 *
 * Return: 0 or -errno when the source failed.
 */
int sp_collector_sample(struct sp_collector *c, const struct sp_frame **frame);

/**
 * sp_collector_latencies() - add what the module's histograms counted
 * @c: the collector; to be asked once after each sample that did not fail,
 *	those without a frame too
 * @sum: what the time since the sample before is added to (latency.h)
 *
 * Return: 0 or -ENOMEM; then some of it may be missing.
 */
int sp_collector_latencies(const struct sp_collector *c,
			   struct sp_latencies *sum);

/**
 * sp_collector_close() - free everything, the last frame too
 */
void sp_collector_close(struct sp_collector *c);

#endif /* SYSPERF_COLLECTOR_H */
