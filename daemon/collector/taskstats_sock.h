/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sockets to the generic netlink family TASKSTATS: one that is told of each
 * thread that ends, one to ask for processes. The kernel allows both with
 * CAP_NET_ADMIN only, and in the initial namespaces of users, processes and
 * networks, whose ids it uses.
 */
#ifndef SYSPERF_TASKSTATS_SOCK_H
#define SYSPERF_TASKSTATS_SOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "taskstats.h"

struct nl_sock;

/* All 0 is a closed one. */
struct sp_taskstats_sock {
	struct nl_sock *ends; /* NULL: closed */
	struct nl_sock *ask;
	int family;
	char *cpus; /* that @ends listens to, as a list */
	char *buf; /* for several messages */
	uint64_t lost; /* ends that we were not told of */
	uint32_t drops; /* of the socket, as last read */
};

/**
 * sp_taskstats_open() - connect, and listen from now on
 *
 * Return: 0; -EPERM without the capability; -ENOENT where there is no such
 * family (another network namespace, or a kernel without it); -EINVAL in
 * other namespaces of users or processes; -EPROTONOSUPPORT if the kernel's
 * messages are not understood; or another -errno.
 */
int sp_taskstats_open(struct sp_taskstats_sock *s);

/**
 * sp_taskstats_ends() - what ended since the last call
 * @s: an open socket
 * @take: is called with each, in the order of their ends as far as they did
 *	not end at the same time; an error of it ends the call
 * @arg: for @take
 *
 * Does not block. What did not fit into the socket's buffer is counted in
 * s->lost.
 *
 * Return: 0, or what @take returned, or -errno.
 */
int sp_taskstats_ends(struct sp_taskstats_sock *s,
		      int (*take)(void *arg, const struct sp_task_end *end),
		      void *arg);

/**
 * sp_taskstats_ask() - all that the threads of a process did, ever
 * @s: an open socket
 * @pid: the process
 * @ts: set to it
 *
 * Return: 1; 0 if there is no such process; or -errno.
 */
int sp_taskstats_ask(struct sp_taskstats_sock *s, uint32_t pid,
		     struct sp_taskstats *ts);

/**
 * sp_taskstats_close() - stop to listen
 */
void sp_taskstats_close(struct sp_taskstats_sock *s);

#endif /* SYSPERF_TASKSTATS_SOCK_H */
