// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of TASKSTATS, cut short, with lengths that lie: they are understood
 * or refused, and what is understood becomes rows. The input is a byte that
 * says whether threads are wanted, and messages one after the other. The seeds
 * are what kernels sent (tests/unit/data/taskstats).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <netlink/msg.h>

#include "../../daemon/collector/task_exit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* A copy of that very size, for the sanitizer to see overruns. */
static void parse(struct sp_exits *x, const uint8_t *data, size_t len)
{
	char *copy = malloc(len);
	struct sp_taskstats ts;

	must(copy && x->nr < x->cap);
	memcpy(copy, data, len);
	sp_taskstats_group(copy, len, 135, &ts);
	x->nr += sp_taskstats_end(copy, len, 0, &x->ends[x->nr]);
	free(copy);
}

static void parse_all(struct sp_exits *x, const uint8_t *data, size_t size)
{
	while (size) {
		uint32_t len = (uint32_t)size;

		if (size >= sizeof(len))
			memcpy(&len, data, sizeof(len));
		if (!len || len > size)
			len = (uint32_t)size;
		parse(x, data, len);
		data += len;
		size -= len;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sp_task_cache cache = {0};
	struct sp_exits x = {0};
	struct sp_snapshot snap;

	if (size < 2)
		return 0;
	x.threads = data[0] & 1;
	x.cap = size;
	x.ends = calloc(x.cap, sizeof(*x.ends));
	must(x.ends != NULL);
	sp_snapshot_init(&snap);
	for (uint64_t round = 1; round <= 2; round++) {
		sp_task_cache_begin(&cache);
		parse_all(&x, data + 1, size - 1);
		must(!sp_exits_rows(&x, &cache, &snap, round * 1000000000, 0));
		sp_task_cache_end(&cache);
	}
	for (size_t i = 0; i < snap.nr_tasks; i++) {
		const struct sp_raw_task *r = &snap.tasks[i];

		must(memchr(r->comm, '\0', sizeof(r->comm)) != NULL);
		must(r->tid && r->pid && r->flags & SYSPERF_TASK_EXITED);
	}
	sp_exits_close(&x);
	sp_task_cache_free(&cache);
	sp_snapshot_free(&snap);
	return 0;
}
