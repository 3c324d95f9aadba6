// SPDX-License-Identifier: GPL-2.0-only
/*
 * The procfs source: canned tasks with hostile names and missing files, threads
 * summed and apart, and this machine's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/collector.h>
#include <sysperf/source.h>

#include "../../daemon/collector/task_dir.h"
#include "procfs.h"
#include "tree.h"

static void read_canned(const char *name, bool threads, struct sp_snapshot *s)
{
	struct sp_source *src;
	char path[512];

	tree_canned(path, sizeof(path), name);
	src = procfs_open(path, threads);
	sp_snapshot_init(s);
	procfs_read(src, s);
	src->ops->close(src);
}

static void processes_of_5_10(void **state)
{
	const struct sp_raw_task *t;
	struct sp_snapshot s;

	(void)state;
	read_canned("linux-5.10", false, &s);
	assert_string_equal(s.info.name, "procfs");
	assert_true(s.info.caps & 1U << SP_CAP_ANY);
	assert_false(s.tasks_are_threads);
	assert_int_equal(s.nr_tasks, 8);
	t = procfs_find(&s, 1);
	assert_string_equal(t->comm, "systemd");
	assert_int_equal(t->pid, 1);
	assert_int_equal(t->uid, getuid());
	assert_int_equal(t->threads, 1);
	assert_int_equal(t->cpu_ns, 5000000000);
	assert_int_equal(t->state_ns[SYSPERF_RUNNING], 5000000000);
	assert_int_equal(t->state_ns[SYSPERF_RUNQ], 200000000);
	assert_true(t->state_ns[SYSPERF_IOWAIT] == SP_ABSENT);
	assert_true(t->state_ns[SYSPERF_SLEEPING] == SP_ABSENT);
	assert_int_equal(t->switches, 3000);
	assert_int_equal(t->minor_faults, 100);
	assert_int_equal(t->major_faults, 2);
	assert_int_equal(t->rss_bytes,
			 500ULL * (uint64_t)sysconf(_SC_PAGESIZE));
	assert_int_equal(t->start_ns, 5 * PROCFS_TICK_NS);
	/* Its own, not also its children's as in proc/1/io. */
	assert_int_equal(t->read_bytes, 1);
	assert_int_equal(t->write_bytes, 2);
	assert_true(t->now_ns != SP_ABSENT && t->now_ns);
	t = procfs_find(&s, 2);
	assert_int_equal(t->flags, SYSPERF_TASK_KTHREAD);
	sp_snapshot_free(&s);
}

static void hostile_tasks_of_5_10(void **state)
{
	const struct sp_raw_task *t;
	struct sp_snapshot s;

	(void)state;
	read_canned("linux-5.10", false, &s);
	assert_string_equal(procfs_find(&s, 20)->comm, "kworker/u16:3-e");
	assert_int_equal(procfs_find(&s, 20)->nice, -20);
	assert_string_equal(procfs_find(&s, 300)->comm, "a) R 1 (b c");
	assert_string_equal(procfs_find(&s, 301)->comm, "two\nlines\t");
	t = procfs_find(&s, 302);
	assert_string_equal(t->comm, ")");
	assert_int_equal(t->nice, 19);
	assert_true(t->read_bytes == SP_ABSENT && t->write_bytes == SP_ABSENT);
	assert_null(procfs_find(&s, 303));
	assert_null(procfs_find(&s, 304));
	t = procfs_find(&s, 305);
	assert_int_equal(t->cpu_ns, 120 * PROCFS_TICK_NS);
	assert_true(t->state_ns[SYSPERF_RUNQ] == SP_ABSENT);
	assert_true(t->switches == SP_ABSENT);
	sp_snapshot_free(&s);
}

static void threads_summed_of_5_10(void **state)
{
	const struct sp_raw_task *t;
	struct sp_snapshot s;

	(void)state;
	read_canned("linux-5.10", false, &s);
	t = procfs_find(&s, 400);
	assert_int_equal(t->threads, 3);
	assert_int_equal(t->cpu, 2);
	assert_int_equal(t->cpu_ns, 500 * PROCFS_TICK_NS);
	assert_int_equal(t->state_ns[SYSPERF_RUNQ], 600);
	assert_int_equal(t->switches, 60);
	assert_int_equal(t->read_bytes, 9000);
	assert_null(procfs_find(&s, 401));
	sp_snapshot_free(&s);
}

static void threads_apart_of_5_10(void **state)
{
	const struct sp_raw_task *t;
	struct sp_snapshot s;

	(void)state;
	read_canned("linux-5.10", true, &s);
	assert_true(s.tasks_are_threads);
	t = procfs_find(&s, 400);
	assert_int_equal(t->cpu_ns, 1000000000);
	assert_int_equal(t->read_bytes, 1);
	t = procfs_find(&s, 401);
	assert_string_equal(t->comm, "GC Thread#0");
	assert_int_equal(t->pid, 400);
	assert_int_equal(t->threads, 3);
	assert_int_equal(t->cpu_ns, 3000000000);
	assert_int_equal(t->state_ns[SYSPERF_RUNQ], 200);
	assert_int_equal(t->switches, 20);
	assert_int_equal(procfs_find(&s, 7)->pid, 400);
	assert_int_equal(procfs_find(&s, 1)->pid, 1);
	sp_snapshot_free(&s);
}

