/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that starts the programs of alerts. A fork waits for locks that
 * others hold (the memory map of our threads, the control groups of the whole
 * machine), which the loop should not: this one waits in its place.
 *
 * Both directions are messages of a SOCK_SEQPACKET pair.
 */
#ifndef SYSPERF_EXPORT_HOOK_STARTER_H
#define SYSPERF_EXPORT_HOOK_STARTER_H

#include <stdint.h>
#include <sys/types.h>

/* Programs that run at the same time. */
#define HOOK_STARTER_MOST 64
/* Of an order with its strings. */
#define HOOK_ORDER_MAX 32768

/*
 * To the process. To start @id the path of the program follows, and its
 * environment, all ended by NUL.
 */
struct hook_order {
	uint32_t id; /* the sender's choice */
	uint32_t kill; /* 1: end @id instead, with what it started */
};

/* Of struct hook_news: its time runs from now on. */
#define HOOK_STARTED (-1)

/* From the process: @id runs, or no more. */
struct hook_news {
	uint32_t id;
	/* CLD_EXITED, _KILLED, _DUMPED; 0: it was not started; HOOK_STARTED */
	int32_t code;
	int32_t status; /* as of siginfo_t; of 0: errno */
};

/**
 * hook_starter_open() - start it
 * @pid: set, for waitpid()
 *
 * It ends, with all that it started, when the socket is closed.
 *
 * Return: our end of the pair, non-blocking, or -errno.
 */
int hook_starter_open(pid_t *pid);

#endif /* SYSPERF_EXPORT_HOOK_STARTER_H */
