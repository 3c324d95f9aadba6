// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the netlink family and its multicast groups are.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <sysperf.h>

#include "family.h"

unsigned short family_id;
unsigned int family_groups[2];

/* The first attribute of a type in some. */
static const struct nlattr *find(const void *attrs, size_t size, int type)
{
	const char *at = attrs, *stop = at + size;

	while (at + sizeof(struct nlattr) <= stop) {
		const struct nlattr *a = (const struct nlattr *)at;

		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		at += NLA_ALIGN(a->nla_len);
	}
	return NULL;
}

void family_resolve(void)
{
	struct {
		struct nlmsghdr h;
		struct genlmsghdr g;
		struct nlattr a;
		char name[sizeof(SYSPERF_GENL_NAME)];
	} ask = {
		.h = {sizeof(ask), GENL_ID_CTRL, NLM_F_REQUEST, 1, 0},
		.g = {CTRL_CMD_GETFAMILY, 1, 0},
		.a = {NLA_HDRLEN + sizeof(ask.name), CTRL_ATTR_FAMILY_NAME},
		.name = SYSPERF_GENL_NAME,
	};
	char reply[8192] __attribute__((aligned(8)));
	const struct nlattr *id, *list, *one;
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
	ssize_t n;

	send(fd, &ask, sizeof(ask), 0);
	n = recv(fd, reply, sizeof(reply), 0);
	close(fd);
	if (n < (ssize_t)NLMSG_LENGTH(GENL_HDRLEN))
		return;
	n -= NLMSG_LENGTH(GENL_HDRLEN);
	id = find(reply + NLMSG_LENGTH(GENL_HDRLEN), n, CTRL_ATTR_FAMILY_ID);
	list = find(reply + NLMSG_LENGTH(GENL_HDRLEN), n,
		    CTRL_ATTR_MCAST_GROUPS);
	if (id)
		family_id = *(const unsigned short *)(id + 1);
	for (int i = 0; list && i < 2; i++) {
		one = find(list + 1, list->nla_len - NLA_HDRLEN, i + 1);
		if (one)
			one = find(one + 1, one->nla_len - NLA_HDRLEN,
				   CTRL_ATTR_MCAST_GRP_ID);
		if (one)
			family_groups[i] = *(const unsigned int *)(one + 1);
	}
}
