/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_BLOCK_OPS_H
#define SYSPERF_BLOCK_OPS_H

#include "compat.h"

/**
 * sysperf_rq_op() - which operation a request counts as
 *
 * Return: enum sysperf_disk_op; SYSPERF_OPS for a command that is no I/O of a
 * disk (SG_IO).
 */
unsigned int sysperf_rq_op(const struct request *rq);

/**
 * sysperf_rq_unsupported() - does an error say only that a disk cannot do that?
 * @rq: it completes
 * @error: as block_rq_complete tells it; not 0
 *
 * Space cannot be given back, or zeroed, in this way: whoever wanted it takes
 * another, or does without. What was to be kept is. An error of the target is
 * that if its driver has taken the limit to 0 (drivers/scsi/sd.c, sd_done(),
 * 5.10 to 7.2).
 */
bool sysperf_rq_unsupported(struct request *rq, sysperf_rq_error_t error);

#endif /* SYSPERF_BLOCK_OPS_H */
