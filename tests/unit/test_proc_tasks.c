// SPDX-License-Identifier: GPL-2.0-only
/*
 * The procfs source while tasks sleep, change, get and lose threads, end and
 * leave their number to others; and its memory of them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/source.h>

#include "../../daemon/collector/task_cache.h"
#include "../../daemon/collector/task_read.h"
#include "procfs.h"
#include "tree.h"

/* A task as it is now. */
struct made {
	uint32_t pid, tid; /* tid 0: the process */
	const char *comm;
	unsigned int threads, start, ticks, faults;
	uint64_t run, delay, count;
	uint64_t io;
};

static void make(const char *tree, const struct made *m)
{
	char dir[64], path[128], text[512];

	if (m->tid)
		snprintf(dir, sizeof(dir), "proc/%u/task/%u", m->pid, m->tid);
	else
		snprintf(dir, sizeof(dir), "proc/%u", m->pid);
	snprintf(path, sizeof(path), "%s/stat", dir);
	snprintf(text, sizeof(text),
		 "%u (%s) S 1 1 1 0 -1 0 %u 0 0 0 %u 0 0 0 20 0 %u 0 %u 1 9\n",
		 m->tid ? m->tid : m->pid, m->comm, m->faults, m->ticks,
		 m->threads, m->start);
	tree_write(tree, path, text);
	snprintf(path, sizeof(path), "%s/schedstat", dir);
	snprintf(text, sizeof(text), "%llu %llu %llu\n",
		 (unsigned long long)m->run, (unsigned long long)m->delay,
		 (unsigned long long)m->count);
	tree_write(tree, path, text);
	snprintf(path, sizeof(path), "%s/io", dir);
	snprintf(text, sizeof(text), "read_bytes: %llu\nwrite_bytes: 0\n",
		 (unsigned long long)m->io);
	tree_write(tree, path, text);
	/* Of a process of one thread, only the thread's own is read. */
	if (!m->tid && m->threads <= 1) {
		snprintf(path, sizeof(path), "%s/task/%u/io", dir, m->pid);
		tree_write(tree, path, text);
	}
}

static void sleeper_is_left_alone(void **state)
{
	struct made m = {5, 0, "old", 1, 9, 1, 0, 15000000, 7, 3, 100};
	char *tree = tree_new();
	struct sp_source *src;
	struct sp_snapshot s;
	int renamed = 0;

	(void)state;
	sp_snapshot_init(&s);
	make(tree, &m);
	src = procfs_open(tree, false);
	procfs_read(src, &s);
	assert_int_equal(procfs_find(&s, 5)->cpu_ns, 15000000);
	/* schedstat did not change: nothing else is believed to have. */
	m.comm = "new";
	m.io = 200;
	make(tree, &m);
	for (int i = 0; i < 10; i++) {
		uint64_t before = procfs_find(&s, 5)->now_ns;

		procfs_read(src, &s);
		assert_true(procfs_find(&s, 5)->now_ns >= before);
		assert_int_equal(procfs_find(&s, 5)->cpu_ns, 15000000);
		renamed += strcmp(procfs_find(&s, 5)->comm, "new") == 0;
	}
	/* But within ten refreshes it had its turn. */
	assert_true(renamed > 0);
	m.run = 16000000;
	m.io = 300;
	make(tree, &m);
	procfs_read(src, &s);
	assert_int_equal(procfs_find(&s, 5)->cpu_ns, 16000000);
	assert_int_equal(procfs_find(&s, 5)->read_bytes, 300);
	src->ops->close(src);
	sp_snapshot_free(&s);
	tree_remove(tree);
}

static void number_is_used_again(void **state)
{
	struct made m = {5, 0, "one", 1, 9, 100, 0, 1000000000, 50, 30, 900};
	char *tree = tree_new();
	struct sp_source *src;
	struct sp_snapshot s;

	(void)state;
	sp_snapshot_init(&s);
	make(tree, &m);
	src = procfs_open(tree, false);
	procfs_read(src, &s);
	m = (struct made){5, 0, "two", 1, 77, 0, 0, 2000, 1, 2, 3};
	make(tree, &m);
	procfs_read(src, &s);
	assert_int_equal(s.nr_tasks, 1);
	assert_string_equal(s.tasks[0].comm, "two");
	assert_int_equal(s.tasks[0].start_ns, 77 * PROCFS_TICK_NS);
	assert_int_equal(s.tasks[0].cpu_ns, 2000);
	assert_int_equal(s.tasks[0].state_ns[SYSPERF_RUNQ], 1);
	assert_int_equal(s.tasks[0].read_bytes, 3);
	tree_delete(tree, "proc/5");
	procfs_read(src, &s);
	assert_int_equal(s.nr_tasks, 0);
	src->ops->close(src);
	sp_snapshot_free(&s);
	tree_remove(tree);
}

