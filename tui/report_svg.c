// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the plots of a report, as SVG within its page. Colours are classes, so
 * that the page's style decides; numbers have the C locale's point.
 */
#include <math.h>
#include <string.h>
#include <time.h>

#include "fmt.h"
#include "report_html.h"

/* Of a plot, in its own units, about pixels. */
#define WIDTH 600.0
#define HEIGHT 190.0
#define LEFT 58.0
#define RIGHT 592.0
#define TOP 8.0
#define BOTTOM 168.0
#define STATUS_NAMES 64.0 /* cells of the resources' names */
#define STATUS_ROW 18.0
#define TICKS 6 /* on the time's axis, at most */
#define LOG_FROM 60.0 /* most to least of latencies that asks for a log scale */

struct plane {
	FILE *f;
	const struct report *r;
	double left, right, top, bottom;
	double start, span; /* of the time's axis */
	bool log;
	double low, high; /* of the values' axis */
};

static void time_axis(struct plane *p)
{
	p->start = p->r->plot.start;
	p->span = p->r->plot.width * (double)p->r->plot.used;
}

static double x_of(const struct plane *p, double t)
{
	double part = fmin(fmax((t - p->start) / p->span, 0), 1);

	return p->left + part * (p->right - p->left);
}

static double y_of(const struct plane *p, double v)
{
	double part = v / p->high;

	if (p->log)
		part = log10(fmax(v, p->low) / p->low) /
		       log10(p->high / p->low);
	return p->bottom - fmin(fmax(part, 0), 1) * (p->bottom - p->top);
}

/* 1, 2 or 5 times a power of ten of the unit's prefix, not below v. */
static double round_up(enum sp_unit unit, double v)
{
	bool binary = unit == SP_UNIT_BYTES || unit == SP_UNIT_BYTES_PER_S;
	double prefix = 1, ten;

	while (binary && v / prefix > 1000)
		prefix *= 1024;
	v /= prefix;
	ten = pow(10, floor(log10(v)));
	for (int i = 1; i <= 10; i = i == 2 ? 5 : i * 2)
		if (v <= i * ten * (1 + 1e-9))
			return i * ten * prefix;
	return v * prefix;
}

static void value_axis(struct plane *p, const struct chart *c)
{
	const struct sp_field *f =
		&sp_tables[SP_TABLE_GOLDEN].fields[c->fields[0]];
	double least = INFINITY, most = 0;

	for (size_t i = 0; i < c->nr; i++) {
		const struct plot_bucket *b = p->r->plot.golden[c->fields[i]];

		for (size_t k = 0; k < p->r->plot.used; k++) {
			if (!(b[k].seconds > 0))
				continue;
			most = fmax(most, b[k].max);
			if (b[k].min > 0)
				least = fmin(least, b[k].min);
		}
	}
	if (!(most > 0))
		most = least = 1;
	p->log = f->unit == SP_UNIT_US && most > LOG_FROM * least;
	p->low = p->log ? pow(10, floor(log10(least))) : 0;
	p->high = p->log ? pow(10, ceil(log10(most))) : round_up(f->unit, most);
	if (f->unit == SP_UNIT_PCT && most > 50 && most <= 100)
		p->high = 100;
}

static void draw_value_tick(const struct plane *p, const struct sp_field *f,
			    double v)
{
	struct sp_field round = *f;
	char text[32];
	double y = y_of(p, v);

	if (v == floor(v))
		round.precision = 0;
	fprintf(p->f, "<path class=\"grid\" d=\"M%.0f %.1fH%.0f\"/>", p->left,
		y, p->right);
	fprintf(p->f, "<text class=\"v\" x=\"%.0f\" y=\"%.1f\">", p->left - 4,
		y + 4);
	html_text(p->f, report_value(text, sizeof(text), &round, v));
	fprintf(p->f, "</text>\n");
}

static void draw_value_ticks(const struct plane *p, const struct sp_field *f)
{
	double decades = p->log ? log10(p->high / p->low) : 0;
	double step = decades > 5 ? 100 : 10;

	if (!p->log) {
		for (int i = 0; i <= 2; i++)
			draw_value_tick(p, f, p->high * i / 2);
		return;
	}
	for (int i = 0; p->low * pow(step, i) <= p->high * 1.001; i++)
		draw_value_tick(p, f, p->low * pow(step, i));
}

