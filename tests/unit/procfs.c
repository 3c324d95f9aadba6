// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "procfs.h"

struct sp_source *procfs_open(const char *root, bool threads)
{
	const struct sp_source_config cfg = {.root = root, .threads = threads};
	struct sp_source *src = NULL;
	char err[256];

	assert_int_equal(sp_source_procfs.open(&src, &cfg, err, sizeof(err)),
			 0);
	return src;
}

void procfs_read(struct sp_source *src, struct sp_snapshot *s)
{
	sp_snapshot_reset(s);
	assert_int_equal(src->ops->read(src, s), 0);
}

const struct sp_raw_task *procfs_find(const struct sp_snapshot *s, uint32_t tid)
{
	for (size_t i = 0; i < s->nr_tasks; i++)
		if (s->tasks[i].tid == tid)
			return &s->tasks[i];
	return NULL;
}
