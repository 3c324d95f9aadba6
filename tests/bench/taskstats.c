// SPDX-License-Identifier: GPL-2.0-only
/*
 * What it costs to ask the kernel for one task that sleeps, by each of the ways
 * there are: run by taskstats.sh in the VM, whose clock counts instructions.
 * Prints "NAME INSTRUCTIONS" a task for each.
 *
 *   taskstats PROCESSES THREADS
 *   taskstats NAME      what a process takes to come and go, under that name
 */
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/taskstats.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#define ROUNDS 5
#define BATCH 64
#define ANSWER 1024

struct request {
	struct nlmsghdr nl;
	struct genlmsghdr genl;
	struct {
		uint16_t len, type;
		uint32_t id;
	} attr;
};

struct bench {
	long n;
	pid_t *pids;
	int *fds;
	struct nl_sock *sk;
	int family;
	char path[64], buf[BATCH * ANSWER];
};

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void *sleeper(void *arg)
{
	(void)arg;
	pause();
	return NULL;
}

static void child(long threads)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (; threads > 1; threads--) {
		pthread_attr_t attr;
		pthread_t t;

		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, 16384);
		must(!pthread_create(&t, &attr, sleeper, NULL), "thread");
	}
	pause();
	_exit(0);
}

static void start(struct bench *b, long n, long threads)
{
	b->n = n;
	for (long i = 0; i < n; i++) {
		b->pids[i] = fork();
		must(b->pids[i] >= 0, "fork");
		if (!b->pids[i])
			child(threads);
	}
	sleep(2);
}

static void stop(struct bench *b)
{
	for (long i = 0; i < b->n; i++)
		kill(b->pids[i], SIGKILL);
	while (wait(NULL) > 0)
		;
}

static int open_file(struct bench *b, long i, const char *name)
{
	int fd;

	snprintf(b->path, sizeof(b->path), "/proc/%d/%s", (int)b->pids[i],
		 name);
	fd = open(b->path, O_RDONLY | O_CLOEXEC);
	must(fd >= 0, b->path);
	return fd;
}

static void opened(struct bench *b, const char *name)
{
	for (long i = 0; i < b->n; i++) {
		int fd = open_file(b, i, name);

		must(read(fd, b->buf, 4096) > 0, b->path);
		close(fd);
	}
}

static void keep(struct bench *b, const char *name)
{
	for (long i = 0; i < b->n; i++)
		b->fds[i] = open_file(b, i, name);
}

static void kept(struct bench *b, const char *name)
{
	for (long i = 0; i < b->n; i++)
		must(pread(b->fds[i], b->buf, 4096, 0) > 0, name);
}

static void let_go(struct bench *b)
{
	for (long i = 0; i < b->n; i++)
		close(b->fds[i]);
}

static void ask(struct bench *b, struct request *r, uint16_t type, long i)
{
	*r = (struct request){
		.nl = {sizeof(*r), (uint16_t)b->family, NLM_F_REQUEST, 0, 0},
		.genl = {TASKSTATS_CMD_GET, TASKSTATS_GENL_VERSION, 0},
		.attr = {8, type, (uint32_t)b->pids[i]},
	};
}

/* So many requests in one message, and their answers in one call. */
static void netlink(struct bench *b, uint16_t type, long batch)
{
	const int fd = nl_socket_get_fd(b->sk);
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	struct request r[BATCH];

	for (long i = 0; i < b->n; i += batch) {
		long m = b->n - i < batch ? b->n - i : batch;

		for (long k = 0; k < m; k++) {
			ask(b, &r[k], type, i + k);
			iov[k] = (struct iovec){b->buf + k * ANSWER, ANSWER};
			msgs[k] =
				(struct mmsghdr){.msg_hdr = {.msg_iov = &iov[k],
							     .msg_iovlen = 1}};
		}
		must(send(fd, r, (size_t)m * sizeof(*r), 0) > 0, "send");
		for (long got = 0; got < m;) {
			int ret = recvmmsg(fd, msgs + got,
					   (unsigned int)(m - got), 0, NULL);

			must(ret > 0, "recvmmsg");
			got += ret;
		}
		must(((struct nlmsghdr *)b->buf)->nlmsg_type == b->family,
		     "answer");
	}
}

