// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recordings: the format byte by byte, and what is read of them when they are
 * cut, changed or written to by two.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../daemon/record/head.h"
#include "recorded.h"

/* A file as a whole. */
struct bytes {
	uint8_t data[1 << 18];
	size_t len;
};

static void load(const char *path, struct bytes *b)
{
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	b->len = (size_t)read(fd, b->data, sizeof(b->data));
	assert_true(b->len < sizeof(b->data));
	close(fd);
}

static void store(const char *path, const void *data, size_t len)
{
	int fd;

	unlink(path); /* some file systems wait for the disk otherwise */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

/* Six samples, keys at 0 and 3, where the host is renamed. */
#define SAMPLES 6
#define SECOND_KEY 3

static const char *host_of(unsigned int i)
{
	return i < SECOND_KEY ? NULL : "renamed";
}

static void make_small(struct recorded *d, struct bytes *b)
{
	struct sp_recorder *r = record_to(d, d->file);

	for (unsigned int i = 0; i < SAMPLES; i++)
		add_sample(r, i, host_of(i));
	assert_int_equal(sp_recorder_stats(r)->samples, SAMPLES);
	assert_int_equal(sp_recorder_close(r), 0);
	load(d->file, b);
}

/* Where its records are: the schema, and the samples. */
struct layout {
	size_t at[SAMPLES + 2];
	uint8_t type[SAMPLES + 1];
};

static void find_records(const struct bytes *b, struct layout *l)
{
	struct rec_head h;
	size_t at = 0;

	for (unsigned int i = 0; i <= SAMPLES; i++) {
		assert_true(rec_head_parse(&h, b->data + at));
		l->at[i] = at;
		l->type[i] = h.type;
		at += REC_HEAD + h.length;
	}
	assert_int_equal(at, b->len);
	l->at[SAMPLES + 1] = at;
}

/* Exactly the samples of a set, forwards and backwards. */
static void expect(struct sp_recording *r, unsigned int set)
{
	const struct sp_frame *f;
	unsigned int got = 0;
	int last = -1, ret;

	while (!(ret = sp_recording_next(r, &f))) {
		unsigned int i = sample_number(f);

		assert_true((int)i > last);
		sample_check(f, i, host_of(i));
		got |= 1U << i;
		last = (int)i;
	}
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(got, set);
	got = 0;
	assert_int_equal(sp_recording_rewind(r, true), 0);
	while (!(ret = sp_recording_prev(r, &f))) {
		sample_check(f, sample_number(f), host_of(sample_number(f)));
		got |= 1U << sample_number(f);
	}
	assert_int_equal(ret, -ENODATA);
	assert_int_equal(got, set);
}

static void header_is_little_endian(void **state)
{
	static const uint8_t bytes[REC_HEAD] = {
		'S',  'P',  'R',  '1', /* magic */
		3,    1,    0x02, 0x01, /* type, flags, 258 */
		0x04, 0x03, 0x02, 0x01, /* length */
		0x08, 0x07, 0x06, 0x05, /* raw */
		0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, /* time */
		0x24, 0x23, 0x22, 0x21, /* behind */
		0x34, 0x33, 0x32, 0x31, /* back */
		0x44, 0x43, 0x42, 0x41, /* schema */
		0x54, 0x53, 0x52, 0x51, /* of the payload */
		0x82, 0x43, 0x24, 0x2b, /* of all that */
	};
	uint8_t again[REC_HEAD];
	struct rec_head h;

	(void)state;
	assert_int_equal(rec_crc("123456789", 9), 0xe3069283);
	assert_true(rec_head_parse(&h, bytes));
	assert_int_equal(h.type, REC_DELTA);
	assert_int_equal(h.flags, REC_STEPPED);
	assert_int_equal(h.ordinal, 258);
	assert_int_equal(h.length, 0x01020304);
	assert_int_equal(h.raw, 0x05060708);
	assert_int_equal(h.time_ns, 0x1112131415161718);
	assert_int_equal(h.behind_s, 0x21222324);
	assert_int_equal(h.back, 0x31323334);
	assert_int_equal(h.schema, 0x41424344);
	assert_int_equal(h.crc_payload, 0x51525354);
	rec_head_pack(again, &h);
	assert_memory_equal(again, bytes, REC_HEAD);
}

static void comes_back(void **state)
{
	struct recorded *d = *state;
	struct sp_recording *r;
	struct timespec first, last;
	struct bytes b;
	struct layout l;

	make_small(d, &b);
	find_records(&b, &l);
	assert_int_equal(l.type[0], REC_SCHEMA);
	for (unsigned int i = 0; i < SAMPLES; i++)
		assert_int_equal(l.type[i + 1],
				 i % SECOND_KEY ? REC_DELTA : REC_KEY);
	r = read_from(d, d->file);
	expect(r, (1U << SAMPLES) - 1);
	expect_damage(r, 0, 0, 0);
	assert_int_equal(sp_recording_times(r, &first, &last), 0);
	assert_int_equal(first.tv_sec, SAMPLE_TIME);
	assert_int_equal(last.tv_sec, SAMPLE_TIME + SAMPLES - 1);
	assert_int_equal(last.tv_nsec, 123456789);
	sp_recording_close(r);
}

/* next() and prev() are relative to what was given last. */
static void goes_both_ways(void **state)
{
	struct recorded *d = *state;
	static const int steps[] = {1, 1, -1, 1, 1, -1, -1, -1, 1};
	const struct sp_frame *f;
	struct sp_recording *r;
	struct bytes b;
	int at = -1;

	make_small(d, &b);
	r = read_from(d, d->file);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		int ret = steps[i] > 0 ? sp_recording_next(r, &f)
				       : sp_recording_prev(r, &f);

		if (at + steps[i] < 0) {
			assert_int_equal(ret, -ENODATA);
			continue;
		}
		assert_int_equal(ret, 0);
		at += steps[i];
		assert_int_equal(sample_number(f), at);
	}
	sp_recording_close(r);
}

