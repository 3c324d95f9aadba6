/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_MEMORY_H
#define SYSPERF_MEMORY_H

#include <linux/types.h>

/**
 * sysperf_memory_init() - the record, and its counting unless memory=0
 *
 * Return: 0 or -errno; a kernel on which it is not possible is no error.
 */
int sysperf_memory_init(void);

/**
 * sysperf_memory_exit() - stop it
 */
void sysperf_memory_exit(void);

/**
 * sysperf_memory_set() - turn it on or off
 *
 * Context: process; callers must not run at the same time.
 *
 * Return: 0, -EOPNOTSUPP if this kernel cannot do it, or -errno.
 */
int sysperf_memory_set(bool on);

/**
 * sysperf_memory_enabled() - is it on?
 */
bool sysperf_memory_enabled(void);

#endif /* SYSPERF_MEMORY_H */
