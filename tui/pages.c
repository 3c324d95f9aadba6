// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of screens, and how those are drawn that are one table only.
 */
#include "cgroup_page.h"
#include "live.h"
#include "pages.h"
#include "resource.h"

static size_t rows_of(const struct live *l, enum sp_table_id table)
{
	size_t nr = 0;

	if (l->frame)
		sp_frame_rows(l->frame, table, &nr);
	return nr;
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

static bool has_task(const struct live *l)
{
	return l->task_page.open;
}

static size_t count_verdicts(const struct live *l)
{
	return verdict_log_nr(&l->log);
}

const struct page_def page_defs[PAGES] = {
	[PAGE_TASKS] = {.name = "Tasks",
			.help = "all tasks",
			.draw = draw_tasks,
			.cursor = true},
	[PAGE_CPUS] = {.name = "CPUs",
		       .help = "CPU: its numbers, each CPU, who uses them",
		       .count = count_cpus,
		       .draw = draw_cpus,
		       .numbers = true},
	[PAGE_MEMORY] = {.name = "Memory",
			 .help = "its numbers, NUMA nodes, who has most",
			 .draw = draw_memory,
			 .numbers = true},
	[PAGE_DISKS] = {.name = "Disks",
			.help = "their numbers, each disk, who uses them",
			.count = count_disks,
			.draw = draw_disks,
			.numbers = true},
	[PAGE_NETS] = {.name = "Network",
		       .help = "its numbers, each interface, who uses it",
		       .count = count_nets,
		       .draw = draw_nets,
		       .numbers = true},
	[PAGE_CGROUPS] = {.name = "Cgroups",
			  .help = "control groups; Enter: the tasks of one",
			  .count = count_cgroups,
			  .draw = cgroup_page_draw,
			  .cursor = true,
			  .numbers = true},
	[PAGE_HEAT] = {.name = "Heat",
		       .help = "latencies over time",
		       .draw = heat_draw,
		       .numbers = true},
	[PAGE_VERDICTS] = {.name = "Verdicts",
			   .help = "those so far; Enter: the task of one",
			   .count = count_verdicts,
			   .draw = verdict_log_draw,
			   .cursor = true,
			   .numbers = true},
	[PAGE_TASK] = {.name = "Task",
		       .help = "the task that Enter was pressed on",
		       .has = has_task,
		       .draw = task_page_draw,
		       .numbers = true},
};

bool page_has(const struct live *l, enum page page)
{
	return !page_defs[page].has || page_defs[page].has(l);
}

void page_place(size_t *cursor, size_t *top, size_t nr, size_t room)
{
	if (*cursor >= nr)
		*cursor = nr ? nr - 1 : 0;
	if (*top + room > nr)
		*top = nr > room ? nr - room : 0;
	if (*cursor < *top)
		*top = *cursor;
	if (room && *cursor >= *top + room)
		*top = *cursor - room + 1;
}
