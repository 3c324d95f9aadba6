// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns what the configuration may say of the port for metrics.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sysperf/http.h>

#include "http_address.h"

#define TASKS_USUAL 5
#define TASKS_MOST 100
#define CONNECTIONS_USUAL 16

void sp_http_config_init(struct sp_http_config *c)
{
	memset(c, 0, sizeof(*c));
	strcpy(c->listen, SP_HTTP_LISTEN);
	c->tasks = TASKS_USUAL;
	c->connections = CONNECTIONS_USUAL;
}

static int set_number(unsigned int *v, const char *key, const char *value,
		      unsigned int least, unsigned int most, char *err,
		      size_t len)
{
	unsigned long n = 0;

	if (*value && strlen(value) < 9 &&
	    strspn(value, "0123456789") == strlen(value))
		n = strtoul(value, NULL, 10);
	else
		n = most + 1UL;
	if (n < least || n > most) {
		snprintf(err, len,
			 "%s: '%.40s' is no whole number from %u to %u", key,
			 value, least, most);
		return -EINVAL;
	}
	*v = (unsigned int)n;
	return 0;
}

static int set_listen(struct sp_http_config *c, const char *value, char *err,
		      size_t len)
{
	struct http_address a;

	if (!strcmp(value, "off"))
		value = "";
	else if (strlen(value) >= sizeof(c->listen) ||
		 http_address_parse(&a, value)) {
		snprintf(err, len,
			 "listen: '%.60s' is not off, nor ADDRESS:PORT or "
			 "[ADDRESS]:PORT in numbers",
			 value);
		return -EINVAL;
	}
	snprintf(c->listen, sizeof(c->listen), "%s", value);
	return 0;
}

int sp_http_config_set(struct sp_http_config *c, const char *key,
		       const char *value, unsigned int line, char *err,
		       size_t len)
{
	static const char *const keys[] = {"listen", "tasks", "connections"};
	int i;

	for (i = 0; i < 3 && strcmp(key, keys[i]) != 0; i++)
		;
	if (i == 3) {
		snprintf(err, len,
			 "no key '%.60s' in [metrics] (there are listen, tasks "
			 "and connections)",
			 key);
		return -EINVAL;
	}
	if (c->set_at[i]) {
		snprintf(err, len, "%s is there already, in line %u", key,
			 c->set_at[i]);
		return -EINVAL;
	}
	c->set_at[i] = line;
	if (i == 0)
		return set_listen(c, value, err, len);
	return i == 1 ? set_number(&c->tasks, key, value, 0, TASKS_MOST, err,
				   len)
		      : set_number(&c->connections, key, value, 1,
				   HTTP_CONNECTIONS_MOST, err, len);
}

void sp_http_config_print(const struct sp_http_config *c, FILE *f)
{
	fprintf(f,
		"[metrics]\n"
		"# Where Prometheus finds /metrics, in numbers: ADDRESS:PORT, "
		"or off. Whoever can\n# connect there reads it: names of tasks "
		"and their users are in it, hardware\n# counters of single "
		"tasks are not. Default: " SP_HTTP_LISTEN ".\n"
		"listen = %s\n"
		"# So many tasks by each of %d signals, at most; each makes "
		"some thirty time\n# series. 0: none. Default: %d.\n"
		"tasks = %u\n"
		"# Connections at a time. Default: %d.\n"
		"connections = %u\n",
		*c->listen ? c->listen : "off", SP_METRICS_SIGNALS, TASKS_USUAL,
		c->tasks, CONNECTIONS_USUAL, c->connections);
}
