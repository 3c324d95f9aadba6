/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Summing threads into their process: CPU time, run delay, switches.
 */
#ifndef SYSPERF_TASK_SUM_H
#define SYSPERF_TASK_SUM_H

#include "task_read.h"

/**
 * sp_task_sum() - bring a process's sums up to date
 * @r: the reader; file.fd is of /proc, the directory the process's
 * @e: the process as last read; cpu_ns, the run delay and the switches of
 *	its row are set
 * @st: its stat as of now
 * @sched: its schedstat, NULL if it has several threads or none is to be had
 *
 * The sums never decrease while the process lives, whatever its threads do.
 *
 * Return: 0, or -errno if nothing can be read at all.
 */
int sp_task_sum(struct sp_task_reader *r, struct sp_task_entry *e,
		const struct sp_task_stat *st,
		const struct sp_task_sched *sched);

#endif /* SYSPERF_TASK_SUM_H */
