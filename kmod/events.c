// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events for who listens to them by netlink: the end of a task, and waits that
 * took longer than a threshold.
 *
 * The ends of tasks are in the ring of their final records already (tasks.c);
 * a work item follows it with a cursor as readers of the device do. Slow events
 * arise in places that can do next to nothing, above all under a run-queue
 * lock: they are left in a small ring of their own, from which an irq_work and
 * then a work item send them. While nobody listens nothing is left anywhere.
 *
 * Locking: slow_lock guards the ring of slow events and their rate; it is raw,
 * a leaf, and held for a copy, since it is taken under run-queue locks.
 * exit_lock guards the beginning and end of following the ring of ended tasks,
 * and that ring's lock nests in it; while it is followed the cursor is the
 * work's own, and the rate of these events always is. Work items, which do not
 * run beside themselves, send without any lock.
 */
#include <linux/irq_work.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "events.h"
#include "genl.h"
#include "tasks.h"

#define EVENT_RATE 100 /* to begin with */
#define EXIT_RATE 10000 /* likewise; at some 1500 instructions each */

struct sysperf_slow_over sysperf_slow_over __read_mostly = {U64_MAX, U64_MAX};

static bool open __read_mostly; /* the netlink family is there */
static u32 event_rate = EVENT_RATE, exit_rate = EXIT_RATE;
static atomic64_t lost_events;

#define SLOW_RING 256 /* a power of two */
static DEFINE_RAW_SPINLOCK(slow_lock);
static struct sysperf_slow slow_ring[SLOW_RING];
static unsigned int slow_head, slow_tail; /* added and taken so far */

/* How many events there were in this second. */
struct rate {
	u64 second; /* when it began */
	u32 count;
};

static struct rate slow_told, exit_told;

static DEFINE_RAW_SPINLOCK(exit_lock);
static bool exit_on; /* the ring of ended tasks is followed */
static u64 exit_cursor; /* in it */

static bool listened(enum sysperf_genl_group group)
{
	return READ_ONCE(open) && sysperf_genl_listened(group);
}

static void send(enum sysperf_genl_group group, const void *event)
{
	if (sysperf_genl_send(group, event))
		atomic64_inc(&lost_events);
}

static bool slow_take(struct sysperf_slow *s)
{
	unsigned long flags;
	bool any;

	raw_spin_lock_irqsave(&slow_lock, flags);
	any = slow_tail != slow_head;
	if (any)
		*s = slow_ring[slow_tail++ % SLOW_RING];
	raw_spin_unlock_irqrestore(&slow_lock, flags);
	return any;
}

static void slow_send(struct work_struct *work)
{
	struct sysperf_slow s;

	while (slow_take(&s))
		if (listened(SYSPERF_GENL_SLOW))
			send(SYSPERF_GENL_SLOW, &s);
}

static DECLARE_WORK(slow_work, slow_send);

static void slow_kick(struct irq_work *work)
{
	schedule_work(&slow_work);
}

static DEFINE_IRQ_WORK(slow_irq_work, slow_kick);

/* Is there still room for an event in this second? */
static bool rate_allows(struct rate *r, u32 most, u64 now)
{
	/* Of two CPUs the later to come may have looked at the clock before. */
	if ((s64)(now - r->second) >= NSEC_PER_SEC) {
		r->second = now;
		r->count = 0;
	}
	if (r->count >= most)
		return false;
	r->count++;
	return true;
}

static void slow_add(struct sysperf_slow *s, const struct sysperf_entry *e)
{
	unsigned long flags;
	bool added;

	s->mono_ns = ktime_get_mono_fast_ns();
	if (e) {
		s->tid = task_pid_nr(e->task);
		s->pid = task_tgid_nr(e->task);
		strscpy(s->comm, e->task->comm, sizeof(s->comm));
	}
	raw_spin_lock_irqsave(&slow_lock, flags);
	added = slow_head - slow_tail < SLOW_RING &&
		rate_allows(&slow_told, READ_ONCE(event_rate), s->mono_ns);
	if (added)
		slow_ring[slow_head++ % SLOW_RING] = *s;
	raw_spin_unlock_irqrestore(&slow_lock, flags);
	if (added)
		irq_work_queue(&slow_irq_work);
	else
		atomic64_inc(&lost_events);
}

