// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages to bytes and back. Owns nothing; what is read here was sent by
 * somebody who may lie.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../wire/bytes.h"
#include "protocol.h"

static void add_text(struct sp_bytes *out, const char *s)
{
	bytes_put_text(out, s, strlen(s));
}

static void copy_text(struct cursor *c, char *s, size_t len)
{
	size_t n;
	const char *text = cursor_text(c, &n);

	if (text && n < len)
		snprintf(s, len, "%.*s", (int)n, text);
	else
		cursor_fail(c);
}

void sp_message_head(uint8_t *head, enum sp_message type, size_t len)
{
	for (unsigned int i = 0; i < 4; i++)
		head[i] = (uint8_t)((len + 1) >> 8 * i);
	head[4] = (uint8_t)type;
}

int64_t sp_message_length(const uint8_t *head, uint8_t *type)
{
	uint64_t len = 0;

	for (unsigned int i = 0; i < 4; i++)
		len |= (uint64_t)head[i] << 8 * i;
	*type = head[4];
	return len ? (int64_t)len - 1 : -EBADMSG;
}

void sp_message_add(struct sp_bytes *out, enum sp_message type,
		    const void *payload, size_t len)
{
	uint8_t head[SP_PROTOCOL_HEAD];

	sp_message_head(head, type, len);
	sp_bytes_add(out, head, sizeof(head));
	sp_bytes_add(out, payload, len);
}

/* A message whose length shows only once it is there. */
static size_t begin(struct sp_bytes *out, enum sp_message type)
{
	size_t at = out->len;

	sp_message_add(out, type, "", 0);
	return at;
}

static void end(struct sp_bytes *out, size_t at, enum sp_message type)
{
	if (!out->failed)
		sp_message_head(out->data + at, type,
				out->len - at - SP_PROTOCOL_HEAD);
}

static void add_keys(struct sp_bytes *out, enum sp_table_id id, uint64_t bits)
{
	const struct sp_table *t = &sp_tables[id];
	unsigned int n = 0;

	for (size_t i = 0; i < t->nr_fields; i++)
		n += bits >> i & 1;
	add_text(out, t->name);
	bytes_put_varint(out, n == t->nr_fields ? 0 : n + 1);
	if (n == t->nr_fields)
		return;
	for (size_t i = 0; i < t->nr_fields; i++)
		if (bits >> i & 1)
			add_text(out, t->fields[i].key);
}

void sp_message_request(struct sp_bytes *out, enum sp_message type,
			const struct sp_request *request)
{
	size_t at = begin(out, type);

	bytes_put_varint(out, SP_PROTOCOL_MAGIC);
	bytes_put_varint(out, SP_PROTOCOL_VERSION);
	bytes_put_varint(out, request->delay_ms);
	bytes_put_varint(out, request->threads ? SP_REQUEST_THREADS : 0);
	bytes_put_varint(out, SP_TABLES);
	for (unsigned int i = 0; i < SP_TABLES; i++)
		add_keys(out, i, request->select.fields[i]);
	end(out, at, type);
}

/* Golden keys are there by resource and signal: all of one name are meant. */
static uint64_t bits_of(const struct sp_table *t, const char *key, size_t n)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < t->nr_fields; i++)
		if (strlen(t->fields[i].key) == n &&
		    !memcmp(t->fields[i].key, key, n))
			bits |= 1ULL << i;
	return bits;
}

static const struct sp_table *find_table(const char *name, size_t n)
{
	for (unsigned int i = 0; i < SP_TABLES; i++)
		if (strlen(sp_tables[i].name) == n &&
		    !memcmp(sp_tables[i].name, name, n))
			return &sp_tables[i];
	return NULL;
}

static void take_table(struct cursor *c, const struct sp_wire_select *all,
		       struct sp_wire_select *select)
{
	size_t n;
	const char *name = cursor_text(c, &n);
	const struct sp_table *t = name ? find_table(name, n) : NULL;
	uint64_t keys = cursor_varint(c), bits = 0;

	if (!keys && t)
		bits = all->fields[t - sp_tables];
	for (; keys > 1 && !c->failed; keys--) {
		const char *key = cursor_text(c, &n);

		if (t && key)
			bits |= bits_of(t, key, n);
	}
	if (t)
		select->fields[t - sp_tables] |= bits;
}

