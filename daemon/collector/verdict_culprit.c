// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who contributes most to what is complained of. Tasks are gone through only
 * when there is a complaint.
 */
#include <math.h>
#include <string.h>
#include <sys/wait.h>

#include "delta.h"
#include "verdict.h"

/*
 * What a request costs a disk besides its bytes, in bytes: about what a
 * rotating disk reads while it might be seeking, and a good block size for
 * the others.
 */
#define BYTES_PER_IO (128 << 10)
/* What I/O weighs that its task does not wait for. */
#define ASYNC_WEIGHT 0.05
/* A task faults or reclaims in earnest with this share of all faults. */
#define ACTIVE_PCT 5
/* What memory held without asking for more weighs. */
#define IDLE_WEIGHT (1.0 / 8)
/*
 * Who was named before stays so while nobody has this much more: of those who
 * do about the same another one would be named with each sample.
 */
#define STAYS 1.25
/* Kernel threads write for others, who are named if they do this share. */
#define FOR_OTHERS_PCT 2

/* What contributions are compared, and what shares are told in. */
struct part {
	double weight, amount;
};

static struct part equal(double v)
{
	return (struct part){v, v};
}

double verdict_io_cost(double bytes_per_s, double ios_per_s)
{
	return add(bytes_per_s, ios_per_s * BYTES_PER_IO);
}

/*
 * Who does most, but of those who do about as much it is who waits for it:
 * that one uses the slow disk, the others may use another.
 */
static struct part io_part(const struct sp_task *t)
{
	double cost = verdict_io_cost(
		add(t->read_bytes_per_s, t->write_bytes_per_s), t->ios_per_s);

	if (!isnan(t->iowait_pct))
		cost *= ASYNC_WEIGHT + t->iowait_pct * t->state_threads / 100;
	return equal(cost);
}

/*
 * Who holds most has to give; but a large task that just sits there is not why
 * memory is short now, unless it is larger by far.
 */
static struct part memory_part(const struct sp_task *t,
			       const struct evidence *e)
{
	double faults = add(t->minor_faults_per_s, t->major_faults_per_s);
	struct part p = equal(t->exited ? NAN : t->rss_bytes);

	if (!(100 * faults >= ACTIVE_PCT * e->g->memory_faults_per_s) &&
	    !(t->reclaim_pct >= ACTIVE_PCT))
		p.weight *= IDLE_WEIGHT;
	return p;
}

