// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns which alerts there are: one for each row of a rule's table beyond the
 * rule's threshold, from the frame in which it is found there until it was
 * better for long enough; and for a while after, so that one that comes and
 * goes is known, and ends later each time. Bounded in number.
 */
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <sysperf/alerts.h>

#define FLAPS_MOST 5 /* so that it ends at most 32 times as late */
#define FLAP_MEMORY_S 600 /* at least */

enum state {
	PENDING,
	FIRING,
	OVER, /* only remembered */
};

struct instance {
	size_t rule;
	char on[128];
	enum state state;
	bool seen; /* its row is in this frame */
	double value;
	double bad_s; /* pending: time beyond the threshold */
	double good_s; /* firing: better for so long; over: since then */
	double began; /* seconds since the epoch */
	double lasted_s;
	unsigned int flaps;
};

struct sp_alerts {
	struct sp_alert_config config;
	struct instance all[SP_ALERTS_MAX];
	size_t nr;
	size_t of_rule[SP_ALERT_RULES_MAX];
	uint64_t dropped;
	struct sp_alert rows[SP_ALERTS_MAX];
};

/* Who is to be told. */
struct told {
	const struct sp_frame *frame;
	sp_alert_changed *changed;
	void *ctx;
};

int sp_alerts_open(struct sp_alerts **out, const struct sp_alert_config *config)
{
	struct sp_alerts *a = calloc(1, sizeof(*a));

	if (!a)
		return -ENOMEM;
	a->config = *config;
	*out = a;
	return 0;
}

void sp_alerts_close(struct sp_alerts *a)
{
	free(a);
}

uint64_t sp_alerts_dropped(const struct sp_alerts *a)
{
	return a->dropped;
}

static bool beyond(const struct sp_alert_rule *r, double v, double level)
{
	switch (r->op) {
	case SP_ALERT_GT:
		return v > level;
	case SP_ALERT_GE:
		return v >= level;
	case SP_ALERT_LT:
		return v < level;
	case SP_ALERT_LE:
		return v <= level;
	}
	return false;
}

static void row_of(const struct sp_alerts *a, const struct instance *x,
		   struct sp_alert *row)
{
	const struct sp_alert_rule *r = &a->config.rules[x->rule];

	sp_field_row_clear(SP_TABLE_ALERT, row);
	memcpy(row->name, r->name, sizeof(r->name));
	memcpy(row->on, x->on, sizeof(x->on));
	memcpy(row->severity, r->severity, sizeof(r->severity));
	snprintf(row->state, sizeof(row->state), "%s",
		 x->state == PENDING  ? "pending"
		 : x->state == FIRING ? "firing"
				      : "over");
	memcpy(row->key, r->key, sizeof(r->key));
	row->value = x->value;
	row->threshold = r->threshold;
	row->since = x->began;
	memcpy(row->summary, r->summary, sizeof(r->summary));
	memcpy(row->runbook, r->runbook, sizeof(r->runbook));
}

static void tell(const struct sp_alerts *a, const struct instance *x,
		 const struct told *t)
{
	struct sp_alert row;
	struct sp_alert_event e = {
		.rule = &a->config.rules[x->rule],
		.alert = &row,
		.firing = x->state == FIRING,
		.lasted_s = x->lasted_s,
		.flaps = x->flaps,
		.frame = t->frame,
	};

	row_of(a, x, &row);
	if (t->changed)
		t->changed(t->ctx, &e);
}

static void drop(struct sp_alerts *a, struct instance *x)
{
	a->of_rule[x->rule]--;
	*x = a->all[--a->nr];
}

static struct instance *find(struct sp_alerts *a, size_t rule, const char *on)
{
	for (size_t i = 0; a->of_rule[rule] && i < a->nr; i++)
		if (a->all[i].rule == rule && !strcmp(a->all[i].on, on))
			return &a->all[i];
	return NULL;
}

/* A memory gives way to what is the matter now. */
static bool make_room(struct sp_alerts *a, size_t rule)
{
	bool full = a->of_rule[rule] == SP_ALERTS_OF_RULE;

	if (!full && a->nr < SP_ALERTS_MAX)
		return true;
	for (size_t i = 0; i < a->nr; i++)
		if (a->all[i].state == OVER &&
		    (!full || a->all[i].rule == rule)) {
			drop(a, &a->all[i]);
			return true;
		}
	a->dropped++;
	return false;
}

