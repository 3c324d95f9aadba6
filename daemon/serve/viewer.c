// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns one viewer's connection. What goes out is queued as references to
 * parcels; a frame is queued only if all before it is gone, else it is lost
 * to this viewer. Nothing that it sends is read while an answer waits for it,
 * so that it cannot make us hold more than a few messages.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "viewer.h"

#define US_PER_S 1000000ULL
#define STUCK_US (30 * US_PER_S) /* takes nothing for so long: it is closed */
#define GREET_US (10 * US_PER_S) /* says nothing at first for so long */
#define ALIVE_US (5 * US_PER_S) /* between signs of life */
#define REQUESTS 20 /* of one viewer from one tick to the next */

struct parcel *parcel_new(struct sp_bytes *b)
{
	struct parcel *p = b->failed ? NULL : malloc(sizeof(*p));

	if (!p) {
		sp_bytes_free(b);
		return NULL;
	}
	*p = (struct parcel){1, b->len, b->data};
	memset(b, 0, sizeof(*b));
	return p;
}

struct parcel *parcel_get(struct parcel *p)
{
	p->refs++;
	return p;
}

void parcel_put(struct parcel *p)
{
	if (!p || --p->refs)
		return;
	free(p->data);
	free(p);
}

static void selection_put(struct selection *s)
{
	if (!s || --s->refs)
		return;
	*s->before = s->next;
	if (s->next)
		s->next->before = s->before;
	sp_wire_encoder_close(s->encoder);
	parcel_put(s->parcel);
	free(s);
}

/* The one that others have, or one of its own. Return: 0 or -ENOMEM. */
static int selection_choose(struct viewer *v)
{
	struct selection **first = server_selections(v->server), *s;

	for (s = *first; s; s = s->next)
		if (!memcmp(&s->select, &v->request.select, sizeof(s->select)))
			break;
	if (!s) {
		s = calloc(1, sizeof(*s));
		if (!s ||
		    sp_wire_encoder_open(&s->encoder, &v->request.select)) {
			free(s);
			return -ENOMEM;
		}
		s->select = v->request.select;
		s->next = *first;
		s->before = first;
		if (s->next)
			s->next->before = &s->next;
		*first = s;
	}
	s->refs++;
	selection_put(v->selection);
	v->selection = s;
	return 0;
}

/* A frame as bytes, made once for all who want the same. NULL: no memory. */
static struct parcel *selection_frame(struct selection *s,
				      const struct viewer *v, uint64_t serial,
				      const struct sp_frame *frame)
{
	struct sp_bytes b = {0};

	if (s->parcel && s->serial == serial)
		return parcel_get(s->parcel);
	parcel_put(s->parcel);
	sp_wire_encode(s->encoder, frame, &b);
	s->parcel = parcel_new(&b);
	s->serial = serial;
	server_encoded(v->server);
	return s->parcel ? parcel_get(s->parcel) : NULL;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / 1000;
}

static void die(struct viewer *v)
{
	if (v->dead)
		return;
	v->dead = true;
	if (v->io)
		sd_event_source_set_enabled(v->io, SD_EVENT_OFF);
	server_reap(v->server);
}

/* Read while nothing waits to be sent; write while something does. */
static void listen_for(struct viewer *v)
{
	uint32_t events = v->nr_queue ? EPOLLOUT : v->requests ? EPOLLIN : 0;

	if (!v->dead && sd_event_source_set_io_events(v->io, events) < 0)
		die(v);
}

static void sent(struct viewer *v, size_t n)
{
	v->sent_us = now_us();
	v->offset += n;
	while (v->nr_queue && v->offset >= v->queue[0]->len) {
		v->offset -= v->queue[0]->len;
		parcel_put(v->queue[0]);
		v->nr_queue--;
		memmove(&v->queue[0], &v->queue[1],
			v->nr_queue * sizeof(v->queue[0]));
	}
}

