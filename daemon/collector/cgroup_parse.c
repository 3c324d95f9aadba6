// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parsers of a control group's files (cgroup_parse.h). No state.
 */
#include "cgroup_parse.h"

/* A file of lines "name number". */
static uint64_t find_key(struct sp_text t, const char *key)
{
	struct sp_text line, name;
	uint64_t v;

	while (sp_text_line(&t, &line))
		if (sp_text_word(&line, &name) && sp_text_is(&name, key) &&
		    sp_text_u64(&line, &v))
			return v;
	return SP_ABSENT;
}

void sp_parse_cgroup_cpu(struct sp_text t, struct sp_raw_cgroup *g)
{
	struct sp_text line, name;
	uint64_t v;

	while (sp_text_line(&t, &line)) {
		if (!sp_text_word(&line, &name) || !sp_text_u64(&line, &v))
			continue;
		if (sp_text_is(&name, "usage_usec"))
			g->usage_ns = sp_u64_scale(v, 1000);
		else if (sp_text_is(&name, "nr_throttled"))
			g->throttled = v;
		else if (sp_text_is(&name, "throttled_usec"))
			g->throttled_ns = sp_u64_scale(v, 1000);
	}
}

static bool is_stacked(const struct sp_stacked *stacked, uint64_t major)
{
	for (size_t i = 0; i < stacked->nr; i++)
		if (stacked->majors[i] == major)
			return true;
	return false;
}

/* "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6", a line a device. */
static void add_device(struct sp_text line, struct sp_raw_cgroup *g)
{
	const struct {
		const char *name;
		uint64_t *to;
	} keys[] = {
		{"rbytes=", &g->read_bytes},
		{"wbytes=", &g->write_bytes},
		{"rios=", &g->reads},
		{"wios=", &g->writes},
	};
	struct sp_text word;
	uint64_t v;

	while (sp_text_word(&line, &word))
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (sp_text_prefix(&word, keys[i].name) &&
			    sp_text_u64(&word, &v))
				*keys[i].to = sp_u64_add(*keys[i].to, v);
}

void sp_parse_cgroup_io(struct sp_text t, struct sp_raw_cgroup *g,
			const struct sp_stacked *stacked)
{
	struct sp_text line;
	uint64_t major;

	g->reads = g->read_bytes = g->writes = g->write_bytes = 0;
	while (sp_text_line(&t, &line))
		if (sp_text_u64(&line, &major) && !is_stacked(stacked, major))
			add_device(line, g);
}

void sp_parse_cgroup_oom(struct sp_text t, struct sp_raw_cgroup *g)
{
	g->oom_kills = find_key(t, "oom_kill");
}

uint64_t sp_parse_cgroup_events(struct sp_text t)
{
	return find_key(t, "populated");
}

bool sp_parse_task_cgroup(struct sp_text t, char *path, size_t size)
{
	static const char deleted[] = " (deleted)";
	const size_t tail = sizeof(deleted) - 1;
	struct sp_text line;

	while (sp_text_line(&t, &line)) {
		if (!sp_text_prefix(&line, "0::/"))
			continue;
		line.p--;
		if (sp_text_len(&line) > tail &&
		    !memcmp(line.end - tail, deleted, tail))
			line.end -= tail;
		if (sp_text_len(&line) >= size)
			return false;
		sp_text_copy(&line, path, size);
		return true;
	}
	return false;
}

/* Append from the right; what does not fit is lost at the left. */
static size_t prepend(char *path, size_t at, const char *s)
{
	size_t len = strlen(s);

	if (len > at) {
		s += len - at;
		len = at;
	}
	at -= len;
	/* No NUL: what is to follow is there. */
	for (size_t i = 0; i < len; i++)
		path[at + i] = s[i];
	return at;
}

void sp_cgroup_path(char *path, size_t size, const char *parent,
		    const char *name)
{
	size_t at = size - 1;

	path[at] = '\0';
	at = prepend(path, at, name + (name[0] == '_'));
	at = prepend(path, at, "/");
	if (strcmp(parent, "/") != 0)
		at = prepend(path, at, parent);
	memmove(path, path + at, size - at);
}
