// SPDX-License-Identifier: GPL-2.0-only
/*
 * The port for metrics: what is answered to whom, that a page is made once,
 * and that nobody who connects is in another's way.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <sysperf/http.h>

#define MORE 12 /* than may connect, but fewer than may wait */

struct bed {
	struct sp_http *http;
	int rendered;
	int fails;
	char reply[65536];
};

static int render(void *ctx, FILE *f, enum sp_metrics_syntax syntax)
{
	struct bed *b = ctx;

	b->rendered++;
	fprintf(f, "page %d %s\n", b->rendered,
		syntax == SP_METRICS_TEXT ? "text" : "openmetrics");
	return b->fails;
}

static int setup(void **state)
{
	struct bed *b = calloc(1, sizeof(*b));
	struct sp_http_config c;
	char err[256];

	sp_http_config_init(&c);
	assert_int_equal(sp_http_config_set(&c, "listen", "127.0.0.1:0", 1, err,
					    sizeof(err)),
			 0);
	c.connections = 4;
	if (sp_http_open(&b->http, &c, -1, render, b, err, sizeof(err)))
		fail_msg("%s", err);
	assert_int_not_equal(sp_http_port(b->http), 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bed *b = *state;

	sp_http_close(b->http);
	free(b);
	return 0;
}

static int dial(struct bed *b)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)sp_http_port(b->http)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* As the daemon's loop does; until the client's socket has something. */
static void serve(struct bed *b, int client)
{
	struct pollfd p[] = {{sp_http_fd(b->http), POLLIN, 0},
			     {client, POLLIN, 0}};
	int ms = sp_http_run(b->http);

	while (poll(p, 2, ms) >= 0) {
		ms = sp_http_run(b->http);
		if (p[1].revents)
			return;
	}
}

