/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The interface between the sysperf kernel module and its readers:
 * the records that read() on /dev/sysperf gives, its mapping and ioctls, and
 * the generic netlink family "sysperf".
 *
 * A snapshot is a stream of records in host byte order, each starting with
 * struct sysperf_rec. Reading at file position 0 starts a new snapshot,
 * further reads continue it and 0 is its end; a read() returns whole records
 * only, so a buffer must hold at least SYSPERF_READ_MIN bytes. The order is
 * one HEADER, then CPU, TCP, MEMORY, DISK, TASK and EXITED records, then one
 * END, without which the snapshot is incomplete.
 *
 * SYSPERF_IOC_MODE makes a reader's snapshots tell only changes: a TASK record
 * is left out when all that its task did since this reader's last complete
 * snapshot was to stay in the state SLEEPING, IOWAIT or BLOCKED that its last
 * record names. To that state's state_ns the reader adds the time that passed;
 * everything else stands. What others do to a task that sleeps (its pages
 * reclaimed, its priority changed) shows when it next runs, or after
 * SYSPERF_CHANGES_MAX snapshots at the latest. A task that ends is told by its
 * EXITED record. The header's flags say whether a snapshot is of changes; the
 * first is not, nor is the one after a snapshot that came too late for EXITED
 * records, in whose header lost_exited has grown. A snapshot counts as told
 * when it has been read to its END: what an incomplete one gave, EXITED records
 * included, the next one gives again.
 *
 * A reader that would not keep the module from being unloaded asks with
 * SYSPERF_IOC_GET_PLACE how far it was told, closes the device, and when it
 * opens it again goes on from there with SYSPERF_IOC_SET_PLACE. ESTALE says
 * that this is another load of the module, of which it knows nothing yet.
 *
 * mmap() of the device, read-only and shared, from offset 0, shows the live
 * CPU, TCP, MEMORY and DISK records: struct sysperf_map, at its start, says
 * where. They change under the reader's eyes; each member is whole, to 32-bit
 * readers if they read its upper half again until it stays the same.
 *
 * Compatibility: a record never shrinks and no field changes its meaning
 * within one SYSPERF_ABI_VERSION; new fields are appended (rec.size grows),
 * new record types may appear. A reader skips unknown types, takes the first
 * sizeof() bytes of longer records and refuses shorter ones. All members
 * are naturally aligned, so that 32-bit readers see the same layout.
 *
 * All times ending in _ns are of the kernel's scheduler clock (nanoseconds,
 * no defined epoch) unless said otherwise. 64-bit counters start at 0 when
 * the module first sees their object and never decrease, but that where the
 * clocks of CPUs differ, or an event is stamped a little before it is seen, a time
 * that goes on may be told some microseconds too long, or a tick where the clock
 * is not stable; 32-bit histogram buckets wrap and are to be subtracted modulo
 * 2^32.
 */
#ifndef _UAPI_SYSPERF_H
#define _UAPI_SYSPERF_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define SYSPERF_ABI_VERSION 2
#define SYSPERF_DEVICE "sysperf"
#define SYSPERF_READ_MIN 65536

