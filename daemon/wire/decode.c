// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes into frames. Owns the frame that it makes. The bytes may be anybody's:
 * lengths are checked before memory is taken, and what a frame is to have is
 * limited (ROWS_BYTES_MAX), so that few bytes cannot ask for much.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "layout.h"

#define ROWS_BYTES_MAX (512UL << 20) /* of a table, in memory */
#define ROWS_FREE 8192 /* that may have no bytes of their own */
#define TIME_MOST 253402300799 /* the end of the year 9999 */

/* A column as it comes, and where it goes. */
struct incoming {
	enum sp_wire_type type;
	uint8_t decimals;
	const struct column *to; /* NULL: this build does not know it */
};

struct incoming_table {
	int id; /* of our own, -1: this build does not know it */
	size_t nr_columns;
	struct incoming columns[SP_WIRE_COLUMNS_MAX];
};

struct sp_wire_decoder {
	struct layout *layout;
	struct sp_frame frame;
	struct wire_rows own;
	void *rows[SP_TABLES]; /* of a frame, but for the golden signals */
	size_t cap[SP_TABLES];
	size_t nr_tables;
	struct incoming_table tables[SP_WIRE_TABLES_MAX];
};

static bool is_name(const char *name, const char *s, size_t len)
{
	return s && strlen(name) == len && !memcmp(name, s, len);
}

static int find_table(const struct layout *l, const char *s, size_t len)
{
	for (unsigned int i = 0; i < WIRE_TABLES; i++)
		if (is_name(l->tables[i].name, s, len))
			return (int)i;
	return -1;
}

static const struct column *find_column(const struct layout_table *t,
					const char *s, size_t len,
					enum sp_wire_type type)
{
	for (size_t i = 0; i < t->nr_columns; i++) {
		const struct column *c = &t->columns[i];

		if (is_name(c->key, s, len) &&
		    (c->member == MEMBER_TEXT) == (type == SP_WIRE_TEXT))
			return c;
	}
	return NULL;
}

static void read_column(struct sp_wire_decoder *d, struct cursor *c, int table,
			struct incoming *in)
{
	size_t len;
	const char *key = cursor_text(c, &len);
	uint8_t type = cursor_u8(c);

	in->decimals = cursor_u8(c);
	if (type > SP_WIRE_TEXT || in->decimals > SP_WIRE_DECIMALS_MAX)
		cursor_fail(c);
	in->type = type;
	if (!c->failed && table >= 0)
		in->to = find_column(&d->layout->tables[table], key, len, type);
}

static void read_schema(struct sp_wire_decoder *d, struct cursor *c)
{
	uint64_t nr = cursor_varint(c), columns;
	size_t len;

	if (nr > SP_WIRE_TABLES_MAX)
		cursor_fail(c);
	for (uint64_t i = 0; i < nr && !c->failed; i++) {
		struct incoming_table *t = &d->tables[i];
		const char *name = cursor_text(c, &len);

		t->id = find_table(d->layout, name, len);
		/* A second one of that name is not ours. */
		for (uint64_t j = 0; j < i; j++)
			if (d->tables[j].id == t->id)
				t->id = -1;
		columns = cursor_varint(c);
		if (columns > SP_WIRE_COLUMNS_MAX)
			cursor_fail(c);
		for (uint64_t j = 0; j < columns && !c->failed; j++)
			read_column(d, c, t->id, &t->columns[j]);
		t->nr_columns = (size_t)columns;
	}
	d->nr_tables = (size_t)nr;
	if (cursor_left(c))
		cursor_fail(c);
}

int sp_wire_decoder_open(struct sp_wire_decoder **out, const void *schema,
			 size_t len)
{
	struct sp_wire_decoder *d = calloc(1, sizeof(*d));
	struct cursor c = cursor_of(schema, len);
	int ret = -ENOMEM;

	*out = NULL;
	if (d)
		d->layout = layout_make();
	if (d && d->layout) {
		read_schema(d, &c);
		ret = c.failed ? -EBADMSG : 0;
	}
	if (ret) {
		sp_wire_decoder_close(d);
		return ret;
	}
	*out = d;
	return 0;
}

