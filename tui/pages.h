/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screens that Tab goes through: one table says what each is called and
 * who draws it.
 */
#ifndef SYSPERF_TUI_PAGES_H
#define SYSPERF_TUI_PAGES_H

#include <stdbool.h>
#include <stddef.h>

struct live;

/* In the order of the Tab key. */
enum page {
	PAGE_TASKS,
	PAGE_CPUS,
	PAGE_MEMORY,
	PAGE_DISKS,
	PAGE_NETS,
	PAGE_CGROUPS,
	PAGE_HEAT,
	PAGE_VERDICTS,
	PAGE_TASK, /* of one task; there only while one is looked at */
	PAGES
};

struct page_def {
	const char *name; /* as the tab has it */
	const char *help; /* as help has it */
	/* Rows it is about, for the tab; NULL: it has no such number. */
	size_t (*count)(const struct live *l);
	/* Whether it can be gone to; NULL: always. */
	bool (*has)(const struct live *l);
	/*
	 * Draws it from row y on, in so many rows. Return: rows that a page
	 * key moves by.
	 */
	int (*draw)(struct live *l, int y, int rows);
	bool cursor; /* moving moves that, not the first row shown */
	bool numbers; /* has the golden numbers itself, or no use for them */
};

extern const struct page_def page_defs[PAGES];

/**
 * page_has() - whether there is anything to see there
 */
bool page_has(const struct live *l, enum page page);

/**
 * page_place() - keep a page's cursor within its rows, and in sight
 * @nr: rows there are
 * @room: rows that fit
 */
void page_place(size_t *cursor, size_t *top, size_t nr, size_t room);

#endif /* SYSPERF_TUI_PAGES_H */