enum sysperf_rec_type {
	SYSPERF_REC_HEADER = 1,
	SYSPERF_REC_CPU = 2,
	SYSPERF_REC_DISK = 3,
	SYSPERF_REC_TASK = 4,
	SYSPERF_REC_EXITED = 5, /* struct sysperf_task, final counters */
	SYSPERF_REC_END = 6,
	SYSPERF_REC_TCP = 7,
	SYSPERF_REC_MEMORY = 8,
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
 * true value: 1.6 % system-wide, 12.5 % for a task. Below 1024 ns it is wrong by
 * at most 16 ns system-wide, 128 ns for a task.
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
#define SYSPERF_CAP_PMU (1U << 2) /* hardware counters by CPU and task */
#define SYSPERF_CAP_NET (1U << 3) /* TCP and UDP traffic by task */
#define SYSPERF_CAP_TCP (1U << 4) /* round-trip times, retransmits */
#define SYSPERF_CAP_MEMORY (1U << 5) /* reclaim stalls, OOM kills */

/* Bits of sysperf_header.flags */
#define SYSPERF_SNAP_CHANGES (1U << 0) /* only tasks that changed */

/* The hardware counters; which of them there are: sysperf_header.pmu_events. */
enum sysperf_pmu_event {
	SYSPERF_PMU_CYCLES,
	SYSPERF_PMU_INSTRUCTIONS,
	SYSPERF_PMU_CACHE_REFERENCES,
	SYSPERF_PMU_CACHE_MISSES,
	SYSPERF_PMU_EVENTS,
};

struct sysperf_header {
	struct sysperf_rec rec;
	__u32 abi_version;
	__u32 caps;
	__u32 flags; /* SYSPERF_SNAP_* */
	__u32 pmu_events; /* bits 1 << enum sysperf_pmu_event */
	__u64 now_ns; /* scheduler clock when the snapshot was started */
	__u64 mono_ns; /* CLOCK_MONOTONIC at the same moment */
	__u32 nr_tasks; /* entries in the task table */
	__u32 max_tasks; /* its limit */
	__u64 map_bytes; /* length of the mapping */
	/* What was lost since load; every loss has its counter. */
	__u64 lost_tasks; /* not tracked: table full or no memory */
	__u64 lost_exited; /* EXITED records this reader was too late for */
	/*
	 * Block requests that were not tracked as the table was full; one that
	 * the driver gives back counts each time that it is tried.
	 */
	__u64 lost_requests;
	__u64 lost_disks; /* the same, of devices beyond their table */
	__u64 lost_calls; /* sends and receives not seen */
	/*
	 * TCP calls on connections beyond the table: their packets were not
	 * counted, nor, before Linux 6.3, the bytes received.
	 */
	__u64 lost_sockets;
	__u64 lost_events; /* exit and slow events not sent: rate, memory */
	char version[32]; /* of the module, NUL-terminated */
};

/*
 * A hardware event. When the counter had to be shared with others it ran for
 * only a part of the time; over an interval the best estimate is
 * count * enabled_ns / running_ns, enabled_ns being the time that the task (or
 * CPU) ran with the counters on.
 */
struct sysperf_pmu_count {
	__u64 count;
	__u64 running_ns;
};

struct sysperf_pmu {
	__u64 enabled_ns;
	struct sysperf_pmu_count event[SYSPERF_PMU_EVENTS];
};

struct sysperf_cpu {
	struct sysperf_rec rec;
	__u32 cpu;
	__u32 online; /* in a snapshot; the mapping does not follow it */
	__u64 switches;
	__u64 runq_wait_ns; /* sum of all waits that ended */
	__u64 runq_wait_max_ns; /* the longest since load */
	struct sysperf_pmu pmu; /* idle time and interrupts included */
	__u32 runq_hist[SYSPERF_HIST_BUCKETS];
};

/*
 * TCP as one CPU saw it; the machine's is the sum over all. A sample is the
 * smoothed round-trip time of a connection (as ss -ti shows it) when data of
 * it is acknowledged while both sides are open: what is acknowledged after one
 * closed gives none. Nor does a connection to an address of its own.
 */
struct sysperf_tcp {
	struct sysperf_rec rec;
	__u32 cpu;
	__u32 pad;
	__u64 rtt_samples;
	__u64 rtt_ns; /* sum */
	__u64 rtt_max_ns; /* the longest since load */
	__u64 retransmits; /* segments */
	__u32 rtt_hist[SYSPERF_HIST_BUCKETS];
};

struct sysperf_memory {
	struct sysperf_rec rec;
	__u64 reclaim_stalls; /* direct reclaims that ended */
	__u64 reclaim_ns; /* sum */
	__u64 reclaim_max_ns; /* the longest since load */
	__u64 oom_kills; /* victims marked */
	__u32 reclaim_hist[SYSPERF_HIST_BUCKETS];
};

enum sysperf_disk_op {
	SYSPERF_OP_READ,
	SYSPERF_OP_WRITE,
	SYSPERF_OP_FLUSH,
	SYSPERF_OP_DISCARD,
	SYSPERF_OPS,
};

/*
 * One direction of one device. A request counts when it completes, from the
 * first time that it was issued: what the driver gave back after 4 ms and more
 * it had tried. What a disk does not support (discards, zeroing) is no error. A
 * device that has no requests (dm, md, zram) has nothing but errors here.
 */
struct sysperf_disk_io {
	__u64 requests;
	__u64 bytes;
	__u64 errors; /* requests, or bios of what has none, that failed */
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
	/* Age of the oldest of those, as of the last ms; 0 if none or mapped */
	__u64 oldest_ns;
	struct sysperf_disk_io io[SYSPERF_OPS];
};

/* What a thread is doing; each nanosecond of its life counts in one. */
enum sysperf_state {
	SYSPERF_RUNNING,
	SYSPERF_RUNQ, /* waiting for a CPU */
	/*
	 * Blocked, waiting for I/O: in io_schedule(), or where it can be
	 * interrupted (io_uring_enter(2)) while a disk has a request of the
	 * task. in_iowait is set in the latter whatever is waited for.
	 */
	SYSPERF_IOWAIT,
	SYSPERF_BLOCKED, /* blocked otherwise, uninterruptible */
	SYSPERF_SLEEPING, /* everything else, stopped and zombie included */
	SYSPERF_STATES,
};

#define SYSPERF_TASK_KTHREAD (1U << 0)
#define SYSPERF_TASK_EXITED (1U << 1) /* exit_code is set */
/* Chosen by the OOM killer; or it was ending, and helped by it to do so. */
#define SYSPERF_TASK_OOM_KILLED (1U << 2)

enum sysperf_proto {
	SYSPERF_TCP,
	SYSPERF_UDP,
	SYSPERF_PROTOS,
};

/*
 * What a task sent and received by one protocol, over IPv4 and IPv6. Bytes are
 * payload, counted when the call returns; what is only peeked at is not. UDP
 * packets are datagrams, but those that one call sends or receives in a batch
 * (UDP_SEGMENT, UDP_GRO) count as one. TCP's are segments with payload, counted
 * when a task next sends or receives on the connection, or when that closes
 * (then to the last task that did, if it is still there by that TID). Not seen
 * are bytes that a task receives without a copy (TCP_ZEROCOPY_RECEIVE,
 * io_uring's zcrx) or by splice() of kernel TLS from Linux 6.3 on; before,
 * those that it receives by kernel TLS, the first that it receives by a
 * connection that is older than the counting, and what a call sends that began
 * before. Nor what goes by MPTCP or SMC.
 */
struct sysperf_net {
	__u64 rx_bytes, tx_bytes;
	__u64 rx_packets, tx_packets;
};

/*
 * One thread. The state_ns already contain the share of the state still going
 * on, so that between two records of a task they grow by exactly the growth
 * of now_ns. The final record has what there was until it left its CPU for
 * good; its now_ns is when the kernel freed it, a little later.
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
	/* Not completed; in an EXITED record: and so in none of its counters. */
	__u32 io_inflight; /* block requests */
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
	__u64 cgroup_id; /* of cgroup v2: its directory's inode number */
	/* of a running task to within a millisecond before the snapshot began */
	struct sysperf_pmu pmu;
	struct sysperf_net net[SYSPERF_PROTOS];
	/* direct reclaims that ended; reclaim_ns has the one going on too */
	__u64 reclaim_stalls, reclaim_ns, reclaim_max_ns;
	__u32 runq_hist[SYSPERF_HIST_TASK_BUCKETS];
	__u32 io_hist[SYSPERF_HIST_TASK_BUCKETS];
	/* CPU time of the process's threads that ended, as of now_ns */
	__u64 ended_cpu_ns;
};

