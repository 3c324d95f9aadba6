// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows of tasks that ended: once each, with what they did before and after they
 * were last seen, whatever their number was used for besides.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/collector/task_exit.h"

#define S 1000000000ULL
#define MS 1000000ULL

/* The last refresh was at 100 s, this one is at 101 s. */
struct fixture {
	struct sp_exits x;
	struct sp_task_cache cache;
	struct sp_snapshot snap;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	sp_snapshot_init(&f->snap);
	sp_task_cache_begin(&f->cache);
	f->x.since_ns = 50 * S;
	f->x.last_ns = 100 * S;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	sp_exits_close(&f->x);
	sp_task_cache_free(&f->cache);
	sp_snapshot_free(&f->snap);
	free(f);
	return 0;
}

/* A process of one thread that did a little of everything. */
static struct sp_task_entry *alive(struct fixture *f, uint32_t pid,
				   uint64_t start_ns)
{
	struct sp_task_entry *e = sp_task_cache_get(&f->cache, pid);
	struct sp_raw_task *r = &e->row;

	memset(&r->start_ns, 0xff,
	       sizeof(*r) - offsetof(struct sp_raw_task, start_ns));
	e->known = e->has_sched = true;
	e->sched = (struct sp_task_sched){5 * MS, 7 * MS, 11};
	r->tid = r->pid = pid;
	r->ppid = 1;
	r->uid = 1000;
	r->threads = 1;
	r->start_ns = start_ns;
	memcpy(r->comm, "before", 7);
	/* it had a thread before we came */
	r->cpu_ns = r->state_ns[SYSPERF_RUNNING] = 20 * MS;
	r->state_ns[SYSPERF_RUNQ] = 30 * MS;
	r->switches = 40;
	r->minor_faults = 50;
	r->major_faults = 2;
	r->read_bytes = 8192;
	r->write_bytes = 512;
	return e;
}

static struct sp_task_end *ends(struct fixture *f, uint32_t tid, uint32_t pid,
				uint64_t elapsed_ns)
{
	struct sp_task_end *e;

	f->x.ends = realloc(f->x.ends, (f->x.nr + 1) * sizeof(*e));
	f->x.cap = f->x.nr + 1;
	e = &f->x.ends[f->x.nr++];
	*e = (struct sp_task_end){
		.tid = tid,
		.pid = pid,
		.ppid = 1,
		.uid = 7,
		.exit_code = 3 << 8,
		.comm = "after",
		.last = true,
		.elapsed_ns = elapsed_ns,
		.minor_faults = 60,
		.major_faults = 3,
		.read_bytes = 9216,
		.write_bytes = 0,
		.stats = {6 * MS, 9 * MS, 13, 4 * MS},
	};
	return e;
}

static void refresh(struct fixture *f)
{
	assert_int_equal(sp_exits_rows(&f->x, &f->cache, &f->snap, 101 * S, 0),
			 0);
	assert_int_equal(f->x.nr, 0);
}

static void came_and_went(void **state)
{
	struct fixture *f = *state;
	const struct sp_raw_task *r;

	ends(f, 20, 20, 300 * MS);
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 1);
	r = &f->snap.tasks[0];
	assert_int_equal(r->tid, 20);
	assert_int_equal(r->pid, 20);
	assert_int_equal(r->uid, 7);
	assert_int_equal(r->flags, SYSPERF_TASK_EXITED);
	assert_int_equal(r->exit_code, 3 << 8);
	assert_int_equal(r->state, 'X');
	assert_string_equal(r->comm, "after");
	assert_int_equal(r->start_ns, 101 * S - 300 * MS);
	assert_int_equal(r->cpu_ns, 6 * MS);
	assert_int_equal(r->state_ns[SYSPERF_RUNNING], 6 * MS);
	assert_int_equal(r->state_ns[SYSPERF_RUNQ], 9 * MS);
	assert_int_equal(r->switches, 13);
	assert_int_equal(r->minor_faults, 60);
	assert_int_equal(r->read_bytes, 9216);
	assert_true(r->rss_bytes == SP_ABSENT);
	/* no entry was made for it */
	assert_int_equal(f->cache.nr, 0);
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 1);
}

