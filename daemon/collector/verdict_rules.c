// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of rules: what is complained of, from when, and why from there.
 * A rule asks whether something waits or fails, never whether something is
 * merely busy: a CPU in full use with nothing queued, memory full of page
 * cache or a fast disk that always has a request in flight is well.
 *
 * Of equally severe complaints the first of the table is told: what lost work
 * or data, then what is the cause of the others. Memory that is short makes
 * disks slow and costs CPU time; the network comes last as its losses have
 * most causes.
 *
 * What stands here is all that configuration files and what is printed of them
 * know of the rules.
 */
#include <math.h>

#include "verdict.h"

#define NEVER INFINITY

const struct verdict_rule verdict_rules[VERDICT_RULES] = {
	[RULE_OOM_KILLS] =
		{
			.key = "oom_kills",
			.resource = SP_RES_MEMORY,
			.signal = SP_SIG_ERRORS,
			.usual = {1, 1},
			.most = 1e6,
			.unit = "in a sample",
			.what = "tasks killed for want of memory",
			.why = "One is work that is lost. The kernel kills "
			       "only after "
			       "reclaim has failed sixteen times in a row "
			       "(MAX_RECLAIM_RETRIES).",
			.kind = EVENT,
			.value = verdict_oom_kills,
			.text = verdict_oom_kills_text,
			.culprit = BY_OOM,
		},
	[RULE_MACHINE_CHECKS] =
		{
			.key = "machine_checks",
			.resource = SP_RES_CPU,
			.signal = SP_SIG_ERRORS,
			.usual = {1, 10},
			.most = 1e6,
			.unit = "in a sample",
			.what = "machine check exceptions",
			.why = "A processor in order raises none: what it "
			       "corrects by "
			       "itself is polled for and is no exception. Ten "
			       "at once "
			       "are a part that fails.",
			.kind = EVENT,
			.value = verdict_machine_checks,
			.text = verdict_machine_checks_text,
			.culprit = BY_NONE,
		},
	[RULE_ECC_ERRORS] =
		{
			.key = "ecc_errors",
			.resource = SP_RES_MEMORY,
			.signal = SP_SIG_ERRORS,
			.usual = {1, 50},
			.most = 1e6,
			.unit = "in a sample",
			.what = "memory errors, corrected or not",
			.why = "Most machines see none in a year (Schroeder, "
			       "Pinheiro, "
			       "Weber: DRAM Errors in the Wild, 2009), and "
			       "those that "
			       "see one see more. At 50 within a day rasdaemon "
			       "takes "
			       "the page out of use.",
			.kind = EVENT,
			.value = verdict_ecc_errors,
			.text = verdict_ecc_errors_text,
			.culprit = BY_NONE,
		},
	[RULE_DISK_ERRORS] =
		{
			.key = "disk_errors",
			.resource = SP_RES_DISK,
			.signal = SP_SIG_ERRORS,
			.usual = {1, 10},
			.most = 1e6,
			.unit = "in a sample",
			.what = "requests that failed, of the worst disk "
				"(needs the "
				"module)",
			.why = "A request fails only after the disk, and then "
			       "the "
			       "driver (SCSI: five times), tried again, so one "
			       "is data "
			       "not read or not written. Ten are no single bad "
			       "sector.",
			.kind = EVENT,
			.value = verdict_disk_errors,
			.text = verdict_disk_errors_text,
			.culprit = BY_IO_ERRORS,
		},
	[RULE_MEMORY_STALLED] =
		{
			.key = "memory_stalled",
			.resource = SP_RES_MEMORY,
			.signal = SP_SIG_SATURATION,
			.usual = {10, 40},
			.most = 100,
			.unit = "percent of the time",
			.what = "some task is held up by reclaim, swap or "
				"refaults "
				"(PSI memory, some)",
			.why = "Counts lost time, whatever is in use. "
			       "Android's lmkd "
			       "takes 7 % of a second as the first sign of "
			       "pressure, "
			       "systemd-oomd kills at 60 %: a warning near the "
			       "one, "
			       "critical in time before the other.",
			.kind = STATE,
			.value = verdict_memory_stalled,
			.text = verdict_memory_stalled_text,
			.culprit = BY_MEMORY,
		},
	[RULE_SWAPPING] =
		{
			.key = "swapping",
			.resource = SP_RES_MEMORY,
			.signal = SP_SIG_SATURATION,
			.usual = {1, 20},
			.most = 1e6,
			.unit = "MiB/s",
			.what = "swapped in and out at once, the lesser of "
				"both, where "
				"tasks lose 5 % of the time or more by it",
			.why = "256 pages a second each way are all that a "
			       "rotating "
			       "disk manages, and on a flash disk (100 us "
			       "each) 3 % of "
			       "a task's time; 20 MiB/s are half of it.",
			.kind = STATE,
			.value = verdict_swapping,
			.text = verdict_swapping_text,
			.culprit = BY_MEMORY,
		},
	[RULE_DISK_LATENCY] =
		{
			.key = "disk_latency",
			.resource = SP_RES_DISK,
			.signal = SP_SIG_LATENCY,
			.usual = {20, 100},
			.most = 1e6,
			.unit = "ms",
			.what = "mean time of a request, queue included, of "
				"the slowest "
				"disk, while tasks wait for I/O 10 % of the "
				"time or "
				"more",
			.why = "A rotating disk does a lone request in 8 to 12 "
			       "ms "
			       "(half a turn and a seek), so at 20 ms there is "
			       "a "
			       "queue, or something worse. 100 ms is what "
			       "users notice "
			       "as a delay (Nielsen: Usability Engineering, "
			       "1993), for "
			       "one request of many. Nobody is hurt by long "
			       "requests "
			       "that nobody waits for, as in writeback.",
			.kind = STATE,
			.value = verdict_disk_latency,
			.text = verdict_disk_latency_text,
			.explained = verdict_disk_latency_explained,
			.culprit = BY_IO,
		},
	[RULE_THROTTLED] =
		{
			.key = "throttled",
			.resource = SP_RES_CPU,
			.signal = SP_SIG_ERRORS,
			.usual = {2.5, 50},
			.most = 1e6,
			.unit = "a second",
			.what = "times a control group used up its CPU quota, "
				"or a CPU "
				"was slowed down for its heat",
			.why = "A group's period is 100 ms, so this is one "
			       "held up in "
			       "every fourth, the limit of the Kubernetes "
			       "mixin's "
			       "CPUThrottlingHigh. At 50 five groups do not "
			       "get on at "
			       "all.",
			.kind = STATE,
			.value = verdict_throttled,
			.text = verdict_throttled_text,
			.culprit = BY_RUNQ,
		},
	[RULE_STEAL] =
		{
			.key = "steal",
			.resource = SP_RES_CPU,
			.signal = SP_SIG_SATURATION,
			.usual = {10, 30},
			.most = 100,
			.unit = "percent of the CPU time",
			.what = "the hypervisor ran something else",
			.why = "At 10 % whatever needs the CPU takes a ninth "
			       "longer, "
			       "which is where it is told from noise; at 30 % "
			       "nearly "
			       "half as long again.",
			.kind = STATE,
			.value = verdict_steal,
			.text = verdict_steal_text,
			.culprit = BY_NONE,
		},
	[RULE_CPU_WAITING] =
		{
			.key = "cpu_waiting",
			.resource = SP_RES_CPU,
			.signal = SP_SIG_SATURATION,
			.usual = {0.5, 2},
			.most = 1e6,
			.unit = "tasks a CPU",
			.what = "tasks waiting to run, average of the "
				"interval, niced "
				"ones left out",
			.why = "0.5 is a queue behind every other CPU, so that "
			       "who "
			       "wants to run waits as often as not; at 2 it "
			       "gets a "
			       "third of what it asks for.",
			.kind = STATE,
			.value = verdict_cpu_waiting,
			.text = verdict_cpu_waiting_text,
			.explained = verdict_cpu_waiting_explained,
			.culprit = BY_CPU,
		},
	[RULE_LISTEN_OVERFLOWS] =
		{
			.key = "listen_overflows",
			.resource = SP_RES_NETWORK,
			.signal = SP_SIG_ERRORS,
			.usual = {1, 100},
			.most = 1e9,
			.unit = "a second",
			.what = "connections dropped because a listen queue "
				"was full",
			.why = "Each is a client that tries again after a "
			       "second (RFC "
			       "6298) at best. At 100 a second it is no longer "
			       "a few.",
			.kind = EVENT,
			.value = verdict_listen_overflows,
			.text = verdict_listen_overflows_text,
			.culprit = BY_LISTENER,
		},
	[RULE_NET_LINK] =
		{
			.key = "net_link",
			.resource = SP_RES_NETWORK,
			.signal = SP_SIG_SATURATION,
			.usual = {90, NEVER},
			.most = 100,
			.unit = "percent",
			.what = "sent, of what a link or its shaper (tbf, "
				"cake) lets "
				"through, while packets wait for it",
			.why = "At 90 % in use a queue is nine packets long on "
			       "average "
			       "(M/M/1: 0.9 / (1 - 0.9)), and grows without "
			       "bound from "
			       "there. It cannot get worse than full, so "
			       "critical is "
			       "left to how long packets wait or whether they "
			       "are "
			       "lost.",
			.kind = STATE,
			.value = verdict_net_link,
			.text = verdict_net_link_text,
			.culprit = BY_NET_TX,
		},
	[RULE_NET_QUEUE] =
		{
			.key = "net_queue",
			.resource = SP_RES_NETWORK,
			.signal = SP_SIG_SATURATION,
			.usual = {20, 100},
			.most = 1e6,
			.unit = "ms",
			.what = "time an interface needs to send what is "
				"queued in it, "
				"at the end of two samples in a row",
			.why = "A good queue drains within a round trip, and 5 "
			       "ms may "
			       "stand (CoDel, RFC 8289): four times that is "
			       "not good "
			       "any more. 100 ms is RFC 8289's worst round "
			       "trip, so "
			       "that waiting doubles even that.",
			.kind = MOMENT,
			.value = verdict_net_queue,
			.text = verdict_net_queue_text,
			.culprit = BY_NET_TX,
		},
	[RULE_NET_DROPS] =
		{
			.key = "net_drops",
			.resource = SP_RES_NETWORK,
			.signal = SP_SIG_SATURATION,
			.usual = {1, 5},
			.most = 100,
			.unit = "percent of packets",
			.what = "dropped by the worst interface, if 5 a second "
				"or more",
			.why = "TCP's throughput goes with one over the root "
			       "of its "
			       "loss (Mathis et al., 1997): at 1 % and a round "
			       "trip of "
			       "100 ms it is 1.4 Mbit/s, whatever the link. At "
			       "5 % "
			       "speech is cut up and TCP lives on timeouts.",
			.kind = STATE,
			.value = verdict_net_drops,
			.text = verdict_net_drops_text,
			.culprit = BY_NET,
		},
	[RULE_NET_ERRORS] =
		{
			.key = "net_errors",
			.resource = SP_RES_NETWORK,
			.signal = SP_SIG_ERRORS,
			.usual = {0.1, 1},
			.most = 100,
			.unit = "percent of packets",
			.what = "damaged, of the worst interface, if 5 a "
				"second or more",
			.why = "Ethernet allows one bit error in 10^12 (IEEE "
			       "802.3), "
			       "one packet in 80 million: what is counted here "
			       "is a "
			       "cable or a port. A tenth of net_drops' limits, "
			       "as it "
			       "does not pass by itself.",
			.kind = STATE,
			.value = verdict_net_errors,
			.text = verdict_net_errors_text,
			.culprit = BY_NONE,
		},
	[RULE_RETRANSMITS] =
		{
			.key = "retransmits",
			.resource = SP_RES_NETWORK,
			.signal = SP_SIG_ERRORS,
			.usual = {1, 5},
			.most = 100,
			.unit = "percent of TCP segments",
			.what = "sent again, if 5 a second or more",
			.why = "The loss of the path, as for net_drops.",
			.kind = STATE,
			.value = verdict_retransmits,
			.text = verdict_retransmits_text,
			.explained = verdict_retransmits_explained,
			.culprit = BY_NET_TX,
		},
};
