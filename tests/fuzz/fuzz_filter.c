// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever is typed as a filter, a list of columns, a sort key or pids: it is
 * taken or refused, and what is taken can be used.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../tui/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sp_task task;
	struct sp_frame frame = {.tasks = &task, .nr_tasks = 1};
	struct view v;
	char err[128];
	char *s = malloc(size + 1);

	if (!s)
		return 0;
	memcpy(s, data, size);
	s[size] = '\0';
	memset(&task, 0, sizeof(task));
	sp_field_row_clear(SP_TABLE_TASK, &task);
	strcpy(task.comm, "task");
	task.cpu_pct = 5;
	view_init(&v);
	if (!view_parse_filter(&v, s, err, sizeof(err)) &&
	    view_select(&v, &frame, 1))
		abort();
	view_parse_columns(&v, s, err, sizeof(err));
	view_parse_sort(&v, s, err, sizeof(err));
	view_add_pids(&v, s, err, sizeof(err));
	if (!v.nr_columns || !v.sort)
		abort();
	view_free(&v);
	free(s);
	return 0;
}
