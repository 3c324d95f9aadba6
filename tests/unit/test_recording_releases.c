// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recordings of other releases: one that was stored by an older, and such as a
 * newer may write.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zstd.h>

#include <sysperf/wire.h>

#include "../../daemon/record/writer.h"
#include "recorded.h"

/* A release that has a table more than ours, and other records. */
struct newer {
	struct rec_writer w;
	struct sp_wire_encoder *e;
	struct sp_bytes schema, packed;
};

static struct rec_payload squeeze(struct newer *n, enum rec_type type,
				  const struct sp_bytes *b)
{
	uint8_t *at;
	size_t len;

	n->packed.len = 0;
	at = calloc(1, ZSTD_compressBound(b->len));
	len = ZSTD_compress(at, ZSTD_compressBound(b->len), b->data, b->len, 1);
	sp_bytes_add(&n->packed, at, len);
	free(at);
	return (struct rec_payload){type, n->packed.data, (uint32_t)len,
				    (uint32_t)b->len};
}

static void newer_write(struct newer *n, enum rec_type type,
			const struct sp_bytes *b, unsigned int i)
{
	struct rec_payload p = squeeze(n, type, b);

	assert_int_equal(
		rec_writer_add(&n->w, &p, 1,
			       (SAMPLE_TIME + (int64_t)i) * REC_NS_PER_S),
		0);
}

static void newer_schema(struct newer *n)
{
	newer_write(n, REC_SCHEMA, &n->schema, 0);
}

static void newer_frame(struct newer *n, unsigned int i)
{
	static const uint8_t future[] = {1, 1 << 2 | SP_WIRE_ZERO};
	struct sp_bytes frame = {0};
	struct sample s;

	sample_make(&s, i);
	sp_wire_encode(n->e, &s.frame, &frame);
	sp_bytes_add(&frame, future, sizeof(future));
	newer_write(n, REC_KEY, &frame, i);
	newer_write(n, (enum rec_type)77, &frame, i);
	sp_bytes_free(&frame);
}

static void newer_open(const struct recorded *d, struct newer *n)
{
	static const uint8_t future[] = {6,   '.', 'f', 'u', 't', 'u',
					 'r', 1,   1,	'x', 0,	  0};
	struct sp_wire_select all;
	uint64_t cut;

	memset(n, 0, sizeof(*n));
	sp_wire_select_all(&all);
	assert_int_equal(sp_wire_encoder_open(&n->e, &all), 0);
	sp_wire_schema(n->e, &n->schema);
	n->schema.data[0]++; /* a table more */
	sp_bytes_add(&n->schema, future, sizeof(future));
	assert_int_equal(rec_writer_open(&n->w, AT_FDCWD, d->file, false, &cut),
			 0);
	n->w.schema = rec_crc(n->schema.data, n->schema.len);
}

static void newer_close(struct newer *n)
{
	rec_writer_close(&n->w);
	sp_bytes_free(&n->schema);
	sp_bytes_free(&n->packed);
	sp_wire_encoder_close(n->e);
}

static void newer_release(void **state)
{
	struct recorded *d = *state;
	struct sp_recording *in;
	struct sp_recorder *r;
	struct newer n;

	newer_open(d, &n);
	newer_schema(&n);
	for (unsigned int i = 0; i < 5; i++)
		newer_frame(&n, i);
	newer_close(&n);
	/* We go on where it ended. */
	r = record_to(d, d->file);
	assert_string_equal(d->err, "");
	for (unsigned int i = 5; i < 10; i++)
		add_sample(r, i, NULL);
	sp_recorder_close(r);
	in = read_from(d, d->file);
	for (unsigned int i = 0; i < 10; i++)
		assert_int_equal(expect_next(in), i);
	expect_end(in);
	sp_recording_close(in);
}

/* Its first schema is damaged: one that comes later will do. */
static void schema_from_elsewhere(void **state)
{
	struct recorded *d = *state;
	struct sp_recording *in;
	const struct sp_frame *f;
	struct newer n;
	int fd;

	newer_open(d, &n);
	newer_schema(&n);
	newer_frame(&n, 0);
	newer_frame(&n, 1);
	newer_schema(&n);
	newer_frame(&n, 2);
	newer_close(&n);
	fd = open(d->file, O_RDWR);
	assert_int_equal(pwrite(fd, "?", 1, REC_HEAD + 9), 1);
	in = read_from(d, d->file);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(expect_next(in), i);
	assert_int_equal(sp_recording_damage(in)->places, 1);
	assert_int_equal(sp_recording_damage(in)->records, 1);
	sp_recording_close(in);
	/* And without any, the samples are lost, which is said. */
	assert_int_equal(ftruncate(fd, 0), 0);
	close(fd);
	newer_open(d, &n);
	for (unsigned int i = 0; i < 3; i++)
		newer_frame(&n, i);
	newer_close(&n);
	in = read_from(d, d->file);
	assert_int_equal(sp_recording_next(in, &f), -ENODATA);
	assert_int_equal(sp_recording_damage(in)->records, 3);
	sp_recording_close(in);
}

/* Made by release 0.1; never to be made anew. */
#define STORED "tests/unit/data/recording-1.spr"

static void stored_by_releases(void **state)
{
	struct recorded *d = *state;
	struct sp_recording *in = read_from(d, STORED);
	const struct sp_frame *f;

	for (unsigned int i = 0; i < 6; i++) {
		assert_int_equal(sp_recording_next(in, &f), 0);
		assert_int_equal(f->time.tv_sec, SAMPLE_TIME + i);
		assert_int_equal(f->time.tv_nsec, 123456789);
		assert_true(fabs(f->interval_s - 1.000123) < 1e-9);
		assert_string_equal(f->host, i < 3 ? "box" : "renamed");
		assert_string_equal(f->source.name, "kmod");
		assert_int_equal(f->source.lost[0].count, i);
		assert_int_equal(f->status[SP_RES_DISK], SP_STATUS_WARNING);
		assert_int_equal(f->verdict.culprit.pid, i);
		assert_int_equal(f->nr_tasks, SAMPLE_TASKS);
		assert_int_equal((int)f->tasks[2].pid, 102);
		assert_string_equal(f->tasks[1].comm, "comm1");
		assert_string_equal(f->disks[0].name, "name0");
		assert_true(isnan(f->golden.cpu_runq_wait_p50_us));
	}
	expect_end(in);
	sp_recording_close(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECORDED(newer_release),
		RECORDED(schema_from_elsewhere),
		RECORDED(stored_by_releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