/* After magic and version. */
static int take_request(struct sp_request *request, struct cursor *c)
{
	struct sp_wire_select all;
	uint64_t delay, tables;

	sp_wire_select_all(&all);
	delay = cursor_varint(c);
	request->delay_ms = delay < UINT32_MAX ? (uint32_t)delay : UINT32_MAX;
	request->threads = cursor_varint(c) & SP_REQUEST_THREADS;
	tables = cursor_varint(c);
	if (!tables)
		request->select = all;
	for (; tables && !c->failed; tables--)
		take_table(c, &all, &request->select);
	return c->failed || cursor_left(c) ? -EBADMSG : 0;
}

int sp_request_parse(struct sp_request *request, const uint8_t *payload,
		     size_t size, char *err, size_t len)
{
	struct cursor c = {payload, payload + size, false};
	uint64_t magic = cursor_varint(&c), version = cursor_varint(&c);

	memset(request, 0, sizeof(*request));
	if (c.failed || magic != SP_PROTOCOL_MAGIC) {
		snprintf(err, len, "this is no viewer of sysperf");
		return -EBADMSG;
	}
	if (version != SP_PROTOCOL_VERSION) {
		snprintf(err, len,
			 "the viewer speaks version %llu of the protocol, "
			 "sysperfd %s version %d: install both from one "
			 "release",
			 (unsigned long long)version, SYSPERF_VERSION,
			 SP_PROTOCOL_VERSION);
		return -EPROTONOSUPPORT;
	}
	if (take_request(request, &c)) {
		snprintf(err, len, "a request that ends too early or too late");
		return -EBADMSG;
	}
	if (request->delay_ms &&
	    (request->delay_ms < SP_PROTOCOL_DELAY_MIN_MS ||
	     request->delay_ms > SP_PROTOCOL_DELAY_MAX_MS)) {
		snprintf(err, len, "a delay of %u ms (%u to %u)",
			 request->delay_ms, SP_PROTOCOL_DELAY_MIN_MS,
			 SP_PROTOCOL_DELAY_MAX_MS);
		return -EBADMSG;
	}
	return 0;
}

void sp_message_welcome(struct sp_bytes *out, const struct sp_welcome *w)
{
	size_t at = begin(out, SP_MESSAGE_WELCOME);

	bytes_put_varint(out, SP_PROTOCOL_VERSION);
	add_text(out, w->program);
	add_text(out, w->host);
	bytes_put_varint(out, w->delay_ms);
	bytes_put_varint(out, w->threads ? SP_REQUEST_THREADS : 0);
	bytes_put_varint(out, w->caps);
	bytes_put_varint(out, w->thresholds);
	add_text(out, w->why_not_kmod);
	end(out, at, SP_MESSAGE_WELCOME);
}

int sp_welcome_parse(struct sp_welcome *w, const uint8_t *payload, size_t size)
{
	struct cursor c = {payload, payload + size, false};

	memset(w, 0, sizeof(*w));
	if (cursor_varint(&c) != SP_PROTOCOL_VERSION)
		return c.failed ? -EBADMSG : -EPROTONOSUPPORT;
	copy_text(&c, w->program, sizeof(w->program));
	copy_text(&c, w->host, sizeof(w->host));
	w->delay_ms = (uint32_t)cursor_varint(&c);
	w->threads = cursor_varint(&c) & SP_REQUEST_THREADS;
	w->caps = (uint32_t)cursor_varint(&c);
	w->thresholds = (uint32_t)cursor_varint(&c);
	copy_text(&c, w->why_not_kmod, sizeof(w->why_not_kmod));
	return c.failed || cursor_left(&c) ? -EBADMSG : 0;
}

void sp_message_frame(struct sp_bytes *out, uint64_t lost, uint8_t flags,
		      size_t size)
{
	size_t at = begin(out, SP_MESSAGE_FRAME);

	bytes_put_varint(out, lost);
	bytes_put_u8(out, flags);
	if (!out->failed)
		sp_message_head(out->data + at, SP_MESSAGE_FRAME,
				out->len - at - SP_PROTOCOL_HEAD + size);
}

int sp_frame_parse(const uint8_t *payload, size_t size, uint64_t *lost,
		   uint8_t *flags)
{
	struct cursor c = {payload, payload + size, false};

	*lost = cursor_varint(&c);
	*flags = cursor_u8(&c);
	return c.failed ? -EBADMSG : (int)(c.at - payload);
}
