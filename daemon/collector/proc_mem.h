/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory: /proc/meminfo and /proc/vmstat.
 */
#ifndef SYSPERF_PROC_MEM_H
#define SYSPERF_PROC_MEM_H

#include <stddef.h>

#include <sysperf/snapshot.h>

/**
 * sp_parse_meminfo() - /proc/meminfo: size and what is available of it
 * @buf: the file
 * @len: its length
 * @sys: mem_total_bytes and mem_available_bytes are set
 */
void sp_parse_meminfo(const char *buf, size_t len, struct sp_raw_system *sys);

/**
 * sp_parse_vmstat() - /proc/vmstat: faults, allocation, reclaim, swapping
 * @buf: the file
 * @len: its length
 * @sys: its counters of memory are set; those of pages as bytes
 */
void sp_parse_vmstat(const char *buf, size_t len, struct sp_raw_system *sys);

#endif /* SYSPERF_PROC_MEM_H */
