// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "sysperf": what the module is.
 *
 * Locking: genetlink's own; nothing is kept here.
 */
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "genl.h"
#include "info.h"

static struct genl_family family;

/* Also asks who opened the socket, so that it cannot be handed to others. */
static bool may_read(const struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_PERFMON) ||
	       netlink_capable(skb, CAP_SYS_ADMIN);
}

static int put_info(struct sk_buff *msg, const struct sysperf_header *h)
{
	if (nla_put_u32(msg, SYSPERF_A_ABI_VERSION, h->abi_version) ||
	    nla_put_u32(msg, SYSPERF_A_CAPS, h->caps) ||
	    nla_put_string(msg, SYSPERF_A_VERSION, h->version) ||
	    nla_put_u32(msg, SYSPERF_A_NR_TASKS, h->nr_tasks) ||
	    nla_put_u32(msg, SYSPERF_A_MAX_TASKS, h->max_tasks) ||
	    nla_put_u64_64bit(msg, SYSPERF_A_LOST_TASKS, h->lost_tasks,
			      SYSPERF_A_PAD) ||
	    nla_put_u64_64bit(msg, SYSPERF_A_LOST_REQUESTS, h->lost_requests,
			      SYSPERF_A_PAD) ||
	    nla_put_u64_64bit(msg, SYSPERF_A_LOST_DISKS, h->lost_disks,
			      SYSPERF_A_PAD))
		return -EMSGSIZE;
	return 0;
}

static int get_info(struct sk_buff *skb, struct genl_info *info)
{
	struct sysperf_header h;
	struct sk_buff *msg;
	void *head;

	if (!may_read(skb))
		return -EPERM;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	head = genlmsg_put_reply(msg, info, &family, 0, SYSPERF_CMD_GET_INFO);
	sysperf_info_header(&h);
	if (!head || put_info(msg, &h)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, head);
	return genlmsg_reply(msg, info);
}

static const struct genl_small_ops ops[] = {
	{
		.cmd = SYSPERF_CMD_GET_INFO,
		.doit = get_info,
	},
};

/* No attribute is understood in a request yet, so any is refused. */
static struct genl_family family = {
	.name = SYSPERF_GENL_NAME,
	.version = SYSPERF_GENL_VERSION,
	.module = THIS_MODULE,
	.small_ops = ops,
	.n_small_ops = ARRAY_SIZE(ops),
};

int sysperf_genl_init(void)
{
	return genl_register_family(&family);
}

void sysperf_genl_exit(void)
{
	genl_unregister_family(&family);
}
