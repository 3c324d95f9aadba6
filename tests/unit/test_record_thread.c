// SPDX-License-Identifier: GPL-2.0-only
/*
 * The recorder in a thread of its own, before a disk that hangs, is full, or
 * does what it should: writes go through a gate of ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../daemon/record/thread.h"
#include "sample.h"
#include "scratch.h"

#define PATIENCE_MS 60000

static char dir[SCRATCH_LEN], file[64], err[512];

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool closed; /* writes wait */
	unsigned int passes; /* but so many */
	int error; /* writes fail with it */
	unsigned int waiting;
} gate = {.lock = PTHREAD_MUTEX_INITIALIZER,
	  .changed = PTHREAD_COND_INITIALIZER};

/* In place of the C library's. */
ssize_t pwritev(int fd, const struct iovec *iovec, int count, off_t offset)
{
	int error;

	pthread_mutex_lock(&gate.lock);
	gate.waiting++;
	pthread_cond_broadcast(&gate.changed);
	while (gate.closed && !gate.passes)
		pthread_cond_wait(&gate.changed, &gate.lock);
	gate.passes -= gate.passes > 0;
	gate.waiting--;
	error = gate.error;
	pthread_mutex_unlock(&gate.lock);
	if (!error)
		return syscall(SYS_pwritev, fd, iovec, (long)count,
			       (long)offset, 0L);
	errno = error;
	return -1;
}

static void set_gate(bool closed, int error)
{
	pthread_mutex_lock(&gate.lock);
	gate.closed = closed;
	gate.error = error;
	pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.lock);
}

