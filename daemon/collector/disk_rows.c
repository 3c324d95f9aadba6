// SPDX-License-Identifier: GPL-2.0-only
/*
 * Disks: throughput, request latency, and the golden signals of disk.
 */
#include <errno.h>
#include <string.h>

#include <sysperf/hist.h>

#include "delta.h"
#include "proc_disk.h"
#include "system_rows.h"

/* Requests of the interval, of one direction of one disk or of many. */
struct requests {
	double ns; /* sum of their latencies */
	uint64_t count;
	double max_ns;
	uint64_t hist[SYSPERF_HIST_BUCKETS];
};

/* Counters begin anew with another device of that name. */
static bool is_another(const struct sp_raw_disk *c, const struct sp_raw_disk *p)
{
	return c->reads < p->reads || c->writes < p->writes ||
	       c->read_bytes < p->read_bytes ||
	       c->write_bytes < p->write_bytes ||
	       (*c->serial && *p->serial && strcmp(c->serial, p->serial) != 0);
}

static const struct sp_raw_disk *find(const struct sp_snapshot *s,
				      const struct sp_raw_disk *d)
{
	for (size_t i = 0; i < s->nr_disks; i++)
		if (s->disks[i].major == d->major &&
		    s->disks[i].minor == d->minor &&
		    !strcmp(s->disks[i].name, d->name))
			return is_another(d, &s->disks[i]) ? NULL
							   : &s->disks[i];
	return NULL;
}

/*
 * Before 6.1 a hidden device, as the paths of NVMe multipath are, is 0:0 in
 * /proc/diskstats (block/genhd.c), whatever its number is.
 */
static const struct sysperf_disk *kfind(const struct sp_snapshot *s,
					const struct sp_raw_disk *d)
{
	const bool hidden = !d->major && !d->minor;

	for (size_t i = 0; i < s->nr_kdisks; i++)
		if ((hidden || (s->kdisks[i]->major == d->major &&
				s->kdisks[i]->minor == d->minor)) &&
		    !strncmp(s->kdisks[i]->name, d->name, sizeof(d->name)))
			return s->kdisks[i];
	return NULL;
}

static void requests_between(struct requests *r,
			     const struct sysperf_disk_io *c,
			     const struct sysperf_disk_io *p)
{
	memset(r->hist, 0, sizeof(r->hist));
	r->count =
		sp_hist_add_delta(r->hist, c->hist, p->hist, SYSPERF_HIST_SUB);
	r->ns = delta(c->latency_ns, p->latency_ns);
	r->max_ns = sp_hist_max(r->hist, SYSPERF_HIST_SUB, c->latency_max_ns,
				c->latency_max_ns > p->latency_max_ns);
}

static void requests_add(struct requests *sum, const struct requests *r)
{
	if (!r->count)
		return;
	sum->ns += r->ns;
	sum->count += r->count;
	sum->max_ns = max_of(sum->max_ns, r->max_ns);
	for (size_t i = 0; i < SYSPERF_HIST_BUCKETS; i++)
		sum->hist[i] += r->hist[i];
}

static double requests_us(const struct requests *r, double percentile)
{
	double ns = sp_hist_percentile(r->hist, SYSPERF_HIST_SUB, r->count,
				       percentile);

	return at_most(ns, r->max_ns) / 1000;
}

/* Flushes and discards: seldom, and of no bearing on the golden signals. */
static void other_requests(const struct interval_frame *f, struct sp_disk *row,
			   const struct sysperf_disk *c,
			   const struct sysperf_disk *p)
{
	struct requests r;

	requests_between(&r, &c->io[SYSPERF_OP_FLUSH],
			 &p->io[SYSPERF_OP_FLUSH]);
	row->flushes_per_s = ratio((double)r.count, f->kmod_s);
	row->flush_mean_us = ratio(r.ns, (double)r.count) / 1000;
	row->flush_p99_us = requests_us(&r, 99);
	requests_between(&r, &c->io[SYSPERF_OP_DISCARD],
			 &p->io[SYSPERF_OP_DISCARD]);
	row->discards_per_s = ratio((double)r.count, f->kmod_s);
	row->discard_mean_us = ratio(r.ns, (double)r.count) / 1000;
}

