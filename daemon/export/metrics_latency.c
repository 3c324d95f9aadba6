// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns how latencies are written: Prometheus' histograms, whose buckets count
 * all that is not above their bound.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sysperf/text.h>

#include "metrics.h"

/* One histogram; labels: "" or "name=\"value\",". */
static void write_histogram(const struct metrics *m, const char *name,
			    const char *labels, const struct sp_latency *l)
{
	uint64_t sum = 0;
	char bound[32];
	size_t n = strlen(labels);

	for (unsigned int i = 0; i <= SP_LATENCY_BOUNDS; i++) {
		sum += l->count[i];
		if (i < SP_LATENCY_BOUNDS)
			sp_decimal(bound, sizeof(bound),
				   (double)sp_latency_bound_ns(i) / 1e9, 9);
		fprintf(m->f, "%s_bucket{%sle=\"%s\"} %" PRIu64 "\n", name,
			labels, i < SP_LATENCY_BOUNDS ? bound : "+Inf", sum);
	}
	/* Alone, they do not end in a comma. */
	fprintf(m->f, "%s_sum%s%.*s%s", name, n ? "{" : "", n ? (int)n - 1 : 0,
		labels, n ? "}" : "");
	metrics_sum(m, (double)l->sum_ns / 1e9);
	fprintf(m->f, "%s_count%s%.*s%s %" PRIu64 "\n", name, n ? "{" : "",
		n ? (int)n - 1 : 0, labels, n ? "}" : "", sum);
}

static void write_one(const struct metrics *m, const char *name,
		      const char *help, const struct sp_latency *l)
{
	metrics_head(m, name, METRICS_HISTOGRAM, "seconds", help);
	write_histogram(m, name, "", l);
}

static bool any(const struct sp_latency *l)
{
	for (unsigned int i = 0; i <= SP_LATENCY_BOUNDS; i++)
		if (l->count[i])
			return true;
	return false;
}

static void write_disk(const struct metrics *m, const char *name,
		       const struct sp_disk_latency *d)
{
	static const char *const ops[SYSPERF_OPS] = {
		[SYSPERF_OP_READ] = "read",
		[SYSPERF_OP_WRITE] = "write",
		[SYSPERF_OP_FLUSH] = "flush",
		[SYSPERF_OP_DISCARD] = "discard",
	};
	char *labels = NULL;
	size_t size;

	for (int op = 0; op < SYSPERF_OPS; op++) {
		struct metrics to = {open_memstream(&labels, &size), m->syntax};

		/* What a device never did would be series of nothing. */
		if (to.f && any(&d->op[op])) {
			metrics_label(&to, ' ', "device", d->name);
			metrics_label(&to, ',', "operation", ops[op]);
			putc_unlocked(',', to.f);
			if (!fflush(to.f))
				write_histogram(m, name, labels + 1,
						&d->op[op]);
		}
		if (to.f)
			fclose(to.f);
		free(labels);
		labels = NULL;
	}
}

static void write_disks(const struct metrics *m, const struct sp_latencies *l)
{
	static const char name[] = "sysperf_disk_request_seconds";

	metrics_head(m, name, METRICS_HISTOGRAM, "seconds",
		     "block requests by device, issue to completion");
	for (size_t i = 0; i < l->nr_disks; i++)
		write_disk(m, name, &l->disks[i]);
}

void metrics_latencies(const struct metrics *m, const struct sp_latencies *l)
{
	if (l->caps & 1U << SP_CAP_SCHED)
		write_one(m, "sysperf_cpu_runq_wait_seconds",
			  "run-queue waits of all tasks", &l->runq);
	if (l->caps & 1U << SP_CAP_RECLAIM)
		write_one(m, "sysperf_memory_reclaim_stall_seconds",
			  "direct-reclaim stalls", &l->reclaim);
	if (l->caps & 1U << SP_CAP_BLOCK)
		write_disks(m, l);
	if (l->caps & 1U << SP_CAP_TCP)
		write_one(m, "sysperf_network_rtt_seconds",
			  "TCP round-trip times, a sample an acknowledgement",
			  &l->rtt);
}
