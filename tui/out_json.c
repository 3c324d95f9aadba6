// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the json format, schema "sysperf/1": one object a line.
 *
 * yajl writes it as it goes: for 10,000 tasks that takes 23 ms of CPU a frame,
 * as against 17 ms for printing the same by hand.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <yajl/yajl_gen.h>

#include <sysperf/text.h>

#include "fmt.h"
#include "out.h"

/* One line under way; once something went wrong, that is what it was. */
struct json {
	yajl_gen gen;
	yajl_gen_status status;
};

/* What cannot be written is seen by whoever flushes. */
static void print(void *ctx, const char *s, size_t len)
{
	FILE *f = ctx;

	if (len == 1)
		putc_unlocked(*s, f);
	else
		fwrite_unlocked(s, 1, len, f);
}

static void note(struct json *j, yajl_gen_status status)
{
	if (j->status == yajl_gen_status_ok)
		j->status = status;
}

static void open_map(struct json *j)
{
	note(j, yajl_gen_map_open(j->gen));
}

static void close_map(struct json *j)
{
	note(j, yajl_gen_map_close(j->gen));
}

static void open_array(struct json *j)
{
	note(j, yajl_gen_array_open(j->gen));
}

static void close_array(struct json *j)
{
	note(j, yajl_gen_array_close(j->gen));
}

static void write_null(struct json *j)
{
	note(j, yajl_gen_null(j->gen));
}

/* Digits, as they are to appear. */
static void write_number(struct json *j, const char *s)
{
	note(j, yajl_gen_number(j->gen, s, strlen(s)));
}

static void write_integer(struct json *j, long long n)
{
	note(j, yajl_gen_integer(j->gen, n));
}

/* A name of our own, known to be clean. */
static void write_key(struct json *j, const char *key)
{
	note(j,
	     yajl_gen_string(j->gen, (const unsigned char *)key, strlen(key)));
}

static void write_str(struct json *j, const char *s)
{
	char buf[SP_TEXT_MAX];

	write_key(j, sp_utf8_clean(buf, s));
}

static void write_str_or_null(struct json *j, const char *s)
{
	if (s && *s)
		write_str(j, s);
	else
		write_null(j);
}

static void write_value(struct json *j, const struct sp_field *field, double v)
{
	char buf[OUT_TIME_MAX];

	if (!isfinite(v))
		write_null(j);
	else if (field->unit == SP_UNIT_TIME)
		write_str(j, out_epoch(buf, v));
	else
		write_number(j, fmt_number(buf, sizeof(buf), field, v));
}

/* "key":value of a row; text that is empty is unknown. */
static void write_field(struct json *j, const struct sp_field *field,
			const void *row)
{
	write_key(j, field->key);
	if (field->unit == SP_UNIT_TEXT)
		write_str_or_null(j, sp_field_str(field, row));
	else
		write_value(j, field, sp_field_num(field, row));
}

static void write_lost(struct json *j, const struct sp_source_info *s)
{
	char buf[OUT_TIME_MAX];

	open_map(j);
	for (size_t i = 0; i < s->nr_lost; i++) {
		write_key(j, s->lost[i].name);
		snprintf(buf, sizeof(buf), "%" PRIu64, s->lost[i].count);
		write_number(j, buf);
	}
	close_map(j);
}

static void write_source(struct json *j, const struct sp_source_info *s)
{
	open_map(j);
	write_key(j, "name");
	write_str_or_null(j, s->name);
	write_key(j, "kmod_version");
	write_str_or_null(j, s->kmod_version);
	write_key(j, "capabilities");
	open_array(j);
	for (unsigned int i = SP_CAP_ANY + 1; i < SP_CAPS; i++)
		if (s->caps & 1U << i)
			write_str(j, sp_cap_names[i]);
	close_array(j);
	write_key(j, "lost");
	write_lost(j, s);
	close_map(j);
}

static void write_signal(struct json *j, const struct sp_golden *g,
			 unsigned int resource, unsigned int signal)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];

	write_key(j, sp_signal_names[signal]);
	open_map(j);
	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *field = &t->fields[i];

		if (field->resource == resource && field->signal == signal)
			write_field(j, field, g);
	}
	close_map(j);
}

static void write_golden(struct json *j, const struct sp_golden *g)
{
	open_map(j);
	for (unsigned int r = 0; r < SP_RESOURCES; r++) {
		write_key(j, sp_resource_names[r]);
		open_map(j);
		for (unsigned int s = 0; s < SP_SIGNALS; s++)
			write_signal(j, g, r, s);
		close_map(j);
	}
	close_map(j);
}

static void write_status(struct json *j, const struct sp_frame *frame)
{
	open_map(j);
	for (unsigned int r = 0; r < SP_RESOURCES; r++) {
		write_key(j, sp_resource_names[r]);
		write_str_or_null(j, sp_status_names[frame->status[r]]);
	}
	close_map(j);
}

