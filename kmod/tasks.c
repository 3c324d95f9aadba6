// SPDX-License-Identifier: GPL-2.0-only
/*
 * The per-task table: an entry for every thread alive, made when it is (or by
 * a scan) and gone at sched_process_free, and a ring of the final records of
 * those that ended.
 *
 * Locking: the table is read under RCU. table_lock serialises insertion and
 * removal; it is raw and taken with interrupts off, since the probes
 * may run with preemption disabled and the latter in softirq. Nothing
 * here runs under a run-queue lock but sysperf_tasks_find(). The ring has a
 * lock of its own, ring_lock, in which nothing nests.
 *
 * An entry holds a reference to its task, so that whoever finds the entry
 * under RCU may look at the task; both go after a grace period.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/clock.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <linux/vmalloc.h>
#include <trace/events/sched.h>
#include <trace/events/task.h>

#include "compat.h"
#include "events.h"
#include "memory.h"
#include "probe.h"
#include "record.h"
#include "stock.h"
#include "tasks.h"

static uint max_tasks = 65536;
module_param(max_tasks, uint, 0444);
MODULE_PARM_DESC(max_tasks,
		 "most threads to track (default 65536, about 1.2 KiB each)");

static uint exited = 1024;
module_param(exited, uint, 0444);
MODULE_PARM_DESC(
	exited,
	"final records of ended threads to keep (default 1024, a power of two)");

struct sysperf_task_table sysperf_tasks __read_mostly;

static struct kmem_cache *entry_cache;
static DEFINE_RAW_SPINLOCK(table_lock);
static u32 nr_tasks; /* under table_lock */
static unsigned long last_number; /* under table_lock */
static atomic64_t lost_tasks;
static atomic_t missed; /* since the last scan */

static DEFINE_RAW_SPINLOCK(ring_lock);
static struct sysperf_task *ring;
static u64 ring_head; /* records ever written; under ring_lock */

static void entry_free_rcu(struct rcu_head *rcu)
{
	struct sysperf_entry *e = container_of(rcu, struct sysperf_entry, rcu);

	put_task_struct(e->task);
	kmem_cache_free(entry_cache, e);
}

void sysperf_entry_free(struct sysperf_entry *e)
{
	call_rcu(&e->rcu, entry_free_rcu);
}

static struct sysperf_entry *entry_alloc(void)
{
	if (!sysperf_may_allocate())
		return sysperf_stock_take();
	return kmem_cache_zalloc(entry_cache, GFP_NOWAIT | __GFP_NOWARN);
}

static bool table_full(void)
{
	return READ_ONCE(nr_tasks) >= max_tasks;
}

/*
 * The caller is in an RCU read-side section in which the task cannot have
 * passed sched_process_free yet, so that the probe will see the entry.
 *
 * Return: false if there is no room, or no memory: that is the caller's to count.
 */
