// SPDX-License-Identifier: GPL-2.0-only
/*
 * What viewers and sysperfd send each other: it comes back as it was, and what
 * is not of this protocol is refused with words.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/serve/protocol.h"
#include "../../daemon/wire/bytes.h"

static struct sp_request sample_request(void)
{
	struct sp_request r = {.delay_ms = 250, .threads = true};

	sp_wire_select_all(&r.select);
	r.select.fields[SP_TABLE_TASK] = 0x15;
	r.select.fields[SP_TABLE_DISK] = 0;
	return r;
}

/* The payload of the only message there is. */
static const uint8_t *payload(const struct sp_bytes *b, uint8_t type,
			      size_t *size)
{
	uint8_t got;
	int64_t len = sp_message_length(b->data, &got);

	assert_false(b->failed);
	assert_int_equal(got, type);
	assert_int_equal(len + SP_PROTOCOL_HEAD, b->len);
	*size = (size_t)len;
	return b->data + SP_PROTOCOL_HEAD;
}

static void requests_come_back(void **state)
{
	struct sp_request r = sample_request(), got;
	struct sp_bytes b = {0};
	char err[200] = "";
	const uint8_t *p;
	size_t size;

	(void)state;
	sp_message_request(&b, SP_MESSAGE_SET, &r);
	p = payload(&b, SP_MESSAGE_SET, &size);
	assert_int_equal(sp_request_parse(&got, p, size, err, sizeof(err)), 0);
	assert_int_equal(got.delay_ms, 250);
	assert_true(got.threads);
	assert_memory_equal(&got.select, &r.select, sizeof(r.select));
	sp_bytes_free(&b);
}

/* Magic and version, and what is given. */
static void begin(struct sp_bytes *b, uint64_t magic, uint64_t version)
{
	sp_bytes_free(b);
	bytes_put_varint(b, magic);
	bytes_put_varint(b, version);
}

static void put_text(struct sp_bytes *b, const char *s)
{
	bytes_put_text(b, s, strlen(s));
}

static void no_tables_are_all(void **state)
{
	struct sp_wire_select all;
	struct sp_request got;
	struct sp_bytes b = {0};
	char err[200] = "";

	(void)state;
	sp_wire_select_all(&all);
	begin(&b, SP_PROTOCOL_MAGIC, SP_PROTOCOL_VERSION);
	bytes_put_varint(&b, 1000);
	bytes_put_varint(&b, 0);
	bytes_put_varint(&b, 0);
	assert_int_equal(
		sp_request_parse(&got, b.data, b.len, err, sizeof(err)), 0);
	assert_memory_equal(&got.select, &all, sizeof(all));
	assert_false(got.threads);
	sp_bytes_free(&b);
}

/* A viewer of a later release asks for what is not known here. */
static void unknown_keys_are_left_out(void **state)
{
	struct sp_request got;
	struct sp_bytes b = {0};
	char err[200] = "";

	(void)state;
	begin(&b, SP_PROTOCOL_MAGIC, SP_PROTOCOL_VERSION);
	bytes_put_varint(&b, 1000);
	bytes_put_varint(&b, 0);
	bytes_put_varint(&b, 2);
	put_text(&b, "wormholes");
	bytes_put_varint(&b, 2);
	put_text(&b, "depth");
	put_text(&b, "tasks");
	bytes_put_varint(&b, 3);
	put_text(&b, "dreams");
	put_text(&b, "pid");
	assert_int_equal(
		sp_request_parse(&got, b.data, b.len, err, sizeof(err)), 0);
	for (int i = 0; i < SP_TABLES; i++) {
		const struct sp_field *f = sp_field_find(i, "pid", 3);
		uint64_t want = 0;

		if (i == SP_TABLE_TASK)
			want = 1ULL << (f - sp_tables[i].fields);
		assert_int_equal(got.select.fields[i], want);
	}
	sp_bytes_free(&b);
}

static void refused(struct sp_bytes *b, int error, const char *words)
{
	struct sp_request got;
	char err[200] = "";

	assert_int_equal(sp_request_parse(&got, b->data, b->len, err,
					  sizeof(err)),
			 error);
	if (!strstr(err, words))
		fail_msg("'%s' does not say '%s'", err, words);
}