static void io_wait_of_6_1(void **state)
{
	struct sp_snapshot s;

	(void)state;
	for (int threads = 0; threads < 2; threads++) {
		read_canned("linux-6.1", threads, &s);
		assert_int_equal(procfs_find(&s, 1)->state_ns[SYSPERF_IOWAIT],
				 25 * PROCFS_TICK_NS);
		sp_snapshot_free(&s);
	}
}

static void odd_tasks_of_7_2(void **state)
{
	const struct sp_raw_task *t;
	struct sp_snapshot s;

	(void)state;
	read_canned("linux-7.2", false, &s);
	/* 5 and 7 are cut short; 6 has a name that none has, and no harm. */
	assert_int_equal(s.nr_tasks, 2);
	assert_string_equal(procfs_find(&s, 6)->comm, "xxxxxxxxxxxxxxx");
	t = procfs_find(&s, 4194303);
	assert_string_equal(t->comm, "");
	assert_true(t->cpu_ns == SP_ABSENT - 1);
	assert_true(t->rss_bytes == SP_ABSENT - 1);
	assert_true(t->minor_faults == SP_ABSENT - 1);
	assert_int_equal(t->threads, UINT32_MAX);
	assert_int_equal(t->nice, INT32_MIN);
	sp_snapshot_free(&s);
}

static void no_proc(void **state)
{
	const struct sp_source_config cfg = {.root = "/nonexistent"};
	struct sp_source *src = NULL;
	char err[256] = "";

	(void)state;
	assert_int_equal(sp_source_procfs.open(&src, &cfg, err, sizeof(err)),
			 -ENOENT);
	assert_non_null(strstr(err, "/nonexistent/proc"));
}

static void this_machine(void **state)
{
	struct sp_snapshot s;

	(void)state;
	sp_snapshot_init(&s);
	for (int threads = 0; threads < 2; threads++) {
		struct sp_source *src = procfs_open("", threads);

		for (int i = 0; i < 25; i++) {
			const struct sp_raw_task *t;

			procfs_read(src, &s);
			t = procfs_find(&s, (uint32_t)getpid());
			assert_non_null(t);
			assert_int_equal(t->uid, geteuid());
			assert_int_equal(t->ppid, getppid());
		}
		src->ops->close(src);
	}
	sp_snapshot_free(&s);
}

/* How many descriptors of this process are of files of that one. */
static int open_files(pid_t pid)
{
	char prefix[32], link[64], path[256];
	int nr = 0;

	snprintf(prefix, sizeof(prefix), "/proc/%d/", (int)pid);
	for (int fd = 0; fd < 4096; fd++) {
		ssize_t n;

		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, path, sizeof(path) - 1);
		if (n <= 0)
			continue;
		path[n] = '\0';
		nr += !strncmp(path, prefix, strlen(prefix));
	}
	return nr;
}

static void burn_cpu(void)
{
	for (volatile unsigned int i = 0; i < 20000000; i++)
		;
}

/* It does something for each byte that comes. */
static pid_t start_child(int *to, int *from)
{
	int in[2], out[2];
	pid_t pid;
	char c;

	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(in[1]);
		close(out[0]);
		while (read(in[0], &c, 1) == 1) {
			burn_cpu();
			if (write(out[1], &c, 1) != 1)
				break;
		}
		_exit(0);
	}
	close(in[0]);
	close(out[1]);
	*to = in[1];
	*from = out[0];
	return pid;
}

/* /proc/loadavg has the number of all, whatever is hidden. */
static void hidden_tasks_are_missed(void **state)
{
	char *tree = tree_new();
	struct sp_source *src;
	struct sp_snapshot s;

	(void)state;
	tree_write(tree, "proc/5/stat",
		   "5 (a) S 1 1 1 0 -1 0 1 2 3 4 5 6 7 8 20 0 30 0 9 10 11\n");
	tree_write(tree, "proc/loadavg", "0.1 0.2 0.3 1/40 5\n");
	sp_snapshot_init(&s);
	src = procfs_open(tree, false);
	procfs_read(src, &s);
	assert_int_equal(s.nr_tasks, 1);
	assert_false(s.tasks_are_partial);
	tree_write(tree, "proc/loadavg", "0.1 0.2 0.3 1/400 5\n");
	procfs_read(src, &s);
	assert_true(s.tasks_are_partial);
	tree_delete(tree, "proc/loadavg");
	procfs_read(src, &s);
	assert_false(s.tasks_are_partial);
	src->ops->close(src);
	sp_snapshot_free(&s);
	tree_remove(tree);
}

