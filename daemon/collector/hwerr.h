/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What hardware complains of: thermal throttling of CPUs, ECC errors, machine
 * checks.
 */
#ifndef SYSPERF_HWERR_H
#define SYSPERF_HWERR_H

#include <stdbool.h>
#include <stddef.h>

#include <sysperf/snapshot.h>
#include "cpu_counts.h"
#include "file.h"
#include "pace.h"

/* All 0 is a new one. */
struct sp_hwerr {
	struct sp_file *throttle; /* by CPU number */
	size_t nr_throttle;
	struct sp_pace look; /* for files of throttling, where none was */
	bool has_throttle;
	struct sp_pace rare; /* of what follows */
	bool no_mce; /* there is no such line */
	struct sp_cpu_counts mce;
	uint64_t ecc_errors, machine_checks; /* as last read */
};

/**
 * sp_hwerr_read() - fill in the counters of hardware errors
 * @h: the reader
 * @dirfd: the root
 * @buf: scratch
 * @snap: throttled of its CPUs, sys.ecc_errors and sys.machine_checks are
 *	set. The latter two are read every ten seconds at most and hold in
 *	between
 */
void sp_hwerr_read(struct sp_hwerr *h, int dirfd, struct sp_buf *buf,
		   struct sp_snapshot *snap);

/**
 * sp_hwerr_close() - close its files
 */
void sp_hwerr_close(struct sp_hwerr *h);

/**
 * sp_parse_interrupts_mce() - machine checks in /proc/interrupts
 * @buf: the file
 * @len: its length
 * @mce: what each CPU said before
 *
 * Return: the sum over CPUs of the line "MCE:", SP_ABSENT if there is none
 * (it is of x86 alone). "MCP:" counts polls and not errors.
 */
uint64_t sp_parse_interrupts_mce(const char *buf, size_t len,
				 struct sp_cpu_counts *mce);

#endif /* SYSPERF_HWERR_H */
