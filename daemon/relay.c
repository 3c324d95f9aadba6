// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the bytes on their way between stdin, stdout and a socket. They are not
 * looked at. When nothing more goes out, nothing more is read, so that
 * sysperfd sees a slow viewer as slow.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sysperf/client.h>

#include "service.h"
#include "relay.h"

struct way {
	int from, to;
	size_t begin, end; /* what is in buf */
	bool closed; /* nothing more comes */
	char buf[65536];
};

static bool is_done(const struct way *w)
{
	return w->closed && w->begin == w->end;
}

/* Whatever can be done now without waiting. Return: false at an error. */
static bool go_on(struct way *w, short in, short out)
{
	ssize_t n;

	if (w->begin == w->end && !w->closed && in) {
		n = read(w->from, w->buf, sizeof(w->buf));
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		w->closed = n == 0;
		w->begin = 0;
		w->end = n > 0 ? (size_t)n : 0;
	}
	if (w->begin < w->end && (out || in)) {
		n = write(w->to, w->buf + w->begin, w->end - w->begin);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		w->begin += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* Until either end is gone, and what it had sent is told. */
static void relay(int fd)
{
	static struct way in, out; /* too large for the stack */

	in = (struct way){.from = STDIN_FILENO, .to = fd};
	out = (struct way){.from = fd, .to = STDOUT_FILENO};
	fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
	fcntl(STDOUT_FILENO, F_SETFL,
	      fcntl(STDOUT_FILENO, F_GETFL) | O_NONBLOCK);
	while (!is_done(&in) && !is_done(&out)) {
		bool in_full = in.begin < in.end,
		     out_full = out.begin < out.end;
		struct pollfd p[4] = {
			{in_full ? -1 : in.from, POLLIN, 0},
			{in_full ? in.to : -1, POLLOUT, 0},
			{out_full ? -1 : out.from, POLLIN, 0},
			/* Also that nobody reads any more. */
			{out.to, out_full ? POLLOUT : 0, 0},
		};

		if (poll(p, 4, -1) < 0 && errno != EINTR)
			return;
		if (!go_on(&in, p[0].revents, p[1].revents) ||
		    !go_on(&out, p[2].revents,
			   (short)(p[3].revents & POLLOUT)) ||
		    p[3].revents & (POLLERR | POLLNVAL))
			return;
	}
}

static int connect_to(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	char *status, err[256];
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path) ||
	    sp_client_ask(path, &status, err, sizeof(err)))
		return -1;
	free(status);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&sun, sizeof(sun))) {
		close(fd);
		return -1;
	}
	if (fd >= 0)
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	return fd;
}

/* A child that serves the other end of a socket. Return: it, or -1. */
static int serve_ourselves(const struct settings *settings, pid_t *child)
{
	pid_t parent = getpid();
	int fd[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		       fd))
		return -1;
	*child = fork();
	if (!*child) {
		close(fd[0]);
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != parent)
			_exit(EXIT_FAILURE);
		_exit(service_one(fd[1], settings));
	}
	close(fd[1]);
	if (*child > 0)
		return fd[0];
	close(fd[0]);
	return -1;
}

int relay_run(const char *path, const struct settings *settings)
{
	pid_t child = 0;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	fd = connect_to(path);
	if (fd < 0)
		fd = serve_ourselves(settings, &child);
	if (fd < 0) {
		fprintf(stderr, "sysperfd: cannot serve stdin and stdout: %s\n",
			strerror(errno));
		return EXIT_FAILURE;
	}
	relay(fd);
	close(fd);
	if (child > 0)
		waitpid(child, NULL, 0);
	return EXIT_SUCCESS;
}