/* What comes of it, by process and by thread, is made of what it gave. */
static void frames_of_this_machine(void **state)
{
	(void)state;
	for (int threads = 0; threads < 2; threads++) {
		const struct sp_collector_config cfg = {
			.source = SP_SOURCE_PROCFS, .threads = threads};
		const struct sp_frame *frame;
		struct sp_collector *c;
		char err[256];

		assert_int_equal(sp_collector_open(&c, &cfg, err, sizeof(err)),
				 0);
		for (int i = 0; i < 40; i++) {
			pid_t pid = fork();

			assert_true(pid >= 0);
			if (!pid)
				_exit(i);
			assert_int_equal(waitpid(pid, NULL, 0), pid);
			assert_int_equal(sp_collector_sample(c, &frame), 0);
			assert_true(!i || frame->nr_tasks > 0);
		}
		sp_collector_close(c);
	}
}

static void files_stay_open(void **state)
{
	struct sp_source *src = procfs_open("", false);
	struct sp_snapshot s;
	uint64_t cpu_ns = 0;
	int to, from;
	pid_t pid = start_child(&to, &from);
	char c = 'x';

	(void)state;
	sp_snapshot_init(&s);
	for (int i = 0; i < 4; i++) {
		const struct sp_raw_task *t;

		assert_int_equal(write(to, &c, 1), 1);
		assert_int_equal(read(from, &c, 1), 1);
		procfs_read(src, &s);
		t = procfs_find(&s, (uint32_t)pid);
		assert_non_null(t);
		assert_true(t->cpu_ns > cpu_ns);
		cpu_ns = t->cpu_ns;
	}
	/* schedstat, and as it was busy, stat and io */
	assert_int_equal(open_files(pid), 3);
	close(to);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	procfs_read(src, &s);
	assert_int_equal(open_files(pid), 0);
	procfs_read(src, &s);
	assert_null(procfs_find(&s, (uint32_t)pid));
	src->ops->close(src);
	sp_snapshot_free(&s);
	close(from);
}

static int compare(const void *a, const void *b)
{
	const struct sp_raw_task *l = a, *r = b;

	return (l->tid > r->tid) - (l->tid < r->tid);
}

/* Whoever comes is there at once, whoever goes is not, and nobody is twice. */
static void tasks_come_and_go(void **state)
{
	struct sp_source *src = procfs_open("", false);
	struct sp_snapshot s;
	pid_t before = 0;

	(void)state;
	sp_snapshot_init(&s);
	for (int i = 0; i < 25; i++) {
		int to, from;
		pid_t pid = start_child(&to, &from);

		procfs_read(src, &s);
		assert_non_null(procfs_find(&s, (uint32_t)pid));
		assert_non_null(procfs_find(&s, 1));
		qsort(s.tasks, s.nr_tasks, sizeof(s.tasks[0]), compare);
		for (size_t j = 1; j < s.nr_tasks; j++)
			if (!(s.tasks[j].flags & SYSPERF_TASK_EXITED))
				assert_int_not_equal(s.tasks[j - 1].tid,
						     s.tasks[j].tid);
		if (before)
			assert_true(!procfs_find(&s, (uint32_t)before) ||
				    procfs_find(&s, (uint32_t)before)->flags &
					    SYSPERF_TASK_EXITED);
		close(to);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		before = i % 3 ? 0 : pid;
		close(from);
		if (before) /* its end was told with this one */
			procfs_read(src, &s);
	}
	src->ops->close(src);
	sp_snapshot_free(&s);
}

/* A listing may begin at a number, if the kernel's positions allow it. */
static void listings_begin_anywhere(void **state)
{
	static struct sp_task_dir dir;
	int fd = open("/proc", O_RDONLY | O_DIRECTORY), to, from;
	pid_t pid = start_child(&to, &from);
	uint32_t number, last = 0;
	bool found = false;

	(void)state;
	assert_false(sp_task_dir_start_at(&dir, fd, 1));
	sp_task_dir_start(&dir, fd);
	while ((number = sp_task_dir_next(&dir)) != 0)
		found |= number == (uint32_t)pid;
	assert_true(found);
	assert_true(sp_task_dir_start_at(&dir, fd, (uint32_t)pid));
	assert_int_equal(sp_task_dir_next(&dir), pid);
	while ((number = sp_task_dir_next(&dir)) != 0) {
		assert_true(number > last);
		last = number;
	}
	assert_true(sp_task_dir_start_at(&dir, fd, 1));
	assert_int_equal(sp_task_dir_next(&dir), 1);
	close(fd);
	close(to);
	close(from);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes_of_5_10),
		cmocka_unit_test(hostile_tasks_of_5_10),
		cmocka_unit_test(threads_summed_of_5_10),
		cmocka_unit_test(threads_apart_of_5_10),
		cmocka_unit_test(io_wait_of_6_1),
		cmocka_unit_test(odd_tasks_of_7_2),
		cmocka_unit_test(no_proc),
		cmocka_unit_test(this_machine),
		cmocka_unit_test(files_stay_open),
		cmocka_unit_test(tasks_come_and_go),
		cmocka_unit_test(listings_begin_anywhere),
		cmocka_unit_test(hidden_tasks_are_missed),
		cmocka_unit_test(frames_of_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
