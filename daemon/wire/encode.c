// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames into bytes. Owns the list of what is selected, and a buffer for each
 * column of a table: rows are large, so they are gone through once, some at a
 * time for all columns, and the columns joined in the end. One thread at a
 * time.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "layout.h"

/* Beyond, a double does not hold every whole number. */
#define EXACT_MOST 9007199254740992.0

/* Rows that stay in a CPU's cache while all their columns are read. */
#define ROWS_AT_ONCE 32

/* A column being written. */
struct column_out {
	struct sp_bytes tags, values;
	uint64_t run; /* rows with the last tag, not yet written */
	enum sp_wire_tag tag;
	const char *before; /* the last text */
};

struct sp_wire_encoder {
	struct layout *layout;
	struct column_out columns[SP_WIRE_COLUMNS_MAX];
};

void sp_wire_select_all(struct sp_wire_select *select)
{
	memset(select, 0xff, sizeof(*select));
}

static bool is_selected(const struct sp_wire_select *select, unsigned int table,
			const struct column *c)
{
	return table >= SP_TABLES || c->field < 0 ||
	       select->fields[table] & 1ULL << c->field;
}

/* Take out what is not selected: a table without metrics altogether. */
static void narrow(struct layout_table *t, unsigned int id,
		   const struct sp_wire_select *select)
{
	size_t nr = 0, metrics = 0;

	for (size_t i = 0; i < t->nr_columns; i++) {
		if (!is_selected(select, id, &t->columns[i]))
			continue;
		metrics += t->columns[i].field >= 0;
		t->columns[nr++] = t->columns[i];
	}
	t->nr_columns = id < SP_TABLES && !metrics ? 0 : nr;
}

int sp_wire_encoder_open(struct sp_wire_encoder **out,
			 const struct sp_wire_select *select)
{
	struct sp_wire_encoder *e = calloc(1, sizeof(*e));

	*out = NULL;
	if (e)
		e->layout = layout_make();
	if (!e || !e->layout) {
		free(e);
		return -ENOMEM;
	}
	for (unsigned int i = 0; i < WIRE_TABLES; i++)
		narrow(&e->layout->tables[i], i, select);
	*out = e;
	return 0;
}

void sp_wire_encoder_close(struct sp_wire_encoder *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < SP_WIRE_COLUMNS_MAX; i++) {
		sp_bytes_free(&e->columns[i].tags);
		sp_bytes_free(&e->columns[i].values);
	}
	free(e->layout);
	free(e);
}

void sp_wire_schema(const struct sp_wire_encoder *e, struct sp_bytes *out)
{
	size_t tables = 0;

	for (unsigned int i = 0; i < WIRE_TABLES; i++)
		tables += e->layout->tables[i].nr_columns > 0;
	bytes_put_varint(out, tables);
	for (unsigned int i = 0; i < WIRE_TABLES; i++) {
		const struct layout_table *t = &e->layout->tables[i];

		if (!t->nr_columns)
			continue;
		bytes_put_text(out, t->name, strlen(t->name));
		bytes_put_varint(out, t->nr_columns);
		for (size_t j = 0; j < t->nr_columns; j++) {
			const struct column *c = &t->columns[j];

			bytes_put_text(out, c->key, strlen(c->key));
			bytes_put_u8(out, c->member == MEMBER_TEXT
						  ? SP_WIRE_TEXT
						  : SP_WIRE_NUMBER);
			bytes_put_u8(out, c->decimals);
		}
	}
}

/* A value ready to be written. */
struct number {
	enum sp_wire_tag tag;
	uint64_t bits; /* of a decimal: twice its size, plus 1 if negative */
};

static struct number whole(uint64_t v, bool negative)
{
	if (!v)
		return (struct number){SP_WIRE_ZERO, 0};
	return (struct number){SP_WIRE_DECIMAL, v << 1 | negative};
}

