// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the sums of the module's histograms. The module's buckets are 32 bits
 * wide and wrap, those of devices and of a module that is loaded again begin
 * anew; sums of their growth do neither.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sysperf/hist.h>
#include <sysperf/latency.h>
#include <sysperf/snapshot.h>

/* What was counted in an interval; exact is all 0 in between. */
struct growth {
	uint64_t exact[SYSPERF_HIST_BUCKETS];
	uint64_t ns;
};

static void grow(struct growth *g, const uint32_t *cur, const uint32_t *prev,
		 uint64_t cur_ns, uint64_t prev_ns)
{
	sp_hist_add_delta(g->exact, cur, prev, SYSPERF_HIST_SUB);
	if (cur_ns > prev_ns)
		g->ns += cur_ns - prev_ns;
}

/* Octave o of the exact histogram ends at 2^(MIN_SHIFT + o). */
static unsigned int bound_of(unsigned int octave)
{
	unsigned int shift = SYSPERF_HIST_MIN_SHIFT + octave;

	if (shift <= SP_LATENCY_FIRST_SHIFT)
		return 0;
	shift -= SP_LATENCY_FIRST_SHIFT;
	return shift < SP_LATENCY_BOUNDS ? shift : SP_LATENCY_BOUNDS;
}

static void add(struct sp_latency *l, struct growth *g)
{
	for (unsigned int i = 0; i < SYSPERF_HIST_BUCKETS; i++)
		l->count[bound_of(i >> SYSPERF_HIST_SUB)] += g->exact[i];
	l->sum_ns += g->ns;
	memset(g, 0, sizeof(*g));
}

static void add_runq(struct sp_latencies *l, struct growth *g,
		     const struct sp_snapshot *cur,
		     const struct sp_snapshot *prev)
{
	for (size_t i = 0; i < cur->nr_kcpus; i++) {
		const struct sysperf_cpu *c = cur->kcpus[i];

		/* Mostly it has the same place in both. */
		for (size_t j = 0; j < prev->nr_kcpus; j++) {
			const struct sysperf_cpu *p =
				prev->kcpus[(i + j) % prev->nr_kcpus];

			if (p->cpu != c->cpu)
				continue;
			grow(g, c->runq_hist, p->runq_hist, c->runq_wait_ns,
			     p->runq_wait_ns);
			break;
		}
	}
	add(&l->runq, g);
}

static void add_rtt(struct sp_latencies *l, struct growth *g,
		    const struct sp_snapshot *cur,
		    const struct sp_snapshot *prev)
{
	static const struct sysperf_tcp nothing;

	for (size_t i = 0; i < cur->nr_ktcps; i++) {
		const struct sysperf_tcp *c = cur->ktcps[i];
		/* The module has none of a CPU that saw nothing yet. */
		const struct sysperf_tcp *p = &nothing;

		for (size_t j = 0; j < prev->nr_ktcps && p == &nothing; j++)
			if (prev->ktcps[(i + j) % prev->nr_ktcps]->cpu ==
			    c->cpu)
				p = prev->ktcps[(i + j) % prev->nr_ktcps];
		grow(g, c->rtt_hist, p->rtt_hist, c->rtt_ns, p->rtt_ns);
	}
	add(&l->rtt, g);
}

static struct sp_disk_latency *find_disk(struct sp_latencies *l,
					 const struct sysperf_disk *d)
{
	struct sp_disk_latency *sum;

	for (size_t i = 0; i < l->nr_disks; i++) {
		sum = &l->disks[i];
		if (sum->major == d->major && sum->minor == d->minor &&
		    !strncmp(sum->name, d->name, sizeof(sum->name) - 1))
			return sum;
	}
	if (l->nr_disks == l->cap_disks) {
		size_t cap = l->cap_disks ? 2 * l->cap_disks : 16;

		sum = reallocarray(l->disks, cap, sizeof(*sum));
		if (!sum)
			return NULL;
		l->disks = sum;
		l->cap_disks = cap;
	}
	sum = &l->disks[l->nr_disks++];
	memset(sum, 0, sizeof(*sum));
	memcpy(sum->name, d->name, sizeof(sum->name) - 1);
	sum->major = d->major;
	sum->minor = d->minor;
	return sum;
}

/* A module that was just loaded does not know a device before it is used. */
static bool is_there(const struct sp_snapshot *s,
		     const struct sp_disk_latency *d)
{
	for (size_t i = 0; i < s->nr_disks; i++)
		if (s->disks[i].major == d->major &&
		    s->disks[i].minor == d->minor &&
		    !strncmp(s->disks[i].name, d->name, sizeof(d->name) - 1))
			return true;
	return false;
}

static void forget_disks(struct sp_latencies *l, const struct sp_snapshot *cur)
{
	size_t left = 0;

	for (size_t i = 0; i < l->nr_disks; i++)
		if (l->disks[i].here || is_there(cur, &l->disks[i]))
			l->disks[left++] = l->disks[i];
	l->nr_disks = left;
}

static int add_disks(struct sp_latencies *l, struct growth *g,
		     const struct sp_snapshot *cur,
		     const struct sp_snapshot *prev)
{
	static const struct sysperf_disk nothing;
	int ret = 0;

	for (size_t i = 0; i < l->nr_disks; i++)
		l->disks[i].here = false;
	for (size_t i = 0; i < cur->nr_kdisks; i++) {
		const struct sysperf_disk *c = cur->kdisks[i];
		/* It is known from its first request on: all of it counts. */
		const struct sysperf_disk *p = &nothing;
		struct sp_disk_latency *sum = find_disk(l, c);

		if (!sum) {
			ret = -ENOMEM;
			continue;
		}
		sum->here = true;
		for (size_t j = 0; j < prev->nr_kdisks; j++)
			if (prev->kdisks[j]->major == c->major &&
			    prev->kdisks[j]->minor == c->minor &&
			    !strncmp(prev->kdisks[j]->name, c->name,
				     sizeof(c->name)))
				p = prev->kdisks[j];
		for (int op = 0; op < SYSPERF_OPS; op++) {
			grow(g, c->io[op].hist, p->io[op].hist,
			     c->io[op].latency_ns, p->io[op].latency_ns);
			add(&sum->op[op], g);
		}
	}
	forget_disks(l, cur);
	return ret;
}

int sp_latencies_add(struct sp_latencies *l, const struct sp_snapshot *cur,
		     const struct sp_snapshot *prev)
{
	struct growth g = {.ns = 0};

	l->caps = cur->info.caps;
	/* Both of the module: else there is no telling what is new. */
	if (!(cur->info.caps & prev->info.caps & 1U << SP_CAP_KMOD))
		return 0;
	add_runq(l, &g, cur, prev);
	add_rtt(l, &g, cur, prev);
	if (cur->kmemory && prev->kmemory) {
		grow(&g, cur->kmemory->reclaim_hist,
		     prev->kmemory->reclaim_hist, cur->kmemory->reclaim_ns,
		     prev->kmemory->reclaim_ns);
		add(&l->reclaim, &g);
	}
	return add_disks(l, &g, cur, prev);
}

void sp_latencies_free(struct sp_latencies *l)
{
	free(l->disks);
	memset(l, 0, sizeof(*l));
}
