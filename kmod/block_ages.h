/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_BLOCK_AGES_H
#define SYSPERF_BLOCK_AGES_H

#include <linux/types.h>

/**
 * sysperf_ages_init() - make the table of ages, after those of disks and slots
 *
 * Return: 0 or -ENOMEM.
 */
int sysperf_ages_init(void);

/**
 * sysperf_ages_exit() - free it
 */
void sysperf_ages_exit(void);

/**
 * sysperf_age() - the age of the oldest request that a device has in flight
 * @disk: the place of the device among all
 *
 * Context: process; may sleep.
 *
 * Return: ns, right within the last millisecond; 0 if there is none.
 */
u64 sysperf_age(unsigned int disk);

#endif /* SYSPERF_BLOCK_AGES_H */
