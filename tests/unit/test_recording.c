// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recordings: the format byte by byte, and what is read of them when they are
 * cut, changed or written to by two.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <sysperf/recording.h>
#include <sysperf/wire.h>

#include "../../daemon/record/file.h"
#include "../../daemon/record/writer.h"
#include "sample.h"

static char dir[] = "/tmp/sysperf-test-XXXXXX";
static char file[64], other[64];
static char err[512];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/file", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(file);
	unlink(other);
	return rmdir(dir);
}

static int clean(void **state)
{
	(void)state;
	unlink(file);
	unlink(other);
	return 0;
}

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

static struct sp_recorder *record_to(const char *path)
{
	struct sp_recorder_config cfg = {.sync = SP_SYNC_NEVER};
	struct sp_recorder *r = NULL;

	assert_int_equal(sp_recorder_open(&r, path, &cfg, err, sizeof(err)), 0);
	return r;
}

static void add(struct sp_recorder *r, unsigned int i, const char *host)
{
	struct sample s;

	sample_make(&s, i);
	if (host)
		snprintf(s.frame.host, sizeof(s.frame.host), "%s", host);
	assert_int_equal(sp_recorder_add(r, &s.frame), 0);
}

static struct sp_recording *read_from(const char *path)
{
	struct sp_recording *r = NULL;

	if (sp_recording_open(&r, path, err, sizeof(err)))
		fail_msg("%s", err);
	return r;
}

/* Six samples, keys at 0 and 3, where the host is renamed. */
#define SAMPLES 6
#define SECOND_KEY 3

static const char *host_of(unsigned int i)
{
	return i < SECOND_KEY ? NULL : "renamed";
}