struct sysperf_end {
	struct sysperf_rec rec;
	__u32 nr_tasks; /* TASK records given */
	__u32 nr_exited; /* EXITED records given */
};

/* The start of the mapping. */
struct sysperf_map_region {
	__u32 type; /* enum sysperf_rec_type */
	__u32 count; /* records; one whose rec.type is 0 is not in use (yet) */
	__u32 stride; /* from one to the next, bytes */
	__u32 offset; /* of the first, from the start of the mapping */
};

#define SYSPERF_MAP_REGIONS 8

struct sysperf_map {
	__u32 abi_version;
	__u32 nr_regions;
	struct sysperf_map_region region[SYSPERF_MAP_REGIONS];
};

/* What a reader has been told. Only the module knows what is in it. */
struct sysperf_place {
	__u64 load; /* of the module: another one each time */
	__u64 now_ns, mono_ns;
	__u64 exited, lost_exited;
	__u32 mode; /* SYSPERF_MODE_* */
	__u32 turn;
	__u32 tasks;
	__u32 pad;
};

/* ioctl */
#define SYSPERF_IOC 0xe5
/*
 * The header alone. The number holds its size: the call gives what fits of that,
 * or what there is, if the module is older; rec.size is all that there is.
 */
#define SYSPERF_IOC_INFO _IOR(SYSPERF_IOC, 0, struct sysperf_header)
#define SYSPERF_IOC_MODE _IOW(SYSPERF_IOC, 1, __u32) /* SYSPERF_MODE_* */

#define SYSPERF_IOC_GET_PLACE _IOR(SYSPERF_IOC, 2, struct sysperf_place)
#define SYSPERF_IOC_SET_PLACE _IOW(SYSPERF_IOC, 3, struct sysperf_place)

#define SYSPERF_MODE_FULL 0 /* every task in every snapshot (default) */
/* EOPNOTSUPP if the module was loaded with sched=0 or exited=0 */
#define SYSPERF_MODE_CHANGES 1

/* At least every so many snapshots of changes tell of a task. */
#define SYSPERF_CHANGES_MAX 16

