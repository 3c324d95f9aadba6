/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_GENL_H
#define SYSPERF_GENL_H

#include <linux/types.h>

/* The multicast groups */
enum sysperf_genl_group {
	SYSPERF_GENL_EXIT, /* struct sysperf_task */
	SYSPERF_GENL_SLOW, /* struct sysperf_slow */
};

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

/**
 * sysperf_genl_listened() - does somebody listen to a group?
 *
 * Context: any, from sysperf_genl_init() to sysperf_genl_exit().
 */
bool sysperf_genl_listened(enum sysperf_genl_group group);

/**
 * sysperf_genl_send() - tell all who listen to a group
 * @event: what the group's messages carry
 *
 * Context: process; as above.
 *
 * A listener who has no room for it is told so by his socket.
 *
 * Return: 0, or -ENOMEM if there was no memory to make it.
 */
int sysperf_genl_send(enum sysperf_genl_group group, const void *event);

#endif /* SYSPERF_GENL_H */