static void write_culprit(struct json *j, const struct sp_verdict *v)
{
	const struct sp_field pct = {.unit = SP_UNIT_PCT, .precision = 1};

	if (!v->has_culprit) {
		write_null(j);
		return;
	}
	open_map(j);
	write_key(j, "pid");
	write_integer(j, v->culprit.pid);
	write_key(j, "tid");
	write_integer(j, v->culprit.tid);
	write_key(j, "comm");
	write_str(j, v->culprit.comm);
	write_key(j, "share_pct");
	write_value(j, &pct, v->culprit.share_pct);
	write_key(j, "cgroup");
	write_str_or_null(j, v->culprit.cgroup);
	write_key(j, "cgroup_share_pct");
	write_value(j, &pct, v->culprit.cgroup_share_pct);
	close_map(j);
}

static void write_verdict(struct json *j, const struct sp_verdict *v)
{
	if (v->severity != SP_STATUS_WARNING &&
	    v->severity != SP_STATUS_CRITICAL) {
		write_null(j);
		return;
	}
	open_map(j);
	write_key(j, "severity");
	write_str(j, sp_status_names[v->severity]);
	write_key(j, "resource");
	write_str(j, sp_resource_names[v->resource]);
	write_key(j, "signal");
	write_str(j, sp_signal_names[v->signal]);
	write_key(j, "text");
	write_str(j, v->text);
	write_key(j, "culprit");
	write_culprit(j, v);
	close_map(j);
}

static void write_rows(struct json *j, const struct sp_frame *frame,
		       enum sp_table_id id)
{
	const struct sp_table *t = &sp_tables[id];
	size_t nr;
	const char *row = sp_frame_rows(frame, id, &nr);

	write_key(j, t->name);
	open_array(j);
	for (size_t i = 0; row && i < nr; i++, row += t->row_size) {
		open_map(j);
		for (size_t k = 0; k < t->nr_fields; k++)
			write_field(j, &t->fields[k], row);
		close_map(j);
	}
	close_array(j);
}

/* As a shell has it: 128 and the signal for a task that was killed. */
static void write_exit(struct json *j, const struct sp_task *t)
{
	int status = (int)t->exit_code;
	int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	write_key(j, "exited");
	note(j, yajl_gen_bool(j->gen, true));
	write_key(j, "exit_code");
	write_integer(j, signal ? 128 + signal : WEXITSTATUS(status));
	if (signal) {
		write_key(j, "exit_signal");
		write_integer(j, signal);
	}
	write_key(j, "oom_killed");
	note(j, yajl_gen_bool(j->gen, t->oom_killed));
}

static void write_task(struct json *j, const struct out *out,
		       const struct sp_task *t)
{
	const struct sp_table *table = &sp_tables[SP_TABLE_TASK];
	bool chosen = out->o->fields;
	size_t nr = chosen ? out->view->nr_columns : table->nr_fields;

	open_map(j);
	for (size_t i = 0; i < nr; i++)
		write_field(j,
			    chosen ? out->view->columns[i] : &table->fields[i],
			    t);
	if (t->exited)
		write_exit(j, t);
	close_map(j);
}

static void write_head(struct json *j, const struct sp_frame *frame)
{
	char buf[OUT_TIME_MAX];

	write_key(j, "schema");
	write_str(j, "sysperf/1");
	write_key(j, "time");
	write_str(j, out_rfc3339(buf, &frame->time));
	write_key(j, "interval_s");
	write_number(j, sp_decimal(buf, sizeof(buf), frame->interval_s, 3));
	write_key(j, "host");
	write_str_or_null(j, frame->host);
	write_key(j, "kernel");
	write_str_or_null(j, frame->kernel);
	write_key(j, "source");
	write_source(j, &frame->source);
	write_key(j, "golden");
	write_golden(j, &frame->golden);
	write_key(j, "status");
	write_status(j, frame);
	write_key(j, "verdict");
	write_verdict(j, &frame->verdict);
}

static void write_frame(struct json *j, const struct out *out,
			const struct sp_frame *frame)
{
	open_map(j);
	write_head(j, frame);
	for (int id = SP_TABLE_CPU; id < SP_TABLE_TASK; id++)
		write_rows(j, frame, (enum sp_table_id)id);
	write_key(j, sp_tables[SP_TABLE_TASK].name);
	open_array(j);
	for (size_t i = 0; i < out->rows; i++)
		write_task(j, out, out->view->rows[i]);
	close_array(j);
	close_map(j);
}

static int json_frame(struct out *out, const struct sp_frame *frame)
{
	struct json j = {.gen = yajl_gen_alloc(NULL)};

	if (!j.gen)
		return -ENOMEM;
	if (!yajl_gen_config(j.gen, yajl_gen_print_callback, print, out->f) ||
	    !yajl_gen_config(j.gen, yajl_gen_validate_utf8, 1))
		j.status = yajl_gen_in_error_state;
	else
		write_frame(&j, out, frame);
	yajl_gen_free(j.gen);
	if (j.status != yajl_gen_status_ok)
		return -EINVAL;
	putc_unlocked('\n', out->f);
	return 0;
}

const struct out_format out_json = {
	.top = 0,
	.frame = json_frame,
};