static struct instance *begin(struct sp_alerts *a, size_t rule, const char *on)
{
	struct instance *x;

	if (!make_room(a, rule))
		return NULL;
	x = &a->all[a->nr++];
	a->of_rule[rule]++;
	memset(x, 0, sizeof(*x));
	x->rule = rule;
	snprintf(x->on, sizeof(x->on), "%s", on);
	x->value = NAN;
	return x;
}

static double clear_time(const struct sp_alert_rule *r,
			 const struct instance *x)
{
	return r->clear_for_s * (double)(1U << x->flaps);
}

static double epoch(const struct timespec *t)
{
	return (double)t->tv_sec + (double)t->tv_nsec / 1e9;
}

/* Back to a memory if it was one, else to nothing. */
static bool keep_pending(struct instance *x)
{
	if (!x->flaps)
		return false;
	x->state = OVER;
	return true;
}

/* Return: false if there is no more to know of it. */
static bool step_pending(const struct sp_alerts *a, struct instance *x,
			 bool bad, bool still, const struct told *t)
{
	const struct sp_alert_rule *r = &a->config.rules[x->rule];
	double s = t->frame->interval_s;

	if (!bad && !still)
		return keep_pending(x);
	if (!x->bad_s)
		x->began = epoch(&t->frame->time) - s;
	if (bad)
		x->bad_s += s;
	x->lasted_s += s;
	/* Intervals are never quite what they should be. */
	if (!bad || x->bad_s + s / 2 < r->for_s)
		return true;
	x->state = FIRING;
	x->good_s = 0;
	tell(a, x, t);
	return true;
}

static bool step_firing(const struct sp_alerts *a, struct instance *x,
			bool still, const struct told *t)
{
	const struct sp_alert_rule *r = &a->config.rules[x->rule];
	double s = t->frame->interval_s;

	x->lasted_s += s;
	x->good_s = still ? 0 : x->good_s + s;
	if (still || x->good_s + s / 2 < clear_time(r, x))
		return true;
	x->state = OVER;
	x->good_s = 0;
	tell(a, x, t);
	return true;
}

static bool step_over(const struct sp_alerts *a, struct instance *x, bool bad,
		      const struct told *t)
{
	const struct sp_alert_rule *r = &a->config.rules[x->rule];

	x->good_s += t->frame->interval_s;
	if (!bad)
		return x->good_s < fmax(FLAP_MEMORY_S, 4 * clear_time(r, x));
	if (x->flaps < FLAPS_MOST)
		x->flaps++;
	x->state = PENDING;
	x->bad_s = x->lasted_s = 0;
	return step_pending(a, x, true, true, t);
}

static void step(struct sp_alerts *a, struct instance *x, double v,
		 const struct told *t)
{
	const struct sp_alert_rule *r = &a->config.rules[x->rule];
	bool bad = beyond(r, v, r->threshold), still = beyond(r, v, r->clear);
	bool keep = true;

	x->seen = true;
	x->value = v;
	switch (x->state) {
	case PENDING:
		keep = step_pending(a, x, bad, still, t);
		break;
	case FIRING:
		keep = step_firing(a, x, still, t);
		break;
	case OVER:
		keep = step_over(a, x, bad, t);
		break;
	}
	if (!keep)
		drop(a, x);
}

static void judge(struct sp_alerts *a, size_t rule, const char *on, double v,
		  const struct told *t)
{
	const struct sp_alert_rule *r = &a->config.rules[rule];
	struct instance *x = find(a, rule, on);

	if (!x && beyond(r, v, r->threshold))
		x = begin(a, rule, on);
	if (x)
		step(a, x, v, t);
}

/* What people call a row. */
static void name_row(char *buf, size_t len, enum sp_table_id table,
		     const void *row)
{
	const struct sp_cpu *cpu = row;
	const struct sp_node *node = row;
	const struct sp_task *task = row;
	const struct sp_disk *disk = row;
	const struct sp_net *net = row;
	const struct sp_cgroup *cgroup = row;

	*buf = '\0';
	switch (table) {
	case SP_TABLE_CPU:
		snprintf(buf, len, "cpu%.0f", cpu->cpu);
		break;
	case SP_TABLE_DISK:
		snprintf(buf, len, "%s", disk->name);
		break;
	case SP_TABLE_NET:
		snprintf(buf, len, "%s", net->name);
		break;
	case SP_TABLE_NODE:
		snprintf(buf, len, "node%.0f", node->node);
		break;
	case SP_TABLE_CGROUP:
		/* Its end tells more than its beginning. */
		snprintf(buf, len, "%s",
			 strlen(cgroup->path) < len
				 ? cgroup->path
				 : cgroup->path + strlen(cgroup->path) + 1 -
					   len);
		break;
	case SP_TABLE_TASK:
		snprintf(buf, len, "%s (%.0f)", task->comm, task->tid);
		break;
	default:
		break;
	}
}

