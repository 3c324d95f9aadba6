/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Viewers: who may connect, what each has asked for, and frames to all of
 * them without one waiting for another.
 */
#ifndef SYSPERF_SERVER_H
#define SYSPERF_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "collection.h"

struct server_config {
	char group[33]; /* whose members may connect besides root and us */
	unsigned int viewers_max;
};

/* What the server asks of the program it is in; each may be NULL. */
struct server_hooks {
	void (*ended)(void *ctx); /* the last viewer has gone */
	void (*status)(void *ctx, FILE *f); /* lines of KEY=VALUE, its own */
	void *ctx;
};

struct server;

/**
 * server_open() - no viewers yet
 * @all: where frames come from; outlives the server
 * @cfg: copied, as are the hooks
 *
 * Return: 0 or -errno.
 */
int server_open(struct server **out, sd_event *event, struct collections *all,
		const struct server_config *cfg,
		const struct server_hooks *hooks);

/**
 * server_configure() - from now on so; those who are connected stay
 */
void server_configure(struct server *s, const struct server_config *cfg);

/**
 * server_listen() - take viewers from a listening socket
 * @fd: belongs to the server from now on, also on failure
 *
 * Return: 0 or -errno.
 */
int server_listen(struct server *s, int fd);

/**
 * server_adopt() - a viewer that is connected already
 * @fd: a stream socket; belongs to the server from now on, also on failure
 *
 * Whoever it is, it may.
 *
 * Return: 0 or -errno.
 */
int server_adopt(struct server *s, int fd);

/**
 * server_tick() - look for viewers that are stuck; about once a second
 */
void server_tick(struct server *s);

struct server_count {
	unsigned int viewers;
	uint64_t connected, refused, dropped; /* viewers, since the start */
	uint64_t frames, lost; /* given to viewers, since the start */
	uint64_t encoded; /* frames made into bytes */
};

/**
 * server_count() - what there is, for the status
 */
void server_count(const struct server *s, struct server_count *n);

/**
 * server_close() - end every connection
 */
void server_close(struct server *s);

#endif /* SYSPERF_SERVER_H */
