// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages of TASKSTATS (taskstats.h). The structure is copied out by the
 * length that the message has: 5.10 sends 352 bytes of it (version 10), 6.12
 * 432 (14), 7.2 688 (17). New members are appended, but for version 15 (6.14),
 * which put some in the middle and is not understood; 16 moved them.
 */
#include "taskstats.h"

#include <linux/acct.h>
#include <linux/taskstats.h>
#include <string.h>

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include <sysperf/snapshot.h>
#include "text.h"

#ifndef AGROUP
#define AGROUP 0x20
#endif

#define END_OF(member)                                                         \
	(offsetof(struct taskstats, member) +                                  \
	 sizeof(((struct taskstats *)0)->member))
#define VERSION_IN_DISORDER 15
/* Without these, of which even the first version has all, it says nothing. */
#define LEAST END_OF(cpu_run_virtual_total)

/* ac_tgid, of version 12: the headers may be older than the kernel. */
#define TGID_AT (END_OF(ac_btime64) + 2 * sizeof(uint64_t))

struct part {
	uint32_t id;
	uint32_t tgid; /* 0: not told */
	size_t len; /* of what the kernel filled in of st */
	struct taskstats st;
};

/* An attribute that holds a number and a structure. */
static bool parse_part(struct nlattr *outer, int id_type, struct part *p)
{
	struct nlattr *tb[TASKSTATS_TYPE_MAX + 1];
	struct nlattr *stats;
	size_t len;

	if (!outer || nla_parse_nested(tb, TASKSTATS_TYPE_MAX, outer, NULL))
		return false;
	stats = tb[TASKSTATS_TYPE_STATS];
	if (!tb[id_type] || nla_len(tb[id_type]) < (int)sizeof(p->id) || !stats)
		return false;
	p->id = nla_get_u32(tb[id_type]);
	len = (size_t)nla_len(stats);
	if (!p->id || len < LEAST)
		return false;
	p->len = len < sizeof(p->st) ? len : sizeof(p->st);
	memset(&p->st, 0, sizeof(p->st));
	memcpy(&p->st, nla_data(stats), p->len);
	p->tgid = 0;
	if (len >= TGID_AT + sizeof(p->tgid))
		memcpy(&p->tgid, (const char *)nla_data(stats) + TGID_AT,
		       sizeof(p->tgid));
	return p->st.version != VERSION_IN_DISORDER;
}

static bool has(const struct part *p, size_t end_of_member)
{
	return p->len >= end_of_member;
}

#define NUMBER(p, member)                                                      \
	(has(p, END_OF(member)) ? (uint64_t)(p)->st.member : SP_ABSENT)

static struct sp_taskstats counters(const struct part *p)
{
	const struct taskstats *st = &p->st;
	struct sp_taskstats ts = {
		.cpu_ns = st->cpu_run_virtual_total,
		.delay_ns = st->cpu_delay_total,
		.count = st->cpu_count,
		.blkio_ns = st->blkio_delay_total,
	};

	if (ts.count)
		return ts;
	/* Whoever ran was given a CPU once: nothing is counted (5.10 with
	 * nodelayacct), but for ticks of single threads. */
	ts.delay_ns = ts.count = SP_ABSENT;
	if (!ts.cpu_ns && has(p, END_OF(ac_stime)))
		ts.cpu_ns = sp_u64_scale(sp_u64_add(st->ac_utime, st->ac_stime),
					 1000);
	return ts;
}

/* The attributes of a message of the family, NULL if it is another's. */
static bool parse_message(const void *msg, size_t len, int family,
			  struct nlattr **tb)
{
	struct nlmsghdr *h = (struct nlmsghdr *)msg;
	const struct genlmsghdr *genl;

	if (len > INT32_MAX || !nlmsg_ok(h, (int)len) ||
	    (family && h->nlmsg_type != family) || !genlmsg_valid_hdr(h, 0))
		return false;
	genl = genlmsg_hdr(h);
	if (genl->cmd != TASKSTATS_CMD_NEW)
		return false;
	return !nla_parse(tb, TASKSTATS_TYPE_MAX, genlmsg_attrdata(genl, 0),
			  genlmsg_attrlen(genl, 0), NULL);
}

bool sp_taskstats_group(const void *msg, size_t len, uint32_t pid,
			struct sp_taskstats *ts)
{
	struct nlattr *tb[TASKSTATS_TYPE_MAX + 1];
	struct part p;

	if (!parse_message(msg, len, 0, tb) ||
	    !parse_part(tb[TASKSTATS_TYPE_AGGR_TGID], TASKSTATS_TYPE_TGID,
			&p) ||
	    p.id != pid)
		return false;
	*ts = counters(&p);
	return true;
}

static void describe(struct sp_task_end *end, const struct part *p)
{
	const struct taskstats *st = &p->st;

	end->tid = p->id;
	end->exit_code = st->ac_exitcode;
	end->nice = st->ac_nice > INT8_MAX ? st->ac_nice - 256 : st->ac_nice;
	end->uid = st->ac_uid;
	end->ppid = st->ac_ppid;
	end->pid = p->tgid;
	end->forked = st->ac_flag & AFORK;
	memcpy(end->comm, st->ac_comm, sizeof(end->comm) - 1);
	end->elapsed_ns = sp_u64_scale(NUMBER(p, ac_etime), 1000);
	end->minor_faults = NUMBER(p, ac_minflt);
	end->major_faults = NUMBER(p, ac_majflt);
	end->read_bytes = NUMBER(p, read_bytes);
	end->write_bytes = NUMBER(p, write_bytes);
	end->stats = counters(p);
}

bool sp_taskstats_end(const void *msg, size_t len, int family,
		      struct sp_task_end *end)
{
	struct nlattr *tb[TASKSTATS_TYPE_MAX + 1];
	struct part p;

	memset(end, 0, sizeof(*end));
	if (!parse_message(msg, len, family, tb) ||
	    !parse_part(tb[TASKSTATS_TYPE_AGGR_PID], TASKSTATS_TYPE_PID, &p))
		return false;
	describe(end, &p);
	end->last = end->pid && p.st.ac_flag & AGROUP;
	if (!tb[TASKSTATS_TYPE_AGGR_TGID])
		return true;
	if (!parse_part(tb[TASKSTATS_TYPE_AGGR_TGID], TASKSTATS_TYPE_TGID, &p))
		return false;
	end->pid = p.id;
	end->has_group = end->last = true;
	end->group = counters(&p);
	return true;
}
