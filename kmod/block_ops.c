// SPDX-License-Identifier: GPL-2.0-only
/*
 * What block requests are: their operation, and which of their errors are none.
 *
 * Operations are told apart as /proc/diskstats does, but that everything which
 * only gives space back or manages zones is a discard: writing zeroes writes.
 *
 * Locking: none. A request is its caller's.
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>

#include <sysperf.h>

#include "block_ops.h"

unsigned int sysperf_rq_op(const struct request *rq)
{
	if (blk_rq_is_passthrough((struct request *)rq))
		return SYSPERF_OPS;
	switch (req_op((struct request *)rq)) {
	case REQ_OP_READ:
		return SYSPERF_OP_READ;
	case REQ_OP_FLUSH:
		return SYSPERF_OP_FLUSH;
	case REQ_OP_DISCARD:
	case REQ_OP_SECURE_ERASE:
	case REQ_OP_ZONE_RESET:
	case REQ_OP_ZONE_RESET_ALL:
	case REQ_OP_ZONE_OPEN:
	case REQ_OP_ZONE_CLOSE:
	case REQ_OP_ZONE_FINISH:
		return SYSPERF_OP_DISCARD;
	default:
		return SYSPERF_OP_WRITE;
	}
}

bool sysperf_rq_unsupported(struct request *rq, sysperf_rq_error_t error)
{
	const struct queue_limits *can = &rq->q->limits;

	if (req_op(rq) != REQ_OP_DISCARD && req_op(rq) != REQ_OP_SECURE_ERASE &&
	    req_op(rq) != REQ_OP_WRITE_ZEROES)
		return false;
	return error == SYSPERF_RQ_NOTSUPP ||
	       (error == SYSPERF_RQ_TARGET &&
		(!can->max_discard_sectors || !can->max_write_zeroes_sectors));
}
