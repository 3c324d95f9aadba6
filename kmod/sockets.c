// SPDX-License-Identifier: GPL-2.0-only
/*
 * The TCP connections that tasks use: how much of what the kernel counts for
 * each has been charged to a task, and which task was the last to use it.
 *
 * A connection has a slot from the moment it is established, or, if that was
 * before we came, from the first call on it, to the moment its socket is
 * destroyed. No call can be under way by then, since a call holds the file that
 * keeps the socket, so a slot is not taken from under one, nor taken again for
 * a socket that is no more.
 *
 * Locking: slots are read without a lock. They are taken under take_lock, so
 * that a socket has one at most; sk is published last. segs is moved on by
 * cmpxchg, so that of two threads each segment is charged to one. copied
 * belongs to whoever has the socket locked. last is a name, in one word, and
 * holds nothing: a connection may outlive its threads by days.
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>
#include <net/tcp.h>
#include <trace/events/sock.h>
#include <trace/events/tcp.h>

#include "current.h"
#include "probe.h"
#include "sockets.h"

static uint max_sockets = 32768;
module_param(max_sockets, uint, 0444);
MODULE_PARM_DESC(max_sockets,
		 "most TCP connections to follow (default 32768, 64 B each)");

/* How far from its hash a socket may lie: enough while half is free. */
#define REACH 32

struct slot {
	struct sock *sk; /* whose slot it is; NULL: free */
	u64 segs; /* charged so far, as segs_now() has them */
	u64 last; /* last_name() of who used it last; 0: nobody */
	u32 copied; /* as copied_now() has it */
};

static struct slot *slots; /* twice max_sockets, a power of two */
static unsigned int nr_slots;
static DEFINE_RAW_SPINLOCK(take_lock);
static atomic64_t lost;

/* Segments with payload, sent and received: two counters of 32 bits. */
static u64 segs_now(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return (u64)READ_ONCE(tp->data_segs_out) << 32 |
	       READ_ONCE(tp->data_segs_in);
}

/* How far the stream has been read; its end counts as a byte there. */
static u32 copied_now(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return tp->copied_seq -
	       (sock_flag(sk, SOCK_DONE) && tp->copied_seq == tp->rcv_nxt);
}

/* Numbers of tasks come again, those of entries not for 2^32 forks. */
static u64 last_name(const struct sysperf_entry *e)
{
	return (u64)task_pid_nr(e->task) << 32 | (u32)e->number;
}

/* Who has that name, under RCU; NULL if it has ended. */
static struct sysperf_entry *last_find(u64 name)
{
	const struct task_struct *p = sysperf_task_numbered(name >> 32);
	struct sysperf_entry *e = p ? sysperf_tasks_find(p) : NULL;

	return e && last_name(e) == name ? e : NULL;
}

/* One multiplication leaves what lies in steps, as sockets do, in clumps. */
static struct slot *slot_at(const struct sock *sk, unsigned int i)
{
	u64 h = (u64)(unsigned long)sk * GOLDEN_RATIO_64;

	h = hash_64(h ^ h >> 32, ilog2(nr_slots));
	return &slots[(h + i) & (nr_slots - 1)];
}

static struct slot *slot_find(const struct sock *sk)
{
	unsigned int i;

	for (i = 0; i < REACH; i++) {
		struct slot *s = slot_at(sk, i);

		/* what slot_take() wrote before it, too */
		if (smp_load_acquire(&s->sk) == sk)
			return s;
	}
	return NULL;
}

/* A slot in which @segs and @copied are what has been charged so far. */
static struct slot *slot_take(struct sock *sk, u64 segs, u32 copied)
{
	struct slot *s, *found = NULL;
	unsigned long flags;
	unsigned int i;

	raw_spin_lock_irqsave(&take_lock, flags);
	for (i = 0; i < REACH; i++) {
		s = slot_at(sk, i);
		if (s->sk == sk) {
			found = s;
			goto out;
		}
		/* after all that probe_destroy() did with it */
		if (!found && !smp_load_acquire(&s->sk))
			found = s;
	}
	if (found) {
		found->segs = segs;
		found->copied = copied;
		found->last = 0;
		/* last: slot_find() reads without the lock */
		smp_store_release(&found->sk, sk);
	}
out:
	raw_spin_unlock_irqrestore(&take_lock, flags);
	return found;
}

