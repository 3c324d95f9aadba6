// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups: their files, which of them are read, groups that come, go
 * and come again under the same name, and the rows made of them.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../daemon/collector/cgroup.h"
#include "pair.h"
#include "tree.h"

#define SEC 1000000000ULL
#define TOP "sys/fs/cgroup/"

struct fixture {
	char *tree;
	int root;
	struct sp_cgroups cg;
	struct pair p;
	size_t removed;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->tree = tree_new();
	f->root = sp_root_open(f->tree);
	pair_init(&f->p, 2);
	tree_write(f->tree, TOP "cgroup.controllers", "cpuset cpu io\n");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	sp_cgroups_close(&f->cg);
	close(f->root);
	tree_remove(f->tree);
	pair_free(&f->p);
	free(f);
	return 0;
}

static void put(struct fixture *f, const char *group, const char *file,
		const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), TOP "%s/%s", group, file);
	tree_write(f->tree, path, text);
}

/* A group with a task that used so much CPU time. */
static void group(struct fixture *f, const char *name, unsigned int usage)
{
	char stat[128];

	snprintf(stat, sizeof(stat), "usage_usec %u\nnr_throttled %u\n", usage,
		 usage / 10);
	put(f, name, "cpu.stat", stat);
	put(f, name, "cgroup.events", "populated 1\nfrozen 0\n");
}

static void read_now(struct fixture *f, bool scan)
{
	struct sp_snapshot *s = pair_next(&f->p);

	s->nr_cpus = 2;
	f->cg.read.due_ns = 0;
	if (scan)
		f->cg.scan.due_ns = 0;
	assert_int_equal(sp_cgroups_read(&f->cg, f->root, s), 0);
}

static const struct sp_raw_cgroup *find(const struct fixture *f,
					const char *path)
{
	for (size_t i = 0; i < f->p.cur.nr_cgroups; i++)
		if (!strcmp(f->p.cur.cgroups[i].path, path))
			return &f->p.cur.cgroups[i];
	return NULL;
}

static struct sp_text text(const char *s)
{
	return sp_text_of(s, strlen(s));
}

static void io_of_devices(void **state)
{
	const struct sp_stacked dm = {.majors = {253}, .nr = 1};
	struct sp_raw_cgroup g;

	(void)state;
	memset(&g, 0xff, sizeof(g));
	sp_parse_cgroup_io(text("8:0 rbytes=4096 wbytes=8192 rios=1 wios=2 "
				"dbytes=0 dios=0\n"
				"253:0 rbytes=4096 wbytes=8192 rios=1 wios=2\n"
				"259:3 rbytes=100 wbytes=1 rios=7 wios=9\n"
				"7:0 \n\n"),
			   &g, &dm);
	assert_int_equal(g.read_bytes, 4196);
	assert_int_equal(g.write_bytes, 8193);
	assert_int_equal(g.reads, 8);
	assert_int_equal(g.writes, 11);
	sp_parse_cgroup_io(text(""), &g, &dm);
	assert_int_equal(g.reads, 0);
}

static void keys_of_files(void **state)
{
	struct sp_raw_cgroup g;

	(void)state;
	memset(&g, 0xff, sizeof(g));
	sp_parse_cgroup_oom(text("low 1\noom 5\noom_kill 3\n"), &g);
	assert_int_equal(g.oom_kills, 3);
	sp_parse_cgroup_cpu(text("usage_usec 5\nnr_throttled 2\n"
				 "throttled_usec 9\nusage_usec"),
			    &g);
	assert_int_equal(g.usage_ns, 5000);
	assert_int_equal(g.throttled, 2);
	assert_int_equal(g.throttled_ns, 9000);
	assert_int_equal(sp_parse_cgroup_events(text("populated 0\n")), 0);
	assert_true(sp_parse_cgroup_events(text("frozen 0\n")) == SP_ABSENT);
}

static void paths(void **state)
{
	char path[16];

	(void)state;
	sp_cgroup_path(path, sizeof(path), "/", "a.slice");
	assert_string_equal(path, "/a.slice");
	sp_cgroup_path(path, sizeof(path), "/a.slice", "_b");
	assert_string_equal(path, "/a.slice/b");
	sp_cgroup_path(path, sizeof(path), "/a.slice/b", "__cpu.x");
	assert_string_equal(path, ".slice/b/_cpu.x");
	sp_cgroup_path(path, sizeof(path), "/x", "0123456789abcdefgh");
	assert_string_equal(path, "3456789abcdefgh");
}

