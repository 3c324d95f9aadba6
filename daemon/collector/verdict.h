/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verdict: is a resource in trouble, which one most, and who causes it.
 *
 * verdict_rules.c	the table of rules: what is complained of, and from when
 * verdict_system.c	what CPUs and memory have to say to them
 * verdict_devices.c	what disks and networks have to say
 * verdict_culprit.c	who contributes most
 * verdict_group.c	whether it is rather a control group of many
 * verdict.c		judging by the table, with hysteresis
 */
#ifndef SYSPERF_VERDICT_H
#define SYSPERF_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include <sysperf/config.h>
#include <sysperf/frame.h>

#include "task_rows.h"

/* Of equally severe ones the first is the verdict (verdict_rules.c). */
enum verdict_rule_id {
	RULE_OOM_KILLS,
	RULE_MACHINE_CHECKS,
	RULE_ECC_ERRORS,
	RULE_DISK_ERRORS,
	RULE_MEMORY_STALLED,
	RULE_SWAPPING,
	RULE_DISK_LATENCY,
	RULE_THROTTLED,
	RULE_STEAL,
	RULE_CPU_WAITING,
	RULE_LISTEN_OVERFLOWS,
	RULE_NET_LINK,
	RULE_NET_QUEUE,
	RULE_NET_DROPS,
	RULE_NET_ERRORS,
	RULE_RETRANSMITS,
	VERDICT_RULES,
};

/* By what tasks are compared to find the one that contributes most. */
enum culprit_by {
	BY_NONE,
	BY_CPU, /* CPU time, of those that are not niced if there are any */
	BY_RUNQ, /* waiting for a CPU: whom a limit hits */
	BY_MEMORY, /* memory in RAM, of those that ask for more above all */
	BY_OOM, /* killed for want of memory */
	BY_IO, /* what their I/O costs a disk */
	BY_IO_WAIT, /* time waiting for I/O */
	BY_IO_ERRORS, /* requests that failed */
	BY_NET, /* bytes sent and received */
	BY_NET_TX, /* bytes sent */
	BY_LISTENER, /* who does not take connections */
};

/* A socket whose queue of connections to be accepted is full. */
struct verdict_listener {
	uint16_t port;
	uint32_t waiting, limit; /* connections */
	uint32_t pid; /* who has it open; 0: cannot be told */
	double share_pct; /* of the connections in all full queues */
};

/* What a frame does not tell and is only asked for when it is needed. */
struct verdict_lookup {
	void *ctx;
	/* The control group of a process; leaves @path if it cannot be told. */
	void (*cgroup)(void *ctx, uint32_t pid, char *path, size_t len);
	/* The fullest of full listen queues; false: there is none. */
	bool (*listener)(void *ctx, struct verdict_listener *l);
};

/* The largest task at the last sample, for when it has been killed. */
struct verdict_largest {
	uint32_t pid; /* 0: nobody */
	char comm[16];
};

/* What is remembered from one frame to the next. Zeroed: nothing. */
struct verdict_memory {
	enum sp_status last[VERDICT_RULES];
	unsigned int over[VERDICT_RULES]; /* samples in a row over its warning */
	struct verdict_largest largest;
	int told; /* the rule of the last verdict, and whom it named */
	double named; /* its tid; 0: nobody */
};

/* What rules look at. */
struct evidence {
	const struct sp_frame *frame;
	const struct sp_golden *g;
	const struct task_totals *totals;
	/*
	 * Conditions of a rule besides its thresholds are eased by as much as
	 * these while it complains, so that it does not flap about them.
	 */
	double ease;
	enum sp_status status[VERDICT_RULES]; /* once all are judged */
	const struct verdict_listener *listener; /* NULL: not known */
	double named; /* tid of who was named for the same before; 0: nobody */
};

struct verdict_rule {
	const char *key; /* in the configuration, before _warning, _critical */
	enum sp_resource resource;
	enum sp_signal signal;
	struct sp_threshold usual; /* the defaults */
	double most; /* no threshold is higher than this */
	const char *unit; /* of the value and its thresholds */
	const char *what; /* the value is, a line */
	const char *why; /* the defaults are what they are */
	enum {
		STATE, /* an average of the interval */
		EVENT, /* something happened: no second sample is waited for */
		MOMENT, /* the end of the interval: two in a row are */
	} kind;
	/* What is compared; NaN: cannot be told, so no complaint. */
	double (*value)(const struct evidence *e);
	/* The evidence in one line. */
	void (*text)(char *s, size_t len, const struct evidence *e, double v);
	/* NULL, or: it is a consequence of what another rule complains of. */
	bool (*explained)(const struct evidence *e);
	enum culprit_by culprit;
	/* NULL, or: it would not see all, so its silence says nothing. */
	bool (*unknown)(const struct evidence *e);
};

