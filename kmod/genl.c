// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generic netlink family "sysperf": what the module is, single tasks and
 * all of them, its settings, and the sending of events.
 *
 * Locking: genetlink runs one command at a time, so that settings have one
 * writer; dumps and events run beside them. Nothing is kept here.
 */
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <net/genetlink.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "block.h"
#include "compat.h"
#include "events.h"
#include "genl.h"
#include "info.h"
#include "memory.h"
#include "net.h"
#include "pmu.h"
#include "record.h"
#include "sched.h"
#include "tasks.h"
#include "tcp.h"

static struct genl_family family;

/* Also asks who opened the socket, so that it cannot be handed to others. */
static bool may_read(const struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_PERFMON) ||
	       netlink_capable(skb, CAP_SYS_ADMIN);
}

static int put_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, SYSPERF_A_PAD);
}

static int put_info(struct sk_buff *msg)
{
	struct sysperf_event_settings s;
	struct sysperf_header h;

	sysperf_info_header(&h);
	sysperf_events_get(&s);
	if (nla_put_u32(msg, SYSPERF_A_ABI_VERSION, h.abi_version) ||
	    nla_put_u32(msg, SYSPERF_A_CAPS, h.caps) ||
	    nla_put_string(msg, SYSPERF_A_VERSION, h.version) ||
	    nla_put_u32(msg, SYSPERF_A_NR_TASKS, h.nr_tasks) ||
	    nla_put_u32(msg, SYSPERF_A_MAX_TASKS, h.max_tasks) ||
	    put_u64(msg, SYSPERF_A_LOST_TASKS, h.lost_tasks) ||
	    put_u64(msg, SYSPERF_A_LOST_REQUESTS, h.lost_requests) ||
	    put_u64(msg, SYSPERF_A_LOST_DISKS, h.lost_disks) ||
	    put_u64(msg, SYSPERF_A_LOST_CALLS, h.lost_calls) ||
	    put_u64(msg, SYSPERF_A_LOST_SOCKETS, h.lost_sockets) ||
	    put_u64(msg, SYSPERF_A_LOST_EVENTS, h.lost_events) ||
	    nla_put_u32(msg, SYSPERF_A_PMU_EVENTS, h.pmu_events) ||
	    put_u64(msg, SYSPERF_A_SLOW_WAIT_NS, s.slow_wait_ns) ||
	    put_u64(msg, SYSPERF_A_SLOW_IO_NS, s.slow_io_ns) ||
	    nla_put_u32(msg, SYSPERF_A_EVENT_RATE, s.event_rate) ||
	    nla_put_u32(msg, SYSPERF_A_EXIT_RATE, s.exit_rate))
		return -EMSGSIZE;
	return 0;
}

/* A task's record, written in its place in the message. Under RCU. */
static int put_task(struct sk_buff *msg, struct sysperf_entry *e)
{
	struct nlattr *attr =
		nla_reserve_64bit(msg, SYSPERF_A_TASK,
				  sizeof(struct sysperf_task), SYSPERF_A_PAD);

	if (!attr)
		return -EMSGSIZE;
	sysperf_record_task(nla_data(attr), e, SYSPERF_REC_TASK);
	return 0;
}

static int get_info(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *msg;
	void *head;

	if (!may_read(skb))
		return -EPERM;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	head = genlmsg_put_reply(msg, info, &family, 0, SYSPERF_CMD_GET_INFO);
	if (!head || put_info(msg)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, head);
	return genlmsg_reply(msg, info);
}

/* Put the task of a TID of the initial namespace. */
static int put_tid(struct sk_buff *msg, struct genl_info *info, u32 tid)
{
	struct sysperf_entry *e;
	struct task_struct *p;
	int ret;

	rcu_read_lock();
	p = pid_task(find_pid_ns(tid, &init_pid_ns), PIDTYPE_PID);
	e = p ? sysperf_tasks_find(p) : NULL;
	ret = e ? put_task(msg, e) : -ESRCH;
	rcu_read_unlock();
	if (!p)
		GENL_SET_ERR_MSG(info, "there is no such thread");
	else if (!e)
		GENL_SET_ERR_MSG(info, "this thread is not tracked");
	return ret;
}

