// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the report as a page of HTML that needs no other file, no network and
 * no script. All text from outside goes through html_text().
 */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "fmt.h"
#include "report_html.h"
#include <sysperf/text.h>

#define TOP 10 /* consumers of a list */

static const char style[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--dim:#667079;"
	"--rule:#e3e6e9;--card:#f7f8fa;--ok:#3d9a5f;--warning:#e0a100;"
	"--critical:#d13438;--gap:#c9ced4;--c0:#1f6fd1;--c1:#d9660a;"
	"--c2:#7a4fc9;--c3:#11888a;--c4:#b0398b}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e4e7ea;"
	"--dim:#98a2ab;--rule:#2c3238;--card:#1b1f23;--ok:#3f9e63;"
	"--warning:#d9a514;--critical:#ef5a5e;--gap:#3a4148;--c0:#62a3f5;"
	"--c1:#f39244;--c2:#b294f0;--c3:#43c0bd;--c4:#e57ac3}}\n"
	"body{margin:0 auto;padding:1.5em;max-width:78em;background:var(--bg);"
	"color:var(--fg);font:15px/1.45 system-ui,sans-serif}\n"
	"h1{font-size:1.5em;margin:0 0 .2em;overflow-wrap:anywhere}"
	"h2{font-size:1.15em;margin:2em 0 .6em;padding-bottom:.2em;"
	"border-bottom:1px solid var(--rule)}"
	"h3{font-size:1em;margin:1.2em 0 .4em}\n"
	"p{margin:.2em 0}.dim,small{color:var(--dim)}"
	".lost{color:var(--critical);font-weight:600}\n"
	".wide{overflow-x:auto}table{border-collapse:collapse;"
	"font-variant-numeric:tabular-nums}"
	"th{color:var(--dim);font-weight:500;text-align:right}"
	"td,th{padding:.15em .7em;text-align:right;white-space:nowrap;"
	"border-bottom:1px solid var(--rule)}"
	"td.l,th.l{text-align:left}td.w{white-space:normal;min-width:20em;"
	"overflow-wrap:anywhere}\n"
	".b{padding:.05em .5em;border-radius:.7em;color:#fff;font-size:.9em}"
	".b.warning{background:var(--warning);color:#1c1400}"
	".b.critical{background:var(--critical)}"
	".b.ok{background:var(--ok)}\n"
	".charts{display:grid;gap:1em;"
	"grid-template-columns:repeat(auto-fill,minmax(min(30em,100%),1fr))}"
	"figure{margin:0;padding:.6em .7em .3em;background:var(--card);"
	"border-radius:.5em}figcaption{min-height:1.5em}"
	"figcaption span{margin-left:.6em;white-space:nowrap}"
	"figcaption i{display:inline-block;width:.8em;height:.25em;"
	"margin-right:.3em;vertical-align:middle}\n"
	"svg{display:block;width:100%;height:auto}"
	"svg text{fill:var(--dim);font:11px system-ui,sans-serif}"
	"svg.status text{font-size:13px}"
	"text.v{text-anchor:end}text.t{text-anchor:middle}"
	".grid{stroke:var(--rule);fill:none}"
	".line{fill:none;stroke-width:1.4;stroke-linejoin:round;"
	"stroke-linecap:round}.area{opacity:.16;stroke:none}"
	".s0{--c:var(--c0)}.s1{--c:var(--c1)}.s2{--c:var(--c2)}"
	".s3{--c:var(--c3)}.s4{--c:var(--c4)}"
	".line{stroke:var(--c)}.area{fill:var(--c)}i{background:var(--c)}\n"
	".gap{fill:var(--gap);opacity:.35}"
	".event{stroke:var(--fg);stroke-dasharray:3 3;fill:none}"
	"rect.warning{fill:var(--warning);opacity:.22}"
	"rect.critical{fill:var(--critical);opacity:.25}"
	".status rect.ok{fill:var(--ok);opacity:.55}"
	".status rect.warning,.status rect.critical{opacity:1}\n"
	".tops{display:grid;gap:0 2em;"
	"grid-template-columns:repeat(auto-fill,minmax(min(34em,100%),1fr))}\n";

/* Characters that change how others are shown, or none at all. */
static bool unsafe(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) ||
	       (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
	       (cp & 0xfffe) == 0xfffe;
}

static const char *entity(uint32_t cp)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return unsafe(cp) ? "\xef\xbf\xbd" : NULL;
}

void html_text(FILE *f, const char *s)
{
	while (*s) {
		uint32_t cp = 0;
		int n = sp_utf8_decode(s, &cp);
		const char *instead = n ? entity(cp) : "\xef\xbf\xbd";

		if (instead)
			fputs(instead, f);
		else
			fwrite(s, 1, (size_t)n, f);
		s += n ? n : 1;
	}
}

void html_printf(FILE *f, const char *form, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, form);
	vsnprintf(text, sizeof(text), form, ap);
	va_end(ap);
	html_text(f, text);
}

