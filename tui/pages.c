// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of screens, and how those are drawn that are one table only.
 */
#include "live.h"
#include "pages.h"
#include "panel.h"
#include "resource.h"

static size_t rows_of(const struct live *l, enum sp_table_id table)
{
	size_t nr = 0;

	if (l->frame)
		sp_frame_rows(l->frame, table, &nr);
	return nr;
}

static size_t count_tasks(const struct live *l)
{
	return rows_of(l, SP_TABLE_TASK);
}

static size_t count_cpus(const struct live *l)
{
	return rows_of(l, SP_TABLE_CPU);
}

static size_t count_disks(const struct live *l)
{
	return rows_of(l, SP_TABLE_DISK);
}

static size_t count_nets(const struct live *l)
{
	return rows_of(l, SP_TABLE_NET);
}

static size_t count_cgroups(const struct live *l)
{
	return rows_of(l, SP_TABLE_CGROUP);
}

static int draw_tasks(struct live *l, int y, int rows)
{
	return tasks_draw(&l->tasks, &l->scr, l->frame, y, rows);
}

static int draw_cpus(struct live *l, int y, int rows)
{
	return resource_draw(l, SP_RES_CPU, y, rows);
}

static int draw_memory(struct live *l, int y, int rows)
{
	return resource_draw(l, SP_RES_MEMORY, y, rows);
}

static int draw_disks(struct live *l, int y, int rows)
{
	return resource_draw(l, SP_RES_DISK, y, rows);
}

static int draw_nets(struct live *l, int y, int rows)
{
	return resource_draw(l, SP_RES_NETWORK, y, rows);
}

static int draw_cgroups(struct live *l, int y, int rows)
{
	panel_table(&l->scr, l->frame, SP_TABLE_CGROUP,
		    &l->page_top[PAGE_CGROUPS], y, rows);
	return rows - 1;
}

static int draw_task(struct live *l, int y, int rows)
{
	return task_page_draw(l, y, rows);
}

static bool has_task(const struct live *l)
{
	return l->task_page.open;
}

const struct page_def page_defs[PAGES] = {
	[PAGE_TASKS] = {"Tasks", "all tasks", count_tasks, NULL, draw_tasks,
			false},
	[PAGE_CPUS] = {"CPUs", "CPU: its numbers, each CPU, who uses them",
		       count_cpus, NULL, draw_cpus, true},
	[PAGE_MEMORY] = {"Memory",
			 "memory: its numbers, NUMA nodes, who has it", NULL,
			 NULL, draw_memory, true},
	[PAGE_DISKS] = {"Disks",
			"disks: their numbers, each disk, who uses them",
			count_disks, NULL, draw_disks, true},
	[PAGE_NETS] = {"Network",
		       "network: its numbers, each interface, who uses it",
		       count_nets, NULL, draw_nets, true},
	[PAGE_CGROUPS] = {"Cgroups", "control groups", count_cgroups, NULL,
			  draw_cgroups, true},
	[PAGE_TASK] = {"Task", "the task that Enter was pressed on", NULL,
		       has_task, draw_task, true},
};

bool page_has(const struct live *l, enum page page)
{
	return !page_defs[page].has || page_defs[page].has(l);
}
