// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups of tasks, by the group's number and by asking for the task:
 * tasks that move, groups that cannot be found out. Command lines that change.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include <sysperf/snapshot.h>

#include "../../daemon/collector/names.h"
#include "tree.h"

#define SERVICE "/a.slice/_b.service"
#define SHOWN "/a.slice/b.service"

static char *tree;
static struct names *names;

static int setup(void **state)
{
	(void)state;
	tree = tree_new();
	names = names_open(tree);
	names_want_cgroups(names, true);
	tree_write(tree, "sys/fs/cgroup" SERVICE "/cgroup.procs", "");
	tree_write(tree, "proc/7/cgroup",
		   "1:name=systemd:/x\n0::" SERVICE " (deleted)\n");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	names_close(names);
	tree_remove(tree);
	return 0;
}

static uint64_t number(const char *group)
{
	char path[512];
	struct stat st;

	snprintf(path, sizeof(path), "%s/sys/fs/cgroup%s", tree, group);
	assert_int_equal(stat(path, &st), 0);
	return st.st_ino;
}

static void by_number(void **state)
{
	uint64_t id = number(SERVICE);

	(void)state;
	/* The task is elsewhere by now: what is found is not that group. */
	tree_write(tree, "proc/8/cgroup", "0::/\n");
	assert_string_equal(names_cgroup(names, 8, 1, id), "");
	for (int i = 0; i < 40; i++)
		names_cgroup(names, 7, 1, id);
	assert_string_equal(names_cgroup(names, 7, 1, id), SHOWN);
	/* Found out once, it is so for every task. */
	assert_string_equal(names_cgroup(names, 9, 1, id), SHOWN);
	assert_string_equal(names_cgroup(names, 8, 1, number("")), "/");
}

static void by_task(void **state)
{
	int calls;

	(void)state;
	assert_string_equal(names_cgroup(names, 7, 1, SP_ABSENT), SHOWN);
	assert_string_equal(names_cgroup(names, 9, 1, SP_ABSENT), "");
	tree_write(tree, "proc/7/cgroup", "0::/a.slice\n");
	for (calls = 1; calls < 100; calls++)
		if (strcmp(names_cgroup(names, 7, 1, SP_ABSENT), SHOWN) != 0)
			break;
	assert_in_range(calls, 2, 64);
	assert_string_equal(names_cgroup(names, 7, 1, SP_ABSENT), "/a.slice");
	/* Another task of that number. */
	tree_write(tree, "proc/7/cgroup", "0::/\n");
	assert_string_equal(names_cgroup(names, 7, 2, SP_ABSENT), "/");
	tree_write(tree, "proc/7/cgroup", "3:cpu:/\n");
	names_drop(names, 7);
	assert_string_equal(names_cgroup(names, 7, 2, SP_ABSENT), "");
}

static void only_if_wanted(void **state)
{
	(void)state;
	names_want_cgroups(names, false);
	assert_string_equal(names_cgroup(names, 7, 1, SP_ABSENT), "");
	assert_string_equal(names_cgroup(names, 7, 1, number(SERVICE)), "");
}

/* As PostgreSQL's processes say what they do; nobody tells when. */
static void titles_change(void **state)
{
	const char comm[16] = "db";
	const char *told = NULL;

	(void)state;
	tree_write(tree, "proc/7/cmdline", "idle");
	assert_string_equal(names_command(names, 7, 1, comm, false, false),
			    "idle");
	tree_write(tree, "proc/7/cmdline", "SELECT");
	for (int i = 0; i < 100; i++)
		told = names_command(names, 7, 1, comm, false, false);
	assert_string_equal(told, "idle");
	for (int i = 0; i < 8; i++)
		told = names_command(names, 7, 1, comm, false, true);
	assert_string_equal(told, "SELECT");
	/* It ended: there is none to read. */
	tree_delete(tree, "proc/7");
	for (int i = 0; i < 100; i++)
		told = names_command(names, 7, 1, comm, true, true);
	assert_string_equal(told, "SELECT");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(titles_change),
		T(by_number),
		T(by_task),
		T(only_if_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
