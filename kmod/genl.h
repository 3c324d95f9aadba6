/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_GENL_H
#define SYSPERF_GENL_H

/**
 * sysperf_genl_init() - register the generic netlink family "sysperf"
 *
 * Return: 0 or -errno.
 */
int sysperf_genl_init(void);

/**
 * sysperf_genl_exit() - remove it
 */
void sysperf_genl_exit(void);

#endif /* SYSPERF_GENL_H */
