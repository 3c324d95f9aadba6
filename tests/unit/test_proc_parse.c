// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parsers of /proc's text: what they take, and what they make of text that
 * is cut short, overlong or not theirs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../daemon/collector/hwerr.h"
#include "../../daemon/collector/proc_disk.h"
#include "../../daemon/collector/proc_mem.h"
#include "../../daemon/collector/proc_net.h"
#include "../../daemon/collector/proc_psi.h"
#include "../../daemon/collector/proc_stat.h"
#include "../../daemon/collector/proc_task.h"
#include "../../daemon/collector/text.h"

static struct sp_text text(const char *s)
{
	return sp_text_of(s, strlen(s));
}

static void numbers_saturate(void **state)
{
	struct sp_text t = text(" 18446744073709551613 18446744073709551614 "
				"18446744073709551615 99999999999999999999999 "
				"7x");
	uint64_t v = 0;

	(void)state;
	assert_true(sp_text_u64(&t, &v) && v == UINT64_MAX - 2);
	for (int i = 0; i < 3; i++)
		assert_true(sp_text_u64(&t, &v) && v == SP_ABSENT - 1);
	assert_true(sp_text_u64(&t, &v) && v == 7);
	assert_false(sp_text_u64(&t, &v));
	assert_int_equal(v, 7);
}

static void signed_numbers(void **state)
{
	struct sp_text t = text("-1 5 -99999999999999999999 "
				"99999999999999999999 -");
	int64_t v = 0;

	(void)state;
	assert_true(sp_text_i64(&t, &v) && v == -1);
	assert_true(sp_text_i64(&t, &v) && v == 5);
	assert_true(sp_text_i64(&t, &v) && v == -INT64_MAX);
	assert_true(sp_text_i64(&t, &v) && v == INT64_MAX);
	assert_false(sp_text_i64(&t, &v));
}

static void arithmetic_saturates(void **state)
{
	(void)state;
	assert_true(sp_u64_scale(SP_ABSENT, 3) == SP_ABSENT);
	assert_true(sp_u64_scale(SP_ABSENT / 2, 3) == SP_ABSENT - 1);
	assert_true(sp_u64_scale(5, 3) == 15);
	assert_true(sp_u64_add(SP_ABSENT, 3) == 3);
	assert_true(sp_u64_add(SP_ABSENT - 2, 3) == SP_ABSENT - 1);
}

static const char stat_rest[] =
	" S 1 2 3 0 -1 4194304 10 0 11 0 20 30 0 0 20 -5 4 0 1000 9 500 "
	"1 1 1 1 1 1 1 1 1 1 1 1 1 17 3 0 0 77 0 0\n";

static void check_name(const char *name, const char *want)
{
	struct sp_task_stat st;
	char buf[512];
	int len;

	len = snprintf(buf, sizeof(buf), "42 (%s)%s", name, stat_rest);
	assert_true(sp_parse_task_stat(buf, (size_t)len, &st));
	assert_int_equal(st.tid, 42);
	assert_string_equal(st.comm, want);
	assert_int_equal(st.state, 'S');
	assert_int_equal(st.nice, -5);
	assert_int_equal(st.threads, 4);
	assert_int_equal(st.cpu_ticks, 50);
	assert_int_equal(st.cpu, 3);
	assert_int_equal(st.blkio_ticks, 77);
}

static void task_names(void **state)
{
	(void)state;
	check_name("sh", "sh");
	check_name("", "");
	check_name(")", ")");
	check_name("a) R 1 (b", "a) R 1 (b");
	check_name("tab\tand\nnl", "tab\tand\nnl");
	check_name("\x1b[2J\xff\xfe", "\x1b[2J\xff\xfe");
	check_name("kworker/u16:3-events_unbound", "kworker/u16:3-e");
}

static void task_stat_cut_short(void **state)
{
	struct sp_task_stat st;
	char buf[512];
	int len = snprintf(buf, sizeof(buf), "42 (a) b%s", stat_rest);
	size_t whole = 0;

	(void)state;
	/* Exact allocations let the address sanitizer see any overrun. */
	for (size_t n = 0; n <= (size_t)len; n++) {
		char *cut = malloc(n ? n : 1);

		memcpy(cut, buf, n);
		whole += sp_parse_task_stat(cut, n, &st);
		free(cut);
	}
	/* The name has no closing bracket here: everything is part of it. */
	assert_int_equal(whole, 0);
	assert_false(sp_parse_task_stat("1 (a", 4, &st));
	assert_false(sp_parse_task_stat("", 0, &st));
	assert_false(sp_parse_task_stat("x (a) S", 7, &st));
}

