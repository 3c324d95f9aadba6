// SPDX-License-Identifier: GPL-2.0-only
/*
 * A schema and frames of it from anywhere. What is understood can be sent on,
 * and is then understood again.
 *
 * Input: two bytes, the schema's length; the schema, or none for this build's;
 * a frame.
 */
#include <stdint.h>
#include <stdlib.h>

#include <sysperf/wire.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void send_on(const struct sp_frame *frame)
{
	struct sp_wire_select select;
	struct sp_wire_encoder *e;
	struct sp_wire_decoder *d;
	struct sp_bytes schema = {0}, bytes = {0};
	const struct sp_frame *got;

	sp_wire_select_all(&select);
	if (sp_wire_encoder_open(&e, &select))
		return;
	sp_wire_schema(e, &schema);
	sp_wire_encode(e, frame, &bytes);
	if (sp_wire_decoder_open(&d, schema.data, schema.len) ||
	    sp_wire_decode(d, bytes.data, bytes.len, &got) ||
	    got->nr_tasks != frame->nr_tasks)
		abort();
	sp_wire_decoder_close(d);
	sp_wire_encoder_close(e);
	sp_bytes_free(&schema);
	sp_bytes_free(&bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sp_wire_select select;
	struct sp_wire_encoder *e;
	struct sp_wire_decoder *d;
	struct sp_bytes own = {0};
	const struct sp_frame *frame;
	size_t len;

	if (size < 2 || (len = data[0] | (size_t)data[1] << 8) > size - 2)
		return 0;
	sp_wire_select_all(&select);
	if (!len && !sp_wire_encoder_open(&e, &select)) {
		sp_wire_schema(e, &own);
		sp_wire_encoder_close(e);
	}
	if (!sp_wire_decoder_open(&d, len ? data + 2 : own.data,
				  len ? len : own.len)) {
		if (!sp_wire_decode(d, data + 2 + len, size - 2 - len, &frame))
			send_on(frame);
		sp_wire_decoder_close(d);
	}
	sp_bytes_free(&own);
	return 0;
}
