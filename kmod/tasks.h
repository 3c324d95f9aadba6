/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_TASKS_H
#define SYSPERF_TASKS_H

#include <linux/hash.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/seqlock.h>

#include <sysperf.h>

/*
 * What is kept about a thread. The first cache line is all that a lookup
 * reads; it and the second are all that a switch writes besides one bucket.
 *
 * @state to @pmu are written by the CPU that switches the task in or out, with
 * its run-queue lock held, so writers of one entry never meet; readers use
 * @seq. The io_* are written by completions on any CPU and net by whatever
 * closes a connection, so they are atomic. The reclaim* are the task's own.
 */
struct sysperf_entry {
	struct hlist_node node;
	struct task_struct *task; /* a reference is held */
	seqcount_t seq;
	u8 state; /* enum sysperf_state */
	bool moved_asleep; /* see sched.c */
	u64 since; /* of that state */
	u64 run_delay; /* sched_info.run_delay when switched out */
	u64 state_ns[SYSPERF_STATES];
	u64 runq_wait_max_ns;
	u32 runq_hist[SYSPERF_HIST_TASK_BUCKETS];
	struct sysperf_pmu pmu;

	refcount_t ref; /* the table's, and one for each block request */
	u32 ppid; /* the last that was known */
	u32 flags; /* SYSPERF_TASK_* to add to what the task itself shows */
	atomic_t io_inflight;
	u64 io_changed; /* when a request last completed, CLOCK_MONOTONIC */
	atomic64_t ios, io_bytes, io_errors, io_ns, io_max_ns;
	atomic_t io_hist[SYSPERF_HIST_TASK_BUCKETS];
	struct sysperf_entry_net {
		atomic64_t rx_bytes, tx_bytes, rx_packets, tx_packets;
	} net[SYSPERF_PROTOS];
	u64 reclaim; /* see memory.h; the next three: what ended */
	u64 reclaim_stalls, reclaim_ns, reclaim_max_ns;
	unsigned long number; /* those added later have a larger one */
	struct rcu_head rcu;
};

/* The table: a hash by task_struct address, read under RCU. */
struct sysperf_task_table {
	struct hlist_head *heads;
	unsigned int shift; /* 64 - log2 of their number */
};

extern struct sysperf_task_table sysperf_tasks;

/**
 * sysperf_tasks_chain() - the hash chain a task belongs in
 */
static __always_inline struct hlist_head *
sysperf_tasks_chain(const struct task_struct *task)
{
	return &sysperf_tasks.heads[(u64)(unsigned long)task * GOLDEN_RATIO_64 >>
				    sysperf_tasks.shift];
}

/**
 * sysperf_tasks_find() - the entry of a task
 *
 * Context: an RCU read-side section of any flavour, preemption off included.
 *
 * Return: the entry, good within that section and for as long as the task
 * cannot be freed; NULL if it is not tracked.
 */
static __always_inline struct sysperf_entry *
sysperf_tasks_find(const struct task_struct *task)
{
	struct hlist_head *head = sysperf_tasks_chain(task);
	struct sysperf_entry *e;

	hlist_for_each_entry_rcu(e, head, node, rcu_read_lock_any_held())
		if (e->task == task)
			return e;
	return NULL;
}

/**
 * sysperf_task_numbered() - the task with a number
 * @nr: as in the first pid namespace
 *
 * Context: an RCU read-side section.
 *
 * Return: the task, good within that section; NULL if there is none.
 */
static inline struct task_struct *sysperf_task_numbered(pid_t nr)
{
	return pid_task(find_pid_ns(nr, &init_pid_ns), PIDTYPE_PID);
}

/* The slow half of sysperf_entry_put(). */
void sysperf_entry_free(struct sysperf_entry *e);

/**
 * sysperf_entry_put() - drop a reference; the last one frees after RCU
 */
static __always_inline void sysperf_entry_put(struct sysperf_entry *e)
{
	if (unlikely(refcount_dec_and_test(&e->ref)))
		sysperf_entry_free(e);
}

/**
 * sysperf_tasks_init() - make the table, follow forks and exits
 *
 * sysperf_tasks_scan() then finds what was there before.
 *
 * Return: 0 or -errno.
 */
int sysperf_tasks_init(void);

/**
 * sysperf_tasks_scan() - track every task that is not yet tracked
 *
 * Context: process.
 */
void sysperf_tasks_scan(void);

/**
 * sysperf_tasks_rescan() - sysperf_tasks_scan(), if a task was missed since
 */
void sysperf_tasks_rescan(void);

/**
 * sysperf_tasks_exit() - the reverse of init; no other probe may be running
 */
void sysperf_tasks_exit(void);

/* Where a walk of the table is, and what it leaves out. */
struct sysperf_task_walk {
	unsigned int bucket; /* the hash chain */
	unsigned int skip; /* entries of it already seen */
	bool changes; /* only tasks that changed since: */
	u64 now_ns, mono_ns; /* as in struct sysperf_header */
	unsigned int turn; /* gives all of every SYSPERF_CHANGES_MAXth chain */
};

/**
 * sysperf_tasks_fill() - write the records of the next tasks
 * @walk: with bucket and skip 0 to begin with; advanced past what was written
 * @out: where to
 * @max: records that fit there
 * @fresh: there will never be more room than that
 * @nr: set to the number of records written
 *
 * A hash chain is given in one go, so that each task that is there all the
 * while is given once; only one that is longer than a fresh buffer is split.
 *
 * Return: true at the end of the table.
 */
bool sysperf_tasks_fill(struct sysperf_task_walk *walk,
			struct sysperf_task *out, unsigned int max, bool fresh,
			unsigned int *nr);

/* Where in the table to go on. */
struct sysperf_task_place {
	unsigned long bucket; /* the hash chain */
	unsigned long below; /* numbers of entries not seen yet; 0: all */
};

/**
 * sysperf_tasks_visit() - call a function for one entry after the other
 * @place: zeroed to begin with; advanced past what was visited
 * @visit: under RCU; returns false to stop before this entry
 * @arg: passed on
 *
 * A task that is there all the while is visited once, however often the walk
 * stops and whoever comes and goes meanwhile.
 */
void sysperf_tasks_visit(struct sysperf_task_place *place,
			 bool (*visit)(struct sysperf_entry *e, void *arg),
			 void *arg);

/**
 * sysperf_tasks_tell_exits() - are there EXITED records (parameter exited)?
 */
bool sysperf_tasks_tell_exits(void);

/**
 * sysperf_exited_head() - the number of tasks that have ended so far
 *
 * A reader starts with this as its cursor.
 */
u64 sysperf_exited_head(void);

/**
 * sysperf_exited_fill() - write final records of tasks that ended
 * @cursor: of the reader; advanced past what was written
 * @end: the cursor at which to stop, from sysperf_exited_head()
 * @lost: increased by records that were overwritten before they were read
 * @out: where to
 * @max: records that fit there
 *
 * Return: records written.
 */
unsigned int sysperf_exited_fill(u64 *cursor, u64 end, u64 *lost,
				 struct sysperf_task *out, unsigned int max);

/**
 * sysperf_tasks_info() - how full the table is
 * @nr: entries
 * @max: their limit
 * @lost: tasks that could not be tracked
 */
void sysperf_tasks_info(u32 *nr, u32 *max, u64 *lost);

#endif /* SYSPERF_TASKS_H */