static void went_on_from_before(void **state)
{
	struct fixture *f = *state;
	const struct sp_raw_task *r;

	alive(f, 20, 10 * S);
	ends(f, 20, 20, 90 * S + 500 * MS);
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 1);
	r = &f->snap.tasks[0];
	assert_int_equal(r->start_ns, 10 * S);
	assert_int_equal(r->uid, 1000);
	assert_int_equal(r->cpu_ns, 21 * MS);
	assert_int_equal(r->state_ns[SYSPERF_RUNQ], 32 * MS);
	assert_int_equal(r->switches, 42);
	assert_int_equal(r->minor_faults, 60);
	assert_int_equal(r->read_bytes, 9216);
	/* cut to KiB, it would go back */
	assert_int_equal(r->write_bytes, 512);
	/* without delay accounting it was not measured before */
	assert_true(r->state_ns[SYSPERF_IOWAIT] == SP_ABSENT);
}

static void what_would_go_back_is_absent(void **state)
{
	struct fixture *f = *state;
	struct sp_task_end *end;

	alive(f, 20, 10 * S);
	end = ends(f, 20, 20, 90 * S + 500 * MS);
	end->minor_faults = 49;
	end->read_bytes = 7168;
	refresh(f);
	assert_true(f->snap.tasks[0].minor_faults == SP_ABSENT);
	assert_true(f->snap.tasks[0].read_bytes == SP_ABSENT);
	assert_int_equal(f->snap.tasks[0].major_faults, 3);
}

static void number_used_again(void **state)
{
	struct fixture *f = *state;

	alive(f, 20, 10 * S);
	ends(f, 20, 20, 90 * S + 100 * MS);
	ends(f, 20, 20, 200 * MS);
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 2);
	assert_int_equal(f->snap.tasks[0].start_ns, 10 * S);
	assert_int_equal(f->snap.tasks[1].start_ns, 101 * S - 200 * MS);
	assert_int_equal(f->snap.tasks[1].cpu_ns, 6 * MS);
}

static void old_number_of_another(void **state)
{
	struct fixture *f = *state;

	/* its end was lost */
	alive(f, 20, 10 * S);
	ends(f, 20, 20, 200 * MS);
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 1);
	assert_int_equal(f->snap.tasks[0].start_ns, 101 * S - 200 * MS);
	assert_int_equal(f->snap.tasks[0].cpu_ns, 6 * MS);
}

static void machine_slept(void **state)
{
	struct fixture *f = *state;

	/* 40 s of its 90 were suspended */
	alive(f, 20, 10 * S);
	ends(f, 20, 20, 50 * S + 500 * MS);
	assert_int_equal(
		sp_exits_rows(&f->x, &f->cache, &f->snap, 61 * S, 40 * S), 0);
	assert_int_equal(f->snap.tasks[0].start_ns, 10 * S);
}

static void zombie_is_told_once(void **state)
{
	struct fixture *f = *state;
	const struct sp_task_entry *e;

	alive(f, 20, 10 * S);
	ends(f, 20, 20, 90 * S + 500 * MS);
	refresh(f);
	/* read anew while it is there, without a past */
	e = sp_task_cache_find(&f->cache, 20);
	assert_non_null(e);
	assert_false(e->known);
	assert_int_equal(e->row.pid, 20);
}

static void threads_of_a_process(void **state)
{
	struct fixture *f = *state;
	struct sp_task_entry *e = alive(f, 20, 60 * S);
	const struct sp_raw_task *r;
	struct sp_task_end *end;

	e->has_sched = false;
	e->has_group = true;
	e->group = (struct sp_taskstats){15 * MS, 20 * MS, 30, 0};
	e->row.threads = 3;
	ends(f, 22, 20, 100 * MS)->last = false;
	end = ends(f, 20, 20, 40 * S);
	end->last = false;
	end->exit_code = 9;
	refresh(f);
	/* it goes on */
	assert_int_equal(f->snap.nr_tasks, 0);
	assert_true(sp_task_cache_find(&f->cache, 20)->known);

	end = ends(f, 21, 20, 40 * S);
	end->has_group = true;
	end->group = (struct sp_taskstats){19 * MS, 29 * MS, 41, 0};
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 1);
	r = &f->snap.tasks[0];
	assert_int_equal(r->tid, 20);
	assert_int_equal(r->exit_code, 9); /* the leader's */
	assert_int_equal(r->cpu_ns, 24 * MS);
	assert_int_equal(r->state_ns[SYSPERF_RUNQ], 39 * MS);
	assert_int_equal(r->switches, 51);
	assert_int_equal(r->minor_faults, 180);
	assert_int_equal(r->read_bytes, 3 * 9216);
}

/* One of several threads that ended, while their process goes on. */
static void thread_ended(struct fixture *f, uint32_t tid)
{
	ends(f, tid, 20, 100 * MS)->last = false;
}

