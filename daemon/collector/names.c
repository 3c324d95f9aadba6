// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of users and command lines of processes. Both are looked up when
 * first seen only: 10,000 idle processes cost no system call a sample; and by
 * threads, as either may take for ever. Names of control groups are
 * names_cgroup.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uthash.h>

#include <sysperf/snapshot.h>

#include "lookup.h"
#include "names.h"
#include "names_cgroup.h"
#include "pace.h"

/* Times a task ran between two readings of its command line. */
#define READ_AGAIN 8
#define COMMAND_MAX sizeof(((struct sp_task *)0)->command)
/*
 * Users and command lines are waited for so long each: together half of the
 * shortest interval, which is no gap in anybody's data. At first, when all are
 * asked for, it is as long as they keep coming. To find the first user takes
 * reading libraries, from what may be a slow disk: it is the only answer for a
 * while.
 */
#define WAIT_MS 25
#define FIRST_WAIT_MS 5000
#define FIRST_PATIENCE_MS 500
/* Processes that hang with their memory locked, beyond which no command line
 * is read any more. One user is asked for at a time: such a server has many. */
#define COMMAND_THREADS 8
#define USER_THREADS 1
/* A user who was not found may be when the directory server is there again. */
#define FIND_AGAIN_NS (60 * 1000000000ULL)
#define USER_MAX (1U << 20) /* bytes of what is told of one */

struct user {
	uint32_t uid;
	bool asked; /* the answer has not come */
	bool known; /* or not to be found; until then its name is its number */
	uint64_t again_ns; /* when it is asked for again; 0: no more */
	char name[33];
	UT_hash_handle hh;
};

struct command {
	uint32_t id;
	uint64_t start;
	char comm[16];
	unsigned int runs;
	bool asked; /* the answer has not come */
	bool again; /* it was asked about what was there before an exec */
	bool known; /* @text is of what it executes now */
	char *text;
	UT_hash_handle hh;
};

struct names {
	const char *root;
	struct user *users;
	struct command *commands;
	struct lookup *find_user, *find_command;
	bool waited; /* no longer than WAIT_MS from now on */
	bool want_cgroups;
	struct cgroup_names cgroups;
};

static char *find_user(const char *root, uint32_t uid)
{
	struct passwd pw, *found = NULL;
	char *buf = NULL, *name = NULL;
	size_t size = 2048;
	int ret;

	(void)root;
	do {
		size *= 2;
		free(buf);
		buf = malloc(size);
		ret = buf ? getpwuid_r(uid, &pw, buf, size, &found) : ENOMEM;
	} while (ret == ERANGE && size < USER_MAX);
	if (!ret && found)
		name = strdup(pw.pw_name);
	free(buf);
	return name;
}

/* Arguments are separated by NUL, and may end in any number of them. */
static size_t join_arguments(char *buf, size_t len)
{
	while (len && !buf[len - 1])
		len--;
	for (size_t i = 0; i < len; i++)
		if (!buf[i])
			buf[i] = ' ';
	return len;
}

static char *find_command(const char *root, uint32_t id)
{
	char path[512], buf[COMMAND_MAX];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/proc/%u/cmdline", root, id);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	len = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (len > 0)
		len = (ssize_t)join_arguments(buf, (size_t)len);
	return len > 0 ? strndup(buf, (size_t)len) : NULL;
}

struct names *names_open(const char *root)
{
	struct names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->root = root;
	n->find_user = lookup_open(find_user, root, USER_THREADS);
	n->find_command = lookup_open(find_command, root, COMMAND_THREADS);
	if (n->find_user && n->find_command)
		return n;
	names_close(n);
	return NULL;
}

const char *names_user(struct names *n, uint32_t uid, bool *known)
{
	struct user *u;

	HASH_FIND(hh, n->users, &uid, sizeof(uid), u);
	if (!u) {
		u = calloc(1, sizeof(*u));
		if (!u)
			return "";
		u->uid = uid;
		u->again_ns = 1;
		snprintf(u->name, sizeof(u->name), "%u", uid);
		HASH_ADD(hh, n->users, uid, sizeof(u->uid), u);
	}
	if (u->again_ns && !u->asked && sp_mono_ns() >= u->again_ns)
		u->asked = !lookup_ask(n->find_user, uid, 0);
	*known &= u->known;
	return u->name;
}

/* The name in brackets: a kernel thread, a zombie, or one that is gone. */
static void call_by_name(struct command *c)
{
	char buf[sizeof(c->comm) + 3];

	snprintf(buf, sizeof(buf), "[%s]", c->comm);
	free(c->text);
	c->text = strdup(buf);
}

