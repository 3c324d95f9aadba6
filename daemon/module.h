/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel module, by libkmod: loaded once at the start, and looked after.
 */
#ifndef SYSPERF_MODULE_H
#define SYSPERF_MODULE_H

#include <stdbool.h>

/**
 * module_is_there() - is it loaded and at work?
 */
bool module_is_there(void);

/**
 * module_load() - load it unless it is there
 *
 * Says in the log what came of it.
 *
 * Return: 0, or -errno if it is not there; there is another source, then.
 */
int module_load(void);

#endif /* SYSPERF_MODULE_H */
