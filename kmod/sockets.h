/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_SOCKETS_H
#define SYSPERF_SOCKETS_H

#include <linux/types.h>

struct sock;
struct sysperf_entry;

/**
 * sysperf_sockets_attach() - make the table of TCP connections, follow them
 *
 * Return: 0 or -errno.
 */
int sysperf_sockets_attach(void);

/**
 * sysperf_sockets_detach() - free it; nobody may be calling the rest here
 */
void sysperf_sockets_detach(void);

/**
 * sysperf_sockets_call() - a task sent or received on a TCP connection
 * @sk: the connection, whose file the caller holds
 * @e: of the task; charged with the segments since the last call
 */
void sysperf_sockets_call(struct sock *sk, struct sysperf_entry *e);

/**
 * sysperf_sockets_copied() - payload that was received since the last time
 * @sk: the connection, locked by the caller
 *
 * Return: bytes; 0 if it is not known, as when the table is full.
 */
u32 sysperf_sockets_copied(struct sock *sk);

/**
 * sysperf_sockets_lost() - calls on connections that are not in the table
 */
u64 sysperf_sockets_lost(void);

#endif /* SYSPERF_SOCKETS_H */
