// SPDX-License-Identifier: GPL-2.0-only
/*
 * The help screen: the key table and what the header means, in lines that
 * scroll.
 */
#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "live.h"

#define KEY_CELLS 12

static const struct {
	const char *name, *text;
} meanings[] = {
	{"Header", NULL},
	{"latency", "what waits: for a CPU, for memory, for a disk, for an "
		    "answer"},
	{"traffic", "how much is done"},
	{"errors", "what fails"},
	{"saturation", "how much more is asked for than there is"},
	{"OK", "nothing waits"},
	{"WARN CRIT", "something waits; its signal's name is marked"},
	{"p99", "99 of 100 were faster; mean: without the kernel module"},
	{"wait", "run-queue wait: ready to run, but no CPU was free"},
	{"stall", "tasks that had to free memory themselves"},
	{"PSI", "share of time in which some task waited (full: all did)"},
	{"run/CPU", "tasks running or waiting for a CPU, a CPU"},
	{"r+w rx+tx", "read and written, received and sent"},
	{"retx",
	 "TCP segments sent again; throt: CPU slowed down or held back"},
	{"B/s b/s", "bytes (K = 1024), bits (k = 1000) a second"},
	{"-", "cannot be measured here, or did not happen"},
	{"Tasks", NULL},
	{"STATES", "R running, Q waiting for a CPU, I waiting for I/O,"},
	{"", "B blocked otherwise, . sleeping, - not known"},
	{"RUNQ% IOW%", "share of time waiting for a CPU, for I/O"},
	{"WAITp99", "its run-queue wait; IOp99: its block requests"},
	{"exit N", "it ended since the last sample"},
	{"CPU meters", "u user, n nice, s system, i interrupts, t stolen, w "
		       "I/O wait"},
};

/* Draws the lines that are in sight and counts them all. */
struct pen {
	const struct screen *s;
	int line, top, rows;
};

static void put(struct pen *p, enum ink ink, const char *name, const char *text)
{
	int y = p->line++ - p->top;

	if (y < 0 || y >= p->rows)
		return;
	if (!text) {
		screen_text(p->s, y, 0, p->s->cols, ink, name);
		return;
	}
	screen_text(p->s, y, 2, KEY_CELLS, ink, name);
	screen_text(p->s, y, KEY_CELLS + 2, p->s->cols, INK_PLAIN, text);
}

static void put_keys(struct pen *p)
{
	size_t g, b;

	for (g = 0; g < nr_key_groups; g++) {
		put(p, INK_BAR, key_groups[g].title, NULL);
		for (b = 0; b < key_groups[g].nr; b++) {
			const struct binding *it = &key_groups[g].bindings[b];

			if (it->name && it->help)
				put(p, INK_STRONG, it->name, it->help);
		}
	}
}

static void put_pages(struct pen *p)
{
	int i;

	put(p, INK_BAR, "Screens, in the order of Tab", NULL);
	for (i = 0; i < (int)PAGES; i++)
		put(p, INK_STRONG, page_defs[i].name, page_defs[i].help);
}

static void put_meanings(struct pen *p)
{
	char name[KEY_CELLS * 2];

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		/* Marked as in the table. */
		bool ended = !strcmp(meanings[i].name, "exit N");

		snprintf(name, sizeof(name), "%s%s%s",
			 ended ? screen_ended(p->s) : "", ended ? " " : "",
			 meanings[i].name);
		put(p, meanings[i].text ? INK_STRONG : INK_BAR, name,
		    meanings[i].text);
	}
}

static void put_source(struct pen *p, const struct live *l)
{
	const char *why = feed_why_not_kmod(l->feed);

	put(p, INK_BAR, "Source", NULL);
	put(p, INK_STRONG, l->frame ? l->frame->source.name : "-",
	    *why ? why : "as asked for, or the best there is");
}

void live_help(struct live *l)
{
	struct pen p = {&l->scr, 0, l->help_top, l->scr.rows - 1};
	int most;

	put_keys(&p);
	put_pages(&p);
	put_meanings(&p);
	put_source(&p, l);
	most = p.line > p.rows ? p.line - p.rows : 0;
	if (l->help_top > most) { /* moved too far, or the screen grew */
		l->help_top = most;
		erase();
		live_help(l);
		return;
	}
	screen_fill(&l->scr, l->scr.rows - 1, 0, l->scr.cols, INK_HEAD);
	screen_printf(&l->scr, l->scr.rows - 1, 0, l->scr.cols, INK_HEAD,
		      "help  %d-%d of %d   arrows, PgUp, PgDn: move   q: back",
		      l->help_top + 1,
		      p.line < l->help_top + p.rows ? p.line
						    : l->help_top + p.rows,
		      p.line);
}
