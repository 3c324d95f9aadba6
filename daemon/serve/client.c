// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns a viewer's end of a connection: what came of a message that is not
 * whole yet, the decoder and the last frame. Whatever the other end does, no
 * call waits for it but while they agree, and then not for long.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <sysperf/client.h>

#include "protocol.h"

#define ANSWER_S 5.0
#define MESSAGE_MAX (SP_WIRE_MAX + SP_PROTOCOL_FRAME_HEAD)
/* Read at once; a message may be longer. */
#define READ_SIZE 65536

struct sp_client {
	int fd;
	struct sp_bytes in; /* from at on: what is not yet taken */
	size_t at;
	bool eof;
	struct sp_wire_decoder *decoder;
	struct sp_wire_decoder *given; /* which has the last frame */
	struct sp_granted granted;
	bool welcome; /* granted is set */
	char words[512];
	char *status; /* the last STATUS */
	uint64_t lost;
	double heard_s; /* CLOCK_MONOTONIC; anything at all */
	bool quiet; /* nothing was wished for: no signs of life either */
	unsigned int pending; /* wishes that were not yet granted */
};

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* It is short: it fits the socket's buffer, unless the other end is stuck. */
static int send_all(const struct sp_client *c, struct sp_bytes *b)
{
	size_t done = 0;
	int ret = b->failed ? -ENOMEM : 0;

	while (!ret && done < b->len) {
		ssize_t n = send(c->fd, b->data + done, b->len - done,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN)
			ret = -ETIMEDOUT;
		else if (errno != EINTR)
			ret = errno == EPIPE ? -ECONNRESET : -errno;
	}
	sp_bytes_free(b);
	return ret;
}

static int send_wish(struct sp_client *c, enum sp_message type,
		     const struct sp_wish *wish)
{
	struct sp_request r = {.threads = wish->threads,
			       .select = wish->select};
	struct sp_bytes b = {0};

	r.delay_ms = (uint32_t)lround(wish->delay_s * 1e3);
	sp_message_request(&b, type, &r);
	c->quiet = !r.delay_ms;
	c->heard_s = now_s();
	c->pending++;
	return send_all(c, &b);
}

/* What is there to be read. Return: 0, also if it was nothing, or -errno. */
static int fill(struct sp_client *c)
{
	uint8_t buf[READ_SIZE];
	ssize_t n;

	do
		n = recv(c->fd, buf, sizeof(buf), MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	if (n == 0) {
		c->eof = true;
		return 0;
	}
	c->heard_s = now_s();
	if (c->at == c->in.len)
		c->at = c->in.len = 0;
	sp_bytes_add(&c->in, buf, (size_t)n);
	return c->in.failed ? -ENOMEM : (int)n;
}

static void keep_words(struct sp_client *c, const uint8_t *s, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n && len < sizeof(c->words) - 1; i++)
		c->words[len++] =
			(char)(s[i] < ' ' || s[i] == 0x7f ? ' ' : s[i]);
	c->words[len] = '\0';
}

static int on_welcome(struct sp_client *c, const uint8_t *payload, size_t size)
{
	struct sp_welcome w;
	int ret = sp_welcome_parse(&w, payload, size);

	if (ret)
		return ret;
	c->welcome = true;
	c->granted = (struct sp_granted){
		.delay_s = w.delay_ms / 1e3,
		.threads = w.threads,
		.caps = w.caps,
		.thresholds = w.thresholds,
	};
	memcpy(c->granted.program, w.program, sizeof(w.program));
	memcpy(c->granted.why_not_kmod, w.why_not_kmod, sizeof(w.why_not_kmod));
	return 0;
}

static int on_schema(struct sp_client *c, const uint8_t *payload, size_t size)
{
	struct sp_wire_decoder *d;
	int ret = sp_wire_decoder_open(&d, payload, size);

	if (ret)
		return ret;
	/* The last frame is promised to hold until there is another. */
	if (c->decoder != c->given)
		sp_wire_decoder_close(c->decoder);
	c->decoder = d;
	if (c->pending)
		c->pending--;
	return 0;
}