static void make_small(struct bytes *b)
{
	struct sp_recorder *r = record_to(file);

	for (unsigned int i = 0; i < SAMPLES; i++)
		add(r, i, host_of(i));
	assert_int_equal(sp_recorder_stats(r)->samples, SAMPLES);
	assert_int_equal(sp_recorder_close(r), 0);
	load(file, b);
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

static void expect_damage(const struct sp_recording *r, uint64_t places,
			  uint64_t bytes, uint64_t records)
{
	const struct sp_damage *d = sp_recording_damage(r);

	assert_int_equal(d->places, places);
	assert_int_equal(d->bytes, bytes);
	assert_int_equal(d->records, records);
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
	struct sp_recording *r;
	struct timespec first, last;
	struct bytes b;
	struct layout l;

	(void)state;
	make_small(&b);
	find_records(&b, &l);
	assert_int_equal(l.type[0], REC_SCHEMA);
	for (unsigned int i = 0; i < SAMPLES; i++)
		assert_int_equal(l.type[i + 1],
				 i % SECOND_KEY ? REC_DELTA : REC_KEY);
	r = read_from(file);
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
	static const int steps[] = {1, 1, -1, 1, 1, -1, -1, -1, 1};
	const struct sp_frame *f;
	struct sp_recording *r;
	struct bytes b;
	int at = -1;

	(void)state;
	make_small(&b);
	r = read_from(file);
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
	struct sp_recording *r;
	struct sp_recorder *w;
	struct bytes b;
	struct layout l;

	(void)state;
	make_small(&b);
	find_records(&b, &l);
	for (size_t n = 0; n < b.len; n++) {
		unsigned int whole = 0; /* records */

		while (l.at[whole + 1] <= n)
			whole++;
		store(file, b.data, n);
		if (!whole) {
			assert_int_equal(sp_recording_open(&r, file, err,
							   sizeof(err)),
					 n ? -EBADMSG : -ENODATA);
			assert_non_null(strstr(err, file));
		} else {
			bool torn = n > l.at[whole];

			r = read_from(file);
			expect(r, (1U << (whole - 1)) - 1);
			expect_damage(r, torn, n - l.at[whole], torn);
			sp_recording_close(r);
		}
		/* Recording goes on, and says what it cut off. */
		w = record_to(file);
		assert_true(!*err == (n == l.at[whole]));
		add(w, SAMPLES, "renamed");
		sp_recorder_close(w);
		r = read_from(file);
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
	static const uint8_t masks[] = {0x01, 0x80, 0xff};
	struct bytes b;
	struct layout l;

	(void)state;
	make_small(&b);
	find_records(&b, &l);
	for (size_t n = 0; n < b.len; n++) {
		struct sp_recording *r;
		unsigned int k = 0, lost;
		size_t bytes;

		while (l.at[k + 1] <= n)
			k++;
		b.data[n] ^= masks[n % 3];
		store(file, b.data, b.len);
		b.data[n] ^= masks[n % 3];
		lost = lost_with(k);
		bytes = l.at[k + 1] - l.at[k];
		if (l.type[k] == REC_KEY)
			bytes = l.at[k + SECOND_KEY] - l.at[k];
		r = read_from(file);
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
	struct sp_recording *r;
	struct bytes b, cut;
	struct layout l;

	(void)state;
	make_small(&b);
	find_records(&b, &l);
	/* Zeros from the middle of sample 0 to that of 4: a key, three more. */
	cut = b;
	memset(cut.data + l.at[1] + 50, 0, l.at[5] + 60 - l.at[1] - 50);
	store(file, cut.data, cut.len);
	r = read_from(file);
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
	store(file, cut.data, cut.len);
	r = read_from(file);
	expect(r, 1U << 0 | 7U << 3);
	expect_damage(r, 1, l.at[4] - l.at[3] - 7, 1);
	sp_recording_close(r);
	/* Two deltas of one key: the ordinals tell. */
	cut = b;
	cut.data[l.at[5]] ^= 1;
	store(file, cut.data, cut.len);
	r = read_from(file);
	expect(r, 057);
	expect_damage(r, 1, l.at[6] - l.at[5], 1);
	sp_recording_close(r);
}

static void garbage_before_and_between(void **state)
{
	struct sp_recording *r;
	struct bytes b, c;
	struct layout l;

	(void)state;
	make_small(&b);
	find_records(&b, &l);
	memset(c.data, 'S', 1000);
	memcpy(c.data + 1000, b.data, l.at[2]);
	memset(c.data + 1000 + l.at[2], 0, 100000);
	c.len = 101000 + l.at[2];
	memcpy(c.data + c.len, b.data + l.at[4], b.len - l.at[4]);
	c.len += b.len - l.at[4];
	store(file, c.data, c.len);
	r = read_from(file);
	expect(r, 071);
	expect_damage(r, 2, 101000, 2);
	sp_recording_close(r);
}

static void foreign_files_are_left(void **state)
{
	static const char text[] = "root:x:0:0:root:/root:/bin/bash\n";
	static const char zeros[5000];
	struct sp_recorder *r;
	struct bytes b;

	(void)state;
	store(file, text, sizeof(text));
	assert_int_equal(sp_recorder_open(&r, file, NULL, err, sizeof(err)),
			 -EBADMSG);
	assert_non_null(strstr(err, file));
	load(file, &b);
	assert_int_equal(b.len, sizeof(text));
	assert_memory_equal(b.data, text, sizeof(text));
	/* What a power cut leaves of a file that was just begun. */
	store(file, zeros, sizeof(zeros));
	r = record_to(file);
	assert_non_null(strstr(err, "5000"));
	add(r, 0, NULL);
	sp_recorder_close(r);
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_int_equal(sp_recorder_open(&r, other, NULL, err, sizeof(err)),
			 -EBADMSG);
}

static void one_writer(void **state)
{
	struct sp_recorder *r = record_to(file), *second;
	struct sp_recording *reader;

	(void)state;
	add(r, 0, NULL);
	assert_int_equal(sp_recorder_open(&second, file, NULL, err,
					  sizeof(err)),
			 -EBUSY);
	assert_non_null(strstr(err, "another program records to it"));
	/* A reader is welcome, and sees what is new. */
	reader = read_from(file);
	expect(reader, 1);
	add(r, 1, NULL);
	sp_recording_rewind(reader, false);
	expect(reader, 3);
	sp_recording_close(reader);
	sp_recorder_close(r);
	r = record_to(file);
	sp_recorder_close(r);
}

/* A record that is being written is no damage; one left so is. */
static void half_written(void **state)
{
	struct sp_recording *r;
	struct sp_recorder *w = record_to(file);
	struct bytes b;
	int fd;

	(void)state;
	for (unsigned int i = 0; i < 2; i++)
		add(w, i, NULL);
	load(file, &b);
	fd = open(file, O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, b.data, 100), 100);
	close(fd);
	r = read_from(file);
	expect(r, 3);
	expect_damage(r, 0, 0, 0);
	sp_recorder_close(w);
	sp_recording_rewind(r, false);
	expect(r, 3);
	expect_damage(r, 1, 100, 1);
	sp_recording_close(r);
}

/* More than one piece that is read at once, and more than one schema. */
#define MANY 4000U

static void at_second(struct timespec *t, double s)
{
	t->tv_sec = SAMPLE_TIME + (time_t)s;
	t->tv_nsec = (long)((s - (double)(time_t)s) * 1e9);
}

static void seeks(void **state)
{
	struct sp_recorder *w = record_to(file);
	struct timespec t;
	const struct sp_frame *f;
	struct sp_recording *r;

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		add(w, 2 * i, NULL);
	sp_recorder_close(w);
	r = read_from(file);
	for (unsigned int i = 0; i < 2 * MANY; i += 37) {
		unsigned int want = (i + 1) / 2 * 2; /* of time .123 */

		at_second(&t, i);
		assert_int_equal(sp_recording_seek(r, &t), 0);
		assert_int_equal(sp_recording_next(r, &f), 0);
		sample_check(f, want, NULL);
		assert_int_equal(sp_recording_seek(r, &t), 0);
		if (!want) {
			assert_int_equal(sp_recording_prev(r, &f), -ENODATA);
			continue;
		}
		assert_int_equal(sp_recording_prev(r, &f), 0);
		sample_check(f, want - 2, NULL);
	}
	at_second(&t, -5);
	assert_int_equal(sp_recording_seek(r, &t), 0);
	assert_int_equal(sp_recording_next(r, &f), 0);
	assert_int_equal(sample_number(f), 0);
	at_second(&t, 2 * MANY);
	assert_int_equal(sp_recording_seek(r, &t), 0);
	assert_int_equal(sp_recording_next(r, &f), -ENODATA);
	assert_int_equal(sp_recording_prev(r, &f), 0);
	assert_int_equal(sample_number(f), 2 * MANY - 2);
	expect_damage(r, 0, 0, 0);
	sp_recording_close(r);
}

/* However long a file is: by halves, 64 KiB at a time. */
static void seeks_read_little(void **state)
{
	struct rec_window all = {INT64_MIN, INT64_MAX};
	struct sp_recorder *w = record_to(file);
	struct rec_damage damage = {0};
	struct rec_place p;
	struct rec_file f;

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		add(w, i, NULL);
	sp_recorder_close(w);
	for (unsigned int i = 0; i < MANY; i += 501) {
		int64_t t = (SAMPLE_TIME + (int64_t)i) * REC_NS_PER_S;

		assert_int_equal(rec_file_open(&f, file), 0);
		f.damage = &damage;
		f.window = &all;
		assert_int_equal(rec_file_seek(&f, t, &p), 1);
		assert_int_equal(p.head.time_ns, t + 123456789);
		assert_true(f.scan.size > 20UL * 65536);
		assert_true(f.scan.reads <= 16);
		rec_file_close(&f);
	}
}

/* What a window gives, as a sum of powers and a number. */
static unsigned int count_window(struct sp_recording *r, double begin,
				 double end, unsigned int *back)
{
	const struct sp_frame *f;
	struct timespec a, b;
	unsigned int n = 0;

	at_second(&a, begin);
	at_second(&b, end);
	assert_int_equal(sp_recording_window(r, &a, &b), 0);
	while (!sp_recording_next(r, &f)) {
		assert_true(f->time.tv_sec >= a.tv_sec);
		assert_true(f->time.tv_sec <= b.tv_sec);
		n++;
	}
	*back = 0;
	assert_int_equal(sp_recording_rewind(r, true), 0);
	while (!sp_recording_prev(r, &f))
		++*back;
	return n;
}

static void windows(void **state)
{
	struct sp_recorder *w = record_to(file);
	struct sp_recording *r;
	unsigned int back;

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		add(w, i, NULL);
	sp_recorder_close(w);
	r = read_from(file);
	assert_int_equal(count_window(r, 100, 200, &back), 100);
	assert_int_equal(back, 100);
	assert_int_equal(count_window(r, 3000, 3000.5, &back), 1);
	assert_int_equal(back, 1);
	assert_int_equal(count_window(r, -10, 10 * MANY, &back), MANY);
	assert_int_equal(back, MANY);
	assert_int_equal(count_window(r, MANY, 2 * MANY, &back), 0);
	assert_int_equal(back, 0);
	sp_recording_close(r);
}

/* 2000 seconds, an hour back, 2000 more; then one that was far ahead. */
static void clock_steps(void **state)
{
	struct sp_recorder *w = record_to(file);
	const unsigned int hour = 3600, n = 2000, far = 100000000;
	struct sp_recording *r;
	const struct sp_frame *f;
	struct timespec t;
	unsigned int back;

	(void)state;
	for (unsigned int i = 0; i < n; i++)
		add(w, hour + i, NULL);
	for (unsigned int i = 0; i < n; i++)
		add(w, i + 1000, NULL);
	add(w, far, NULL);
	for (unsigned int i = 0; i < n; i++)
		add(w, 2 * hour + i, NULL);
	sp_recorder_close(w);
	r = read_from(file);
	/* Only in the second piece; in the last one, past the one ahead. */
	assert_int_equal(count_window(r, 1000, 1099.5, &back), 100);
	assert_int_equal(back, 100);
	assert_int_equal(count_window(r, 2 * hour, 2 * hour + 9.5, &back), 10);
	assert_int_equal(back, 10);
	sp_recording_window(r, NULL, NULL);
	for (unsigned int i = 0; i < n; i += 111) {
		at_second(&t, 2 * hour + i);
		assert_int_equal(sp_recording_seek(r, &t), 0);
		assert_int_equal(sp_recording_next(r, &f), 0);
		assert_int_equal(sample_number(f), 2 * hour + i);
	}
	at_second(&t, 1500);
	assert_int_equal(sp_recording_seek(r, &t), 0);
	assert_int_equal(sp_recording_next(r, &f), 0);
	assert_int_equal(sample_number(f), 1500);
	at_second(&t, 3000);
	assert_int_equal(sp_recording_seek(r, &t), 0);
	assert_int_equal(sp_recording_next(r, &f), 0);
	assert_int_equal(sample_number(f), hour);
	sp_recording_close(r);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_teardown(f, clean)
	const struct CMUnitTest tests[] = {
		TEST(header_is_little_endian),
		TEST(comes_back),
		TEST(goes_both_ways),
		TEST(truncated_anywhere),
		TEST(flipped_anywhere),
		TEST(pieces_missing),
		TEST(garbage_before_and_between),
		TEST(foreign_files_are_left),
		TEST(one_writer),
		TEST(half_written),
		TEST(seeks),
		TEST(seeks_read_little),
		TEST(windows),
		TEST(clock_steps),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
