// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does, when it is loaded, what the kernels for tests must not let pass, once
 * each: a test of the tests. Lockdep stops at its first report, so which of two
 * that is can be chosen.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static bool work;
module_param(work, bool, 0444);
MODULE_PARM_DESC(work, "else it does nothing");

static bool raw;
module_param(raw, bool, 0444);
MODULE_PARM_DESC(raw, "a sleeping lock in a raw one, not locks in both orders");

static DEFINE_SPINLOCK(lock_a);
static DEFINE_SPINLOCK(lock_b);
static DEFINE_RAW_SPINLOCK(raw_lock);
static DEFINE_MUTEX(mutex);
static unsigned long raced;
static void *leaked;

static void use_after_free(void)
{
	volatile char *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return;
	kfree((void *)p);
	p[8] = 1;
}

static void lock_in_both_orders(void)
{
	spin_lock(&lock_a);
	spin_lock(&lock_b);
	spin_unlock(&lock_b);
	spin_unlock(&lock_a);
	spin_lock(&lock_b);
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
	spin_unlock(&lock_b);
}

static void sleep_in_atomic(void)
{
	preempt_disable();
	mutex_lock(&mutex);
	mutex_unlock(&mutex);
	preempt_enable();
}

static void sleeping_lock_in_raw(void)
{
	raw_spin_lock(&raw_lock);
	spin_lock(&lock_a);
	spin_unlock(&lock_a);
	raw_spin_unlock(&raw_lock);
}

static void leak(void)
{
	unsigned int i;

	/* Some stay in sight: addresses linger on stacks. */
	for (i = 0; i < 500; i++)
		leaked = kmalloc(333, GFP_KERNEL);
	leaked = NULL;
}

static int sysperf_faulty_race(void *arg)
{
	unsigned long i;

	for (i = 0; i < 2000000 && !kthread_should_stop(); i++) {
		raced++;
		if (!(i & 1023))
			cond_resched();
	}
	while (!kthread_should_stop())
		msleep(20);
	return 0;
}

static void race(void)
{
	struct task_struct *other;

	other = kthread_run(sysperf_faulty_race, NULL, "faulty");
	if (IS_ERR(other))
		return;
	while (READ_ONCE(raced) < 2000000 && !IS_ERR(other)) {
		raced++;
		if (!(raced & 1023))
			cond_resched();
	}
	kthread_stop(other);
}

static int __init faulty_init(void)
{
	if (!work)
		return 0;
	if (IS_ENABLED(CONFIG_KCSAN)) {
		race();
		return 0;
	}
	if (raw)
		sleeping_lock_in_raw();
	else
		lock_in_both_orders();
	use_after_free();
	sleep_in_atomic();
	leak();
	return 0;
}

static void __exit faulty_exit(void)
{
}

module_init(faulty_init);
module_exit(faulty_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What must be reported");
