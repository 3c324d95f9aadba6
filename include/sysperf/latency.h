/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Latencies since the daemon was started, in few enough buckets to be kept for
 * years. They are sums of the module's exact histograms: its octaves are
 * theirs, so that every count is true.
 */
#ifndef SYSPERF_LATENCY_H
#define SYSPERF_LATENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sysperf.h>

/* Bounds are powers of two of nanoseconds: 4.1 us to 8.6 s. */
#define SP_LATENCY_FIRST_SHIFT 12
#define SP_LATENCY_BOUNDS 22

struct sp_snapshot;

struct sp_latency {
	/* Those below each bound, but not the one before; last, those above
	 * all. */
	uint64_t count[SP_LATENCY_BOUNDS + 1];
	uint64_t sum_ns;
};

struct sp_disk_latency {
	char name[32];
	uint32_t major, minor;
	bool here; /* among the module's in the latest snapshot */
	struct sp_latency op[SYSPERF_OPS];
};

/* All 0 is none yet. */
struct sp_latencies {
	uint32_t caps; /* of the latest snapshot: bits 1U << SP_CAP_* */
	struct sp_latency runq; /* run-queue waits */
	struct sp_latency rtt; /* TCP round-trip times */
	struct sp_latency reclaim; /* direct-reclaim stalls */
	struct sp_disk_latency *disks;
	size_t nr_disks, cap_disks;
};

/**
 * sp_latency_bound_ns() - the longest time that counts below a bound
 * @i: 0 to SP_LATENCY_BOUNDS - 1
 *
 * A nanosecond less than the power of two: Prometheus' bounds are inclusive.
 */
static inline uint64_t sp_latency_bound_ns(unsigned int i)
{
	return (1ULL << (SP_LATENCY_FIRST_SHIFT + i)) - 1;
}

/**
 * sp_latencies_add() - add what happened between two snapshots
 * @l: the sums
 * @cur: the later snapshot
 * @prev: the one before; where that has no records of the module, nothing is
 *	added
 *
 * A device that is gone is forgotten.
 *
 * Return: 0 or -ENOMEM; then a device may be missing.
 */
int sp_latencies_add(struct sp_latencies *l, const struct sp_snapshot *cur,
		     const struct sp_snapshot *prev);

/**
 * sp_latencies_free() - give back its memory
 */
void sp_latencies_free(struct sp_latencies *l);

#endif /* SYSPERF_LATENCY_H */
