// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recorders: directories of files, full disks, being killed; and files of
 * other releases.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <zstd.h>

#include <sysperf/recording.h>
#include <sysperf/wire.h>

#include "../../daemon/record/names.h"
#include "../../daemon/record/writer.h"
#include "sample.h"
#include "scratch.h"

#define DAY 86400U
#define MIDNIGHT (1700006400U - SAMPLE_TIME) /* the number of that sample */

static char dir[SCRATCH_LEN], file[64], err[512];

static int make_dir(void **state)
{
	(void)state;
	if (scratch_make(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/file", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return scratch_remove(dir);
}

static struct sp_recorder *record(const char *path,
				  struct sp_recorder_config cfg)
{
	struct sp_recorder *r = NULL;

	cfg.sync = SP_SYNC_NEVER;
	if (sp_recorder_open(&r, path, &cfg, err, sizeof(err)))
		fail_msg("%s", err);
	return r;
}

static int add(struct sp_recorder *r, unsigned int i)
{
	struct sample s;

	sample_make(&s, i);
	return sp_recorder_add(r, &s.frame);
}

static struct sp_recording *read_from(const char *path)
{
	struct sp_recording *r = NULL;

	if (sp_recording_open(&r, path, err, sizeof(err)))
		fail_msg("%s", err);
	return r;
}

static unsigned int expect_next(struct sp_recording *r)
{
	const struct sp_frame *f;

	assert_int_equal(sp_recording_next(r, &f), 0);
	sample_check(f, sample_number(f), NULL);
	return sample_number(f);
}

static void expect_end(struct sp_recording *r)
{
	const struct sp_frame *f;

	assert_int_equal(sp_recording_next(r, &f), -ENODATA);
	assert_int_equal(sp_recording_damage(r)->places, 0);
	assert_int_equal(sp_recording_damage(r)->records, 0);
}

/* The names in the directory, oldest first. */
static struct rec_names list(void)
{
	struct rec_names names;
	int fd = open(dir, O_RDONLY | O_DIRECTORY);

	assert_int_equal(rec_names_list(fd, &names), 0);
	close(fd);
	return names;
}

static size_t nr_files(void)
{
	struct rec_names names = list();
	size_t nr = names.nr;

	rec_names_free(&names);
	return nr;
}

static uint64_t size_of(const char *name)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

static void days_end_files(void **state)
{
	struct sp_recorder *r = record(dir, (struct sp_recorder_config){0});
	struct sp_recording *in;
	struct rec_names names;

	(void)state;
	for (unsigned int i = MIDNIGHT - 3; i < MIDNIGHT + 3; i++)
		assert_int_equal(add(r, i), 0);
	sp_recorder_close(r);
	/* The same day: it goes on with the last one. */
	r = record(dir, (struct sp_recorder_config){0});
	assert_int_equal(add(r, MIDNIGHT + 3), 0);
	assert_int_equal(add(r, MIDNIGHT + DAY), 0);
	sp_recorder_close(r);
	names = list();
	assert_int_equal(names.nr, 3);
	assert_string_equal(names.names[0], "sysperf-20231114-235957.spr");
	assert_string_equal(names.names[1], "sysperf-20231115-000000.spr");
	assert_string_equal(names.names[2], "sysperf-20231116-000000.spr");
	rec_names_free(&names);
	in = read_from(dir);
	for (unsigned int i = MIDNIGHT - 3; i < MIDNIGHT + 4; i++)
		assert_int_equal(expect_next(in), i);
	assert_int_equal(expect_next(in), MIDNIGHT + DAY);
	expect_end(in);
	sp_recording_close(in);
}

static void sizes_end_files(void **state)
{
	const unsigned int n = 3000;
	struct sp_recorder *r =
		record(dir, (struct sp_recorder_config){.file_bytes = 50000});
	const struct sp_frame *f;
	struct sp_recording *in;
	struct rec_names names;
	struct timespec t;

	(void)state;
	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(add(r, i), 0);
	names = list();
	assert_true(names.nr > 3);
	for (size_t i = 0; i < names.nr; i++) {
		assert_true(size_of(names.names[i]) < 60000);
		assert_true(i + 1 == names.nr ||
			    size_of(names.names[i]) >= 50000);
	}
	rec_names_free(&names);
	sp_recorder_close(r);
	in = read_from(dir);
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
	struct sp_recorder *r =
		record(dir, (struct sp_recorder_config){.file_bytes = 1});
	struct sp_recording *in;
	struct rec_names names;

	(void)state;
	for (unsigned int i = 0; i < 12; i++)
		assert_int_equal(add(r, MIDNIGHT), 0);
	assert_int_equal(add(r, MIDNIGHT - 1), 0);
	sp_recorder_close(r);
	names = list();
	assert_int_equal(names.nr, 13);
	assert_string_equal(names.names[0], "sysperf-20231114-235959.spr");
	assert_string_equal(names.names[1], "sysperf-20231115-000000.spr");
	assert_string_equal(names.names[2], "sysperf-20231115-000000-2.spr");
	assert_string_equal(names.names[12], "sysperf-20231115-000000-12.spr");
	rec_names_free(&names);
	in = read_from(dir);
	assert_int_equal(expect_next(in), MIDNIGHT - 1);
	for (unsigned int i = 0; i < 12; i++)
		assert_int_equal(expect_next(in), MIDNIGHT);
	expect_end(in);
	sp_recording_close(in);
}

static void store(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void prunes_by_size(void **state)
{
	const uint64_t most = 200000;
	struct sp_recorder *r =
		record(dir, (struct sp_recorder_config){.total_bytes = most});
	struct sp_recording *in;
	unsigned int first;

	(void)state;
	/* What is not ours is neither deleted nor counted. */
	store("sysperf-notes.spr", "mine");
	store("aaa.spr", "mine");
	for (unsigned int i = 0; i < 4000; i++) {
		struct rec_names names;
		uint64_t sum = 0;

		assert_int_equal(add(r, i), 0);
		if (i % 50)
			continue;
		names = list();
		for (size_t k = 0; k < names.nr; k++)
			sum += size_of(names.names[k]);
		rec_names_free(&names);
		assert_true(sum <= most + 8);
	}
	assert_true(sp_recorder_stats(r)->files_deleted > 0);
	sp_recorder_close(r);
	assert_int_equal(size_of("sysperf-notes.spr"), 4);
	assert_int_equal(size_of("aaa.spr"), 4);
	in = read_from(dir);
	first = expect_next(in);
	assert_in_range(first, 1, 3900);
	while (++first < 4000)
		assert_int_equal(expect_next(in), first);
	sp_recording_close(in);
}

static void prunes_by_age(void **state)
{
	struct sp_recorder *r =
		record(dir, (struct sp_recorder_config){.age_s = 2ULL * DAY});
	struct rec_names names;

	(void)state;
	for (unsigned int day = 0; day < 6; day++) {
		struct timespec t[2] = {{SAMPLE_TIME + day * DAY + 1, 0},
					{SAMPLE_TIME + day * DAY + 1, 0}};
		char path[128];

		for (unsigned int i = 0; i < 2; i++)
			assert_int_equal(add(r, day * DAY + i), 0);
		names = list();
		snprintf(path, sizeof(path), "%s/%s", dir,
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
	struct sp_recorder *r = record(dir, (struct sp_recorder_config){0});
	struct sp_recorder *second;

	(void)state;
	assert_int_equal(add(r, 0), 0);
	assert_int_equal(sp_recorder_open(&second, dir, NULL, err, sizeof(err)),
			 -EBUSY);
	assert_non_null(strstr(err, dir));
	sp_recorder_close(r);
}

/* Whatever lies there under the name of the last file: a new one is begun. */
static void begins_anyway(void **state)
{
	struct sp_recorder *r;
	struct sp_recording *in;

	(void)state;
	store("sysperf-20231114-221319.spr", "no recording");
	r = record(dir, (struct sp_recorder_config){0});
	assert_int_equal(add(r, 0), 0);
	assert_int_equal(nr_files(), 2);
	sp_recorder_close(r);
	in = read_from(dir);
	assert_int_equal(expect_next(in), 0);
	assert_int_equal(sp_recording_damage(in)->bytes, 12);
	sp_recording_close(in);
}

/* A reader of a directory that is recorded to. */
static void reads_along(void **state)
{
	struct sp_recorder *r =
		record(dir, (struct sp_recorder_config){.file_bytes = 10000});
	struct sp_recording *in = NULL;

	(void)state;
	for (unsigned int i = 0; i < 300; i++) {
		assert_int_equal(add(r, i), 0);
		if (!in)
			in = read_from(dir);
		assert_int_equal(expect_next(in), i);
		expect_end(in);
	}
	assert_true(nr_files() > 3);
	sp_recording_close(in);
	sp_recorder_close(r);
}

/* As a full disk, but without one: a limit of the file's size. */
static void full_disk(void **state)
{
	struct sp_recorder *r = record(file, (struct sp_recorder_config){0});
	struct rlimit before, limit;
	struct sp_recording *in;
	unsigned int i, written = 0;
	struct stat st;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	for (limit.rlim_cur = 1; limit.rlim_cur < 30000; limit.rlim_cur += 97) {
		setrlimit(RLIMIT_FSIZE, &limit);
		for (i = 0; i < 3; i++) {
			int ret = add(r, written);

			assert_true(!ret || ret == -EFBIG);
			written += !ret;
		}
	}
	setrlimit(RLIMIT_FSIZE, &before);
	assert_true(written > 5);
	assert_int_equal(sp_recorder_stats(r)->samples, written);
	assert_true(sp_recorder_stats(r)->not_written > 5);
	assert_int_equal(add(r, written++), 0);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_size, sp_recorder_stats(r)->bytes);
	sp_recorder_close(r);
	in = read_from(file);
	for (i = 0; i < written; i++)
		assert_int_equal(expect_next(in), i);
	expect_end(in);
	sp_recording_close(in);
}

static void wait_for_growth(off_t from, off_t by)
{
	struct stat st;

	do
		assert_int_equal(stat(file, &st), 0);
	while (st.st_size < from + by);
}

/* Power cuts, as far as a process can have them. */
static void killed_in_mid_write(void **state)
{
	const unsigned int kills = 60;
	unsigned int next = 0;
	struct sp_recorder *r = record(file, (struct sp_recorder_config){0});
	struct sp_recording *in;

	(void)state;
	sp_recorder_close(r);
	srand(1);
	for (unsigned int k = 0; k < kills; k++) {
		const struct sp_frame *f;
		struct stat st;
		pid_t pid;
		int ret;

		assert_int_equal(stat(file, &st), 0);
		pid = fork();
		if (!pid) {
			r = record(file, (struct sp_recorder_config){0});
			for (;; next++)
				add(r, next);
		}
		wait_for_growth(st.st_size, 1 + rand() % 20000);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		/* What was there is; no frame is missing in between. */
		in = read_from(file);
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
			assert_int_equal(stat(file, &st), 0);
			assert_int_equal(
				truncate(file, st.st_size - rand() % 40), 0);
			next = 0;
			in = read_from(file);
			while (!sp_recording_next(in, &f))
				next++;
			sp_recording_close(in);
		}
	}
	r = record(file, (struct sp_recorder_config){0});
	assert_int_equal(add(r, next), 0);
	sp_recorder_close(r);
	in = read_from(file);
	for (unsigned int i = 0; i <= next; i++)
		assert_int_equal(expect_next(in), i);
	expect_end(in);
	sp_recording_close(in);
}

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

static void newer_open(struct newer *n)
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
	assert_int_equal(rec_writer_open(&n->w, AT_FDCWD, file, false, &cut),
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
	struct sp_recording *in;
	struct sp_recorder *r;
	struct newer n;

	(void)state;
	newer_open(&n);
	newer_schema(&n);
	for (unsigned int i = 0; i < 5; i++)
		newer_frame(&n, i);
	newer_close(&n);
	/* We go on where it ended. */
	r = record(file, (struct sp_recorder_config){0});
	assert_string_equal(err, "");
	for (unsigned int i = 5; i < 10; i++)
		assert_int_equal(add(r, i), 0);
	sp_recorder_close(r);
	in = read_from(file);
	for (unsigned int i = 0; i < 10; i++)
		assert_int_equal(expect_next(in), i);
	expect_end(in);
	sp_recording_close(in);
}

/* Its first schema is damaged: one that comes later will do. */
static void schema_from_elsewhere(void **state)
{
	struct sp_recording *in;
	const struct sp_frame *f;
	struct newer n;
	int fd;

	(void)state;
	newer_open(&n);
	newer_schema(&n);
	newer_frame(&n, 0);
	newer_frame(&n, 1);
	newer_schema(&n);
	newer_frame(&n, 2);
	newer_close(&n);
	fd = open(file, O_RDWR);
	assert_int_equal(pwrite(fd, "?", 1, REC_HEAD + 9), 1);
	in = read_from(file);
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(expect_next(in), i);
	assert_int_equal(sp_recording_damage(in)->places, 1);
	assert_int_equal(sp_recording_damage(in)->records, 1);
	sp_recording_close(in);
	/* And without any, the samples are lost, which is said. */
	assert_int_equal(ftruncate(fd, 0), 0);
	close(fd);
	newer_open(&n);
	for (unsigned int i = 0; i < 3; i++)
		newer_frame(&n, i);
	newer_close(&n);
	in = read_from(file);
	assert_int_equal(sp_recording_next(in, &f), -ENODATA);
	assert_int_equal(sp_recording_damage(in)->records, 3);
	sp_recording_close(in);
}

/* Made by release 0.1; never to be made anew. */
#define STORED "tests/unit/data/recording-1.spr"

static void stored_by_releases(void **state)
{
	struct sp_recording *in = read_from(STORED);
	const struct sp_frame *f;

	(void)state;
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
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)
	const struct CMUnitTest tests[] = {
		TEST(days_end_files),
		TEST(sizes_end_files),
		TEST(names_taken),
		TEST(prunes_by_size),
		TEST(prunes_by_age),
		TEST(one_recorder_a_directory),
		TEST(begins_anyway),
		TEST(reads_along),
		TEST(full_disk),
		TEST(killed_in_mid_write),
		TEST(newer_release),
		TEST(schema_from_elsewhere),
		cmocka_unit_test(stored_by_releases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
