// SPDX-License-Identifier: GPL-2.0-only
/*
 * Throws hostile arguments at the module's interfaces: hostile SECONDS [SEED]
 *
 * Threads of several processes share the same open files and netlink sockets
 * and do at random what a program might do wrong on purpose. Whatever comes of
 * it, in the end a fresh reader must get a whole snapshot. As root half of the
 * processes go on as nobody.
 *
 * Its own memory is the only thing at risk: what the kernel may write to are
 * the arena's pages and addresses where nothing is, and what a mapping of the
 * device replaces is in the arena too.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <sysperf.h>

#include "family.h"
#include "random.h"

#define DEVICE "/dev/" SYSPERF_DEVICE
#define PROCESSES 4
#define THREADS 4
#define FILES 8 /* places for descriptors that the threads share */
#define ARENA (4UL << 20)
#define PAGE 4096UL
#define RESERVED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

static _Atomic int files[FILES], sockets[FILES];
static char *arena; /* ARENA bytes, the second half not accessible */
static time_t end;
static _Atomic unsigned long *calls; /* shared by all processes */

/* Somewhere in the arena, across its end, or nowhere at all. */
static void *pointer(void)
{
	static const uint64_t nowhere[] = {
		0,
		1,
		8,
		0x7fffffffe000,
		0xffff800000000000,
		0xffffffff81000000,
		0xffffffffff600000,
		UINT64_MAX - 7,
	};

	switch (below(8)) {
	case 0:
		return (void *)(uintptr_t)nowhere[below(COUNT(nowhere))];
	case 1: /* what comes after is not there */
		return arena + ARENA / 2 - below(2 * PAGE);
	case 2:
		return arena + below(ARENA);
	default:
		return arena + below(ARENA / 4);
	}
}

static int file_get(void)
{
	return atomic_load(&files[below(FILES)]);
}

/* The first half stays what it was: who may not open it has them to use. */
static _Atomic int *file_place(void)
{
	return &files[FILES / 2 + below(FILES / 2)];
}

static int socket_get(void)
{
	return atomic_load(&sockets[below(FILES)]);
}

/* Put a descriptor in a place; what was there goes while others use it. */
static void put(_Atomic int *place, int fd)
{
	int old = atomic_exchange(place, fd);

	if (old >= 0)
		close(old);
}

static void do_open(void)
{
	static const int flags[] = {
		O_RDONLY,
		O_RDONLY,
		O_RDONLY,
		O_RDONLY,
		O_RDWR,
		O_WRONLY,
		O_RDONLY | O_NONBLOCK,
		O_RDONLY | O_DIRECT,
		O_RDONLY | O_APPEND,
		O_PATH,
	};
	int fd = open(DEVICE, flags[below(COUNT(flags))] | O_CLOEXEC);

	if (fd >= 0)
		put(file_place(), fd);
}

static void do_dup(void)
{
	int fd = dup(file_get());

	if (fd >= 0)
		put(file_place(), fd);
}

static void do_close(void)
{
	put(file_place(), -1);
}

/* Mostly not negative, so that it is about lengths that get far. */
static size_t length(void)
{
	return below(3) ? below(1 << 20) : number();
}

/* In order, some way or to its end. */
static void read_snapshot(void)
{
	int fd = file_get();
	off_t pos = 0;
	ssize_t n;

	do {
		n = pread(fd, arena, below(2) ? 65536 : 1 << 20, pos);
		pos += n;
	} while (n > 0 && below(16));
	if (below(2))
		lseek(fd, 0, SEEK_SET);
	read(fd, arena, 1 << 20);
}

static void do_read(void)
{
	struct iovec iov[4];
	unsigned int i;

	for (i = 0; i < COUNT(iov); i++)
		iov[i] = (struct iovec){pointer(), length()};
	switch (below(5)) {
	case 0:
		read(file_get(), pointer(), length());
		break;
	case 1:
		pread(file_get(), pointer(), length(),
		      below(2) ? 0 : (off_t)number());
		break;
	case 2:
		readv(file_get(), iov, (int)below(COUNT(iov) + 1));
		break;
	case 3:
		preadv(file_get(), iov, (int)below(COUNT(iov) + 1), 0);
		break;
	default:
		read_snapshot();
	}
}

static void do_write(void)
{
	write(file_get(), pointer(), length());
}

static void do_seek(void)
{
	lseek(file_get(), below(2) ? 0 : (off_t)number(), (int)below(8));
}

static void do_splice(void)
{
	int pipes[2];

	if (pipe2(pipes, O_NONBLOCK | O_CLOEXEC))
		return;
	splice(file_get(), NULL, pipes[1], NULL, length(), SPLICE_F_NONBLOCK);
	splice(pipes[0], NULL, file_get(), NULL, length(), SPLICE_F_NONBLOCK);
	close(pipes[0]);
	close(pipes[1]);
}

