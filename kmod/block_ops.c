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

unsigned int sysperf_disk_op(sysperf_req_op_t op)
{
	switch (op) {
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

unsigned int sysperf_rq_op(const struct request *rq)
{
	if (blk_rq_is_passthrough((struct request *)rq))
		return SYSPERF_OPS;
	return sysperf_disk_op(req_op((struct request *)rq));
}

/* Does the queue do what gives space back, or zeroes it, no more? */
static bool given_up(const struct request_queue *q, sysperf_req_op_t op)
{
	const struct queue_limits *can = &q->limits;

	return !can->max_discard_sectors ||
	       (op == REQ_OP_WRITE_ZEROES && !can->max_write_zeroes_sectors);
}

bool sysperf_op_unsupported(const struct request_queue *q, sysperf_req_op_t op,
			    blk_status_t error)
{
	if (op != REQ_OP_DISCARD && op != REQ_OP_SECURE_ERASE &&
	    op != REQ_OP_WRITE_ZEROES)
		return false;
	return error == BLK_STS_NOTSUPP ||
	       (error == BLK_STS_TARGET && given_up(q, op));
}

bool sysperf_rq_unsupported(struct request *rq, sysperf_rq_error_t error)
{
	return sysperf_op_unsupported(rq->q, req_op(rq),
				      sysperf_rq_status(error));
}
