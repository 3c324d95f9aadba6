// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sockets to TASKSTATS (taskstats_sock.h). libnl makes them and knows the
 * protocol; messages are received here, as it would take an allocation and a
 * system call or two for each.
 *
 * One socket listens to all CPUs: an end takes its queue's lock for a moment
 * only. What counts is the room for what comes between two refreshes.
 */
#include "taskstats_sock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <linux/taskstats.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "file.h"

/* A message is of 500 to 1500 bytes; so many are received at a time. */
#define MSG_SIZE 4096UL
#define MSGS 16
/* The kernel needs about 1.3 KiB of it an end (2.5 of a process's). */
#define ROOM_A_CPU (2 << 20)
#define ROOM_MIN (8 << 20)
#define ROOM_MAX (64 << 20)
/* So that who ends tasks as fast as we read cannot hold us for ever. */
#define ENDS_MAX (1 << 18)
#define POSSIBLE_CPUS "/sys/devices/system/cpu/possible"

static int to_errno(int err)
{
	switch (-err) {
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_OBJ_NOTFOUND:
		return -ENOENT;
	case NLE_INVAL:
		return -EINVAL;
	case NLE_NOMEM:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

static int make_socket(struct nl_sock **out)
{
	struct nl_sock *sk = nl_socket_alloc();
	int ret;

	if (!sk)
		return -ENOMEM;
	ret = genl_connect(sk);
	if (ret < 0) {
		nl_socket_free(sk);
		return to_errno(ret);
	}
	nl_socket_disable_seq_check(sk);
	*out = sk;
	return 0;
}

static int command(const struct sp_taskstats_sock *s, int attr, int flags)
{
	struct nl_msg *msg = nlmsg_alloc();
	int ret = -NLE_NOMEM;

	if (!msg)
		return to_errno(ret);
	if (genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, s->family, 0,
			NLM_F_REQUEST | flags, TASKSTATS_CMD_GET,
			TASKSTATS_GENL_VERSION) &&
	    !nla_put_string(msg, attr, s->cpus))
		ret = nl_send_auto(s->ends, msg);
	nlmsg_free(msg);
	if (ret >= 0 && flags & NLM_F_ACK)
		ret = nl_wait_for_ack(s->ends);
	return ret < 0 ? to_errno(ret) : 0;
}

static int read_cpus(char **cpus)
{
	struct sp_file file = {.fd = -1};
	struct sp_buf buf = {0};
	int ret = sp_file_read(&file, AT_FDCWD, POSSIBLE_CPUS, &buf);

	sp_file_close(&file);
	if (!ret && !buf.len)
		ret = -ENODATA;
	if (!ret) {
		buf.data[strcspn(buf.data, "\n")] = '\0';
		*cpus = buf.data;
		return 0;
	}
	sp_buf_free(&buf);
	return ret;
}

/* The kernel doubles what it is asked for. Who may not have more than all may
 * (net.core.rmem_max) has that. */
static void make_room(struct nl_sock *sk)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	long room = cpus * ROOM_A_CPU;
	int half;

	if (room > ROOM_MAX)
		room = ROOM_MAX;
	half = (int)(room < ROOM_MIN ? ROOM_MIN : room) / 2;
	if (setsockopt(nl_socket_get_fd(sk), SOL_SOCKET, SO_RCVBUFFORCE, &half,
		       sizeof(half)))
		setsockopt(nl_socket_get_fd(sk), SOL_SOCKET, SO_RCVBUF, &half,
			   sizeof(half));
}

static int listen_to_ends(struct sp_taskstats_sock *s)
{
	const int fd = nl_socket_get_fd(s->ends), on = 1;

	make_room(s->ends);
	/* Else the socket refuses all until it was emptied; what is lost is
	 * counted all the same. */
	setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on));
	return command(s, TASKSTATS_CMD_ATTR_REGISTER_CPUMASK, NLM_F_ACK);
}

void sp_taskstats_close(struct sp_taskstats_sock *s)
{
	/*
	 * Else the kernel goes on until a task ends on each CPU. The answer is
	 * not waited for: there may be no room for it.
	 */
	if (s->cpus)
		command(s, TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK, 0);
	if (s->ends)
		nl_socket_free(s->ends);
	if (s->ask)
		nl_socket_free(s->ask);
	free(s->cpus);
	free(s->buf);
	*s = (struct sp_taskstats_sock){0};
}

/* The socket counts what it had no room for since it was made; modulo 2^32. */
static void count_lost(struct sp_taskstats_sock *s)
{
	uint32_t info[SK_MEMINFO_VARS] = {0};
	socklen_t len = sizeof(info);

	if (getsockopt(nl_socket_get_fd(s->ends), SOL_SOCKET, SO_MEMINFO, info,
		       &len))
		return;
	s->lost += info[SK_MEMINFO_DROPS] - s->drops;
	s->drops = info[SK_MEMINFO_DROPS];
}

