// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's records, cut short, too long, or of other versions: the parser
 * takes or refuses them, and what it took lies within the buffer.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/collector/kmod_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void must_lie_in(const char *buf, size_t size, const void *p, size_t len)
{
	size_t at = (size_t)((const char *)p - buf);

	must(at % 4 == 0 && at <= size && len <= size - at);
}

static void check_tasks(const struct sp_snapshot *s, const char *buf,
			size_t size)
{
	for (size_t i = 0; i < s->nr_tasks; i++) {
		const struct sp_raw_task *t = &s->tasks[i];
		size_t len = SYSPERF_HIST_TASK_BUCKETS * sizeof(uint32_t);

		must(memchr(t->comm, '\0', sizeof(t->comm)) != NULL);
		must_lie_in(buf, size, t->runq_hist, len);
		must_lie_in(buf, size, t->io_hist, len);
	}
}

static void check(const struct sp_snapshot *s, const char *buf, size_t size)
{
	const struct sp_source_info *info = &s->info;

	check_tasks(s, buf, size);
	for (size_t i = 0; i < s->nr_kcpus; i++)
		must_lie_in(buf, size, s->kcpus[i], sizeof(*s->kcpus[i]));
	for (size_t i = 0; i < s->nr_kdisks; i++)
		must_lie_in(buf, size, s->kdisks[i], sizeof(*s->kdisks[i]));
	must(info->nr_lost <= SP_LOST_MAX);
	must(memchr(info->kmod_version, '\0', sizeof(info->kmod_version)) !=
	     NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sp_snapshot s;
	/* Aligned as malloc() does, and of that very size, to see overruns. */
	char *buf = malloc(size ? size : 1);

	if (!buf)
		return 0;
	memcpy(buf, data, size);
	sp_snapshot_init(&s);
	/* What is refused halfway has been filled in until there. */
	sp_kmod_parse(&s, buf, size);
	check(&s, buf, size);
	sp_snapshot_free(&s);
	free(buf);
	return 0;
}
