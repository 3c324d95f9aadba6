// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the list of what is sent: the field table's metrics, and by hand what
 * is in a frame besides. Another member of a frame is a line here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout.h"

struct extra {
	unsigned int table;
	const char *key;
	enum member member;
	uint8_t decimals;
	unsigned short size;
	size_t offset;
};

#define X(table, row, key, kind, decimals)                                     \
	{                                                                      \
		table, "." #key, MEMBER_##kind, decimals,                      \
			sizeof(((struct row *)NULL)->key),                     \
			offsetof(struct row, key)                              \
	}
#define META(key, kind, decimals) X(WIRE_META, wire_meta, key, kind, decimals)
#define STATUS(i)                                                              \
	{                                                                      \
		WIRE_META, ".status" #i, MEMBER_TEXT, 0, 16,                   \
			offsetof(struct wire_meta, status[i])                  \
	}

/* What is no metric. */
static const struct extra extras[] = {
	META(time_s, I64, 0),
	META(time_ns, U32, 0),
	META(interval_s, DOUBLE, 9),
	META(host, TEXT, 0),
	META(kernel, TEXT, 0),
	META(nr_cpus, U32, 0),
	META(mem_total_bytes, U64, 0),
	META(source, TEXT, 0),
	META(kmod_version, TEXT, 0),
	META(caps, TEXT, 0),
	/* In the order of enum sp_resource. */
	STATUS(0),
	STATUS(1),
	STATUS(2),
	STATUS(3),
	META(severity, TEXT, 0),
	META(resource, TEXT, 0),
	META(signal, TEXT, 0),
	META(text, TEXT, 0),
	META(has_culprit, BOOL, 0),
	META(pid, U32, 0),
	META(tid, U32, 0),
	META(comm, TEXT, 0),
	META(share_pct, DOUBLE, 3),
	META(cgroup, TEXT, 0),
	META(cgroup_share_pct, DOUBLE, 3),
	X(WIRE_LOST, wire_lost, name, TEXT, 0),
	X(WIRE_LOST, wire_lost, count, U64, 0),
	X(SP_TABLE_DISK, sp_disk, stuck, BOOL, 0),
	X(SP_TABLE_NET, sp_net, physical, BOOL, 0),
	X(SP_TABLE_CGROUP, sp_cgroup, id, U64, 0),
	X(SP_TABLE_TASK, sp_task, uid, U32, 0),
	X(SP_TABLE_TASK, sp_task, kthread, BOOL, 0),
	X(SP_TABLE_TASK, sp_task, exited, BOOL, 0),
	X(SP_TABLE_TASK, sp_task, exit_code, U32, 0),
	X(SP_TABLE_TASK, sp_task, oom_killed, BOOL, 0),
	X(SP_TABLE_TASK, sp_task, yields, BOOL, 0),
	X(SP_TABLE_TASK, sp_task, state_threads, DOUBLE, 3),
};
_Static_assert(SP_RESOURCES == 4, "one STATUS() for each");

static void add_metrics(struct layout_table *t, enum sp_table_id id)
{
	const struct sp_table *from = &sp_tables[id];

	t->name = from->name;
	t->row_size = from->row_size;
	t->single = id == SP_TABLE_GOLDEN;
	for (size_t i = 0; i < from->nr_fields; i++) {
		const struct sp_field *f = &from->fields[i];
		struct column *c = &t->columns[t->nr_columns++];
		bool text = f->unit == SP_UNIT_TEXT;

		snprintf(c->key, sizeof(c->key), "%s%s%s",
			 t->single ? sp_resource_names[f->resource] : "",
			 t->single ? "." : "", f->key);
		c->member = text ? MEMBER_TEXT : MEMBER_DOUBLE;
		c->decimals = text ? 0 : (uint8_t)sp_field_digits(f);
		c->unit = f->unit;
		c->size = f->size;
		c->offset = f->offset;
		c->field = (int)i;
	}
}

static void add_extras(struct layout *l)
{
	for (size_t i = 0; i < sizeof(extras) / sizeof(extras[0]); i++) {
		const struct extra *e = &extras[i];
		struct layout_table *t = &l->tables[e->table];
		struct column *c = &t->columns[t->nr_columns++];

		snprintf(c->key, sizeof(c->key), "%s", e->key);
		c->member = e->member;
		c->decimals = e->decimals;
		c->unit = SP_UNIT_RATIO;
		c->size = e->size;
		c->offset = e->offset;
		c->field = -1;
	}
}

struct layout *layout_make(void)
{
	struct layout *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	for (unsigned int i = 0; i < SP_TABLES; i++)
		add_metrics(&l->tables[i], i);
	l->tables[WIRE_META].name = ".frame";
	l->tables[WIRE_META].row_size = sizeof(struct wire_meta);
	l->tables[WIRE_META].single = true;
	l->tables[WIRE_LOST].name = ".lost";
	l->tables[WIRE_LOST].row_size = sizeof(struct wire_lost);
	add_extras(l);
	return l;
}

