// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interfaces and their queues by rtnetlink (netlink.h). Dumps are asked for
 * with libnl's sockets and parsed here: its caches would build an object an
 * interface, ten times the work for the few attributes wanted.
 */
#include "netlink.h"

#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "text.h"

/* The kernel fills messages of a dump up to this size if it may. */
#define RECV_SIZE 32768
/* How often a dump that the kernel calls inconsistent is asked for again. */
#define DUMP_TRIES 3

/* What the callbacks work on. */
struct dump {
	struct sp_snapshot *snap;
	int err;
	size_t nr_physical;
	size_t hint; /* row after the one found last */
};

static int route_open(struct sp_netlink *nl)
{
	struct nl_sock *sk;
	int ret;

	if (nl->route)
		return 0;
	sk = nl_socket_alloc();
	if (!sk)
		return -ENOMEM;
	ret = nl_connect(sk, NETLINK_ROUTE);
	if (ret < 0) {
		nl_socket_free(sk);
		return ret == -NLE_NOMEM ? -ENOMEM : -EPROTONOSUPPORT;
	}
	nl_socket_disable_msg_peek(sk);
	nl_socket_set_msg_buf_size(sk, RECV_SIZE);
	nl->route = sk;
	return 0;
}

void sp_netlink_close(struct sp_netlink *nl)
{
	if (nl->route)
		nl_socket_free(nl->route);
	nl->route = NULL;
}

/*
 * Ask for a dump and have cb called for each message of it. On any failure
 * the socket goes, and with it what may still be queued there.
 */
static int dump(struct sp_netlink *nl, int type, void *req, size_t size,
		nl_recvmsg_msg_cb_t cb, struct dump *d)
{
	int ret = route_open(nl);

	if (ret)
		return ret;
	nl_socket_modify_cb(nl->route, NL_CB_VALID, NL_CB_CUSTOM, cb, d);
	ret = nl_send_simple(nl->route, type, NLM_F_DUMP, req, size);
	if (ret >= 0)
		ret = nl_recvmsgs_default(nl->route);
	if (ret >= 0 && !d->err)
		return 0;
	sp_netlink_close(nl);
	if (d->err)
		return d->err;
	return ret == -NLE_DUMP_INTR ? -EINTR : -EIO;
}

static void link_stats(const struct nlattr *attr, struct sp_raw_net *net)
{
	struct rtnl_link_stats64 st = {0};
	size_t len = (size_t)nla_len(attr);

	/* Newer kernels append members, older ones lack the last. */
	memcpy(&st, nla_data(attr), len < sizeof(st) ? len : sizeof(st));
	net->rx_bytes = st.rx_bytes;
	net->rx_packets = st.rx_packets;
	net->rx_errors = st.rx_errors;
	net->rx_drops = st.rx_dropped + st.rx_missed_errors;
	net->tx_bytes = st.tx_bytes;
	net->tx_packets = st.tx_packets;
	net->tx_errors = st.tx_errors;
	net->tx_drops = st.tx_dropped;
}

static bool is_virtual(struct nlattr *linkinfo)
{
	return linkinfo &&
	       nla_find(nla_data(linkinfo), nla_len(linkinfo), IFLA_INFO_KIND);
}

static int on_link(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[IFLA_MAX + 1];
	const struct ifinfomsg *ifi;
	struct dump *d = arg;
	struct sp_raw_net *net;

	if (nlmsg_hdr(msg)->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(nlmsg_hdr(msg), sizeof(*ifi), tb, IFLA_MAX, NULL) ||
	    !tb[IFLA_IFNAME])
		return NL_SKIP;
	net = sp_snapshot_add_net(d->snap);
	if (!net) {
		d->err = -ENOMEM;
		return NL_STOP;
	}
	ifi = nlmsg_data(nlmsg_hdr(msg));
	net->ifindex = (uint64_t)ifi->ifi_index;
	nla_strlcpy(net->name, tb[IFLA_IFNAME], sizeof(net->name));
	if (tb[IFLA_STATS64])
		link_stats(tb[IFLA_STATS64], net);
	net->physical = !(ifi->ifi_flags & IFF_LOOPBACK) &&
			!is_virtual(tb[IFLA_LINKINFO]);
	d->nr_physical += net->physical;
	return NL_OK;
}

/* Of a namespace without hardware, what leads out of it (netlink.h). */
static int on_link_of_container(struct nl_msg *msg, void *arg)
{
	const struct ifinfomsg *ifi;
	struct dump *d = arg;
	size_t i;

	if (nlmsg_hdr(msg)->nlmsg_type != RTM_NEWLINK ||
	    !nlmsg_find_attr(nlmsg_hdr(msg), sizeof(*ifi), IFLA_LINK_NETNSID))
		return NL_SKIP;
	ifi = nlmsg_data(nlmsg_hdr(msg));
	for (i = 0; i < d->snap->nr_nets; i++)
		if (d->snap->nets[i].ifindex == (uint64_t)ifi->ifi_index)
			d->snap->nets[i].physical = true;
	return NL_OK;
}

