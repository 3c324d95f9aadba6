// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of TASKSTATS as kernels sent them, and what else might come: cut
 * short at every byte, with lengths that lie.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/snapshot.h>
#include "../../daemon/collector/taskstats.h"
#include "tree.h"

#define FAMILY 28
/* Where the structure is in the message: after three headers and the id. */
#define STATS 36

struct message {
	_Alignas(8) char buf[4096];
	size_t len;
};

static void load(struct message *m, const char *kernel, const char *name)
{
	char dir[512], path[640];
	FILE *f;

	tree_canned(dir, sizeof(dir), "taskstats");
	snprintf(path, sizeof(path), "%s/%s-%s", dir, kernel, name);
	f = fopen(path, "re");
	assert_non_null(f);
	m->len = fread(m->buf, 1, sizeof(m->buf), f);
	fclose(f);
	assert_true(m->len > 100);
}

static void process_of_one_thread(void **state)
{
	struct sp_task_end end;
	struct message m;

	(void)state;
	load(&m, "6.1", "single");
	assert_true(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
	assert_int_equal(end.tid, 134);
	assert_int_equal(end.pid, 134);
	assert_int_equal(end.ppid, 133);
	assert_int_equal(end.exit_code, 7 << 8);
	assert_string_equal(end.comm, "python3");
	assert_true(end.forked);
	assert_true(end.last);
	assert_false(end.has_group);
	assert_int_equal(end.elapsed_ns, 87531000);
	assert_int_equal(end.stats.cpu_ns, 86887240);
	assert_int_equal(end.stats.count, 1);
	assert_int_equal(end.stats.delay_ns, 0);
	assert_int_equal(end.minor_faults, 205);
	assert_int_equal(end.major_faults, 0);
	assert_int_equal(end.read_bytes, 0);
	assert_int_equal(end.write_bytes, 0);
	assert_false(sp_taskstats_end(m.buf, m.len, FAMILY + 1, &end));
}

static void before_5_19(void **state)
{
	struct sp_task_end end;
	struct message m;

	(void)state;
	load(&m, "5.10", "single");
	assert_true(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
	assert_int_equal(end.tid, 120);
	assert_int_equal(end.pid, 0);
	assert_true(end.forked);
	assert_false(end.last);
	assert_int_equal(end.stats.cpu_ns, 73751771);
	assert_int_equal(end.read_bytes, 143360);
	load(&m, "5.10", "thread");
	assert_true(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
	assert_false(end.forked);
	assert_false(end.last);
	load(&m, "5.10", "group-last");
	assert_true(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
	assert_int_equal(end.pid, 121);
	assert_true(end.last);
}

static void process_of_several(void **state)
{
	static const struct {
		const char *kernel;
		uint32_t pid;
		uint64_t cpu_ns, count;
	} kernels[] = {
		{"5.10", 121, 575183480, 26},
		{"6.1", 135, 136875551, 21},
		{"7.2", 144, 115510828, 23},
	};
	struct sp_task_end end;
	struct message m;

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		load(&m, kernels[i].kernel, "group-last");
		assert_true(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
		assert_true(end.has_group);
		assert_true(end.last);
		assert_int_equal(end.pid, kernels[i].pid);
		assert_int_equal(end.tid, kernels[i].pid + 2);
		assert_int_equal(end.group.cpu_ns, kernels[i].cpu_ns);
		assert_int_equal(end.group.count, kernels[i].count);
		assert_true(end.stats.cpu_ns < end.group.cpu_ns);
	}
	load(&m, "7.2", "group-first");
	assert_true(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
	assert_int_equal(end.tid, 144);
	assert_false(end.last);
}

static void question(void **state)
{
	struct sp_taskstats ts;
	struct sp_task_end end;
	struct message m;

	(void)state;
	load(&m, "6.12", "ask");
	assert_false(sp_taskstats_group(m.buf, m.len, 1, &ts));
	assert_false(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
	load(&m, "6.1", "ask");
	assert_true(sp_taskstats_group(m.buf, m.len, 135, &ts));
	assert_int_equal(ts.cpu_ns, 75484916);
	assert_int_equal(ts.delay_ns, 9193214);
	assert_int_equal(ts.count, 14);
}

static void cut_short(void **state)
{
	struct sp_task_end end;
	struct sp_taskstats ts;
	struct message m;
	char *copy;

	(void)state;
	load(&m, "7.2", "group-last");
	for (size_t len = 0; len < m.len; len++) {
		copy = malloc(len ? len : 1);
		memcpy(copy, m.buf, len);
		assert_false(sp_taskstats_end(copy, len, FAMILY, &end));
		assert_false(sp_taskstats_group(copy, len, 144, &ts));
		free(copy);
	}
}

static void put16(struct message *m, size_t at, uint16_t v)
{
	memcpy(m->buf + at, &v, sizeof(v));
}

/* The message ends where the structure of an older kernel would. */
static void shorten(struct message *m, uint16_t stats)
{
	uint32_t len = STATS + stats;

	put16(m, STATS - 4, (uint16_t)(4 + stats));
	put16(m, 20, (uint16_t)(len - 20));
	memcpy(m->buf, &len, sizeof(len));
	m->len = len;
}

static void older_structures(void **state)
{
	struct sp_task_end end;
	struct message m;

	(void)state;
	load(&m, "5.10", "single");
	/* 5.10 aligns what follows with an empty attribute, or need not */
	assert_int_equal(m.len, STATS + 352);
	shorten(&m, 248);
	assert_true(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
	assert_true(end.read_bytes == SP_ABSENT);
	assert_true(end.write_bytes == SP_ABSENT);
	assert_int_equal(end.minor_faults, 201);
	shorten(&m, 80);
	assert_true(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
	assert_int_equal(end.stats.cpu_ns, 73751771);
	assert_true(end.minor_faults == SP_ABSENT);
	assert_true(end.elapsed_ns == SP_ABSENT);
	assert_string_equal(end.comm, "");
	shorten(&m, 79);
	assert_false(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
}

static void lengths_that_lie(void **state)
{
	static const uint16_t lies[] = {0, 1, 3, 4, 7, 8, 4096, 65535};
	static const size_t places[] = {20, 24, STATS - 4};
	struct sp_task_end end;
	struct message m;

	(void)state;
	for (size_t p = 0; p < 3; p++) {
		for (size_t i = 0; i < 8; i++) {
			load(&m, "6.1", "single");
			/* the id is 8 long: that is no lie */
			if (places[p] == 24 && lies[i] == 8)
				continue;
			put16(&m, places[p], lies[i]);
			assert_false(
				sp_taskstats_end(m.buf, m.len, FAMILY, &end));
		}
	}
}

static void layout_not_understood(void **state)
{
	struct sp_task_end end;
	struct message m;

	(void)state;
	load(&m, "7.2", "single");
	put16(&m, STATS, 16);
	assert_true(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
	put16(&m, STATS, 15);
	assert_false(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
}

static void nothing_counted(void **state)
{
	struct sp_task_end end;
	struct message m;

	(void)state;
	load(&m, "5.10", "single");
	/* as with nodelayacct: all but ticks is 0 */
	memset(m.buf + STATS + 16, 0, 64);
	assert_true(sp_taskstats_end(m.buf, m.len, FAMILY, &end));
	assert_true(end.stats.delay_ns == SP_ABSENT);
	assert_true(end.stats.count == SP_ABSENT);
	assert_true(end.stats.cpu_ns > 0);
	assert_int_equal(end.stats.cpu_ns % 1000000, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(process_of_one_thread),
		cmocka_unit_test(before_5_19),
		cmocka_unit_test(process_of_several),
		cmocka_unit_test(question),
		cmocka_unit_test(cut_short),
		cmocka_unit_test(older_structures),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(layout_not_understood),
		cmocka_unit_test(nothing_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
