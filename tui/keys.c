// SPDX-License-Identifier: GPL-2.0-only
/*
 * The key table, and nothing else: a key that is not here does nothing and is
 * in no help text.
 */
#include <ncurses.h>

#include "actions.h"
#include "keys.h"
#include "replay.h"

#define CTRL(c) ((c)&0x1f)

static const struct binding moving[] = {
	{{-KEY_UP}, "Up Down", "move by a row", act_up},
	{{-KEY_DOWN}, NULL, NULL, act_down},
	{{-KEY_PPAGE}, "PgUp PgDn", "move by a page", act_page_up},
	{{-KEY_NPAGE}, NULL, NULL, act_page_down},
	{{-KEY_HOME}, "Home End", "first, last row", act_home},
	{{-KEY_END}, NULL, NULL, act_end},
	{{-KEY_MOUSE},
	 "mouse",
	 "click: select, again: open, a head: sort, a tab: go there",
	 act_mouse},
	{{-KEY_LEFT}, "Left Right", "columns further left, right", act_left},
	{{-KEY_RIGHT}, NULL, NULL, act_right},
	{{'\t'}, "Tab", "next screen", act_next_page},
	{{-KEY_BTAB}, "Shift-Tab", "previous screen", act_prev_page},
	{{'\r', '\n', -KEY_ENTER}, "Enter", "the task's own page", act_enter},
	{{27, -KEY_BACKSPACE, 127}, "Esc", "back from there", act_back},
	{{'v'}, "v", "the page of what the verdict is about", act_verdict},
	{{'c'}, "c", "the task that the verdict names", act_culprit},
};

static const struct binding choosing[] = {
	{{'/', -KEY_F(3)},
	 "/ F3",
	 "search name, command line or pid",
	 act_search},
	{{'n'}, "n", "next match of the search", act_search_next},
	{{'\\', -KEY_F(4)},
	 "\\ F4",
	 "only tasks whose name or command has a text",
	 act_match},
	{{'o'},
	 "o",
	 "only tasks by KEY OP VALUE, e.g. rss_bytes > 100M",
	 act_filter},
	{{'u'}, "u", "only a user's tasks", act_user},
	{{'='}, "=", "clear search, filters and tags", act_clear},
	{{'H'}, "H", "threads, or processes", act_threads},
	{{'K'}, "K", "hide or show kernel threads", act_kthreads},
	{{'i'}, "i", "hide or show tasks that did nothing", act_idle},
	{{'e'}, "e", "show tasks that ended for a while, or once", act_ended},
	{{'t', -KEY_F(5)}, "t F5", "tree by parent", act_tree},
	{{'F'}, "F", "cursor follows the task", act_follow},
};

static const struct binding sorting[] = {
	{{'P'}, "P", "sort by CPU", act_sort_cpu},
	{{'M'}, "M", "by memory", act_sort_memory},
	{{'N'}, "N", "by pid", act_sort_pid},
	{{'T'}, "T", "by CPU time since it started", act_sort_time},
	{{'D'},
	 "D",
	 "by disk bytes: the busier direction, then the other",
	 act_sort_disk},
	{{'L'}, "L", "by run-queue wait", act_sort_wait},
	{{-KEY_F(6)}, "F6", "choose the column to sort by", act_sort_menu},
	{{'<'},
	 "< >",
	 "sort by the column to the left, to the right",
	 act_sort_left},
	{{'>'}, NULL, NULL, act_sort_right},
	{{'I'}, "I", "invert the order", act_invert},
};

static const struct binding doing[] = {
	{{' '}, "Space", "tag the task", act_tag},
	{{'U'}, "U", "untag all", act_untag},
	{{'k', -KEY_F(9)},
	 "k F9",
	 "send a signal to the task, or those tagged",
	 act_signal},
	{{-KEY_F(7)}, "F7 F8", "nice down (more CPU), up (less)", act_nice_down},
	{{-KEY_F(8)}, NULL, NULL, act_nice_up},
	{{'r'}, "r", "set the nice value", act_renice},
	{{'a'}, "a", "set the CPUs it may run on, e.g. 0,2-3", act_affinity},
	{{'p'}, "p", "set its I/O priority", act_ioprio},
};

static const struct binding program[] = {
	{{'d'}, "d", "delay between two samples", act_delay},
	{{'1'}, "1", "a meter for each CPU", act_per_cpu},
	{{'z'}, "z", "pause, go on", act_pause},
	{{-KEY_F(2)}, "F2", "setup: columns, colours, thresholds", act_setup},
	{{'W'}, "W", "save what is set up", act_write},
	{{CTRL('l')}, "Ctrl-L", "draw anew", act_redraw},
	{{'h', '?', -KEY_F(1)}, "h ? F1", "this help", act_help},
	{{'q', -KEY_F(10)}, "q F10", "quit", act_quit},
};

/* As atop has it. */
static const struct binding replaying[] = {
	{{'t'}, "t T", "next, previous sample", act_replay_next},
	{{'T'}, NULL, NULL, act_replay_prev},
	{{'b'}, "b", "go to a time", act_replay_goto},
	{{'j'}, "j J", "jump forward, back by a time", act_replay_forward},
	{{'J'}, NULL, NULL, act_replay_back},
	{{'r'}, "r Z", "first, last sample", act_replay_first},
	{{'Z'}, NULL, NULL, act_replay_last},
	{{'z'}, "z", "play, stop", act_pause},
};

#define GROUP(title, array)                                                    \
	{                                                                      \
		title, array, sizeof(array) / sizeof((array)[0]), false        \
	}

const struct binding_group key_groups[] = {
	GROUP("Move", moving),
	GROUP("Choose tasks", choosing),
	GROUP("Sort", sorting),
	GROUP("Act on tasks", doing),
	GROUP("Screen", program),
	{"In a recording (-r)", replaying,
	 sizeof(replaying) / sizeof(replaying[0]), true},
};
const size_t nr_key_groups = sizeof(key_groups) / sizeof(key_groups[0]);

static const struct binding *find(int key, bool replay)
{
	size_t g, b, k;

	for (g = 0; g < nr_key_groups; g++) {
		if (key_groups[g].replay != replay)
			continue;
		for (b = 0; b < key_groups[g].nr; b++) {
			const struct binding *it = &key_groups[g].bindings[b];

			for (k = 0; k < KEYS_PER_BINDING; k++) {
				if (it->keys[k] == key)
					return it;
			}
		}
	}
	return NULL;
}

void keys_run(struct live *l, int key)
{
	const struct binding *b = NULL;

	if (key && replay_is(l))
		b = find(key, true);
	if (key && !b)
		b = find(key, false);
	if (b)
		b->run(l);
}
