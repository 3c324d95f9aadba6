/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration: what an INI file can set. One structure for all of it,
 * and one table of what each key means (config.c, verdict_rules.c), from which
 * files are read as well as printed.
 */
#ifndef SYSPERF_CONFIG_H
#define SYSPERF_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SP_RULES_MAX 24

/* Complained of at and above; INFINITY: never. */
struct sp_threshold {
	double warning, critical;
};

struct sp_thresholds {
	double hysteresis_pct; /* better by this, before a complaint ends */
	double confirm_samples; /* short ones in a row, before it begins */
	struct sp_threshold rule[SP_RULES_MAX]; /* in the order of the table */
};

struct sp_config {
	struct sp_thresholds thresholds;
};

/**
 * sp_config_init() - what is so without any file
 */
void sp_config_init(struct sp_config *c);

/**
 * sp_config_parse() - read a file over what is there
 * @c: what the file says is changed, all else left; of no use after a failure
 * @f: the file
 * @name: what messages call it
 * @err: on failure, "NAME:LINE: what is wrong"
 * @len: of @err
 *
 * Return: 0; -EINVAL if it is not understood; -errno if it cannot be read.
 */
int sp_config_parse(struct sp_config *c, FILE *f, const char *name, char *err,
		    size_t len);

/**
 * sp_config_read() - the same by path
 *
 * Return: as sp_config_parse(), or why it cannot be opened (err says so, too).
 */
int sp_config_read(struct sp_config *c, const char *path, char *err,
		   size_t len);

/**
 * sp_config_read_usual() - the files that are read unless one is named
 *
 * SP_CONFIG_SYSTEM, and over it sysperf/config in $XDG_CONFIG_HOME or
 * ~/.config. A file that is not there is no failure, nor is a home that may
 * not be looked into.
 *
 * Return: as sp_config_parse().
 */
int sp_config_read_usual(struct sp_config *c, char *err, size_t len);
#define SP_CONFIG_SYSTEM "/etc/sysperf/sysperf.conf"

/**
 * sp_thresholds_id() - a number for what the thresholds are
 *
 * Return: the same for the same thresholds, most likely another for others.
 */
uint32_t sp_thresholds_id(const struct sp_thresholds *t);

/* What a rule of the verdict is about, for those who set its threshold. */
struct sp_rule {
	const char *key; /* in files; with _warning or _critical behind it */
	const char *unit;
	const char *what;
	struct sp_threshold usual;
};

/**
 * sp_config_rule() - the rules, in the order of struct sp_thresholds
 * @i: from 0 on
 * @rule: set; constant strings
 *
 * Return: false if there are no more.
 */
bool sp_config_rule(size_t i, struct sp_rule *rule);

/**
 * sp_threshold_parse() - a threshold from text, "WARNING CRITICAL" or "off"
 * @rule: whose; there must be one of that number
 * @t: set; left on failure
 * @err: one sentence on failure
 *
 * Each of the two may be off as well.
 *
 * Return: 0 or -EINVAL.
 */
int sp_threshold_parse(size_t rule, const char *text, struct sp_threshold *t,
		       char *err, size_t len);

/**
 * sp_threshold_text() - what sp_threshold_parse() takes
 */
void sp_threshold_text(const struct sp_threshold *t, char *buf, size_t len);

/**
 * sp_threshold_print() - the lines of a file that say so
 */
void sp_threshold_print(size_t rule, const struct sp_threshold *t, FILE *f);

/**
 * sp_config_print() - a complete file that says what @c says
 *
 * With every key, its unit, its default and the reason for that in comments.
 */
void sp_config_print(const struct sp_config *c, FILE *f);

#endif /* SYSPERF_CONFIG_H */