/* One of this load of the module, but for one of its words. */
static void lie_about_place(int fd)
{
	struct sysperf_place place;
	__u64 *words = (__u64 *)&place;

	if (ioctl(fd, SYSPERF_IOC_GET_PLACE, &place))
		return;
	words[1 + below(sizeof(place) / 8 - 1)] =
		below(2) ? number() : below(3);
	ioctl(fd, SYSPERF_IOC_SET_PLACE, &place);
}

static void do_ioctl(void)
{
	static const unsigned long commands[] = {
		SYSPERF_IOC_INFO,
		SYSPERF_IOC_MODE,
		_IOR(SYSPERF_IOC, 0, char[16000]),
		_IOWR(SYSPERF_IOC, 1, __u32),
		_IO(SYSPERF_IOC, 2),
		SYSPERF_IOC_GET_PLACE,
		SYSPERF_IOC_SET_PLACE,
	};
	__u32 mode = below(3);

	if (below(4) == 0)
		ioctl(file_get(), SYSPERF_IOC_MODE, &mode);
	else if (below(4) == 0)
		lie_about_place(file_get());
	else if (below(4))
		ioctl(file_get(), commands[below(COUNT(commands))], pointer());
	else
		ioctl(file_get(), number(), pointer());
}

/* Only over the arena's last quarter, of which nothing is needed. */
static void do_mmap(void)
{
	char *at = arena + ARENA / 4 * 3 + below(64) * PAGE;
	size_t size = (1 + below(64)) * PAGE;
	int prot = (int)below(8), flags = below(2) ? MAP_SHARED : MAP_PRIVATE;
	unsigned char seen[64];
	char *map;

	switch (below(3)) {
	case 0: /* anything, wherever the kernel likes it */
		size = number();
		map = mmap(NULL, size, prot, flags, file_get(),
			   below(2) ? 0 : (off_t)number());
		if (map != MAP_FAILED)
			munmap(map, size);
		return;
	case 1:
		size = below(4) ? 65536 : 4UL << 20; /* likely, and too long */
		map = mmap(NULL, size, PROT_READ, flags, file_get(), 0);
		if (map == MAP_FAILED)
			return;
		/* Through a system call: beyond the end it is only an error. */
		for (int i = 0; i < 32; i++) {
			struct iovec to = {seen, sizeof(seen)};
			struct iovec from = {map + below(size - 64),
					     sizeof(seen)};

			process_vm_readv(getpid(), &to, 1, &from, 1, 0);
		}
		mprotect(map, size, prot);
		madvise(map, size, (int)below(26));
		if (mremap(map, size, PAGE, 0) != MAP_FAILED)
			size = PAGE; /* the rest may be another's by now */
		munmap(map, size);
		return;
	default:
		(void)mmap(at, size, prot, flags | MAP_FIXED, file_get(),
			   (off_t)(below(300) * PAGE));
		mprotect(at, size, prot);
		mremap(at, PAGE, (1 + below(300)) * PAGE, 0);
		(void)mmap(at, size, PROT_NONE, RESERVED | MAP_FIXED, -1, 0);
	}
}

static void do_socket(void)
{
	static const int domains[] = {SOCK_RAW, SOCK_DGRAM};
	struct sockaddr_nl me = {.nl_family = AF_NETLINK};
	int fd = socket(AF_NETLINK,
			domains[below(2)] | SOCK_NONBLOCK | SOCK_CLOEXEC,
			NETLINK_GENERIC);
	int size = below(2) ? 1 : 1 << 16;

	if (fd < 0)
		return;
	(void)bind(fd, (struct sockaddr *)&me, sizeof(me));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	put(&sockets[below(FILES)], fd);
}

static void do_join(void)
{
	unsigned int group = below(4) ? family_groups[below(2)] : number();
	int option =
		below(2) ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP;

	setsockopt(socket_get(), SOL_NETLINK, option, &group, sizeof(group));
}

/* An attribute that is right in part. Return: bytes. */
static size_t attribute(char *at, size_t room)
{
	struct nlattr *a = (struct nlattr *)at;
	uint64_t value = number();
	size_t size = below(2) ? 4 : below(2) ? 8 : below(64);

	if (room < sizeof(*a) + 72)
		return 0;
	a->nla_type = below(8) ? below(SYSPERF_A_MAX + 3) : rnd();
	a->nla_len = below(16) ? sizeof(*a) + size : rnd();
	if (a->nla_type == SYSPERF_A_TID && below(2))
		value = 1 + below(500);
	memset(at + sizeof(*a), (int)rnd(), 64);
	memcpy(at + sizeof(*a), &value, sizeof(value));
	return NLA_ALIGN(sizeof(*a) + size);
}

static size_t message(char *at, size_t room)
{
	struct nlmsghdr *h = (struct nlmsghdr *)at;
	struct genlmsghdr *g = NLMSG_DATA(h);
	size_t size = NLMSG_LENGTH(GENL_HDRLEN), n = below(6);

	memset(at, 0, size);
	h->nlmsg_type = below(16) ? family_id : below(NLMSG_MIN_TYPE + 1);
	h->nlmsg_flags = NLM_F_REQUEST | (below(2) ? NLM_F_ACK : 0) |
			 (below(3) ? 0 : NLM_F_DUMP);
	if (!below(8))
		h->nlmsg_flags = rnd();
	h->nlmsg_seq = rnd();
	g->cmd = below(8) ? below(SYSPERF_CMD_MAX + 3) : rnd();
	g->version = below(4) ? 1 : rnd();
	while (n--)
		size += attribute(at + size, room - size);
	h->nlmsg_len = below(8) ? size : number();
	return NLMSG_ALIGN(size);
}

