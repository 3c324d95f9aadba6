// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module's records: understood, and whatever else comes refused.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/collector/kmod_parse.h"

struct stream {
	_Alignas(8) char buf[65536];
	size_t len;
};

static void *put(struct stream *s, uint32_t type, size_t size)
{
	struct sysperf_rec *rec = (void *)(s->buf + s->len);

	memset(rec, 0, size);
	rec->type = type;
	rec->size = (uint32_t)size;
	s->len += size;
	return rec;
}

static void header(struct stream *s, uint32_t abi)
{
	struct sysperf_header *h =
		put(s, SYSPERF_REC_HEADER, sizeof(struct sysperf_header));

	h->abi_version = abi;
	h->now_ns = 99;
	h->caps = SYSPERF_CAP_SCHED | SYSPERF_CAP_BLOCK | SYSPERF_CAP_NET |
		  SYSPERF_CAP_PMU;
	h->pmu_events = 1 << SYSPERF_PMU_CYCLES;
	h->lost_requests = 4;
	/* no terminator, as a broken module might send */
	memset(h->version, 'v', sizeof(h->version));
}

static int parse(struct stream *s, struct sp_snapshot *snap)
{
	sp_snapshot_init(snap);
	sp_snapshot_reset(snap);
	return sp_kmod_parse(snap, s->buf, s->len);
}

static int parse_only(struct stream *s)
{
	struct sp_snapshot snap;
	int ret = parse(s, &snap);

	sp_snapshot_free(&snap);
	return ret;
}

static void whole_snapshot(void **state)
{
	static struct stream s;
	struct sp_snapshot snap;
	struct sysperf_task *t;

	(void)state;
	s.len = 0;
	header(&s, SYSPERF_ABI_VERSION);
	put(&s, SYSPERF_REC_CPU, sizeof(struct sysperf_cpu));
	put(&s, SYSPERF_REC_TCP, sizeof(struct sysperf_tcp));
	put(&s, SYSPERF_REC_TCP, sizeof(struct sysperf_tcp));
	put(&s, SYSPERF_REC_MEMORY, sizeof(struct sysperf_memory));
	put(&s, SYSPERF_REC_DISK, sizeof(struct sysperf_disk));
	t = put(&s, SYSPERF_REC_TASK, sizeof(*t));
	t->tid = 5;
	t->state = SYSPERF_RUNQ;
	t->now_ns = 100;
	t->since_ns = 40;
	t->nvcsw = 3;
	t->nivcsw = 4;
	t->io_errors = 6;
	t->net[SYSPERF_TCP].rx_bytes = 1000;
	t->net[SYSPERF_UDP].rx_bytes = 24;
	t->net[SYSPERF_UDP].tx_packets = 2;
	t->reclaim_ns = 5;
	t->pmu.event[SYSPERF_PMU_CYCLES].count = 7;
	memset(t->comm, 'c', sizeof(t->comm));
	put(&s, 77, 24); /* of a newer module */
	t = put(&s, SYSPERF_REC_EXITED, sizeof(*t) + 16); /* it grew */
	t->flags = SYSPERF_TASK_OOM_KILLED;
	put(&s, SYSPERF_REC_END, sizeof(struct sysperf_end));
	assert_int_equal(parse(&s, &snap), 0);
	assert_int_equal(snap.nr_tasks, 2);
	assert_int_equal(snap.nr_kcpus, 1);
	assert_int_equal(snap.nr_kdisks, 1);
	assert_int_equal(snap.tasks[0].tid, 5);
	assert_int_equal(snap.tasks[0].runq_open_ns, 60);
	assert_int_equal(snap.tasks[0].switches, 7);
	assert_int_equal(strlen(snap.tasks[0].comm), 15);
	assert_true(snap.tasks[1].flags & SYSPERF_TASK_EXITED);
	assert_true(snap.info.caps & 1U << SP_CAP_KMOD);
	assert_int_equal(strlen(snap.info.kmod_version), 31);
	assert_int_equal(snap.info.nr_lost, 7);
	assert_int_equal(snap.nr_ktcps, 2);
	assert_non_null(snap.kmemory);
	assert_false(snap.tasks_are_changes);
	assert_int_equal(snap.tasks[0].net_rx_bytes, 1024);
	assert_int_equal(snap.tasks[0].net_tx_packets, 2);
	assert_int_equal(snap.tasks[0].io_errors, 6);
	assert_int_equal(snap.tasks[0].pmu.event[SYSPERF_PMU_CYCLES].count, 7);
	/* What this module does not measure. */
	assert_true(snap.tasks[0].reclaim_ns == SP_ABSENT);
	assert_true(snap.tasks[0].pmu.event[SYSPERF_PMU_CACHE_MISSES].count ==
		    SP_ABSENT);
	assert_true(snap.info.caps & 1U << SP_CAP_NET);
	assert_false(snap.info.caps & 1U << SP_CAP_RECLAIM);
	sp_snapshot_free(&snap);
}

