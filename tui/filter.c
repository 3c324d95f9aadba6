// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns "KEY OP VALUE": reading it and holding tasks against it.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"

struct op_name {
	const char *name;
	enum filter_op op;
};

/* Longer ones first, as "<" begins "<=". */
static const struct op_name ops[] = {
	{"==", FILTER_EQ}, {"!=", FILTER_NE},	   {"<=", FILTER_LE},
	{">=", FILTER_GE}, {"!~", FILTER_NOMATCH}, {"=", FILTER_EQ},
	{"<", FILTER_LT},  {">", FILTER_GT},	   {"~", FILTER_MATCH},
};

struct suffix {
	const char *name;
	double factor;
};

static const struct suffix plain_suffixes[] = {
	{"", 1},
	{"k", 1024.0},
	{"K", 1024.0},
	{"M", 1024.0 * 1024},
	{"G", 1024.0 * 1024 * 1024},
	{"T", 1024.0 * 1024 * 1024 * 1024},
	{NULL, 0},
};
static const struct suffix pct_suffixes[] = {
	{"", 1},
	{"%", 1},
	{NULL, 0},
};
static const struct suffix us_suffixes[] = {
	{"", 1}, {"us", 1}, {"ms", 1e3}, {"s", 1e6}, {NULL, 0},
};

static const struct suffix *unit_suffixes(enum sp_unit unit)
{
	if (unit == SP_UNIT_US)
		return us_suffixes;
	return unit == SP_UNIT_PCT ? pct_suffixes : plain_suffixes;
}

static const char *skip_spaces(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

static const struct op_name *find_op(const char *s)
{
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (!strncmp(s, ops[i].name, strlen(ops[i].name)))
			return &ops[i];
	return NULL;
}

/* strtod() takes more than people mean by a number: hex, inf, nan. */
static bool decimal_start(const char *s)
{
	if (*s == '-' || *s == '+')
		s++;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		return false;
	return isdigit((unsigned char)s[0]) ||
	       (s[0] == '.' && isdigit((unsigned char)s[1]));
}

static int parse_num(struct filter *f)
{
	const struct suffix *suffix = unit_suffixes(f->field->unit);
	const char *rest;
	char *end;

	if (!decimal_start(f->text))
		return -EINVAL;
	f->num = strtod(f->text, &end);
	rest = skip_spaces(end);
	while (suffix->name && strcmp(suffix->name, rest) != 0)
		suffix++;
	if (!suffix->name)
		return -EINVAL;
	f->num *= suffix->factor;
	return isfinite(f->num) ? 0 : -EINVAL;
}

static bool op_fits(const struct filter *f)
{
	bool match = f->op == FILTER_MATCH || f->op == FILTER_NOMATCH;
	bool equal = f->op == FILTER_EQ || f->op == FILTER_NE;

	return f->field->unit == SP_UNIT_TEXT ? match || equal : !match;
}

static int parse_value(struct filter *f, const struct op_name *op,
		       const char *s, char *err, size_t len)
{
	bool text = f->field->unit == SP_UNIT_TEXT;
	size_t n = strlen(s);

	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	f->op = op->op;
	if (!op_fits(f)) {
		snprintf(err, len, "'%s' does not go with %s, which is %s",
			 op->name, f->field->key, text ? "text" : "a number");
		return -EINVAL;
	}
	if (!n || n >= sizeof(f->text)) {
		snprintf(err, len, "the value for %s is %s", f->field->key,
			 n ? "too long" : "missing");
		return -EINVAL;
	}
	memcpy(f->text, s, n);
	f->text[n] = '\0';
	if (text || !parse_num(f))
		return 0;
	snprintf(err, len, "'%s' is no value for %s (%s)", f->text,
		 f->field->key, sp_unit_names[f->field->unit]);
	return -EINVAL;
}

int view_add_filter(struct view *v, const char *expr, char *err, size_t len)
{
	const char *s = skip_spaces(expr), *key = s;
	const struct op_name *op;
	struct filter f = {0};
	int ret;

	if (!*s)
		return 0;
	if (v->nr_filters == VIEW_FILTERS_MAX) {
		snprintf(err, len, "more than %d filters", VIEW_FILTERS_MAX);
		return -EINVAL;
	}
	while (isalnum((unsigned char)*s) || *s == '_')
		s++;
	f.field = view_find_key(key, (size_t)(s - key), err, len);
	if (!f.field)
		return -EINVAL;
	s = skip_spaces(s);
	op = find_op(s);
	if (!op) {
		snprintf(err, len,
			 "a filter is KEY OP VALUE, OP one of = != < <= > >= "
			 "~ !~; got '%s'",
			 expr);
		return -EINVAL;
	}
	s = skip_spaces(s + strlen(op->name));
	ret = parse_value(&f, op, s, err, len);
	if (!ret)
		v->filters[v->nr_filters++] = f;
	return ret;
}

int view_parse_filter(struct view *v, const char *expr, char *err, size_t len)
{
	size_t before = v->nr_filters;
	int ret;

	v->nr_filters = 0;
	ret = view_add_filter(v, expr, err, len);
	if (ret)
		v->nr_filters = before;
	return ret;
}

static bool pass_text(const struct filter *f, const char *s)
{
	switch (f->op) {
	case FILTER_EQ:
		return !strcmp(s, f->text);
	case FILTER_NE:
		return strcmp(s, f->text) != 0;
	case FILTER_MATCH:
		return strcasestr(s, f->text) != NULL;
	case FILTER_NOMATCH:
		return !strcasestr(s, f->text);
	default:
		return false;
	}
}

static bool pass_num(const struct filter *f, double v)
{
	if (isnan(v))
		return false;
	switch (f->op) {
	case FILTER_EQ:
		return v == f->num;
	case FILTER_NE:
		return v != f->num;
	case FILTER_LT:
		return v < f->num;
	case FILTER_LE:
		return v <= f->num;
	case FILTER_GT:
		return v > f->num;
	case FILTER_GE:
		return v >= f->num;
	default:
		return false;
	}
}

bool filter_pass(const struct filter *f, const struct sp_task *t)
{
	if (f->field->unit == SP_UNIT_TEXT)
		return pass_text(f, sp_field_str(f->field, t));
	return pass_num(f, sp_field_num(f->field, t));
}
