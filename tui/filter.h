/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What view.c and view_parse.c need of filters and keys.
 */
#ifndef SYSPERF_TUI_FILTER_H
#define SYSPERF_TUI_FILTER_H

#include "view.h"

/**
 * filter_pass() - does a task pass a filter?
 */
bool filter_pass(const struct filter *f, const struct sp_task *t);

/**
 * view_find_key() - a task field by a key that a user wrote
 * @key: the key, not necessarily NUL-terminated
 * @n: its length
 * @err: if there is no such field, a sentence naming the key and, if one is
 *	alike, the key that was perhaps meant
 *
 * Return: the field or NULL.
 */
const struct sp_field *view_find_key(const char *key, size_t n, char *err,
				     size_t len);

#endif /* SYSPERF_TUI_FILTER_H */