static void truncated_anywhere(void **state)
{
	struct recorded *d = *state;
	struct sp_recording *r;
	struct sp_recorder *w;
	struct bytes b;
	struct layout l;

	make_small(d, &b);
	find_records(&b, &l);
	for (size_t n = 0; n < b.len; n++) {
		unsigned int whole = 0; /* records */

		while (l.at[whole + 1] <= n)
			whole++;
		store(d->file, b.data, n);
		if (!whole) {
			assert_int_equal(sp_recording_open(&r, d->file, d->err,
							   sizeof(d->err)),
					 n ? -EBADMSG : -ENODATA);
			assert_non_null(strstr(d->err, d->file));
		} else {
			bool torn = n > l.at[whole];

			r = read_from(d, d->file);
			expect(r, (1U << (whole - 1)) - 1);
			expect_damage(r, torn, n - l.at[whole], torn);
			sp_recording_close(r);
		}
		/* Recording goes on, and says what it cut off. */
		w = record_to(d, d->file);
		assert_true(!*d->err == (n == l.at[whole]));
		add_sample(w, SAMPLES, "renamed");
		sp_recorder_close(w);
		r = read_from(d, d->file);
		expect(r, ((1U << whole) - 1) >> 1 | 1U << SAMPLES);
		expect_damage(r, 0, 0, 0);
		sp_recording_close(r);
	}
}

/* Which samples a file lacks whose record k is bad. */
static unsigned int lost_with(unsigned int k)
{
	unsigned int i = k - 1;

	if (!k)
		return 0; /* the schema is that of this program */
	if (i % SECOND_KEY)
		return 1U << i;
	return ((1U << SECOND_KEY) - 1) << i; /* deltas need their key */
}

static void flipped_anywhere(void **state)
{
	struct recorded *d = *state;
	static const uint8_t masks[] = {0x01, 0x80, 0xff};
	struct bytes b;
	struct layout l;

	make_small(d, &b);
	find_records(&b, &l);
	for (size_t n = 0; n < b.len; n++) {
		struct sp_recording *r;
		unsigned int k = 0, lost;
		size_t bytes;

		while (l.at[k + 1] <= n)
			k++;
		b.data[n] ^= masks[n % 3];
		store(d->file, b.data, b.len);
		b.data[n] ^= masks[n % 3];
		lost = lost_with(k);
		bytes = l.at[k + 1] - l.at[k];
		if (l.type[k] == REC_KEY)
			bytes = l.at[k + SECOND_KEY] - l.at[k];
		r = read_from(d, d->file);
		expect(r, ((1U << SAMPLES) - 1) & ~lost);
		expect_damage(r, 1, bytes,
			      lost ? (unsigned int)__builtin_popcount(lost)
				   : 1);
		sp_recording_close(r);
	}
}