/* Sums never go back, whatever threads come and go. */
static void threads_come_and_go(void **state)
{
	struct made p = {5, 0, "p", 1, 9, 100, 0, 1005000000, 100, 10, 1};
	struct made t = {5, 5, "p", 2, 9, 50, 0, 1105000000, 150, 15, 1};
	char *tree = tree_new();
	struct sp_source *src;
	struct sp_snapshot s;

	(void)state;
	sp_snapshot_init(&s);
	make(tree, &p);
	src = procfs_open(tree, false);
	procfs_read(src, &s);
	assert_int_equal(s.tasks[0].cpu_ns, 1005000000);
	/* A second thread: 100 ms by the leader, 200 ms by the new one. */
	p.threads = 2;
	p.ticks = 130;
	p.run = 1105000000;
	make(tree, &p);
	make(tree, &t);
	t = (struct made){5, 6, "q", 2, 20, 20, 0, 200000000, 40, 4, 1};
	make(tree, &t);
	procfs_read(src, &s);
	assert_int_equal(s.tasks[0].cpu_ns, 1305000000);
	assert_int_equal(s.tasks[0].state_ns[SYSPERF_RUNQ], 190);
	assert_int_equal(s.tasks[0].switches, 19);
	/* Nothing by ticks: the threads are not looked at. */
	t.delay = 1000;
	make(tree, &t);
	procfs_read(src, &s);
	assert_int_equal(s.tasks[0].state_ns[SYSPERF_RUNQ], 190);
	p.ticks = 140;
	make(tree, &p);
	procfs_read(src, &s);
	assert_int_equal(s.tasks[0].state_ns[SYSPERF_RUNQ], 1150);
	/* It ends. */
	tree_delete(tree, "proc/5/task/6");
	p.threads = 1;
	p.ticks = 141;
	p.delay = 160;
	p.count = 16;
	make(tree, &p);
	procfs_read(src, &s);
	assert_int_equal(s.tasks[0].state_ns[SYSPERF_RUNQ], 1160);
	assert_true(s.tasks[0].cpu_ns >= 1410000000);
	assert_true(s.tasks[0].cpu_ns <= 1430000000);
	src->ops->close(src);
	sp_snapshot_free(&s);
	tree_remove(tree);
}

/* Run delay and switches of process 5, after CPU time that ticks show. */
static void expect_waits(struct sp_source *src, struct sp_snapshot *s,
			 uint64_t delay_ns, uint64_t switches)
{
	procfs_read(src, s);
	assert_int_equal(s->tasks[0].state_ns[SYSPERF_RUNQ], delay_ns);
	assert_int_equal(s->tasks[0].switches, switches);
}

/* Process 5 with a leader that did little and a thread that waited a lot. */
static struct made start_of_two(const char *tree)
{
	struct made p = {5, 0, "p", 2, 9, 100, 0, 5000000, 100, 10, 1};
	struct made t = {5, 5, "p", 2, 9, 0, 0, 5000000, 100, 10, 1};

	make(tree, &p);
	make(tree, &t);
	t = (struct made){5, 6, "q", 2, 9, 100, 0, 995000000, 70000, 9000, 1};
	make(tree, &t);
	return p;
}

/* A source that has seen those two. */
struct two {
	char *tree;
	struct made p;
	struct sp_source *src;
	struct sp_snapshot s;
};

static void two_begin(struct two *f)
{
	f->tree = tree_new();
	f->p = start_of_two(f->tree);
	f->src = procfs_open(f->tree, false);
	sp_snapshot_init(&f->s);
	expect_waits(f->src, &f->s, 70100, 9010);
}

static void two_end(struct two *f)
{
	f->src->ops->close(f->src);
	sp_snapshot_free(&f->s);
	tree_remove(f->tree);
}

/* It ends all others, and goes on with the leader's number. */
static void thread_does_exec(void **state)
{
	struct two f;

	(void)state;
	two_begin(&f);
	f.p = (struct made){5, 0,	  "new", 1,    9, 101,
			    0, 997000000, 70007, 9003, 1};
	make(f.tree, &f.p);
	tree_delete(f.tree, "proc/5/task/6");
	expect_waits(f.src, &f.s, 70107, 9013);
	/* From here on it is that thread. */
	f.p.run += 1000000;
	f.p.delay += 5;
	f.p.count++;
	make(f.tree, &f.p);
	expect_waits(f.src, &f.s, 70112, 9014);
	two_end(&f);
}

/* Which may have new threads before it is looked at. */
static void thread_does_exec_and_has_threads(void **state)
{
	struct made t = {5, 5, "new", 2, 9, 101, 0, 997000000, 70007, 9003, 1};
	struct two f;

	(void)state;
	two_begin(&f);
	f.p.ticks = 101;
	make(f.tree, &f.p);
	make(f.tree, &t);
	tree_delete(f.tree, "proc/5/task/6");
	t = (struct made){5, 7, "new", 2, 30, 0, 0, 2000, 3, 1, 1};
	make(f.tree, &t);
	expect_waits(f.src, &f.s, 70110, 9014);
	two_end(&f);
}

