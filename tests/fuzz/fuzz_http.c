// SPDX-License-Identifier: GPL-2.0-only
/*
 * What clients and the configuration say about the port for metrics, each in
 * whole: an Accept header has a syntax, and what [metrics] takes it prints and
 * takes again.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sysperf/http.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void configure(char *text)
{
	static const char *const keys[] = {"listen", "tasks", "connections"};
	struct sp_http_config c, again;
	char err[256];

	for (size_t i = 0; i < 3; i++) {
		sp_http_config_init(&c);
		*err = '\0';
		if (sp_http_config_set(&c, keys[i], text, 1, err,
				       sizeof(err))) {
			if (!*err || strlen(err) >= sizeof(err))
				abort();
			continue;
		}
		sp_http_config_init(&again);
		if (*c.listen && sp_http_config_set(&again, "listen", c.listen,
						    1, err, sizeof(err)))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* In memory of its own, so that reading beyond it is seen. */
	char *text = malloc(size + 1);
	enum sp_metrics_syntax syntax;

	if (!text)
		abort();
	memcpy(text, data, size);
	text[size] = '\0';
	syntax = sp_http_syntax(text);
	if (syntax != SP_METRICS_TEXT && syntax != SP_METRICS_OPENMETRICS)
		abort();
	configure(text);
	free(text);
	return 0;
}