/* By enum verdict_rule_id. */
extern const struct verdict_rule verdict_rules[VERDICT_RULES];

/**
 * verdict_judge() - set the frame's status and verdict
 * @m: zeroed before the first frame
 * @t: the thresholds
 * @frame: complete but for these
 * @totals: of all tasks in the interval
 * @lookup: where to ask for more; NULL, and each function in it may be
 */
void verdict_judge(struct verdict_memory *m, const struct sp_thresholds *t,
		   struct sp_frame *frame, const struct task_totals *totals,
		   const struct verdict_lookup *lookup);

/**
 * verdict_blame() - name the task that contributes most
 * @v: culprit and has_culprit are set, if there is one
 * @e: of the frame
 * @by: in what
 * @largest: at the last sample
 */
void verdict_blame(struct sp_verdict *v, const struct evidence *e,
		   enum culprit_by by, const struct verdict_largest *largest);

/**
 * verdict_blame_group() - the culprit's control group
 * @v: with the culprit if there is one: its cgroup is set; and if no task stands
 *     out, but a group does, it is replaced by the one that does most in there
 * @e: of the frame
 * @by: in what
 * @lookup: where groups of tasks are asked for
 */
void verdict_blame_group(struct sp_verdict *v, const struct evidence *e,
			 enum culprit_by by,
			 const struct verdict_lookup *lookup);

/**
 * verdict_blame_task() - that one, with its share
 */
void verdict_blame_task(struct sp_verdict *v, const struct sp_task *t,
			const struct evidence *e, enum culprit_by by);

/**
 * verdict_weight() - how much a task contributes, in no unit
 *
 * Return: NAN if it does not, or is only to be named if nobody else does.
 */
double verdict_weight(const struct sp_task *t, const struct evidence *e,
		      enum culprit_by by);

/**
 * verdict_io_cost() - what I/O costs a disk, in bytes a second
 */
double verdict_io_cost(double bytes_per_s, double ios_per_s);

/**
 * verdict_remember_largest() - for the next frame's verdict_blame()
 *
 * Only where the source does not say itself who was killed. A group with a
 * limit may run out at any time, so there is no time not to look.
 */
void verdict_remember_largest(struct verdict_largest *l,
			      const struct sp_frame *frame);

/* Values and texts of rules: verdict_system.c, verdict_devices.c. */
#define VERDICT_SIGNAL(name)                                                   \
	double verdict_##name(const struct evidence *e);                       \
	void verdict_##name##_text(char *s, size_t len,                        \
				   const struct evidence *e, double v)
VERDICT_SIGNAL(oom_kills);
VERDICT_SIGNAL(machine_checks);
VERDICT_SIGNAL(ecc_errors);
VERDICT_SIGNAL(memory_stalled);
VERDICT_SIGNAL(swapping);
VERDICT_SIGNAL(throttled);
VERDICT_SIGNAL(steal);
VERDICT_SIGNAL(cpu_waiting);
VERDICT_SIGNAL(disk_errors);
VERDICT_SIGNAL(disk_latency);
VERDICT_SIGNAL(listen_overflows);
VERDICT_SIGNAL(net_link);
VERDICT_SIGNAL(net_queue);
VERDICT_SIGNAL(net_drops);
VERDICT_SIGNAL(net_errors);
VERDICT_SIGNAL(retransmits);
#undef VERDICT_SIGNAL
bool verdict_cpu_waiting_explained(const struct evidence *e);
bool verdict_cpu_waiting_unknown(const struct evidence *e);
bool verdict_disk_latency_explained(const struct evidence *e);
bool verdict_retransmits_explained(const struct evidence *e);

/**
 * verdict_complains() - whether a rule is at its warning or over
 */
static inline bool verdict_complains(const struct evidence *e,
				     enum verdict_rule_id id)
{
	return e->status[id] >= SP_STATUS_WARNING;
}

#endif /* SYSPERF_VERDICT_H */
