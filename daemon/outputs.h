/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What sysperfd does with frames besides giving them to viewers: it records
 * them, raises alerts by them, and shows them to Prometheus. All of it looks
 * at one collection, that of the delay in the configuration.
 */
#ifndef SYSPERF_OUTPUTS_H
#define SYSPERF_OUTPUTS_H

#include <stdio.h>

#include "serve/server.h"
#include "settings.h"

struct outputs;

/**
 * outputs_open() - begin with all that the settings want
 * @server: for its numbers
 * @metrics_fd: a TCP socket that listens already, or -1
 *
 * What cannot be begun is told in the log, and done without: a full disk or a
 * port that is taken must not keep viewers away.
 *
 * Return: 0 or -errno.
 */
int outputs_open(struct outputs **out, sd_event *event, struct collections *all,
		 const struct server *server, const struct settings *s,
		 int metrics_fd);

/**
 * outputs_configure() - other settings
 * @err: on failure, one sentence; then all is as it was
 * @len: of @err
 *
 * Return: 0 or -errno.
 */
int outputs_configure(struct outputs *o, const struct settings *s, char *err,
		      size_t len);

/**
 * outputs_dress() - put into a frame what is known of it here: alerts
 * @c: whose frame it is
 */
void outputs_dress(struct outputs *o, const struct collection *c,
		   struct sp_frame *frame);

/**
 * outputs_status() - print lines of KEY=VALUE
 */
void outputs_status(const struct outputs *o, FILE *f);

/**
 * outputs_close() - end it all; NULL is none
 */
void outputs_close(struct outputs *o);

#endif /* SYSPERF_OUTPUTS_H */
