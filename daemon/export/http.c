// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the port for metrics: libmicrohttpd in its epoll mode, driven by the
 * daemon's loop. Nobody who connects can cost more than a page a sample and
 * syntax: connections are limited in number, memory, idle time, and in the
 * time that they may take for a request. One thread.
 */
#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sysperf/http.h>

#include "http_address.h"

#define IDLE_S 30 /* without a byte */
#define REQUEST_MS 60000 /* from one answer, or the beginning, to the next */
#define MEMORY 16384 /* of a connection; a request's head must fit */

struct connection {
	bool used;
	int fd;
	int64_t since_ms;
};

struct sp_http {
	struct MHD_Daemon *mhd;
	int epoll_fd;
	unsigned int port;
	sp_http_render *render;
	void *ctx;
	struct MHD_Response *page[SP_METRICS_SYNTAXES];
	uint64_t pages;
	bool closed; /* a connection was closed */
	struct connection connections[HTTP_CONNECTIONS_MOST];
};

static const char *const types[SP_METRICS_SYNTAXES] = {
	[SP_METRICS_OPENMETRICS] =
		"application/openmetrics-text; version=1.0.0; charset=utf-8",
	[SP_METRICS_TEXT] = "text/plain; version=0.0.4; charset=utf-8",
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum MHD_Result say(struct MHD_Connection *c, unsigned int status,
			   const char *text)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(
		strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result ret;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	ret = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return ret;
}

/* Return: NULL if there is none. */
static struct MHD_Response *page(struct sp_http *h,
				 enum sp_metrics_syntax syntax)
{
	struct MHD_Response *r;
	char *text = NULL;
	size_t len = 0;
	FILE *f;
	int ret;

	if (h->page[syntax])
		return h->page[syntax];
	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	ret = h->render(h->ctx, f, syntax);
	if (fclose(f) || ret) {
		free(text);
		return NULL;
	}
	r = MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);
	if (!r) {
		free(text);
		return NULL;
	}
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, types[syntax]);
	MHD_add_response_header(r, MHD_HTTP_HEADER_VARY, "Accept");
	h->page[syntax] = r;
	h->pages++;
	return r;
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *c,
			      const char *url, const char *method,
			      const char *version, const char *upload,
			      size_t *upload_size, void **request)
{
	const char *accept;
	struct MHD_Response *r;

	(void)version;
	(void)upload;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return say(c, MHD_HTTP_METHOD_NOT_ALLOWED,
			   "GET and HEAD only\n");
	if (strcmp(url, "/metrics") != 0)
		return say(c, MHD_HTTP_NOT_FOUND, "/metrics is all there is\n");
	/* An answer before the end of the request ends the connection. */
	if (!*request || *upload_size) {
		*request = cls;
		*upload_size = 0;
		return MHD_YES;
	}
	accept = MHD_lookup_connection_value(c, MHD_HEADER_KIND,
					     MHD_HTTP_HEADER_ACCEPT);
	r = page(cls, sp_http_syntax(accept));
	if (!r)
		return say(c, MHD_HTTP_SERVICE_UNAVAILABLE, "no sample\n");
	return MHD_queue_response(c, MHD_HTTP_OK, r);
}

static void on_connection(void *cls, struct MHD_Connection *c, void **mine,
			  enum MHD_ConnectionNotificationCode what)
{
	struct sp_http *h = cls;
	const union MHD_ConnectionInfo *info;
	struct connection *own = *mine;

	if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (own)
			own->used = false;
		h->closed = true;
		return;
	}
	info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
	for (int i = 0; info && i < HTTP_CONNECTIONS_MOST; i++) {
		own = &h->connections[i];
		if (own->used)
			continue;
		*own = (struct connection){true, info->connect_fd, now_ms()};
		*mine = own;
		return;
	}
}

static void on_completed(void *cls, struct MHD_Connection *c, void **request,
			 enum MHD_RequestTerminationCode why)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct connection *own = info ? info->socket_context : NULL;

	(void)cls;
	(void)request;
	(void)why;
	if (own)
		own->since_ms = now_ms();
}

