/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values of alerts' settings, made of text.
 */
#ifndef SYSPERF_EXPORT_ALERT_PARSE_H
#define SYSPERF_EXPORT_ALERT_PARSE_H

#include <sysperf/alerts.h>

/* By enum sp_alert_op. */
extern const char *const alert_ops[];

/**
 * alert_wrong() - say what is wrong
 *
 * Return: -EINVAL.
 */
int alert_wrong(char *err, size_t len, const char *form, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * alert_number() - a plain decimal, up to 1e18
 *
 * Return: is it one?
 */
bool alert_number(const char *s, double *v);

/**
 * alert_duration() - seconds of a number with or without ms, s, m, h or d
 *
 * Return: is it one, of at most a week?
 */
bool alert_duration(const char *s, double *v);

/**
 * alert_level() - a level for what a rule looks at
 *
 * Return: is it one?
 */
bool alert_level(const struct sp_alert_rule *r, const char *s, double *v);

/**
 * alert_when() - KEY OP VALUE, or "off"
 * @r: is changed, its clear level becomes NaN; of no use after a failure
 *
 * Return: 0 or -EINVAL.
 */
int alert_when(struct sp_alert_rule *r, const char *value, char *err,
	       size_t len);

#endif /* SYSPERF_EXPORT_ALERT_PARSE_H */