static int on_frame(struct sp_client *c, const uint8_t *payload, size_t size,
		    const struct sp_frame **frame, bool *early)
{
	uint8_t flags;
	int at = sp_frame_parse(payload, size, &c->lost, &flags);

	if (at < 0 || !c->decoder)
		return -EBADMSG;
	if (c->pending)
		return 0; /* of the wish before */
	*early = flags & SP_FRAME_EARLY;
	if (c->given != c->decoder)
		sp_wire_decoder_close(c->given);
	c->given = c->decoder;
	return sp_wire_decode(c->decoder, payload + at, size - (size_t)at,
			      frame);
}

static int on_status(struct sp_client *c, const uint8_t *payload, size_t size)
{
	free(c->status);
	c->status = strndup((const char *)payload, size);
	return c->status ? 0 : -ENOMEM;
}

static int on_message(struct sp_client *c, uint8_t type, const uint8_t *payload,
		      size_t size, const struct sp_frame **frame, bool *early)
{
	switch (type) {
	case SP_MESSAGE_WELCOME:
		return on_welcome(c, payload, size);
	case SP_MESSAGE_SCHEMA:
		return on_schema(c, payload, size);
	case SP_MESSAGE_FRAME:
		return on_frame(c, payload, size, frame, early);
	case SP_MESSAGE_STATUS:
		return on_status(c, payload, size);
	case SP_MESSAGE_ERROR:
		keep_words(c, payload, size);
		return -ECONNABORTED;
	case SP_MESSAGE_NOTE:
		if (size)
			keep_words(c, payload, size);
		return 0;
	default:
		return 0; /* of a later release, and not for us */
	}
}

/*
 * The first message of what came. Return: 1 if there was one, 0 if it is not
 * whole yet, -errno.
 */
static int take_message(struct sp_client *c, const struct sp_frame **frame,
			bool *early)
{
	size_t left = c->in.len - c->at;
	const uint8_t *at;
	uint8_t type;
	int64_t len;
	int ret;

	if (left < SP_PROTOCOL_HEAD)
		return 0;
	at = c->in.data + c->at;
	len = sp_message_length(at, &type);
	if (len < 0 || len > MESSAGE_MAX)
		return -EBADMSG;
	if (left - SP_PROTOCOL_HEAD < (size_t)len)
		return 0;
	c->at += SP_PROTOCOL_HEAD + (size_t)len;
	ret = on_message(c, type, at + SP_PROTOCOL_HEAD, (size_t)len, frame,
			 early);
	return ret ? ret : 1;
}

/* Make room at the front now and then: a message may come in many pieces. */
static void compact(struct sp_client *c)
{
	if (!c->at)
		return;
	c->in.len -= c->at;
	memmove(c->in.data, c->in.data + c->at, c->in.len);
	c->at = 0;
}

int sp_client_receive(struct sp_client *c, const struct sp_frame **frame,
		      bool *early)
{
	int got;

	*frame = NULL;
	do {
		int ret = 0;

		while (!*frame && (ret = take_message(c, frame, early)) > 0)
			;
		if (ret < 0 || *frame)
			return ret < 0 ? ret : 0;
		compact(c);
		got = fill(c);
	} while (got > 0);
	if (got < 0)
		return got;
	if (c->eof)
		return -ECONNRESET;
	if (!c->quiet && now_s() > c->heard_s + SP_CLIENT_SILENCE_S)
		return -ETIMEDOUT;
	return 0;
}

/* Until it is welcome and knows what comes, or a status is there. */
static int agree(struct sp_client *c, double timeout_s, bool status)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};
	double until = now_s() + timeout_s;

	for (;;) {
		const struct sp_frame *frame;
		bool early;
		double left = until - now_s();
		int ret = 0;

		while (!c->decoder && !c->status &&
		       (ret = take_message(c, &frame, &early)) > 0)
			;
		if (ret < 0)
			return ret;
		if (status ? c->status != NULL : c->decoder && c->welcome)
			return 0;
		if (c->eof)
			return -ECONNRESET;
		if (left <= 0)
			return -ETIMEDOUT;
		ret = poll(&p, 1, (int)(left * 1e3) + 1);
		if (ret < 0)
			return -errno;
		compact(c);
		ret = fill(c);
		if (ret < 0)
			return ret;
	}
}

