// SPDX-License-Identifier: GPL-2.0-only
/* Frames through bytes and back; bytes that are no frame. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sysperf/wire.h>

#include "../../daemon/wire/bytes.h"

#define ROWS 7

struct rows {
	struct sp_cpu cpus[ROWS];
	struct sp_disk disks[ROWS];
	struct sp_net nets[ROWS];
	struct sp_node nodes[ROWS];
	struct sp_cgroup cgroups[ROWS];
	struct sp_task tasks[ROWS];
};

static uint64_t state = 1;

static uint32_t rnd(void)
{
	state = state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (uint32_t)(state >> 33);
}

/* Of all the kinds that are written in different ways. */
static double some_number(const struct sp_field *f)
{
	if (f->unit == SP_UNIT_COUNT || f->unit == SP_UNIT_TIME)
		return rnd() % 3 ? (double)(rnd() % 100000) : 0;
	switch (rnd() % 6) {
	case 0:
		return NAN;
	case 1:
		return 0;
	case 2:
		return rnd();
	case 3:
		return -(double)rnd() / 1000;
	case 4:
		return (double)rnd() * 1e13; /* too large for a decimal */
	default:
		return (double)rnd() / 12345;
	}
}

static void fill_row(enum sp_table_id table, void *row)
{
	const struct sp_table *t = &sp_tables[table];

	sp_field_row_clear(table, row);
	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];
		char *at = (char *)row + f->offset;
		size_t len = rnd() % f->size;

		if (f->unit != SP_UNIT_TEXT)
			*(double *)(void *)at = some_number(f);
		else if (rnd() % 3)
			memset(at, 'a' + (int)(rnd() % 26), len);
	}
}

static void fill(struct sp_frame *f, struct rows *r)
{
	memset(f, 0, sizeof(*f));
	memset(r, 0, sizeof(*r));
	f->time = (struct timespec){1700000000, 123456789};
	f->interval_s = 1.000123456;
	strcpy(f->host, "box");
	strcpy(f->kernel, "6.1.0");
	f->nr_cpus = 4;
	f->mem_total_bytes = 1ULL << 40;
	f->source = (struct sp_source_info){
		.name = "kmod",
		.kmod_version = "0.1.0",
		.caps = 1U << SP_CAP_KMOD | 1U << SP_CAP_EXITS,
		.lost = {{"table", 3}, {"ring", UINT32_MAX}},
		.nr_lost = 2};
	fill_row(SP_TABLE_GOLDEN, &f->golden);
	f->status[SP_RES_DISK] = SP_STATUS_CRITICAL;
	f->status[SP_RES_CPU] = SP_STATUS_OK;
	f->verdict = (struct sp_verdict){.severity = SP_STATUS_WARNING,
					 .resource = SP_RES_NETWORK,
					 .signal = SP_SIG_ERRORS,
					 .text = "it waits",
					 .has_culprit = true,
					 .culprit = {12, 13, "who", 66.125,
						     "/a.slice", NAN}};
	f->cpus = r->cpus;
	f->disks = r->disks;
	f->nets = r->nets;
	f->nodes = r->nodes;
	f->cgroups = r->cgroups;
	f->tasks = r->tasks;
	f->nr_cpu_rows = f->nr_disks = f->nr_nets = f->nr_nodes = ROWS;
	f->nr_cgroups = f->nr_tasks = ROWS;
	for (size_t i = 0; i < ROWS; i++) {
		fill_row(SP_TABLE_CPU, &r->cpus[i]);
		fill_row(SP_TABLE_DISK, &r->disks[i]);
		fill_row(SP_TABLE_NET, &r->nets[i]);
		fill_row(SP_TABLE_NODE, &r->nodes[i]);
		fill_row(SP_TABLE_CGROUP, &r->cgroups[i]);
		fill_row(SP_TABLE_TASK, &r->tasks[i]);
	}
	r->disks[1].stuck = true;
	r->nets[2].physical = true;
	r->cgroups[3].id = UINT64_MAX >> 2;
	r->tasks[4].uid = UINT32_MAX;
	r->tasks[4].exited = true;
	r->tasks[4].exit_code = 139;
	r->tasks[5].kthread = true;
	r->tasks[5].state_threads = 2.5;
	r->tasks[6].oom_killed = r->tasks[6].yields = true;
}