void sysperf_events_add_wait(const struct sysperf_entry *e, u32 cpu, u64 ns)
{
	struct sysperf_slow s = {
		.kind = SYSPERF_SLOW_WAIT,
		.cpu = cpu,
		.ns = ns,
	};

	if (listened(SYSPERF_GENL_SLOW))
		slow_add(&s, e);
}

void sysperf_events_add_io(const struct sysperf_entry *e,
			   const struct sysperf_disk *disk, u32 op, u32 bytes,
			   u64 ns)
{
	struct sysperf_slow s = {
		.kind = SYSPERF_SLOW_IO,
		.major = disk->major,
		.minor = disk->minor,
		.op = op,
		.bytes = bytes,
		.ns = ns,
	};

	if (listened(SYSPERF_GENL_SLOW))
		slow_add(&s, e);
}

/* Go on following the ring, or end that for want of listeners? */
static bool exit_goes_on(void)
{
	unsigned long flags;
	bool on;

	raw_spin_lock_irqsave(&exit_lock, flags);
	on = exit_on;
	if (on) {
		WRITE_ONCE(exit_on, false);
		/*
		 * Off first: a task that ends after somebody began to listen
		 * either finds it off, or that listener is seen here.
		 */
		smp_mb();
		on = listened(SYSPERF_GENL_EXIT);
		WRITE_ONCE(exit_on, on);
	}
	raw_spin_unlock_irqrestore(&exit_lock, flags);
	return on;
}

static void exit_tell(const struct sysperf_task *record)
{
	if (rate_allows(&exit_told, READ_ONCE(exit_rate),
			ktime_get_mono_fast_ns()))
		send(SYSPERF_GENL_EXIT, record);
	else
		atomic64_inc(&lost_events);
}

static void exit_send(struct work_struct *work)
{
	static struct sysperf_task record; /* too large for the stack */
	unsigned int n = 1;

	while (n && exit_goes_on()) {
		u64 lost = 0;

		n = sysperf_exited_fill(&exit_cursor, sysperf_exited_head(),
					&lost, &record, 1);
		atomic64_add(lost, &lost_events);
		if (n)
			exit_tell(&record);
		cond_resched();
	}
}

static DECLARE_WORK(exit_work, exit_send);

bool sysperf_events_want_exit(void)
{
	unsigned long flags;

	/* On, but not listened to: the work finds out. */
	if (READ_ONCE(exit_on))
		return true;
	if (!listened(SYSPERF_GENL_EXIT))
		return false;
	raw_spin_lock_irqsave(&exit_lock, flags);
	if (!exit_on) {
		exit_cursor = sysperf_exited_head();
		WRITE_ONCE(exit_on, true);
	}
	raw_spin_unlock_irqrestore(&exit_lock, flags);
	return true;
}

void sysperf_events_task_ended(void)
{
	schedule_work(&exit_work);
}

static u64 over(u64 threshold)
{
	return threshold ? threshold : U64_MAX;
}

void sysperf_events_set(const struct sysperf_event_settings *s)
{
	WRITE_ONCE(event_rate, s->event_rate);
	WRITE_ONCE(exit_rate, s->exit_rate);
	WRITE_ONCE(sysperf_slow_over.wait_ns, over(s->slow_wait_ns));
	WRITE_ONCE(sysperf_slow_over.io_ns, over(s->slow_io_ns));
}

static u64 threshold(u64 over)
{
	return over == U64_MAX ? 0 : over;
}

void sysperf_events_get(struct sysperf_event_settings *s)
{
	s->event_rate = event_rate;
	s->exit_rate = exit_rate;
	s->slow_wait_ns = threshold(sysperf_slow_over.wait_ns);
	s->slow_io_ns = threshold(sysperf_slow_over.io_ns);
}

u64 sysperf_events_lost(void)
{
	return atomic64_read(&lost_events);
}

static void flush(void)
{
	irq_work_sync(&slow_irq_work);
	cancel_work_sync(&slow_work);
	cancel_work_sync(&exit_work);
}

void sysperf_events_open(void)
{
	WRITE_ONCE(open, true);
}

void sysperf_events_close(void)
{
	WRITE_ONCE(open, false);
	flush();
}

/* What was under way while it was closed still queued its work. */
void sysperf_events_exit(void)
{
	flush();
}