/* A stretch gone: what is left is read, what must have been there counted. */
static void pieces_missing(void **state)
{
	struct recorded *d = *state;
	struct sp_recording *r;
	struct bytes b, cut;
	struct layout l;

	make_small(d, &b);
	find_records(&b, &l);
	/* Zeros from the middle of sample 0 to that of 4: a key, three more. */
	cut = b;
	memset(cut.data + l.at[1] + 50, 0, l.at[5] + 60 - l.at[1] - 50);
	store(d->file, cut.data, cut.len);
	r = read_from(d, d->file);
	expect(r, 0);
	/* Sample 5 is intact, its key is gone. */
	assert_int_equal(sp_recording_damage(r)->places, 1);
	assert_int_equal(sp_recording_damage(r)->bytes, b.len - l.at[1]);
	assert_true(sp_recording_damage(r)->records >= 3);
	sp_recording_close(r);
	/* Samples 1 and 2 not there at all, but a part of 2. */
	memcpy(cut.data, b.data, l.at[2]);
	memcpy(cut.data + l.at[2], b.data + l.at[3] + 7, b.len - l.at[3] - 7);
	cut.len = b.len - (l.at[3] + 7 - l.at[2]);
	store(d->file, cut.data, cut.len);
	r = read_from(d, d->file);
	expect(r, 1U << 0 | 7U << 3);
	expect_damage(r, 1, l.at[4] - l.at[3] - 7, 1);
	sp_recording_close(r);
	/* Two deltas of one key: the ordinals tell. */
	cut = b;
	cut.data[l.at[5]] ^= 1;
	store(d->file, cut.data, cut.len);
	r = read_from(d, d->file);
	expect(r, 057);
	expect_damage(r, 1, l.at[6] - l.at[5], 1);
	sp_recording_close(r);
}

static void garbage_before_and_between(void **state)
{
	struct recorded *d = *state;
	struct sp_recording *r;
	struct bytes b, c;
	struct layout l;

	make_small(d, &b);
	find_records(&b, &l);
	memset(c.data, 'S', 1000);
	memcpy(c.data + 1000, b.data, l.at[2]);
	memset(c.data + 1000 + l.at[2], 0, 100000);
	c.len = 101000 + l.at[2];
	memcpy(c.data + c.len, b.data + l.at[4], b.len - l.at[4]);
	c.len += b.len - l.at[4];
	store(d->file, c.data, c.len);
	r = read_from(d, d->file);
	expect(r, 071);
	expect_damage(r, 2, 101000, 2);
	sp_recording_close(r);
}

static void foreign_files_are_left(void **state)
{
	struct recorded *d = *state;
	static const char text[] = "root:x:0:0:root:/root:/bin/bash\n";
	static const char zeros[5000];
	struct sp_recorder *r;
	char other[64];
	struct bytes b;

	store(d->file, text, sizeof(text));
	assert_int_equal(sp_recorder_open(&r, d->file, NULL, d->err,
					  sizeof(d->err)),
			 -EBADMSG);
	assert_non_null(strstr(d->err, d->file));
	load(d->file, &b);
	assert_int_equal(b.len, sizeof(text));
	assert_memory_equal(b.data, text, sizeof(text));
	/* What a power cut leaves of a file that was just begun. */
	store(d->file, zeros, sizeof(zeros));
	r = record_to(d, d->file);
	assert_non_null(strstr(d->err, "5000"));
	add_sample(r, 0, NULL);
	sp_recorder_close(r);
	snprintf(other, sizeof(other), "%s/other", d->dir);
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_int_equal(sp_recorder_open(&r, other, NULL, d->err,
					  sizeof(d->err)),
			 -EBADMSG);
}

static void one_writer(void **state)
{
	struct recorded *d = *state;
	struct sp_recorder *r = record_to(d, d->file), *second;
	struct sp_recording *reader;

	add_sample(r, 0, NULL);
	assert_int_equal(sp_recorder_open(&second, d->file, NULL, d->err,
					  sizeof(d->err)),
			 -EBUSY);
	assert_non_null(strstr(d->err, "another program records to it"));
	/* A reader is welcome, and sees what is new. */
	reader = read_from(d, d->file);
	expect(reader, 1);
	add_sample(r, 1, NULL);
	sp_recording_rewind(reader, false);
	expect(reader, 3);
	sp_recording_close(reader);
	sp_recorder_close(r);
	r = record_to(d, d->file);
	sp_recorder_close(r);
}

/* A record that is being written is no damage; one left so is. */
static void half_written(void **state)
{
	struct recorded *d = *state;
	struct sp_recording *r;
	struct sp_recorder *w = record_to(d, d->file);
	struct bytes b;
	int fd;

	for (unsigned int i = 0; i < 2; i++)
		add_sample(w, i, NULL);
	load(d->file, &b);
	fd = open(d->file, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, b.data, 100), 100);
	close(fd);
	r = read_from(d, d->file);
	expect(r, 3);
	expect_damage(r, 0, 0, 0);
	sp_recorder_close(w);
	sp_recording_rewind(r, false);
	expect(r, 3);
	expect_damage(r, 1, 100, 1);
	sp_recording_close(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECORDED(header_is_little_endian),
		RECORDED(comes_back),
		RECORDED(goes_both_ways),
		RECORDED(truncated_anywhere),
		RECORDED(flipped_anywhere),
		RECORDED(pieces_missing),
		RECORDED(garbage_before_and_between),
		RECORDED(foreign_files_are_left),
		RECORDED(one_writer),
		RECORDED(half_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
