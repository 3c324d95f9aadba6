// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns which golden signals share a plot: those of one signal and unit, but
 * for rates of events and ratios, which have nothing to do with each other.
 */
#include <math.h>
#include <string.h>

#include "report_html.h"

static bool alone(const struct sp_field *f)
{
	return f->unit == SP_UNIT_PER_S || f->unit == SP_UNIT_RATIO;
}

/* Whether there is anything to see of it. */
static bool plotted(const struct report *r, size_t field)
{
	return r->golden[field].buckets;
}

/* The fields from @first on that go with it. */
static void gather(struct chart *c, const struct report *r, size_t first)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	const struct sp_field *f = &t->fields[first];

	c->nr = 0;
	for (size_t i = first; i < t->nr_fields && c->nr < CHART_SERIES; i++) {
		const struct sp_field *g = &t->fields[i];

		if (plotted(r, i) && g->resource == f->resource &&
		    g->signal == f->signal && g->unit == f->unit)
			c->fields[c->nr++] = i;
		if (alone(f))
			break;
	}
}

static void caption(FILE *f, const struct report *r, const struct chart *c)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];

	fprintf(f, "<figcaption><b>%s</b>",
		sp_signal_names[t->fields[c->fields[0]].signal]);
	for (size_t i = 0; i < c->nr; i++) {
		const struct sp_field *field = &t->fields[c->fields[i]];
		const struct spread *s = &r->golden[c->fields[i]];
		char mean[32];

		fprintf(f, " <span title=\"");
		html_text(f, field->help);
		fprintf(f, "\"><i class=\"s%zu\"></i>", i);
		html_text(f, field->title);
		fprintf(f, " <small>mean ");
		html_text(f, report_value(mean, sizeof(mean), field,
					  spread_mean(s)));
		fprintf(f, "</small></span>");
	}
	fprintf(f, "</figcaption>\n");
}

/* Whether one before it took it along. */
static bool taken(const struct report *r, size_t field)
{
	const struct sp_field *fields = sp_tables[SP_TABLE_GOLDEN].fields;

	for (size_t i = 0; i < field; i++)
		if (plotted(r, i) && !alone(&fields[i]) &&
		    fields[i].resource == fields[field].resource &&
		    fields[i].signal == fields[field].signal &&
		    fields[i].unit == fields[field].unit)
			return true;
	return false;
}

void html_charts(FILE *f, const struct report *r, enum sp_resource resource)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];

	fprintf(f, "<div class=\"charts\">\n");
	for (size_t i = 0; i < t->nr_fields; i++) {
		struct chart c;

		if (t->fields[i].resource != resource || !plotted(r, i) ||
		    taken(r, i))
			continue;
		gather(&c, r, i);
		fprintf(f, "<figure>");
		caption(f, r, &c);
		svg_chart(f, r, &c);
		fprintf(f, "</figure>\n");
	}
	fprintf(f, "</div>\n");
}