static void what_is_there(void **state)
{
	struct fixture *f = *state;
	const struct sp_raw_cgroup *g;

	group(f, "a.slice", 50);
	group(f, "a.slice/b", 40);
	put(f, "a.slice/b", "memory.current", "1000\n");
	put(f, "a.slice/b", "memory.max", "4000\n");
	put(f, "a.slice/b", "memory.events", "oom_kill 1\n");
	put(f, "a.slice/b", "pids.current", "3\n");
	put(f, "a.slice/b", "io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4\n");
	put(f, "a.slice/b", "io.pressure", "some avg10=0 total=7\n");
	put(f, "a.slice", "memory.max", "max\n");
	put(f, "empty", "cgroup.events", "populated 0\n");
	read_now(f, false);
	assert_int_equal(f->p.cur.nr_cgroups, 2);
	assert_int_equal(f->p.cur.info.nr_lost, 0);
	assert_int_equal(f->p.cur.sys.cgroup_throttled, 0);
	g = find(f, "/a.slice");
	assert_int_equal(g->usage_ns, 50000);
	assert_true(g->memory_max_bytes == SP_ABSENT);
	assert_true(g->memory_bytes == SP_ABSENT);
	assert_true(g->reads == SP_ABSENT);
	g = find(f, "/a.slice/b");
	assert_int_equal(g->throttled, 4);
	assert_int_equal(g->memory_bytes, 1000);
	assert_int_equal(g->memory_max_bytes, 4000);
	assert_int_equal(g->oom_kills, 1);
	assert_int_equal(g->tasks, 3);
	assert_int_equal(g->writes, 4);
	assert_int_equal(g->psi_io_some_ns, 7000);
	assert_true(g->psi_cpu_some_ns == SP_ABSENT);
}

/* Who is below a group that stood still is not asked. */
static void only_what_moved_is_read(void **state)
{
	struct fixture *f = *state;

	group(f, "a", 50);
	group(f, "a/b", 40);
	group(f, "a/c", 1);
	put(f, "a/b", "memory.current", "1000\n");
	put(f, "a/c", "memory.current", "1000\n");
	read_now(f, false);
	group(f, "a/b", 45);
	put(f, "a/b", "memory.current", "2000\n");
	put(f, "a/c", "memory.current", "2000\n");
	read_now(f, false);
	assert_int_equal(find(f, "/a/b")->usage_ns, 40000);
	assert_int_equal(find(f, "/a/b")->memory_bytes, 1000);
	group(f, "a", 55);
	read_now(f, false);
	assert_int_equal(find(f, "/a/b")->usage_ns, 45000);
	assert_int_equal(find(f, "/a/b")->memory_bytes, 2000);
	/* That one did not run: now and then. */
	assert_int_equal(find(f, "/a/c")->memory_bytes, 1000);
	for (int i = 0; i < 5; i++)
		read_now(f, true);
	assert_int_equal(find(f, "/a/c")->memory_bytes, 2000);
}

static void groups_come_and_go(void **state)
{
	struct fixture *f = *state;

	group(f, "a", 50);
	group(f, "a/b", 40);
	group(f, "z", 1);
	read_now(f, false);
	assert_int_equal(f->p.cur.nr_cgroups, 3);
	group(f, "a/c", 3);
	read_now(f, false); /* before the next scan */
	assert_null(find(f, "/a/c"));
	read_now(f, true);
	assert_int_equal(find(f, "/a/c")->usage_ns, 3000);
	/* Whole branches, of which others lie behind. */
	group(f, "a/c/d", 2);
	read_now(f, true);
	assert_int_equal(f->p.cur.nr_cgroups, 5);
	tree_delete(f->tree, TOP "a");
	read_now(f, true);
	assert_int_equal(f->p.cur.nr_cgroups, 1);
	assert_non_null(find(f, "/z"));
	group(f, "a", 7);
	group(f, "z/a", 7);
	group(f, "z/a/b", 7);
	read_now(f, true);
	assert_int_equal(f->p.cur.nr_cgroups, 4);
	assert_non_null(find(f, "/z/a/b"));
	/* Out of use, and in use again. */
	put(f, "z/a/b", "cgroup.events", "populated 0\n");
	read_now(f, true);
	assert_null(find(f, "/z/a/b"));
	group(f, "z/a/b", 9);
	read_now(f, true);
	assert_int_equal(find(f, "/z/a/b")->usage_ns, 9000);
	tree_delete(f->tree, "sys");
	read_now(f, true);
	assert_int_equal(f->p.cur.nr_cgroups, 0);
}

