/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is remembered of each task from one refresh to the next, so that one
 * that did nothing costs one small file: its row as last read, and the
 * numbers that tell whether it did anything since.
 */
#ifndef SYSPERF_TASK_CACHE_H
#define SYSPERF_TASK_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sysperf/snapshot.h>
#include "proc_task.h"
#include "task_file.h"
#include "taskstats.h"

/* A thread of a process whose threads are summed, its leader apart. */
struct sp_thread {
	uint32_t tid;
	struct sp_task_sched sched;
};

/* What threads of a process did that ended while it went on. */
struct sp_dead_threads {
	uint64_t nr;
	uint64_t cpu_ns;
	uint64_t minor_faults, major_faults;
	uint64_t read_bytes, write_bytes;
	bool leader; /* it is one of them: */
	uint32_t exit_code;
	unsigned int refresh; /* the last one that was told of some: */
	struct {
		struct sp_taskstats stats;
		uint64_t read_bytes, write_bytes;
	} recent;
};

struct sp_task_entry {
	uint32_t tid;
	unsigned int seen; /* the last refresh that asked for it */
	unsigned int active; /* the last one that found it had done something */
	bool known; /* what follows is filled in */
	bool uid_stale; /* it may have changed its user since */
	bool io_denied;
	bool single; /* a process of one thread, when last read */
	bool io_changed; /* io is to be read from another file than before */
	bool has_sched;
	struct sp_task_sched sched; /* of the thread, or of the leader */
	uint64_t start_ticks;
	uint64_t cpu_ticks;
	unsigned int moved; /* the last refresh that did not find it idle */
	struct sp_task_fds fds;
	struct sp_raw_task row;
	/* Of a process of several threads whose threads are summed. */
	struct sp_thread *threads;
	size_t nr_threads, cap_threads;
	bool has_group;
	bool doubted; /* what was told the last time */
	struct sp_taskstats group; /* all its threads ever, as last told */
	struct sp_dead_threads dead;
};

/* All 0 is an empty one. */
struct sp_task_cache {
	struct sp_task_entry *entries; /* without gaps */
	size_t nr, cap;
	uint32_t *index; /* hash table of places in entries, plus 1 */
	size_t index_size; /* a power of two, twice nr at least */
	size_t nr_seen; /* by this refresh */
	unsigned int refresh;
};

/**
 * sp_task_cache_begin() - a refresh begins
 */
void sp_task_cache_begin(struct sp_task_cache *c);

/**
 * sp_task_cache_get() - the entry of a task
 * @c: the cache
 * @tid: which; is then known to exist still
 *
 * Return: the entry, made all 0 but for tid if it is new; NULL for want of
 * memory. It holds until the next call.
 */
struct sp_task_entry *sp_task_cache_get(struct sp_task_cache *c, uint32_t tid);

/**
 * sp_task_cache_find() - the entry of a task, if there is one
 *
 * Does not say that the task exists still.
 *
 * Return: the entry or NULL.
 */
struct sp_task_entry *sp_task_cache_find(const struct sp_task_cache *c,
					 uint32_t tid);

/**
 * sp_task_cache_forget() - what is known is of another task of that number
 */
void sp_task_cache_forget(struct sp_task_entry *e);

/**
 * sp_task_cache_drop() - the task is no more
 * @c: the cache
 * @e: an entry that this refresh asked for; goes when the refresh ends
 */
void sp_task_cache_drop(struct sp_task_cache *c, struct sp_task_entry *e);

/**
 * sp_task_cache_end() - drop what the refresh did not ask for
 */
void sp_task_cache_end(struct sp_task_cache *c);

/**
 * sp_task_cache_free() - give back the memory
 */
void sp_task_cache_free(struct sp_task_cache *c);

#endif /* SYSPERF_TASK_CACHE_H */