/* Loaded without any part, there is still what the kernel itself counts. */
static void nothing_measured(void **state)
{
	static struct stream s;
	struct sp_snapshot snap;
	struct sysperf_header *h = (void *)s.buf;
	struct sysperf_task *t;

	(void)state;
	s.len = 0;
	header(&s, SYSPERF_ABI_VERSION);
	h->caps = 0;
	h->flags = SYSPERF_SNAP_CHANGES;
	t = put(&s, SYSPERF_REC_TASK, sizeof(*t));
	t->utime_ns = 30;
	t->stime_ns = 12;
	t->min_flt = 8;
	put(&s, SYSPERF_REC_END, sizeof(struct sysperf_end));
	assert_int_equal(parse(&s, &snap), 0);
	assert_true(snap.tasks_are_changes);
	assert_int_equal(snap.tasks[0].cpu_ns, 42);
	assert_int_equal(snap.tasks[0].minor_faults, 8);
	assert_true(snap.tasks[0].state_ns[SYSPERF_SLEEPING] == SP_ABSENT);
	assert_true(snap.tasks[0].ios == SP_ABSENT);
	assert_true(snap.tasks[0].net_rx_bytes == SP_ABSENT);
	assert_true(snap.tasks[0].pmu.event[SYSPERF_PMU_CYCLES].count ==
		    SP_ABSENT);
	assert_null(snap.tasks[0].runq_hist);
	assert_null(snap.tasks[0].io_hist);
	assert_true(snap.info.caps & 1U << SP_CAP_KMOD);
	assert_false(snap.info.caps & 1U << SP_CAP_SCHED);
	sp_snapshot_free(&snap);
}

static void other_abi(void **state)
{
	static struct stream s;

	(void)state;
	s.len = 0;
	header(&s, SYSPERF_ABI_VERSION + 1);
	put(&s, SYSPERF_REC_END, sizeof(struct sysperf_end));
	assert_int_equal(parse_only(&s), -EPROTONOSUPPORT);
}

static void cut_short(void **state)
{
	static struct stream s;
	size_t whole;

	(void)state;
	s.len = 0;
	header(&s, SYSPERF_ABI_VERSION);
	put(&s, SYSPERF_REC_TASK, sizeof(struct sysperf_task));
	put(&s, SYSPERF_REC_END, sizeof(struct sysperf_end));
	whole = s.len;
	for (s.len = 0; s.len < whole; s.len++)
		assert_int_equal(parse_only(&s), -EPROTO);
	assert_int_equal(parse_only(&s), 0);
}

static void bad_records(void **state)
{
	static struct stream s;
	struct sysperf_task *t;
	const uint32_t sizes[] = {0, 7, 8, 12, 1 << 30, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		s.len = 0;
		header(&s, SYSPERF_ABI_VERSION);
		t = put(&s, SYSPERF_REC_TASK, sizeof(*t));
		put(&s, SYSPERF_REC_END, sizeof(struct sysperf_end));
		t->rec.size = sizes[i];
		assert_int_equal(parse_only(&s), -EPROTO);
	}
	t->rec.size = sizeof(*t);
	t->state = SYSPERF_STATES;
	assert_int_equal(parse_only(&s), -EPROTO);
}

static void order(void **state)
{
	static struct stream s;

	(void)state;
	s.len = 0;
	put(&s, SYSPERF_REC_TASK, sizeof(struct sysperf_task));
	header(&s, SYSPERF_ABI_VERSION);
	put(&s, SYSPERF_REC_END, sizeof(struct sysperf_end));
	assert_int_equal(parse_only(&s), -EPROTO);
	s.len = 0;
	header(&s, SYSPERF_ABI_VERSION);
	put(&s, SYSPERF_REC_END, sizeof(struct sysperf_end));
	put(&s, SYSPERF_REC_TASK, sizeof(struct sysperf_task));
	assert_int_equal(parse_only(&s), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_snapshot),
		cmocka_unit_test(other_abi),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(bad_records),
		cmocka_unit_test(order),
		cmocka_unit_test(nothing_measured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