static unsigned int port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} a = {.v6 = {.sin6_family = AF_UNSPEC}};
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.any, &len))
		return 0;
	return ntohs(a.any.sa_family == AF_INET6 ? a.v6.sin6_port
						 : a.v4.sin_port);
}

/* Here and not in libmicrohttpd, for the sake of what is said on failure. */
static int listen_on(const char *where, char *err, size_t len)
{
	struct http_address a;
	int fd, on = 1, ret = http_address_parse(&a, where);

	if (ret) {
		snprintf(err, len, "no address: %s", where);
		return ret;
	}
	fd = socket(a.addr.ss_family,
		    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* The place of a sysperfd that just ended is free at once. */
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, (struct sockaddr *)&a.addr, a.len) || listen(fd, 16)) {
		ret = -errno;
		snprintf(err, len, "cannot listen on %s: %s", where,
			 strerror(errno));
		if (fd >= 0)
			close(fd);
		return ret;
	}
	return fd;
}

int sp_http_open(struct sp_http **out, const struct sp_http_config *c, int fd,
		 sp_http_render *render, void *ctx, char *err, size_t len)
{
	struct sp_http *h = calloc(1, sizeof(*h));
	const union MHD_DaemonInfo *info = NULL;
	bool given = fd >= 0;

	if (!h) {
		snprintf(err, len, "out of memory");
		return -ENOMEM;
	}
	h->render = render;
	h->ctx = ctx;
	if (!given)
		fd = listen_on(c->listen, err, len);
	if (fd < 0) {
		free(h);
		return fd;
	}
	h->port = port_of(fd);
	h->mhd = MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, answer, h,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		c->connections, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned int)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)MEMORY, MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, h, MHD_OPTION_END);
	if (h->mhd)
		info = MHD_get_daemon_info(h->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info) {
		snprintf(err, len, "cannot serve HTTP on %s",
			 given ? "the socket of systemd" : c->listen);
		if (h->mhd)
			MHD_stop_daemon(h->mhd);
		else if (!given)
			close(fd);
		free(h);
		return -EIO;
	}
	h->epoll_fd = info->epoll_fd;
	*out = h;
	return 0;
}

int sp_http_fd(const struct sp_http *h)
{
	return h->epoll_fd;
}

unsigned int sp_http_port(const struct sp_http *h)
{
	return h->port;
}

uint64_t sp_http_pages(const struct sp_http *h)
{
	return h->pages;
}

/* A byte now and then is no idle connection, but no request either. */
static int64_t end_slow(struct sp_http *h)
{
	int64_t now = now_ms(), next = -1;

	for (int i = 0; i < HTTP_CONNECTIONS_MOST; i++) {
		struct connection *c = &h->connections[i];
		int64_t left = c->since_ms + REQUEST_MS - now;

		if (!c->used)
			continue;
		if (left <= 0) {
			shutdown(c->fd, SHUT_RDWR);
			c->since_ms = now;
			left = REQUEST_MS;
		}
		if (next < 0 || left < next)
			next = left;
	}
	return next;
}

int sp_http_run(struct sp_http *h)
{
	MHD_UNSIGNED_LONG_LONG ms;
	int64_t next;

	/* When there is room again, it waits for new connections from the next
	 * turn on, but does not ask for one. */
	do {
		h->closed = false;
		MHD_run(h->mhd);
	} while (h->closed);
	next = end_slow(h);
	if (MHD_get_timeout(h->mhd, &ms) == MHD_YES &&
	    (next < 0 || (int64_t)ms < next))
		next = (int64_t)ms;
	return next > INT_MAX ? INT_MAX : (int)next;
}

void sp_http_stale(struct sp_http *h)
{
	for (int i = 0; i < SP_METRICS_SYNTAXES; i++) {
		/* Who is still being sent it keeps it. */
		if (h->page[i])
			MHD_destroy_response(h->page[i]);
		h->page[i] = NULL;
	}
}

void sp_http_close(struct sp_http *h)
{
	if (!h)
		return;
	MHD_stop_daemon(h->mhd);
	sp_http_stale(h);
	free(h);
}
