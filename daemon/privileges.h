/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Capabilities: of those that sysperfd was given it keeps the few it has use
 * for, and has them in effect only while it has.
 *
 *	CAP_SYS_MODULE		while the module is loaded, then never again
 *	CAP_SYS_PTRACE,		without the module alone, for the I/O of other
 *	CAP_DAC_READ_SEARCH	users' tasks in /proc
 *	CAP_NET_ADMIN		likewise, for taskstats of tasks that end
 */
#ifndef SYSPERF_PRIVILEGES_H
#define SYSPERF_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/**
 * privileges_start() - give up what is not needed, and have nothing in effect
 *
 * Return: 0 or -errno.
 */
int privileges_start(void);

/**
 * privileges_load() - while the module is loaded
 * @on: false: it was tried, and CAP_SYS_MODULE is gone for good
 */
void privileges_load(bool on);

/**
 * privileges_procfs() - while /proc is the source
 */
void privileges_procfs(bool on);

/**
 * privileges_none() - give up all in the calling thread, for good
 */
void privileges_none(void);

/**
 * privileges_text() - what is in effect, for the status
 */
void privileges_text(char *text, size_t len);

#endif /* SYSPERF_PRIVILEGES_H */
