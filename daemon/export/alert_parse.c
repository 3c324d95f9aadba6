// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what values of alerts' settings look like: KEY OP VALUE, levels,
 * durations.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "alert_parse.h"

#define DURATION_MOST (7 * 86400.0)

const char *const alert_ops[] = {
	[SP_ALERT_GT] = ">",
	[SP_ALERT_GE] = ">=",
	[SP_ALERT_LT] = "<",
	[SP_ALERT_LE] = "<=",
};

int alert_wrong(char *err, size_t len, const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	vsnprintf(err, len, form, ap);
	va_end(ap);
	return -EINVAL;
}

/* Digits, a point, a sign: strtod() takes "inf", "0x1" and more. */
bool alert_number(const char *s, double *v)
{
	char *end;

	if (!*s || strspn(s, "-0123456789.") != strlen(s))
		return false;
	*v = strtod(s, &end);
	return end != s && !*end && fabs(*v) <= 1e18;
}

bool alert_duration(const char *s, double *v)
{
	static const struct {
		const char *name;
		double s;
	} units[] = {{"", 1},	{"s", 1},    {"ms", 1e-3},
		     {"m", 60}, {"h", 3600}, {"d", 86400}};
	size_t n = strspn(s, "0123456789.");
	char digits[32];

	if (!n || n >= sizeof(digits))
		return false;
	memcpy(digits, s, n);
	digits[n] = '\0';
	if (!alert_number(digits, v))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(s + n, units[i].name)) {
			*v *= units[i].s;
			return *v <= DURATION_MOST;
		}
	return false;
}

static bool resource_of(const char *s, size_t n, enum sp_resource *r)
{
	for (int i = 0; i < SP_RESOURCES; i++)
		if (strlen(sp_resource_names[i]) == n &&
		    !strncmp(sp_resource_names[i], s, n)) {
			*r = (enum sp_resource)i;
			return true;
		}
	return false;
}

static const struct sp_field *golden_of(const char *s)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	enum sp_resource res;
	size_t n = strcspn(s, ".");

	if (!s[n] || !resource_of(s, n, &res))
		return NULL;
	s += n + 1;
	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];
		const char *signal = sp_signal_names[f->signal];
		size_t sn = strlen(signal);
		/* golden.cpu.latency.KEY, as --list-fields has it, too. */
		const char *key = !strncmp(s, signal, sn) && s[sn] == '.'
					  ? s + sn + 1
					  : s;

		if (f->resource == res && !strcmp(f->key, key))
			return f;
	}
	return NULL;
}

static bool find_key(struct sp_alert_rule *r, const char *key)
{
	size_t n = strcspn(key, ".");

	r->field = NULL;
	if (!key[n])
		return false;
	if (!strncmp(key, "status.", 7))
		return resource_of(key + 7, strlen(key + 7), &r->resource);
	for (int t = SP_TABLE_GOLDEN; t < SP_TABLES; t++) {
		const char *name = sp_tables[t].name;

		if (strlen(name) != n || strncmp(key, name, n) != 0 ||
		    t == SP_TABLE_ALERT)
			continue;
		r->table = (enum sp_table_id)t;
		r->field = t == SP_TABLE_GOLDEN
				   ? golden_of(key + n + 1)
				   : sp_field_find(r->table, key + n + 1,
						   strlen(key + n + 1));
	}
	return r->field && r->field->unit != SP_UNIT_TEXT;
}

/* A number, or of a status its name. */
bool alert_level(const struct sp_alert_rule *r, const char *s, double *v)
{
	if (r->field)
		return alert_number(s, v);
	for (int i = SP_STATUS_OK; i <= SP_STATUS_CRITICAL; i++)
		if (!strcmp(s, sp_status_names[i])) {
			*v = i - SP_STATUS_OK;
			return true;
		}
	return false;
}

/* KEY OP VALUE, or "off" */
int alert_when(struct sp_alert_rule *r, const char *value, char *err,
	       size_t len)
{
	char key[sizeof(r->key)], op[4], threshold[40];
	size_t n = strcspn(value, " <>="), o, at;
	int i;

	r->off = !strcmp(value, "off");
	if (r->off)
		return 0;
	at = n + strspn(value + n, " ");
	o = strspn(value + at, "<>=");
	if (n >= sizeof(key) || o >= sizeof(op))
		return alert_wrong(err, len, "'%.60s' is not KEY OP VALUE",
				   value);
	memcpy(key, value, n);
	key[n] = '\0';
	memcpy(op, value + at, o);
	op[o] = '\0';
	at += o;
	at += strspn(value + at, " ");
	snprintf(threshold, sizeof(threshold), "%.39s", value + at);
	for (i = SP_ALERT_GT; i <= SP_ALERT_LE && strcmp(op, alert_ops[i]) != 0;
	     i++)
		;
	if (i > SP_ALERT_LE)
		return alert_wrong(
			err, len,
			"'%.60s' is not KEY OP VALUE, OP being one of "
			"> >= < <=",
			value);
	if (!find_key(r, key))
		return alert_wrong(err, len,
				   "no number '%.60s' (golden.RESOURCE.KEY, "
				   "status.RESOURCE or TABLE.KEY of sysperf "
				   "--list-fields)",
				   key);
	if (!alert_level(r, threshold, &r->threshold))
		return alert_wrong(err, len, "'%.40s' is not %s", threshold,
				   r->field ? "a number"
					    : "ok, warning or critical");
	memcpy(r->key, key, sizeof(key));
	r->op = (enum sp_alert_op)i;
	/* That of another threshold would not fit. */
	r->clear = NAN;
	return 0;
}