/* The last one ended, with the sum over all there were. */
static void process_ended(struct fixture *f, uint32_t tid, uint64_t elapsed_ns)
{
	struct sp_task_end *end = ends(f, tid, 20, elapsed_ns);

	end->has_group = true;
	end->group = (struct sp_taskstats){900 * MS, 900 * MS, 900, 0};
}

/* They were summed when they ended; that must not come again. */
static void threads_ended_long_ago(void **state)
{
	struct fixture *f = *state;
	const struct sp_raw_task *r;

	alive(f, 20, 60 * S)->single = true;
	thread_ended(f, 21);
	thread_ended(f, 22);
	refresh(f);
	sp_task_cache_begin(&f->cache);
	process_ended(f, 20, 41 * S);
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 1);
	r = &f->snap.tasks[0];
	assert_int_equal(r->cpu_ns, 21 * MS);
	assert_int_equal(r->state_ns[SYSPERF_RUNNING], 21 * MS);
	assert_int_equal(r->state_ns[SYSPERF_RUNQ], 32 * MS);
	assert_int_equal(r->switches, 42);
	assert_int_equal(r->read_bytes, 9216); /* of one thread before, too */
	assert_int_equal(r->write_bytes, 512);
	assert_int_equal(r->minor_faults, 180); /* of all before, too */
}

/* It was alone when last seen, and when it ended, but not in between. */
static void thread_came_and_went(void **state)
{
	struct fixture *f = *state;
	const struct sp_raw_task *r;

	alive(f, 20, 60 * S)->single = true;
	thread_ended(f, 21);
	refresh(f);
	sp_task_cache_begin(&f->cache);
	thread_ended(f, 22);
	process_ended(f, 20, 41 * S);
	refresh(f);
	r = &f->snap.tasks[0];
	assert_int_equal(r->cpu_ns, 27 * MS);
	assert_int_equal(r->state_ns[SYSPERF_RUNQ], 41 * MS);
	assert_int_equal(r->switches, 55);
	assert_int_equal(r->read_bytes, 2 * 9216);
	assert_int_equal(r->minor_faults, 180);
}

/* They may be in what was read just before. */
static void ended_while_it_was_read(void **state)
{
	struct fixture *f = *state;

	alive(f, 20, 60 * S)->moved = f->cache.refresh;
	thread_ended(f, 21);
	process_ended(f, 20, 41 * S);
	refresh(f);
	assert_int_equal(f->snap.tasks[0].cpu_ns, 21 * MS);
	assert_int_equal(f->snap.tasks[0].switches, 42);
}

static void new_thread_ended_last(void **state)
{
	struct fixture *f = *state;
	const struct sp_raw_task *r;

	alive(f, 20, 60 * S)->single = true;
	thread_ended(f, 20);
	process_ended(f, 21, 41 * S);
	refresh(f);
	r = &f->snap.tasks[0];
	assert_int_equal(r->cpu_ns, 27 * MS);
	assert_int_equal(r->switches, 55);
	assert_int_equal(r->read_bytes, 2 * 9216);
}

static void threads_ended_before_us(void **state)
{
	struct fixture *f = *state;

	alive(f, 20, 10 * S)->single = true;
	process_ended(f, 20, 91 * S);
	refresh(f);
	assert_int_equal(f->snap.tasks[0].cpu_ns, 21 * MS);
	assert_int_equal(f->snap.tasks[0].switches, 42);
	assert_true(f->snap.tasks[0].minor_faults == SP_ABSENT);
	/* but that of its only thread does not miss theirs */
	assert_int_equal(f->snap.tasks[0].read_bytes, 9216);
}

static void some_of_several_ended_before_us(void **state)
{
	struct fixture *f = *state;
	struct sp_task_entry *e = alive(f, 20, 10 * S);

	e->row.threads = 2;
	e->has_sched = false;
	e->has_group = true;
	e->group = (struct sp_taskstats){890 * MS, 890 * MS, 890, 0};
	process_ended(f, 20, 91 * S);
	refresh(f);
	assert_int_equal(f->snap.tasks[0].cpu_ns, 30 * MS);
	assert_int_equal(f->snap.tasks[0].switches, 50);
	assert_true(f->snap.tasks[0].minor_faults == SP_ABSENT);
	assert_true(f->snap.tasks[0].write_bytes == SP_ABSENT);
}

/* They could not be asked for as a group: what each did before is not known. */
static void several_without_a_sum(void **state)
{
	struct fixture *f = *state;
	struct sp_task_entry *e = alive(f, 20, 10 * S);

	e->row.threads = 2;
	e->has_sched = false;
	process_ended(f, 20, 91 * S);
	refresh(f);
	/* ticks knew of all of it */
	assert_int_equal(f->snap.tasks[0].cpu_ns, 900 * MS);
	assert_int_equal(f->snap.tasks[0].state_ns[SYSPERF_RUNQ], 30 * MS);
	assert_int_equal(f->snap.tasks[0].switches, 40);
}