static void cell(FILE *f, const char *class, const char *s)
{
	fprintf(f, "<td%s%s%s>", *class ? " class=\"" : "", class,
		*class ? "\"" : "");
	html_text(f, s);
	fprintf(f, "</td>");
}

/* Titles, those with a '<' before them to the left. */
static void heads(FILE *f, const char *const *titles)
{
	fprintf(f, "<div class=\"wide\"><table>\n<tr>");
	for (; *titles; titles++) {
		bool left = **titles == '<';

		fprintf(f, "<th%s>", left ? " class=\"l\"" : "");
		html_text(f, *titles + left);
		fprintf(f, "</th>");
	}
	fprintf(f, "</tr>\n");
}

static void write_head(FILE *f, const struct report *r, const char *name)
{
	struct sp_field bytes = {.unit = SP_UNIT_BYTES};
	char a[REPORT_TIME_MAX], b[REPORT_TIME_MAX], c[REPORT_TIME_MAX];
	char memory[32];

	fprintf(f, "<!DOCTYPE html>\n<html lang=\"en\">\n<meta "
		   "charset=\"utf-8\">\n"
		   "<meta http-equiv=\"Content-Security-Policy\" "
		   "content=\"default-src 'none'; "
		   "style-src 'unsafe-inline'\">\n"
		   "<meta name=\"viewport\" "
		   "content=\"width=device-width\">\n<title>");
	html_printf(f, "sysperf: %s, %s", r->host, report_time(a, r->begin));
	fprintf(f, "</title>\n<style>%s</style>\n<h1>", style);
	html_printf(f, "%s, %s to %s %s", r->host, report_time(a, r->begin),
		    report_time(b, r->end), report_zone(c, r->end));
	fprintf(f, "</h1>\n<p class=\"dim\">");
	html_printf(f, "Linux %s, %u CPU%s, %sB; source %s; recording %s",
		    r->kernel, r->nr_cpus, r->nr_cpus == 1 ? "" : "s",
		    fmt_value(memory, sizeof(memory), &bytes,
			      (double)r->mem_total_bytes, 8),
		    r->source, name);
	fprintf(f, "</p>\n<p class=\"dim\">");
	html_printf(f,
		    "%s recorded of %s: %" PRIu64 " samples of %s on average",
		    report_length(a, r->recorded_s),
		    report_length(b, r->recorded_s + r->gaps_s), r->frames,
		    report_length(c, r->recorded_s / (double)r->frames));
	fprintf(f, "</p>\n");
}

static void write_events(FILE *f, const struct report *r)
{
	char text[1024], when[REPORT_TIME_MAX];
	unsigned long all = 0;

	if (*report_lost(text, sizeof(text), r)) {
		fprintf(f, "<p class=\"lost\">");
		html_printf(f, "Lost: %s", text);
		fprintf(f, "</p>\n");
	}
	for (size_t i = 0; i < r->nr_events; i++) {
		fprintf(f, "<p>");
		report_event_text(text, sizeof(text), &r->events[i]);
		html_printf(f, "%s: %s", report_time(when, r->events[i].time),
			    text);
		fprintf(f, "</p>\n");
	}
	for (int i = 0; i < EVENT_KINDS; i++)
		all += r->count[i];
	if (all > r->nr_events)
		fprintf(f, "<p>and %lu more of that kind</p>\n",
			all - (unsigned long)r->nr_events);
}

static void write_status(FILE *f, const struct report *r)
{
	static const char *const titles[] = {
		"<Status", "ok", "warning", "critical", "not judged", NULL};
	static const enum sp_status order[] = {SP_STATUS_OK, SP_STATUS_WARNING,
					       SP_STATUS_CRITICAL,
					       SP_STATUS_NONE};

	svg_status(f, r);
	heads(f, titles);
	for (int i = 0; i < SP_RESOURCES; i++) {
		fprintf(f, "<tr>");
		cell(f, "l", sp_resource_names[i]);
		for (int k = 0; k < 4; k++) {
			double s = r->status_s[i][order[k]];
			char text[REPORT_TIME_MAX];

			cell(f, "", s > 0 ? report_length(text, s) : "");
		}
		fprintf(f, "</tr>\n");
	}
	fprintf(f, "</table></div>\n");
}

static void write_verdicts(FILE *f, const struct report *r)
{
	static const char *const titles[] = {
		"<Begin", "lasted", "<severity",
		"<about", "<worst", "<who contributed most",
		NULL};
	const struct verdicts *v = &r->verdicts;

	fprintf(f, "<h2>Verdicts</h2>\n");
	if (!v->nr) {
		fprintf(f, "<p>None: no resource was in trouble.</p>\n");
		return;
	}
	heads(f, titles);
	for (size_t i = 0; i < v->nr; i++) {
		const struct episode *e = &v->list[i];
		const struct episode_culprit *c = episode_culprit(e);
		const char *severity = sp_status_names[e->worst];
		char text[REPORT_TIME_MAX];

		fprintf(f, "<tr>");
		cell(f, "l", report_time(text, e->begin));
		cell(f, "", report_length(text, e->to - e->from));
		fprintf(f,
			"<td class=\"l\"><span class=\"b %s\">%s</span>"
			"</td><td class=\"l\">%s %s</td>",
			severity, severity, sp_resource_names[e->resource],
			sp_signal_names[e->signal]);
		cell(f, "l w", e->text);
		fprintf(f, "<td class=\"l\">");
		if (c)
			html_printf(f, "%s (%u)", c->comm, c->pid);
		if (c && isfinite(c->share_pct))
			fprintf(f, " %.0f %%", c->share_pct);
		fprintf(f, "</td></tr>\n");
	}
	fprintf(f, "</table></div>\n");
	if (v->left_out)
		fprintf(f, "<p>and %lu more, less severe or shorter</p>\n",
			v->left_out);
}

