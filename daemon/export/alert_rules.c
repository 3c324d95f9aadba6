// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the rules of alerts: those that are shipped, and which settings a rule
 * has in the configuration; one table reads and prints them.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include <sysperf/text.h>

#include "alert_parse.h"

#define SECTION "alerts"
#define RULE_SECTION "alert "

/*
 * The verdict has thresholds, evidence and hysteresis of its own: what lasts
 * in it is what an alert should be about. The rest are events that are bad
 * however seldom.
 */
static const struct {
	const char *name, *when, *for_s, *clear_for, *severity, *summary;
} shipped[] = {
	{"cpu-critical", "status.cpu >= critical", "1m", "2m", "critical",
	 "tasks are held up for want of CPU time"},
	{"memory-critical", "status.memory >= critical", "1m", "2m", "critical",
	 "tasks are held up for want of memory, or were killed"},
	{"disk-critical", "status.disk >= critical", "1m", "2m", "critical",
	 "tasks are held up by a disk, or requests fail"},
	{"network-critical", "status.network >= critical", "1m", "2m",
	 "critical", "the network is full, or loses much"},
	{"cpu-warning", "status.cpu >= warning", "10m", "5m", "warning",
	 "tasks have long been waiting for CPUs"},
	{"memory-warning", "status.memory >= warning", "10m", "5m", "warning",
	 "memory has long been short"},
	{"disk-warning", "status.disk >= warning", "10m", "5m", "warning",
	 "a disk has long been slow"},
	{"network-warning", "status.network >= warning", "10m", "5m", "warning",
	 "the network has long been full or lossy"},
	{"oom-kill", "golden.memory.oom_kills_per_s > 0", "0", "5m", "critical",
	 "a task was killed for want of memory"},
	{"disk-errors", "disks.errors_per_s > 0", "0", "5m", "critical",
	 "requests of a disk failed"},
	{"ecc-errors", "golden.memory.ecc_errors_per_s > 0", "0", "1h",
	 "warning", "memory had errors"},
	{"machine-checks", "golden.cpu.machine_checks_per_s > 0", "0", "1h",
	 "critical", "the CPU reported hardware errors"},
};

struct setting {
	const char *key;
	int (*set)(struct sp_alert_rule *r, const struct setting *s,
		   const char *value, char *err, size_t len);
	size_t offset, size; /* of the member */
	const char *what;
};

static double *double_of(struct sp_alert_rule *r, const struct setting *s)
{
	return (double *)(void *)((char *)r + s->offset);
}

static int set_when(struct sp_alert_rule *r, const struct setting *s,
		    const char *value, char *err, size_t len)
{
	(void)s;
	return alert_when(r, value, err, len);
}

static int set_duration(struct sp_alert_rule *r, const struct setting *s,
			const char *value, char *err, size_t len)
{
	if (!alert_duration(value, double_of(r, s)))
		return alert_wrong(
			err, len,
			"'%.40s' is no duration of at most 7d, as 30s, "
			"5m or 1h",
			value);
	return 0;
}

static int set_clear(struct sp_alert_rule *r, const struct setting *s,
		     const char *value, char *err, size_t len)
{
	(void)s;
	if (!alert_level(r, value, &r->clear))
		return alert_wrong(err, len, "'%.40s' is not %s", value,
				   r->field ? "a number"
					    : "ok, warning or critical");
	return 0;
}

static int set_text(struct sp_alert_rule *r, const struct setting *s,
		    const char *value, char *err, size_t len)
{
	if (strlen(value) >= s->size)
		return alert_wrong(err, len, "longer than %zu characters",
				   s->size - 1);
	snprintf((char *)r + s->offset, s->size, "%s", value);
	return 0;
}

static int set_severity(struct sp_alert_rule *r, const struct setting *s,
			const char *value, char *err, size_t len)
{
	if (strcmp(value, "warning") != 0 && strcmp(value, "critical") != 0)
		return alert_wrong(err, len,
				   "'%.40s' is not warning or critical", value);
	return set_text(r, s, value, err, len);
}

#define MEMBER(m)                                                              \
	offsetof(struct sp_alert_rule, m),                                     \
		sizeof(((struct sp_alert_rule *)NULL)->m)

enum { WHEN, FOR, CLEAR, CLEAR_FOR, ON, SEVERITY, SUMMARY, RUNBOOK };
static const struct setting settings[SP_ALERT_SETTINGS] = {
	[WHEN] = {"when", set_when, MEMBER(key),
		  "KEY OP VALUE, or off. KEY is golden.RESOURCE.KEY, "
		  "status.RESOURCE or TABLE.KEY; of a table each row is an "
		  "alert of its own. OP is one of > >= < <="},
	[FOR] = {"for", set_duration, MEMBER(for_s), "so long before it fires"},
	[CLEAR] = {"clear", set_clear, MEMBER(clear),
		   "the level that must no longer be reached for it to end"},
	[CLEAR_FOR] = {"clear_for", set_duration, MEMBER(clear_for_s),
		       "so long, before it ends; doubled each time that it "
		       "soon comes back"},
	[ON] = {"on", set_text, MEMBER(on),
		"only rows of this name, which may have * and ?"},
	[SEVERITY] = {"severity", set_severity, MEMBER(severity),
		      "warning or critical"},
	[SUMMARY] = {"summary", set_text, MEMBER(summary), "what it means"},
	[RUNBOOK] = {"runbook", set_text, MEMBER(runbook),
		     "where it says what to do, a link"},
};

