/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the program of alerts is told by its environment.
 */
#ifndef SYSPERF_EXPORT_HOOK_ENV_H
#define SYSPERF_EXPORT_HOOK_ENV_H

#include <sysperf/alerts.h>

#define HOOK_ENV_MAX 16

/**
 * hook_env_make() - the environment of one change
 *
 * Control characters, that devices and tasks may have in their names, are
 * '?'; quoting the rest is the program's.
 *
 * Return: for hook_env_free(); NULL for want of memory.
 */
char **hook_env_make(const struct sp_alert_event *event);

/**
 * hook_env_free() - NULL is none
 */
void hook_env_free(char **env);

#endif /* SYSPERF_EXPORT_HOOK_ENV_H */
