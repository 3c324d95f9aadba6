// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recorders: directories of files, full disks, being killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../daemon/record/names.h"
#include "recorded.h"

#define DAY 86400U
#define MIDNIGHT (1700006400U - SAMPLE_TIME) /* the number of that sample */

/* The names in the directory, oldest first. */
static struct rec_names list(const struct recorded *d)
{
	struct rec_names names;
	int fd = open(d->dir, O_RDONLY | O_DIRECTORY);

	assert_int_equal(rec_names_list(fd, &names), 0);
	close(fd);
	return names;
}

static size_t nr_files(const struct recorded *d)
{
	struct rec_names names = list(d);
	size_t nr = names.nr;

	rec_names_free(&names);
	return nr;
}

static uint64_t size_of(const struct recorded *d, const char *name)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", d->dir, name);
	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

static void days_end_files(void **state)
{
	struct recorded *d = *state;
	struct sp_recorder *r = record_to(d, d->dir);
	struct sp_recording *in;
	struct rec_names names;

	for (unsigned int i = MIDNIGHT - 3; i < MIDNIGHT + 3; i++)
		add_sample(r, i, NULL);
	sp_recorder_close(r);
	/* The same day: it goes on with the last one. */
	r = record_to(d, d->dir);
	add_sample(r, MIDNIGHT + 3, NULL);
	add_sample(r, MIDNIGHT + DAY, NULL);
	sp_recorder_close(r);
	names = list(d);
	assert_int_equal(names.nr, 3);
	assert_string_equal(names.names[0], "sysperf-20231114-235957.spr");
	assert_string_equal(names.names[1], "sysperf-20231115-000000.spr");
	assert_string_equal(names.names[2], "sysperf-20231116-000000.spr");
	rec_names_free(&names);
	in = read_from(d, d->dir);
	for (unsigned int i = MIDNIGHT - 3; i < MIDNIGHT + 4; i++)
		assert_int_equal(expect_next(in), i);
	assert_int_equal(expect_next(in), MIDNIGHT + DAY);
	expect_end(in);
	sp_recording_close(in);
}

static void sizes_end_files(void **state)
{
	struct recorded *d = *state;
	const unsigned int n = 3000;
	struct sp_recorder *r = record_within(
		d, d->dir, (struct sp_recorder_config){.file_bytes = 50000});
	const struct sp_frame *f;
	struct sp_recording *in;
	struct rec_names names;
	struct timespec t;

	for (unsigned int i = 0; i < n; i++)
		add_sample(r, i, NULL);
	names = list(d);
	assert_true(names.nr > 3);
	for (size_t i = 0; i < names.nr; i++) {
		assert_true(size_of(d, names.names[i]) < 60000);
		assert_true(i + 1 == names.nr ||
			    size_of(d, names.names[i]) >= 50000);
	}
	rec_names_free(&names);
	sp_recorder_close(r);
	in = read_from(d, d->dir);
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(expect_next(in), i);
	expect_end(in);
	/* From the end, the one before that which was given last. */
	for (unsigned int i = n - 1; i--;) {
		assert_int_equal(sp_recording_prev(in, &f), 0);
		assert_int_equal(sample_number(f), i);
	}
	/* Across files, both ways. */
	for (unsigned int i = 1; i < n; i += 13) {
		t = (struct timespec){SAMPLE_TIME + i, 0};
		assert_int_equal(sp_recording_seek(in, &t), 0);
		assert_int_equal(sp_recording_prev(in, &f), 0);
		assert_int_equal(sample_number(f), i - 1);
		assert_int_equal(expect_next(in), i);
	}
	t = (struct timespec){SAMPLE_TIME + 700, 0};
	sp_recording_window(in, &t, &(struct timespec){SAMPLE_TIME + 2000, 0});
	for (unsigned int i = 700; i < 2000; i++)
		assert_int_equal(expect_next(in), i);
	expect_end(in);
	sp_recording_rewind(in, true);
	for (unsigned int i = 2000; i-- > 700;) {
		assert_int_equal(sp_recording_prev(in, &f), 0);
		assert_int_equal(sample_number(f), i);
	}
	assert_int_equal(sp_recording_prev(in, &f), -ENODATA);
	sp_recording_close(in);
}