/* Others' ends alone are no exec: what did less than before is no other. */
static void leader_goes_on_alone(void **state)
{
	struct two f;

	(void)state;
	two_begin(&f);
	f.p = (struct made){5, 0, "p", 1, 9, 101, 0, 9000000, 130, 12, 1};
	make(f.tree, &f.p);
	tree_delete(f.tree, "proc/5/task/6");
	expect_waits(f.src, &f.s, 70130, 9012);
	two_end(&f);
}

/* As if taskstats had told the sum until now, which has more than we saw. */
static void tell_group(struct sp_task_entry *e)
{
	e->has_group = true;
	e->group = (struct sp_taskstats){2000000000, 90000, 9900, 0};
	e->nr_threads = 0;
}

static void expect_sums(struct sp_task_reader *r, struct sp_task_entry *e,
			uint64_t delay_ns, uint64_t switches)
{
	r->refresh++;
	assert_int_equal(sp_task_read_process(r, e), 1);
	assert_int_equal(e->row.state_ns[SYSPERF_RUNQ], delay_ns);
	assert_int_equal(e->row.switches, switches);
}

/* What the threads did until then is in the sum. */
static void taskstats_falls_silent(void **state)
{
	static struct sp_task_reader r = {.tick_ns = PROCFS_TICK_NS,
					  .page_bytes = 4096};
	struct sp_task_entry e = {.tid = 5};
	char *tree = tree_new();
	struct made p = start_of_two(tree);
	struct made t = {5, 5, "p", 2, 9, 0, 0, 6000000, 120, 12, 1};
	char proc[128];

	(void)state;
	snprintf(proc, sizeof(proc), "%s/proc", tree);
	r.file.fd = open(proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	expect_sums(&r, &e, 70100, 9010);
	tell_group(&e);
	p.ticks = 102;
	make(tree, &p);
	expect_sums(&r, &e, 70100, 9010);
	/* From here on they are compared one by one. */
	p.ticks = 103;
	make(tree, &p);
	make(tree, &t);
	expect_sums(&r, &e, 70120, 9012);
	close(r.file.fd);
	sp_task_cache_forget(&e);
	tree_remove(tree);
}

static void many_threads_are_not_summed(void **state)
{
	struct made p = {5, 0, "p", 65, 9, 100, 0, 1005000000, 100, 10, 1};
	char *tree = tree_new();
	struct sp_source *src;
	struct sp_snapshot s;

	(void)state;
	sp_snapshot_init(&s);
	make(tree, &p);
	src = procfs_open(tree, false);
	procfs_read(src, &s);
	assert_int_equal(s.tasks[0].cpu_ns, 100 * PROCFS_TICK_NS);
	assert_true(s.tasks[0].state_ns[SYSPERF_RUNQ] == SP_ABSENT);
	assert_true(s.tasks[0].switches == SP_ABSENT);
	src->ops->close(src);
	/* Apart, they are all there. */
	for (uint32_t i = 0; i < 65; i++) {
		struct made t = p;

		t.tid = 5 + i;
		make(tree, &t);
	}
	src = procfs_open(tree, true);
	for (int i = 0; i < 12; i++) {
		procfs_read(src, &s);
		assert_int_equal(s.nr_tasks, 65);
	}
	src->ops->close(src);
	sp_snapshot_free(&s);
	tree_remove(tree);
}

static void cache_finds_and_drops(void **state)
{
	struct sp_task_cache c = {0};

	(void)state;
	for (uint32_t round = 0; round < 5; round++) {
		sp_task_cache_begin(&c);
		for (uint32_t i = 1; i <= 3000; i++) {
			uint32_t tid = i * 32768;
			struct sp_task_entry *e;

			if (i % 5 == round)
				continue;
			e = sp_task_cache_get(&c, tid);
			assert_int_equal(e->tid, tid);
			/* Last time it was left out, or it is known. */
			assert_int_equal(e->cpu_ticks,
					 round && i % 5 != round - 1 ? i : 0);
			e->cpu_ticks = i;
		}
		sp_task_cache_end(&c);
		assert_int_equal(c.nr, 2400);
	}
	sp_task_cache_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sleeper_is_left_alone),
		cmocka_unit_test(number_is_used_again),
		cmocka_unit_test(threads_come_and_go),
		cmocka_unit_test(thread_does_exec),
		cmocka_unit_test(thread_does_exec_and_has_threads),
		cmocka_unit_test(leader_goes_on_alone),
		cmocka_unit_test(taskstats_falls_silent),
		cmocka_unit_test(many_threads_are_not_summed),
		cmocka_unit_test(cache_finds_and_drops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
