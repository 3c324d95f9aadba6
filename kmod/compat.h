/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the kernels sysperf supports (5.10 on), so that the rest
 * of the module is written as for the newest one.
 */
#ifndef SYSPERF_COMPAT_H
#define SYSPERF_COMPAT_H

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/version.h>

/*
 * 5.14 renamed task_struct::state; 5.18 hands the state prev had to the
 * sched_switch tracepoint, because prev may be woken and change it meanwhile.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
#define sysperf_task_state(p) READ_ONCE((p)->__state)
#else
#define sysperf_task_state(p) ((unsigned int)READ_ONCE((p)->state))
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
#define SYSPERF_SWITCH_ARGS                                                    \
	void *data, bool preempt, struct task_struct *prev,                    \
		struct task_struct *next, unsigned int prev_state
#define SYSPERF_SWITCH_PREV_STATE(prev) prev_state
#else
#define SYSPERF_SWITCH_ARGS                                                    \
	void *data, bool preempt, struct task_struct *prev,                    \
		struct task_struct *next
#define SYSPERF_SWITCH_PREV_STATE(prev) sysperf_task_state(prev)
#endif

/*
 * The run-queue clock at a switch. Every scheduling class has just stamped the
 * task that comes (or, before the idle task, the one that goes) with
 * rq_clock_task(); kernel/sched/{fair,rt,deadline,stop_task,ext}.c, 5.10 to
 * 7.2. Unless time in interrupts or stolen is kept apart, that is rq_clock(),
 * to the nanosecond the clock of sched_info, and costs a load instead of the
 * 45 instructions of local_clock(), the one name of it that is exported on
 * every architecture (sched_clock_cpu() is not on arm64).
 */
static __always_inline u64 sysperf_switch_clock(const struct task_struct *prev,
						const struct task_struct *next)
{
#if defined(CONFIG_IRQ_TIME_ACCOUNTING) ||                                     \
	defined(CONFIG_PARAVIRT_TIME_ACCOUNTING)
	return local_clock();
#else
	/*
	 * The larger: the idle task is not stamped, nor is under proxy
	 * execution the task that runs for another.
	 */
	return max(prev->se.exec_start, next->se.exec_start);
#endif
}

/*
 * The clock of perf that an event's times are of. It runs with the scheduler's
 * for as long as its context has an event, at a distance that 5.17 keeps at
 * hand and 7.0 in a structure (kernel/events/core.c: perf_event_time_now()).
 */
static __always_inline u64 sysperf_event_clock(const struct perf_event *event,
					       u64 now)
{
	const struct perf_event_context *ctx = event->ctx;

#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
	return now + READ_ONCE(ctx->time.offset);
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
	return now + READ_ONCE(ctx->timeoffset);
#else
	return now + READ_ONCE(ctx->time) - READ_ONCE(ctx->timestamp);
#endif
}

/* 5.16 made block_rq_complete's error a blk_status_t. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 16, 0)
typedef blk_status_t sysperf_rq_error_t;
#define sysperf_rq_status(error) (error)
#else
typedef int sysperf_rq_error_t;
#define sysperf_rq_status(error) errno_to_blk_status(error)
#endif

/* 5.11, and 5.10.137, dropped the queue from the request tracepoints. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 10, 137)
#define SYSPERF_RQ_ARGS void *data, struct request *rq
#else
#define SYSPERF_RQ_ARGS void *data, struct request_queue *q, struct request *rq
#endif

/* 5.11 dropped queue and direction from this one. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 11, 0)
#define SYSPERF_GETRQ_ARGS void *data, struct bio *bio
#else
#define SYSPERF_GETRQ_ARGS                                                     \
	void *data, struct request_queue *q, struct bio *bio, int rw
#endif

/*
 * What tells a disk from the next that has its number, or its memory: 5.15
 * numbers them all. Before, its name and number, and where it is, serve.
 */
static __always_inline u64 sysperf_disk_life(const struct gendisk *gd)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 15, 0)
	return gd->diskseq;
#else
	u64 name;

	memcpy(&name, gd->disk_name, sizeof(name));
	return hash_64(name ^ disk_devt((struct gendisk *)gd), 64) ^
	       (unsigned long)gd >> 6;
#endif
}

/* 5.17 moved the disk from the request to its queue. */
static inline struct gendisk *sysperf_rq_disk(struct request *rq)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
	return rq->q->disk;
#else
	return rq->rq_disk;
#endif
}

/* 6.18 made the flags of clone() 64 bits wide everywhere. */
#ifdef SYSPERF_NEWTASK_U64
#define SYSPERF_NEWTASK_ARGS void *data, struct task_struct *p, u64 clone_flags
#else
#define SYSPERF_NEWTASK_ARGS                                                   \
	void *data, struct task_struct *p, unsigned long clone_flags
#endif

