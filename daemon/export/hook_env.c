// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the environment of the program of alerts.
 */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sysperf/text.h>

#include "hook_env.h"

struct list {
	char **env; /* NULL once memory ran out */
	size_t nr;
};

static void add(struct list *l, const char *form, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct list *l, const char *form, ...)
{
	va_list ap;
	char *s;
	int n;

	if (!l->env)
		return;
	va_start(ap, form);
	n = vasprintf(&s, form, ap);
	va_end(ap);
	if (n < 0) {
		hook_env_free(l->env);
		l->env = NULL;
		return;
	}
	for (char *c = s; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	l->env[l->nr++] = s;
}

/* Nothing where it is absent. */
static void add_number(struct list *l, const char *name, double v)
{
	char number[40] = "";

	if (isfinite(v))
		sp_decimal(number, sizeof(number), v, 3);
	add(l, "%s=%s", name, number);
}

static void add_time(struct list *l, double since)
{
	time_t t = isfinite(since) ? (time_t)since : 0;
	struct tm tm;
	char text[32] = "";

	if (t && gmtime_r(&t, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	add(l, "SYSPERF_SINCE=%s", text);
}

char **hook_env_make(const struct sp_alert_event *event)
{
	struct list l = {.env = calloc(HOOK_ENV_MAX, sizeof(char *))};
	const struct sp_alert *a = event->alert;
	const struct sp_frame *f = event->frame;
	char text[512];

	sp_alert_text(text, sizeof(text), event);
	add(&l, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		"/sbin:/bin");
	add(&l, "SYSPERF_ALERT=%s", a->name);
	add(&l, "SYSPERF_STATE=%s", event->firing ? "firing" : "resolved");
	add(&l, "SYSPERF_SEVERITY=%s", a->severity);
	add(&l, "SYSPERF_ON=%s", a->on);
	add(&l, "SYSPERF_KEY=%s", a->key);
	add_number(&l, "SYSPERF_VALUE", a->value);
	add_number(&l, "SYSPERF_THRESHOLD", a->threshold);
	add_time(&l, a->since);
	add_number(&l, "SYSPERF_LASTED_S", event->lasted_s);
	add(&l, "SYSPERF_SUMMARY=%s", a->summary);
	add(&l, "SYSPERF_RUNBOOK=%s", a->runbook);
	add(&l, "SYSPERF_HOST=%s", f ? f->host : "");
	add(&l, "SYSPERF_VERDICT=%s", f ? f->verdict.text : "");
	add(&l, "SYSPERF_TEXT=%s", text);
	return l.env;
}

void hook_env_free(char **env)
{
	for (size_t i = 0; env && env[i]; i++)
		free(env[i]);
	free(env);
}
