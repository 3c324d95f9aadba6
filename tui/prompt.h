/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of input at the bottom of the screen. It is a state, not a loop:
 * samples go on being taken and shown while something is typed.
 */
#ifndef SYSPERF_TUI_PROMPT_H
#define SYSPERF_TUI_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#include "screen.h"

struct live;

struct prompt {
	bool active;
	char label[96];
	char text[128]; /* UTF-8 */
	char before[128]; /* what text was when opened */
	size_t len;
	bool one_key; /* the first key is the whole answer */
	/*
	 * What Tab completes to: sets the i-th word that may stand at the end
	 * of the text, NULL if there are no more; NULL: nothing is completed.
	 */
	void (*complete)(const struct live *l, const char *text, size_t i,
			 const char **word);
	/* Called with every change of the text, or NULL. */
	void (*changed)(struct live *l, const char *text);
	/* Called on Enter, when the prompt is closed already. */
	void (*done)(struct live *l, const char *text);
};

/**
 * prompt_open() - start asking
 * @label: what for
 * @text: what stands there to begin with
 * @changed: called with every change, and with @text again when it is given
 *	up; may be NULL
 * @done: called when the line is finished; may be NULL
 */
void prompt_open(struct prompt *p, const char *label, const char *text,
		 void (*changed)(struct live *, const char *),
		 void (*done)(struct live *, const char *));

/**
 * prompt_key() - a key pressed while the prompt is active
 * @key: a character, or the negative of a KEY_*
 */
void prompt_key(struct live *l, int key);

/**
 * prompt_draw() - draw it in row @y, with what Tab would complete to
 */
void prompt_draw(const struct live *l, int y);

#endif /* SYSPERF_TUI_PROMPT_H */
