// SPDX-License-Identifier: GPL-2.0-only
/*
 * The process that starts the programs of alerts (hook_starter.h). It was
 * forked from one with threads, which may have held any lock: no memory is
 * allocated here. One thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook_env.h"
#include "hook_starter.h"

#define FDS_MOST (1 << 20) /* fs.nr_open, unless somebody raised it */

struct starter {
	int sock;
	struct running {
		uint32_t id;
		pid_t pid; /* 0: none */
	} running[HOOK_STARTER_MOST];
	union {
		struct hook_order order;
		char bytes[HOOK_ORDER_MAX];
	} in;
};

/* In the child: nothing of ours but stderr. */
static void become(char *program, char **env)
{
	char *argv[] = {program, NULL};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execve(program, argv, env);
	_exit(127);
}

static void tell(const struct starter *s, uint32_t id, int code, int status)
{
	const struct hook_news news = {id, code, status};

	/* If it fails there is nobody any more, as poll() will say. */
	send(s->sock, &news, sizeof(news), MSG_NOSIGNAL);
}

/* The strings of an order. Return: the program, NULL if that is none. */
static char *split(struct starter *s, size_t len, char **env)
{
	char *at = s->in.bytes + sizeof(s->in.order);
	char *const end = s->in.bytes + len;
	char *program = at;
	size_t nr = 0;

	if (at >= end || end[-1])
		return NULL;
	for (at += strlen(at) + 1; at < end && nr < HOOK_ENV_MAX - 1;
	     at += strlen(at) + 1)
		env[nr++] = at;
	env[nr] = NULL;
	return program;
}

static void start(struct starter *s, size_t len)
{
	const uint32_t id = s->in.order.id;
	struct running *r = s->running;
	char *env[HOOK_ENV_MAX], *program = split(s, len, env);

	while (r < s->running + HOOK_STARTER_MOST && r->pid)
		r++;
	if (!program || r == s->running + HOOK_STARTER_MOST) {
		tell(s, id, 0, program ? EAGAIN : EINVAL);
		return;
	}
	r->pid = fork();
	if (!r->pid)
		become(program, env);
	if (r->pid < 0) {
		r->pid = 0;
		tell(s, id, 0, errno);
		return;
	}
	r->id = id;
	setpgid(r->pid, r->pid); /* whoever of us comes first */
	tell(s, id, HOOK_STARTED, 0);
}

static void end_one(const struct running *r)
{
	if (!r->pid)
		return;
	kill(-r->pid, SIGKILL);
	kill(r->pid, SIGKILL); /* it may have left the group */
}

/* Return: 0; -1 if there is nobody any more. */
static int take_order(struct starter *s)
{
	ssize_t n = recv(s->sock, s->in.bytes, sizeof(s->in.bytes), 0);

	if (n < 0)
		return errno == EINTR ? 0 : -1;
	if ((size_t)n < sizeof(s->in.order))
		return -1;
	if (!s->in.order.kill) {
		start(s, (size_t)n);
		return 0;
	}
	for (size_t i = 0; i < HOOK_STARTER_MOST; i++)
		if (s->running[i].id == s->in.order.id)
			end_one(&s->running[i]);
	return 0;
}

static void reap(struct starter *s)
{
	siginfo_t si = {0};

	/* What it left behind, in its group, goes with it; for which its
	 * number must be its own yet. */
	while (!waitid(P_ALL, 0, &si, WEXITED | WNOHANG | WNOWAIT) &&
	       si.si_pid) {
		for (size_t i = 0; i < HOOK_STARTER_MOST; i++) {
			struct running *r = &s->running[i];

			if (r->pid != si.si_pid)
				continue;
			kill(-r->pid, SIGKILL);
			r->pid = 0;
			tell(s, r->id, si.si_code, si.si_status);
		}
		waitpid(si.si_pid, NULL, 0);
		si.si_pid = 0;
	}
}

static void serve(struct starter *s)
{
	struct signalfd_siginfo seen;
	struct pollfd fds[2] = {{.fd = s->sock, .events = POLLIN},
				{.events = POLLIN}};
	sigset_t all;

	signal(SIGCHLD, SIG_DFL); /* ignored, there would be none to reap */
	/* It ends by its socket: those who end us mean us. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&all);
	sigaddset(&all, SIGCHLD);
	fds[1].fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	while (poll(fds, 2, -1) > 0 || errno == EINTR) {
		if (fds[1].revents) {
			(void)!read(fds[1].fd, &seen, sizeof(seen));
			reap(s);
		}
		if (fds[0].revents && take_order(s))
			break;
	}
	for (size_t i = 0; i < HOOK_STARTER_MOST; i++)
		end_one(&s->running[i]);
}

/*
 * What stayed open here would stay so when it is closed there, for no exec
 * closes it: locks of recordings, connections, the port of metrics. A filter
 * of system calls may not know close_range (libseccomp before 2.5.2).
 */
static void close_from(int first)
{
	struct rlimit most;
	int last = FDS_MOST;

	if (!syscall(SYS_close_range, first, ~0U, 0))
		return;
	if (!getrlimit(RLIMIT_NOFILE, &most) && most.rlim_cur < FDS_MOST)
		last = (int)most.rlim_cur;
	for (int fd = first; fd < last; fd++)
		close(fd);
}

int hook_starter_open(pid_t *pid)
{
	static struct starter s;
	int pair[2], ret;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return -errno;
	*pid = fork();
	if (!*pid) {
		prctl(PR_SET_NAME, "sysperfd-hooks");
		s.sock = STDERR_FILENO + 1;
		close(pair[0]);
		if (dup2(pair[1], s.sock) != s.sock ||
		    fcntl(s.sock, F_SETFD, FD_CLOEXEC))
			_exit(1);
		close_from(s.sock + 1);
		if (!chdir("/"))
			serve(&s);
		_exit(0);
	}
	ret = *pid < 0 ? -errno : 0;
	close(pair[1]);
	if (!ret && fcntl(pair[0], F_SETFL, O_NONBLOCK))
		ret = -errno;
	if (!ret)
		return pair[0];
	close(pair[0]);
	if (*pid > 0)
		waitpid(*pid, NULL, 0);
	return ret;
}
