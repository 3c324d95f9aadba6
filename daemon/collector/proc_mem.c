// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory: parsers of /proc/meminfo and /proc/vmstat. No state.
 */
#include "proc_mem.h"

#include <string.h>
#include <unistd.h>

#include "text.h"

static bool meminfo_line(struct sp_text line, const char *key, uint64_t *bytes)
{
	uint64_t kib;

	if (!sp_text_prefix(&line, key) || !sp_text_u64(&line, &kib))
		return false;
	*bytes = sp_u64_scale(kib, 1024);
	return true;
}

void sp_parse_meminfo(const char *buf, size_t len, struct sp_raw_system *sys)
{
	struct sp_text t = sp_text_of(buf, len), line;

	while (sp_text_line(&t, &line)) {
		meminfo_line(line, "MemTotal:", &sys->mem_total_bytes);
		if (meminfo_line(line,
				 "MemAvailable:", &sys->mem_available_bytes))
			break; /* the third line; nothing more of ours */
	}
}

#define MEMBER(name) offsetof(struct sp_raw_system, name)

/*
 * What is added up from /proc/vmstat. Zones come and go with the machine and
 * the kernel (pgalloc_dma, _dma32, _normal, _movable, _device), and so they
 * are taken by prefix. Reclaim is counted twice there, by who did it and by
 * what it took (pgsteal_anon, pgsteal_file): only the former is added up.
 */
static const struct vmstat_counter {
	const char *name;
	bool is_prefix;
	bool is_pages;
	size_t member;
} vmstat_counters[] = {
	{"pgfault", false, false, MEMBER(faults)},
	{"pgmajfault", false, false, MEMBER(major_faults)},
	{"pgalloc_", true, true, MEMBER(allocated_bytes)},
	{"pgsteal_kswapd", false, true, MEMBER(reclaimed_bytes)},
	{"pgsteal_direct", false, true, MEMBER(reclaimed_bytes)},
	{"pgsteal_khugepaged", false, true, MEMBER(reclaimed_bytes)},
	{"pgsteal_proactive", false, true, MEMBER(reclaimed_bytes)},
	{"pswpin", false, true, MEMBER(swap_in_bytes)},
	{"pswpout", false, true, MEMBER(swap_out_bytes)},
	{"allocstall", true, false, MEMBER(reclaim_stalls)},
	{"workingset_refault", true, false, MEMBER(refaults)},
	{"oom_kill", false, false, MEMBER(oom_kills)},
};

static const struct vmstat_counter *vmstat_find(const struct sp_text *name)
{
	const struct vmstat_counter *c = vmstat_counters;
	const struct vmstat_counter *end =
		c + sizeof(vmstat_counters) / sizeof(*vmstat_counters);

	for (; c != end; c++) {
		struct sp_text rest = *name;

		if (sp_text_prefix(&rest, c->name) &&
		    (c->is_prefix || rest.p == rest.end))
			return c;
	}
	return NULL;
}

void sp_parse_vmstat(const char *buf, size_t len, struct sp_raw_system *sys)
{
	struct sp_text t = sp_text_of(buf, len), line, name;
	long page = sysconf(_SC_PAGESIZE);
	const struct vmstat_counter *c;
	uint64_t v, *sum;

	while (sp_text_line(&t, &line)) {
		/* A letter rules out most of the 180 lines cheaply. */
		if (!sp_text_len(&line) || !strchr("paow", line.p[0]))
			continue;
		if (!sp_text_word(&line, &name))
			continue;
		c = vmstat_find(&name);
		if (!c || !sp_text_u64(&line, &v))
			continue;
		if (c->is_pages)
			v = sp_u64_scale(v, page > 0 ? (uint64_t)page : 4096);
		sum = (uint64_t *)((char *)sys + c->member);
		*sum = sp_u64_add(*sum, v);
	}
}
