// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the process of ssh and what it says on stderr, of which the last line
 * is kept: on the live screen it would be in the way. For questions it has the
 * terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ssh.h"

#define LAST_WORDS_MS 1000

struct ssh {
	pid_t pid;
	int err; /* of its stderr */
	char host[256];
	char line[200]; /* the last whole one */
	char part[200]; /* the one that has begun */
	size_t nr_part;
};

static void take(struct ssh *s, const char *buf, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const bool end = buf[i] == '\n' || buf[i] == '\r';
		const bool seen = (unsigned char)buf[i] >= ' ';

		if (!end && s->nr_part < sizeof(s->part) - 1)
			s->part[s->nr_part++] = (char)(seen ? buf[i] : ' ');
		if (!end || !s->nr_part)
			continue;
		memcpy(s->line, s->part, s->nr_part);
		s->line[s->nr_part] = '\0';
		s->nr_part = 0;
	}
}

/* Return: false at its end. */
static bool drain(struct ssh *s)
{
	char buf[1024];
	ssize_t n;

	while ((n = read(s->err, buf, sizeof(buf))) > 0)
		take(s, buf, (size_t)n);
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

void ssh_drain(struct ssh *s)
{
	drain(s);
}

void ssh_explain(struct ssh *s, char *err, size_t len)
{
	struct pollfd p = {.fd = s->err, .events = POLLIN};

	/* Its connection ends before it has said why. */
	while (poll(&p, 1, LAST_WORDS_MS) > 0 && drain(s))
		;
	take(s, "\n", 1);
	if (*s->line)
		snprintf(err, len, "%s: %s", s->host, s->line);
}

static int spawn(struct ssh *s, int in_out, int err)
{
	const char *program = getenv("SYSPERF_SSH");
	char *argv[] = {(char *)(program && *program ? program : "ssh"),
			"-T",
			"-o",
			"ConnectTimeout=10",
			"-o",
			"ServerAliveInterval=5",
			"-o",
			"ServerAliveCountMax=3",
			s->host,
			"sysperfd",
			"--stdio",
			NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none;
	int ret;

	sigemptyset(&none);
	if (posix_spawn_file_actions_init(&files))
		return -ENOMEM;
	posix_spawn_file_actions_adddup2(&files, in_out, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, in_out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	ret = posix_spawnp(&s->pid, argv[0], &files, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return -ret;
}

int ssh_open(struct ssh **out, const char *host, char *err, size_t len)
{
	struct ssh *s = calloc(1, sizeof(*s));
	int sock[2] = {-1, -1}, pipes[2] = {-1, -1};
	int ret = -ENOMEM;

	if (!s)
		return ret;
	snprintf(s->host, sizeof(s->host), "%s", host);
	ret = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sock) ||
			      pipe2(pipes, O_CLOEXEC)
		      ? -errno
		      : spawn(s, sock[1], pipes[1]);
	if (ret)
		snprintf(err, len, "cannot run ssh to %s: %s", s->host,
			 strerror(-ret));
	close(sock[1]);
	close(pipes[1]);
	s->err = pipes[0];
	if (!ret) {
		fcntl(s->err, F_SETFL, O_NONBLOCK);
		*out = s;
		return sock[0];
	}
	close(sock[0]);
	ssh_close(s);
	return ret;
}

void ssh_close(struct ssh *s)
{
	if (!s)
		return;
	close(s->err);
	if (s->pid > 0) {
		kill(s->pid, SIGTERM);
		waitpid(s->pid, NULL, 0);
	}
	free(s);
}
