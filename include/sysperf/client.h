/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A viewer's end of the connection to sysperfd: frames as they come.
 */
#ifndef SYSPERF_CLIENT_H
#define SYSPERF_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sysperf/wire.h>

#define SP_SOCKET "/run/sysperf/sysperfd.sock"
/* Without any sign of life for so long, sysperfd is stuck. */
#define SP_CLIENT_SILENCE_S 15

struct sp_client;

/* What is wanted. */
struct sp_wish {
	double delay_s; /* between frames; 0: none for now */
	bool threads; /* rows of tasks are threads */
	struct sp_wire_select select;
};

/* What sysperfd says about itself, and what it granted. */
struct sp_granted {
	char program[32]; /* its version */
	double delay_s;
	bool threads;
	uint32_t caps; /* bits 1U << SP_CAP_* */
	uint32_t thresholds; /* sp_thresholds_id() */
	char why_not_kmod[256]; /* "" if the module is its source */
};

/**
 * sp_client_connect() - connect to a socket, and agree
 * @out: set
 * @path: of the socket
 * @wish: what is wanted
 * @err: on failure, one sentence
 * @len: of @err
 *
 * Waits five seconds at most.
 *
 * Return: 0; -ENOENT, -ECONNREFUSED: nobody is there; -EACCES, -EPERM: it is
 * not for us; -EPROTONOSUPPORT: it is of another release; -ETIMEDOUT: it does
 * not answer; -ECONNABORTED: it refuses; -EINTR; or another -errno.
 */
int sp_client_connect(struct sp_client **out, const char *path,
		      const struct sp_wish *wish, char *err, size_t len);

/**
 * sp_client_adopt() - agree over a connection that is there already
 * @fd: a stream socket; belongs to the client from now on, also on failure
 * @timeout_s: how long to wait for the answer
 *
 * Return: as sp_client_connect().
 */
int sp_client_adopt(struct sp_client **out, int fd, const struct sp_wish *wish,
		    double timeout_s, char *err, size_t len);

/**
 * sp_client_ask() - what sysperfd says of itself
 * @path: of the socket
 * @text: set to lines of KEY=VALUE; to be freed
 * @err: on failure, one sentence
 * @len: of @err
 *
 * Return: as sp_client_connect().
 */
int sp_client_ask(const char *path, char **text, char *err, size_t len);

/**
 * sp_client_fd() - readable when there may be a frame
 */
int sp_client_fd(const struct sp_client *c);

/**
 * sp_client_granted() - what was granted, of late
 *
 * Return: it belongs to the client.
 */
const struct sp_granted *sp_client_granted(const struct sp_client *c);

/**
 * sp_client_wish() - want something else from now on
 *
 * Frames of the wish before are no longer given.
 *
 * Return: 0 or -errno, then the connection is of no more use.
 */
int sp_client_wish(struct sp_client *c, const struct sp_wish *wish);

/**
 * sp_client_receive() - the next frame, if there is one; never waits
 * @frame: set; NULL: none yet. It belongs to the client and holds until there
 *	is another
 * @early: set: its interval began before it was wished for
 *
 * Return: 0; -ETIMEDOUT: sysperfd is stuck; -ECONNRESET: it has gone;
 * -ECONNABORTED: it has ended this (and sp_client_explain() has its words);
 * -EBADMSG: what comes is not understood; or another -errno.
 */
int sp_client_receive(struct sp_client *c, const struct sp_frame **frame,
		      bool *early);

/**
 * sp_client_explain() - what went wrong, in words
 * @c: NULL: there is none
 * @error: -errno as one of these functions gave it
 *
 * Return: sysperfd's own words if it had some; they belong to the client.
 */
const char *sp_client_explain(const struct sp_client *c, int error);

/**
 * sp_client_lost() - frames that this viewer was too slow for
 */
uint64_t sp_client_lost(const struct sp_client *c);

/**
 * sp_client_close() - free it all; NULL is none
 */
void sp_client_close(struct sp_client *c);

#endif /* SYSPERF_CLIENT_H */
