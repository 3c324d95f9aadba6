/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The interface between the sysperf kernel module and its readers:
 * the records that read() on /dev/sysperf gives, and the names of the
 * generic netlink family "sysperf".
 *
 * A snapshot is a stream of records in host byte order, each starting with
 * struct sysperf_rec. Reading at file position 0 starts a new snapshot,
 * further reads continue it and 0 is its end; a read() returns whole records
 * only, so a buffer must hold at least SYSPERF_READ_MIN bytes. The order is
 * one HEADER, then CPU, DISK, TASK and EXITED records, then one END, without
 * which the snapshot is incomplete.
 *
 * Compatibility: a record never shrinks and no field changes its meaning
 * within one SYSPERF_ABI_VERSION; new fields are appended (rec.size grows),
 * new record types may appear. A reader skips unknown types, takes the first
 * sizeof() bytes of longer records and refuses shorter ones. All members
 * are naturally aligned, so that 32-bit readers see the same layout.
 *
 * All times ending in _ns are of the kernel's scheduler clock (nanoseconds,
 * no defined epoch) unless said otherwise. 64-bit counters start at 0 when
 * the module first sees their object and never decrease; 32-bit histogram
 * buckets wrap and are to be subtracted modulo 2^32.
 */
#ifndef _UAPI_SYSPERF_H
#define _UAPI_SYSPERF_H

#include <linux/types.h>

#define SYSPERF_ABI_VERSION 1
#define SYSPERF_DEVICE "sysperf"
#define SYSPERF_READ_MIN 65536

enum sysperf_rec_type {
	SYSPERF_REC_HEADER = 1,
	SYSPERF_REC_CPU = 2,
	SYSPERF_REC_DISK = 3,
	SYSPERF_REC_TASK = 4,
	SYSPERF_REC_EXITED = 5, /* struct sysperf_task, final counters */
	SYSPERF_REC_END = 6,
};

struct sysperf_rec {
	__u32 type; /* enum sysperf_rec_type */
	__u32 size; /* whole record, this head included; a multiple of 8 */
};

/*
 * Log-linear histograms of nanoseconds. Every octave [2^k, 2^(k+1)) from
 * SYSPERF_HIST_MIN_SHIFT up is cut into 2^sub equal buckets; everything below
 * the first octave shares 2^sub equal buckets too; everything at or above
 * 2^SYSPERF_HIST_MAX_SHIFT (68.7 s) falls in the last bucket.
 *
 * Estimating a bucket by its middle is wrong by at most 1/2^(sub+1) of the
 * true value: 1.6 % system-wide, 12.5 % for a task.
 */
#define SYSPERF_HIST_MIN_SHIFT 10
#define SYSPERF_HIST_MAX_SHIFT 36
#define SYSPERF_HIST_SUB 5
#define SYSPERF_HIST_TASK_SUB 2
#define SYSPERF_HIST_LEN(sub)                                                  \
	((SYSPERF_HIST_MAX_SHIFT - SYSPERF_HIST_MIN_SHIFT + 1U) << (sub))
#define SYSPERF_HIST_BUCKETS SYSPERF_HIST_LEN(SYSPERF_HIST_SUB)
#define SYSPERF_HIST_TASK_BUCKETS SYSPERF_HIST_LEN(SYSPERF_HIST_TASK_SUB)

/* Bits of sysperf_header.caps: what this module, as loaded, measures. */
#define SYSPERF_CAP_SCHED (1U << 0) /* run-queue wait, thread states */
#define SYSPERF_CAP_BLOCK (1U << 1) /* block requests by device and task */

struct sysperf_header {
	struct sysperf_rec rec;
	__u32 abi_version;
	__u32 caps;
	__u64 now_ns; /* scheduler clock when the snapshot was started */
	__u64 mono_ns; /* CLOCK_MONOTONIC at the same moment */
	__u32 nr_tasks; /* entries in the task table */
	__u32 max_tasks; /* its limit */
	/* What was lost since load; every loss has its counter. */
	__u64 lost_tasks; /* not tracked: table full or no memory */
	__u64 lost_exited; /* EXITED records this reader was too late for */
	__u64 lost_requests; /* block requests not tracked: table full */
	__u64 lost_disks; /* requests of devices beyond the table */
	char version[32]; /* of the module, NUL-terminated */
};

struct sysperf_cpu {
	struct sysperf_rec rec;
	__u32 cpu;
	__u32 online;
	__u64 switches;
	__u64 runq_wait_ns; /* sum of all waits that ended */
	__u64 runq_wait_max_ns; /* the longest since load */
	__u32 runq_hist[SYSPERF_HIST_BUCKETS];
};

enum sysperf_disk_op {
	SYSPERF_OP_READ,
	SYSPERF_OP_WRITE,
	SYSPERF_OP_FLUSH,
	SYSPERF_OP_DISCARD,
	SYSPERF_OPS,
};

