/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One viewer's connection: what it has sent, what it is still to be sent.
 * Private to the server.
 */
#ifndef SYSPERF_VIEWER_H
#define SYSPERF_VIEWER_H

#include "protocol.h"
#include "server.h"

/* Bytes that several viewers are sent; freed with the last of them. */
struct parcel {
	unsigned int refs;
	size_t len;
	uint8_t *data;
};

/**
 * parcel_new() - of bytes
 * @b: is empty then, and its memory the parcel's; on failure it is freed
 *
 * Return: NULL for want of memory.
 */
struct parcel *parcel_new(struct sp_bytes *b);
struct parcel *parcel_get(struct parcel *p);
void parcel_put(struct parcel *p);

/* A frame's head and the frame, or an answer. */
#define VIEWER_QUEUE 4

/* What some viewers want of frames, and the last frame as bytes for them. */
struct selection {
	struct selection *next, **before;
	unsigned int refs;
	struct sp_wire_select select;
	struct sp_wire_encoder *encoder;
	struct parcel *parcel; /* NULL: none yet */
	uint64_t serial; /* of that frame */
};

struct viewer {
	struct consumer consumer; /* first */
	struct server *server;
	struct viewer *next;
	int fd;
	pid_t pid;
	uid_t uid;
	sd_event_source *io;
	bool dead; /* to be freed as soon as nobody is at it */
	bool ending; /* once what it is still to be sent is sent */
	bool greeted; /* it has said HELLO */
	bool outdated; /* its last WELCOME is */
	unsigned int requests; /* that it may make until the next tick */
	struct sp_request request;
	struct selection *selection;
	uint64_t lost;
	uint64_t began_us, sent_us; /* connected; took something last */
	struct sp_bytes in; /* a message that is not whole */
	struct parcel *queue[VIEWER_QUEUE];
	size_t nr_queue, offset; /* sent of the first */
};

/**
 * viewer_new() - a connection
 * @fd: belongs to the viewer from now on, also on failure
 *
 * Return: NULL for want of memory or descriptors.
 */
struct viewer *viewer_new(struct server *s, sd_event *event, int fd, pid_t pid,
			  uid_t uid);

/**
 * viewer_refuse() - tell it why, and part
 */
void viewer_refuse(struct viewer *v, const char *why);

/**
 * viewer_tick() - end it if it is stuck, else give a sign of life now and then
 */
void viewer_tick(struct viewer *v, uint64_t now_us);

/**
 * viewer_free() - end it
 */
void viewer_free(struct viewer *v);

/* What a viewer needs of the server (server.c). */

/**
 * server_reap() - some viewer is dead
 */
void server_reap(struct server *s);

/**
 * server_collections() - where frames come from
 */
struct collections *server_collections(const struct server *s);

/**
 * server_selections() - the list of all that viewers have
 */
struct selection **server_selections(struct server *s);

/**
 * server_status() - append the lines of a STATUS
 */
void server_status(const struct server *s, struct sp_bytes *out);

/* Count a frame that was made into bytes; that was given, or lost. */
void server_encoded(struct server *s);
void server_gave(struct server *s, bool lost);

#endif /* SYSPERF_VIEWER_H */
