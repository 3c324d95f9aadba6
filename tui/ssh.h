/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysperfd of another machine, through ssh.
 */
#ifndef SYSPERF_TUI_SSH_H
#define SYSPERF_TUI_SSH_H

#include <stddef.h>

struct ssh;

/**
 * ssh_open() - run sysperfd --stdio there
 * @out: set
 * @host: as ssh takes it
 * @err: on failure, one sentence
 * @len: of @err
 *
 * The program is what $SYSPERF_SSH says, else ssh.
 *
 * Return: a socket that is its stdin and stdout and belongs to the caller, or
 * -errno.
 */
int ssh_open(struct ssh **out, const char *host, char *err, size_t len);

/**
 * ssh_drain() - take what it had to say meanwhile
 */
void ssh_drain(struct ssh *s);

/**
 * ssh_explain() - put what it said last in place of an explanation
 * @err: left alone if it said nothing
 */
void ssh_explain(struct ssh *s, char *err, size_t len);

/**
 * ssh_close() - the socket was closed, let it end; NULL is none
 */
void ssh_close(struct ssh *s);

#endif /* SYSPERF_TUI_SSH_H */
