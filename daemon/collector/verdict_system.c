// SPDX-License-Identifier: GPL-2.0-only
/*
 * What rules look at of CPUs and memory, and how they tell it. No state.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "delta.h"
#include "verdict.h"

#define MIB (1024.0 * 1024)
/* Swapping in which tasks lose less than this of their time is harmless. */
#define SWAP_HURTS_PCT 5
/*
 * Waiting for so many takes a tenth of the time from flash, 100 us each; and a
 * disk too slow for them leaves kswapd little to do.
 */
#define REFAULTS_FEW_PER_S 1000
/* A machine with this much of its CPUs in use is short of them. */
#define CPU_FULL_PCT 90

/* Goes on with a number, if there is one. */
static void more(char *s, size_t len, const char *form, double v)
	__attribute__((format(printf, 3, 0)));

static void more(char *s, size_t len, const char *form, double v)
{
	size_t n = strlen(s);

	if (!isnan(v))
		snprintf(s + n, len - n, form, v);
}

/* How often it happened in the interval: a whole number, as it was once. */
static double times(double per_s, const struct evidence *e)
{
	return round(per_s * e->frame->interval_s);
}

static const char *plural(double n)
{
	return n < 1.5 ? "" : "s";
}

double verdict_oom_kills(const struct evidence *e)
{
	return times(e->g->memory_oom_kills_per_s, e);
}

void verdict_oom_kills_text(char *s, size_t len, const struct evidence *e,
			    double v)
{
	snprintf(s, len, "%.0f task%s killed for want of memory", v, plural(v));
	more(s, len, ", %.0f %% used", e->g->memory_used_pct);
}

double verdict_machine_checks(const struct evidence *e)
{
	return times(e->g->cpu_machine_checks_per_s, e);
}

void verdict_machine_checks_text(char *s, size_t len, const struct evidence *e,
				 double v)
{
	snprintf(s, len, "%.0f machine check%s in %.3g s", v, plural(v),
		 e->frame->interval_s);
}

double verdict_ecc_errors(const struct evidence *e)
{
	return times(e->g->memory_ecc_errors_per_s, e);
}

void verdict_ecc_errors_text(char *s, size_t len, const struct evidence *e,
			     double v)
{
	snprintf(s, len, "%.0f memory error%s (ECC) in %.3g s", v, plural(v),
		 e->frame->interval_s);
}

/*
 * The kernel takes kswapd for a task that is held up, though all it does may be
 * to make room for a file that is read at a pace. Then nobody else reclaims, and
 * hardly a page that was given up is needed again; what kswapd took is nobody's
 * loss. Limits of control groups hold tasks up without it.
 */
double verdict_memory_stalled(const struct evidence *e)
{
	const struct sp_golden *g = e->g;
	double ns = e->frame->interval_s * 1e9;
	double others;

	if (!(g->memory_reclaim_stalls_per_s < e->ease) ||
	    !(g->memory_refaults_per_s < REFAULTS_FEW_PER_S * e->ease))
		return g->memory_psi_some_pct;
	others = g->memory_psi_some_pct - pct(e->totals->kswapd_ns, ns);
	return others < 0 ? 0 : others;
}

void verdict_memory_stalled_text(char *s, size_t len, const struct evidence *e,
				 double v)
{
	const struct sp_golden *g = e->g;

	snprintf(s, len,
		 "tasks are held up by want of memory %.0f %% of the time", v);
	more(s, len, ", %.0f %% used", g->memory_used_pct);
	if (g->memory_swap_in_bytes_per_s > 0 ||
	    g->memory_swap_out_bytes_per_s > 0) {
		more(s, len, ", swapping %.3g MiB/s in",
		     g->memory_swap_in_bytes_per_s / MIB);
		more(s, len, ", %.3g out",
		     g->memory_swap_out_bytes_per_s / MIB);
	} else if (g->memory_reclaim_stalls_per_s >= 1) {
		more(s, len, ", %.0f stalls/s to reclaim",
		     g->memory_reclaim_stalls_per_s);
	}
}