void sp_wire_decoder_close(struct sp_wire_decoder *d)
{
	if (!d)
		return;
	for (unsigned int i = 0; i < SP_TABLES; i++)
		free(d->rows[i]);
	free(d->layout);
	free(d);
}

/* The rows of a table of ours, empty as yet; NULL if there are too many. */
static char *rows_of(struct sp_wire_decoder *d, unsigned int id, uint64_t nr,
		     size_t left, int *ret)
{
	const struct layout_table *t = &d->layout->tables[id];
	char *rows = NULL;

	*ret = -EBADMSG;
	if (nr > ROWS_BYTES_MAX / t->row_size || nr > left + ROWS_FREE ||
	    (t->single && nr != 1))
		return NULL;
	if (id == WIRE_META)
		return (char *)&d->own.meta;
	if (id == WIRE_LOST) {
		if (nr > SP_LOST_MAX)
			return NULL;
		d->own.nr_lost = (size_t)nr;
		return (char *)d->own.lost;
	}
	if (id == SP_TABLE_GOLDEN)
		return (char *)&d->frame.golden;
	if (nr > d->cap[id]) {
		rows = realloc(d->rows[id], nr * t->row_size);
		if (!rows) {
			*ret = -ENOMEM;
			return NULL;
		}
		d->rows[id] = rows;
		d->cap[id] = (size_t)nr;
	}
	for (uint64_t i = 0; i < nr; i++)
		sp_field_row_clear(id, (char *)d->rows[id] + i * t->row_size);
	memcpy((char *)&d->frame + sp_tables[id].rows, &d->rows[id],
	       sizeof(d->rows[id]));
	memcpy((char *)&d->frame + sp_tables[id].nr_rows, &(size_t){nr},
	       sizeof(size_t));
	return d->rows[id] ? d->rows[id] : (char *)&d->own;
}

/* What is taken for a whole number or a date later must be one. */
static double in_range(const struct column *c, double v)
{
	double most = HUGE_VAL;

	if (c->unit == SP_UNIT_COUNT)
		most = INT32_MAX;
	if (c->unit == SP_UNIT_TIME)
		most = TIME_MOST;
	return isfinite(v) && fabs(v) <= most ? v : NAN;
}

