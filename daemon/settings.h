/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sysperfd's configuration: one structure, and one table (settings.c) of what
 * each key means, by which files are read, checked and printed.
 */
#ifndef SYSPERF_SETTINGS_H
#define SYSPERF_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <sysperf/alerts.h>
#include <sysperf/config.h>
#include <sysperf/http.h>

#define SETTINGS_FILE "/etc/sysperf/sysperfd.conf"
#define SETTINGS_PATH_MAX 256

struct settings {
	/* [collection] */
	double delay; /* seconds, of what sysperfd itself looks at; 0: nothing */
	char source[8]; /* "auto", "kmod", "procfs" */
	char thresholds[SETTINGS_PATH_MAX]; /* a file; "" for none */
	/* [module] */
	bool load;
	/* [viewers] */
	char socket[108];
	char group[33];
	double viewers;
	/* [recording] */
	char directory[SETTINGS_PATH_MAX]; /* "": none */
	double file_mib, total_mib, age_days;
	char sync[8]; /* "keys", "never", "all" */
	/* [metrics], and [alerts] with each [alert NAME] */
	struct sp_http_config metrics;
	struct sp_alert_config alerts;
	/* What the file of thresholds says. */
	struct sp_thresholds judge;
};

/**
 * settings_init() - what is so without any file
 */
void settings_init(struct settings *s);

/**
 * settings_parse() - read a file over what is there
 * @s: of no use after a failure
 * @name: what messages call the file
 * @err: on failure, "NAME:LINE: what is wrong"
 * @len: of @err
 *
 * Return: 0; -EINVAL if it is not understood; -errno if it cannot be read.
 */
int settings_parse(struct settings *s, FILE *f, const char *name, char *err,
		   size_t len);

/**
 * settings_load() - all there is to read: the file, and that of the thresholds
 * @s: set; of no use after a failure
 * @path: NULL: SETTINGS_FILE, which need not be there
 * @err: on failure, one sentence
 * @len: of @err
 *
 * Return: 0 or -errno.
 */
int settings_load(struct settings *s, const char *path, char *err, size_t len);

/**
 * settings_print() - a complete file that says what @s says
 *
 * With every key, its default and the reason for that in comments.
 */
void settings_print(const struct settings *s, FILE *f);

#endif /* SYSPERF_SETTINGS_H */
