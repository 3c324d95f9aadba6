/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pressure stall information: /proc/pressure/{cpu,memory,io}.
 */
#ifndef SYSPERF_PROC_PSI_H
#define SYSPERF_PROC_PSI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Totals; SP_ABSENT if the file does not say. */
struct sp_psi {
	uint64_t some_ns; /* in which some task was stalled */
	uint64_t full_ns; /* in which all were that were not idle */
};

/**
 * sp_parse_psi() - one file of /proc/pressure
 * @buf: the file
 * @len: its length
 * @psi: set to it
 *
 * Return: whether there was a total of any kind.
 */
bool sp_parse_psi(const char *buf, size_t len, struct sp_psi *psi);

#endif /* SYSPERF_PROC_PSI_H */
