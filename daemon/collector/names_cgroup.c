// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control groups of tasks (names_cgroup.h): owns what was found out, by the
 * group's number where the module tells it, else by task.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uthash.h>

#include "cgroup_parse.h"
#include "file.h"
#include "names_cgroup.h"

/* Groups come and go; from so many on, begin anew. */
#define GROUPS_MOST 8192
/* How often a task is asked about for one time that /proc is. */
#define ASK_AGAIN 32
#define RAW_PATH 4096

struct cgroup_name {
	uint64_t id;
	uint32_t calls;
	char *path; /* "": not found out yet */
	UT_hash_handle hh;
};

struct cgroup_of {
	uint32_t tid;
	uint32_t calls;
	uint64_t start;
	char *path;
	UT_hash_handle hh;
};

/* The path as the kernel has it, into raw; as it is shown, into path. */
static bool read_path(const char *root, uint32_t tid, char *raw, char *path,
		      size_t size)
{
	char file[512], buf[RAW_PATH + 512];
	const char *name, *slash;
	ssize_t n;

	snprintf(file, sizeof(file), "%s/proc/%u/cgroup", root, tid);
	n = sp_read_small(AT_FDCWD, file, buf, sizeof(buf));
	if (n <= 0 ||
	    !sp_parse_task_cgroup(sp_text_of(buf, (size_t)n), raw, RAW_PATH))
		return false;
	snprintf(path, size, "/");
	for (name = raw + 1; *name; name = *slash ? slash + 1 : slash) {
		char part[256], parent[256];

		slash = strchrnul(name, '/');
		snprintf(part, sizeof(part), "%.*s", (int)(slash - name), name);
		snprintf(parent, sizeof(parent), "%s", path);
		sp_cgroup_path(path, size, parent, part);
	}
	return true;
}

/*
 * A task may have moved since the module saw it, so the directory must be the
 * one of that number.
 */
static bool has_id(const char *root, const char *raw, uint64_t id)
{
	static const char *const tops[] = {"", "/unified"};
	char dir[RAW_PATH + 512];
	struct stat st;

	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		snprintf(dir, sizeof(dir), "%s/sys/fs/cgroup%s%s", root,
			 tops[i], raw);
		if (!stat(dir, &st) && st.st_ino == id)
			return true;
	}
	return false;
}

static void forget_groups(struct cgroup_names *c)
{
	struct cgroup_name *g = c->groups;

	/* Frees the table; the elements stay linked. */
	HASH_CLEAR(hh, c->groups);
	while (g) {
		struct cgroup_name *next = g->hh.next;

		free(g->path);
		free(g);
		g = next;
	}
}

static struct cgroup_name *add_group(struct cgroup_names *c, uint64_t id)
{
	struct cgroup_name *g;

	if (HASH_COUNT(c->groups) >= GROUPS_MOST)
		forget_groups(c);
	g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->id = id;
	g->path = strdup("");
	if (!g->path) {
		free(g);
		return NULL;
	}
	HASH_ADD(hh, c->groups, id, sizeof(g->id), g);
	return g;
}

/* Keep a path; the old one stays for want of memory. */
static const char *set_path(char **at, const char *path)
{
	char *copy = strdup(path);

	if (copy) {
		free(*at);
		*at = copy;
	}
	return path;
}

const char *cgroup_names_of_id(struct cgroup_names *c, const char *root,
			       uint32_t tid, uint64_t id)
{
	struct cgroup_name *g;
	char raw[RAW_PATH];

	HASH_FIND(hh, c->groups, &id, sizeof(id), g);
	if (!g)
		g = add_group(c, id);
	if (!g)
		return "";
	if (*g->path || g->calls++ % ASK_AGAIN)
		return g->path;
	if (!read_path(root, tid, raw, c->path, sizeof(c->path)) ||
	    !has_id(root, raw, id))
		return "";
	return set_path(&g->path, c->path);
}

const char *cgroup_names_of_task(struct cgroup_names *c, const char *root,
				 uint32_t tid, uint64_t start)
{
	struct cgroup_of *t;
	char raw[RAW_PATH];
	bool again;

	HASH_FIND(hh, c->tasks, &tid, sizeof(tid), t);
	if (!t) {
		t = calloc(1, sizeof(*t));
		if (!t)
			return "";
		t->tid = tid;
		HASH_ADD(hh, c->tasks, tid, sizeof(t->tid), t);
	}
	/* Not all that were first seen together at the same time again. */
	again = t->calls++ % ASK_AGAIN == tid % ASK_AGAIN;
	if (t->path && t->start == start && !again)
		return t->path;
	t->start = start;
	if (!read_path(root, tid, raw, c->path, sizeof(c->path)))
		c->path[0] = '\0';
	if (t->path && !strcmp(t->path, c->path))
		return t->path;
	return set_path(&t->path, c->path);
}

void cgroup_names_drop(struct cgroup_names *c, uint32_t tid)
{
	struct cgroup_of *t;

	HASH_FIND(hh, c->tasks, &tid, sizeof(tid), t);
	if (!t)
		return;
	HASH_DEL(c->tasks, t);
	free(t->path);
	free(t);
}

void cgroup_names_close(struct cgroup_names *c)
{
	struct cgroup_of *t = c->tasks;

	forget_groups(c);
	HASH_CLEAR(hh, c->tasks);
	while (t) {
		struct cgroup_of *next = t->hh.next;

		free(t->path);
		free(t);
		t = next;
	}
}
