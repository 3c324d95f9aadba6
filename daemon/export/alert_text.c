// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns how an alert is told to people.
 */
#include <math.h>
#include <stdio.h>

#include <sysperf/alerts.h>
#include <sysperf/text.h>

/* Devices, control groups and tasks are named by others. */
static void make_safe(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

static void number(char *buf, size_t len, const struct sp_alert_rule *r,
		   double v)
{
	if (!isfinite(v))
		snprintf(buf, len, "not measured");
	else if (r->field)
		sp_decimal(buf, len, v, 3);
	else
		snprintf(buf, len, "%s",
			 sp_status_names[(int)v + SP_STATUS_OK]);
}

void sp_alert_text(char *buf, size_t len, const struct sp_alert_event *event)
{
	static const char *const words[] = {
		[SP_ALERT_GT] = "above",
		[SP_ALERT_GE] = "at least",
		[SP_ALERT_LT] = "below",
		[SP_ALERT_LE] = "at most",
	};
	const struct sp_alert_rule *r = event->rule;
	const struct sp_alert *a = event->alert;
	const struct sp_verdict *v =
		event->frame ? &event->frame->verdict : NULL;
	char value[40], threshold[40], on[SP_TEXT_MAX];
	int n;

	number(value, sizeof(value), r, a->value);
	number(threshold, sizeof(threshold), r, a->threshold);
	n = snprintf(buf, len, "%s %s%s%s%s%s: %s is %s (limit: %s %s)%s",
		     event->firing ? r->severity : "over:", r->name,
		     *a->on ? " of " : "", sp_utf8_clean(on, a->on),
		     *r->summary ? ": " : "", r->summary, r->key, value,
		     words[r->op], threshold,
		     event->frame ? "" : ", its rule is gone");
	if (n > 0 && (size_t)n < len && event->firing && v &&
	    v->severity > SP_STATUS_OK)
		snprintf(buf + n, len - (size_t)n, "; verdict: %s", v->text);
	make_safe(buf);
}
