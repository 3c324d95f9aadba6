/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names that are looked up once and remembered: of users, the command lines
 * of processes, the control groups of tasks.
 */
#ifndef SYSPERF_NAMES_H
#define SYSPERF_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct names;

/**
 * names_open() - an empty memory
 * @root: "" or a directory whose proc/ is read instead; must outlive it
 *
 * Return: NULL for want of memory.
 */
struct names *names_open(const char *root);

/**
 * names_user() - the name of a user, its number where it has none
 * @known: set to false if that is not known so far; its number until then
 *
 * Return: a string owned by @n, valid until it is closed; "" for want of
 * memory.
 */
const char *names_user(struct names *n, uint32_t uid, bool *known);

#define NAMES_USERS 1U
#define NAMES_COMMANDS 2U

/* Whose command line. */
struct names_of {
	uint32_t id; /* of the process or thread */
	uint64_t start; /* since when it runs; another may have its id later */
	const char *comm; /* for want of one, and to notice an exec */
	bool kthread; /* or has ended: there is none to read */
	/*
	 * Since the last time. A task may write another command line over its
	 * own, or execute one by the same name: every few times it ran it is
	 * read again.
	 */
	bool ran;
};

/**
 * names_command() - the command line of a process
 * @n: the memory
 * @task: it
 * @known: set to false if it is not known so far; its name in brackets, or
 *	what is remembered, until then
 *
 * Return: a string owned by @n, valid until it is dropped or names_wait().
 */
const char *names_command(struct names *n, const struct names_of *task,
			  bool *known);

/**
 * names_hurry() - have the first names not be waited for any longer than later
 *	ones
 */
void names_hurry(struct names *n);

/**
 * names_wait() - wait for what is not known so far, if it comes soon
 *
 * Return: what is known now that was not: NAMES_USERS, NAMES_COMMANDS.
 */
unsigned int names_wait(struct names *n);

/**
 * names_want_cgroups() - whether names_cgroup() is to find any; not at first
 */
void names_want_cgroups(struct names *n, bool want);

/**
 * names_cgroup() - the control group of a task, of version 2
 * @n: the memory
 * @tid: of the task
 * @start: since when it runs
 * @id: of the group; its path is then looked up once for all tasks in it.
 *	SP_ABSENT if not known: the task's is looked up at its first call and
 *	at every 32nd or so, so that one that moved is noticed
 *
 * Return: a string owned by @n, valid until the next call or until the task is
 * dropped; "" if it is not known.
 */
const char *names_cgroup(struct names *n, uint32_t tid, uint64_t start,
			 uint64_t id);

/**
 * names_drop() - forget a process's command line and control group
 */
void names_drop(struct names *n, uint32_t id);

/**
 * names_close() - free everything
 */
void names_close(struct names *n);

#endif /* SYSPERF_NAMES_H */
