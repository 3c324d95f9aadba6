// SPDX-License-Identifier: GPL-2.0-only
/*
 * Full listen queues, by sock_diag, and their owners, by /proc (listeners.h).
 */
#include "listeners.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#define RECV_SIZE 32768
/* enum of the kernel's include/net/tcp_states.h, not in the uapi */
#define STATE_LISTEN 10
#define LOOK_AGAIN_NS 10000000000ULL

struct fullest {
	struct verdict_listener listener;
	uint32_t inode; /* 0: none yet */
	double waiting; /* in all that are full */
};

static uint32_t too_many(const struct verdict_listener *l)
{
	return l->waiting - l->limit;
}

static int on_listener(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	const struct inet_diag_msg *m;
	struct verdict_listener l = {0};
	struct fullest *f = arg;

	if (!nlmsg_valid_hdr(h, sizeof(*m)))
		return NL_SKIP;
	m = nlmsg_data(h);
	l.port = ntohs(m->id.idiag_sport);
	l.waiting = m->idiag_rqueue;
	l.limit = m->idiag_wqueue;
	/* One more than the limit is let in. At it, it was full just now. */
	if (!l.waiting || l.waiting < l.limit)
		return NL_OK;
	f->waiting += l.waiting;
	if (f->inode && too_many(&l) <= too_many(&f->listener))
		return NL_OK;
	f->listener = l;
	f->inode = m->idiag_inode;
	return NL_OK;
}

static void dump_family(unsigned char family, struct fullest *f)
{
	struct inet_diag_req_v2 req = {
		.sdiag_family = family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = 1U << STATE_LISTEN,
	};
	struct nl_sock *sk = nl_socket_alloc();

	if (!sk)
		return;
	nl_socket_disable_msg_peek(sk);
	nl_socket_set_msg_buf_size(sk, RECV_SIZE);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_listener, f);
	if (!nl_connect(sk, NETLINK_SOCK_DIAG) &&
	    nl_send_simple(sk, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &req,
			   sizeof(req)) >= 0)
		nl_recvmsgs_default(sk);
	nl_socket_free(sk);
}

static bool has_open(int proc, const char *pid, const char *socket)
{
	const struct dirent *e;
	char path[64], to[64];
	bool found = false;
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "%.20s/fd", pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return false;
	}
	while (!found && (e = readdir(dir))) {
		ssize_t n = readlinkat(fd, e->d_name, to, sizeof(to) - 1);

		if (n <= 0)
			continue;
		to[n] = '\0';
		found = !strcmp(to, socket);
	}
	closedir(dir);
	return found;
}

static uint32_t owner_of(uint32_t inode)
{
	const struct dirent *e;
	DIR *dir = opendir("/proc");
	char socket[32];
	uint32_t pid = 0;

	if (!dir)
		return 0;
	snprintf(socket, sizeof(socket), "socket:[%u]", inode);
	while (!pid && (e = readdir(dir)))
		if (isdigit((unsigned char)*e->d_name) &&
		    has_open(dirfd(dir), e->d_name, socket))
			pid = (uint32_t)strtoul(e->d_name, NULL, 10);
	closedir(dir);
	return pid;
}

bool listeners_fullest(struct listeners *ls, struct verdict_listener *l)
{
	struct fullest f = {0};

	dump_family(AF_INET, &f);
	dump_family(AF_INET6, &f);
	if (!f.inode)
		return false;
	/* sp_pace_begin() must be asked: it takes the time. */
	if (sp_pace_begin(&ls->pace) || f.inode != ls->inode) {
		ls->inode = f.inode;
		ls->pid = owner_of(f.inode);
		sp_pace_end(&ls->pace, LOOK_AGAIN_NS);
	}
	*l = f.listener;
	l->pid = ls->pid;
	l->share_pct = 100 * l->waiting / f.waiting;
	return true;
}