static bool task_add(struct task_struct *p)
{
	/* Forks are many, so none is made only to be thrown away. */
	struct sysperf_entry *e = table_full() ? NULL : entry_alloc();
	unsigned long flags;
	bool added, known;

	if (!e)
		goto lost;
	e->task = get_task_struct(p);
	seqcount_init(&e->seq);
	refcount_set(&e->ref, 1);
	e->ppid = task_tgid_nr(rcu_dereference(p->real_parent));
	e->run_delay = READ_ONCE(p->sched_info.run_delay);
	/*
	 * Neither running nor queued: it may stop being that before the entry
	 * is in the table, and would be thought so for as long as it sleeps.
	 * Both show in the task itself until it is first switched.
	 */
	e->state = sysperf_state_blocked(e, p, sysperf_task_state(p));
	e->since = local_clock();
	/* Better one wait too few than the sleep that it is in. */
	e->moved_asleep = sysperf_task_moved_asleep(p);

	raw_spin_lock_irqsave(&table_lock, flags);
	known = sysperf_tasks_find(p);
	added = !known && nr_tasks < max_tasks;
	if (added) {
		e->number = ++last_number;
		hlist_add_head_rcu(&e->node, sysperf_tasks_chain(p));
		nr_tasks++;
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (!added)
		sysperf_entry_put(e); /* later: freeing may sleep on -rt */
	if (added || known)
		return true;
lost:
	atomic_set(&missed, 1);
	return false;
}

static void ring_add(struct sysperf_entry *e)
{
	unsigned long flags;
	bool tell;

	if (!exited)
		return;
	tell = sysperf_events_want_exit();
	raw_spin_lock_irqsave(&ring_lock, flags);
	sysperf_record_task(&ring[ring_head++ & (exited - 1)], e,
			    SYSPERF_REC_EXITED);
	raw_spin_unlock_irqrestore(&ring_lock, flags);
	if (tell)
		sysperf_events_task_ended();
}

/*
 * At the end of copy_process(), which sched_process_fork is not: io_uring and
 * vhost make their workers with no kernel_clone() (kernel/fork.c, 5.12 on).
 */
static void probe_new(SYSPERF_NEWTASK_ARGS)
{
	if (!task_pid_nr(p)) /* an idle task, of a CPU that is brought up */
		return;
	rcu_read_lock();
	if (!task_add(p))
		atomic64_inc(&lost_tasks);
	rcu_read_unlock();
}

static void probe_free(void *data, struct task_struct *p)
{
	struct sysperf_entry *e;
	unsigned long flags;

	rcu_read_lock();
	raw_spin_lock_irqsave(&table_lock, flags);
	e = sysperf_tasks_find(p);
	if (e) {
		hlist_del_rcu(&e->node);
		nr_tasks--;
	}
	raw_spin_unlock_irqrestore(&table_lock, flags);
	if (e) {
		ring_add(e);
		sysperf_entry_put(e);
	}
	rcu_read_unlock();
}

static struct sysperf_probe probes[] = {
	{"sched_process_free", probe_free},
	{"task_newtask", probe_new},
};

/*
 * All tasks there are may be millions, and where the kernel is not preemptible
 * nothing else runs on this CPU meanwhile: every so many, let it.
 */
#define AT_A_TIME 1024

static void breathe(void)
{
	rcu_read_unlock();
	cond_resched();
	rcu_read_lock();
}

/* The same at a thread. Return: false if the walk cannot go on from there. */
static bool breathe_at(struct task_struct *g, struct task_struct *p)
{
	bool alive;

	get_task_struct(g);
	get_task_struct(p);
	breathe();
	/* When another thread execs it takes the leader's place in the list. */
	alive = pid_alive(g) && thread_group_leader(g) && pid_alive(p);
	put_task_struct(p);
	put_task_struct(g);
	return alive;
}

/* Return: false if it lost its place, and is to be begun again. */
static bool scan(bool until_full, bool breathes)
{
	struct task_struct *g, *p;
	unsigned int n = 0, lost = 0;
	bool all = true;

	rcu_read_lock();
	for_each_process_thread(g, p) {
		/* The rest stays missed, and has been counted as lost. */
		if (until_full && table_full()) {
			atomic_set(&missed, 1);
			goto out;
		}
		if (!sysperf_tasks_find(p) && !task_add(p))
			lost++;
		if (breathes && ++n % AT_A_TIME == 0 && !breathe_at(g, p)) {
			all = false;
			goto out;
		}
	}
out:
	rcu_read_unlock();
	/* What a later scan has no room for has been counted before. */
	if (all && !until_full)
		atomic64_add(lost, &lost_tasks);
	return all;
}

/* Where tasks end faster than they are passed, once without letting them. */
void sysperf_tasks_scan(void)
{
	unsigned int tries = 10;

	while (!scan(false, tries > 0))
		tries--;
}

void sysperf_tasks_rescan(void)
{
	if (table_full() || !atomic_xchg(&missed, 0))
		return;
	if (!scan(true, true))
		atomic_set(&missed, 1); /* for the next one */
}

static unsigned int buckets(void)
{
	return 1U << (64 - sysperf_tasks.shift);
}

static bool breathe_after(unsigned long bucket)
{
	return bucket % (AT_A_TIME / 4) == AT_A_TIME / 4 - 1;
}

/*
 * A clock of one CPU may be behind that of another, and an event is stamped a
 * little before it is seen; what is told once too often does no harm.
 */
#define CLOCK_MARGIN (4 * TICK_NSEC)

/* Might it have done anything but stay where it was? */
static bool entry_changed(const struct sysperf_entry *e,
			  const struct sysperf_task_walk *walk)
{
	return READ_ONCE(e->state) <= SYSPERF_RUNQ ||
	       READ_ONCE(e->since) + CLOCK_MARGIN > walk->now_ns ||
	       READ_ONCE(e->io_changed) + CLOCK_MARGIN > walk->mono_ns ||
	       sysperf_memory_stalled(e) || sysperf_task_queued(e->task);
}

/*
 * Write what fits of a chain, from walk->skip on.
 *
 * Return: true if that is all; else *seen says how many entries were passed.
 */
static bool chain_fill(const struct sysperf_task_walk *walk, bool all,
		       struct sysperf_task *out, unsigned int max,
		       unsigned int *nr, unsigned int *seen)
{
	struct sysperf_entry *e;
	unsigned int n = 0, i = 0;

	hlist_for_each_entry_rcu(e, &sysperf_tasks.heads[walk->bucket], node) {
		if (i++ < walk->skip || (!all && !entry_changed(e, walk)))
			continue;
		if (n == max) {
			*nr = n;
			*seen = i - 1;
			return false;
		}
		sysperf_record_task(&out[n++], e, SYSPERF_REC_TASK);
	}
	*nr = n;
	return true;
}

bool sysperf_tasks_fill(struct sysperf_task_walk *walk,
			struct sysperf_task *out, unsigned int max, bool fresh,
			unsigned int *nr)
{
	unsigned int n, seen;

	*nr = 0;
	rcu_read_lock();
	for (; walk->bucket < buckets(); walk->bucket++) {
		bool all =
			!walk->changes ||
			(walk->bucket - walk->turn) % SYSPERF_CHANGES_MAX == 0;

		if (!chain_fill(walk, all, out + *nr, max - *nr, &n, &seen)) {
			/* Next time whole, if it is not too long for that. */
			if (fresh && !*nr) {
				*nr = n;
				walk->skip = seen;
			}
			break;
		}
		*nr += n;
		walk->skip = 0;
		if (breathe_after(walk->bucket))
			breathe();
	}
	rcu_read_unlock();
	return walk->bucket == buckets();
}

/* New entries go to the head of a chain, so numbers fall along it. */
void sysperf_tasks_visit(struct sysperf_task_place *place,
			 bool (*visit)(struct sysperf_entry *e, void *arg),
			 void *arg)
{
	struct sysperf_entry *e;

	rcu_read_lock();
	for (; place->bucket < buckets(); place->bucket++, place->below = 0) {
		hlist_for_each_entry_rcu(e, &sysperf_tasks.heads[place->bucket],
					 node) {
			if (place->below && e->number >= place->below)
				continue;
			if (!visit(e, arg))
				goto out;
			place->below = e->number;
		}
		if (breathe_after(place->bucket))
			breathe();
	}
out:
	rcu_read_unlock();
}

bool sysperf_tasks_tell_exits(void)
{
	return exited;
}

u64 sysperf_exited_head(void)
{
	unsigned long flags;
	u64 head;

	raw_spin_lock_irqsave(&ring_lock, flags);
	head = ring_head;
	raw_spin_unlock_irqrestore(&ring_lock, flags);
	return head;
}

unsigned int sysperf_exited_fill(u64 *cursor, u64 end, u64 *lost,
				 struct sysperf_task *out, unsigned int max)
{
	unsigned long flags;
	unsigned int n;

	/* One record a lock, so that exiting tasks never wait long. */
	for (n = 0; n < max; n++) {
		raw_spin_lock_irqsave(&ring_lock, flags);
		if (ring_head - *cursor > exited) {
			*lost += ring_head - *cursor - exited;
			*cursor = ring_head - exited;
		}
		if (*cursor >= end) {
			raw_spin_unlock_irqrestore(&ring_lock, flags);
			break;
		}
		memcpy(&out[n], &ring[(*cursor)++ & (exited - 1)],
		       sizeof(*out));
		raw_spin_unlock_irqrestore(&ring_lock, flags);
	}
	return n;
}

void sysperf_tasks_info(u32 *nr, u32 *max, u64 *lost)
{
	*nr = READ_ONCE(nr_tasks);
	*max = max_tasks;
	*lost = atomic64_read(&lost_tasks);
}

int sysperf_tasks_init(void)
{
	int ret = -ENOMEM;

	check_trace_callback_type_sched_process_free(probe_free);
	check_trace_callback_type_task_newtask(probe_new);
	max_tasks = clamp(max_tasks, 64U, 4U << 20);
	exited = exited ? roundup_pow_of_two(min(exited, 1U << 16)) : 0;
	/*
	 * A snapshot walks all chains, so there are few: 4 tasks in each when
	 * the table is full.
	 */
	sysperf_tasks.shift = 64 - clamp(ilog2(max_tasks) - 2, 6, 18);
	sysperf_tasks.heads =
		kvcalloc(buckets(), sizeof(*sysperf_tasks.heads), GFP_KERNEL);
	if (!sysperf_tasks.heads)
		return ret;
	entry_cache =
		kmem_cache_create("sysperf_task", sizeof(struct sysperf_entry),
				  0, SLAB_HWCACHE_ALIGN, NULL);
	if (!entry_cache)
		goto free_heads;
	/* Whole records go to userspace: what is not filled must be zero. */
	ring = vzalloc(array_size(max(exited, 1U), sizeof(*ring)));
	if (!ring)
		goto free_cache;
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		sysperf_stock_init(entry_cache);
	ret = sysperf_probes_attach(probes, ARRAY_SIZE(probes));
	if (ret)
		goto free_stock;
	return 0;

free_stock:
	sysperf_stock_exit();
	vfree(ring);
free_cache:
	kmem_cache_destroy(entry_cache);
free_heads:
	kvfree(sysperf_tasks.heads);
	return ret;
}

void sysperf_tasks_exit(void)
{
	struct sysperf_entry *e;
	struct hlist_node *next;
	unsigned int i;

	sysperf_probes_detach(probes, ARRAY_SIZE(probes));
	for (i = 0; i < buckets(); i++) {
		hlist_for_each_entry_safe(e, next, &sysperf_tasks.heads[i],
					  node) sysperf_entry_put(e);
		cond_resched();
	}
	sysperf_stock_exit();
	rcu_barrier();
	vfree(ring);
	kmem_cache_destroy(entry_cache);
	kvfree(sysperf_tasks.heads);
}