/*
 * As kernfs leaves a directory that was removed: its files are gone, but to
 * who has it open it has its links as before.
 */
static void remove_as_kernfs(struct fixture *f, const char *name)
{
	char from[256], to[256];

	snprintf(from, sizeof(from), TOP "%s/cgroup.events", name);
	tree_delete(f->tree, from);
	snprintf(from, sizeof(from), "%s/" TOP "%s", f->tree, name);
	snprintf(to, sizeof(to), "%s/removed.%zu", f->tree, f->removed++);
	assert_int_equal(rename(from, to), 0);
}

static void empty_ones_go(void **state)
{
	struct fixture *f = *state;
	char name[32];
	size_t fds;

	group(f, "a", 1);
	read_now(f, false);
	fds = f->cg.fds;
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "a/empty.%d", i);
		put(f, name, "cgroup.events", "populated 0\n");
		read_now(f, true);
		remove_as_kernfs(f, name);
		read_now(f, true);
		read_now(f, false); /* which is due for a scan by itself */
		assert_int_equal(f->cg.nr, 2);
		assert_int_equal(f->cg.fds, fds);
	}
}

/* The number of links tells of neither. */
static void one_goes_another_comes(void **state)
{
	struct fixture *f = *state;

	group(f, "a", 9);
	group(f, "a/old", 7);
	read_now(f, false);
	remove_as_kernfs(f, "a/old");
	group(f, "a/new", 5);
	for (int i = 0; i < 3; i++)
		read_now(f, true);
	assert_null(find(f, "/a/old"));
	assert_non_null(find(f, "/a/new"));
	assert_int_equal(f->cg.nr, 3);
}

static void too_many_are_counted(void **state)
{
	struct fixture *f = *state;
	char name[32];

	for (int i = 0; i < 30; i++) {
		snprintf(name, sizeof(name), "g%d", i);
		group(f, name, 1);
	}
	f->cg.max_fds = 21; /* one for the top */
	read_now(f, false);
	assert_int_equal(f->p.cur.nr_cgroups, 20);
	assert_int_equal(f->p.cur.info.nr_lost, 1);
	assert_string_equal(f->p.cur.info.lost[0].name, "cgroups");
	assert_int_equal(f->p.cur.info.lost[0].count, 10);
	assert_true(f->cg.fds <= 21);
	f->cg.max_fds = 1000;
	read_now(f, true);
	assert_int_equal(f->p.cur.nr_cgroups, 30);
	assert_int_equal(f->p.cur.info.nr_lost, 0);
}

/* Readings are put off in proportion to what they cost. */
static void not_due_is_as_before(void **state)
{
	struct fixture *f = *state;
	uint64_t then;

	group(f, "a", 50);
	read_now(f, false);
	then = f->p.cur.cgroups_ns;
	group(f, "a", 60);
	f->cg.read.due_ns = UINT64_MAX;
	sp_snapshot_reset(&f->p.cur);
	assert_int_equal(sp_cgroups_read(&f->cg, f->root, &f->p.cur), 0);
	assert_int_equal(f->p.cur.cgroups_ns, then);
	assert_int_equal(find(f, "/a")->usage_ns, 50000);
}

static void version_1_or_none(void **state)
{
	struct fixture *f = *state;

	tree_delete(f->tree, TOP "cgroup.controllers");
	group(f, "cpu", 1);
	read_now(f, false);
	assert_int_equal(f->p.cur.nr_cgroups, 0);
	assert_true(f->p.cur.sys.cgroup_throttled == SP_ABSENT);
	/* Beside version 1: without controllers. */
	tree_write(f->tree, TOP "unified/cgroup.controllers", "\n");
	group(f, "unified/a", 5);
	read_now(f, true);
	assert_int_equal(find(f, "/a")->usage_ns, 5000);
	assert_true(f->p.cur.sys.cgroup_throttled == SP_ABSENT);
}

static struct sp_raw_cgroup *raw(struct sp_snapshot *s, uint64_t id,
				 const char *path, uint64_t now)
{
	struct sp_raw_cgroup *g = sp_snapshot_add_cgroup(s);

	snprintf(g->path, sizeof(g->path), "%s", path);
	g->id = id;
	g->now_ns = now;
	s->cgroups_ns = now;
	s->nr_cpus = 2;
	return g;
}

