/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Collectors at work: one for all who want frames of the same delay and the
 * same rows, whoever they are. A consumer is anything that takes frames: a
 * viewer, a recording, the alerts, the metrics.
 */
#ifndef SYSPERF_COLLECTION_H
#define SYSPERF_COLLECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include <sysperf/collector.h>
#include <sysperf/latency.h>

/* Delays there may be at once, of processes and of threads each. */
#define COLLECTIONS_MAX 8

struct collections;
struct collection;

struct consumer {
	/**
	 * frame() - there is a new one
	 * @frame: holds until it returns
	 * @serial: another one for each frame of all collections
	 *
	 * It must not leave or join collections.
	 */
	void (*frame)(struct consumer *c, const struct sp_frame *frame,
		      uint64_t serial);
	/**
	 * changed() - something is as was not told before; may be NULL
	 * @source: the source is another one now, or has failed, and the last
	 *	frame is gone
	 *
	 * As above.
	 */
	void (*changed)(struct consumer *c, bool source);
	bool cgroups; /* it wants to know tasks' control groups */
	struct collection *collection; /* where it takes part, or NULL */
	struct consumer *next;
	uint64_t joined_us; /* CLOCK_MONOTONIC */
	bool early; /* the frame now given began before it joined */
};

/* What collections tell the program that they are in; each may be NULL. */
struct collections_hooks {
	/* A source is about to be opened, maybe that of /proc. */
	void (*opening)(void *ctx);
	/* It is open, or another one, or has failed. */
	void (*changed)(void *ctx);
	/* A frame is about to be given to all: what else belongs into it. */
	void (*dress)(void *ctx, const struct collection *c,
		      struct sp_frame *frame);
	void *ctx;
};

/**
 * collections_open() - none yet, in this loop
 * @cfg: of their collectors; threads and task_cgroups do not count. Copied,
 *	with the thresholds
 * @hooks: copied
 *
 * Return: NULL for want of memory.
 */
struct collections *collections_open(sd_event *event,
				     const struct sp_collector_config *cfg,
				     const struct collections_hooks *hooks);

/**
 * collections_close() - end them all; no consumer may be left
 */
void collections_close(struct collections *all);

/**
 * collections_join() - give a consumer frames
 * @c: takes part in none
 * @delay_ms: between frames; beyond COLLECTIONS_MAX the nearest there is
 * @err: on failure, one sentence
 *
 * Return: 0 or -errno.
 */
int collections_join(struct collections *all, struct consumer *c,
		     uint32_t delay_ms, bool threads, char *err, size_t len);

/**
 * collections_leave() - no more; without consumers a collection ends soon
 */
void collections_leave(struct consumer *c);

/**
 * collections_thresholds() - judge by others from now on
 */
void collections_thresholds(struct collections *all,
			    const struct sp_thresholds *t);

/**
 * collections_look() - whether the source could be another one by now
 *
 * The module is taken as soon as it is there. When it goes, the collector
 * finds that out by itself, at its next sample.
 */
void collections_look(struct collections *all);

/* What a collection is. */
uint32_t collection_delay_ms(const struct collection *c);
bool collection_threads(const struct collection *c);
/* Of its last sample; never NULL. */
const struct sp_source_info *collection_source(const struct collection *c);
const char *collection_why_not_kmod(const struct collection *c);

/**
 * collection_latencies() - add those of the last interval to sums
 *
 * Return: 0 or -ENOMEM.
 */
int collection_latencies(const struct collection *c, struct sp_latencies *sum);

struct collections_count {
	size_t collections, consumers;
	uint64_t samples, failures; /* since the start */
	size_t without_kmod; /* collections */
	const char *source; /* of the first one, "" if there is none */
};

/**
 * collections_count() - what there is, for the status
 */
void collections_count(const struct collections *all,
		       struct collections_count *n);

/**
 * collections_thresholds_now() - those in force
 */
const struct sp_thresholds *
collections_thresholds_now(const struct collections *all);

#endif /* SYSPERF_COLLECTION_H */
