/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_EVENTS_H
#define SYSPERF_EVENTS_H

#include <linux/cache.h>
#include <linux/compiler.h>

#include <sysperf.h>

struct sysperf_entry;

/* What is over these is told; U64_MAX: nothing is. */
struct sysperf_slow_over {
	u64 wait_ns, io_ns;
};

extern struct sysperf_slow_over sysperf_slow_over;

/* What GET_INFO shows and SET changes, as attributes of the same names. */
struct sysperf_event_settings {
	u64 slow_wait_ns, slow_io_ns; /* 0: none */
	u32 event_rate, exit_rate; /* not 0 */
};

/**
 * sysperf_events_get() - the settings as they are
 */
void sysperf_events_get(struct sysperf_event_settings *s);

/**
 * sysperf_events_set() - change them
 *
 * Context: one caller at a time.
 */
void sysperf_events_set(const struct sysperf_event_settings *s);

/**
 * sysperf_events_lost() - events that there was no sending of
 */
u64 sysperf_events_lost(void);

/**
 * sysperf_events_open() - from now on tell events to who listens
 */
void sysperf_events_open(void);

/**
 * sysperf_events_close() - tell no more; none is being told on return
 */
void sysperf_events_close(void);

/**
 * sysperf_events_exit() - the last of it, when no probe runs any more
 */
void sysperf_events_exit(void);

/**
 * sysperf_events_want_exit() - does somebody listen for the ends of tasks?
 *
 * If so, what is added to the ring of ended tasks from now on is told after a
 * call of sysperf_events_task_ended().
 *
 * Context: any but a run-queue lock held.
 */
bool sysperf_events_want_exit(void);

/**
 * sysperf_events_task_ended() - tell what is new in the ring of ended tasks
 *
 * Context: any but a run-queue lock held.
 */
void sysperf_events_task_ended(void);

/* The parts of the two below that are not for every switch and request. */
void sysperf_events_add_wait(const struct sysperf_entry *e, u32 cpu, u64 ns);
void sysperf_events_add_io(const struct sysperf_entry *e,
			   const struct sysperf_disk *disk, u32 op, u32 bytes,
			   u64 ns);

/**
 * sysperf_events_slow_wait() - a task has got the CPU it waited for
 * @e: its entry
 * @cpu: which
 * @ns: how long
 *
 * Context: the sched_switch probe.
 */
static __always_inline void
sysperf_events_slow_wait(const struct sysperf_entry *e, u32 cpu, u64 ns)
{
	if (unlikely(ns > READ_ONCE(sysperf_slow_over.wait_ns)))
		sysperf_events_add_wait(e, cpu, ns);
}

/**
 * sysperf_events_slow_io() - a block request is complete
 * @e: of the task that submitted it, or NULL
 * @disk: where its numbers are
 * @op: enum sysperf_disk_op
 * @bytes: how much
 * @ns: how long it took
 *
 * Context: any.
 */
static __always_inline void
sysperf_events_slow_io(const struct sysperf_entry *e,
		       const struct sysperf_disk *disk, u32 op, u32 bytes,
		       u64 ns)
{
	if (unlikely(ns > READ_ONCE(sysperf_slow_over.io_ns)))
		sysperf_events_add_io(e, disk, op, bytes, ns);
}

#endif /* SYSPERF_EVENTS_H */
