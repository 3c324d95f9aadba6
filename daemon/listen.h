/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket on which viewers are awaited: systemd's, or one of our own.
 */
#ifndef SYSPERF_LISTEN_H
#define SYSPERF_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

/* What systemd passes on; -1: nothing. */
struct listen_given {
	int viewers; /* Unix */
	int metrics; /* TCP */
};

/**
 * listen_given() - find out what systemd passes on
 * @err: on failure, one sentence
 * @len: of @err
 *
 * Return: 0 or -errno.
 */
int listen_given(struct listen_given *given, char *err, size_t len);

/**
 * listen_open() - make a socket for viewers
 * @group: whose members may connect
 * @err: on failure, one sentence
 * @len: of @err
 *
 * Return: a descriptor or -errno.
 */
int listen_open(const char *path, const char *group, char *err, size_t len);

#endif /* SYSPERF_LISTEN_H */