/*
 * A device is known from its first request, or error, on, so all that it did
 * counts. One that has no requests keeps the means of /proc/diskstats.
 */
static void kernel_row(const struct interval_frame *f, struct sp_disk *row,
		       const struct sysperf_disk *c,
		       const struct sysperf_disk *p, struct requests *sum)
{
	static const struct sysperf_disk nothing;
	double errors = 0, queue_ns = 0;
	struct requests r;
	uint64_t count;

	if (!p)
		p = &nothing;
	requests_between(&r, &c->io[SYSPERF_OP_READ], &p->io[SYSPERF_OP_READ]);
	row->read_p50_us = requests_us(&r, 50);
	row->read_p99_us = requests_us(&r, 99);
	row->read_max_us = r.max_ns / 1000;
	if (r.count)
		row->read_mean_us = r.ns / (double)r.count / 1000;
	count = r.count;
	if (sum)
		requests_add(sum, &r);
	requests_between(&r, &c->io[SYSPERF_OP_WRITE],
			 &p->io[SYSPERF_OP_WRITE]);
	row->write_p50_us = requests_us(&r, 50);
	row->write_p99_us = requests_us(&r, 99);
	row->write_max_us = r.max_ns / 1000;
	if (r.count)
		row->write_mean_us = r.ns / (double)r.count / 1000;
	count += r.count;
	if (sum)
		requests_add(sum, &r);
	for (int op = SYSPERF_OP_READ; op <= SYSPERF_OP_WRITE; op++)
		queue_ns += delta(c->io[op].queue_ns, p->io[op].queue_ns);
	row->queue_mean_us = ratio(queue_ns, (double)count) / 1000;
	for (int op = 0; op < SYSPERF_OPS; op++)
		errors += delta(c->io[op].errors, p->io[op].errors);
	row->errors_per_s = ratio(errors, f->kmod_s);
	other_requests(f, row, c, p);
	/* What is stuck shows now, not when it ends. */
	if (sum && c->inflight)
		sum->max_ns = max_of(sum->max_ns, (double)c->oldest_ns);
}

static void describe(struct sp_disk *row, const struct sp_raw_disk *d)
{
	memcpy(row->name, d->name, sizeof(row->name));
	memcpy(row->type, d->type, sizeof(row->type));
	memcpy(row->model, d->model, sizeof(row->model));
	memcpy(row->serial, d->serial, sizeof(row->serial));
	row->size_bytes = gauge(d->size_bytes);
}

static void plain_row(const struct interval_frame *f, struct sp_disk *row,
		      const struct sp_raw_disk *c, const struct sp_raw_disk *p)
{
	double reads = delta(c->reads, p->reads);
	double writes = delta(c->writes, p->writes);

	row->reads_per_s = ratio(reads, f->disks_s);
	row->writes_per_s = ratio(writes, f->disks_s);
	row->read_bytes_per_s =
		ratio(delta(c->read_bytes, p->read_bytes), f->disks_s);
	row->write_bytes_per_s =
		ratio(delta(c->write_bytes, p->write_bytes), f->disks_s);
	row->read_mean_us =
		ratio(delta_time(c->read_ns, p->read_ns), reads) / 1000;
	row->write_mean_us =
		ratio(delta_time(c->write_ns, p->write_ns), writes) / 1000;
	row->stuck = gauge(c->in_flight) > 0 && gauge(p->in_flight) > 0 &&
		     reads + writes == 0;
	row->util_pct =
		pct(delta_time(c->busy_ns, p->busy_ns), f->disks_s * 1e9);
	row->queue_depth =
		ratio(delta_time(c->queue_ns, p->queue_ns), f->disks_s * 1e9);
}

