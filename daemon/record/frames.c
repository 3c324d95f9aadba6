// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns decompression, the key that deltas need, and the decoders by schema.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include <sysperf/wire.h>

#include "frames.h"

#define DECODERS 4

/* Bytes that are kept from one use to the next. */
struct room {
	uint8_t *data;
	size_t len, cap;
};

struct decoder {
	struct sp_wire_decoder *wire; /* NULL: no schema of that id */
	uint32_t schema;
	unsigned int file; /* where there is none */
	uint64_t size; /* of that file then */
	uint64_t used; /* the higher the later */
};

struct rec_frames {
	ZSTD_DCtx *plain, *with_key;
	struct room frame, key, schema;
	bool has_key;
	unsigned int key_file;
	uint64_t key_at;
	struct decoder decoders[DECODERS];
	uint64_t uses;
	struct sp_bytes own; /* schema of this build */
	uint32_t own_id;
};

static int make_room(struct room *r, size_t len)
{
	if (len > r->cap) {
		uint8_t *data = realloc(r->data, len);

		if (!data)
			return -ENOMEM;
		r->data = data;
		r->cap = len;
	}
	r->len = len;
	return 0;
}

struct rec_frames *rec_frames_new(void)
{
	struct rec_frames *d = calloc(1, sizeof(*d));
	struct sp_wire_encoder *e = NULL;
	struct sp_wire_select all;

	if (!d)
		return NULL;
	sp_wire_select_all(&all);
	d->plain = ZSTD_createDCtx();
	d->with_key = ZSTD_createDCtx();
	if (d->plain && d->with_key && !sp_wire_encoder_open(&e, &all))
		sp_wire_schema(e, &d->own);
	sp_wire_encoder_close(e);
	if (!e || d->own.failed) {
		rec_frames_free(d);
		return NULL;
	}
	d->own_id = rec_crc(d->own.data, d->own.len);
	return d;
}

/* Return: 1; 0 if these bytes are not what the header says; -errno. */
static int decompress(ZSTD_DCtx *ctx, const struct rec_place *p,
		      const uint8_t *payload, struct room *out)
{
	unsigned long long len =
		ZSTD_getFrameContentSize(payload, p->head.length);
	size_t got;
	int ret;

	/* Before memory is taken for it. */
	if (p->head.raw > SP_WIRE_MAX || len != p->head.raw)
		return 0;
	ret = make_room(out, len);
	if (ret)
		return ret;
	got = ZSTD_decompressDCtx(ctx, out->data, len, payload, p->head.length);
	if (ZSTD_isError(got))
		return ZSTD_getErrorCode(got) == ZSTD_error_memory_allocation
			       ? -ENOMEM
			       : 0;
	return got == len;
}

/* Return: 1; 0 if the key is not there or not good; -errno. */
static int load_key(struct rec_frames *d, struct rec_file *f,
		    const struct rec_place *delta)
{
	uint64_t at = delta->at - delta->head.back;
	struct rec_place key;
	const uint8_t *payload;
	int ret;

	if (delta->head.back > delta->at)
		return 0;
	if (d->has_key && d->key_file == f->number && d->key_at == at)
		return 1;
	ret = rec_scan_record(&f->scan, at, &key, &payload);
	if (ret <= 0)
		return ret;
	if (key.head.type != REC_KEY || key.head.schema != delta->head.schema)
		return 0;
	d->has_key = false;
	ret = decompress(d->plain, &key, payload, &d->key);
	if (ret <= 0)
		return ret;
	if (ZSTD_isError(ZSTD_DCtx_loadDictionary(d->with_key, d->key.data,
						  d->key.len)))
		return -ENOMEM;
	d->has_key = true;
	d->key_file = f->number;
	d->key_at = at;
	return 1;
}

/* Return: 1 if this record holds that schema, 0 if not, -errno. */
static int read_schema(struct rec_frames *d, struct rec_file *f,
		       const struct rec_place *p, uint32_t id)
{
	struct rec_place again;
	const uint8_t *payload;
	int ret;

	if (p->head.type != REC_SCHEMA || p->head.schema != id)
		return 0;
	ret = rec_scan_record(&f->scan, p->at, &again, &payload);
	if (ret > 0)
		ret = decompress(d->plain, &again, payload, &d->schema);
	if (ret <= 0)
		return ret;
	return rec_crc(d->schema.data, d->schema.len) == id;
}