static void rows(void **state)
{
	struct fixture *f = *state;
	struct sp_raw_cgroup *p, *c;

	p = raw(&f->p.prev, 1, "/a/idle", SEC);
	p->usage_ns = 5;
	raw(&f->p.prev, 9, "/gone", SEC);
	p = raw(&f->p.prev, 2, "/a/busy", SEC);
	p->usage_ns = p->throttled = p->throttled_ns = 0;
	p->oom_kills = 4;
	p->writes = p->write_bytes = p->psi_io_some_ns = 0;
	p = raw(&f->p.prev, 3, "/again", SEC);
	p->usage_ns = 1000 * SEC;

	c = raw(&f->p.cur, 1, "/a/idle", 3 * SEC);
	c->usage_ns = 5;
	c->memory_bytes = 10;
	c = raw(&f->p.cur, 2, "/a/busy", 3 * SEC);
	c->usage_ns = 3 * SEC;
	c->throttled = 20;
	c->throttled_ns = SEC;
	c->oom_kills = 3; /* fell */
	c->writes = 6;
	c->write_bytes = 8192;
	c->psi_io_some_ns = SEC / 2;
	c->memory_bytes = 1;
	c->memory_max_bytes = 4;
	c->tasks = 2;
	c = raw(&f->p.cur, 4, "/again", 3 * SEC); /* another of that name */
	c->usage_ns = 2000 * SEC;
	assert_int_equal(cgroup_rows(&f->p.iv), 0);
	assert_int_equal(f->p.frame.nr_cgroups, 3);
	assert_string_equal(f->p.frame.cgroups[0].path, "/a/busy");
	assert_string_equal(f->p.frame.cgroups[0].name, "busy");
	near(f->p.frame.cgroups[0].cpu_pct, 150);
	near(f->p.frame.cgroups[0].throttled_per_s, 10);
	near(f->p.frame.cgroups[0].throttled_pct, 50);
	assert_true(isnan(f->p.frame.cgroups[0].oom_kills_per_s));
	near(f->p.frame.cgroups[0].writes_per_s, 3);
	near(f->p.frame.cgroups[0].write_bytes_per_s, 4096);
	near(f->p.frame.cgroups[0].psi_io_some_pct, 25);
	near(f->p.frame.cgroups[0].memory_pct, 25);
	near(f->p.frame.cgroups[0].tasks, 2);
	assert_string_equal(f->p.frame.cgroups[1].path, "/a/idle");
	near(f->p.frame.cgroups[1].cpu_pct, 0);
	assert_true(isnan(f->p.frame.cgroups[1].memory_pct));
	assert_string_equal(f->p.frame.cgroups[2].path, "/again");
	assert_true(isnan(f->p.frame.cgroups[2].cpu_pct));

	/* The reader was held up: no more than the machine has. */
	f->p.cur.cgroups[1].usage_ns = 50 * SEC;
	assert_int_equal(cgroup_rows(&f->p.iv), 0);
	near(f->p.frame.cgroups[0].cpu_pct, 200);
	/* Not read since: what was known stays. */
	f->p.prev.cgroups_ns = f->p.cur.cgroups_ns;
	f->p.prev.cgroups[2] = f->p.cur.cgroups[1];
	assert_int_equal(cgroup_rows(&f->p.iv), 0);
	near(f->p.frame.cgroups[0].cpu_pct, 200);
}

/* Quotas of groups count in the golden signal, with hot CPUs. */
static void throttling_is_golden(void **state)
{
	struct fixture *f = *state;

	raw(&f->p.prev, 1, "/a", SEC)->throttled = 10;
	raw(&f->p.cur, 1, "/a", 3 * SEC)->throttled = 30;
	raw(&f->p.prev, 2, "/b", SEC)->throttled = 0;
	raw(&f->p.cur, 2, "/b", 3 * SEC)->throttled = 2;
	f->p.cur.nr_cpus = f->p.prev.nr_cpus = 0;
	f->p.cur.sys.cgroup_throttled = f->p.prev.sys.cgroup_throttled = 0;
	assert_int_equal(cgroup_rows(&f->p.iv), 0);
	assert_int_equal(cpu_rows(&f->p.iv, &f->p.totals), 0);
	near(f->p.frame.golden.cpu_throttled_per_s, 11);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(io_of_devices),
		T(keys_of_files),
		T(paths),
		T(what_is_there),
		T(only_what_moved_is_read),
		T(groups_come_and_go),
		T(empty_ones_go),
		T(one_goes_another_comes),
		T(too_many_are_counted),
		T(not_due_is_as_before),
		T(version_1_or_none),
		T(rows),
		T(throttling_is_golden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