static struct number number_of(double v, unsigned int decimals)
{
	static const double tens[SP_WIRE_DECIMALS_MAX + 1] = {
		1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
	struct number n = {SP_WIRE_DOUBLE, 0};
	double scaled;

	if (isnan(v))
		return (struct number){SP_WIRE_ABSENT, 0};
	/* Rounded as programs are given it, or a replay would differ. */
	scaled = fabs(v) * tens[decimals] + 0.5;
	if (scaled < EXACT_MOST)
		return whole((uint64_t)scaled, v < 0);
	memcpy(&n.bits, &v, sizeof(n.bits));
	return n;
}

static struct number load(const struct column *c, const char *row)
{
	const void *at = row + c->offset;
	struct number n = {SP_WIRE_DOUBLE, 0};
	uint64_t u;
	int64_t i;
	double d;

	switch (c->member) {
	case MEMBER_BOOL:
		return whole(*(const bool *)at, false);
	case MEMBER_U32:
		return whole(*(const uint32_t *)at, false);
	case MEMBER_I64:
		i = *(const int64_t *)at;
		return whole(i < 0 ? -(uint64_t)i : (uint64_t)i, i < 0);
	case MEMBER_U64:
		u = *(const uint64_t *)at;
		if (u <= INT64_MAX)
			return whole(u, false);
		d = (double)u;
		memcpy(&n.bits, &d, sizeof(n.bits));
		return n;
	default:
		return number_of(*(const double *)at, c->decimals);
	}
}

static void end_run(struct column_out *o)
{
	if (o->run)
		bytes_put_varint(&o->tags, o->tag | o->run << 2);
	o->run = 0;
}

static void put_number(struct column_out *o, struct number n)
{
	if (n.tag != o->tag)
		end_run(o);
	o->tag = n.tag;
	o->run++;
	if (n.tag == SP_WIRE_DECIMAL)
		bytes_put_varint(&o->values, n.bits);
	else if (n.tag == SP_WIRE_DOUBLE)
		bytes_put_u64(&o->values, n.bits);
}

static void put_text(struct column_out *o, const char *s)
{
	size_t n;

	if (!strcmp(s, o->before)) {
		bytes_put_u8(&o->values, 0);
		return;
	}
	n = strlen(s);
	bytes_put_varint(&o->values, n + 1);
	sp_bytes_add(&o->values, s, n);
	o->before = s;
}

static void put_some_rows(struct sp_wire_encoder *e,
			  const struct layout_table *t, const char *rows,
			  size_t nr)
{
	for (size_t j = 0; j < t->nr_columns; j++) {
		const struct column *c = &t->columns[j];
		struct column_out *o = &e->columns[j];
		const char *row = rows;

		for (size_t i = 0; i < nr; i++, row += t->row_size)
			if (c->member == MEMBER_TEXT)
				put_text(o, row + c->offset);
			else
				put_number(o, load(c, row));
	}
}

static void put_table(struct sp_wire_encoder *e, const struct layout_table *t,
		      const char *rows, size_t nr, struct sp_bytes *out)
{
	size_t some;

	for (size_t j = 0; j < t->nr_columns; j++)
		e->columns[j].before = "";
	for (size_t i = 0; i < nr; i += some) {
		some = nr - i < ROWS_AT_ONCE ? nr - i : ROWS_AT_ONCE;
		put_some_rows(e, t, rows + i * t->row_size, some);
	}
	bytes_put_varint(out, nr);
	for (size_t j = 0; j < t->nr_columns; j++) {
		struct column_out *o = &e->columns[j];

		end_run(o);
		sp_bytes_add(out, o->tags.data, o->tags.len);
		sp_bytes_add(out, o->values.data, o->values.len);
		out->failed |= o->tags.failed | o->values.failed;
		o->tags.len = o->values.len = 0;
		o->tags.failed = o->values.failed = false;
	}
}

void sp_wire_encode(struct sp_wire_encoder *e, const struct sp_frame *frame,
		    struct sp_bytes *out)
{
	struct wire_rows own;

	layout_rows_of(&own, frame);
	for (unsigned int i = 0; i < WIRE_TABLES; i++) {
		const struct layout_table *t = &e->layout->tables[i];
		const void *rows = &own.meta;
		size_t nr = 1;

		if (!t->nr_columns)
			continue;
		if (i < SP_TABLES)
			rows = sp_frame_rows(frame, i, &nr);
		if (i == WIRE_LOST) {
			rows = own.lost;
			nr = own.nr_lost;
		}
		put_table(e, t, rows, nr, out);
	}
}
