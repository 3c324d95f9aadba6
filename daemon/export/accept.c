// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the choice of a syntax by a client's Accept header (RFC 9110, 12.5.1),
 * as far as two syntaxes need it.
 */
#include <string.h>
#include <strings.h>

#include <sysperf/http.h>

#define BLANKS " \t"

/* Of "1", "0.75"; thousandths, 1000 for what is none. */
static unsigned int quality(const char *s, size_t len)
{
	unsigned int v = 0, unit = 1000;

	for (size_t i = 0; i < len; i++) {
		if (s[i] == '.' && i == 1)
			continue;
		if (s[i] < '0' || s[i] > '9' || i > 4)
			return 1000;
		v += (unsigned int)(s[i] - '0') * unit;
		unit /= 10;
	}
	return v > 1000 || !len ? 1000 : v;
}

static void trim(const char **s, size_t *len)
{
	size_t n = 0;

	while (n < *len && strchr(BLANKS, (*s)[n]))
		n++;
	*s += n;
	*len -= n;
	while (*len && strchr(BLANKS, (*s)[*len - 1]))
		--*len;
}

static bool is(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && !strncasecmp(s, word, len);
}

/* A type and its parameters; what it says goes into the best so far. */
static void look_at(const char *s, size_t len, unsigned int *openmetrics,
		    unsigned int *text)
{
	const char *type = s, *end = s + len;
	size_t n = strcspn(s, ";,");
	unsigned int q = 1000;
	bool known = true; /* its version */

	trim(&type, &n);
	for (s += strcspn(s, ";,"); s < end && *s == ';';) {
		const char *key = ++s, *value;
		size_t kn, vn = strcspn(s, ";,");

		s += vn;
		kn = strcspn(key, "=;,");
		if (key + kn >= s)
			continue;
		value = key + kn + 1;
		vn -= kn + 1;
		trim(&key, &kn);
		trim(&value, &vn);
		if (is(key, kn, "q"))
			q = quality(value, vn);
		else if (is(key, kn, "version"))
			known = is(value, vn, "1.0.0") ||
				is(value, vn, "0.0.1");
	}
	if (is(type, n, "application/openmetrics-text") && known) {
		if (q > *openmetrics)
			*openmetrics = q;
	} else if (is(type, n, "text/plain") && q > *text) {
		*text = q;
	}
}

enum sp_metrics_syntax sp_http_syntax(const char *accept)
{
	unsigned int openmetrics = 0, text = 0;

	while (accept && *accept) {
		size_t n = strcspn(accept, ",");

		look_at(accept, n, &openmetrics, &text);
		accept += n + (accept[n] == ',');
	}
	return openmetrics && openmetrics >= text ? SP_METRICS_OPENMETRICS
						  : SP_METRICS_TEXT;
}
