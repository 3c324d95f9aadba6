/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking over the terminal and giving it back, whatever ends the program, and
 * the signals that the live screen waits for.
 */
#ifndef SYSPERF_TUI_TERMINAL_H
#define SYSPERF_TUI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What woke terminal_wait(). */
enum {
	WAKE_KEY = 1 << 0, /* there is something to read */
	WAKE_TIME = 1 << 1, /* the deadline has passed */
	WAKE_SIZE = 1 << 2, /* the size may have changed */
	WAKE_END = 1 << 3, /* asked to end, or the terminal is gone */
	WAKE_FEED = 1 << 4, /* there may be a frame */
};

/**
 * terminal_check() - can a live screen be shown here?
 * @err: on failure, one sentence
 *
 * Return: 0 or -errno.
 */
int terminal_check(char *err, size_t len);

/**
 * terminal_open() - start curses, catch signals
 * @err: on failure, one sentence
 *
 * Return: 0 or -errno.
 */
int terminal_open(char *err, size_t len);

/**
 * terminal_mouse() - take clicks, or leave them to the terminal
 */
void terminal_mouse(bool on);

/**
 * terminal_close() - give the terminal back as it was found
 */
void terminal_close(void);

/**
 * terminal_wait() - sleep until something happens
 * @deadline_ns: of CLOCK_MONOTONIC
 * @fd: of the feed, or -1
 *
 * Return: a set of WAKE_*.
 */
unsigned int terminal_wait(uint64_t deadline_ns, int fd);

/**
 * terminal_resized() - tell curses about the terminal's size
 */
void terminal_resized(void);

/**
 * monotonic_ns() - CLOCK_MONOTONIC now
 */
uint64_t monotonic_ns(void);

#endif /* SYSPERF_TUI_TERMINAL_H */