/* To the digits that programs are given. */
static void assert_same_number(const struct sp_field *f, double a, double b)
{
	if (isnan(a) || isnan(b)) {
		assert_true(isnan(a) && isnan(b));
		return;
	}
	if (fabs(a - b) >
	    fabs(a) * 1e-15 + 0.500001 * pow(10, -sp_field_digits(f)))
		fail_msg("%s: %.12g became %.12g", f->key, a, b);
}

static void assert_same_rows(const struct sp_frame *a, const struct sp_frame *b,
			     enum sp_table_id table)
{
	const struct sp_table *t = &sp_tables[table];
	size_t nr, nr_b;
	const char *x = sp_frame_rows(a, table, &nr);
	const char *y = sp_frame_rows(b, table, &nr_b);

	assert_int_equal(nr, nr_b);
	for (; nr; nr--, x += t->row_size, y += t->row_size)
		for (size_t i = 0; i < t->nr_fields; i++) {
			const struct sp_field *f = &t->fields[i];

			if (f->unit == SP_UNIT_TEXT)
				assert_string_equal(sp_field_str(f, x),
						    sp_field_str(f, y));
			else
				assert_same_number(f, sp_field_num(f, x),
						   sp_field_num(f, y));
		}
}

struct coder {
	struct sp_wire_select select;
	struct sp_wire_encoder *encoder;
	struct sp_wire_decoder *decoder;
	struct sp_bytes schema, bytes;
};

static void coder_open(struct coder *c)
{
	assert_int_equal(sp_wire_encoder_open(&c->encoder, &c->select), 0);
	sp_wire_schema(c->encoder, &c->schema);
	assert_int_equal(sp_wire_decoder_open(&c->decoder, c->schema.data,
					      c->schema.len),
			 0);
}

static const struct sp_frame *through(struct coder *c, const struct sp_frame *f)
{
	const struct sp_frame *got;

	c->bytes.len = 0;
	sp_wire_encode(c->encoder, f, &c->bytes);
	assert_false(c->bytes.failed);
	assert_int_equal(sp_wire_decode(c->decoder, c->bytes.data, c->bytes.len,
					&got),
			 0);
	return got;
}

static void coder_close(struct coder *c)
{
	sp_wire_encoder_close(c->encoder);
	sp_wire_decoder_close(c->decoder);
	sp_bytes_free(&c->schema);
	sp_bytes_free(&c->bytes);
}

static void test_all_of_it(void **unused)
{
	struct coder c = {0};
	struct sp_frame f;
	struct rows rows;

	(void)unused;
	sp_wire_select_all(&c.select);
	coder_open(&c);
	for (int i = 0; i < 100; i++) {
		const struct sp_frame *got;

		fill(&f, &rows);
		f.nr_tasks = (size_t)i % (ROWS + 1);
		got = through(&c, &f);
		for (unsigned int t = 0; t < SP_TABLES; t++)
			assert_same_rows(&f, got, t);
		assert_int_equal(got->time.tv_sec, f.time.tv_sec);
		assert_int_equal(got->time.tv_nsec, f.time.tv_nsec);
		assert_true(fabs(got->interval_s - f.interval_s) < 1e-9);
		assert_string_equal(got->host, f.host);
		assert_string_equal(got->kernel, f.kernel);
		assert_int_equal(got->nr_cpus, f.nr_cpus);
		assert_int_equal(got->mem_total_bytes, f.mem_total_bytes);
		assert_memory_equal(got->status, f.status, sizeof(f.status));
	}
	coder_close(&c);
}