static int dump_links(struct sp_netlink *nl, nl_recvmsg_msg_cb_t cb,
		      struct dump *d)
{
	struct ifinfomsg req = {.ifi_family = AF_UNSPEC};

	return dump(nl, RTM_GETLINK, &req, sizeof(req), cb, d);
}

int sp_netlink_links(struct sp_netlink *nl, struct sp_snapshot *snap)
{
	const size_t before = snap->nr_nets;
	struct dump d;
	int tries = 0, ret;

	do {
		snap->nr_nets = before;
		d = (struct dump){.snap = snap};
		ret = dump_links(nl, on_link, &d);
	} while (ret == -EINTR && ++tries < DUMP_TRIES);
	if (!ret && !d.nr_physical)
		ret = dump_links(nl, on_link_of_container, &d);
	if (ret)
		snap->nr_nets = before;
	return ret;
}

static struct sp_raw_net *find_net(struct dump *d, uint64_t ifindex)
{
	size_t i, nr = d->snap->nr_nets;

	/* Both dumps come in the same order: look after the last one. */
	for (i = 0; i < nr; i++) {
		size_t row = (d->hint + i) % nr;

		if (d->snap->nets[row].ifindex == ifindex) {
			d->hint = row + 1;
			return &d->snap->nets[row];
		}
	}
	return NULL;
}

static uint64_t bits_of_attr(const struct nlattr *bytes_per_s)
{
	uint64_t v;

	if (!bytes_per_s || nla_len(bytes_per_s) != sizeof(v))
		return SP_ABSENT;
	memcpy(&v, nla_data(bytes_per_s), sizeof(v));
	return v > SP_ABSENT / 8 ? SP_ABSENT : v * 8;
}

/* Those of which the options of the qdisc itself tell the rate. */
static void shaper(struct sp_raw_net *net, const struct nlattr *kind,
		   struct nlattr *options)
{
	struct tc_tbf_qopt tbf;
	struct nlattr *attr;

	if (!kind)
		return;
	net->delays = !nla_strcmp(kind, "netem");
	if (!options)
		return;
	if (!nla_strcmp(kind, "cake")) {
		attr = nla_find(nla_data(options), nla_len(options),
				TCA_CAKE_BASE_RATE64);
		net->shaper_bits_per_s = bits_of_attr(attr);
		if (!net->shaper_bits_per_s) /* unlimited */
			net->shaper_bits_per_s = SP_ABSENT;
	}
	if (nla_strcmp(kind, "tbf") != 0)
		return;
	attr = nla_find(nla_data(options), nla_len(options), TCA_TBF_RATE64);
	net->shaper_bits_per_s = bits_of_attr(attr);
	attr = nla_find(nla_data(options), nla_len(options), TCA_TBF_PARMS);
	if (net->shaper_bits_per_s != SP_ABSENT || !attr ||
	    (size_t)nla_len(attr) < sizeof(tbf))
		return;
	memcpy(&tbf, nla_data(attr), sizeof(tbf));
	net->shaper_bits_per_s = 8 * (uint64_t)tbf.rate.rate;
}

static int on_qdisc(struct nl_msg *msg, void *arg)
{
	struct gnet_stats_queue queue = {0};
	struct nlattr *tb[TCA_MAX + 1], *attr = NULL;
	const struct tcmsg *tcm;
	struct dump *d = arg;
	struct sp_raw_net *net;
	size_t len;

	if (nlmsg_hdr(msg)->nlmsg_type != RTM_NEWQDISC ||
	    nlmsg_parse(nlmsg_hdr(msg), sizeof(*tcm), tb, TCA_MAX, NULL))
		return NL_SKIP;
	tcm = nlmsg_data(nlmsg_hdr(msg));
	if (tcm->tcm_parent != TC_H_ROOT)
		return NL_SKIP;
	net = find_net(d, (uint64_t)tcm->tcm_ifindex);
	if (tb[TCA_STATS2])
		attr = nla_find(nla_data(tb[TCA_STATS2]),
				nla_len(tb[TCA_STATS2]), TCA_STATS_QUEUE);
	if (!net || !attr)
		return NL_SKIP;
	len = (size_t)nla_len(attr);
	memcpy(&queue, nla_data(attr),
	       len < sizeof(queue) ? len : sizeof(queue));
	net->backlog_bytes = sp_u64_add(net->backlog_bytes, queue.backlog);
	net->overlimits = queue.overlimits;
	shaper(net, tb[TCA_KIND], tb[TCA_OPTIONS]);
	return NL_OK;
}

int sp_netlink_backlogs(struct sp_netlink *nl, struct sp_snapshot *snap)
{
	struct tcmsg req = {.tcm_family = AF_UNSPEC};
	struct dump d = {.snap = snap};
	size_t i;
	int ret;

	for (i = 0; i < snap->nr_nets; i++)
		snap->nets[i].backlog_bytes = 0;
	ret = dump(nl, RTM_GETQDISC, &req, sizeof(req), on_qdisc, &d);
	for (i = 0; ret && i < snap->nr_nets; i++)
		snap->nets[i].backlog_bytes = SP_ABSENT;
	return ret;
}