static void judge_rows(struct sp_alerts *a, size_t rule, const struct told *t)
{
	const struct sp_alert_rule *r = &a->config.rules[rule];
	size_t nr, size = sp_tables[r->table].row_size;
	const char *row = sp_frame_rows(t->frame, r->table, &nr);
	char on[sizeof(a->all[0].on)];

	for (size_t i = 0; i < nr; i++, row += size) {
		double v = sp_field_num(r->field, row);

		/* Most rows are not beyond it, and never were. */
		if (!a->of_rule[rule] && !beyond(r, v, r->threshold))
			continue;
		name_row(on, sizeof(on), r->table, row);
		if (!*r->on || !fnmatch(r->on, on, 0))
			judge(a, rule, on, v, t);
	}
}

static double status_value(enum sp_status s)
{
	return s == SP_STATUS_NONE ? NAN : (double)s - SP_STATUS_OK;
}

void sp_alerts_evaluate(struct sp_alerts *a, const struct sp_frame *frame,
			sp_alert_changed *changed, void *ctx)
{
	struct told t = {frame, changed, ctx};

	for (size_t i = 0; i < a->nr; i++)
		a->all[i].seen = false;
	for (size_t i = 0; i < a->config.nr; i++) {
		const struct sp_alert_rule *r = &a->config.rules[i];

		if (r->off)
			continue;
		if (r->field)
			judge_rows(a, i, &t);
		else
			judge(a, i, "",
			      status_value(frame->status[r->resource]), &t);
	}
	/* From the end: one that goes is replaced by the last. */
	for (size_t i = a->nr; i-- > 0;)
		if (!a->all[i].seen)
			step(a, &a->all[i], NAN, &t);
}

/* The worst first: firing before pending, critical before warning, the older
 * before the newer. */
static int compare(const void *l, const void *r)
{
	const struct sp_alert *a = l, *b = r;
	int c = strcmp(a->state, b->state);

	if (!c)
		c = strcmp(a->severity, b->severity);
	if (!c)
		c = (a->since > b->since) - (a->since < b->since);
	if (!c)
		c = strcmp(a->name, b->name);
	return c ? c : strcmp(a->on, b->on);
}

struct sp_alert *sp_alerts_rows(struct sp_alerts *a, size_t *nr)
{
	*nr = 0;
	for (size_t i = 0; i < a->nr; i++)
		if (a->all[i].state != OVER)
			row_of(a, &a->all[i], &a->rows[(*nr)++]);
	qsort(a->rows, *nr, sizeof(a->rows[0]), compare);
	return a->rows;
}

/* Is it about the same thing? */
static bool same(const struct sp_alert_rule *a, const struct sp_alert_rule *b)
{
	return !a->off && !b->off && !strcmp(a->name, b->name) &&
	       !strcmp(a->key, b->key) && !strcmp(a->on, b->on) &&
	       a->op == b->op;
}

static size_t find_rule(const struct sp_alert_config *c,
			const struct sp_alert_rule *like)
{
	size_t i = 0;

	while (i < c->nr && !same(&c->rules[i], like))
		i++;
	return i;
}

void sp_alerts_set_config(struct sp_alerts *a,
			  const struct sp_alert_config *config,
			  sp_alert_changed *changed, void *ctx)
{
	struct told t = {NULL, changed, ctx};

	for (size_t i = a->nr; i-- > 0;) {
		struct instance *x = &a->all[i];
		size_t rule = find_rule(config, &a->config.rules[x->rule]);

		if (rule < config->nr)
			continue;
		if (x->state == FIRING) {
			x->state = OVER;
			tell(a, x, &t);
		}
		drop(a, x);
	}
	memset(a->of_rule, 0, sizeof(a->of_rule));
	for (size_t i = 0; i < a->nr; i++) {
		struct instance *x = &a->all[i];

		x->rule = find_rule(config, &a->config.rules[x->rule]);
		a->of_rule[x->rule]++;
	}
	a->config = *config;
}
