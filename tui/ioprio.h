/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/O priorities, as ionice(1) has them: the C library does not.
 */
#ifndef SYSPERF_TUI_IOPRIO_H
#define SYSPERF_TUI_IOPRIO_H

#include <stddef.h>
#include <sys/types.h>

/**
 * ioprio_text() - a task's I/O priority in words
 *
 * Return: bytes of the text, negative if it cannot be read.
 */
int ioprio_text(pid_t tid, char *buf, size_t len);

/**
 * ioprio_parse() - "idle", "best-effort 0" to 7, "realtime 0" to 7, "none"
 *
 * A beginning of the word is enough, and a bare number is best effort.
 *
 * Return: the value for ioprio_change(), negative if it is none.
 */
int ioprio_parse(const char *s);

/**
 * ioprio_change() - set it
 *
 * Return: 0 or errno.
 */
int ioprio_change(pid_t tid, int value);

#endif /* SYSPERF_TUI_IOPRIO_H */