/* All that comes until the connection ends. */
static const char *hear(struct bed *b, int fd)
{
	size_t n = 0;
	ssize_t got;

	do {
		serve(b, fd);
		got = recv(fd, b->reply + n, sizeof(b->reply) - 1 - n, 0);
		n += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	b->reply[n] = '\0';
	close(fd);
	return b->reply;
}

static void say(int fd, const char *s)
{
	assert_int_equal(send(fd, s, strlen(s), MSG_NOSIGNAL), strlen(s));
}

static const char *ask(struct bed *b, const char *head)
{
	int fd = dial(b);
	char text[4096];

	snprintf(text, sizeof(text),
		 "%s\r\nHost: localhost\r\nConnection: close\r\n\r\n", head);
	say(fd, text);
	return hear(b, fd);
}

static void expect(const char *reply, const char *status, const char *part)
{
	if (strncmp(reply + 9, status, 3) != 0 || !strstr(reply, part))
		fail_msg("not %s with '%s': %s", status, part, reply);
}

static void answers(void **state)
{
	struct bed *b = *state;

	expect(ask(b, "GET /metrics HTTP/1.1"), "200", "\r\n\r\npage 1 text");
	assert_non_null(strstr(b->reply, "text/plain; version=0.0.4"));
	expect(ask(b, "GET /metrics HTTP/1.0"), "200", "page 1 text");
	expect(ask(b, "GET /metrics?x=y HTTP/1.1"), "200", "page 1 text");
	expect(ask(b, "HEAD /metrics HTTP/1.1"), "200", "Content-Length: 12");
	assert_null(strstr(b->reply, "page"));
	expect(ask(b, "GET / HTTP/1.1"), "404", "/metrics");
	expect(ask(b, "GET /metrics/ HTTP/1.1"), "404", "/metrics");
	expect(ask(b, "POST /metrics HTTP/1.1\r\nContent-Length: 0"), "405",
	       "Allow: GET, HEAD");
	expect(ask(b, "PUT /x HTTP/1.1\r\nContent-Length: 99999999"), "405",
	       "Allow: GET, HEAD");
	assert_int_equal(b->rendered, 1);
}

static void made_once_a_sample(void **state)
{
	static const char om[] = "GET /metrics HTTP/1.1\r\nAccept: "
				 "application/openmetrics-text;version=1.0.0,"
				 "text/plain;q=0.5";
	struct bed *b = *state;

	for (int i = 0; i < 5; i++) {
		expect(ask(b, "GET /metrics HTTP/1.1"), "200", "page 1 text");
		expect(ask(b, om), "200", "page 2 openmetrics");
	}
	assert_non_null(strstr(b->reply, "application/openmetrics-text"));
	sp_http_stale(b->http);
	assert_int_equal(b->rendered, 2); /* not before it is asked for */
	expect(ask(b, om), "200", "page 3 openmetrics");
	expect(ask(b, om), "200", "page 3 openmetrics");
	assert_int_equal(sp_http_pages(b->http), 3);
}

/* Prometheus comes again by the same connection. */
static void kept_alive(void **state)
{
	struct bed *b = *state;
	int fd = dial(b);

	for (int i = 0; i < 3; i++) {
		ssize_t n;

		say(fd, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
		serve(b, fd);
		n = recv(fd, b->reply, sizeof(b->reply) - 1, 0);
		assert_true(n > 0);
		b->reply[n] = '\0';
		expect(b->reply, "200", "page 1 text");
	}
	say(fd, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
		"Content-Length: 3\r\n\r\nabc");
	expect(hear(b, fd), "200", "page 1 text");
}

static void no_sample(void **state)
{
	struct bed *b = *state;

	b->fails = -ENODATA;
	expect(ask(b, "GET /metrics HTTP/1.1"), "503", "no sample");
	b->fails = 0;
	expect(ask(b, "GET /metrics HTTP/1.1"), "200", "page 2");
}

/* Those who say nothing do not keep others from being answered, as long as
 * there is room; and their going makes room. */
static void silent_ones(void **state)
{
	struct bed *b = *state;
	int silent[MORE];

	for (int i = 0; i < 3; i++) {
		silent[i] = dial(b);
		say(silent[i], "GET /metr");
	}
	expect(ask(b, "GET /metrics HTTP/1.1"), "200", "page 1");
	for (int i = 3; i < MORE; i++)
		silent[i] = dial(b);
	for (int i = 0; i < 100; i++)
		sp_http_run(b->http);
	for (int i = 0; i < MORE; i++)
		close(silent[i]);
	expect(ask(b, "GET /metrics HTTP/1.1"), "200", "page 1");
}

static void rubbish(void **state)
{
	struct bed *b = *state;
	char *big = malloc(100001);
	int fd = dial(b);

	say(fd, "\x16\x03\x01\x02 rubbish\r\n\r\n");
	hear(b, fd);
	memset(big, 'a', 100000);
	big[100000] = '\0';
	fd = dial(b);
	say(fd, "GET /metrics HTTP/1.1\r\nX: ");
	(void)!send(fd, big, 100000, MSG_NOSIGNAL | MSG_DONTWAIT);
	hear(b, fd);
	assert_null(strstr(b->reply, "page"));
	free(big);
	expect(ask(b, "GET /metrics HTTP/1.1"), "200", "page 1");
}

/* A reader that takes nothing has its page when it does. */
static void slow_reader(void **state)
{
	struct bed *b = *state;
	int slow = dial(b);

	say(slow, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
		  "\r\n");
	for (int i = 0; i < 10; i++)
		sp_http_run(b->http);
	sp_http_stale(b->http);
	expect(ask(b, "GET /metrics HTTP/1.1"), "200", "page 2");
	sp_http_stale(b->http);
	expect(hear(b, slow), "200", "page 1");
}

static void syntaxes(void **state)
{
	static const struct {
		const char *accept;
		enum sp_metrics_syntax syntax;
	} cases[] = {
		{NULL, SP_METRICS_TEXT},
		{"", SP_METRICS_TEXT},
		{"*/*", SP_METRICS_TEXT},
		{"text/plain", SP_METRICS_TEXT},
		{"application/openmetrics-text", SP_METRICS_OPENMETRICS},
		/* As Prometheus 2.42 and 3 have it */
		{"application/openmetrics-text;version=1.0.0,application/"
		 "openmetrics-text;version=0.0.1;q=0.75,text/plain;version="
		 "0.0.4;q=0.5,*/*;q=0.1",
		 SP_METRICS_OPENMETRICS},
		{"application/openmetrics-text; version=1.0.0; "
		 "escaping=allow-utf-8;q=0.6,application/openmetrics-text;"
		 "version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4",
		 SP_METRICS_OPENMETRICS},
		{"application/openmetrics-text;q=0.2, text/plain;q=0.3",
		 SP_METRICS_TEXT},
		{"application/openmetrics-text;q=0", SP_METRICS_TEXT},
		{"application/openmetrics-text;version=9", SP_METRICS_TEXT},
		{" Application/OpenMetrics-Text ; Q = 0.001 ",
		 SP_METRICS_OPENMETRICS},
		{"text/html;q=1,application/openmetrics-text;q=0.1",
		 SP_METRICS_OPENMETRICS},
		{",;,=;q=,;=,", SP_METRICS_TEXT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (sp_http_syntax(cases[i].accept) != cases[i].syntax)
			fail_msg("%s", cases[i].accept);
}

static void configuration(void **state)
{
	static const char *const good[][2] = {
		{"listen", "off"},
		{"listen", "0.0.0.0:80"},
		{"listen", "[::1]:19118"},
		{"listen", "127.0.0.2:0"},
		{"tasks", "0"},
		{"tasks", "100"},
		{"connections", "1"},
	};
	static const char *const bad[][2] = {
		{"listen", ""},
		{"listen", "localhost:80"},
		{"listen", "127.0.0.1"},
		{"listen", "::1:80"},
		{"listen", "[::1]"},
		{"listen", "127.0.0.1:http"},
		{"listen", "1.2.3.4:65536"},
		{"listen", "1.2.3.4:-1"},
		{"listen", ":80"},
		{"tasks", "101"},
		{"tasks", "-1"},
		{"tasks", "1x"},
		{"connections", "0"},
		{"nothing", "1"},
	};
	struct sp_http_config c;
	char err[256];

	(void)state;
	sp_http_config_init(&c);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(sp_http_config_set(&c, good[i][0], good[i][1],
						    0, err, sizeof(err)),
				 0);
	assert_int_equal(c.tasks, 100);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		*err = '\0';
		if (sp_http_config_set(&c, bad[i][0], bad[i][1], 0, err,
				       sizeof(err)) != -EINVAL)
			fail_msg("%s = %s", bad[i][0], bad[i][1]);
		assert_string_not_equal(err, "");
	}
}

static void port_is_taken(void **state)
{
	struct bed *b = *state;
	struct sp_http_config c;
	struct sp_http *other;
	char err[256] = "";

	sp_http_config_init(&c);
	snprintf(c.listen, sizeof(c.listen), "127.0.0.1:%u",
		 sp_http_port(b->http));
	assert_int_equal(sp_http_open(&other, &c, -1, render, b, err,
				      sizeof(err)),
			 -EADDRINUSE);
	assert_non_null(strstr(err, c.listen));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers),
		TEST(made_once_a_sample),
		TEST(kept_alive),
		TEST(no_sample),
		TEST(silent_ones),
		TEST(rubbish),
		TEST(slow_reader),
		cmocka_unit_test(syntaxes),
		cmocka_unit_test(configuration),
		TEST(port_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