static void task_schedstat(void **state)
{
	struct sp_task_sched sched;

	(void)state;
	assert_true(sp_parse_task_sched("1 2 3\n", 6, &sched));
	assert_true(sched.run_ns == 1 && sched.delay_ns == 2 &&
		    sched.count == 3);
	assert_false(sp_parse_task_sched("0 0 0\n", 6, &sched));
	assert_false(sp_parse_task_sched("1 2", 3, &sched));
	assert_false(sp_parse_task_sched("", 0, &sched));
}

static void task_io(void **state)
{
	static const char io[] = "rchar: 1\nwchar: 2\nsyscr: 3\nsyscw: 4\n"
				 "read_bytes: 5\nwrite_bytes: 6\n"
				 "cancelled_write_bytes: 7\n";
	uint64_t r, w;

	(void)state;
	sp_parse_task_io(io, strlen(io), &r, &w);
	assert_true(r == 5 && w == 6);
	sp_parse_task_io(io, 50, &r, &w);
	assert_true(w == SP_ABSENT);
	sp_parse_task_io("", 0, &r, &w);
	assert_true(r == SP_ABSENT && w == SP_ABSENT);
}

static void pids(void **state)
{
	(void)state;
	assert_int_equal(sp_parse_pid("1"), 1);
	assert_int_equal(sp_parse_pid("4194304"), 4194304);
	assert_int_equal(sp_parse_pid("self"), 0);
	assert_int_equal(sp_parse_pid("1x"), 0);
	assert_int_equal(sp_parse_pid(""), 0);
	assert_int_equal(sp_parse_pid("99999999999999"), 0);
}

static void loadavg(void **state)
{
	uint64_t threads, pid;

	(void)state;
	sp_parse_loadavg("0.1 0.2 0.3 1/9 77\n", 19, &threads, &pid);
	assert_int_equal(threads, 9);
	assert_int_equal(pid, 77);
	sp_parse_loadavg("0.1 0.2 0.3 1/9", 15, &threads, &pid);
	assert_int_equal(threads, 9);
	assert_true(pid == SP_ABSENT);
	sp_parse_loadavg("0.1 0.2 0.3 x", 13, &threads, &pid);
	assert_true(threads == SP_ABSENT && pid == SP_ABSENT);
}

static void diskstats_columns(void **state)
{
	struct sp_raw_disk d;

	(void)state;
	memset(&d, 0xff, sizeof(d));
	assert_true(sp_parse_diskstats_line(
		text("   8       0 sda 1 2 3 4 5 6 7 8 9 10 11"), &d));
	assert_string_equal(d.name, "sda");
	assert_true(d.reads == 1 && d.read_bytes == 3ULL * 512 &&
		    d.read_ns == 4000000);
	assert_true(d.writes == 5 && d.write_bytes == 7ULL * 512 &&
		    d.write_ns == 8000000);
	assert_true(d.busy_ns == 10000000 && d.queue_ns == 11000000);
	memset(&d, 0xff, sizeof(d));
	assert_true(sp_parse_diskstats_line(text("8 0 sda 1 2 3"), &d));
	assert_true(d.read_bytes == 3ULL * 512 && d.read_ns == SP_ABSENT);
	assert_false(sp_parse_diskstats_line(text("8 0 sda"), &d));
	assert_false(sp_parse_diskstats_line(text("8 0"), &d));
	assert_false(sp_parse_diskstats_line(text(""), &d));
}

