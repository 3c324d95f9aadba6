// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attaching to tracepoints. Most of those sysperf uses are not exported as
 * symbols, but for_each_kernel_tracepoint() finds them by name.
 *
 * Locking: none of its own; called from module init and exit only.
 */
#include <linux/tracepoint.h>

#include "probe.h"

struct lookup {
	struct sysperf_probe *probes;
	size_t nr;
};

static void lookup_one(struct tracepoint *tp, void *priv)
{
	struct lookup *l = priv;
	size_t i;

	for (i = 0; i < l->nr; i++)
		if (!strcmp(tp->name, l->probes[i].name))
			l->probes[i].tp = tp;
}

int sysperf_probes_attach(struct sysperf_probe *probes, size_t nr)
{
	struct lookup l = {probes, nr};
	size_t i;
	int ret;

	for_each_kernel_tracepoint(lookup_one, &l);
	for (i = 0; i < nr; i++) {
		ret = probes[i].tp
			      ? tracepoint_probe_register(probes[i].tp,
							  probes[i].func, NULL)
			      : -ENOENT;
		if (ret) {
			if (ret == -ENOENT) /* what needs it may do without */
				pr_info("sysperf: no tracepoint %s here\n",
					probes[i].name);
			else
				pr_err("sysperf: tracepoint %s: error %d\n",
				       probes[i].name, ret);
			/* i on is not attached, so must not be detached */
			for (nr = i; nr-- > 0;)
				tracepoint_probe_unregister(
					probes[nr].tp, probes[nr].func, NULL);
			tracepoint_synchronize_unregister();
			return ret;
		}
	}
	return 0;
}

void sysperf_probes_detach(struct sysperf_probe *probes, size_t nr)
{
	while (nr-- > 0)
		tracepoint_probe_unregister(probes[nr].tp, probes[nr].func,
					    NULL);
	tracepoint_synchronize_unregister();
}

int sysperf_probes_set(struct sysperf_probe *probes, size_t nr, bool *attached,
		       bool on)
{
	int ret = 0;

	if (on == *attached)
		return 0;
	if (on)
		ret = sysperf_probes_attach(probes, nr);
	else
		sysperf_probes_detach(probes, nr);
	if (ret)
		return ret == -ENOENT ? -EOPNOTSUPP : ret;
	*attached = on;
	return 0;
}