static void short_lived_with_threads(void **state)
{
	struct fixture *f = *state;
	struct sp_task_end *end;

	ends(f, 21, 20, 100 * MS)->last = false;
	end = ends(f, 20, 20, 110 * MS);
	end->has_group = true;
	end->group = (struct sp_taskstats){12 * MS, 18 * MS, 26, 0};
	/* told of after the last one, as they ended at the same time */
	ends(f, 22, 20, 100 * MS)->last = false;
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 1);
	assert_int_equal(f->snap.tasks[0].threads, 3);
	assert_int_equal(f->snap.tasks[0].minor_faults, 180);
	/* the kernel's sum missed one; ours did not */
	assert_int_equal(f->snap.tasks[0].cpu_ns, 18 * MS);
	assert_int_equal(f->snap.tasks[0].exit_code, 3 << 8);
}

static void thread_took_the_leaders_number(void **state)
{
	struct fixture *f = *state;
	struct sp_task_end *end;

	/* exec of another thread kills the leader; then it ends well */
	alive(f, 20, 60 * S);
	end = ends(f, 20, 20, 41 * S);
	end->last = false;
	end->exit_code = 9;
	end = ends(f, 20, 20, 41 * S);
	end->exit_code = 0;
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 1);
	assert_int_equal(f->snap.tasks[0].exit_code, 0);
	/* what was left of the one, and all that the other did */
	assert_int_equal(f->snap.tasks[0].switches, 55);
}

static void by_thread(void **state)
{
	struct fixture *f = *state;
	struct sp_task_end *end;

	f->x.threads = true;
	ends(f, 21, 20, 100 * MS)->last = false;
	end = ends(f, 20, 20, 110 * MS);
	end->has_group = true;
	end->group = (struct sp_taskstats){12 * MS, 18 * MS, 26, 0};
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 2);
	assert_int_equal(f->snap.tasks[0].tid, 21);
	assert_int_equal(f->snap.tasks[0].pid, 20);
	assert_int_equal(f->snap.tasks[1].tid, 20);
	assert_int_equal(f->snap.tasks[1].cpu_ns, 6 * MS);
}

/* Before 5.19 the process is not told. */
static struct sp_task_end *untold(struct fixture *f, uint32_t tid,
				  uint64_t elapsed_ns)
{
	struct sp_task_end *end = ends(f, tid, 0, elapsed_ns);

	end->last = false;
	return end;
}

static void owner_not_told(void **state)
{
	struct fixture *f = *state;
	struct sp_task_entry *e = alive(f, 30, 10 * S);
	struct sp_task_end *end;

	e->row.threads = 4;
	memcpy(e->row.comm, "after", 6);
	alive(f, 40, 10 * S);
	untold(f, 31, 100 * MS); /* a thread of 30, by parent and name */
	untold(f, 40, 91 * S); /* a process that is known */
	untold(f, 50, 100 * MS)->forked = true; /* a new process */
	untold(f, 60, 100 * MS)->ppid = 2; /* one of its own */
	untold(f, 70, 100 * MS)->forked = true; /* the leader of: */
	end = untold(f, 71, 90 * MS);
	end->pid = 70;
	end->has_group = end->last = true;
	end->group = end->stats;
	refresh(f);
	assert_int_equal(f->snap.nr_tasks, 4);
	assert_int_equal(f->snap.tasks[0].pid, 40);
	assert_int_equal(f->snap.tasks[1].pid, 50);
	assert_int_equal(f->snap.tasks[2].pid, 60);
	assert_int_equal(f->snap.tasks[3].pid, 70);
	assert_int_equal(sp_task_cache_find(&f->cache, 30)->dead.nr, 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(came_and_went),
		TEST(went_on_from_before),
		TEST(what_would_go_back_is_absent),
		TEST(number_used_again),
		TEST(old_number_of_another),
		TEST(machine_slept),
		TEST(zombie_is_told_once),
		TEST(threads_of_a_process),
		TEST(threads_ended_long_ago),
		TEST(thread_came_and_went),
		TEST(ended_while_it_was_read),
		TEST(new_thread_ended_last),
		TEST(threads_ended_before_us),
		TEST(some_of_several_ended_before_us),
		TEST(several_without_a_sum),
		TEST(short_lived_with_threads),
		TEST(thread_took_the_leaders_number),
		TEST(by_thread),
		TEST(owner_not_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