static void test_what_is_no_metric(void **unused)
{
	struct coder c = {0};
	const struct sp_frame *got;
	struct sp_frame f;
	struct rows rows;

	(void)unused;
	sp_wire_select_all(&c.select);
	coder_open(&c);
	fill(&f, &rows);
	got = through(&c, &f);
	assert_string_equal(got->source.name, "kmod");
	assert_string_equal(got->source.kmod_version, "0.1.0");
	assert_int_equal(got->source.caps, f.source.caps);
	assert_int_equal(got->source.nr_lost, 2);
	assert_string_equal(got->source.lost[1].name, "ring");
	assert_int_equal(got->source.lost[1].count, UINT32_MAX);
	assert_int_equal(got->verdict.severity, SP_STATUS_WARNING);
	assert_int_equal(got->verdict.resource, SP_RES_NETWORK);
	assert_int_equal(got->verdict.signal, SP_SIG_ERRORS);
	assert_string_equal(got->verdict.text, "it waits");
	assert_true(got->verdict.has_culprit);
	assert_int_equal(got->verdict.culprit.tid, 13);
	assert_string_equal(got->verdict.culprit.comm, "who");
	assert_true(got->verdict.culprit.share_pct == 66.125);
	assert_true(isnan(got->verdict.culprit.cgroup_share_pct));
	assert_true(got->disks[1].stuck && !got->disks[0].stuck);
	assert_true(got->nets[2].physical);
	assert_true(got->cgroups[3].id == UINT64_MAX >> 2);
	assert_int_equal(got->tasks[4].uid, UINT32_MAX);
	assert_true(got->tasks[4].exited);
	assert_int_equal(got->tasks[4].exit_code, 139);
	assert_true(got->tasks[5].kthread);
	assert_true(got->tasks[5].state_threads == 2.5);
	assert_true(got->tasks[6].oom_killed && got->tasks[6].yields);
	coder_close(&c);
}

static void test_selected_metrics(void **unused)
{
	struct coder c = {0};
	const struct sp_frame *got;
	struct sp_frame f;
	struct rows rows;

	(void)unused;
	c.select.fields[SP_TABLE_TASK] = 1; /* tid */
	c.select.fields[SP_TABLE_GOLDEN] = 2;
	coder_open(&c);
	fill(&f, &rows);
	rows.tasks[0].tid = 77;
	got = through(&c, &f);
	assert_int_equal(got->nr_tasks, ROWS);
	assert_true(got->tasks[0].tid == 77);
	assert_true(isnan(got->tasks[0].cpu_pct));
	assert_int_equal(got->nr_disks, 0);
	assert_true(isnan(got->golden.cpu_runq_wait_p50_us));
	assert_same_number(&sp_tables[SP_TABLE_GOLDEN].fields[1],
			   f.golden.cpu_runq_wait_p95_us,
			   got->golden.cpu_runq_wait_p95_us);
	coder_close(&c);
}

