// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns compression, and when a frame becomes a key. Deltas are compressed with
 * the key, not with each other: one that is damaged costs itself alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "pack.h"

#define LEVEL 3
#define DELTAS_MAX 59 /* after a key; what a damaged key costs, too */
#define KEYS_PER_SCHEMA 64
#define WINDOW_LOG_MAX 27 /* what readers of zstd take by default */

struct rec_pack {
	struct sp_wire_encoder *wire;
	struct sp_bytes schema, key; /* as encoded */
	struct sp_bytes packed_schema, packed;
	uint32_t schema_id;
	ZSTD_CCtx *plain, *with_key;
	bool has_key;
	unsigned int deltas; /* since the key */
	unsigned int keys; /* since the schema, 0: it is due */
	char host[sizeof(((struct sp_recorder_sample *)NULL)->host)]; /* of it */
	size_t key_len, first_len; /* compressed: the key, its first delta */
	size_t excess; /* by which later deltas were larger than that */
	enum rec_type type; /* of the payload under way */
};

static int make_schema(struct rec_pack *k);

struct rec_pack *rec_pack_new(void)
{
	struct rec_pack *k = calloc(1, sizeof(*k));
	struct sp_wire_select all;

	if (!k)
		return NULL;
	sp_wire_select_all(&all);
	k->plain = ZSTD_createCCtx();
	k->with_key = ZSTD_createCCtx();
	if (!k->plain || !k->with_key || sp_wire_encoder_open(&k->wire, &all) ||
	    make_schema(k)) {
		rec_pack_free(k);
		return NULL;
	}
	return k;
}

uint32_t rec_pack_schema_id(const struct rec_pack *k)
{
	return k->schema_id;
}

struct sp_wire_encoder *rec_pack_encoder(struct rec_pack *k)
{
	return k->wire;
}

void rec_pack_begin(struct rec_pack *k)
{
	k->has_key = false;
	k->keys = 0;
}

static int set_level(ZSTD_CCtx *ctx, size_t len)
{
	int log = 10;

	/* All of the key must be within reach. */
	while (log < WINDOW_LOG_MAX && (size_t)1 << log < len)
		log++;
	if (ZSTD_isError(ZSTD_CCtx_setParameter(ctx, ZSTD_c_compressionLevel,
						LEVEL)) ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(ctx, ZSTD_c_windowLog, log)))
		return -EINVAL;
	return 0;
}

static int compress(ZSTD_CCtx *ctx, const struct sp_bytes *from,
		    struct sp_bytes *to)
{
	size_t bound = ZSTD_compressBound(from->len), len;

	if (bound > to->cap) {
		uint8_t *data = realloc(to->data, bound);

		if (!data)
			return -ENOMEM;
		to->data = data;
		to->cap = bound;
	}
	len = ZSTD_compress2(ctx, to->data, to->cap, from->data, from->len);
	if (ZSTD_isError(len))
		return -ENOMEM; /* nothing else is left to fail */
	to->len = len;
	return 0;
}

static int make_schema(struct rec_pack *k)
{
	sp_wire_schema(k->wire, &k->schema);
	if (k->schema.failed)
		return -ENOMEM;
	k->schema_id = rec_crc(k->schema.data, k->schema.len);
	if (set_level(k->plain, k->schema.len))
		return -ENOMEM;
	return compress(k->plain, &k->schema, &k->packed_schema);
}

/*
 * When those it would have saved so far are as much as a new one costs; the
 * best of what can be done without knowing what comes.
 */
static bool outgrown(const struct rec_pack *k)
{
	return k->excess > k->key_len;
}

static bool key_is_due(const struct rec_pack *k,
		       const struct sp_recorder_sample *s)
{
	return !k->has_key || k->deltas >= DELTAS_MAX || outgrown(k) ||
	       strcmp(k->host, s->host) != 0;
}

int rec_pack_sample(struct rec_pack *k, const struct sp_recorder_sample *s,
		    struct rec_payload *p, unsigned int *nr)
{
	ZSTD_CCtx *ctx = k->with_key;
	int ret = 0;

	k->type = REC_DELTA;
	if (key_is_due(k, s)) {
		k->type = REC_KEY;
		ctx = k->plain;
		ret = set_level(ctx, s->bytes.len);
	}
	if (!ret)
		ret = compress(ctx, &s->bytes, &k->packed);
	if (ret)
		return ret;
	*nr = 0;
	if (k->type == REC_KEY && !k->keys)
		p[(*nr)++] =
			(struct rec_payload){REC_SCHEMA, k->packed_schema.data,
					     (uint32_t)k->packed_schema.len,
					     (uint32_t)k->schema.len};
	p[(*nr)++] = (struct rec_payload){k->type, k->packed.data,
					  (uint32_t)k->packed.len,
					  (uint32_t)s->bytes.len};
	return 0;
}

static int take_key(struct rec_pack *k, struct sp_recorder_sample *s)
{
	struct sp_bytes old = k->key;

	k->key = s->bytes;
	s->bytes = old;
	k->has_key = false;
	/* Twice: of the frame, too. */
	if (set_level(k->with_key, 2 * k->key.len) ||
	    ZSTD_isError(ZSTD_CCtx_loadDictionary(k->with_key, k->key.data,
						  k->key.len)))
		return -ENOMEM;
	k->has_key = true;
	memcpy(k->host, s->host, sizeof(k->host));
	k->key_len = k->packed.len;
	k->deltas = 0;
	k->excess = 0;
	k->keys = (k->keys + 1) % KEYS_PER_SCHEMA;
	return 0;
}

int rec_pack_done(struct rec_pack *k, struct sp_recorder_sample *s)
{
	if (k->type == REC_KEY)
		return take_key(k, s);
	if (!k->deltas++)
		k->first_len = k->packed.len;
	else if (k->packed.len > k->first_len)
		k->excess += k->packed.len - k->first_len;
	return 0;
}

void rec_pack_free(struct rec_pack *k)
{
	if (!k)
		return;
	sp_wire_encoder_close(k->wire);
	ZSTD_freeCCtx(k->plain);
	ZSTD_freeCCtx(k->with_key);
	sp_bytes_free(&k->schema);
	sp_bytes_free(&k->key);
	sp_bytes_free(&k->packed_schema);
	sp_bytes_free(&k->packed);
	free(k);
}
