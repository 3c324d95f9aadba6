// SPDX-License-Identifier: GPL-2.0-only
/*
 * The numbers of the header: owns the table of them and the search for their
 * fields.
 */
#include <string.h>

#include "golden_items.h"

#define ITEM(label_, key_)                                                     \
	{                                                                      \
		.label = (label_), .key = (key_)                               \
	}
#define SUM(label_, key_, plus_)                                               \
	{                                                                      \
		.label = (label_), .key = (key_), .plus = (plus_)              \
	}
#define ELSE(label_, key_, alt_label_, alt_key_)                               \
	{                                                                      \
		.label = (label_), .key = (key_), .alt_label = (alt_label_),   \
		.alt_key = (alt_key_)                                          \
	}
#define NONE                                                                   \
	{                                                                      \
		.label = NULL                                                  \
	}

/* clang-format off */
const struct golden_item
golden_items[SP_RESOURCES][SP_SIGNALS][GOLDEN_SLOTS] = {
	[SP_RES_CPU] = {
		[SP_SIG_LATENCY] = {
			ELSE("wait p99", "runq_wait_p99_us",
			     "wait mean", "runq_wait_mean_us"),
			ITEM("max", "runq_wait_max_us"),
			ITEM("p50", "runq_wait_p50_us"),
			ITEM("p95", "runq_wait_p95_us"),
		},
		[SP_SIG_TRAFFIC] = {
			ITEM("util", "util_pct"),
			ITEM("switch", "context_switches_per_s"),
			ITEM("IPC", "ipc"),
			ITEM("misses", "cache_misses_per_s"),
		},
		[SP_SIG_ERRORS] = {
			ITEM("throt", "throttled_per_s"),
			ITEM("MCE", "machine_checks_per_s"),
		},
		[SP_SIG_SATURATION] = {
			ITEM("PSI", "psi_some_pct"),
			ITEM("run/CPU", "runnable_per_cpu"),
			ITEM("steal", "steal_pct"),
		},
	},
	[SP_RES_MEMORY] = {
		[SP_SIG_LATENCY] = {
			ITEM("stalls", "reclaim_stalls_per_s"),
			ITEM("majflt", "major_faults_per_s"),
			ITEM("p99", "reclaim_stall_p99_us"),
		},
		[SP_SIG_TRAFFIC] = {
			ITEM("alloc", "allocated_bytes_per_s"),
			ITEM("faults", "faults_per_s"),
			ITEM("reclm", "reclaimed_bytes_per_s"),
		},
		[SP_SIG_ERRORS] = {
			ITEM("OOM", "oom_kills_per_s"),
			ITEM("ECC", "ecc_errors_per_s"),
		},
		[SP_SIG_SATURATION] = {
			ITEM("used", "used_pct"),
			ITEM("PSI", "psi_some_pct"),
			SUM("swap", "swap_in_bytes_per_s",
			    "swap_out_bytes_per_s"),
			ITEM("full", "psi_full_pct"),
		},
	},
	[SP_RES_DISK] = {
		[SP_SIG_LATENCY] = {
			ELSE("I/O p99", "p99_us", "I/O mean", "mean_us"),
			ITEM("max", "max_us"),
			ITEM("p50", "p50_us"),
			ITEM("p95", "p95_us"),
		},
		[SP_SIG_TRAFFIC] = {
			SUM("r+w", "read_bytes_per_s", "write_bytes_per_s"),
			ITEM("read", "read_bytes_per_s"),
			ITEM("write", "write_bytes_per_s"),
			ITEM("reads", "reads_per_s"),
			ITEM("writes", "writes_per_s"),
		},
		[SP_SIG_ERRORS] = {
			ITEM("fail", "errors_per_s"),
		},
		[SP_SIG_SATURATION] = {
			ITEM("PSI", "psi_some_pct"),
			ITEM("queue", "queue_depth"),
			ITEM("busy", "util_pct"),
			ITEM("full", "psi_full_pct"),
		},
	},
	[SP_RES_NETWORK] = {
		[SP_SIG_LATENCY] = {
			ELSE("RTT p99", "rtt_p99_us",
			     "RTT mean", "rtt_mean_us"),
			NONE,
			ITEM("p50", "rtt_p50_us"),
			ITEM("p95", "rtt_p95_us"),
		},
		[SP_SIG_TRAFFIC] = {
			SUM("rx+tx", "rx_bits_per_s", "tx_bits_per_s"),
			ITEM("rx", "rx_bits_per_s"),
			ITEM("tx", "tx_bits_per_s"),
			ITEM("pkt in", "rx_packets_per_s"),
			ITEM("pkt out", "tx_packets_per_s"),
		},
		[SP_SIG_ERRORS] = {
			ITEM("retx", "retransmits_per_s"),
			ITEM("reset", "resets_per_s"),
			ITEM("error", "errors_per_s"),
			ITEM("ovrfl", "listen_overflows_per_s"),
		},
		[SP_SIG_SATURATION] = {
			ITEM("drops", "drops_per_s"),
			ITEM("util", "util_pct"),
			ITEM("backlog", "backlog_bytes"),
			ITEM("squeez", "softnet_squeezed_per_s"),
		},
	},
};

