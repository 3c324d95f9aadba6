// SPDX-License-Identifier: GPL-2.0-only
/*
 * NUMA nodes (numa.h). Owns the descriptors of their files.
 */
#include "numa.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define LOOK_NS 10000000000ULL
#define NODE_DIR "sys/devices/system/node"
/* No kernel has more; a larger number is garbage. */
#define MAX_CPUS 8192
#define KIB 1024ULL

bool sp_parse_range(struct sp_text *t, uint64_t *from, uint64_t *to)
{
	sp_text_prefix(t, ",");
	if (!sp_text_u64(t, from))
		return false;
	*to = *from;
	return !sp_text_prefix(t, "-") || sp_text_u64(t, to);
}

/* "Node 0 MemTotal:  16384 kB" */
void sp_parse_node_meminfo(struct sp_text t, struct sp_raw_node *node)
{
	uint64_t file = SP_ABSENT, shmem = 0, slab = 0;
	const struct {
		const char *name;
		uint64_t *to;
	} keys[] = {
		{"MemTotal:", &node->total_bytes},
		{"MemFree:", &node->free_bytes},
		{"FilePages:", &file},
		{"Shmem:", &shmem},
		{"SReclaimable:", &slab},
	};
	struct sp_text line, word;
	uint64_t v;

	while (sp_text_line(&t, &line)) {
		if (!sp_text_skip(&line, 2) || !sp_text_word(&line, &word) ||
		    !sp_text_u64(&line, &v))
			continue;
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (sp_text_is(&word, keys[i].name))
				*keys[i].to = sp_u64_scale(v, KIB);
	}
	/* Shared memory is among the pages of files, but has no file. */
	if (file != SP_ABSENT)
		node->cache_bytes =
			sp_u64_add(file > shmem ? file - shmem : 0, slab);
}

static void parse_numastat(struct sp_text t, struct sp_raw_node *node)
{
	struct sp_text line, name;
	uint64_t v;

	while (sp_text_line(&t, &line)) {
		if (!sp_text_word(&line, &name) || !sp_text_u64(&line, &v))
			continue;
		if (sp_text_is(&name, "numa_miss"))
			node->misses = v;
		else if (sp_text_is(&name, "numa_foreign"))
			node->foreign = v;
	}
}

static void read_node(struct sp_node_files *f, int dirfd, struct sp_buf *buf)
{
	const unsigned int nr = (unsigned int)f->raw.node;
	char path[64];

	memset(&f->raw, 0xff, sizeof(f->raw));
	f->raw.node = nr;
	snprintf(path, sizeof(path), NODE_DIR "/node%u/meminfo", nr);
	if (!sp_file_read(&f->meminfo, dirfd, path, buf))
		sp_parse_node_meminfo(sp_text_of(buf->data, buf->len), &f->raw);
	snprintf(path, sizeof(path), NODE_DIR "/node%u/numastat", nr);
	if (!sp_file_read(&f->numastat, dirfd, path, buf))
		parse_numastat(sp_text_of(buf->data, buf->len), &f->raw);
}

static void forget_nodes(struct sp_numa *n)
{
	for (size_t i = 0; i < n->nr; i++) {
		sp_file_close(&n->nodes[i].meminfo);
		sp_file_close(&n->nodes[i].numastat);
	}
	n->nr = 0;
}

static int assign_cpu(struct sp_numa *n, uint64_t cpu, uint8_t node)
{
	if (cpu >= n->nr_cpus) {
		uint8_t *more = realloc(n->node_of, cpu + 1);

		if (!more)
			return -ENOMEM;
		memset(more + n->nr_cpus, SP_NODES_MAX, cpu + 1 - n->nr_cpus);
		n->node_of = more;
		n->nr_cpus = cpu + 1;
	}
	n->node_of[cpu] = node;
	return 0;
}

static int add_node(struct sp_numa *n, int dirfd, uint64_t nr,
		    struct sp_buf *buf)
{
	struct sp_node_files *f = &n->nodes[n->nr++];
	struct sp_file list = {.fd = -1};
	uint64_t from, to, cpu;
	struct sp_text t;
	char path[64];
	int ret = 0;

	*f = (struct sp_node_files){.meminfo = {-1}, .numastat = {-1}};
	f->raw.node = nr;
	snprintf(path, sizeof(path), NODE_DIR "/node%u/cpulist",
		 (unsigned int)nr);
	if (sp_file_read(&list, dirfd, path, buf))
		return 0;
	t = sp_text_of(buf->data, buf->len);
	while (!ret && sp_parse_range(&t, &from, &to))
		for (cpu = from; !ret && cpu <= to && cpu < MAX_CPUS; cpu++)
			ret = assign_cpu(n, cpu, (uint8_t)nr);
	sp_file_close(&list);
	return ret;
}

static int look(struct sp_numa *n, int dirfd, struct sp_buf *buf)
{
	uint64_t from, to, nr;
	char online[512];
	struct sp_text t;
	ssize_t len;
	int ret = 0;

	forget_nodes(n);
	if (n->nr_cpus)
		memset(n->node_of, SP_NODES_MAX, n->nr_cpus);
	len = sp_read_small(dirfd, NODE_DIR "/online", online, sizeof(online));
	t = sp_text_of(online, len > 0 ? (size_t)len : 0);
	/* Ascending; so there are never more of them than numbers. */
	while (!ret && sp_parse_range(&t, &from, &to))
		for (nr = from; !ret && nr <= to && nr < SP_NODES_MAX; nr++)
			if (!n->nr || nr > n->nodes[n->nr - 1].raw.node)
				ret = add_node(n, dirfd, nr, buf);
	return ret;
}

static int add_rows(const struct sp_numa *n, struct sp_snapshot *snap)
{
	for (size_t i = 0; i < n->nr; i++) {
		struct sp_raw_node *node = sp_snapshot_add_node(snap);

		if (!node)
			return -ENOMEM;
		*node = n->nodes[i].raw;
	}
	for (size_t i = 0; i < snap->nr_cpus; i++) {
		uint64_t cpu = snap->cpus[i].cpu;

		if (cpu < n->nr_cpus && n->node_of[cpu] != SP_NODES_MAX)
			snap->cpus[i].node = n->node_of[cpu];
	}
	return 0;
}

int sp_numa_read(struct sp_numa *n, int dirfd, struct sp_buf *buf,
		 struct sp_snapshot *snap)
{
	bool looked = false;

	if (sp_pace_begin(&n->look) || n->online != snap->nr_cpus) {
		int ret = look(n, dirfd, buf);

		if (ret)
			return ret;
		n->online = snap->nr_cpus;
		sp_pace_end(&n->look, LOOK_NS);
		looked = true;
	}
	if (sp_pace_begin(&n->read) || looked) {
		for (size_t i = 0; i < n->nr; i++)
			read_node(&n->nodes[i], dirfd, buf);
		sp_pace_end(&n->read, 0);
		/* The first time is dearer than all others. */
		if (!n->read_ns)
			n->read.due_ns = 0;
		n->read_ns = sp_mono_ns();
	}
	snap->nodes_ns = n->read_ns;
	return add_rows(n, snap);
}

void sp_numa_close(struct sp_numa *n)
{
	forget_nodes(n);
	free(n->node_of);
	*n = (struct sp_numa){0};
}
