// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups of tasks, by the group's number and by asking for the task:
 * tasks that move, groups that cannot be found out. Command lines that change
 * or hang, and users.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static const char *command_of(uint32_t id, bool ended, bool ran)
{
	const struct names_of task = {id, 1, "db", ended, ran};
	bool known = true;

	names_command(names, &task, &known);
	names_wait(names);
	/* No second question. */
	return names_command(
		names, &(struct names_of){id, 1, "db", ended, false}, &known);
}

/* As PostgreSQL's processes say what they do; nobody tells when. */
static void titles_change(void **state)
{
	const char *told = NULL;

	(void)state;
	tree_write(tree, "proc/7/cmdline", "idle");
	assert_string_equal(command_of(7, false, false), "idle");
	tree_write(tree, "proc/7/cmdline", "SELECT");
	for (int i = 0; i < 100; i++)
		told = command_of(7, false, false);
	assert_string_equal(told, "idle");
	for (int i = 0; i < 8; i++)
		told = command_of(7, false, true);
	assert_string_equal(told, "SELECT");
	/* It ended: there is none to read. */
	tree_delete(tree, "proc/7");
	for (int i = 0; i < 100; i++)
		told = command_of(7, true, true);
	assert_string_equal(told, "SELECT");
}

/*
 * Nobody writes into these, as if a process hung with its memory locked. The
 * others' are read all the same, and that one's when it can be.
 */
static void one_hangs(void **state)
{
	char path[512];
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/proc/7/cmdline", tree);
	assert_int_equal(mkfifo(path, 0600), 0);
	tree_write(tree, "proc/8/cmdline", "eight");
	tree_write(tree, "proc/9/cmdline", "nine");
	assert_string_equal(command_of(7, false, false), "[db]");
	assert_string_equal(command_of(8, false, false), "eight");
	for (int i = 0; i < 20; i++)
		assert_string_equal(command_of(7, false, true), "[db]");
	assert_string_equal(command_of(9, false, false), "nine");
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "seven", 5), 5);
	for (int i = 0; i < 1000; i++) {
		if (!strcmp(command_of(7, false, false), "seven"))
			break;
		usleep(10000);
	}
	assert_string_equal(command_of(7, false, false), "seven");
	close(fd);
}

/* A process that is another by the time that its number's answer comes. */
static void another_by_then(void **state)
{
	struct names_of task = {7, 1, "old", false, true};
	bool known = true;

	(void)state;
	tree_write(tree, "proc/7/cmdline", "new -x");
	assert_string_equal(names_command(names, &task, &known), "[old]");
	assert_false(known);
	task.start = 2;
	task.comm = "new";
	known = true;
	assert_string_equal(names_command(names, &task, &known), "[new]");
	assert_false(known);
	task.ran = false;
	for (int i = 0; i < 100 && !known; i++) {
		names_wait(names);
		known = true;
		names_command(names, &task, &known);
	}
	assert_string_equal(names_command(names, &task, &known), "new -x");
}

static void users(void **state)
{
	bool known = true;

	(void)state;
	assert_string_equal(names_user(names, 0, &known), "0");
	names_user(names, 4000000000, &known);
	assert_false(known);
	names_wait(names);
	known = true;
	assert_string_equal(names_user(names, 0, &known), "root");
	assert_string_equal(names_user(names, 4000000000, &known),
			    "4000000000");
	assert_true(known);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(titles_change), T(one_hangs), T(another_by_then), T(users),
		T(by_number),	  T(by_task),	T(only_if_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