/* Within one second, and after the clock was set back over midnight. */
static void names_taken(void **state)
{
	struct recorded *d = *state;
	struct sp_recorder *r = record_within(
		d, d->dir, (struct sp_recorder_config){.file_bytes = 1});
	struct sp_recording *in;
	struct rec_names names;

	for (unsigned int i = 0; i < 12; i++)
		add_sample(r, MIDNIGHT, NULL);
	add_sample(r, MIDNIGHT - 1, NULL);
	sp_recorder_close(r);
	names = list(d);
	assert_int_equal(names.nr, 13);
	assert_string_equal(names.names[0], "sysperf-20231114-235959.spr");
	assert_string_equal(names.names[1], "sysperf-20231115-000000.spr");
	assert_string_equal(names.names[2], "sysperf-20231115-000000-2.spr");
	assert_string_equal(names.names[12], "sysperf-20231115-000000-12.spr");
	rec_names_free(&names);
	in = read_from(d, d->dir);
	assert_int_equal(expect_next(in), MIDNIGHT - 1);
	for (unsigned int i = 0; i < 12; i++)
		assert_int_equal(expect_next(in), MIDNIGHT);
	expect_end(in);
	sp_recording_close(in);
}

static void store(const struct recorded *d, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", d->dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void prunes_by_size(void **state)
{
	struct recorded *d = *state;
	const uint64_t most = 200000;
	struct sp_recorder *r = record_within(
		d, d->dir, (struct sp_recorder_config){.total_bytes = most});
	struct sp_recording *in;
	unsigned int first;

	/* What is not ours is neither deleted nor counted. */
	store(d, "sysperf-notes.spr", "mine");
	store(d, "aaa.spr", "mine");
	for (unsigned int i = 0; i < 4000; i++) {
		struct rec_names names;
		uint64_t sum = 0;

		add_sample(r, i, NULL);
		if (i % 50)
			continue;
		names = list(d);
		for (size_t k = 0; k < names.nr; k++)
			sum += size_of(d, names.names[k]);
		rec_names_free(&names);
		assert_true(sum <= most + 8);
	}
	assert_true(sp_recorder_stats(r)->files_deleted > 0);
	sp_recorder_close(r);
	assert_int_equal(size_of(d, "sysperf-notes.spr"), 4);
	assert_int_equal(size_of(d, "aaa.spr"), 4);
	in = read_from(d, d->dir);
	first = expect_next(in);
	assert_in_range(first, 1, 3900);
	while (++first < 4000)
		assert_int_equal(expect_next(in), first);
	sp_recording_close(in);
}

static void prunes_by_age(void **state)
{
	struct recorded *d = *state;
	struct sp_recorder *r = record_within(
		d, d->dir, (struct sp_recorder_config){.age_s = 2ULL * DAY});
	struct rec_names names;

	for (unsigned int day = 0; day < 6; day++) {
		struct timespec t[2] = {{SAMPLE_TIME + day * DAY + 1, 0},
					{SAMPLE_TIME + day * DAY + 1, 0}};
		char path[128];

		for (unsigned int i = 0; i < 2; i++)
			add_sample(r, day * DAY + i, NULL);
		names = list(d);
		snprintf(path, sizeof(path), "%s/%s", d->dir,
			 names.names[names.nr - 1]);
		assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
		assert_int_equal(names.nr, day < 2 ? day + 1 : 3);
		rec_names_free(&names);
	}
	assert_int_equal(sp_recorder_stats(r)->files_deleted, 3);
	sp_recorder_close(r);
}

static void one_recorder_a_directory(void **state)
{
	struct recorded *d = *state;
	struct sp_recorder *r = record_to(d, d->dir);
	struct sp_recorder *second;

	add_sample(r, 0, NULL);
	assert_int_equal(sp_recorder_open(&second, d->dir, NULL, d->err,
					  sizeof(d->err)),
			 -EBUSY);
	assert_non_null(strstr(d->err, d->dir));
	sp_recorder_close(r);
}

/* Whatever lies there under the name of the last file: a new one is begun. */
static void begins_anyway(void **state)
{
	struct recorded *d = *state;
	struct sp_recorder *r;
	struct sp_recording *in;

	store(d, "sysperf-20231114-221319.spr", "no recording");
	r = record_to(d, d->dir);
	add_sample(r, 0, NULL);
	assert_int_equal(nr_files(d), 2);
	sp_recorder_close(r);
	in = read_from(d, d->dir);
	assert_int_equal(expect_next(in), 0);
	assert_int_equal(sp_recording_damage(in)->bytes, 12);
	sp_recording_close(in);
}

/* A reader of a directory that is recorded to. */
static void reads_along(void **state)
{
	struct recorded *d = *state;
	struct sp_recorder *r = record_within(
		d, d->dir, (struct sp_recorder_config){.file_bytes = 10000});
	struct sp_recording *in = NULL;

	for (unsigned int i = 0; i < 300; i++) {
		add_sample(r, i, NULL);
		if (!in)
			in = read_from(d, d->dir);
		assert_int_equal(expect_next(in), i);
		expect_end(in);
	}
	assert_true(nr_files(d) > 3);
	sp_recording_close(in);
	sp_recorder_close(r);
}

static int try_sample(struct sp_recorder *r, unsigned int i)
{
	struct sample s;

	sample_make(&s, i);
	return sp_recorder_add(r, &s.frame);
}

/* As a full disk, but without one: a limit of the file's size. */
static void full_disk(void **state)
{
	struct recorded *d = *state;
	struct sp_recorder *r = record_to(d, d->file);
	struct rlimit before, limit;
	struct sp_recording *in;
	unsigned int i, written = 0;
	struct stat st;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	for (limit.rlim_cur = 1; limit.rlim_cur < 30000; limit.rlim_cur += 97) {
		setrlimit(RLIMIT_FSIZE, &limit);
		for (i = 0; i < 3; i++) {
			int ret = try_sample(r, written);

			assert_true(!ret || ret == -EFBIG);
			written += !ret;
		}
	}
	setrlimit(RLIMIT_FSIZE, &before);
	assert_true(written > 5);
	assert_int_equal(sp_recorder_stats(r)->samples, written);
	assert_true(sp_recorder_stats(r)->not_written > 5);
	add_sample(r, written++, NULL);
	assert_int_equal(stat(d->file, &st), 0);
	assert_int_equal(st.st_size, sp_recorder_stats(r)->bytes);
	sp_recorder_close(r);
	in = read_from(d, d->file);
	for (i = 0; i < written; i++)
		assert_int_equal(expect_next(in), i);
	expect_end(in);
	sp_recording_close(in);
}

static void wait_for_growth(const struct recorded *d, off_t from, off_t by)
{
	struct stat st;

	do
		assert_int_equal(stat(d->file, &st), 0);
	while (st.st_size < from + by);
}

/* Power cuts, as far as a process can have them. */
static void killed_in_mid_write(void **state)
{
	struct recorded *d = *state;
	const unsigned int kills = 60;
	unsigned int next = 0;
	struct sp_recorder *r = record_to(d, d->file);
	struct sp_recording *in;

	sp_recorder_close(r);
	srand(1);
	for (unsigned int k = 0; k < kills; k++) {
		const struct sp_frame *f;
		struct stat st;
		pid_t pid;
		int ret;

		assert_int_equal(stat(d->file, &st), 0);
		pid = fork();
		if (!pid) {
			r = record_to(d, d->file);
			for (;; next++)
				try_sample(r, next);
		}
		wait_for_growth(d, st.st_size, 1 + rand() % 20000);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		/* What was there is; no frame is missing in between. */
		in = read_from(d, d->file);
		next = 0;
		while (!(ret = sp_recording_next(in, &f))) {
			assert_int_equal(sample_number(f), next);
			next++;
		}
		assert_int_equal(ret, -ENODATA);
		assert_true(sp_recording_damage(in)->places <= 1);
		sp_recording_close(in);
		/* The same with a tail as a power cut leaves it. */
		if (k % 3 == 0) {
			assert_int_equal(stat(d->file, &st), 0);
			assert_int_equal(
				truncate(d->file, st.st_size - rand() % 40), 0);
			next = 0;
			in = read_from(d, d->file);
			while (!sp_recording_next(in, &f))
				next++;
			sp_recording_close(in);
		}
	}
	r = record_to(d, d->file);
	add_sample(r, next, NULL);
	sp_recorder_close(r);
	in = read_from(d, d->file);
	for (unsigned int i = 0; i <= next; i++)
		assert_int_equal(expect_next(in), i);
	expect_end(in);
	sp_recording_close(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RECORDED(days_end_files), RECORDED(sizes_end_files),
		RECORDED(names_taken),	  RECORDED(prunes_by_size),
		RECORDED(prunes_by_age),  RECORDED(one_recorder_a_directory),
		RECORDED(begins_anyway),  RECORDED(reads_along),
		RECORDED(full_disk),	  RECORDED(killed_in_mid_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
