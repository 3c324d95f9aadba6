/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SYSPERF_PROBE_H
#define SYSPERF_PROBE_H

#include <linux/types.h>

struct tracepoint;

struct sysperf_probe {
	const char *name; /* of the tracepoint */
	void *func;
	struct tracepoint *tp; /* set while attached */
};

/**
 * sysperf_probes_attach() - attach probes to their tracepoints
 * @probes: whose func has the tracepoint's signature
 * @nr: how many
 *
 * Return: 0, or -errno with none attached: -ENOENT when the kernel lacks one.
 */
int sysperf_probes_attach(struct sysperf_probe *probes, size_t nr);

/**
 * sysperf_probes_detach() - detach them; none runs any more on return
 */
void sysperf_probes_detach(struct sysperf_probe *probes, size_t nr);

/**
 * sysperf_probes_set() - attach probes that are detached, or the reverse
 * @attached: whether they are; kept up to date here
 * @on: whether they should be
 *
 * Context: one caller at a time.
 *
 * Return: 0 or -errno: -EOPNOTSUPP when the kernel lacks a tracepoint.
 */
int sysperf_probes_set(struct sysperf_probe *probes, size_t nr, bool *attached,
		       bool on);

#endif /* SYSPERF_PROBE_H */