static void file_opened(struct bench *b, const char *name, long arg)
{
	(void)arg;
	opened(b, name);
}

static void file_kept(struct bench *b, const char *name, long arg)
{
	(void)arg;
	kept(b, name);
}

static void by_pid(struct bench *b, const char *name, long batch)
{
	(void)name;
	netlink(b, TASKSTATS_CMD_ATTR_PID, batch);
}

static void by_tgid(struct bench *b, const char *name, long batch)
{
	(void)name;
	netlink(b, TASKSTATS_CMD_ATTR_TGID, batch);
}

static void measure(struct bench *b, const char *name,
		    void (*way)(struct bench *b, const char *name, long arg),
		    const char *file, long arg)
{
	uint64_t begin;

	way(b, file, arg); /* caches of the kernel fill */
	begin = now();
	for (int i = 0; i < ROUNDS; i++)
		way(b, file, arg);
	printf("%s %.0f\n", name,
	       (double)(now() - begin) / ROUNDS / (double)b->n);
	fflush(stdout);
}

static void connect_netlink(struct bench *b)
{
	b->sk = nl_socket_alloc();
	must(b->sk && !genl_connect(b->sk), "netlink");
	b->family = genl_ctrl_resolve(b->sk, TASKSTATS_GENL_NAME);
	must(b->family > 0, "TASKSTATS");
	nl_socket_set_buffer_size(b->sk, 1 << 20, 1 << 20);
}

static void of_processes(struct bench *b, long n)
{
	start(b, n, 1);
	measure(b, "schedstat-opened", file_opened, "schedstat", 0);
	measure(b, "stat-opened", file_opened, "stat", 0);
	measure(b, "io-opened", file_opened, "io", 0);
	measure(b, "status-opened", file_opened, "status", 0);
	keep(b, "schedstat");
	measure(b, "schedstat-kept", file_kept, "schedstat", 0);
	let_go(b);
	keep(b, "stat");
	measure(b, "stat-kept", file_kept, "stat", 0);
	let_go(b);
	measure(b, "taskstats-pid", by_pid, NULL, 1);
	measure(b, "taskstats-pid-batch", by_pid, NULL, BATCH);
	measure(b, "taskstats-tgid-batch", by_tgid, NULL, BATCH);
	stop(b);
}

static void of_threads(struct bench *b, long threads)
{
	start(b, 1, threads);
	measure(b, "all-threads-stat", file_opened, "stat", 0);
	measure(b, "all-threads-io", file_opened, "io", 0);
	measure(b, "all-threads-tgid", by_tgid, NULL, 1);
	stop(b);
}

static void of_exits(const char *name)
{
	uint64_t begin = 0;

	for (int i = 0; i < 2200; i++) {
		pid_t pid;

		if (i == 200)
			begin = now();
		pid = fork();
		if (!pid)
			_exit(0);
		must(waitpid(pid, NULL, 0) == pid, "child");
	}
	printf("%s %.0f\n", name, (double)(now() - begin) / 2000);
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1000;
	struct rlimit lim = {(rlim_t)n + 64, (rlim_t)n + 64};
	struct bench *b = calloc(1, sizeof(*b));

	must(b != NULL, "memory");
	if (!n) {
		of_exits(argv[1]);
		return 0;
	}
	b->pids = calloc((size_t)n, sizeof(*b->pids));
	b->fds = calloc((size_t)n, sizeof(*b->fds));
	must(b->pids && b->fds, "memory");
	must(!setrlimit(RLIMIT_NOFILE, &lim), "descriptors");
	connect_netlink(b);
	of_processes(b, n);
	of_threads(b, argc > 2 ? atol(argv[2]) : 1000);
	return 0;
}