static double decimal(uint64_t bits, unsigned int decimals)
{
	static const double tens[SP_WIRE_DECIMALS_MAX + 1] = {
		1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
	double v = (double)(bits >> 1) / tens[decimals];

	return bits & 1 ? -v : v;
}

static void store(const struct column *c, char *row, double v, uint64_t size,
		  bool negative)
{
	void *at = row + c->offset;

	switch (c->member) {
	case MEMBER_BOOL:
		*(bool *)at = size != 0;
		break;
	case MEMBER_U32:
		*(uint32_t *)at = (uint32_t)size;
		break;
	case MEMBER_U64:
		*(uint64_t *)at = size;
		break;
	case MEMBER_I64:
		*(int64_t *)at = (int64_t)(negative ? -(uint64_t)size : size);
		break;
	default:
		*(double *)at = in_range(c, v);
		break;
	}
}

static uint64_t clamp_u64(double v)
{
	if (!(v > 0))
		return 0;
	return v < 18446744073709551615.0 ? (uint64_t)v : UINT64_MAX;
}

static void take_number(struct cursor *c, const struct incoming *in,
			enum sp_wire_tag tag, char *row)
{
	uint64_t bits = 0, size = 0;
	double v = 0;

	if (tag == SP_WIRE_DECIMAL) {
		bits = cursor_varint(c);
		size = bits >> 1;
		v = decimal(bits, in->decimals);
		if (in->decimals)
			size = clamp_u64(fabs(v));
	} else if (tag == SP_WIRE_DOUBLE) {
		bits = cursor_u64(c);
		memcpy(&v, &bits, sizeof(v));
		bits = v < 0;
		size = clamp_u64(fabs(v));
	}
	if (in->to && row && !c->failed)
		store(in->to, row, v, size, bits & 1);
}

/* A run of rows alike. */
static uint64_t take_run(struct cursor *c, uint64_t left, enum sp_wire_tag *tag)
{
	uint64_t v = cursor_varint(c);

	*tag = v & 3;
	v >>= 2;
	if (!v || v > left)
		cursor_fail(c);
	return c->failed ? left : v;
}

/* Tags first, then values: two places are read at once. */
static void take_numbers(struct cursor *c, const struct incoming *in,
			 char *rows, uint64_t nr, size_t size)
{
	struct cursor tags = *c;
	enum sp_wire_tag tag;

	for (uint64_t i = 0; i < nr;)
		i += take_run(c, nr - i, &tag);
	for (uint64_t i = 0; i < nr && !c->failed;) {
		uint64_t run = take_run(&tags, nr - i, &tag);

		/* Rows are absent to begin with. */
		if (tag == SP_WIRE_ABSENT || (!in->to && tag == SP_WIRE_ZERO)) {
			i += run;
			continue;
		}
		for (; run && !c->failed; run--, i++)
			take_number(c, in, tag, rows ? rows + i * size : NULL);
	}
}

static void take_texts(struct cursor *c, const struct incoming *in, char *rows,
		       uint64_t nr, size_t size)
{
	const char *s = "";
	size_t len = 0;

	/* Each takes a byte at least. */
	if (nr > cursor_left(c))
		cursor_fail(c);
	for (uint64_t i = 0; i < nr && !c->failed; i++) {
		uint64_t n = cursor_varint(c);
		size_t most;

		if (n) {
			s = cursor_take(c, n - 1);
			len = s ? (size_t)n - 1 : 0;
		}
		if (!in->to || !rows || !s)
			continue;
		most = in->to->size - 1U;
		memcpy(rows + i * size + in->to->offset, s,
		       len < most ? len : most);
	}
}

static int take_table(struct sp_wire_decoder *d, struct cursor *c,
		      const struct incoming_table *t)
{
	const uint64_t nr = cursor_varint(c);
	size_t size = 0;
	char *rows = NULL;
	int ret;

	if (c->failed)
		return -EBADMSG;
	if (t->id >= 0) {
		size = d->layout->tables[t->id].row_size;
		rows = rows_of(d, (unsigned int)t->id, nr, cursor_left(c),
			       &ret);
		if (!rows)
			return ret;
	}
	for (size_t i = 0; i < t->nr_columns && !c->failed; i++) {
		const struct incoming *in = &t->columns[i];

		if (in->type == SP_WIRE_TEXT)
			take_texts(c, in, rows, nr, size);
		else
			take_numbers(c, in, rows, nr, size);
	}
	return c->failed ? -EBADMSG : 0;
}

static void clear(struct sp_wire_decoder *d)
{
	memset(&d->frame, 0, sizeof(d->frame));
	memset(&d->own, 0, sizeof(d->own));
	d->own.meta.share_pct = NAN;
	d->own.meta.cgroup_share_pct = NAN;
	sp_field_row_clear(SP_TABLE_GOLDEN, &d->frame.golden);
}

/* Tasks are told apart by their numbers. */
static void mend_tasks(struct sp_frame *frame)
{
	for (size_t i = 0; i < frame->nr_tasks; i++) {
		struct sp_task *t = &frame->tasks[i];

		if (isnan(t->tid))
			t->tid = 0;
		if (isnan(t->pid))
			t->pid = t->tid;
	}
}

static bool is_possible(const struct wire_meta *m)
{
	return m->time_s >= 0 && m->time_s <= TIME_MOST && m->interval_s >= 0 &&
	       m->interval_s <= TIME_MOST;
}

int sp_wire_decode(struct sp_wire_decoder *d, const void *data, size_t len,
		   const struct sp_frame **frame)
{
	struct cursor c = cursor_of(data, len);
	int ret = 0;

	*frame = NULL;
	clear(d);
	for (size_t i = 0; i < d->nr_tables && !ret; i++)
		ret = take_table(d, &c, &d->tables[i]);
	if (!ret && (cursor_left(&c) || !is_possible(&d->own.meta)))
		ret = -EBADMSG;
	if (ret)
		return ret;
	layout_frame_of(&d->frame, &d->own);
	mend_tasks(&d->frame);
	*frame = &d->frame;
	return 0;
}
