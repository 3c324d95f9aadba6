/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What sysperfd tells: to the journal, with fields, if that is where its
 * stderr goes, else to stderr, a line each.
 */
#ifndef SYSPERF_LOG_H
#define SYSPERF_LOG_H

#include <syslog.h>

/**
 * slog_init() - find out where to; until then it is stderr
 * @most: the least important priority that is told, e.g. LOG_INFO
 */
void slog_init(int most);

/**
 * slog() - tell something
 * @priority: LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO or LOG_DEBUG
 * @event: what happened, as a word: the field SYSPERF_EVENT
 * @form: the words for people, as for printf, without a full stop
 */
void slog(int priority, const char *event, const char *form, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * slog_fields() - the same with fields
 * @fields: "SYSPERF_NAME=value", NULL after the last; at most 12
 */
void slog_fields(int priority, const char *event, const char *const *fields,
		 const char *form, ...) __attribute__((format(printf, 4, 5)));

#endif /* SYSPERF_LOG_H */