static void what_is_refused(void **state)
{
	struct sp_bytes b = {0};

	(void)state;
	bytes_put_varint(&b, 0);
	refused(&b, -EBADMSG, "no viewer");
	begin(&b, 0x20544547, SP_PROTOCOL_VERSION);
	refused(&b, -EBADMSG, "no viewer");
	begin(&b, SP_PROTOCOL_MAGIC, SP_PROTOCOL_VERSION + 1);
	refused(&b, -EPROTONOSUPPORT, "install both from one release");
	begin(&b, SP_PROTOCOL_MAGIC, SP_PROTOCOL_VERSION);
	refused(&b, -EBADMSG, "too early");
	bytes_put_varint(&b, 99);
	bytes_put_varint(&b, 0);
	bytes_put_varint(&b, 0);
	refused(&b, -EBADMSG, "delay of 99 ms");
	bytes_put_u8(&b, 0);
	refused(&b, -EBADMSG, "too late");
	begin(&b, SP_PROTOCOL_MAGIC, SP_PROTOCOL_VERSION);
	bytes_put_varint(&b, UINT64_MAX);
	bytes_put_varint(&b, 0);
	bytes_put_varint(&b, 0);
	refused(&b, -EBADMSG, "delay of");
	/* As many tables as there cannot be, of a few bytes. */
	begin(&b, SP_PROTOCOL_MAGIC, SP_PROTOCOL_VERSION);
	bytes_put_varint(&b, 1000);
	bytes_put_varint(&b, 0);
	bytes_put_varint(&b, UINT64_MAX);
	refused(&b, -EBADMSG, "too early");
	sp_bytes_free(&b);
}

static void every_truncation_is_refused(void **state)
{
	struct sp_request r = sample_request(), got;
	struct sp_bytes b = {0};
	char err[200];
	const uint8_t *p;
	size_t size;

	(void)state;
	sp_message_request(&b, SP_MESSAGE_HELLO, &r);
	p = payload(&b, SP_MESSAGE_HELLO, &size);
	for (size_t n = 0; n < size; n++)
		assert_int_not_equal(
			sp_request_parse(&got, p, n, err, sizeof(err)), 0);
	sp_bytes_free(&b);
}

static void welcomes_come_back(void **state)
{
	struct sp_welcome w = {.program = "1.2.3",
			       .host = "there",
			       .delay_ms = 86400000,
			       .threads = true,
			       .caps = 0xdead,
			       .thresholds = UINT32_MAX,
			       .why_not_kmod = "it is not loaded"},
			  got;
	struct sp_bytes b = {0};
	const uint8_t *p;
	size_t size;

	(void)state;
	sp_message_welcome(&b, &w);
	p = payload(&b, SP_MESSAGE_WELCOME, &size);
	assert_int_equal(sp_welcome_parse(&got, p, size), 0);
	assert_memory_equal(&got, &w, sizeof(w));
	for (size_t n = 0; n < size; n++)
		assert_int_not_equal(sp_welcome_parse(&got, p, n), 0);
	sp_bytes_free(&b);
	/* A text that would not fit. */
	bytes_put_varint(&b, SP_PROTOCOL_VERSION);
	put_text(&b, "0123456789012345678901234567890123456789");
	assert_int_equal(sp_welcome_parse(&got, b.data, b.len), -EBADMSG);
	sp_bytes_free(&b);
	bytes_put_varint(&b, SP_PROTOCOL_VERSION + 1);
	assert_int_equal(sp_welcome_parse(&got, b.data, b.len),
			 -EPROTONOSUPPORT);
	sp_bytes_free(&b);
}

static void frames_have_a_head(void **state)
{
	struct sp_bytes b = {0};
	uint64_t lost;
	uint8_t flags, type;
	const uint8_t *p;
	int64_t len;
	int at;

	(void)state;
	sp_message_frame(&b, 1ULL << 40, SP_FRAME_EARLY, 5);
	len = sp_message_length(b.data, &type);
	assert_int_equal(type, SP_MESSAGE_FRAME);
	sp_bytes_add(&b, "frame", 5);
	assert_int_equal(len + SP_PROTOCOL_HEAD, b.len);
	p = b.data + SP_PROTOCOL_HEAD;
	at = sp_frame_parse(p, (size_t)len, &lost, &flags);
	assert_memory_equal(p + at, "frame", 5);
	assert_true(lost == 1ULL << 40 && flags == SP_FRAME_EARLY);
	assert_true(at <= SP_PROTOCOL_FRAME_HEAD);
	assert_int_equal(sp_frame_parse(p, (size_t)at - 1, &lost, &flags),
			 -EBADMSG);
	memset(b.data, 0, 4);
	assert_int_equal(sp_message_length(b.data, &type), -EBADMSG);
	sp_bytes_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_come_back),
		cmocka_unit_test(no_tables_are_all),
		cmocka_unit_test(unknown_keys_are_left_out),
		cmocka_unit_test(what_is_refused),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(welcomes_come_back),
		cmocka_unit_test(frames_have_a_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
