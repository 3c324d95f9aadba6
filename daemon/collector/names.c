// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of users and command lines of processes. Both are looked up when
 * first seen only: 10,000 idle processes cost no system call a sample. Names
 * of control groups are names_cgroup.c's.
 */
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uthash.h>

#include <sysperf/snapshot.h>

#include "names.h"
#include "names_cgroup.h"

/* Times a task ran between two readings of its command line. */
#define READ_AGAIN 8
#define COMMAND_MAX sizeof(((struct sp_task *)0)->command)

struct user {
	uint32_t uid;
	char name[33];
	UT_hash_handle hh;
};

struct command {
	uint32_t id;
	uint64_t start;
	char comm[16];
	unsigned int runs;
	char *text;
	UT_hash_handle hh;
};

struct names {
	const char *root;
	struct user *users;
	struct command *commands;
	bool want_cgroups;
	struct cgroup_names cgroups;
};

struct names *names_open(const char *root)
{
	struct names *n = calloc(1, sizeof(*n));

	if (n)
		n->root = root;
	return n;
}

const char *names_user(struct names *n, uint32_t uid)
{
	struct user *u;
	const struct passwd *pw;

	HASH_FIND(hh, n->users, &uid, sizeof(uid), u);
	if (u)
		return u->name;
	u = calloc(1, sizeof(*u));
	if (!u)
		return "";
	u->uid = uid;
	pw = getpwuid(uid);
	if (pw)
		snprintf(u->name, sizeof(u->name), "%s", pw->pw_name);
	else
		snprintf(u->name, sizeof(u->name), "%u", uid);
	HASH_ADD(hh, n->users, uid, sizeof(u->uid), u);
	return u->name;
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

static void read_command(const struct names *n, struct command *c, bool kthread)
{
	char path[512], buf[COMMAND_MAX];
	ssize_t len = 0;
	int fd;

	if (!kthread) {
		snprintf(path, sizeof(path), "%s/proc/%u/cmdline", n->root,
			 c->id);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0) {
			len = read(fd, buf, sizeof(buf) - 1);
			close(fd);
		}
	}
	len = len > 0 ? (ssize_t)join_arguments(buf, (size_t)len) : 0;
	buf[len] = '\0';
	/* A kernel thread, a zombie, or one that is gone already. */
	if (!len)
		snprintf(buf, sizeof(buf), "[%s]", c->comm);
	free(c->text);
	c->text = strdup(buf);
}

const char *names_command(struct names *n, uint32_t id, uint64_t start,
			  const char *comm, bool kthread, bool ran)
{
	struct command *c;
	bool again;

	HASH_FIND(hh, n->commands, &id, sizeof(id), c);
	if (!c) {
		c = calloc(1, sizeof(*c));
		if (!c)
			return "";
		c->id = id;
		HASH_ADD(hh, n->commands, id, sizeof(c->id), c);
	}
	/* Not all that were first seen together at the same time. */
	again = ran && !kthread && ++c->runs % READ_AGAIN == id % READ_AGAIN;
	if (!c->text || c->start != start || again ||
	    strncmp(c->comm, comm, sizeof(c->comm)) != 0) {
		c->start = start;
		memcpy(c->comm, comm, sizeof(c->comm));
		read_command(n, c, kthread);
	}
	return c->text ? c->text : "";
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