const char *sp_client_explain(const struct sp_client *c, int error)
{
	if (c && *c->words)
		return c->words;
	switch (error) {
	case -ETIMEDOUT:
		return "it does not answer";
	case -ECONNRESET:
		return "it has gone";
	case -EPROTONOSUPPORT:
		return "it is of another release: install both from one";
	case -EBADMSG:
		return "what it says is not understood";
	default:
		return strerror(-error);
	}
}

static struct sp_client *client_new(int fd)
{
	struct sp_client *c = calloc(1, sizeof(*c));

	if (c) {
		c->fd = fd;
		c->heard_s = now_s();
	} else {
		close(fd);
	}
	return c;
}

int sp_client_adopt(struct sp_client **out, int fd, const struct sp_wish *wish,
		    double timeout_s, char *err, size_t len)
{
	struct sp_client *c = client_new(fd);
	int ret = -ENOMEM;

	if (c)
		ret = send_wish(c, SP_MESSAGE_HELLO, wish);
	/* It may have said why before it closed. */
	if (c && (!ret || ret == -ECONNRESET))
		ret = agree(c, timeout_s, false);
	if (!ret) {
		*out = c;
		return 0;
	}
	snprintf(err, len, "sysperfd: %s", sp_client_explain(c, ret));
	sp_client_close(c);
	return ret;
}

static int connect_to(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd, ret;

	if (strlen(path) >= sizeof(sun.sun_path))
		return -ENAMETOOLONG;
	memcpy(sun.sun_path, path, strlen(path) + 1);
	/* A queue that is full is somebody who does not answer. */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (!connect(fd, (struct sockaddr *)&sun, sizeof(sun)))
		return fd;
	ret = errno == EAGAIN ? -ETIMEDOUT : -errno;
	close(fd);
	return ret;
}

static void explain_path(const char *path, int error, char *err, size_t len)
{
	if (error == -ENOENT || error == -ENOTDIR || error == -ECONNREFUSED)
		snprintf(err, len, "no sysperfd is running (at %s)", path);
	else
		snprintf(err, len, "sysperfd at %s: %s", path,
			 sp_client_explain(NULL, error));
}

int sp_client_connect(struct sp_client **out, const char *path,
		      const struct sp_wish *wish, char *err, size_t len)
{
	int fd = connect_to(path);

	if (fd >= 0)
		return sp_client_adopt(out, fd, wish, ANSWER_S, err, len);
	explain_path(path, fd, err, len);
	return fd;
}

int sp_client_ask(const char *path, char **text, char *err, size_t len)
{
	int fd = connect_to(path), ret = -ENOMEM;
	struct sp_bytes b = {0};
	struct sp_client *c;

	if (fd < 0) {
		explain_path(path, fd, err, len);
		return fd;
	}
	c = client_new(fd);
	sp_message_add(&b, SP_MESSAGE_ASK, "", 0);
	if (c)
		ret = send_all(c, &b);
	if (c && (!ret || ret == -ECONNRESET))
		ret = agree(c, ANSWER_S, true);
	if (ret) {
		snprintf(err, len, "sysperfd: %s", sp_client_explain(c, ret));
	} else {
		*text = c->status;
		c->status = NULL;
	}
	sp_client_close(c);
	return ret;
}

int sp_client_fd(const struct sp_client *c)
{
	return c->fd;
}

const struct sp_granted *sp_client_granted(const struct sp_client *c)
{
	return &c->granted;
}

int sp_client_wish(struct sp_client *c, const struct sp_wish *wish)
{
	return send_wish(c, SP_MESSAGE_SET, wish);
}

uint64_t sp_client_lost(const struct sp_client *c)
{
	return c->lost;
}

void sp_client_close(struct sp_client *c)
{
	if (!c)
		return;
	close(c->fd);
	if (c->given != c->decoder)
		sp_wire_decoder_close(c->given);
	sp_wire_decoder_close(c->decoder);
	sp_bytes_free(&c->in);
	free(c->status);
	free(c);
}