/* The slot of a connection that may be older than the table. */
static struct slot *slot_get(struct sock *sk)
{
	struct slot *s = slot_find(sk);

	if (likely(s))
		return s;
	if ((1 << READ_ONCE(sk->sk_state)) & (TCPF_LISTEN | TCPF_CLOSE))
		return NULL;
	return slot_take(sk, segs_now(sk), copied_now(sk));
}

static u32 grown(u32 now, u32 then)
{
	/* Disconnected and connected anew: they started from 0. */
	return (s32)(now - then) < 0 ? now : now - then;
}

static void charge(struct slot *s, const struct sock *sk,
		   struct sysperf_entry *e)
{
	struct sysperf_entry_net *n = &e->net[SYSPERF_TCP];
	u64 then, now;

	do {
		/* In this order what is later read is not the older. */
		then = smp_load_acquire(&s->segs);
		now = segs_now(sk);
		if (then == now)
			return;
	} while (cmpxchg(&s->segs, then, now) != then);
	atomic64_add(grown(now >> 32, then >> 32), &n->tx_packets);
	atomic64_add(grown(now, then), &n->rx_packets);
}

void sysperf_sockets_call(struct sock *sk, struct sysperf_entry *e)
{
	struct slot *s = slot_get(sk);
	u64 name = last_name(e);

	if (unlikely(!s)) {
		if (READ_ONCE(sk->sk_state) != TCP_CLOSE)
			atomic64_inc(&lost);
		return;
	}
	charge(s, sk, e);
	if (READ_ONCE(s->last) != name)
		WRITE_ONCE(s->last, name);
}

u32 sysperf_sockets_copied(struct sock *sk)
{
	struct slot *s = slot_get(sk);
	u32 then, now = copied_now(sk);

	if (unlikely(!s)) {
		atomic64_inc(&lost);
		return 0;
	}
	then = s->copied;
	s->copied = now;
	return (s32)(now - then) > 0 ? now - then : 0;
}

/*
 * Charge what came after the last call to who made it, who may sleep by now
 * and whose record must be seen to change. If it has ended its final record
 * has, too: that goes to the next to call, if there is one.
 */
static void charge_last(struct slot *s, const struct sock *sk)
{
	struct sysperf_entry *e;

	rcu_read_lock();
	e = last_find(READ_ONCE(s->last));
	if (e) {
		charge(s, sk, e);
		WRITE_ONCE(e->io_changed, ktime_get_ns());
	}
	rcu_read_unlock();
}

/* The socket is locked, but calls on it may be returning. */
static void probe_state(void *data, const struct sock *sk, const int oldstate,
			const int newstate)
{
	struct slot *s;

	if (sk->sk_protocol != IPPROTO_TCP)
		return;
	if (newstate == TCP_ESTABLISHED) {
		s = slot_take((struct sock *)sk, 0, 0);
		if (s) /* had it been connected before, too */
			s->copied = copied_now(sk);
		return;
	}
	s = slot_find(sk);
	if (s)
		charge_last(s, sk);
}

static void probe_destroy(void *data, struct sock *sk)
{
	struct slot *s = slot_find(sk);

	if (!s)
		return;
	charge_last(s, sk);
	/* Only now may slot_take() give it to another socket. */
	smp_store_release(&s->sk, NULL);
}

/* Attached in this order and detached in the reverse. */
static struct sysperf_probe probes[] = {
	{"tcp_destroy_sock", probe_destroy},
	{"inet_sock_set_state", probe_state},
};

int sysperf_sockets_attach(void)
{
	int ret;

	check_trace_callback_type_tcp_destroy_sock(probe_destroy);
	check_trace_callback_type_inet_sock_set_state(probe_state);
	max_sockets = roundup_pow_of_two(clamp(max_sockets, 64U, 1U << 22));
	nr_slots = 2 * max_sockets;
	slots = vzalloc(array_size(nr_slots, sizeof(*slots)));
	if (!slots)
		return -ENOMEM;
	ret = sysperf_probes_attach(probes, ARRAY_SIZE(probes));
	if (ret)
		vfree(slots);
	return ret;
}

void sysperf_sockets_detach(void)
{
	sysperf_probes_detach(probes, ARRAY_SIZE(probes));
	vfree(slots);
}

u64 sysperf_sockets_lost(void)
{
	return atomic64_read(&lost);
}
