/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys of the live screen: one table says which key does what and what help
 * says about it.
 */
#ifndef SYSPERF_TUI_KEYS_H
#define SYSPERF_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct live;

#define KEYS_PER_BINDING 3

struct binding {
	int keys[KEYS_PER_BINDING]; /* characters, or negative KEY_*; 0: none */
	const char *name; /* how help writes the keys; NULL: not in help */
	const char *help; /* NULL: told in the line above */
	void (*run)(struct live *l);
};

struct binding_group {
	const char *title;
	const struct binding *bindings;
	size_t nr;
	bool replay; /* in a recording only, and there before all others */
};

extern const struct binding_group key_groups[];
extern const size_t nr_key_groups;

/**
 * keys_run() - do what a key is for; nothing if it is for nothing
 * @key: a character, or the negative of a KEY_*
 */
void keys_run(struct live *l, int key);

#endif /* SYSPERF_TUI_KEYS_H */
