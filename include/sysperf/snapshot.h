/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A snapshot: raw counters and gauges of one instant, as a source read them.
 * The collector turns two of them into a frame (frame.h).
 *
 * Every number is a uint64_t and SP_ABSENT where the source cannot tell.
 * Times are nanoseconds, sizes bytes; counters are cumulative since some
 * fixed moment of the past and may start again from 0 (the collector then
 * leaves that interval out).
 */
#ifndef SYSPERF_SNAPSHOT_H
#define SYSPERF_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <sysperf.h>
#include <sysperf/frame.h>

#define SP_ABSENT UINT64_MAX

struct sp_raw_cpu {
	uint64_t cpu; /* its number */
	/* /proc/stat; guest time is contained in user and nice */
	uint64_t user_ns, nice_ns, system_ns, idle_ns, iowait_ns;
	uint64_t irq_ns, softirq_ns, steal_ns;
	/* /proc/schedstat: waits that ended, their sum, switches to a task */
	uint64_t run_delay_ns, run_count;
	uint64_t throttled; /* thermal throttling events */
	uint64_t freq_hz; /* gauge; may be some seconds old */
	uint64_t node; /* of NUMA */
};

struct sp_raw_disk {
	char name[32];
	char type[8], model[64], serial[64]; /* "" if not known */
	uint64_t size_bytes;
	uint64_t major, minor;
	/* /proc/diskstats */
	uint64_t reads, read_bytes, read_ns;
	uint64_t writes, write_bytes, write_ns;
	uint64_t in_flight; /* gauge */
	uint64_t busy_ns; /* with a request in flight */
	uint64_t queue_ns; /* sum over requests of their time in flight */
};

struct sp_raw_net {
	char name[16];
	uint64_t ifindex;
	bool physical; /* counts in the golden signals: no loopback, bridge … */
	uint64_t rx_bytes, rx_packets, rx_errors, rx_drops;
	uint64_t tx_bytes, tx_packets, tx_errors, tx_drops;
	uint64_t speed_bits_per_s; /* gauge; absent when the link has none */
	uint64_t backlog_bytes; /* gauge: queued in its root qdisc */
	uint64_t shaper_bits_per_s; /* gauge: that one's limit, if it has one */
	uint64_t overlimits; /* times that one held packets back */
	bool delays; /* on purpose: what is queued says nothing (netem) */
};

/* A NUMA node. */
struct sp_raw_node {
	uint64_t node; /* its number */
	/* Gauges; cache: page cache and slab that can be taken back */
	uint64_t total_bytes, free_bytes, cache_bytes;
	uint64_t misses, foreign; /* as numa_miss, numa_foreign of numastat */
};

/* A control group of version 2; what is below it is contained. */
struct sp_raw_cgroup {
	/* From the top of the hierarchy on, as systemd-cgls has it; the end of
	 * a path that is too long. */
	char path[256];
	uint64_t id; /* its directory's inode: names it for ever */
	uint64_t now_ns; /* CLOCK_MONOTONIC when these were read */
	uint64_t usage_ns; /* CPU time */
	uint64_t throttled, throttled_ns; /* by its own quota alone */
	uint64_t memory_bytes, memory_max_bytes; /* gauges; no limit: absent */
	uint64_t oom_kills;
	uint64_t reads, read_bytes, writes, write_bytes;
	uint64_t psi_cpu_some_ns, psi_memory_some_ns, psi_io_some_ns;
	uint64_t tasks; /* gauge: threads */
};

struct sp_raw_system {
	uint64_t switches;
	uint64_t mem_total_bytes, mem_available_bytes; /* gauges */
	uint64_t faults, major_faults; /* /proc/vmstat */
	uint64_t allocated_bytes, reclaimed_bytes; /* pgalloc*, pgsteal_* */
	uint64_t reclaim_stalls; /* allocstall* */
	uint64_t refaults; /* workingset_refault* */
	uint64_t oom_kills;
	uint64_t swap_in_bytes, swap_out_bytes;
	uint64_t ecc_errors; /* EDAC, corrected and not */
	uint64_t machine_checks; /* MCE of /proc/interrupts */
	/* nr_throttled of all cgroups of version 1; 0 if version 2 counts it,
	 * by cgroup */
	uint64_t cgroup_throttled;
	/* /proc/pressure, totals */
	uint64_t psi_cpu_some_ns;
	uint64_t psi_memory_some_ns, psi_memory_full_ns;
	uint64_t psi_io_some_ns, psi_io_full_ns;
	/* /proc/net */
	uint64_t tcp_segments; /* sent, those sent again left out */
	uint64_t tcp_retransmits, tcp_resets, listen_overflows;
	uint64_t softnet_squeezed;
	uint64_t rtt_ns; /* gauge: mean of established TCP connections */
};

