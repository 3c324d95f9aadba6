/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_INFO_H
#define SYSPERF_INFO_H

#include <sysperf.h>

/**
 * sysperf_info_header() - what the module is, measures and has lost
 * @h: all of it is written; lost_exited, which is a reader's own, is 0
 */
void sysperf_info_header(struct sysperf_header *h);

#endif /* SYSPERF_INFO_H */