static int get_task(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tid = info->attrs[SYSPERF_A_TID];
	struct sk_buff *msg;
	void *head;
	int ret;

	if (!may_read(skb))
		return -EPERM;
	if (!tid) {
		GENL_SET_ERR_MSG(info, "TID is missing");
		return -EINVAL;
	}
	sysperf_pmu_settle();
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	head = genlmsg_put_reply(msg, info, &family, 0, SYSPERF_CMD_GET_TASK);
	ret = head ? put_tid(msg, info, nla_get_u32(tid)) : -EMSGSIZE;
	if (ret) {
		nlmsg_free(msg);
		return ret;
	}
	genlmsg_end(msg, head);
	return genlmsg_reply(msg, info);
}

static int dump_start(struct netlink_callback *cb)
{
	/* Asked once: who goes on reading has the socket from who may. */
	if (!may_read(cb->skb))
		return -EPERM;
	if (genlmsg_len(nlmsg_data(cb->nlh))) {
		NL_SET_ERR_MSG(cb->extack, "a dump takes no attributes");
		return -EINVAL;
	}
	sysperf_pmu_settle();
	return 0;
}

struct dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

/* A message for each task. Return: false if it does not fit. */
static bool dump_one(struct sysperf_entry *e, void *arg)
{
	struct dump *d = arg;
	void *head = genlmsg_put(d->skb, NETLINK_CB(d->cb->skb).portid,
				 d->cb->nlh->nlmsg_seq, &family, NLM_F_MULTI,
				 SYSPERF_CMD_GET_TASK);

	if (!head)
		return false;
	if (put_task(d->skb, e)) {
		genlmsg_cancel(d->skb, head);
		return false;
	}
	genlmsg_end(d->skb, head);
	return true;
}

static int dump_tasks(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump d = {skb, cb};
	struct sysperf_task_place place = {cb->args[0], cb->args[1]};

	sysperf_tasks_visit(&place, dump_one, &d);
	cb->args[0] = place.bucket;
	cb->args[1] = place.below;
	return skb->len; /* 0 at the end of the table */
}

/* What can be turned on and off while the module is loaded. */
static const struct {
	u32 cap;
	int (*set)(bool on);
} switches[] = {
	{SYSPERF_CAP_PMU, sysperf_pmu_set},
	{SYSPERF_CAP_NET, sysperf_net_set},
	{SYSPERF_CAP_TCP, sysperf_tcp_set},
	{SYSPERF_CAP_MEMORY, sysperf_memory_set},
	{}, /* the end */
};

static u32 caps_now(void)
{
	struct sysperf_header h;

	sysperf_info_header(&h);
	return h.caps;
}

static int check_caps(struct genl_info *info, u32 changed)
{
	unsigned int i;

	for (i = 0; switches[i].cap; i++)
		changed &= ~switches[i].cap;
	if (!changed)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SYSPERF_A_CAPS],
			    "this stays on or off as it was loaded");
	return -EOPNOTSUPP;
}

/* On before off, since that cannot fail: then nothing was changed. */
static int set_caps(struct genl_info *info, u32 on, u32 off)
{
	unsigned int i;
	int ret;

	for (i = 0; switches[i].cap; i++) {
		if (!(switches[i].cap & on))
			continue;
		ret = switches[i].set(true);
		if (ret)
			goto undo;
	}
	for (i = 0; switches[i].cap; i++)
		if (switches[i].cap & off)
			switches[i].set(false);
	return 0;

undo:
	while (i-- > 0)
		if (switches[i].cap & on)
			switches[i].set(false);
	NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[SYSPERF_A_CAPS],
			    "this cannot be turned on here");
	return ret;
}

