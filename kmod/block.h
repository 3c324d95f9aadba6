/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_BLOCK_H
#define SYSPERF_BLOCK_H

#include <sysperf.h>

/**
 * sysperf_block_init() - start accounting of block requests
 *
 * Return: 0 or -errno.
 */
int sysperf_block_init(void);

/**
 * sysperf_block_exit() - stop it
 */
void sysperf_block_exit(void);

/**
 * sysperf_block_enabled() - is it on (parameter block)?
 */
bool sysperf_block_enabled(void);

/**
 * sysperf_block_info() - what was lost
 * @requests: not tracked, the table of requests was full
 * @disks: requests of devices for which there was no room or no memory
 */
void sysperf_block_info(u64 *requests, u64 *disks);

#endif /* SYSPERF_BLOCK_H */
