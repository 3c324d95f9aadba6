/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_BLOCK_OPS_H
#define SYSPERF_BLOCK_OPS_H

#include "compat.h"

/**
 * sysperf_disk_op() - what an operation of the block layer counts as
 *
 * Return: enum sysperf_disk_op.
 */
unsigned int sysperf_disk_op(sysperf_req_op_t op);

/**
 * sysperf_rq_op() - which operation a request counts as
 *
 * Return: enum sysperf_disk_op; SYSPERF_OPS for a command that is no I/O of a
 * disk (SG_IO).
 */
unsigned int sysperf_rq_op(const struct request *rq);

/**
 * sysperf_op_unsupported() - does an error say only that a disk cannot do that?
 * @q: its queue
 * @op: what was asked of it
 * @error: not 0
 *
 * Space cannot be given back, or zeroed, in this way: whoever wanted it takes
 * another, or does without. What was to be kept is. An error of the target is
 * that if its driver has taken the limit to 0 (drivers/scsi/sd.c, sd_done(),
 * 5.10 to 7.2).
 */
bool sysperf_op_unsupported(const struct request_queue *q, sysperf_req_op_t op,
			    blk_status_t error);

/**
 * sysperf_rq_unsupported() - the same of a request, as block_rq_complete tells
 */
bool sysperf_rq_unsupported(struct request *rq, sysperf_rq_error_t error);

#endif /* SYSPERF_BLOCK_OPS_H */