#define COPY(to, from) snprintf(to, sizeof(to), "%s", (from) ? (from) : "")

static void caps_to_text(char *buf, size_t len, uint32_t caps)
{
	size_t n = 0;

	*buf = '\0';
	for (unsigned int i = 0; i < SP_CAPS && n < len; i++)
		if (caps & 1U << i)
			n += (size_t)snprintf(buf + n, len - n, "%s,",
					      sp_cap_names[i]);
}

static uint32_t caps_of_text(const char *s)
{
	uint32_t caps = 0;
	size_t n;

	for (; s[n = strcspn(s, ",")]; s += n + 1)
		for (unsigned int i = 0; i < SP_CAPS; i++)
			if (strlen(sp_cap_names[i]) == n &&
			    !strncmp(sp_cap_names[i], s, n))
				caps |= 1U << i;
	return caps;
}

/* A name's place; 0 for one that this build does not know. */
static unsigned int find_name(const char *const *names, unsigned int nr,
			      const char *name)
{
	for (unsigned int i = 0; i < nr; i++)
		if (names[i] && !strcmp(names[i], name))
			return i;
	return 0;
}

void layout_rows_of(struct wire_rows *rows, const struct sp_frame *frame)
{
	const struct sp_verdict *v = &frame->verdict;
	struct wire_meta *m = &rows->meta;

	memset(rows, 0, sizeof(*rows));
	m->time_s = frame->time.tv_sec;
	m->time_ns = (uint32_t)frame->time.tv_nsec;
	m->interval_s = frame->interval_s;
	COPY(m->host, frame->host);
	COPY(m->kernel, frame->kernel);
	m->nr_cpus = frame->nr_cpus;
	m->mem_total_bytes = frame->mem_total_bytes;
	COPY(m->source, frame->source.name);
	COPY(m->kmod_version, frame->source.kmod_version);
	caps_to_text(m->caps, sizeof(m->caps), frame->source.caps);
	for (unsigned int i = 0; i < SP_RESOURCES; i++)
		COPY(m->status[i], sp_status_names[frame->status[i]]);
	COPY(m->severity, sp_status_names[v->severity]);
	COPY(m->resource, sp_resource_names[v->resource]);
	COPY(m->signal, sp_signal_names[v->signal]);
	COPY(m->text, v->text);
	m->has_culprit = v->has_culprit;
	m->pid = v->culprit.pid;
	m->tid = v->culprit.tid;
	COPY(m->comm, v->culprit.comm);
	m->share_pct = v->culprit.share_pct;
	COPY(m->cgroup, v->culprit.cgroup);
	m->cgroup_share_pct = v->culprit.cgroup_share_pct;
	rows->nr_lost = frame->source.nr_lost;
	for (size_t i = 0; i < rows->nr_lost; i++) {
		COPY(rows->lost[i].name, frame->source.lost[i].name);
		rows->lost[i].count = frame->source.lost[i].count;
	}
}

static enum sp_status status_of(const char *name)
{
	return find_name(sp_status_names, SP_STATUS_CRITICAL + 1, name);
}

static void verdict_of(struct sp_verdict *v, const struct wire_meta *m)
{
	v->severity = status_of(m->severity);
	v->resource = find_name(sp_resource_names, SP_RESOURCES, m->resource);
	v->signal = find_name(sp_signal_names, SP_SIGNALS, m->signal);
	COPY(v->text, m->text);
	v->has_culprit = m->has_culprit;
	v->culprit.pid = m->pid;
	v->culprit.tid = m->tid;
	COPY(v->culprit.comm, m->comm);
	v->culprit.share_pct = m->share_pct;
	COPY(v->culprit.cgroup, m->cgroup);
	v->culprit.cgroup_share_pct = m->cgroup_share_pct;
}

void layout_frame_of(struct sp_frame *frame, const struct wire_rows *rows)
{
	const struct wire_meta *m = &rows->meta;
	struct sp_source_info *s = &frame->source;

	frame->time.tv_sec = m->time_s;
	frame->time.tv_nsec = m->time_ns % 1000000000;
	frame->interval_s = m->interval_s;
	COPY(frame->host, m->host);
	COPY(frame->kernel, m->kernel);
	frame->nr_cpus = m->nr_cpus;
	frame->mem_total_bytes = m->mem_total_bytes;
	s->name = m->source;
	COPY(s->kmod_version, m->kmod_version);
	s->caps = caps_of_text(m->caps);
	for (unsigned int i = 0; i < SP_RESOURCES; i++)
		frame->status[i] = status_of(m->status[i]);
	verdict_of(&frame->verdict, m);
	s->nr_lost = rows->nr_lost;
	for (size_t i = 0; i < s->nr_lost; i++) {
		s->lost[i].name = rows->lost[i].name;
		s->lost[i].count = rows->lost[i].count;
	}
}
