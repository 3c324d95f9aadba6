// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's records, cut short, too long, or of other versions: the parser
 * takes or refuses them, and what it took lies within the buffer. The input is
 * one snapshot after the other; those that are taken become frames. The seeds
 * come from corpus_kmod.py.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../daemon/collector/kmod_parse.h"
#include "../../daemon/collector/system_rows.h"

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
		if (t->runq_hist)
			must_lie_in(buf, size, t->runq_hist, len);
		if (t->io_hist)
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
	for (size_t i = 0; i < s->nr_ktcps; i++)
		must_lie_in(buf, size, s->ktcps[i], sizeof(*s->ktcps[i]));
	if (s->kmemory)
		must_lie_in(buf, size, s->kmemory, sizeof(*s->kmemory));
	must(info->nr_lost <= SP_LOST_MAX);
	must(memchr(info->kmod_version, '\0', sizeof(info->kmod_version)) !=
	     NULL);
}

/* Two snapshots in turn, and what is made of them. */
struct reader {
	struct sp_snapshot snaps[2];
	char *buf[2];
	unsigned int cur;
	bool has_prev;
	struct task_rows rows;
	struct names *names;
	struct sp_frame frame;
};

/* The CPUs and disks that the module speaks of must be there to be shown. */
static void add_system(struct sp_snapshot *s)
{
	sp_snapshot_add_cpu(s)->cpu = 0;
	for (size_t i = 0; i < s->nr_kdisks && i < 4; i++) {
		struct sp_raw_disk *d = sp_snapshot_add_disk(s);

		d->major = s->kdisks[i]->major;
		d->minor = s->kdisks[i]->minor;
		memcpy(d->name, s->kdisks[i]->name, sizeof(d->name) - 1);
	}
}

static void check_rows(const struct task_rows *t)
{
	const struct sp_table *table = &sp_tables[SP_TABLE_TASK];

	for (size_t i = 0; i < t->nr; i++) {
		const struct sp_task *row = &t->rows[i];

		must(t->owners[i]->row == i && t->owners[i]->tasks);
		must(memchr(row->comm, '\0', sizeof(row->comm)) != NULL);
		for (size_t k = 0; k < table->nr_fields; k++) {
			const struct sp_field *f = &table->fields[k];

			if (f->unit == SP_UNIT_PCT &&
			    strcmp(f->key, "cpu_pct") != 0)
				must(!(sp_field_num(f, row) < 0 ||
				       sp_field_num(f, row) > 100));
		}
	}
}

/* Return: the frame was made. */
static bool make_frame(struct reader *r, const struct sp_snapshot *cur)
{
	const struct sp_snapshot *prev =
		r->has_prev ? &r->snaps[r->cur ^ 1] : NULL;
	struct interval_frame f = {cur, prev, 1e9, 1, 1, 1, 1, &r->frame};

	/* By thread, if the module's clock is odd. */
	if (task_rows_make(&r->rows, cur, prev, cur->know_ns / 1000000 % 2,
			   r->names))
		return false;
	check_rows(&r->rows);
	if (!prev)
		return true;
	sp_field_row_clear(SP_TABLE_GOLDEN, &r->frame.golden);
	must(!cpu_rows(&f, &r->rows.totals));
	must(!disk_rows(&f));
	must(!net_rows(&f));
	memory_signals(&f);
	return true;
}

/* The analyzer loses sight of which of the two buffers it looks at. */
/* NOLINTBEGIN(clang-analyzer-unix.Malloc) */
static void one_snapshot(struct reader *r, const uint8_t *data, size_t size)
{
	struct sp_snapshot *cur;
	char *buf;

	r->cur ^= 1;
	cur = &r->snaps[r->cur];
	sp_snapshot_reset(cur);
	/* Aligned as malloc() does, and of that very size, to see overruns. */
	buf = malloc(size ? size : 1);
	must(buf != NULL);
	memcpy(buf, data, size);
	free(r->buf[r->cur]);
	r->buf[r->cur] = buf;
	if (sp_kmod_parse(cur, buf, size)) {
		/* It has been filled in until there. */
		check(cur, buf, size);
		r->has_prev = false;
		return;
	}
	check(cur, buf, size);
	cur->mono_ns = cur->boot_ns = cur->know_ns;
	add_system(cur);
	r->has_prev = make_frame(r, cur);
}
/* NOLINTEND(clang-analyzer-unix.Malloc) */

/* A snapshot ends with its END record, or where there is no record. */
static size_t snapshot_size(const uint8_t *data, size_t size)
{
	struct sysperf_rec rec;
	size_t at = 0;

	while (size - at >= sizeof(rec)) {
		memcpy(&rec, data + at, sizeof(rec));
		if (rec.size < sizeof(rec) || rec.size > size - at)
			return size;
		at += rec.size;
		if (rec.type == SYSPERF_REC_END)
			return at;
	}
	return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = {.names = names_open("/nonexistent")};

	must(r.names != NULL);
	for (int i = 0; i < 2; i++)
		sp_snapshot_init(&r.snaps[i]);
	do {
		size_t n = snapshot_size(data, size);

		one_snapshot(&r, data, n);
		data += n;
		size -= n;
	} while (size);
	task_rows_free(&r.rows);
	names_close(r.names);
	for (int i = 0; i < 2; i++) {
		sp_snapshot_free(&r.snaps[i]);
		free(r.buf[i]);
	}
	free(r.frame.cpus);
	free(r.frame.disks);
	free(r.frame.nets);
	return 0;
}