static double tick_step(double span)
{
	static const double steps[] = {1,	2,	 5,	 10,	 15,
				       30,	60,	 120,	 300,	 600,
				       900,	1800,	 3600,	 7200,	 10800,
				       21600,	43200,	 86400,	 172800, 604800,
				       1209600, 2592000, 7776000};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (span / steps[i] <= TICKS)
			return steps[i];
	return span / TICKS;
}

/* At round local times. */
static void draw_time_ticks(const struct plane *p)
{
	double step = tick_step(p->span), zone = 0, first;
	const char *form = step < 60	  ? "%H:%M:%S"
			   : step < 86400 ? "%H:%M"
					  : "%b %e";
	time_t start = (time_t)p->start;
	struct tm tm;

	if (localtime_r(&start, &tm))
		zone = (double)tm.tm_gmtoff;
	first = ceil((p->start + zone) / step) * step - zone;
	for (int i = 0; first + i * step <= p->start + p->span; i++) {
		double t = first + i * step;
		time_t at = (time_t)llround(t);
		char text[32];

		if (!localtime_r(&at, &tm) ||
		    !strftime(text, sizeof(text), form, &tm))
			continue;
		fprintf(p->f, "<path class=\"grid\" d=\"M%.1f %.0fV%.0f\"/>",
			x_of(p, t), p->top, p->bottom);
		fprintf(p->f,
			"<text class=\"t\" x=\"%.1f\" y=\"%.0f\">%s</text>\n",
			x_of(p, t), p->bottom + 14, text);
	}
}

static void draw_span(const struct plane *p, const char *class, double from,
		      double to, double top, double bottom)
{
	double x = x_of(p, from), width = x_of(p, to) - x;

	fprintf(p->f,
		"<rect class=\"%s\" x=\"%.1f\" y=\"%.0f\" width=\"%.1f\" "
		"height=\"%.0f\">",
		class, x, top, fmax(width, 1), bottom - top);
}

/* Where nothing is recorded. */
static void draw_gaps(const struct plane *p)
{
	const struct plot *plot = &p->r->plot;

	for (size_t i = 0, begin; i < plot->used; i++) {
		if (plot->seconds[i] > 0)
			continue;
		for (begin = i; i < plot->used && !(plot->seconds[i] > 0);)
			i++;
		draw_span(p, "gap", plot->start + (double)begin * plot->width,
			  plot->start + (double)i * plot->width, p->top,
			  p->bottom);
		fprintf(p->f, "<title>not recorded</title></rect>\n");
	}
}

static void draw_episodes(const struct plane *p, enum sp_resource resource)
{
	const struct verdicts *v = &p->r->verdicts;

	for (size_t i = 0; i < v->nr; i++) {
		const struct episode *e = &v->list[i];
		char when[REPORT_TIME_MAX];

		if (e->resource != resource)
			continue;
		draw_span(p, sp_status_names[e->worst], e->from, e->to, p->top,
			  p->bottom);
		fprintf(p->f, "<title>");
		html_printf(p->f, "%s %s %s: %s", report_time(when, e->begin),
			    sp_status_names[e->worst],
			    sp_signal_names[e->signal], e->text);
		fprintf(p->f, "</title></rect>\n");
	}
}

static void draw_events(const struct plane *p)
{
	for (size_t i = 0; i < p->r->nr_events; i++) {
		const struct report_event *e = &p->r->events[i];
		char text[160];

		if (e->kind == EVENT_GAP)
			continue;
		fprintf(p->f,
			"<path class=\"event\" d=\"M%.1f %.0fV%.0f\"><title>",
			x_of(p, e->at), p->top, p->bottom);
		html_text(p->f, report_event_text(text, sizeof(text), e));
		fprintf(p->f, "</title></path>\n");
	}
}

static double middle(const struct plane *p, size_t bucket)
{
	return x_of(p, p->start + ((double)bucket + 0.5) * p->r->plot.width);
}

