// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recordings: finding a moment in them, windows of time, and clocks that were
 * set back while they were made.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../daemon/record/file.h"
#include "recorded.h"

/* More than one piece that is read at once, and more than one schema. */
#define MANY 4000U

static void at_second(struct timespec *t, double s)
{
	t->tv_sec = SAMPLE_TIME + (time_t)s;
	t->tv_nsec = (long)((s - (double)(time_t)s) * 1e9);
}

static void seeks(void **state)
{
	struct recorded *d = *state;
	struct sp_recorder *w = record_to(d, d->file);
	struct timespec t;
	const struct sp_frame *f;
	struct sp_recording *r;

	for (unsigned int i = 0; i < MANY; i++)
		add_sample(w, 2 * i, NULL);
	sp_recorder_close(w);
	r = read_from(d, d->file);
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
	struct recorded *d = *state;
	struct rec_window all = {INT64_MIN, INT64_MAX};
	struct sp_recorder *w = record_to(d, d->file);
	struct rec_damage damage = {0};
	struct rec_place p;
	struct rec_file f;

	for (unsigned int i = 0; i < MANY; i++)
		add_sample(w, i, NULL);
	sp_recorder_close(w);
	for (unsigned int i = 0; i < MANY; i += 501) {
		int64_t t = (SAMPLE_TIME + (int64_t)i) * REC_NS_PER_S;

		assert_int_equal(rec_file_open(&f, d->file), 0);
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
	struct recorded *d = *state;
	struct sp_recorder *w = record_to(d, d->file);
	struct sp_recording *r;
	unsigned int back;

	for (unsigned int i = 0; i < MANY; i++)
		add_sample(w, i, NULL);
	sp_recorder_close(w);
	r = read_from(d, d->file);
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
	struct recorded *d = *state;
	struct sp_recorder *w = record_to(d, d->file);
	const unsigned int hour = 3600, n = 2000, far = 100000000;
	struct sp_recording *r;
	const struct sp_frame *f;
	struct timespec t;
	unsigned int back;

	for (unsigned int i = 0; i < n; i++)
		add_sample(w, hour + i, NULL);
	for (unsigned int i = 0; i < n; i++)
		add_sample(w, i + 1000, NULL);
	add_sample(w, far, NULL);
	for (unsigned int i = 0; i < n; i++)
		add_sample(w, 2 * hour + i, NULL);
	sp_recorder_close(w);
	r = read_from(d, d->file);
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
	const struct CMUnitTest tests[] = {
		RECORDED(seeks),
		RECORDED(seeks_read_little),
		RECORDED(windows),
		RECORDED(clock_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