static void do_send(void)
{
	char buf[4096] __attribute__((aligned(8)));
	struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
	size_t size = 0, n = 1 + below(4);

	while (n--)
		size += message(buf + size, sizeof(buf) - size);
	if (!below(4)) /* cut short, or with something behind it */
		size = below(sizeof(buf));
	sendto(socket_get(), buf, size, MSG_DONTWAIT,
	       (struct sockaddr *)&kernel, sizeof(kernel));
}

/* Less often than sends, so that dumps are left unread. */
static void do_receive(void)
{
	recv(socket_get(), pointer(), below(2) ? 65536 : length(),
	     MSG_DONTWAIT | (below(4) ? 0 : MSG_PEEK | MSG_TRUNC));
}

static void do_socket_close(void)
{
	put(&sockets[below(FILES / 2)], -1);
}

/* A child with all that is open, which does a little and is killed or ends. */
static void do_fork(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < 8; i++)
			do_read();
		do_mmap();
		_exit(0);
	}
	if (pid < 0)
		return;
	if (below(2))
		kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void (*const acts[])(void) = {
	do_open,  do_dup,  do_close,  do_read,	  do_read,    do_read,
	do_write, do_seek, do_seek,   do_splice,  do_ioctl,   do_ioctl,
	do_mmap,  do_mmap, do_socket, do_join,	  do_join,    do_send,
	do_send,  do_send, do_send,   do_receive, do_receive, do_socket_close,
};

static void *thread(void *arg)
{
	random_state = (uint64_t)(uintptr_t)arg * 0x9e3779b97f4a7c15ULL | 1;
	while (time(NULL) < end) {
		if (below(200))
			acts[below(COUNT(acts))]();
		else
			do_fork();
		atomic_fetch_add(calls, 1);
	}
	return NULL;
}

static void run_process(unsigned int seed, unsigned int index)
{
	pthread_t threads[THREADS];
	unsigned int i;

	if (geteuid() == 0 && index % 2 && (setgid(65534) || setuid(65534)))
		_exit(1);
	for (i = 0; i < THREADS; i++)
		if (pthread_create(
			    &threads[i], NULL, thread,
			    (void *)(uintptr_t)(seed * 64 + index * 8 + i + 1)))
			_exit(1);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

/* Does a fresh reader get a whole snapshot, with itself in it? */
static int check(void)
{
	static char buf[1 << 20] __attribute__((aligned(8)));
	unsigned int tasks = 0, told = 0, mine = 0, first = 0;
	int fd = open(DEVICE, O_RDONLY);
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < n;) {
			struct sysperf_rec *rec = (void *)(buf + at);

			if (rec->size < sizeof(*rec) || rec->size > n - at) {
				fprintf(stderr, "hostile: size %u\n",
					rec->size);
				return 1;
			}
			if (!first)
				first = rec->type;
			if (rec->type == SYSPERF_REC_TASK) {
				struct sysperf_task *t = (void *)rec;

				tasks++;
				mine += t->tid == (unsigned int)getpid();
			}
			if (rec->type == SYSPERF_REC_END)
				told = ((struct sysperf_end *)rec)->nr_tasks;
			at += rec->size;
		}
	}
	close(fd);
	if (n < 0 || first != SYSPERF_REC_HEADER || !tasks || tasks != told ||
	    mine != 1) {
		fprintf(stderr,
			"hostile: no whole snapshot: %s, first %u, %u tasks of "
			"%u, %u mine\n",
			n < 0 ? strerror(errno) : "read", first, tasks, told,
			mine);
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int seed = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
	pid_t pids[PROCESSES];
	int failed = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: hostile SECONDS [SEED]\n");
		return 1;
	}
	end = time(NULL) + strtol(argv[1], NULL, 0);
	signal(SIGPIPE, SIG_IGN);
	calls = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, RESERVED, -1, 0);
	if (calls == MAP_FAILED || arena == MAP_FAILED)
		return 1;
	mprotect(arena + ARENA / 2, ARENA / 2, PROT_NONE);
	family_resolve();
	for (int i = 0; i < FILES; i++) {
		files[i] = open(DEVICE, O_RDONLY | O_CLOEXEC);
		sockets[i] = -1;
	}
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			run_process(seed, i);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status = -1;

		waitpid(pids[i], &status, 0);
		if (status) {
			fprintf(stderr, "hostile: process %d: status %#x\n", i,
				status);
			failed = 1;
		}
	}
	printf("%lu calls, seed %u, family %u\n", *calls, seed, family_id);
	return failed || !family_id || check();
}
