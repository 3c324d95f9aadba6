/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The port that Prometheus scrapes: GET /metrics and nothing else, without a
 * thread, out of the caller's event loop. A page is made when it is asked for,
 * once a sample and syntax, and shared by all who ask for it.
 */
#ifndef SYSPERF_HTTP_H
#define SYSPERF_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sysperf/metrics.h>

/*
 * 9118 is taken in Prometheus' list of default ports, and so is all of 9100 to
 * 9999 by now; this one is in nobody's list and below the ephemeral ports.
 */
#define SP_HTTP_LISTEN "127.0.0.1:19118"

struct sp_http_config {
	char listen[64]; /* ADDRESS:PORT, [ADDRESS]:PORT; "": no port */
	unsigned int tasks; /* so many by each signal */
	unsigned int connections; /* at a time */
	unsigned int set_at[3]; /* lines of the configuration, 0 for none */
};

/**
 * sp_http_config_init() - what is so without configuration
 */
void sp_http_config_init(struct sp_http_config *c);

/**
 * sp_http_config_set() - a key of the section [metrics]
 * @c: is changed
 * @key: what is set
 * @value: as in the file
 * @line: of the file
 * @err: on failure, what is wrong, without the place
 * @len: of @err
 *
 * Return: 0 or -EINVAL.
 */
int sp_http_config_set(struct sp_http_config *c, const char *key,
		       const char *value, unsigned int line, char *err,
		       size_t len);

/**
 * sp_http_config_print() - the section of a file that says what @c says
 */
void sp_http_config_print(const struct sp_http_config *c, FILE *f);

/**
 * sp_http_render - who makes a page
 * @ctx: as given to sp_http_open()
 * @f: where to write
 *
 * Return: 0 or -errno; -ENODATA if there is no sample yet.
 */
typedef int sp_http_render(void *ctx, FILE *f, enum sp_metrics_syntax syntax);

struct sp_http;

/**
 * sp_http_open() - listen
 * @out: set
 * @c: the configuration; listen is not "", unless there is @fd
 * @fd: a socket that listens already, or -1; belongs to it if it succeeds
 * @render: makes a page
 * @ctx: for it
 * @err: on failure, one sentence
 * @len: of @err
 *
 * Return: 0 or -errno.
 */
int sp_http_open(struct sp_http **out, const struct sp_http_config *c, int fd,
		 sp_http_render *render, void *ctx, char *err, size_t len);

/**
 * sp_http_fd() - what to wait for input on, as by poll(2)
 */
int sp_http_fd(const struct sp_http *h);

/**
 * sp_http_port() - where it listens, for a port that was given as 0
 */
unsigned int sp_http_port(const struct sp_http *h);

/**
 * sp_http_run() - do what there is to do, without blocking
 *
 * To be called when there is input, and when the time is up.
 *
 * Return: milliseconds until it is to be called again at the latest, -1 if
 * only for input.
 */
int sp_http_run(struct sp_http *h);

/**
 * sp_http_stale() - there is a new sample: pages made so far are old
 */
void sp_http_stale(struct sp_http *h);

/**
 * sp_http_pages() - how many pages were made
 */
uint64_t sp_http_pages(const struct sp_http *h);

/**
 * sp_http_close() - close the port and all connections; NULL is none
 */
void sp_http_close(struct sp_http *h);

/**
 * sp_http_syntax() - which syntax a client would rather have
 * @accept: its Accept header, NULL for none
 *
 * Return: OpenMetrics if it is asked for by name, and not less than Prometheus'
 * own; else that.
 */
enum sp_metrics_syntax sp_http_syntax(const char *accept);

#endif /* SYSPERF_HTTP_H */