struct batch {
	struct mmsghdr msgs[MSGS];
	struct iovec iov[MSGS];
	struct sockaddr_nl from[MSGS];
};

/* Return: how many messages came, 0 if there are no more, or -errno. */
static int receive(const struct sp_taskstats_sock *s, struct batch *b)
{
	int n;

	for (size_t i = 0; i < MSGS; i++) {
		b->iov[i] = (struct iovec){s->buf + i * MSG_SIZE, MSG_SIZE};
		b->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &b->from[i],
			.msg_namelen = sizeof(b->from[i]),
			.msg_iov = &b->iov[i],
			.msg_iovlen = 1,
		};
	}
	do
		n = recvmmsg(nl_socket_get_fd(s->ends), b->msgs, MSGS,
			     MSG_DONTWAIT, NULL);
	while (n < 0 && (errno == EINTR || errno == ENOBUFS));
	if (n < 0)
		n = errno == EAGAIN ? 0 : -errno;
	return n;
}

int sp_taskstats_ends(struct sp_taskstats_sock *s,
		      int (*take)(void *arg, const struct sp_task_end *end),
		      void *arg)
{
	struct sp_task_end end;
	struct batch b;
	int ret = 0, n = MSGS;

	/* Fewer than there is room for: there are no more. */
	for (int got = 0; got < ENDS_MAX && n == MSGS; got += n) {
		n = receive(s, &b);
		for (int i = 0; i < n && !ret; i++) {
			if (b.from[i].nl_pid)
				continue; /* not from the kernel */
			if (sp_taskstats_end(b.iov[i].iov_base,
					     b.msgs[i].msg_len, s->family,
					     &end))
				ret = take(arg, &end);
			else
				s->lost++;
		}
		if (ret || n < 0)
			return ret ? ret : n;
	}
	count_lost(s);
	return 0;
}

static int send_question(const struct sp_taskstats_sock *s, uint32_t pid)
{
	const struct {
		struct nlmsghdr nl;
		struct genlmsghdr genl;
		struct nlattr attr;
		uint32_t id;
	} q = {
		.nl = {sizeof(q), (uint16_t)s->family, NLM_F_REQUEST, 0, 0},
		.genl = {TASKSTATS_CMD_GET, TASKSTATS_GENL_VERSION, 0},
		.attr = {NLA_HDRLEN + sizeof(q.id), TASKSTATS_CMD_ATTR_TGID},
		.id = pid,
	};

	if (send(nl_socket_get_fd(s->ask), &q, sizeof(q), 0) < 0)
		return -errno;
	return 0;
}

int sp_taskstats_ask(struct sp_taskstats_sock *s, uint32_t pid,
		     struct sp_taskstats *ts)
{
	int ret = send_question(s, pid);
	const struct nlmsghdr *h = (const void *)s->buf;
	ssize_t n;

	/* The kernel answers before the sending returns. */
	while (!ret) {
		n = recv(nl_socket_get_fd(s->ask), s->buf, MSG_SIZE,
			 MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		if (sp_taskstats_group(s->buf, (size_t)n, pid, ts))
			ret = 1;
		else if ((size_t)n >= sizeof(*h) &&
			 h->nlmsg_type == NLMSG_ERROR)
			return 0;
	}
	return ret;
}

static void *end_at_once(void *arg)
{
	return arg;
}

static int note_end(void *arg, const struct sp_task_end *end)
{
	(void)end;
	*(bool *)arg = true;
	return 0;
}

/*
 * From other network namespaces the kernel takes questions (6.18 does), but it
 * tells of ends in the first one only.
 */
static int try_out(struct sp_taskstats_sock *s)
{
	struct sp_taskstats ts;
	bool told = false;
	pthread_t thread;
	int ret = sp_taskstats_ask(s, (uint32_t)getpid(), &ts);

	if (ret < 0)
		return ret;
	if (!ret) /* we are there, so the answer was not understood */
		return -EPROTONOSUPPORT;
	ret = pthread_create(&thread, NULL, end_at_once, NULL);
	if (ret)
		return -ret;
	pthread_join(thread, NULL);
	ret = sp_taskstats_ends(s, note_end, &told);
	return ret || told ? ret : -ENOENT;
}

int sp_taskstats_open(struct sp_taskstats_sock *s)
{
	int ret;

	*s = (struct sp_taskstats_sock){0};
	s->buf = malloc((size_t)MSGS * MSG_SIZE);
	ret = s->buf ? make_socket(&s->ends) : -ENOMEM;
	if (!ret)
		ret = make_socket(&s->ask);
	if (!ret) {
		s->family = genl_ctrl_resolve(s->ask, TASKSTATS_GENL_NAME);
		ret = s->family < 0 ? to_errno(s->family) : 0;
	}
	if (!ret)
		ret = read_cpus(&s->cpus);
	if (!ret)
		ret = listen_to_ends(s);
	if (!ret)
		ret = try_out(s);
	if (ret)
		sp_taskstats_close(s);
	return ret;
}