const struct golden_spark golden_sparks[SP_RESOURCES][SPARKS] = {
	[SP_RES_CPU] = {
		{ ITEM("util", "util_pct"), 100, 0 },
		{ ITEM("PSI", "psi_some_pct"), 100, 0 },
	},
	[SP_RES_MEMORY] = {
		{ ITEM("used", "used_pct"), 100, 0 },
		{ ITEM("PSI", "psi_some_pct"), 100, 0 },
	},
	[SP_RES_DISK] = {
		{ ITEM("busy", "util_pct"), 100, 0 },
		{ ITEM("PSI", "psi_some_pct"), 100, 0 },
	},
	[SP_RES_NETWORK] = {
		{ SUM("bits", "rx_bits_per_s", "tx_bits_per_s"), 0, 1e6 },
		{ ITEM("retx", "retransmits_per_s"), 0, 10 },
	},
};
/* clang-format on */

/* A resource's keys are its own, whatever the signal. */
static const struct sp_field *field_of(int r, const char *key)
{
	int s;

	for (s = 0; key && s < SP_SIGNALS; s++) {
		const struct sp_field *f = sp_field_golden(
			(enum sp_resource)r, (enum sp_signal)s, key);

		if (f)
			return f;
	}
	return NULL;
}

static bool usable(const struct sp_field *f, uint32_t caps)
{
	return f && (f->needs == SP_CAP_ANY || caps & 1U << f->needs);
}

static void find(struct golden_number *n, int r, const struct golden_item *it,
		 uint32_t caps)
{
	memset(n, 0, sizeof(*n));
	if (!it->label)
		return;
	n->label = it->label;
	n->field = field_of(r, it->key);
	n->plus = field_of(r, it->plus);
	if (!usable(n->field, caps) && it->alt_key) {
		n->label = it->alt_label;
		n->field = field_of(r, it->alt_key);
	}
	n->usable = usable(n->field, caps);
	if (!n->field)
		n->label = NULL;
}

void golden_find(struct golden_numbers *n, uint32_t caps)
{
	int r, sig, k;

	n->caps = caps;
	for (r = 0; r < SP_RESOURCES; r++) {
		for (sig = 0; sig < SP_SIGNALS; sig++) {
			for (k = 0; k < GOLDEN_SLOTS; k++)
				find(&n->of[r][sig][k], r,
				     &golden_items[r][sig][k], caps);
		}
		for (k = 0; k < SPARKS; k++)
			find(&n->spark[r][k], r, &golden_sparks[r][k].item,
			     caps);
	}
}

double golden_value(const struct golden_number *n, const struct sp_golden *g)
{
	double v = sp_field_num(n->field, g);

	return n->plus ? v + sp_field_num(n->plus, g) : v;
}