/* Until the thread hangs in a write. */
static void await_writer(void)
{
	pthread_mutex_lock(&gate.lock);
	while (!gate.waiting)
		pthread_cond_wait(&gate.changed, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

/* One write; then it hangs in the next. */
static void let_one_through(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.passes = 1;
	pthread_cond_broadcast(&gate.changed);
	while (gate.passes || !gate.waiting)
		pthread_cond_wait(&gate.changed, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

static int make_dir(void **state)
{
	(void)state;
	set_gate(false, 0);
	if (scratch_make(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/file", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	set_gate(false, 0);
	return scratch_remove(dir);
}

static struct rec_thread *start(const char *path)
{
	struct sp_recorder_config cfg = {.sync = SP_SYNC_NEVER};
	struct rec_thread *t;

	assert_int_equal(rec_thread_start(&t, path, &cfg, NULL), 0);
	assert_int_equal(rec_thread_opened(t, PATIENCE_MS, err, sizeof(err)),
			 0);
	assert_string_equal(err, "");
	return t;
}

static void add(struct rec_thread *t, unsigned int i)
{
	struct sample s;

	sample_make(&s, i);
	rec_thread_add(t, &s.frame);
}

static struct rec_thread_state now(struct rec_thread *t)
{
	struct rec_thread_state s;

	rec_thread_state(t, &s);
	return s;
}

/* Until nothing waits to be written. */
static struct rec_thread_state settled(struct rec_thread *t)
{
	struct rec_thread_state s;

	do {
		usleep(1000);
		s = now(t);
	} while (s.queued);
	return s;
}

static void end(struct rec_thread *t)
{
	size_t left;

	assert_int_equal(rec_thread_end(t, PATIENCE_MS, &left), 0);
	assert_int_equal(left, 0);
}

/* The next of the recording is that one. */
static void expect(struct sp_recording *r, unsigned int i)
{
	const struct sp_frame *f;

	assert_int_equal(sp_recording_next(r, &f), 0);
	assert_int_equal(sample_number(f), i);
	sample_check(f, i, NULL);
}

static struct sp_recording *read_back(void)
{
	struct sp_recording *r;

	if (sp_recording_open(&r, dir, err, sizeof(err)) &&
	    sp_recording_open(&r, file, err, sizeof(err)))
		fail_msg("%s", err);
	return r;
}

static void expect_end(struct sp_recording *r)
{
	const struct sp_frame *f;

	assert_int_equal(sp_recording_next(r, &f), -ENODATA);
	assert_int_equal(sp_recording_damage(r)->places, 0);
	sp_recording_close(r);
}

static void all_is_written(void **state)
{
	struct rec_thread *t = start(file);
	struct sp_recording *r;
	struct stat st;

	(void)state;
	for (unsigned int i = 0; i < 300; i++) {
		add(t, i);
		if (i % 20 == 19)
			settled(t);
	}
	assert_int_equal(settled(t).stats.samples, 300);
	assert_int_equal(now(t).stats.not_written, 0);
	assert_int_equal(now(t).troubles, 0);
	assert_string_equal(now(t).path, file);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_size, now(t).stats.bytes);
	/* What is added at the very end is written, too. */
	for (unsigned int i = 300; i < 330; i++)
		add(t, i);
	end(t);
	r = read_back();
	for (unsigned int i = 0; i < 330; i++)
		expect(r, i);
	expect_end(r);
}

static void a_disk_that_hangs(void **state)
{
	const unsigned int kept = 1 + REC_THREAD_QUEUE, more = 5;
	struct rec_thread *t = start(file);
	struct rec_thread_state s;
	struct sp_recording *r;

	(void)state;
	set_gate(true, 0);
	add(t, 0);
	await_writer();
	for (unsigned int i = 1; i < kept; i++)
		add(t, i);
	s = now(t);
	assert_int_equal(s.queued, kept);
	assert_int_equal(s.troubles, 0);
	for (unsigned int i = kept; i < kept + more; i++)
		add(t, i);
	s = now(t);
	assert_int_equal(s.queued, kept);
	assert_int_equal(s.stats.not_written, more);
	assert_int_equal(s.troubles, 1);
	assert_int_equal(s.trouble, -ENOBUFS);
	set_gate(false, 0);
	s = settled(t);
	assert_int_equal(s.trouble, 0);
	assert_int_equal(s.troubles, 1);
	assert_int_equal(s.lost, more);
	assert_int_equal(s.stats.samples, kept);
	add(t, 200);
	end(t);
	r = read_back();
	for (unsigned int i = 0; i < kept; i++)
		expect(r, i);
	expect(r, 200);
	expect_end(r);
}

/* A disk that is a little too slow all the time is one trouble. */
static void troubles_are_not_many(void **state)
{
	struct rec_thread *t = start(file);

	(void)state;
	set_gate(true, 0);
	for (unsigned int i = 0; i < 2 + REC_THREAD_QUEUE; i++) {
		add(t, i);
		if (!i)
			await_writer();
	}
	for (unsigned int i = 0; i < 10; i++) {
		let_one_through();
		add(t, 100 + 2 * i);
		add(t, 101 + 2 * i);
		assert_int_equal(now(t).stats.not_written, i + 2);
	}
	assert_int_equal(now(t).troubles, 1);
	set_gate(false, 0);
	settled(t);
	set_gate(true, 0);
	add(t, 300);
	await_writer();
	for (unsigned int i = 1; i < 3 + REC_THREAD_QUEUE; i++)
		add(t, 300 + i);
	assert_int_equal(now(t).troubles, 2);
	assert_int_equal(now(t).lost, 2);
	set_gate(false, 0);
	end(t);
}

static void the_end_is_bounded(void **state)
{
	struct rec_thread *t = start(file);
	struct sp_recorder *again = NULL;
	struct sp_recording *r;
	size_t left;

	(void)state;
	set_gate(true, 0);
	add(t, 0);
	await_writer();
	add(t, 1);
	add(t, 2);
	assert_int_equal(rec_thread_end(t, 50, &left), -ETIMEDOUT);
	assert_int_equal(left, 3);
	/* It still has the file, and writes what it was given. */
	assert_int_equal(sp_recorder_open(&again, file, NULL, err, sizeof(err)),
			 -EBUSY);
	set_gate(false, 0);
	while (sp_recorder_open(&again, file, NULL, err, sizeof(err)) == -EBUSY)
		usleep(1000);
	assert_non_null(again);
	sp_recorder_close(again);
	r = read_back();
	for (unsigned int i = 0; i < 3; i++)
		expect(r, i);
	expect_end(r);
}

static void a_disk_that_is_full(void **state)
{
	struct rec_thread *t = start(file);
	struct rec_thread_state s;
	struct sp_recording *r;

	(void)state;
	add(t, 0);
	settled(t);
	set_gate(false, ENOSPC);
	for (unsigned int i = 1; i < 4; i++)
		add(t, i);
	s = settled(t);
	assert_int_equal(s.stats.samples, 1);
	assert_int_equal(s.stats.not_written, 3);
	assert_int_equal(s.trouble, -ENOSPC);
	assert_int_equal(s.troubles, 1);
	set_gate(false, 0);
	add(t, 4);
	s = settled(t);
	assert_int_equal(s.trouble, 0);
	assert_int_equal(s.troubles, 1);
	assert_int_equal(s.lost, 3);
	end(t);
	r = read_back();
	expect(r, 0);
	expect(r, 4);
	expect_end(r);
}

static void what_cannot_be_opened(void **state)
{
	struct sp_recorder_config cfg = {0};
	struct rec_thread *t;
	size_t left;

	(void)state;
	snprintf(file, sizeof(file), "%s/none/file", dir);
	assert_int_equal(rec_thread_start(&t, file, &cfg, NULL), 0);
	assert_int_equal(rec_thread_opened(t, PATIENCE_MS, err, sizeof(err)),
			 -ENOENT);
	assert_non_null(strstr(err, file));
	while (!now(t).ended)
		usleep(1000);
	add(t, 0);
	assert_int_equal(now(t).stats.not_written, 1);
	assert_int_equal(now(t).trouble, -ENOENT);
	assert_int_equal(rec_thread_end(t, PATIENCE_MS, &left), -ENOENT);
	assert_int_equal(left, 0);
}

static void other_limits(void **state)
{
	struct sp_recorder_config cfg = {.sync = SP_SYNC_NEVER,
					 .file_bytes = 1};
	struct rec_thread *t = start(dir);
	char before[512];

	(void)state;
	add(t, 0);
	settled(t);
	add(t, 1);
	memcpy(before, settled(t).path, sizeof(before));
	rec_thread_config(t, &cfg);
	add(t, 2);
	assert_string_not_equal(settled(t).path, before);
	end(t);
}

/* Few large ones are as many as many small ones. */
static void the_queue_is_bounded_in_bytes(void **state)
{
	const size_t nr = 100000;
	struct sp_task *tasks = malloc(nr * sizeof(*tasks));
	struct rec_thread *t = start(file);
	struct sample s;

	(void)state;
	sample_make(&s, 0);
	assert_non_null(tasks);
	for (size_t i = 0; i < nr; i++) {
		tasks[i] = s.tasks[i % SAMPLE_TASKS];
		tasks[i].pid = tasks[i].tid = (double)(i + 1);
	}
	s.frame.tasks = tasks;
	s.frame.nr_tasks = nr;
	set_gate(true, 0);
	rec_thread_add(t, &s.frame);
	await_writer();
	for (unsigned int i = 0; i < REC_THREAD_QUEUE / 2; i++)
		rec_thread_add(t, &s.frame);
	assert_int_equal(now(t).trouble, -ENOBUFS);
	/* One at least, however large. */
	assert_in_range(now(t).queued, 2, REC_THREAD_QUEUE / 2);
	set_gate(false, 0);
	settled(t);
	end(t);
	free(tasks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)
		TEST(all_is_written),
		TEST(a_disk_that_hangs),
		TEST(troubles_are_not_many),
		TEST(the_end_is_bounded),
		TEST(a_disk_that_is_full),
		TEST(what_cannot_be_opened),
		TEST(other_limits),
		TEST(the_queue_is_bounded_in_bytes),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