/* One run of buckets in which it was measured. */
static void draw_run(const struct plane *p, int series,
		     const struct plot_bucket *b, size_t begin, size_t end)
{
	fprintf(p->f, "<path class=\"area s%d\" d=\"", series);
	for (size_t i = begin; i < end; i++)
		fprintf(p->f, "%c%.1f %.1f", i == begin ? 'M' : 'L',
			middle(p, i), y_of(p, b[i].max));
	for (size_t i = end; i-- > begin;)
		fprintf(p->f, "L%.1f %.1f", middle(p, i), y_of(p, b[i].min));
	fprintf(p->f, "Z\"/>\n<path class=\"line s%d\" d=\"", series);
	for (size_t i = begin; i < end; i++)
		fprintf(p->f, "%c%.1f %.1f", i == begin ? 'M' : 'L',
			middle(p, i), y_of(p, b[i].sum / b[i].seconds));
	/* a run of one is seen as a dot */
	fprintf(p->f, "%s\"/>\n", end - begin == 1 ? "h0.1" : "");
}

static void draw_series(const struct plane *p, int series, size_t field)
{
	const struct plot_bucket *b = p->r->plot.golden[field];
	size_t used = p->r->plot.used;

	for (size_t i = 0, begin; i < used; i++) {
		if (!(b[i].seconds > 0))
			continue;
		for (begin = i; i < used && b[i].seconds > 0;)
			i++;
		draw_run(p, series, b, begin, i);
	}
}

void svg_chart(FILE *f, const struct report *r, const struct chart *c)
{
	const struct sp_field *first =
		&sp_tables[SP_TABLE_GOLDEN].fields[c->fields[0]];
	struct plane p = {f, r, LEFT, RIGHT, TOP, BOTTOM, 0, 0, false, 0, 0};

	time_axis(&p);
	value_axis(&p, c);
	fprintf(f, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n", WIDTH,
		HEIGHT);
	draw_gaps(&p);
	draw_episodes(&p, first->resource);
	draw_value_ticks(&p, first);
	draw_time_ticks(&p);
	/* What matters most, the first of a signal, above the others. */
	for (size_t i = c->nr; i-- > 0;)
		draw_series(&p, (int)i, c->fields[i]);
	draw_events(&p);
	fprintf(f, "</svg>\n");
}

static void draw_status(const struct plane *p, enum sp_resource resource)
{
	const struct plot *plot = &p->r->plot;
	const enum sp_status *s = plot->status[resource];

	for (size_t i = 0, begin; i < plot->used; i++) {
		begin = i;
		while (i + 1 < plot->used && s[i + 1] == s[begin])
			i++;
		if (s[begin] == SP_STATUS_NONE)
			continue;
		draw_span(p, sp_status_names[s[begin]],
			  plot->start + (double)begin * plot->width,
			  plot->start + (double)(i + 1) * plot->width, p->top,
			  p->bottom);
		fprintf(p->f, "<title>%s %s</title></rect>\n",
			sp_resource_names[resource], sp_status_names[s[begin]]);
	}
}

void svg_status(FILE *f, const struct report *r)
{
	struct plane p = {f, r, STATUS_NAMES, 2 * WIDTH - 8, 0, 0, 0, 0, false,
			  0, 0};

	time_axis(&p);
	fprintf(f,
		"<svg class=\"status\" viewBox=\"0 0 %.0f %.0f\" "
		"role=\"img\">\n",
		2 * WIDTH, SP_RESOURCES * STATUS_ROW + 20);
	for (int i = 0; i < SP_RESOURCES; i++) {
		p.top = i * STATUS_ROW + 2;
		p.bottom = p.top + STATUS_ROW - 4;
		fprintf(f, "<text x=\"0\" y=\"%.0f\">%s</text>\n", p.bottom - 3,
			sp_resource_names[i]);
		draw_status(&p, (enum sp_resource)i);
	}
	p.top = 0;
	draw_gaps(&p);
	draw_events(&p);
	draw_time_ticks(&p);
	fprintf(f, "</svg>\n");
}