/* Without the module nobody says who was chosen; SIGKILL is what remains. */
static bool oom_victim(const struct sp_task *t, const struct sp_frame *f)
{
	int status = (int)t->exit_code;

	if (f->source.caps & 1U << SP_CAP_RECLAIM)
		return t->oom_killed;
	return t->exited && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static struct part part_of(const struct sp_task *t, const struct evidence *e,
			   enum culprit_by by)
{
	switch (by) {
	case BY_CPU:
		return equal(t->cpu_pct);
	case BY_RUNQ:
		return equal(t->runq_pct * t->state_threads);
	case BY_MEMORY:
		return memory_part(t, e);
	case BY_OOM:
		return equal(oom_victim(t, e->frame));
	case BY_IO:
		return io_part(t);
	case BY_IO_WAIT:
		return equal(t->iowait_pct * t->state_threads);
	case BY_IO_ERRORS:
		return equal(t->io_errors_per_s);
	case BY_NET:
		return equal(add(t->net_rx_bytes_per_s, t->net_tx_bytes_per_s));
	case BY_NET_TX:
		return equal(t->net_tx_bytes_per_s);
	case BY_NONE:
	case BY_LISTENER:
		break;
	}
	return equal(NAN);
}

static struct part contribution(const struct sp_task *t,
				const struct evidence *e, enum culprit_by by)
{
	struct part p = part_of(t, e, by);

	if (e->named > 0 && t->tid == e->named)
		p.weight *= STAYS;
	return p;
}

/* Whose part is not really its own: named only if nobody else has one. */
static bool stands_back(const struct sp_task *t, enum culprit_by by)
{
	if (by == BY_CPU)
		return t->yields;
	return (by == BY_IO || by == BY_IO_WAIT) && t->kthread;
}

double verdict_weight(const struct sp_task *t, const struct evidence *e,
		      enum culprit_by by)
{
	return stands_back(t, by) ? NAN : contribution(t, e, by).weight;
}

struct search {
	double sum, most[2]; /* the latter of those that stand back, too */
	double own; /* of all that do not stand back */
	const struct sp_task *worst[2];
	double amount[2];
};

static void consider(struct search *s, const struct sp_task *t, struct part p,
		     bool back)
{
	if (!(p.amount > 0))
		return;
	s->sum += p.amount;
	if (!back)
		s->own += p.amount;
	if (p.weight > s->most[back]) {
		s->most[back] = p.weight;
		s->worst[back] = t;
		s->amount[back] = p.amount;
	}
}

static void name(struct sp_verdict *v, uint32_t pid, uint32_t tid,
		 const char *comm, double share_pct)
{
	v->has_culprit = true;
	v->culprit.pid = pid;
	v->culprit.tid = tid;
	memcpy(v->culprit.comm, comm, sizeof(v->culprit.comm));
	v->culprit.share_pct = share_pct;
}

static void blame_task(struct sp_verdict *v, const struct sp_task *t,
		       double share_pct)
{
	name(v, (uint32_t)t->pid, (uint32_t)t->tid, t->comm, share_pct);
}

void verdict_blame_task(struct sp_verdict *v, const struct sp_task *t,
			const struct evidence *e, enum culprit_by by)
{
	double sum = 0;

	for (size_t i = 0; i < e->frame->nr_tasks; i++) {
		struct part p = contribution(&e->frame->tasks[i], e, by);

		if (p.amount > 0)
			sum += p.amount;
	}
	blame_task(v, t, 100 * contribution(t, e, by).amount / sum);
}

/* Of the tasks of that process, or of nobody if it is gone already. */
static void blame_listener(struct sp_verdict *v, const struct evidence *e)
{
	if (!e->listener || !e->listener->pid)
		return;
	for (size_t i = 0; i < e->frame->nr_tasks; i++) {
		const struct sp_task *t = &e->frame->tasks[i];

		if ((uint32_t)t->pid != e->listener->pid || t->exited)
			continue;
		blame_task(v, t, e->listener->share_pct);
		if (t->tid == t->pid)
			return;
	}
}

/* A zombie waits for its parent only. */
static bool lives(const struct sp_task *t)
{
	return !t->exited && *t->state != 'Z' && *t->state != 'X';
}

/* Nobody known to be a victim: the task that was largest, if it is gone. */
static void blame_missing(struct sp_verdict *v, const struct evidence *e,
			  const struct verdict_largest *largest)
{
	if (!largest->pid)
		return;
	for (size_t i = 0; i < e->frame->nr_tasks; i++)
		if ((uint32_t)e->frame->tasks[i].pid == largest->pid &&
		    lives(&e->frame->tasks[i]))
			return;
	name(v, largest->pid, largest->pid, largest->comm, 100);
}

void verdict_blame(struct sp_verdict *v, const struct evidence *e,
		   enum culprit_by by, const struct verdict_largest *largest)
{
	struct search s = {0};
	bool back;

	if (by == BY_LISTENER) {
		blame_listener(v, e);
		return;
	}
	for (size_t i = 0; i < e->frame->nr_tasks; i++) {
		const struct sp_task *t = &e->frame->tasks[i];

		consider(&s, t, contribution(t, e, by), stands_back(t, by));
	}
	back = !s.worst[0];
	if (by == BY_IO && s.worst[1] && 100 * s.own < FOR_OTHERS_PCT * s.sum)
		back = true;
	if (s.worst[back])
		blame_task(v, s.worst[back], 100 * s.amount[back] / s.sum);
	else if (by == BY_OOM)
		blame_missing(v, e, largest);
	else if (by == BY_IO) /* no byte comes through: who would have it */
		verdict_blame(v, e, BY_IO_WAIT, largest);
}

void verdict_remember_largest(struct verdict_largest *l,
			      const struct sp_frame *frame)
{
	const struct sp_task *largest = NULL;

	l->pid = 0;
	/* The module says whom it was. */
	if (frame->source.caps & 1U << SP_CAP_RECLAIM)
		return;
	for (size_t i = 0; i < frame->nr_tasks; i++) {
		const struct sp_task *t = &frame->tasks[i];

		if (!t->exited && t->rss_bytes > 0 &&
		    (!largest || t->rss_bytes > largest->rss_bytes))
			largest = t;
	}
	if (!largest)
		return;
	l->pid = (uint32_t)largest->pid;
	memcpy(l->comm, largest->comm, sizeof(l->comm));
}
