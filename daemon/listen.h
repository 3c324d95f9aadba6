/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket on which viewers are awaited: systemd's, or one of our own.
 */
#ifndef SYSPERF_LISTEN_H
#define SYSPERF_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

/**
 * listen_open() - the socket that systemd gives, else one at a path
 * @path: of our own; who is in @group may connect
 * @own: set: it is our own, to be unlinked at the end
 * @err: on failure, one sentence
 * @len: of @err
 *
 * Return: a descriptor or -errno.
 */
int listen_open(const char *path, const char *group, bool *own, char *err,
		size_t len);

#endif /* SYSPERF_LISTEN_H */
