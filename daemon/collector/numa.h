/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * NUMA nodes: their memory, allocations that went elsewhere, and which CPUs
 * belong to which.
 */
#ifndef SYSPERF_NUMA_H
#define SYSPERF_NUMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sysperf/snapshot.h>
#include "file.h"
#include "pace.h"
#include "text.h"

#define SP_NODES_MAX 64

/* All 0 is a new one. */
struct sp_numa {
	struct sp_node_files {
		struct sp_raw_node raw; /* as last read */
		struct sp_file meminfo, numastat;
	} nodes[SP_NODES_MAX];
	size_t nr;
	uint8_t *node_of; /* by CPU number; SP_NODES_MAX: none */
	size_t nr_cpus;
	size_t online; /* CPUs when they were looked at last */
	struct sp_pace look, read;
	uint64_t read_ns; /* CLOCK_MONOTONIC */
};

/**
 * sp_numa_read() - nodes and their counters
 * @n: the reader
 * @dirfd: the root
 * @buf: scratch
 * @snap: nodes and nodes_ns are set, and node of its CPUs
 *
 * Which nodes and CPUs there are is looked at every ten seconds, and when the
 * number of CPUs changed. Their counters take 0.1 % of one CPU at most; where
 * they are not due yet the last ones are given again, with their time.
 *
 * Return: 0 or -ENOMEM. That there are no nodes is no error.
 */
int sp_numa_read(struct sp_numa *n, int dirfd, struct sp_buf *buf,
		 struct sp_snapshot *snap);

/**
 * sp_numa_close() - close its files
 */
void sp_numa_close(struct sp_numa *n);

/**
 * sp_parse_node_meminfo() - meminfo of a node
 * @t: the file
 * @node: total_bytes, free_bytes and cache_bytes are set
 */
void sp_parse_node_meminfo(struct sp_text t, struct sp_raw_node *node);

/**
 * sp_parse_range() - the next range of a list such as "0-3,8"
 * @t: read on after it
 * @from: set to its first number
 * @to: set to its last
 *
 * Return: false at the end, or if there is none.
 */
bool sp_parse_range(struct sp_text *t, uint64_t *from, uint64_t *to);

#endif /* SYSPERF_NUMA_H */