/* 7.x hands tcp_probe a constant skb, 6.17 tells tcp_retransmit_skb's error. */
#ifdef SYSPERF_TCP_PROBE_CONST
#define SYSPERF_TCP_PROBE_ARGS                                                 \
	void *data, struct sock *sk, const struct sk_buff *skb
#else
#define SYSPERF_TCP_PROBE_ARGS void *data, struct sock *sk, struct sk_buff *skb
#endif

#ifdef SYSPERF_TCP_RETRANSMIT_ERR
#define SYSPERF_TCP_RETRANSMIT_ARGS                                            \
	void *data, const struct sock *sk, const struct sk_buff *skb, int err
#define SYSPERF_TCP_RETRANSMIT_ERROR err
#else
#define SYSPERF_TCP_RETRANSMIT_ARGS                                            \
	void *data, const struct sock *sk, const struct sk_buff *skb
#define SYSPERF_TCP_RETRANSMIT_ERROR 0
#endif

/* 7.1 tells the memory cgroup that is reclaimed from; here it is NULL. */
#ifdef SYSPERF_RECLAIM_MEMCG
#define SYSPERF_RECLAIM_BEGIN_ARGS                                             \
	void *data, gfp_t gfp_flags, int order, struct mem_cgroup *memcg
#define SYSPERF_RECLAIM_END_ARGS                                               \
	void *data, unsigned long nr_reclaimed, struct mem_cgroup *memcg
#else
#define SYSPERF_RECLAIM_BEGIN_ARGS void *data, int order, gfp_t gfp_flags
#define SYSPERF_RECLAIM_END_ARGS void *data, unsigned long nr_reclaimed
#endif

/* 6.1 to 6.5 do not let a sender choose who gets what is sent to a group. */
#ifdef SYSPERF_NETLINK_FILTER
#define SYSPERF_NETLINK_FILTERS true
#else
#define SYSPERF_NETLINK_FILTERS false
static inline int netlink_broadcast_filtered(
	struct sock *ssk, struct sk_buff *skb, u32 portid, u32 group,
	gfp_t flags,
	int (*filter)(struct sock *dsk, struct sk_buff *skb, void *data),
	void *filter_data)
{
	return netlink_broadcast(ssk, skb, portid, group, flags);
}
#endif

/*
 * 6.8, and the stable kernels, hand mark_victim the task; before it was its
 * id. The task is good for as long as the caller holds RCU.
 */
#ifdef SYSPERF_MARK_VICTIM_TASK
#define SYSPERF_MARK_VICTIM_ARGS void *data, struct task_struct *task, uid_t uid
#define SYSPERF_MARK_VICTIM_PID task_pid_nr(task)
#else
#define SYSPERF_MARK_VICTIM_ARGS void *data, int pid
#define SYSPERF_MARK_VICTIM_PID pid
#endif

/* 5.12 has a bio know its partition, which knows the disk. */
static inline struct gendisk *sysperf_bio_disk(const struct bio *bio)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 12, 0)
	return bio->bi_bdev->bd_disk;
#else
	return bio->bi_disk;
#endif
}

/* 6.0 gave operations a type. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
typedef enum req_op sysperf_req_op_t;
#else
typedef unsigned int sysperf_req_op_t;
#endif

/* From 6.12 on a task may stay on the run queue after it went to sleep. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define SYSPERF_DELAYED_DEQUEUE
#define sysperf_task_delayed(p) READ_ONCE((p)->se.sched_delayed)
#else
#define sysperf_task_delayed(p) false
#endif

/* Is it one that sched.c tells of, that sleeps and is taken for queued? */
static inline bool sysperf_task_moved_asleep(const struct task_struct *p)
{
#ifdef SYSPERF_DELAYED_DEQUEUE
	return READ_ONCE(p->sched_info.last_queued) &&
	       (!READ_ONCE(p->on_rq) || sysperf_task_delayed(p));
#else
	return false;
#endif
}

/* Does a task that is not on a CPU wait for one? */
static inline bool sysperf_task_queued(const struct task_struct *p)
{
	return READ_ONCE(p->on_rq) && !sysperf_task_delayed(p);
}

/* 6.3 made writers of vm_flags take the VMA's lock, through functions. */
static inline void sysperf_vm_flags_set(struct vm_area_struct *vma,
					unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_set(vma, flags);
#else
	vma->vm_flags |= flags;
#endif
}

static inline void sysperf_vm_flags_clear(struct vm_area_struct *vma,
					  unsigned long flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_clear(vma, flags);
#else
	vma->vm_flags &= ~flags;
#endif
}

/*
 * Before 7.0 tracepoints disable preemption, and with PREEMPT_RT the
 * allocator's locks sleep.
 */
static inline bool sysperf_may_allocate(void)
{
	return !IS_ENABLED(CONFIG_PREEMPT_RT) || preemptible();
}

#endif /* SYSPERF_COMPAT_H */
