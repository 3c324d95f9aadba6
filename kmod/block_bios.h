/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_BLOCK_BIOS_H
#define SYSPERF_BLOCK_BIOS_H

#include <linux/types.h>

struct bio;
struct request_queue;

/**
 * sysperf_bios_init() - before the probe is attached
 */
void sysperf_bios_init(void);

/**
 * sysperf_probe_bio() - probe of block_bio_complete
 *
 * Context: any.
 */
void sysperf_probe_bio(void *data, struct request_queue *q, struct bio *bio);

#endif /* SYSPERF_BLOCK_BIOS_H */
