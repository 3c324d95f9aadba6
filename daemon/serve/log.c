// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns where messages go. One a process, as stderr is.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "log.h"

#define FIELDS_MAX 12

static struct {
	int most;
	bool journal;
} where = {.most = LOG_INFO};

/* systemd says which file is the journal's; stderr may be another by now. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev &&
	       st.st_ino == ino;
}

void slog_init(int most)
{
	where.most = most;
	where.journal = stderr_is_journal();
}

static struct iovec text(const char *s)
{
	return (struct iovec){(void *)(uintptr_t)s, strlen(s)};
}

static bool to_journal(int priority, const char *event,
		       const char *const *fields, const char *message)
{
	struct iovec v[FIELDS_MAX + 4];
	char what[1100], prio[16], name[80];
	int n = 0;

	snprintf(what, sizeof(what), "MESSAGE=%s", message);
	snprintf(prio, sizeof(prio), "PRIORITY=%d", priority);
	snprintf(name, sizeof(name), "SYSPERF_EVENT=%s", event);
	v[n++] = text(what);
	v[n++] = text(prio);
	v[n++] = text(name);
	v[n++] = text("SYSLOG_IDENTIFIER=sysperfd");
	for (int i = 0; fields && fields[i] && i < FIELDS_MAX; i++)
		v[n++] = text(fields[i]);
	return sd_journal_sendv(v, n) >= 0;
}

static void tell(int priority, const char *event, const char *const *fields,
		 const char *form, va_list ap)
	__attribute__((format(printf, 4, 0)));

static void tell(int priority, const char *event, const char *const *fields,
		 const char *form, va_list ap)
{
	char message[1024];

	if (priority > where.most)
		return;
	vsnprintf(message, sizeof(message), form, ap);
	if (!where.journal || !to_journal(priority, event, fields, message))
		fprintf(stderr, "sysperfd: %s\n", message);
}

void slog(int priority, const char *event, const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	tell(priority, event, NULL, form, ap);
	va_end(ap);
}

void slog_fields(int priority, const char *event, const char *const *fields,
		 const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	tell(priority, event, fields, form, ap);
	va_end(ap);
}