/*
 * The nearest one before the sample, from key to key, else after it. Return:
 * 1, 0 if the file has none, -errno.
 */
static int find_schema(struct rec_frames *d, struct rec_file *f,
		       const struct rec_place *sample)
{
	uint32_t id = sample->head.schema;
	struct rec_place p = *sample;
	int ret;

	for (uint64_t at = p.at; at;) {
		if (p.head.type == REC_DELTA && p.head.back < p.at)
			at = p.at - p.head.back;
		ret = rec_scan_before(&f->scan, at, &p);
		if (ret <= 0)
			break;
		ret = read_schema(d, f, &p, id);
		if (ret)
			return ret;
		at = p.at;
	}
	for (uint64_t at = sample->end;; at = p.end) {
		ret = rec_scan_after(&f->scan, at, &p);
		if (ret <= 0)
			return ret;
		ret = read_schema(d, f, &p, id);
		if (ret)
			return ret;
	}
}

static int open_decoder(struct rec_frames *d, struct rec_file *f,
			const struct rec_place *p, struct decoder *slot)
{
	const void *schema = d->own.data;
	size_t len = d->own.len;
	int ret = 1;

	sp_wire_decoder_close(slot->wire);
	*slot = (struct decoder){
		.schema = p->head.schema,
		.file = f->number,
		.size = f->scan.size,
		.used = ++d->uses,
	};
	if (p->head.schema != d->own_id) {
		ret = find_schema(d, f, p);
		schema = d->schema.data;
		len = d->schema.len;
	}
	if (ret > 0)
		ret = sp_wire_decoder_open(&slot->wire, schema, len);
	if (ret == -EBADMSG)
		ret = 0;
	if (ret < 0)
		slot->used = 0;
	return ret < 0 ? ret : 0;
}

/* Sets @slot to what decodes the schema of a sample. Return: 0 or -errno. */
static int find_decoder(struct rec_frames *d, struct rec_file *f,
			const struct rec_place *p, struct decoder **slot)
{
	struct decoder *oldest = &d->decoders[0];

	for (size_t i = 0; i < DECODERS; i++) {
		struct decoder *s = &d->decoders[i];

		if (s->used && s->schema == p->head.schema &&
		    (s->wire ||
		     (s->file == f->number && s->size == f->scan.size))) {
			s->used = ++d->uses;
			*slot = s;
			return 0;
		}
		if (s->used < oldest->used)
			oldest = s;
	}
	*slot = oldest;
	return open_decoder(d, f, p, oldest);
}

/* Return: 1; 0, with @here set; -errno. */
static int decode(struct rec_frames *d, struct rec_file *f,
		  const struct rec_place *p, const struct sp_frame **frame,
		  bool *here)
{
	ZSTD_DCtx *ctx = d->plain;
	struct decoder *slot;
	struct rec_place again;
	const uint8_t *payload;
	int ret = find_decoder(d, f, p, &slot);

	*here = false;
	if (ret || !slot->wire)
		return ret;
	if (p->head.type == REC_DELTA) {
		ctx = d->with_key;
		ret = load_key(d, f, p);
		if (ret <= 0)
			return ret;
	}
	*here = true;
	ret = rec_scan_record(&f->scan, p->at, &again, &payload);
	if (ret > 0)
		ret = decompress(ctx, &again, payload, &d->frame);
	if (ret <= 0)
		return ret;
	ret = sp_wire_decode(slot->wire, d->frame.data, d->frame.len, frame);
	if (ret)
		return ret == -EBADMSG ? 0 : ret;
	return 1;
}

int rec_frames_decode(struct rec_frames *d, struct rec_file *f,
		      const struct rec_place *p, const struct sp_frame **frame)
{
	bool here;
	int ret = decode(d, f, p, frame, &here);

	if (!ret)
		rec_file_unusable(f, p, here);
	return ret;
}

void rec_frames_free(struct rec_frames *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < DECODERS; i++)
		sp_wire_decoder_close(d->decoders[i].wire);
	ZSTD_freeDCtx(d->plain);
	ZSTD_freeDCtx(d->with_key);
	free(d->frame.data);
	free(d->key.data);
	free(d->schema.data);
	sp_bytes_free(&d->own);
	free(d);
}