/*
 * Generic netlink. GET commands need CAP_PERFMON or CAP_SYS_ADMIN, SET and the
 * multicast groups CAP_SYS_ADMIN, in the initial user namespace, of who uses
 * the socket and of who opened it (if that one may not, a group can be joined,
 * but nothing is told; 6.1 to 6.5 ask only who joins); the family is known in
 * the initial network namespace alone. A command takes the attributes named
 * here and refuses others. SET does all that it is told or nothing.
 *
 * Nothing is told while nobody listens, nor what was before. An event that
 * could not be sent counts in lost_events; a socket whose buffer has no room
 * for one is told so by ENOBUFS, and nobody else. EXIT needs the parameter
 * exited. SLOW_WAIT_NS and SLOW_IO_NS may be a day at most, EVENT_RATE and
 * EXIT_RATE 1 to 100000.
 *
 * sysperf.yaml describes all this in the form of the kernel's
 * Documentation/netlink/specs.
 */
#define SYSPERF_GENL_NAME "sysperf"
#define SYSPERF_GENL_VERSION 1
#define SYSPERF_GENL_GROUP_EXIT "exit" /* EXIT: a task ended */
#define SYSPERF_GENL_GROUP_SLOW "slow" /* SLOW: a wait over the threshold */

enum sysperf_cmd {
	SYSPERF_CMD_UNSPEC,
	/* ABI_VERSION to PMU_EVENTS, SLOW_WAIT_NS to EXIT_RATE */
	SYSPERF_CMD_GET_INFO,
	SYSPERF_CMD_GET_TASK, /* one (TID), or all (dump, a message each): TASK */
	SYSPERF_CMD_SET, /* SLOW_WAIT_NS to EXIT_RATE, CAPS */
	SYSPERF_CMD_EXIT, /* event: TASK, final counters */
	SYSPERF_CMD_SLOW, /* event: SLOW */
	__SYSPERF_CMD_MAX,
};

#define SYSPERF_CMD_MAX (__SYSPERF_CMD_MAX - 1)

enum sysperf_attr {
	SYSPERF_A_UNSPEC,
	SYSPERF_A_PAD,
	SYSPERF_A_ABI_VERSION, /* u32 */
	/*
	 * u32, SYSPERF_CAP_*: what is measured. SET turns PMU, NET, TCP and
	 * MEMORY on and off; SCHED and BLOCK stay as they were loaded.
	 */
	SYSPERF_A_CAPS,
	SYSPERF_A_VERSION, /* string */
	SYSPERF_A_NR_TASKS, /* u32 */
	SYSPERF_A_MAX_TASKS, /* u32 */
	SYSPERF_A_LOST_TASKS, /* u64, as in struct sysperf_header, as below */
	SYSPERF_A_LOST_REQUESTS, /* u64 */
	SYSPERF_A_LOST_DISKS, /* u64 */
	SYSPERF_A_LOST_CALLS, /* u64 */
	SYSPERF_A_LOST_SOCKETS, /* u64 */
	SYSPERF_A_LOST_EVENTS, /* u64 */
	SYSPERF_A_PMU_EVENTS, /* u32, as in struct sysperf_header */
	SYSPERF_A_TID, /* u32, of the initial pid namespace */
	SYSPERF_A_TASK, /* struct sysperf_task */
	SYSPERF_A_SLOW, /* struct sysperf_slow */
	SYSPERF_A_SLOW_WAIT_NS, /* u64: run-queue waits over it; 0: none */
	SYSPERF_A_SLOW_IO_NS, /* u64: block requests over it; 0: none */
	SYSPERF_A_EVENT_RATE, /* u32: most slow events a second; 100 */
	SYSPERF_A_EXIT_RATE, /* u32: most exit events a second; 10000 */
	__SYSPERF_A_MAX,
};

#define SYSPERF_A_MAX (__SYSPERF_A_MAX - 1)

enum sysperf_slow_kind {
	SYSPERF_SLOW_WAIT, /* a task waited for a CPU */
	SYSPERF_SLOW_IO, /* a block request took long */
};

/*
 * A flush that several ask for is one of each of them, of no bytes, and one of
 * nobody, for the device.
 */
struct sysperf_slow {
	__u32 kind; /* enum sysperf_slow_kind */
	__u32 tid, pid; /* who waited or submitted; 0 if not known */
	__u32 cpu; /* WAIT: the one waited for */
	__u32 major, minor; /* IO: the device */
	__u32 op; /* IO: enum sysperf_disk_op */
	__u32 bytes; /* IO */
	__u64 ns; /* how long it took */
	__u64 mono_ns; /* when it ended, CLOCK_MONOTONIC */
	char comm[16]; /* of the task, NUL-terminated */
};

#endif /* _UAPI_SYSPERF_H */