static void ask_for_command(struct names *n, struct command *c)
{
	if (!c->asked)
		c->asked = !lookup_ask(n->find_command, c->id, c->start);
}

const char *names_command(struct names *n, const struct names_of *task,
			  bool *known)
{
	struct command *c;
	bool reads = !task->kthread, other;

	HASH_FIND(hh, n->commands, &task->id, sizeof(task->id), c);
	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c)
			return "";
		c->id = task->id;
		HASH_ADD(hh, n->commands, id, sizeof(c->id), c);
	}
	other = !c->text || c->start != task->start ||
		strncmp(c->comm, task->comm, sizeof(c->comm)) != 0;
	if (other) {
		c->start = task->start;
		snprintf(c->comm, sizeof(c->comm), "%s", task->comm);
		c->known = !reads;
		c->again = c->asked;
		call_by_name(c);
	}
	/* Not all that were first seen together at the same time. */
	if (reads &&
	    (other || !c->known ||
	     (task->ran && ++c->runs % READ_AGAIN == c->id % READ_AGAIN)))
		ask_for_command(n, c);
	/* Who ended cannot be asked any more. */
	*known &= c->known || !reads;
	return c->text ? c->text : "";
}

/* Return: is it new? */
static bool take_user(struct names *n, struct lookup_item *answer)
{
	struct user *u;
	bool first;

	HASH_FIND(hh, n->users, &answer->id, sizeof(answer->id), u);
	if (!u)
		return false;
	first = !u->known;
	u->asked = false;
	u->known = true;
	u->again_ns = answer->text ? 0 : sp_mono_ns() + FIND_AGAIN_NS;
	if (answer->text)
		snprintf(u->name, sizeof(u->name), "%s", answer->text);
	return first || answer->text;
}

static void take_command(struct names *n, struct lookup_item *answer)
{
	struct command *c;

	HASH_FIND(hh, n->commands, &answer->id, sizeof(answer->id), c);
	if (!c || !c->asked)
		return;
	c->asked = false;
	if (c->again || c->start != answer->start) {
		c->again = false;
		ask_for_command(n, c);
		return;
	}
	c->known = true;
	if (answer->text) {
		free(c->text);
		c->text = answer->text;
		answer->text = NULL;
	} else {
		call_by_name(c);
	}
}

void names_hurry(struct names *n)
{
	n->waited = true;
}

unsigned int names_wait(struct names *n)
{
	struct lookup_item *users, *commands, *item;
	unsigned int come = 0;

	if (n->waited) {
		commands = lookup_wait(n->find_command, WAIT_MS, WAIT_MS);
		users = lookup_wait(n->find_user, WAIT_MS, WAIT_MS);
	} else {
		commands = lookup_wait(n->find_command, FIRST_WAIT_MS,
				       FIRST_PATIENCE_MS);
		users = lookup_wait(n->find_user, FIRST_WAIT_MS, FIRST_WAIT_MS);
	}
	n->waited |= users || commands;
	for (item = users; item; item = lookup_free(item))
		come |= take_user(n, item) ? NAMES_USERS : 0;
	for (item = commands; item; item = lookup_free(item)) {
		take_command(n, item);
		come |= NAMES_COMMANDS;
	}
	return come;
}

void names_want_cgroups(struct names *n, bool want)
{
	n->want_cgroups = want;
}

const char *names_cgroup(struct names *n, uint32_t tid, uint64_t start,
			 uint64_t id)
{
	if (!n->want_cgroups)
		return "";
	if (id != SP_ABSENT)
		return cgroup_names_of_id(&n->cgroups, n->root, tid, id);
	return cgroup_names_of_task(&n->cgroups, n->root, tid, start);
}

void names_drop(struct names *n, uint32_t id)
{
	struct command *c;

	cgroup_names_drop(&n->cgroups, id);
	HASH_FIND(hh, n->commands, &id, sizeof(id), c);
	if (!c)
		return;
	HASH_DEL(n->commands, c);
	free(c->text);
	free(c);
}

void names_close(struct names *n)
{
	struct command *c = n->commands;
	struct user *u = n->users;

	lookup_close(n->find_user);
	lookup_close(n->find_command);
	cgroup_names_close(&n->cgroups);
	/* Frees the tables; the elements stay linked. */
	HASH_CLEAR(hh, n->commands);
	HASH_CLEAR(hh, n->users);
	while (c) {
		struct command *next = c->hh.next;

		free(c->text);
		free(c);
		c = next;
	}
	while (u) {
		struct user *next = u->hh.next;

		free(u);
		u = next;
	}
	free(n);
}