static void schedstat_versions(void **state)
{
	static const char body[] = "timestamp 1\ncpu0 0 0 0 0 0 0 1 2 3\n";
	static const struct {
		const char *head;
		bool taken;
	} cases[] = {
		{"version 14\n", false}, {"version 15\n", true},
		{"version 16\n", true},	 {"version 17\n", true},
		{"version 18\n", false}, {"", false},
		{"version\n", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sp_snapshot s;
		char buf[128];
		int len =
			snprintf(buf, sizeof(buf), "%s%s", cases[i].head, body);

		sp_snapshot_init(&s);
		assert_int_equal(sp_parse_stat("cpu0 1\n", 7, &s), 0);
		sp_parse_schedstat(buf, (size_t)len, &s);
		assert_true(s.cpus[0].run_delay_ns ==
			    (cases[i].taken ? 2 : SP_ABSENT));
		sp_snapshot_free(&s);
	}
}

static void stat_short_lines(void **state)
{
	static const char stat[] = "cpu0 1 2\ncpu1\ncpuX 5\ncpu1 7\nctxt";
	struct sp_snapshot s;

	(void)state;
	sp_snapshot_init(&s);
	assert_int_equal(sp_parse_stat(stat, strlen(stat), &s), 0);
	assert_int_equal(s.nr_cpus, 2);
	assert_true(s.cpus[0].nice_ns == 2 * sp_tick_ns());
	assert_true(s.cpus[0].system_ns == SP_ABSENT);
	assert_true(s.cpus[1].user_ns == SP_ABSENT);
	assert_true(s.sys.switches == SP_ABSENT);
	sp_snapshot_free(&s);
}

static void psi_lines(void **state)
{
	static const char psi[] = "some avg10=0.00 total=12\n"
				  "full avg10=1.00 total=3\n";
	struct sp_psi p;

	(void)state;
	assert_true(sp_parse_psi(psi, strlen(psi), &p));
	assert_true(p.some_ns == 12000 && p.full_ns == 3000);
	assert_true(sp_parse_psi(psi, 25, &p));
	assert_true(p.some_ns == 12000 && p.full_ns == SP_ABSENT);
	assert_false(sp_parse_psi("some avg10=0", 12, &p));
	assert_false(sp_parse_psi("", 0, &p));
}

static void resets_count_once(void **state)
{
	/* Aborted here; cut from there; refused; none. */
	const struct sp_tcp_counts ours = {0, 10, 10, 10};
	const struct sp_tcp_counts theirs = {0, 10, 0, 0};
	const struct sp_tcp_counts refused = {0, 0, 10, 0};
	const struct sp_tcp_counts odd = {0, 1, 1, 5};

	(void)state;
	assert_int_equal(sp_tcp_resets(&ours), 10);
	assert_int_equal(sp_tcp_resets(&theirs), 10);
	assert_int_equal(sp_tcp_resets(&refused), 10);
	assert_int_equal(sp_tcp_resets(&odd), 0);
}

static void netstat_unpaired(void **state)
{
	static const char *const broken[] = {
		"",
		"TcpExt: ListenOverflows",
		"TcpExt: ListenOverflows\n",
		"TcpExt: ListenOverflows\nIpExt: 5\n",
		"TcpExt: ListenOverflows\nTcpExt: \n",
		"TcpExt: \nTcpExt: 5\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		struct sp_tcp_counts counts = {0};
		struct sp_snapshot s;

		sp_snapshot_init(&s);
		sp_parse_netstat(broken[i], strlen(broken[i]), &s.sys, &counts);
		assert_true(s.sys.listen_overflows == SP_ABSENT);
	}
}

static void interrupts_mce(void **state)
{
	static const char x86[] = "           CPU0       CPU1\n"
				  "MCE:          1          4   Machine\n"
				  "MCP:         60         60   Machine\n";

	struct sp_cpu_counts c = {0};

	(void)state;
	assert_int_equal(sp_parse_interrupts_mce(x86, strlen(x86), &c), 5);
	assert_true(sp_parse_interrupts_mce("MCP: 1\n", 7, &c) == SP_ABSENT);
	assert_true(sp_parse_interrupts_mce("", 0, &c) == SP_ABSENT);
	sp_cpu_counts_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_saturate),
		cmocka_unit_test(signed_numbers),
		cmocka_unit_test(arithmetic_saturates),
		cmocka_unit_test(task_names),
		cmocka_unit_test(loadavg),
		cmocka_unit_test(task_stat_cut_short),
		cmocka_unit_test(task_schedstat),
		cmocka_unit_test(task_io),
		cmocka_unit_test(pids),
		cmocka_unit_test(diskstats_columns),
		cmocka_unit_test(schedstat_versions),
		cmocka_unit_test(stat_short_lines),
		cmocka_unit_test(psi_lines),
		cmocka_unit_test(resets_count_once),
		cmocka_unit_test(netstat_unpaired),
		cmocka_unit_test(interrupts_mce),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