/* Bits of sp_raw_task.flags are SYSPERF_TASK_* of the uapi header. */
struct sp_raw_task {
	uint32_t tid, pid, ppid, uid;
	uint32_t flags;
	uint32_t exit_code;
	uint32_t cpu;
	uint32_t threads;
	int32_t nice;
	uint32_t policy; /* SCHED_* of sched(7) */
	char state; /* as in /proc/PID/stat */
	char comm[16];
	uint64_t start_ns; /* since boot; with tid it names a task for ever */
	uint64_t now_ns; /* when this was read; any clock that is monotonic */
	uint64_t cpu_ns; /* user and system time */
	/* The same since it started, and of its process's threads that ended;
	 * SP_ABSENT: cpu_ns is just that already. */
	uint64_t cpu_total_ns, ended_cpu_ns;
	/* By enum sysperf_state, the one going on included; see uapi. */
	uint64_t state_ns[SYSPERF_STATES];
	uint64_t switches;
	uint64_t minor_faults, major_faults;
	uint64_t rss_bytes;
	uint64_t read_bytes, write_bytes; /* from and to storage */
	/* The rest only with the module: */
	uint64_t runq_open_ns; /* the run-queue wait going on; 0 if none */
	uint64_t runq_wait_max_ns; /* longest ever */
	uint64_t ios, io_errors;
	uint64_t io_max_ns; /* longest ever */
	uint64_t net_rx_bytes, net_tx_bytes; /* TCP and UDP, payload */
	uint64_t net_rx_packets, net_tx_packets;
	uint64_t cgroup_id; /* of version 2; see sp_raw_cgroup */
	uint64_t reclaim_ns; /* in direct reclaim, one going on included */
	struct sysperf_pmu pmu; /* count SP_ABSENT: there is no such counter */
	const uint32_t *runq_hist; /* SYSPERF_HIST_TASK_BUCKETS, or NULL */
	const uint32_t *io_hist;
	uint8_t doing; /* enum sysperf_state now; only with the module */
};

struct sp_snapshot {
	struct timespec time; /* CLOCK_REALTIME */
	uint64_t mono_ns; /* CLOCK_MONOTONIC */
	uint64_t boot_ns; /* CLOCK_BOOTTIME */
	/* As mono_ns, when these were read; SP_ABSENT: at mono_ns. */
	uint64_t disks_ns, nets_ns;
	struct sp_raw_system sys;
	struct sp_raw_cpu *cpus; /* online ones, ascending */
	size_t nr_cpus, cap_cpus;
	struct sp_raw_disk *disks; /* whole disks, no partitions */
	size_t nr_disks, cap_disks;
	struct sp_raw_net *nets;
	size_t nr_nets, cap_nets;
	struct sp_raw_node *nodes; /* ascending */
	size_t nr_nodes, cap_nodes;
	uint64_t nodes_ns; /* CLOCK_MONOTONIC when those were read */
	struct sp_raw_cgroup *cgroups; /* those with tasks, in any order */
	size_t nr_cgroups, cap_cgroups;
	uint64_t cgroups_ns; /* CLOCK_MONOTONIC after those were read */
	/*
	 * In any order. Where they are changes, a task is left out that did
	 * nothing since the snapshot before but stay in its state, and one that
	 * ended is there with its last counters.
	 */
	struct sp_raw_task *tasks;
	size_t nr_tasks, cap_tasks;
	bool tasks_are_threads; /* false: rows are processes already summed */
	bool tasks_are_changes;
	bool tasks_are_partial; /* others are hidden: their sums say too little */
	bool want_all; /* set by the reader: no changes this time */
	/* The module's own records, NULL without it; in buf. */
	const struct sysperf_cpu **kcpus;
	size_t nr_kcpus, cap_kcpus;
	const struct sysperf_disk **kdisks;
	size_t nr_kdisks, cap_kdisks;
	const struct sysperf_tcp **ktcps;
	size_t nr_ktcps, cap_ktcps;
	const struct sysperf_memory *kmemory;
	uint32_t kpmu_events; /* bits 1 << enum sysperf_pmu_event */
	uint64_t know_ns; /* the module's clock at the snapshot's start */
	char *buf; /* what the source read, if it needs to keep it */
	size_t buf_size;
	struct sp_source_info info;
};

/**
 * sp_snapshot_init() - an empty snapshot
 */
void sp_snapshot_init(struct sp_snapshot *s);

/**
 * sp_snapshot_reset() - forget the contents, keep the memory
 *
 * Every number of s->sys becomes SP_ABSENT, every array empty.
 */
void sp_snapshot_reset(struct sp_snapshot *s);

/**
 * sp_snapshot_free() - give back what the snapshot owns
 */
void sp_snapshot_free(struct sp_snapshot *s);

/**
 * sp_snapshot_add_cpu() - append a row, all numbers SP_ABSENT, names empty
 *
 * Likewise _disk, _net, _node, _cgroup and _task (whose runq_open_ns and histograms
 * are 0 and NULL). A pointer holds until the next append to the same array.
 *
 * Return: the row, or NULL for want of memory.
 */
struct sp_raw_cpu *sp_snapshot_add_cpu(struct sp_snapshot *s);
struct sp_raw_disk *sp_snapshot_add_disk(struct sp_snapshot *s);
struct sp_raw_net *sp_snapshot_add_net(struct sp_snapshot *s);
struct sp_raw_node *sp_snapshot_add_node(struct sp_snapshot *s);
struct sp_raw_cgroup *sp_snapshot_add_cgroup(struct sp_snapshot *s);
struct sp_raw_task *sp_snapshot_add_task(struct sp_snapshot *s);

#endif /* SYSPERF_SNAPSHOT_H */
