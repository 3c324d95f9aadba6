// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the reading of what users write to set a view: columns, sort key,
 * pids, user; and the guess at the key they meant.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "view.h"

#define KEY_MAX_LEN 32

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein's distance of two short words, case aside. */
static unsigned int distance(const char *a, size_t n, const char *b)
{
	unsigned int row[KEY_MAX_LEN + 1];
	size_t m = strlen(b);

	if (m > KEY_MAX_LEN || n > KEY_MAX_LEN)
		return UINT_MAX;
	for (size_t j = 0; j <= m; j++)
		row[j] = (unsigned int)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned int diagonal = row[0];

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned int differ =
				tolower((unsigned char)a[i - 1]) != b[j - 1];
			unsigned int old = row[j];

			row[j] = min3(row[j] + 1, row[j - 1] + 1,
				      diagonal + differ);
			diagonal = old;
		}
	}
	return row[m];
}

static const struct sp_field *nearest_key(const char *key, size_t n)
{
	const struct sp_table *t = &sp_tables[SP_TABLE_TASK];
	const struct sp_field *best = NULL;
	unsigned int least = n > 6 ? (unsigned int)n / 3 + 1 : 3;

	for (size_t i = 0; i < t->nr_fields; i++) {
		const struct sp_field *f = &t->fields[i];
		unsigned int d = distance(key, n, f->key);

		/* "rss" is nearer to rss_bytes than to cpu */
		if (n > 1 && !strncasecmp(f->key, key, n))
			d = 1;
		/* what people see at the head of the column */
		if (strlen(f->title) == n && !strncasecmp(f->title, key, n))
			d = 0;
		if (d < least) {
			least = d;
			best = f;
		}
	}
	return best;
}

const struct sp_field *view_find_key(const char *key, size_t n, char *err,
				     size_t len)
{
	const struct sp_field *f = sp_field_find(SP_TABLE_TASK, key, n);
	const struct sp_field *near;

	if (f)
		return f;
	near = nearest_key(key, n);
	if (!n)
		snprintf(err, len, "a key is missing");
	else if (near)
		snprintf(err, len, "no task field '%.*s'; did you mean %s?",
			 (int)n, key, near->key);
	else
		snprintf(err, len, "no task field '%.*s' (see --list-fields)",
			 (int)n, key);
	return NULL;
}

int view_parse_columns(struct view *v, const char *keys, char *err, size_t len)
{
	const struct sp_field *columns[VIEW_COLUMNS_MAX];
	size_t nr = 0;

	for (;;) {
		size_t n = strcspn(keys, ",");

		if (nr == VIEW_COLUMNS_MAX) {
			snprintf(err, len, "more than %d fields",
				 VIEW_COLUMNS_MAX);
			return -EINVAL;
		}
		columns[nr] = view_find_key(keys, n, err, len);
		if (!columns[nr])
			return -EINVAL;
		nr++;
		keys += n;
		if (!*keys)
			break;
		keys++;
	}
	for (v->nr_columns = 0; v->nr_columns < nr; v->nr_columns++)
		v->columns[v->nr_columns] = columns[v->nr_columns];
	return 0;
}

int view_parse_sort(struct view *v, const char *key, char *err, size_t len)
{
	bool ascending = *key == '+';
	const struct sp_field *f;

	if (*key == '+' || *key == '-')
		key++;
	f = view_find_key(key, strlen(key), err, len);
	if (!f)
		return -EINVAL;
	v->sort = f;
	v->ascending = ascending;
	return 0;
}

static int parse_pid(const char *s, size_t n, pid_t *pid)
{
	unsigned long p;
	char *end;

	if (!n || n > 10 || !isdigit((unsigned char)*s))
		return -EINVAL;
	p = strtoul(s, &end, 10);
	if (end != s + n || !p || p > INT_MAX)
		return -EINVAL;
	*pid = (pid_t)p;
	return 0;
}

int view_add_pids(struct view *v, const char *pids, char *err, size_t len)
{
	size_t nr = v->nr_pids;

	for (;;) {
		size_t n = strcspn(pids, ",");

		if (nr == VIEW_PIDS_MAX) {
			snprintf(err, len, "more than %d pids", VIEW_PIDS_MAX);
			return -EINVAL;
		}
		if (parse_pid(pids, n, &v->pids[nr])) {
			snprintf(err, len, "'%.*s' is no pid", (int)n, pids);
			return -EINVAL;
		}
		nr++;
		pids += n;
		if (!*pids)
			break;
		pids++;
	}
	v->nr_pids = nr;
	return 0;
}

void view_all_users(struct view *v)
{
	v->has_uid = false;
	v->user[0] = '\0';
}

int view_parse_user(struct view *v, const char *user, bool elsewhere, char *err,
		    size_t len)
{
	const struct passwd *pw = *user && !elsewhere ? getpwnam(user) : NULL;
	unsigned long uid;
	char *end;

	view_all_users(v);
	if (elsewhere && user[strspn(user, "0123456789")]) {
		snprintf(v->user, sizeof(v->user), "%s", user);
		return 0;
	}
	if (pw) {
		v->uid = pw->pw_uid;
		v->has_uid = true;
		return 0;
	}
	errno = 0;
	uid = strtoul(user, &end, 10);
	/* UINT_MAX is what setuid() takes for "none" */
	if (!isdigit((unsigned char)*user) || *end || errno ||
	    uid >= UINT_MAX) {
		snprintf(err, len, "there is no user '%s'", user);
		return -EINVAL;
	}
	v->uid = (uid_t)uid;
	v->has_uid = true;
	return 0;
}
