/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a viewer and sysperfd say to each other, as bytes. A message is
 *
 *	u32 length of what follows, little-endian | u8 type | payload
 *
 * and a payload is made of varints and texts as sysperf/wire.h has them:
 *
 *	HELLO, SET	magic, version, delay in ms (0: no frames for now), flags,
 *			tables, and for each: text name, keys + 1 (0: all of
 *			them), and each key as a text; no tables: all of all
 *	ASK		nothing; the answer is a STATUS
 *	WELCOME		version, text of the program's version, text host, delay
 *			in ms and flags as granted, caps, id of the thresholds,
 *			text why the module is not the source; again whenever
 *			any of that is another
 *	SCHEMA		as sysperf/wire.h has it, of all frames that follow
 *	FRAME		frames that this viewer lost so far, flags, and then the
 *			frame as sysperf/wire.h has it
 *	ERROR		the words; the last message of all
 *	NOTE		words to show, or none: a sign of life
 *	STATUS		lines of KEY=VALUE
 *
 * The viewer begins, with HELLO or ASK. Version is SP_PROTOCOL_VERSION on both
 * sides or they part.
 */
#ifndef SYSPERF_PROTOCOL_H
#define SYSPERF_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sysperf/wire.h>

#define SP_PROTOCOL_MAGIC 0x56505953U /* "SYPV" */
#define SP_PROTOCOL_VERSION 1
#define SP_PROTOCOL_HEAD 5 /* bytes of length and type */
/* No longer message is taken from a viewer, counted as in its length. */
#define SP_PROTOCOL_ASK_MAX 65536U
#define SP_PROTOCOL_DELAY_MIN_MS 100U
#define SP_PROTOCOL_DELAY_MAX_MS 86400000U
/* Bytes of a FRAME's payload before the frame, at most. */
#define SP_PROTOCOL_FRAME_HEAD 11

enum sp_message {
	SP_MESSAGE_HELLO = 1,
	SP_MESSAGE_SET = 2,
	SP_MESSAGE_ASK = 3,
	SP_MESSAGE_WELCOME = 16,
	SP_MESSAGE_SCHEMA = 17,
	SP_MESSAGE_FRAME = 18,
	SP_MESSAGE_ERROR = 19,
	SP_MESSAGE_NOTE = 20,
	SP_MESSAGE_STATUS = 21,
};

#define SP_REQUEST_THREADS 0x01
/* Its interval began before this viewer asked for it. */
#define SP_FRAME_EARLY 0x01

struct sp_request {
	uint32_t delay_ms; /* 0: no frames for now */
	bool threads; /* rows of tasks are threads */
	struct sp_wire_select select;
};

struct sp_welcome {
	char program[32]; /* version of sysperfd */
	char host[65];
	uint32_t delay_ms; /* as granted */
	bool threads;
	uint32_t caps; /* bits 1U << SP_CAP_* */
	uint32_t thresholds; /* sp_thresholds_id() */
	char why_not_kmod[256]; /* "" if the module is the source */
};

/**
 * sp_message_head() - a message's first bytes
 * @head: SP_PROTOCOL_HEAD bytes, set
 * @len: of the payload
 */
void sp_message_head(uint8_t *head, enum sp_message type, size_t len);

/**
 * sp_message_length() - what a head says
 * @type: set
 *
 * Return: bytes of the payload, or -EBADMSG if the length is 0.
 */
int64_t sp_message_length(const uint8_t *head, uint8_t *type);

/**
 * sp_message_add() - append a message with this payload
 */
void sp_message_add(struct sp_bytes *out, enum sp_message type,
		    const void *payload, size_t len);

/**
 * sp_message_request() - append a HELLO or SET
 */
void sp_message_request(struct sp_bytes *out, enum sp_message type,
			const struct sp_request *request);

/**
 * sp_request_parse() - understand the payload of one
 * @request: set; tables and keys that this build does not know are left out
 * @err: on failure, one sentence for whoever sent it
 * @len: of @err
 *
 * Return: 0; -EPROTONOSUPPORT: of another version; -EBADMSG.
 */
int sp_request_parse(struct sp_request *request, const uint8_t *payload,
		     size_t size, char *err, size_t len);

/**
 * sp_message_welcome() - append a WELCOME
 */
void sp_message_welcome(struct sp_bytes *out, const struct sp_welcome *w);

/**
 * sp_welcome_parse() - understand the payload of one
 *
 * Return: 0; -EPROTONOSUPPORT: of another version; -EBADMSG.
 */
int sp_welcome_parse(struct sp_welcome *w, const uint8_t *payload, size_t size);

/**
 * sp_message_frame() - append a FRAME but for the frame itself
 * @size: of the frame that is to follow
 */
void sp_message_frame(struct sp_bytes *out, uint64_t lost, uint8_t flags,
		      size_t size);

/**
 * sp_frame_parse() - what is before a FRAME's frame
 *
 * Return: where in the payload the frame begins, or -EBADMSG.
 */
int sp_frame_parse(const uint8_t *payload, size_t size, uint64_t *lost,
		   uint8_t *flags);

#endif /* SYSPERF_PROTOCOL_H */
