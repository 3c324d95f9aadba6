// SPDX-License-Identifier: GPL-2.0-only
/*
 * Traffic by task: what TCP and UDP sent and received, charged to the task that
 * called, at the socket layer, where every way in comes together: send, write,
 * sendmmsg, sendfile, splice, io_uring.
 *
 * Where there are sock_send_length and sock_recv_length (6.3 on), they tell the
 * result of every call but splice() from a TCP socket. Before, sending is seen
 * by kretprobes, whose instances are bounded: calls beyond them are counted as
 * lost. Receiving must do without, since thousands of threads may wait in it
 * for ever: TCP by tcp_rcv_space_adjust, which fires when some has been copied
 * to the reader, by how far the stream has been read since the last time; UDP
 * by a kprobe where a datagram is consumed. Either way bytes that are peeked
 * at do not count.
 *
 * Locking: what is counted is counted by the task itself in its own entry, with
 * atomics since a closing connection adds to them. sockets.c has its own. The
 * handlers neither sleep nor allocate, nor do they take missed_lock.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/socket.h>
#include <linux/tracepoint.h>
#include <net/sock.h>
#include <trace/events/sock.h>
#include <trace/events/tcp.h>

#include "current.h"
#include "net.h"
#include "probe.h"
#include "sockets.h"

static bool net = true;
module_param(net, bool, 0444);
MODULE_PARM_DESC(net, "account network traffic by task (default on)");

static uint max_calls = 1024;
module_param(max_calls, uint, 0444);
MODULE_PARM_DESC(
	max_calls,
	"most sends (before 6.3) and splices under way at once (default 1024)");

static bool attached;
static u64 missed; /* by kprobes that are detached by now */
static DEFINE_SPINLOCK(missed_lock); /* as what they missed moves to there */

/*
 * Return: enum sysperf_proto, or -1 for what is not counted. A raw socket can
 * have the protocol's number, too, but is smaller than a tcp_sock.
 */
static int proto_of(const struct sock *sk)
{
	if (sk->sk_family != AF_INET && sk->sk_family != AF_INET6)
		return -1;
	switch (sk->sk_protocol) {
	case IPPROTO_TCP:
		return sk->sk_type == SOCK_STREAM ? SYSPERF_TCP : -1;
	case IPPROTO_UDP:
		return sk->sk_type == SOCK_DGRAM ? SYSPERF_UDP : -1;
	default:
		return -1;
	}
}

/* Where the current task's traffic counts; NULL if it does not. */
static struct sysperf_entry_net *counters(struct sock *sk)
{
	int proto = proto_of(sk);
	struct sysperf_entry *e;

	if (proto < 0)
		return NULL;
	e = sysperf_current_entry();
	if (!e)
		return NULL;
	if (proto == SYSPERF_TCP)
		sysperf_sockets_call(sk, e);
	return &e->net[proto];
}

static void count_sent(struct sock *sk, int ret)
{
	struct sysperf_entry_net *n = counters(sk);

	if (!n || ret < 0)
		return;
	atomic64_add(ret, &n->tx_bytes);
	if (sk->sk_protocol == IPPROTO_UDP)
		atomic64_inc(&n->tx_packets);
}

static void count_received(struct sock *sk, int ret)
{
	struct sysperf_entry_net *n = counters(sk);

	if (!n || ret < 0)
		return;
	atomic64_add(ret, &n->rx_bytes);
	if (sk->sk_protocol == IPPROTO_UDP)
		atomic64_inc(&n->rx_packets);
}

/*
 * Kretprobes of functions whose first argument is the socket and whose result
 * is a number of bytes.
 */
struct call {
	struct sock *sk;
};

static int enter(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct socket *sock = (void *)regs_get_kernel_argument(regs, 0);
	struct call *call = (struct call *)ri->data;

	call->sk = sock->sk;
	return proto_of(call->sk) < 0; /* then its return is not seen */
}

#ifdef SYSPERF_SOCK_LENGTH

static void probe_sent(void *data, struct sock *sk, int ret, int flags)
{
	count_sent(sk, ret);
}

static void probe_received(void *data, struct sock *sk, int ret, int flags)
{
	if (!(flags & (MSG_PEEK | MSG_ERRQUEUE)))
		count_received(sk, ret);
}

static int leave_splice(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = (struct call *)ri->data;

	count_received(call->sk, regs_return_value(regs));
	return 0;
}

static struct sysperf_probe probes[] = {
	{"sock_send_length", probe_sent},
	{"sock_recv_length", probe_received},
};

static struct kretprobe returns[] = {
	{.kp.symbol_name = "tcp_splice_read", .handler = leave_splice},
};

static void check_probes(void)
{
	check_trace_callback_type_sock_send_length(probe_sent);
	check_trace_callback_type_sock_recv_length(probe_received);
}

