/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames as bytes: one encoding for the socket and for recordings, so that a
 * replay is a live view of old frames. A schema says which members of which
 * tables the bytes hold, by key, so that a reader of another release takes
 * what it knows and leaves the rest. Little-endian, whatever the machine.
 *
 * Schema and frame are sequences of:
 *	u8, u16, u32, u64	little-endian
 *	varint			7 bits a byte, least first, 0x80 on all but the last
 *	text			a varint of its length, and so many bytes
 *
 * schema:	varint tables, and for each: text name; varint columns, and for
 *		each: text key; u8 type (enum sp_wire_type); u8 decimals
 * frame:	for each table of the schema: varint rows, and for each column
 *		its values of all rows
 * column of numbers: varints tag | run << 2, so many rows alike, until all rows
 *		have a tag (enum sp_wire_tag); then, in the order of rows, the
 *		values of those that need one. DECIMAL: value * 10^decimals as a
 *		varint, the sign in its lowest bit; DOUBLE: 8 bytes, IEEE 754
 * column of texts: for each row a varint: 0, the same as in the row before; else
 *		its length + 1, and so many bytes
 *
 * Numbers are true to the digits that programs are given (sp_field_digits());
 * what is beyond is not kept. So they are short, and those of a task that
 * sleeps take nothing.
 *
 * What is no metric (the time, the host, the verdict) lies in tables of one
 * row, and beside a row's metrics in columns of their own; their keys begin
 * with '.'.
 */
#ifndef SYSPERF_WIRE_H
#define SYSPERF_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sysperf/frame.h>

enum sp_wire_type {
	SP_WIRE_NUMBER,
	SP_WIRE_TEXT,
};

enum sp_wire_tag {
	SP_WIRE_ABSENT, /* NaN */
	SP_WIRE_ZERO,
	SP_WIRE_DECIMAL,
	SP_WIRE_DOUBLE,
};

/* No frame is larger; a length beyond is damage. */
#define SP_WIRE_MAX (256U << 20)
#define SP_WIRE_TABLES_MAX 32
#define SP_WIRE_COLUMNS_MAX 256 /* of a table */
#define SP_WIRE_DECIMALS_MAX 9

/* Bytes that grow. All 0 is an empty one. */
struct sp_bytes {
	uint8_t *data;
	size_t len, cap;
	bool failed; /* out of memory once: what is in it is not whole */
};

/**
 * sp_bytes_add() - append bytes; on failure only @b->failed is set
 */
void sp_bytes_add(struct sp_bytes *b, const void *data, size_t len);

/**
 * sp_bytes_free() - give back its memory
 */
void sp_bytes_free(struct sp_bytes *b);

/* Which metrics go into frames; the rest of a frame always does. */
struct sp_wire_select {
	/* Bit i: the table's field i. A table without any is left out. */
	uint64_t fields[SP_TABLES];
};

/**
 * sp_wire_select_all() - select every metric
 */
void sp_wire_select_all(struct sp_wire_select *select);

struct sp_wire_encoder;

/**
 * sp_wire_encoder_open() - make an encoder
 * @out: set
 * @select: which metrics; copied
 *
 * Return: 0 or -ENOMEM.
 */
int sp_wire_encoder_open(struct sp_wire_encoder **out,
			 const struct sp_wire_select *select);

/**
 * sp_wire_schema() - the schema of its frames
 * @out: appended to
 */
void sp_wire_schema(const struct sp_wire_encoder *e, struct sp_bytes *out);

/**
 * sp_wire_encode() - a frame as bytes
 * @out: appended to
 */
void sp_wire_encode(struct sp_wire_encoder *e, const struct sp_frame *frame,
		    struct sp_bytes *out);

/**
 * sp_wire_encoder_close() - free it; NULL is none
 */
void sp_wire_encoder_close(struct sp_wire_encoder *e);

struct sp_wire_decoder;

/**
 * sp_wire_decoder_open() - make a decoder of frames of one schema
 * @out: set
 * @schema: the bytes; copied
 * @len: of @schema
 *
 * Return: 0, -EBADMSG if it is no schema, -ENOMEM.
 */
int sp_wire_decoder_open(struct sp_wire_decoder **out, const void *schema,
			 size_t len);

/**
 * sp_wire_decode() - a frame of bytes
 * @d: the decoder
 * @data: of one whole frame
 * @len: of @data
 * @frame: set; members that the schema lacks are absent. It belongs to the
 *	decoder and holds until the next call
 *
 * Return: 0, -EBADMSG if it is not a frame of that schema, -ENOMEM.
 */
int sp_wire_decode(struct sp_wire_decoder *d, const void *data, size_t len,
		   const struct sp_frame **frame);

/**
 * sp_wire_decoder_close() - free it, and the last frame; NULL is none
 */
void sp_wire_decoder_close(struct sp_wire_decoder *d);

#endif /* SYSPERF_WIRE_H */
