// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whatever a configuration says of alerts: it is refused in one line, or what
 * is printed of it says the same, and frames can be judged by it. The input is
 * lines, SECTION TAB KEY TAB VALUE; behind a line "." its bytes are values.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sysperf/alerts.h>

#define ROWS 40

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rows {
	struct sp_disk disks[ROWS];
	struct sp_task tasks[ROWS];
};

/* Return: where the values begin, NULL if it is refused. */
static const uint8_t *configure(struct sp_alert_config *c, const uint8_t *data,
				const uint8_t *end)
{
	char line[1024], err[256], *key, *value;
	unsigned int nr = 0;

	while (data < end) {
		const uint8_t *eol = memchr(data, '\n', (size_t)(end - data));
		size_t n = (size_t)((eol ? eol : end) - data);

		if (n == 1 && *data == '.')
			return data + 1;
		snprintf(line, sizeof(line), "%.*s", (int)n,
			 (const char *)data);
		data += n + !!eol;
		key = strchr(line, '\t');
		if (key)
			*key++ = '\0';
		value = key ? strchr(key, '\t') : NULL;
		if (value)
			*value++ = '\0';
		err[0] = '\0';
		if (!value || sp_alert_config_set(c, line, key, value, ++nr,
						  err, sizeof(err)) != -EINVAL)
			continue;
		if (!*err)
			abort();
		return NULL;
	}
	return end;
}

static void same_again(const struct sp_alert_config *c)
{
	struct sp_alert_config *again = malloc(sizeof(*again));
	char *text = NULL, *at, section[128] = "", err[256];
	unsigned int line = 0;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!again || !f)
		abort();
	sp_alert_config_print(c, f);
	fclose(f);
	sp_alert_config_init(again);
	for (at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		size_t n = strcspn(at, "\n"), k = strcspn(at, " ");
		char key[64], value[512];

		line++;
		if (*at == '[')
			snprintf(section, sizeof(section), "%.*s", (int)n - 2,
				 at + 1);
		if (*at == '[' || *at == '#' || !n || n < k + 3)
			continue;
		snprintf(key, sizeof(key), "%.*s", (int)k, at);
		snprintf(value, sizeof(value), "%.*s", (int)(n - k - 3),
			 at + k + 3);
		if (sp_alert_config_set(again, section, key, value, line, err,
					sizeof(err)))
			abort();
	}
	if (sp_alert_config_check(again, &line, err, sizeof(err)) ||
	    again->nr != c->nr)
		abort();
	free(text);
	free(again);
}

static void changed(void *ctx, const struct sp_alert_event *e)
{
	char text[256];

	(void)ctx;
	sp_alert_text(text, sizeof(text), e);
	if (strchr(text, '\n'))
		abort();
}

static void judge(const struct sp_alert_config *c, const uint8_t *at,
		  const uint8_t *end)
{
	struct sp_alert_config *usual = malloc(sizeof(*usual));
	struct rows *rows = calloc(1, sizeof(*rows));
	struct sp_frame f = {.interval_s = 1,
			     .disks = rows->disks,
			     .nr_disks = ROWS,
			     .tasks = rows->tasks,
			     .nr_tasks = ROWS};
	const struct sp_table *t = &sp_tables[SP_TABLE_GOLDEN];
	struct sp_alerts *a;
	size_t nr;

	if (!usual || sp_alerts_open(&a, c))
		abort();
	sp_alert_config_init(usual);
	for (int n = 0; at < end && n < 60; n++) {
		double v = *at & 1 ? (double)*at : (double)NAN;

		for (size_t i = 0; i < t->nr_fields; i++)
			*(double *)(void *)((char *)&f.golden +
					    t->fields[i].offset) = v;
		for (int i = 0; i < ROWS; i++) {
			rows->disks[i].errors_per_s = i % 3 ? v : 0;
			rows->disks[i].name[0] = (char)at[0];
			rows->tasks[i].tid = i;
			rows->tasks[i].rss_bytes = v * i;
		}
		for (int i = 0; i < SP_RESOURCES; i++)
			f.status[i] = (enum sp_status)(*at >> (i * 2) & 3);
		at++;
		sp_alerts_evaluate(a, &f, changed, NULL);
		sp_alerts_rows(a, &nr);
		if (nr > SP_ALERTS_MAX)
			abort();
		if (n == 20)
			sp_alerts_set_config(a, usual, changed, NULL);
	}
	sp_alerts_close(a);
	free(rows);
	free(usual);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sp_alert_config *c = malloc(sizeof(*c));
	unsigned int line;
	char err[256];
	const uint8_t *values;

	if (!c)
		abort();
	sp_alert_config_init(c);
	values = configure(c, data, data + size);
	if (values && !sp_alert_config_check(c, &line, err, sizeof(err))) {
		same_again(c);
		judge(c, values, data + size);
	}
	free(c);
	return 0;
}