/* A release that has another table, another column, and not all of ours. */
static void test_another_release(void **unused)
{
	static const char text[] = "new";
	struct sp_bytes s = {0}, b = {0};
	struct sp_wire_decoder *d;
	const struct sp_frame *got;

	(void)unused;
	bytes_put_varint(&s, 2);
	bytes_put_text(&s, "gpus", 4);
	bytes_put_varint(&s, 2);
	bytes_put_text(&s, "temperature", 11);
	bytes_put_u8(&s, SP_WIRE_NUMBER);
	bytes_put_u8(&s, 1);
	bytes_put_text(&s, "name", 4);
	bytes_put_u8(&s, SP_WIRE_TEXT);
	bytes_put_u8(&s, 0);
	bytes_put_text(&s, "cpus", 4);
	bytes_put_varint(&s, 2);
	bytes_put_text(&s, "mood", 4);
	bytes_put_u8(&s, SP_WIRE_NUMBER);
	bytes_put_u8(&s, 0);
	bytes_put_text(&s, "user_pct", 8);
	bytes_put_u8(&s, SP_WIRE_NUMBER);
	bytes_put_u8(&s, 1);
	assert_int_equal(sp_wire_decoder_open(&d, s.data, s.len), 0);

	bytes_put_varint(&b, 2); /* gpus */
	bytes_put_varint(&b, SP_WIRE_DECIMAL | 2 << 2);
	bytes_put_varint(&b, 415 << 1);
	bytes_put_varint(&b, 5 << 1);
	bytes_put_varint(&b, sizeof(text));
	sp_bytes_add(&b, text, sizeof(text) - 1);
	bytes_put_u8(&b, 0);
	bytes_put_varint(&b, 3); /* cpus */
	bytes_put_varint(&b, SP_WIRE_ZERO | 3 << 2);
	bytes_put_varint(&b, SP_WIRE_DECIMAL | 1 << 2);
	bytes_put_varint(&b, SP_WIRE_ABSENT | 1 << 2);
	bytes_put_varint(&b, SP_WIRE_DOUBLE | 1 << 2);
	bytes_put_varint(&b, 125 << 1 | 1);
	bytes_put_u64(&b, 0x3ff8000000000000); /* 1.5 */
	assert_int_equal(sp_wire_decode(d, b.data, b.len, &got), 0);
	assert_int_equal(got->nr_cpu_rows, 3);
	assert_true(got->cpus[0].user_pct == -12.5);
	assert_true(isnan(got->cpus[1].user_pct));
	assert_true(got->cpus[2].user_pct == 1.5);
	assert_true(isnan(got->cpus[0].system_pct));
	assert_int_equal(got->nr_tasks, 0);
	sp_wire_decoder_close(d);
	sp_bytes_free(&s);
	sp_bytes_free(&b);
}

static void test_cut_and_changed(void **unused)
{
	struct coder c = {0};
	const struct sp_frame *got;
	struct sp_wire_decoder *d;
	struct sp_frame f;
	struct rows rows;

	(void)unused;
	sp_wire_select_all(&c.select);
	coder_open(&c);
	fill(&f, &rows);
	through(&c, &f);
	for (size_t n = 0; n < c.bytes.len; n++) {
		uint8_t *copy = malloc(n + 1);

		memcpy(copy, c.bytes.data, n);
		assert_int_equal(sp_wire_decode(c.decoder, copy, n, &got),
				 -EBADMSG);
		free(copy);
	}
	for (size_t i = 0; i < c.bytes.len; i++) {
		c.bytes.data[i] ^= (uint8_t)(1 + rnd() % 255);
		sp_wire_decode(c.decoder, c.bytes.data, c.bytes.len, &got);
	}
	for (size_t n = 0; n < c.schema.len; n++)
		assert_int_equal(sp_wire_decoder_open(&d, c.schema.data, n),
				 -EBADMSG);
	coder_close(&c);
}

/* Few bytes that ask for many rows. */
static void test_large_counts(void **unused)
{
	struct coder c = {0};
	const struct sp_frame *got;
	struct sp_frame f = {.source.name = ""};

	(void)unused;
	c.select.fields[SP_TABLE_CPU] = 2;
	coder_open(&c);
	for (uint64_t nr = 1; nr; nr <<= 1) {
		c.bytes.len = 0;
		bytes_put_varint(&c.bytes, nr);
		bytes_put_varint(&c.bytes, SP_WIRE_ZERO | nr << 2);
		assert_int_equal(sp_wire_decode(c.decoder, c.bytes.data,
						c.bytes.len, &got),
				 -EBADMSG);
	}
	assert_int_equal(through(&c, &f)->nr_cpu_rows, 0);
	coder_close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_of_it),
		cmocka_unit_test(test_what_is_no_metric),
		cmocka_unit_test(test_selected_metrics),
		cmocka_unit_test(test_another_release),
		cmocka_unit_test(test_cut_and_changed),
		cmocka_unit_test(test_large_counts),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