/* Settings with those that were given. */
static int parse_settings(struct genl_info *info,
			  struct sysperf_event_settings *s)
{
	struct nlattr **a = info->attrs;

	sysperf_events_get(s);
	if (a[SYSPERF_A_SLOW_WAIT_NS])
		s->slow_wait_ns = nla_get_u64(a[SYSPERF_A_SLOW_WAIT_NS]);
	if (a[SYSPERF_A_SLOW_IO_NS])
		s->slow_io_ns = nla_get_u64(a[SYSPERF_A_SLOW_IO_NS]);
	if (a[SYSPERF_A_EVENT_RATE])
		s->event_rate = nla_get_u32(a[SYSPERF_A_EVENT_RATE]);
	if (a[SYSPERF_A_EXIT_RATE])
		s->exit_rate = nla_get_u32(a[SYSPERF_A_EXIT_RATE]);
	if (s->slow_wait_ns && !sysperf_sched_enabled()) {
		NL_SET_ERR_MSG_ATTR(info->extack, a[SYSPERF_A_SLOW_WAIT_NS],
				    "run-queue waits are not measured");
		return -EOPNOTSUPP;
	}
	if (s->slow_io_ns && !sysperf_block_enabled()) {
		NL_SET_ERR_MSG_ATTR(info->extack, a[SYSPERF_A_SLOW_IO_NS],
				    "block requests are not measured");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* All of it or nothing. */
static int set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *caps = info->attrs[SYSPERF_A_CAPS];
	struct sysperf_event_settings s;
	u32 now, want;
	int ret;

	if (!netlink_capable(skb, CAP_SYS_ADMIN))
		return -EPERM;
	now = caps_now();
	want = caps ? nla_get_u32(caps) : now;
	ret = parse_settings(info, &s);
	if (!ret)
		ret = check_caps(info, want ^ now);
	if (!ret)
		ret = set_caps(info, want & ~now, now & ~want);
	if (!ret)
		sysperf_events_set(&s);
	return ret;
}

/* Not const: the policies of older kernels do not take it. */
static struct netlink_range_validation slow_range = {
	.max = 86400 * NSEC_PER_SEC,
};

static struct netlink_range_validation rate_range = {
	.min = 1,
	.max = 100000,
};

#define CAPS_ALL                                                               \
	(SYSPERF_CAP_SCHED | SYSPERF_CAP_BLOCK | SYSPERF_CAP_PMU |             \
	 SYSPERF_CAP_NET | SYSPERF_CAP_TCP | SYSPERF_CAP_MEMORY)

/* What a policy does not name is refused. */
static const struct nla_policy none_policy[] = {
	[SYSPERF_A_UNSPEC] = {},
	[SYSPERF_A_PAD] = {.type = NLA_REJECT},
};

static const struct nla_policy task_policy[] = {
	[SYSPERF_A_TID] = NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy set_policy[] = {
	[SYSPERF_A_CAPS] = NLA_POLICY_MASK(NLA_U32, CAPS_ALL),
	[SYSPERF_A_SLOW_WAIT_NS] = NLA_POLICY_FULL_RANGE(NLA_U64, &slow_range),
	[SYSPERF_A_SLOW_IO_NS] = NLA_POLICY_FULL_RANGE(NLA_U64, &slow_range),
	[SYSPERF_A_EVENT_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &rate_range),
	[SYSPERF_A_EXIT_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &rate_range),
};

#define POLICY(p) .policy = (p), .maxattr = ARRAY_SIZE(p) - 1

static const struct genl_ops ops[] = {
	{
		.cmd = SYSPERF_CMD_GET_INFO,
		.doit = get_info,
		POLICY(none_policy),
	},
	{
		.cmd = SYSPERF_CMD_GET_TASK,
		.doit = get_task,
		.start = dump_start,
		.dumpit = dump_tasks,
		POLICY(task_policy),
	},
	{
		.cmd = SYSPERF_CMD_SET,
		.doit = set,
		POLICY(set_policy),
	},
};

/* To be joined with CAP_SYS_ADMIN only; late 5.10 has its own way to say so. */
#ifdef GENL_MCAST_CAP_SYS_ADMIN
#define CLOSED .flags = GENL_MCAST_CAP_SYS_ADMIN
#else
#define CLOSED .cap_sys_admin = 1
#endif

static const struct genl_multicast_group groups[] = {
	[SYSPERF_GENL_EXIT] = {.name = SYSPERF_GENL_GROUP_EXIT, CLOSED},
	[SYSPERF_GENL_SLOW] = {.name = SYSPERF_GENL_GROUP_SLOW, CLOSED},
};

/* What each group's messages are */
static const struct {
	u8 cmd;
	int attr;
	size_t size;
} events[] = {
	[SYSPERF_GENL_EXIT] = {SYSPERF_CMD_EXIT, SYSPERF_A_TASK,
			       sizeof(struct sysperf_task)},
	[SYSPERF_GENL_SLOW] = {SYSPERF_CMD_SLOW, SYSPERF_A_SLOW,
			       sizeof(struct sysperf_slow)},
};

/* netnsok is not set: commands can be given in the initial namespace alone. */
static struct genl_family family = {
	.name = SYSPERF_GENL_NAME,
	.version = SYSPERF_GENL_VERSION,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

bool sysperf_genl_listened(enum sysperf_genl_group group)
{
	return genl_has_listeners(&family, &init_net, group);
}

/*
 * The kernel asks who joins a group of a family, but numbers are free to join
 * while they are no family's, and who is in stays in when they become ours. So
 * that is asked anew, of who opened the socket.
 */
static int may_not_hear(struct sock *sk, struct sk_buff *msg, void *data)
{
	/* Who closes his socket leaves the groups first: netlink_release(). */
	struct file *file = sk->sk_socket->file;

	return !file || !file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN);
}

int sysperf_genl_send(enum sysperf_genl_group group, const void *event)
{
	size_t size = events[group].size;
	struct sk_buff *msg;
	void *head;
	u32 id;

	msg = genlmsg_new(nla_total_size_64bit(size), GFP_KERNEL);
	if (!msg)
		return -ENOMEM;
	head = genlmsg_put(msg, 0, 0, &family, 0, events[group].cmd);
	if (!head || nla_put_64bit(msg, events[group].attr, size, event,
				   SYSPERF_A_PAD)) {
		nlmsg_free(msg);
		return -ENOMEM;
	}
	genlmsg_end(msg, head);
	id = family.mcgrp_offset + group;
	NETLINK_CB(msg).dst_group = id;
	/*
	 * Its result is no use: members in other network namespaces, which get
	 * nothing, make it the same as no room in the only one here.
	 */
	netlink_broadcast_filtered(init_net.genl_sock, msg, 0, id, GFP_KERNEL,
				   may_not_hear, NULL);
	return 0;
}

/*
 * Where who may not hear cannot be left out, nobody may be in our groups when
 * events begin: as a family goes so do the members of its groups, and it comes
 * again. Whoever is faster than that each time has no events, but nor has
 * anybody else. What is missed is a join that was permitted before there was
 * the family, and takes effect after this has looked.
 */
int sysperf_genl_init(void)
{
	int tries = 10, ret;

	while (!(ret = genl_register_family(&family))) {
		if (SYSPERF_NETLINK_FILTERS ||
		    !(sysperf_genl_listened(SYSPERF_GENL_EXIT) ||
		      sysperf_genl_listened(SYSPERF_GENL_SLOW))) {
			sysperf_events_open();
			break;
		}
		if (!--tries) {
			pr_warn("sysperf: no events: somebody keeps joining their groups while they are nobody's\n");
			break;
		}
		genl_unregister_family(&family);
	}
	return ret;
}

void sysperf_genl_exit(void)
{
	sysperf_events_close();
	genl_unregister_family(&family);
}
