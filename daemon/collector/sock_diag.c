// SPDX-License-Identifier: GPL-2.0-only
/*
 * Round-trip times of TCP connections by sock_diag (sp_netlink_rtt() of
 * netlink.h). A socket a reading: it may be left in the middle of a dump.
 */
#include "netlink.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#define MAX_CONNECTIONS 4096
#define RECV_SIZE 32768
/* enum of the kernel's include/net/tcp_states.h, not in the uapi */
#define STATE_ESTABLISHED 1

struct rtt_sum {
	uint64_t us;
	uint64_t nr; /* connections that had one */
	unsigned int looked_at;
};

static bool is_loopback(const struct inet_diag_msg *m)
{
	struct in6_addr a;

	/* A connection to an address of one's own goes through lo as well. */
	if (memcmp(m->id.idiag_src, m->id.idiag_dst, sizeof(m->id.idiag_dst)) ==
	    0)
		return true;
	if (m->idiag_family == AF_INET)
		return ntohl(m->id.idiag_dst[0]) >> 24 == IN_LOOPBACKNET;
	memcpy(&a, m->id.idiag_dst, sizeof(a));
	return IN6_IS_ADDR_LOOPBACK(&a) ||
	       (IN6_IS_ADDR_V4MAPPED(&a) && a.s6_addr[12] == IN_LOOPBACKNET);
}

static int on_connection(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *h = nlmsg_hdr(msg);
	const struct inet_diag_msg *m;
	struct rtt_sum *sum = arg;
	struct tcp_info info = {0};
	struct nlattr *attr;
	size_t len;

	if (++sum->looked_at > MAX_CONNECTIONS)
		return NL_STOP;
	if (!nlmsg_valid_hdr(h, sizeof(*m)))
		return NL_SKIP;
	m = nlmsg_data(h);
	attr = nlmsg_find_attr(h, sizeof(*m), INET_DIAG_INFO);
	if (!attr || is_loopback(m))
		return NL_SKIP;
	len = (size_t)nla_len(attr);
	memcpy(&info, nla_data(attr), len < sizeof(info) ? len : sizeof(info));
	if (info.tcpi_rtt) {
		sum->us += info.tcpi_rtt;
		sum->nr++;
	}
	return NL_OK;
}

static int read_family(unsigned char family, struct rtt_sum *sum)
{
	struct inet_diag_req_v2 req = {
		.sdiag_family = family,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_ext = 1 << (INET_DIAG_INFO - 1),
		.idiag_states = 1U << STATE_ESTABLISHED,
	};
	struct nl_sock *sk = nl_socket_alloc();
	int ret;

	if (!sk)
		return -ENOMEM;
	nl_socket_disable_msg_peek(sk);
	nl_socket_set_msg_buf_size(sk, RECV_SIZE);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_connection, sum);
	sum->looked_at = 0;
	ret = nl_connect(sk, NETLINK_SOCK_DIAG);
	if (ret >= 0)
		ret = nl_send_simple(sk, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &req,
				     sizeof(req));
	if (ret >= 0)
		ret = nl_recvmsgs_default(sk);
	nl_socket_free(sk);
	return ret < 0 ? -EPROTONOSUPPORT : 0;
}

int sp_netlink_rtt(uint64_t *rtt_ns)
{
	struct rtt_sum sum = {0};
	int ret, ret6;

	*rtt_ns = SP_ABSENT;
	ret = read_family(AF_INET, &sum);
	ret6 = read_family(AF_INET6, &sum);
	if (sum.nr)
		*rtt_ns = sum.us * 1000 / sum.nr;
	/* A kernel without IPv6 is no failure. */
	return ret && ret6 ? ret : 0;
}
