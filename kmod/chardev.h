/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_CHARDEV_H
#define SYSPERF_CHARDEV_H

/**
 * sysperf_chardev_init() - make /dev/sysperf; it can be opened on return
 *
 * Return: 0 or -errno.
 */
int sysperf_chardev_init(void);

/**
 * sysperf_chardev_exit() - remove it; nobody has it open, since an open file
 * holds the module
 */
void sysperf_chardev_exit(void);

#endif /* SYSPERF_CHARDEV_H */