static void add_golden(struct sp_golden *g, const struct sp_disk *row)
{
	g->disk_reads_per_s = add(g->disk_reads_per_s, row->reads_per_s);
	g->disk_writes_per_s = add(g->disk_writes_per_s, row->writes_per_s);
	g->disk_read_bytes_per_s =
		add(g->disk_read_bytes_per_s, row->read_bytes_per_s);
	g->disk_write_bytes_per_s =
		add(g->disk_write_bytes_per_s, row->write_bytes_per_s);
	g->disk_errors_per_s = add(g->disk_errors_per_s, row->errors_per_s);
	g->disk_util_pct = max_of(g->disk_util_pct, row->util_pct);
	g->disk_queue_depth = max_of(g->disk_queue_depth, row->queue_depth);
}

/* Do its requests count on other devices? */
static bool counts_below(const struct interval_frame *f, const char *name)
{
	if (sp_disk_stacked(name))
		return true;
	for (size_t i = 0; i < f->cur->nr_disks; i++)
		if (sp_disk_is_path(f->cur->disks[i].name, name))
			return true;
	return false;
}

/* The mean of all requests, from /proc/diskstats. */
static double plain_mean_us(const struct interval_frame *f)
{
	double ns = NAN, count = NAN;

	for (size_t i = 0; i < f->cur->nr_disks; i++) {
		const struct sp_raw_disk *c = &f->cur->disks[i];
		const struct sp_raw_disk *p = find(f->prev, c);

		if (!p || counts_below(f, c->name))
			continue;
		ns = add(ns, add(delta_time(c->read_ns, p->read_ns),
				 delta_time(c->write_ns, p->write_ns)));
		count = add(count, add(delta(c->reads, p->reads),
				       delta(c->writes, p->writes)));
	}
	return ratio(ns, count) / 1000;
}

static void latency(const struct interval_frame *f, const struct requests *sum)
{
	struct sp_golden *g = &f->frame->golden;

	if (!(f->cur->info.caps & 1U << SP_CAP_BLOCK)) {
		g->disk_mean_us = plain_mean_us(f);
		return;
	}
	g->disk_mean_us = ratio(sum->ns, (double)sum->count) / 1000;
	g->disk_p50_us = requests_us(sum, 50);
	g->disk_p95_us = requests_us(sum, 95);
	g->disk_p99_us = requests_us(sum, 99);
	g->disk_max_us = sum->max_ns / 1000;
	/* No device is known to the module before its first request. */
	g->disk_errors_per_s = add(g->disk_errors_per_s, 0);
}

int disk_rows(const struct interval_frame *f)
{
	const struct sp_raw_system *c = &f->cur->sys, *p = &f->prev->sys;
	struct sp_golden *g = &f->frame->golden;
	struct requests sum = {.max_ns = NAN};
	double errors_above = NAN;

	if (frame_rows_resize(&f->frame->disks, f->cur->nr_disks,
			      sizeof(struct sp_disk)))
		return -ENOMEM;
	f->frame->nr_disks = f->cur->nr_disks;
	for (size_t i = 0; i < f->cur->nr_disks; i++) {
		const struct sp_raw_disk *d = &f->cur->disks[i];
		const struct sp_raw_disk *old = find(f->prev, d);
		const struct sysperf_disk *k = kfind(f->cur, d);
		struct sp_disk *row = &f->frame->disks[i];
		bool below = counts_below(f, d->name);

		sp_field_row_clear(SP_TABLE_DISK, row);
		describe(row, d);
		if (old)
			plain_row(f, row, d, old);
		if (k)
			kernel_row(f, row, k, kfind(f->prev, d),
				   below ? NULL : &sum);
		if (!below)
			add_golden(g, row);
		else
			errors_above = max_of(errors_above, row->errors_per_s);
	}
	latency(f, &sum);
	/* If nothing fails below, a device mapper fails it by itself. */
	if (!(g->disk_errors_per_s > 0) && errors_above > 0)
		g->disk_errors_per_s = errors_above;
	g->disk_psi_some_pct =
		pct(delta(c->psi_io_some_ns, p->psi_io_some_ns), f->ns);
	g->disk_psi_full_pct =
		pct(delta(c->psi_io_full_ns, p->psi_io_full_ns), f->ns);
	return 0;
}