static struct sp_alert_rule *add_rule(struct sp_alert_config *c,
				      const char *name)
{
	struct sp_alert_rule *r = &c->rules[c->nr++];

	memset(r, 0, sizeof(*r));
	snprintf(r->name, sizeof(r->name), "%s", name);
	r->clear = NAN;
	r->for_s = 60;
	r->clear_for_s = 60;
	strcpy(r->severity, "warning");
	return r;
}

void sp_alert_config_init(struct sp_alert_config *c)
{
	char err[256];

	memset(c, 0, sizeof(*c));
	c->hook_limit_s = 30;
	c->hooks_most = 4;
	for (size_t i = 0; i < sizeof(shipped) / sizeof(shipped[0]); i++) {
		const char *const values[SP_ALERT_SETTINGS] = {
			[WHEN] = shipped[i].when,
			[FOR] = shipped[i].for_s,
			[CLEAR_FOR] = shipped[i].clear_for,
			[SEVERITY] = shipped[i].severity,
			[SUMMARY] = shipped[i].summary,
		};
		struct sp_alert_rule *r = add_rule(c, shipped[i].name);

		for (int k = 0; k < SP_ALERT_SETTINGS; k++)
			if (values[k])
				settings[k].set(r, &settings[k], values[k], err,
						sizeof(err));
	}
}

