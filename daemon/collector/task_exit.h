/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks that ended since the last refresh, with what they did until then:
 * those that were seen before, and those that came and went in between.
 */
#ifndef SYSPERF_TASK_EXIT_H
#define SYSPERF_TASK_EXIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "task_cache.h"
#include "taskstats_sock.h"

/* Whose thread it may have been, where the kernel does not say (before 5.19). */
struct sp_thread_owner {
	uint32_t pid, ppid;
	char comm[16];
};

/* All 0 is a closed one. */
struct sp_exits {
	bool open;
	bool threads; /* a row for each thread that ended, not each process */
	uint64_t since_ns; /* since boot: all ends from then on are known */
	uint64_t last_ns; /* and when they were last taken */
	uint64_t now_ns;
	unsigned int refresh; /* the cache's */
	struct sp_taskstats_sock sock;
	struct sp_task_end *ends; /* told of since */
	size_t nr, cap;
	struct sp_thread_owner *owners;
	size_t nr_owners, cap_owners;
	bool has_owners; /* they have been looked for */
};

/**
 * sp_exits_open() - be told of ends from now on
 * @x: all 0
 * @threads: of each thread
 *
 * Return: 0, or -errno as sp_taskstats_open(); @x is closed then, and can be
 * used like one that nothing is ever told.
 */
int sp_exits_open(struct sp_exits *x, bool threads);

/**
 * sp_exits_take() - receive what ended
 *
 * Must come after the tasks that live were read: who ends in between is in the
 * snapshot twice, and its last row counts.
 *
 * Return: 0 or -ENOMEM. If the socket fails, @x is closed.
 */
int sp_exits_take(struct sp_exits *x);

/**
 * sp_exits_rows() - make rows of what was received
 * @x: its ends are used up
 * @cache: the tasks as last read, those that are gone not dropped yet
 * @snap: gets a row for each process (or thread) that ended
 * @mono_ns: CLOCK_MONOTONIC now, for the rows
 * @suspended_ns: what CLOCK_BOOTTIME is ahead of it
 *
 * A row has the task's counters at its end, which go on from those that were
 * read before:
 * - threads that ended before we listened are missing: of a process that had
 *   any, and began before that, faults are absent, and I/O if it had several
 *   threads when last read
 * - threads that came and went in a process that ended while it was being read
 *   are left out, as they may be in the row already
 * - before 5.19, a thread that was never seen is taken for that of a process
 *   of several threads which has the same parent and name; else for a process
 *
 * Return: 0 or -ENOMEM.
 */
int sp_exits_rows(struct sp_exits *x, struct sp_task_cache *cache,
		  struct sp_snapshot *snap, uint64_t mono_ns,
		  uint64_t suspended_ns);

/**
 * sp_exits_close() - stop to listen
 */
void sp_exits_close(struct sp_exits *x);

#endif /* SYSPERF_TASK_EXIT_H */