static void write_signals(FILE *f, const struct report *r,
			  enum sp_resource resource)
{
	static const char *const titles[] = {"<Signal", "<",   "min",
					     "mean",	"p50", "p95",
					     "p99",	"max", NULL};
	static const double pcts[] = {50, 95, 99};
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];

	heads(f, titles);
	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *field = &t->fields[i];
		const struct spread *s = &r->golden[i];
		char text[32];

		if (field->resource != resource || !(s->seconds > 0))
			continue;
		fprintf(f, "<tr title=\"");
		html_text(f, field->help);
		fprintf(f, "\">");
		cell(f, "l", sp_signal_names[field->signal]);
		cell(f, "l", field->title);
		cell(f, "", report_value(text, sizeof(text), field, s->min));
		cell(f, "",
		     report_value(text, sizeof(text), field, spread_mean(s)));
		for (int k = 0; k < 3; k++)
			cell(f, "",
			     report_value(text, sizeof(text), field,
					  spread_percentile(s, pcts[k])));
		cell(f, "", report_value(text, sizeof(text), field, s->max));
		fprintf(f, "</tr>\n");
	}
	fprintf(f, "</table></div>\n");
}

static void write_consumer(FILE *f, const struct report *r,
			   const struct consumer *e, enum task_use use,
			   bool name)
{
	const struct sp_field rate = {.unit = task_uses[use].rate,
				      .precision = 2};
	char text[64];

	fprintf(f, "<tr>");
	cell(f, "l", e->name);
	cell(f, "l", *e->user ? e->user : "-");
	if (name)
		fprintf(f, "<td>%lu</td>", e->tasks);
	else
		fprintf(f, "<td>%u</td>", e->key.tid);
	cell(f, "", report_used(text, sizeof(text), r, use, e->used[use]));
	fprintf(f, "<td>%.1f%%</td>",
		100 * e->used[use] / r->consumers.all[use]);
	cell(f, "", report_value(text, sizeof(text), &rate, e->peak[use]));
	fprintf(f, "</tr>\n");
}

static void write_list(FILE *f, const struct report *r, enum task_use use,
		       bool names)
{
	const struct consumers *c = &r->consumers;
	const struct consumer *top[TOP];
	size_t nr = consumers_top(names ? c->names : c->tasks, use, top, TOP);
	const char *titles[] = {names ? "<All of a name" : "<Task",
				"<user",
				names ? "tasks" : "pid",
				use == USE_MEMORY ? "mean" : "sum",
				"share",
				"peak",
				NULL};

	heads(f, titles);
	for (size_t i = 0; i < nr; i++)
		write_consumer(f, r, top[i], use, names);
	fprintf(f, "</table></div>\n");
}

static void write_top(FILE *f, const struct report *r, enum task_use use)
{
	const struct consumers *c = &r->consumers;
	char sum[32];

	fprintf(f, "<h3>Top %s</h3>\n", task_uses[use].name);
	if (!c->told[use] || !(c->all[use] > 0)) {
		fprintf(f, "<p>%s</p>\n",
			c->told[use] ? "none" : "not measured");
		return;
	}
	fprintf(f, "<p class=\"dim\">");
	html_printf(f, "%s %s by all tasks",
		    report_used(sum, sizeof(sum), r, use, c->all[use]),
		    task_uses[use].total);
	fprintf(f, "</p>\n<div class=\"tops\">\n");
	write_list(f, r, use, false);
	write_list(f, r, use, true);
	fprintf(f, "</div>\n");
}

void report_html(FILE *f, const struct report *r, const char *name)
{
	write_head(f, r, name);
	if (!r->frames)
		return;
	write_events(f, r);
	write_status(f, r);
	write_verdicts(f, r);
	for (int i = 0; i < SP_RESOURCES; i++) {
		fprintf(f, "<h2>%s</h2>\n", sp_resource_names[i]);
		html_charts(f, r, (enum sp_resource)i);
		write_signals(f, r, (enum sp_resource)i);
	}
	fprintf(f, "<h2>Top consumers</h2>\n");
	for (int i = 0; i < USES; i++)
		write_top(f, r, (enum task_use)i);
	if (r->consumers.dropped_tasks || r->consumers.dropped_names)
		fprintf(f,
			"<p>%lu tasks and %lu names that used little were not "
			"told apart to the end.</p>\n",
			r->consumers.dropped_tasks, r->consumers.dropped_names);
}