/* One direction of one device. A request counts when it completes. */
struct sysperf_disk_io {
	__u64 requests;
	__u64 bytes;
	__u64 errors; /* requests completed with an error */
	__u64 latency_ns; /* sum, issue to completion */
	__u64 latency_max_ns; /* the longest since load */
	__u64 queue_ns; /* sum, insertion in the I/O scheduler to issue */
	__u32 hist[SYSPERF_HIST_BUCKETS]; /* issue to completion */
};

struct sysperf_disk {
	struct sysperf_rec rec;
	__u32 major, minor;
	char name[32];
	__u32 inflight; /* issued, not completed */
	__u32 pad;
	__u64 oldest_ns; /* age of the oldest of those, 0 if none */
	struct sysperf_disk_io io[SYSPERF_OPS];
};

/* What a thread is doing; each nanosecond of its life counts in one. */
enum sysperf_state {
	SYSPERF_RUNNING,
	SYSPERF_RUNQ, /* waiting for a CPU */
	SYSPERF_IOWAIT, /* blocked, waiting for I/O */
	SYSPERF_BLOCKED, /* blocked otherwise, uninterruptible */
	SYSPERF_SLEEPING, /* everything else, stopped and zombie included */
	SYSPERF_STATES,
};

#define SYSPERF_TASK_KTHREAD (1U << 0)
#define SYSPERF_TASK_EXITED (1U << 1) /* exit_code is set */

/*
 * One thread. The state_ns already contain the share of the state still going
 * on, so that between two records of a task they grow by exactly the growth
 * of now_ns.
 */
struct sysperf_task {
	struct sysperf_rec rec;
	__u32 tid; /* of the initial pid namespace, as all ids here */
	__u32 pid; /* of the process (thread group) */
	__u32 ppid;
	__u32 uid;
	__u32 flags; /* SYSPERF_TASK_* */
	__u32 exit_code; /* as wait(2) gives it */
	__u32 cpu; /* last run on */
	__s32 nice;
	__u32 policy; /* SCHED_* */
	__u32 threads; /* of the process; 0 once it is gone */
	__u8 state; /* enum sysperf_state, now */
	char state_char; /* as in /proc/PID/stat */
	__u16 pad;
	__u32 io_inflight; /* block requests not completed */
	char comm[16]; /* NUL-terminated */
	__u64 start_ns; /* CLOCK_BOOTTIME */
	__u64 now_ns; /* when this record was taken */
	__u64 since_ns; /* start of the state still going on */
	__u64 state_ns[SYSPERF_STATES];
	__u64 utime_ns, stime_ns;
	__u64 nvcsw, nivcsw;
	__u64 min_flt, maj_flt;
	__u64 rss_bytes;
	/* /proc/PID/io */
	__u64 rchar, wchar, syscr, syscw;
	__u64 read_bytes, write_bytes, cancelled_write_bytes;
	/* run-queue waits that ended */
	__u64 runq_wait_ns, runq_wait_max_ns;
	/* block requests this task submitted, completed */
	__u64 ios, io_bytes, io_errors, io_ns, io_max_ns;
	__u32 runq_hist[SYSPERF_HIST_TASK_BUCKETS];
	__u32 io_hist[SYSPERF_HIST_TASK_BUCKETS];
};

struct sysperf_end {
	struct sysperf_rec rec;
	__u32 nr_tasks; /* TASK records given */
	__u32 nr_exited; /* EXITED records given */
};

/* Generic netlink */
#define SYSPERF_GENL_NAME "sysperf"
#define SYSPERF_GENL_VERSION 1

enum sysperf_cmd {
	SYSPERF_CMD_UNSPEC,
	SYSPERF_CMD_GET_INFO, /* needs CAP_PERFMON or CAP_SYS_ADMIN */
	__SYSPERF_CMD_MAX,
};

#define SYSPERF_CMD_MAX (__SYSPERF_CMD_MAX - 1)

enum sysperf_attr {
	SYSPERF_A_UNSPEC,
	SYSPERF_A_PAD,
	SYSPERF_A_ABI_VERSION, /* u32 */
	SYSPERF_A_CAPS, /* u32, SYSPERF_CAP_* */
	SYSPERF_A_VERSION, /* string */
	SYSPERF_A_NR_TASKS, /* u32 */
	SYSPERF_A_MAX_TASKS, /* u32 */
	SYSPERF_A_LOST_TASKS, /* u64 */
	SYSPERF_A_LOST_REQUESTS, /* u64 */
	SYSPERF_A_LOST_DISKS, /* u64 */
	__SYSPERF_A_MAX,
};

#define SYSPERF_A_MAX (__SYSPERF_A_MAX - 1)

#endif /* _UAPI_SYSPERF_H */
