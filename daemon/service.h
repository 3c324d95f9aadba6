/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysperfd at work: its loop, its signals, and what systemd is told.
 */
#ifndef SYSPERF_SERVICE_H
#define SYSPERF_SERVICE_H

#include "settings.h"

struct service_start {
	const char *config; /* the file of settings; NULL: the usual one */
	const char *socket; /* instead of the settings'; NULL: those */
};

/**
 * service_run() - serve, until a signal says to end
 * @how: as the command line says
 * @settings: read from the file already
 *
 * Return: an exit status.
 */
int service_run(const struct service_start *how,
		const struct settings *settings);

/**
 * service_one() - serve one viewer, until it is gone
 * @fd: a connected stream socket; is closed
 *
 * Return: an exit status.
 */
int service_one(int fd, const struct settings *settings);

#endif /* SYSPERF_SERVICE_H */
