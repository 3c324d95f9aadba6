// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns how files of a directory are called, and thereby ordered.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "head.h"
#include "names.h"

#define PREFIX "sysperf-"
#define DAY 8 /* digits of a day */

static void day_of(char *buf, size_t len, const char *format, int64_t time_ns)
{
	time_t t = (time_t)(time_ns / REC_NS_PER_S);
	struct tm tm;

	*buf = '\0';
	if (gmtime_r(&t, &tm))
		strftime(buf, len, format, &tm);
}

void rec_name_make(char name[REC_NAME_MAX], int64_t time_ns, unsigned int try)
{
	char when[24];

	day_of(when, sizeof(when), "%Y%m%d-%H%M%S", time_ns);
	if (try)
		snprintf(name, REC_NAME_MAX, PREFIX "%s-%u" REC_SUFFIX, when,
			 try + 1);
	else
		snprintf(name, REC_NAME_MAX, PREFIX "%s" REC_SUFFIX, when);
}

static size_t digits(const char **s)
{
	size_t n = 0;

	for (; isdigit((unsigned char)**s); (*s)++)
		n++;
	return n;
}

bool rec_name_is_ours(const char *name)
{
	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return false;
	name += strlen(PREFIX);
	if (digits(&name) != DAY || *name++ != '-' || digits(&name) != 6)
		return false;
	if (*name == '-') {
		name++;
		if (!digits(&name))
			return false;
	}
	return !strcmp(name, REC_SUFFIX);
}

bool rec_name_same_day(const char *name, int64_t time_ns)
{
	char day[DAY + 1];

	day_of(day, sizeof(day), "%Y%m%d", time_ns);
	return !strncmp(name + strlen(PREFIX), day, DAY);
}

static size_t stem(const char *name)
{
	return strlen(name) - strlen(REC_SUFFIX);
}

/* Without the suffix, so that "x" comes before "x-2". */
static int by_stem(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	char p[256], q[256];

	snprintf(p, sizeof(p), "%.*s", (int)stem(x), x);
	snprintf(q, sizeof(q), "%.*s", (int)stem(y), y);
	return strverscmp(p, q);
}

static int add(struct rec_names *list, size_t *cap, const char *name)
{
	if (list->nr == *cap) {
		size_t more = *cap ? 2 * *cap : 16;
		char **names =
			realloc(list->names, more * sizeof(*list->names));

		if (!names)
			return -ENOMEM;
		list->names = names;
		*cap = more;
	}
	list->names[list->nr] = strdup(name);
	if (!list->names[list->nr])
		return -ENOMEM;
	list->nr++;
	return 0;
}

int rec_names_list(int dir, struct rec_names *list)
{
	size_t cap = 0, len;
	struct dirent *e;
	DIR *d;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret = 0;

	memset(list, 0, sizeof(*list));
	d = fd >= 0 ? fdopendir(fd) : NULL;
	if (!d) {
		ret = -errno;
		if (fd >= 0)
			close(fd);
		return ret;
	}
	while (!ret && (errno = 0, e = readdir(d))) {
		len = strlen(e->d_name);
		if (len > strlen(REC_SUFFIX) &&
		    !strcmp(e->d_name + len - strlen(REC_SUFFIX), REC_SUFFIX))
			ret = add(list, &cap, e->d_name);
	}
	if (!ret)
		ret = -errno;
	closedir(d);
	if (ret)
		rec_names_free(list);
	else if (list->nr)
		qsort(list->names, list->nr, sizeof(*list->names), by_stem);
	return ret;
}

void rec_names_free(struct rec_names *list)
{
	while (list->nr)
		free(list->names[--list->nr]);
	free(list->names);
	list->names = NULL;
}