#else /* !SYSPERF_SOCK_LENGTH */

static int leave_send(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct call *call = (struct call *)ri->data;

	count_sent(call->sk, regs_return_value(regs));
	return 0;
}

/* What cannot send pages does so through sendmsg, which is seen itself. */
static int enter_page(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct socket *sock = (void *)regs_get_kernel_argument(regs, 0);

	if (!READ_ONCE(sock->sk->sk_prot)->sendpage)
		return 1;
	return enter(ri, regs);
}

static void probe_copied(void *data, struct sock *sk)
{
	u32 bytes = sysperf_sockets_copied(sk);

	if (bytes)
		count_received(sk, bytes);
}

/*
 * skb_consume_udp(sk, skb, len): len is negative of what is peeked at. Its
 * return is not seen, so that no instance is ever kept.
 */
static int enter_consume(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	count_received((void *)regs_get_kernel_argument(regs, 0),
		       regs_get_kernel_argument(regs, 2));
	return 1;
}

static struct sysperf_probe probes[] = {
	{"tcp_rcv_space_adjust", probe_copied},
};

static struct kretprobe returns[] = {
	{.kp.symbol_name = "inet_sendmsg", .handler = leave_send},
	{.kp.symbol_name = "inet6_sendmsg", .handler = leave_send},
	{.kp.symbol_name = "inet_sendpage",
	 .handler = leave_send,
	 .entry_handler = enter_page},
	{.kp.symbol_name = "skb_consume_udp", .entry_handler = enter_consume},
};

static void check_probes(void)
{
	check_trace_callback_type_tcp_rcv_space_adjust(probe_copied);
}

#endif /* SYSPERF_SOCK_LENGTH */

/* A kretprobe cannot be registered twice as it is. */
static int return_attach(struct kretprobe *rp)
{
	*rp = (struct kretprobe){
		.kp.symbol_name = rp->kp.symbol_name,
		.handler = rp->handler,
		.entry_handler = rp->entry_handler ?: enter,
		.maxactive = max_calls,
		.data_size = sizeof(struct call),
	};
	return register_kretprobe(rp);
}

static u64 return_missed(const struct kretprobe *rp)
{
	return (u64)READ_ONCE(rp->nmissed) + READ_ONCE(rp->kp.nmissed);
}

static void returns_detach(size_t nr)
{
	struct kretprobe *rps[ARRAY_SIZE(returns)];
	size_t i;

	for (i = 0; i < nr; i++)
		rps[i] = &returns[i];
	unregister_kretprobes(rps, nr);
	spin_lock(&missed_lock);
	for (i = 0; i < nr; i++) {
		missed += return_missed(rps[i]);
		rps[i]->nmissed = 0;
		rps[i]->kp.nmissed = 0;
	}
	spin_unlock(&missed_lock);
}

static int returns_attach(void)
{
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(returns); i++) {
		ret = return_attach(&returns[i]);
		if (ret) {
			pr_info("sysperf: kretprobe of %s: error %d\n",
				returns[i].kp.symbol_name, ret);
			returns_detach(i);
			return ret;
		}
	}
	return 0;
}

static int attach(void)
{
	int ret = sysperf_sockets_attach();

	if (ret)
		return ret;
	ret = sysperf_probes_attach(probes, ARRAY_SIZE(probes));
	if (ret)
		goto sockets;
	ret = returns_attach();
	if (ret)
		goto probes;
	return 0;

probes:
	sysperf_probes_detach(probes, ARRAY_SIZE(probes));
sockets:
	sysperf_sockets_detach();
	return ret;
}

int sysperf_net_set(bool on)
{
	int ret;

	if (on == attached)
		return 0;
	if (on) {
		ret = attach();
		if (ret)
			return ret == -ENOMEM ? ret : -EOPNOTSUPP;
	} else {
		returns_detach(ARRAY_SIZE(returns));
		sysperf_probes_detach(probes, ARRAY_SIZE(probes));
		sysperf_sockets_detach();
	}
	attached = on;
	return 0;
}

bool sysperf_net_enabled(void)
{
	return attached;
}

void sysperf_net_info(u64 *calls, u64 *sockets)
{
	size_t i;

	spin_lock(&missed_lock);
	*calls = missed;
	for (i = 0; i < ARRAY_SIZE(returns); i++)
		*calls += return_missed(&returns[i]);
	spin_unlock(&missed_lock);
	*sockets = sysperf_sockets_lost();
}

int sysperf_net_init(void)
{
	int ret;

	check_probes();
	max_calls = clamp(max_calls, 64U, 1U << 16);
	ret = net ? sysperf_net_set(true) : 0;
	/* What is missing has been said; the rest works without. */
	return ret == -EOPNOTSUPP ? 0 : ret;
}

void sysperf_net_exit(void)
{
	sysperf_net_set(false);
}