static struct sp_alert_rule *rule_of(struct sp_alert_config *c,
				     const char *name, char *err, size_t len)
{
	if (!*name || strlen(name) >= sizeof(c->rules[0].name) ||
	    strspn(name,
		   "abcdefghijklmnopqrstuvwxyz"
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != strlen(name)) {
		alert_wrong(err, len,
			    "'%.70s' is no name of an alert: letters, digits, "
			    "- and "
			    "_, 63 at most",
			    name);
		return NULL;
	}
	for (size_t i = 0; i < c->nr; i++)
		if (!strcmp(c->rules[i].name, name))
			return &c->rules[i];
	if (c->nr == SP_ALERT_RULES_MAX) {
		alert_wrong(err, len, "more than %d alerts",
			    SP_ALERT_RULES_MAX);
		return NULL;
	}
	return add_rule(c, name);
}

static int note_line(unsigned int *at, unsigned int line, const char *key,
		     char *err, size_t len)
{
	if (*at)
		return alert_wrong(err, len, "%s is there already, in line %u",
				   key, *at);
	*at = line;
	return 0;
}

/* What is said of all alerts. */
static int set_common(struct sp_alert_config *c, const char *key,
		      const char *value, unsigned int line, char *err,
		      size_t len)
{
	static const char *const keys[] = {"hook", "hook_limit", "hooks"};
	int i;

	for (i = 0; i < 3 && strcmp(key, keys[i]) != 0; i++)
		;
	if (i == 3)
		return alert_wrong(err, len,
				   "no key '%.60s' in [" SECTION
				   "] (there are hook, "
				   "hook_limit and hooks)",
				   key);
	if (note_line(&c->set_at[i], line, key, err, len))
		return -EINVAL;
	switch (i) {
	case 0:
		if (*value &&
		    (*value != '/' || strlen(value) >= sizeof(c->hook)))
			return alert_wrong(
				err, len,
				"'%.60s' is no absolute path of a program",
				value);
		snprintf(c->hook, sizeof(c->hook), "%s", value);
		return 0;
	case 1:
		if (!alert_duration(value, &c->hook_limit_s) ||
		    c->hook_limit_s < 0.1 || c->hook_limit_s > 3600)
			return alert_wrong(
				err, len,
				"'%.40s' is no duration from 100ms to 1h",
				value);
		return 0;
	default:
		if (!alert_number(value, &c->hooks_most) || c->hooks_most < 1 ||
		    c->hooks_most > 64 || c->hooks_most != floor(c->hooks_most))
			return alert_wrong(
				err, len,
				"'%.40s' is no whole number from 1 to 64",
				value);
		return 0;
	}
}

int sp_alert_config_set(struct sp_alert_config *c, const char *section,
			const char *key, const char *value, unsigned int line,
			char *err, size_t len)
{
	size_t n = strlen(RULE_SECTION);
	struct sp_alert_rule *r;
	char why[256];

	if (!strcmp(section, SECTION))
		return set_common(c, key, value, line, err, len);
	if (strncmp(section, RULE_SECTION, n) != 0)
		return -ENOENT;
	section += n;
	section += strspn(section, " ");
	r = rule_of(c, section, err, len);
	if (!r)
		return -EINVAL;
	if (!r->line)
		r->line = line;
	for (int i = 0; i < SP_ALERT_SETTINGS; i++) {
		if (strcmp(key, settings[i].key) != 0)
			continue;
		if (note_line(&r->set_at[i], line, key, err, len))
			return -EINVAL;
		/* A level is read as its key's. */
		if (i == CLEAR && !r->key[0])
			return alert_wrong(err, len,
					   "clear stands before when");
		if (i == WHEN && r->set_at[CLEAR])
			return alert_wrong(err, len, "when stands after clear");
		if (settings[i].set(r, &settings[i], value, why, sizeof(why)))
			return alert_wrong(err, len, "%s: %s", key, why);
		return 0;
	}
	return alert_wrong(err, len, "no key '%.60s' in [alert %s]", key,
			   r->name);
}

/* Is v on the complaining side of b, or on it? */
static bool not_better(const struct sp_alert_rule *r, double v, double b)
{
	return r->op == SP_ALERT_LT || r->op == SP_ALERT_LE ? v <= b : v >= b;
}

static double usual_clear(const struct sp_alert_rule *r)
{
	bool low = r->op == SP_ALERT_LT || r->op == SP_ALERT_LE;

	if (!r->field)
		return r->threshold;
	return r->threshold + (low ? 0.2 : -0.2) * fabs(r->threshold);
}

int sp_alert_config_check(struct sp_alert_config *c, unsigned int *line,
			  char *err, size_t len)
{
	for (size_t i = 0; i < c->nr; i++) {
		struct sp_alert_rule *r = &c->rules[i];

		*line = r->line;
		if (r->off)
			continue;
		if (!r->key[0])
			return alert_wrong(err, len,
					   "[alert %s] does not say when",
					   r->name);
		if (isnan(r->clear))
			r->clear = usual_clear(r);
		if (r->set_at[CLEAR])
			*line = r->set_at[CLEAR];
		if (!not_better(r, r->threshold, r->clear))
			return alert_wrong(
				err, len,
				"clear of [alert %s] is beyond its "
				"threshold: it would end as it begins",
				r->name);
	}
	return 0;
}

static void print_level(const struct sp_alert_rule *r, FILE *f, double v)
{
	char number[40];

	if (r->field)
		fprintf(f, "%s\n", sp_decimal(number, sizeof(number), v, 9));
	else
		fprintf(f, "%s\n", sp_status_names[(int)v + SP_STATUS_OK]);
}

static void print_duration(const char *key, FILE *f, double s)
{
	char number[40];

	fprintf(f, "%s = %ss\n", key, sp_decimal(number, sizeof(number), s, 9));
}

static void print_rule(const struct sp_alert_rule *r, FILE *f)
{
	fprintf(f, "\n[" RULE_SECTION "%s]\n", r->name);
	if (r->off) {
		fputs("when = off\n", f);
		return;
	}
	fprintf(f, "when = %s %s ", r->key, alert_ops[r->op]);
	print_level(r, f, r->threshold);
	print_duration("for", f, r->for_s);
	if (!isnan(r->clear) && r->clear != usual_clear(r)) {
		fputs("clear = ", f);
		print_level(r, f, r->clear);
	}
	print_duration("clear_for", f, r->clear_for_s);
	if (*r->on)
		fprintf(f, "on = %s\n", r->on);
	fprintf(f, "severity = %s\n", r->severity);
	if (*r->summary)
		fprintf(f, "summary = %s\n", r->summary);
	if (*r->runbook)
		fprintf(f, "runbook = %s\n", r->runbook);
}

void sp_alert_config_print(const struct sp_alert_config *c, FILE *f)
{
	fputs("[" SECTION "]\n"
	      "# A program that is run when an alert fires and when it is "
	      "over: its absolute\n# path. It is told by its environment, "
	      "SYSPERF_ALERT, SYSPERF_STATE (firing or\n# resolved), "
	      "SYSPERF_TEXT and others. Default: none.\n",
	      f);
	fprintf(f, "hook = %s\n", c->hook);
	fputs("# It is killed after this time. Default: 30s.\n", f);
	print_duration("hook_limit", f, c->hook_limit_s);
	fputs("# So many may run at the same time; others wait. Default: 4.\n",
	      f);
	fprintf(f, "hooks = %.0f\n\n", c->hooks_most);
	fputs("# Alerts, a section each: [alert NAME]. Those below are "
	      "shipped; a section of the\n# same name changes one, \"when = "
	      "off\" turns it off. Keys:\n",
	      f);
	for (int i = 0; i < SP_ALERT_SETTINGS; i++)
		fprintf(f, "#   %-10s %s\n", settings[i].key, settings[i].what);
	for (size_t i = 0; i < c->nr; i++)
		print_rule(&c->rules[i], f);
}