/*
 * What goes out to come in again. One way alone is a large task that starts,
 * cold pages that are put away, or their owner that wakes up.
 */
double verdict_swapping(const struct evidence *e)
{
	double in = e->g->memory_swap_in_bytes_per_s;
	double out = e->g->memory_swap_out_bytes_per_s;

	if (e->g->memory_psi_some_pct < SWAP_HURTS_PCT * e->ease)
		return NAN;
	return (in < out ? in : out) / MIB;
}

void verdict_swapping_text(char *s, size_t len, const struct evidence *e,
			   double v)
{
	(void)v;
	snprintf(s, len, "swapping %.3g MiB/s in and %.3g MiB/s out",
		 e->g->memory_swap_in_bytes_per_s / MIB,
		 e->g->memory_swap_out_bytes_per_s / MIB);
	more(s, len, ", %.0f %% of the time lost", e->g->memory_psi_some_pct);
	more(s, len, ", %.0f %% used", e->g->memory_used_pct);
}

double verdict_throttled(const struct evidence *e)
{
	return e->g->cpu_throttled_per_s;
}

void verdict_throttled_text(char *s, size_t len, const struct evidence *e,
			    double v)
{
	snprintf(s, len, "throttled %.1f times a second, by a quota or by heat",
		 v);
	more(s, len, ", CPUs %.0f %% in use", e->g->cpu_util_pct);
}

double verdict_steal(const struct evidence *e)
{
	return e->g->cpu_steal_pct;
}

void verdict_steal_text(char *s, size_t len, const struct evidence *e, double v)
{
	(void)e;
	snprintf(s, len, "the hypervisor takes %.0f %% of the CPU time", v);
}

/*
 * Niced tasks are left out: batch work that yields to everything else is meant
 * to wait.
 */
double verdict_cpu_waiting(const struct evidence *e)
{
	const struct task_totals *t = e->totals;
	const double all = e->frame->interval_s * e->frame->nr_cpus * 1e9;
	const double urgent = ratio(t->runq_urgent_ns, all);
	double waiting;

	if (!t->partial)
		return urgent;
	/* Of all that wait on the machine, those known to be niced do not count. */
	waiting = e->g->cpu_runnable_per_cpu -
		  (e->g->cpu_util_pct - e->g->cpu_steal_pct) / 100;
	return max_of(urgent,
		      add(waiting, ratio(t->runq_urgent_ns - t->runq_ns, all)));
}

bool verdict_cpu_waiting_unknown(const struct evidence *e)
{
	return e->totals->partial && isnan(e->g->cpu_runnable_per_cpu);
}

void verdict_cpu_waiting_text(char *s, size_t len, const struct evidence *e,
			      double v)
{
	const struct sp_golden *g = e->g;
	const double p99 = g->cpu_runq_wait_p99_us / 1000;
	const double mean = g->cpu_runq_wait_mean_us / 1000;

	/* Two digits, as of a screen's numbers, stand still to be read. */
	snprintf(s, len, "%.1f tasks a CPU wait to run", v);
	if (!isnan(p99))
		more(s, len,
		     p99 < 9.95 ? ", run-queue wait p99 %.1f ms"
				: ", run-queue wait p99 %.0f ms",
		     p99);
	else
		more(s, len,
		     mean < 9.95 ? ", run-queue wait %.1f ms"
				 : ", run-queue wait %.0f ms",
		     mean);
	more(s, len, ", CPUs %.0f %% in use", g->cpu_util_pct);
}

/*
 * A task that its quota holds back is on the run queue too. And reclaiming
 * memory costs CPU time: where tasks wait for memory half as long as for CPUs,
 * it is memory that is missing.
 */
bool verdict_cpu_waiting_explained(const struct evidence *e)
{
	if (verdict_complains(e, RULE_THROTTLED) &&
	    e->g->cpu_util_pct < CPU_FULL_PCT)
		return true;
	return (verdict_complains(e, RULE_MEMORY_STALLED) ||
		verdict_complains(e, RULE_SWAPPING)) &&
	       2 * e->g->memory_psi_some_pct >= e->g->cpu_psi_some_pct;
}
