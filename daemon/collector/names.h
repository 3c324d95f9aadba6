/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names that are looked up once and remembered: of users, and the command
 * lines of processes.
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
 *
 * Return: a string owned by @n, valid until it is closed; "" for want of
 * memory.
 */
const char *names_user(struct names *n, uint32_t uid);

/**
 * names_command() - the command line of a process
 * @n: the memory
 * @id: of the process or thread
 * @start: since when it runs, to know it from a later one with that id
 * @comm: its name, for want of a command line and to notice an exec
 * @kthread: it is a kernel thread, which has none
 *
 * Return: a string owned by @n, valid until it is dropped or its command line
 * has changed.
 */
const char *names_command(struct names *n, uint32_t id, uint64_t start,
			  const char *comm, bool kthread);

/**
 * names_drop() - forget the command line of a process, if it was asked for
 */
void names_drop(struct names *n, uint32_t id);

/**
 * names_close() - free everything
 */
void names_close(struct names *n);

#endif /* SYSPERF_NAMES_H */