static void flush(struct viewer *v)
{
	struct iovec iov[VIEWER_QUEUE];
	struct msghdr msg = {.msg_iov = iov};
	ssize_t n = 0;

	while (v->nr_queue && !v->dead) {
		for (size_t i = 0; i < v->nr_queue; i++)
			iov[i] = (struct iovec){v->queue[i]->data,
						v->queue[i]->len};
		iov[0].iov_base = v->queue[0]->data + v->offset;
		iov[0].iov_len -= v->offset;
		msg.msg_iovlen = v->nr_queue;
		n = sendmsg(v->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		sent(v, (size_t)n);
	}
	if (n < 0 && errno != EAGAIN)
		die(v); /* it has gone; that is no fault */
	if (!v->nr_queue && v->ending)
		die(v);
	listen_for(v);
}

/* Takes the reference. */
static void enqueue(struct viewer *v, struct parcel *p)
{
	if (!p || v->nr_queue == VIEWER_QUEUE) {
		parcel_put(p);
		die(v);
		return;
	}
	if (!v->nr_queue)
		v->sent_us = now_us();
	v->queue[v->nr_queue++] = p;
}

/* Takes what is in b. */
static void send_bytes(struct viewer *v, struct sp_bytes *b)
{
	enqueue(v, parcel_new(b));
	flush(v);
}

void viewer_refuse(struct viewer *v, const char *why)
{
	struct sp_bytes b = {0};

	sp_message_add(&b, SP_MESSAGE_ERROR, why, strlen(why));
	v->ending = true;
	send_bytes(v, &b);
}

static void describe(const struct viewer *v, struct sp_welcome *w)
{
	const struct collection *c = v->consumer.collection;

	memset(w, 0, sizeof(*w));
	snprintf(w->program, sizeof(w->program), "%s", SYSPERF_VERSION);
	if (gethostname(w->host, sizeof(w->host) - 1))
		w->host[0] = '\0';
	w->thresholds = sp_thresholds_id(
		collections_thresholds_now(server_collections(v->server)));
	if (!c)
		return;
	w->delay_ms = collection_delay_ms(c);
	w->threads = collection_threads(c);
	w->caps = collection_source(c)->caps;
	snprintf(w->why_not_kmod, sizeof(w->why_not_kmod), "%s",
		 collection_why_not_kmod(c));
}

static void add_welcome(const struct viewer *v, struct sp_bytes *b)
{
	struct sp_welcome w;

	describe(v, &w);
	sp_message_welcome(b, &w);
}

static void on_changed(struct consumer *c, bool source)
{
	struct viewer *v = (struct viewer *)c;
	struct sp_bytes b = {0};

	(void)source;
	if (v->dead || v->ending)
		return;
	if (v->nr_queue) {
		v->outdated = true;
		return;
	}
	add_welcome(v, &b);
	send_bytes(v, &b);
}

static void on_frame(struct consumer *c, const struct sp_frame *frame,
		     uint64_t serial)
{
	struct viewer *v = (struct viewer *)c;
	struct sp_bytes b = {0};
	struct parcel *p;

	if (v->dead || v->ending)
		return;
	server_gave(v->server, v->nr_queue > 0);
	if (v->nr_queue) {
		v->lost++;
		return;
	}
	p = selection_frame(v->selection, v, serial, frame);
	if (!p) {
		v->lost++;
		return;
	}
	if (v->outdated)
		add_welcome(v, &b);
	v->outdated = false;
	sp_message_frame(&b, v->lost, c->early ? SP_FRAME_EARLY : 0, p->len);
	enqueue(v, parcel_new(&b));
	enqueue(v, p);
	flush(v);
}

static bool wants_cgroups(const struct sp_request *r)
{
	const struct sp_field *f =
		sp_field_find(SP_TABLE_TASK, "cgroup", strlen("cgroup"));

	return f && r->select.fields[SP_TABLE_TASK] >>
				    (f - sp_tables[SP_TABLE_TASK].fields) &
			    1;
}

/* Where its frames come from, by what it asks for. Return: 0 or -errno. */
static int join(struct viewer *v, char *err, size_t len)
{
	const struct sp_request *r = &v->request;

	v->consumer.cgroups = wants_cgroups(r);
	if (!r->delay_ms)
		return 0;
	return collections_join(server_collections(v->server), &v->consumer,
				r->delay_ms, r->threads, err, len);
}

static void on_request(struct viewer *v, const uint8_t *payload, size_t size)
{
	struct sp_bytes b = {0}, schema = {0};
	char err[512] = "";

	if (sp_request_parse(&v->request, payload, size, err, sizeof(err))) {
		viewer_refuse(v, err);
		return;
	}
	v->greeted = true;
	collections_leave(&v->consumer);
	if (selection_choose(v)) {
		die(v);
		return;
	}
	if (join(v, err, sizeof(err))) {
		viewer_refuse(v, err);
		return;
	}
	add_welcome(v, &b);
	sp_wire_schema(v->selection->encoder, &schema);
	if (schema.failed)
		b.failed = true;
	else
		sp_message_add(&b, SP_MESSAGE_SCHEMA, schema.data, schema.len);
	sp_bytes_free(&schema);
	send_bytes(v, &b);
}

static void on_ask(struct viewer *v)
{
	struct sp_bytes b = {0}, status = {0};

	server_status(v->server, &status);
	sp_message_add(&b, SP_MESSAGE_STATUS, status.data, status.len);
	sp_bytes_free(&status);
	send_bytes(v, &b);
}

static void on_message(struct viewer *v, uint8_t type, const uint8_t *payload,
		       size_t size)
{
	if (type == (v->greeted ? SP_MESSAGE_SET : SP_MESSAGE_HELLO))
		on_request(v, payload, size);
	else if (type == SP_MESSAGE_ASK && !size)
		on_ask(v);
	else
		viewer_refuse(v, v->greeted ? "a message that says nothing here"
					    : "this is no viewer of sysperf");
}

/* The first whole message of what came. Return: bytes it took, 0: none yet. */
static size_t one_message(struct viewer *v)
{
	const uint8_t *at = v->in.data;
	int64_t len;
	uint8_t type;

	if (v->in.len < SP_PROTOCOL_HEAD)
		return 0;
	len = sp_message_length(at, &type);
	if (len < 0 || len >= SP_PROTOCOL_ASK_MAX) {
		viewer_refuse(v, v->greeted ? "a message that is too long"
					    : "this is no viewer of sysperf");
		return 0;
	}
	if (v->in.len - SP_PROTOCOL_HEAD < (size_t)len)
		return 0;
	on_message(v, type, at + SP_PROTOCOL_HEAD, (size_t)len);
	return SP_PROTOCOL_HEAD + (size_t)len;
}

/* An answer that is not taken keeps the next question waiting. */
static void take_messages(struct viewer *v)
{
	size_t n;

	while (!v->dead && !v->ending && !v->nr_queue && v->requests &&
	       (n = one_message(v)) > 0) {
		v->requests--;
		v->in.len -= n;
		memmove(v->in.data, v->in.data + n, v->in.len);
	}
	if (!v->in.len)
		sp_bytes_free(&v->in);
	listen_for(v);
}

static void receive(struct viewer *v)
{
	uint8_t buf[4096];
	ssize_t n = recv(v->fd, buf, sizeof(buf), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		die(v);
		return;
	}
	if (v->ending)
		return; /* what it says now does not matter */
	sp_bytes_add(&v->in, buf, (size_t)n);
	if (v->in.failed)
		die(v);
	else
		take_messages(v);
}

static int on_io(sd_event_source *s, int fd, uint32_t revents, void *arg)
{
	struct viewer *v = arg;

	(void)s;
	(void)fd;
	if (revents & EPOLLOUT) {
		flush(v);
		take_messages(v);
	}
	if (revents & EPOLLIN && !v->dead)
		receive(v);
	else if (revents & (EPOLLHUP | EPOLLERR))
		die(v);
	return 0;
}

struct viewer *viewer_new(struct server *s, sd_event *event, int fd, pid_t pid,
			  uid_t uid)
{
	struct viewer *v = calloc(1, sizeof(*v));

	if (!v) {
		close(fd);
		return NULL;
	}
	v->server = s;
	v->fd = fd;
	v->pid = pid;
	v->uid = uid;
	v->requests = REQUESTS;
	v->began_us = now_us();
	v->sent_us = v->began_us;
	v->consumer.frame = on_frame;
	v->consumer.changed = on_changed;
	if (sd_event_add_io(event, &v->io, fd, EPOLLIN, on_io, v) < 0) {
		viewer_free(v);
		return NULL;
	}
	return v;
}

void viewer_tick(struct viewer *v, uint64_t now)
{
	struct sp_bytes b = {0};
	const char *why = NULL;

	if (v->dead)
		return;
	v->requests = REQUESTS;
	take_messages(v);
	if (v->nr_queue && now > v->sent_us + STUCK_US)
		why = "it took nothing for 30 s";
	else if (!v->greeted && now > v->began_us + GREET_US)
		why = "it did not say what it wants";
	if (why) {
		slog(LOG_INFO, "viewer-stuck", "viewer %d of user %u ended: %s",
		     (int)v->pid, (unsigned int)v->uid, why);
		die(v);
		return;
	}
	if (v->consumer.collection && !v->nr_queue &&
	    now > v->sent_us + ALIVE_US) {
		sp_message_add(&b, SP_MESSAGE_NOTE, "", 0);
		send_bytes(v, &b);
	}
}

void viewer_free(struct viewer *v)
{
	collections_leave(&v->consumer);
	selection_put(v->selection);
	sd_event_source_unref(v->io);
	close(v->fd);
	sp_bytes_free(&v->in);
	for (size_t i = 0; i < v->nr_queue; i++)
		parcel_put(v->queue[i]);
	free(v);
}
