// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the sums of what tasks use, and their names.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "task_use.h"

const struct task_use_def task_uses[USES] = {
	[USE_CPU] = {"cpus", "CPU", "CPU time", SP_UNIT_RATIO, SP_UNIT_US},
	[USE_DISK] = {"disk_bytes_per_s", "disk", "read and written",
		      SP_UNIT_BYTES_PER_S, SP_UNIT_BYTES},
	[USE_NET] = {"net_bytes_per_s", "network", "sent and received",
		     SP_UNIT_BYTES_PER_S, SP_UNIT_BYTES},
	[USE_MEMORY] = {"rss_bytes", "memory", "in RAM", SP_UNIT_BYTES,
			SP_UNIT_BYTES},
	[USE_RUNQ] = {"runq_waiting", "run-queue waiting", "waited for a CPU",
		      SP_UNIT_RATIO, SP_UNIT_US},
};

/* What is known of two. */
static double add(double a, double b)
{
	if (isnan(a))
		return b;
	return isnan(b) ? a : a + b;
}

void task_use(const struct sp_task *t, double *use)
{
	use[USE_CPU] = t->cpu_pct / 100;
	use[USE_DISK] = add(t->read_bytes_per_s, t->write_bytes_per_s);
	use[USE_NET] = add(t->net_rx_bytes_per_s, t->net_tx_bytes_per_s);
	/* All threads have the same memory. */
	use[USE_MEMORY] = t->tid == t->pid ? t->rss_bytes : NAN;
	use[USE_RUNQ] = t->runq_pct / 100 * t->state_threads;
}

/* Programs whose name says nothing: their script does. */
static bool interprets(const char *comm)
{
	static const char *const names[] = {"python", "perl", "ruby", "node",
					    "java",   "php",  "lua",  "bash",
					    "sh",     "dash"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		/* python3.11 is python */
		if (!strncmp(comm, names[i], n) &&
		    strspn(comm + n, ".0123456789") == strlen(comm + n))
			return true;
	}
	return false;
}

/* The first word after the program that is no option, without its folders. */
static int script_of(const char *command, const char **script)
{
	const char *s = command + strcspn(command, " ");

	for (;;) {
		size_t n;

		s += strspn(s, " ");
		n = strcspn(s, " ");
		if (!n)
			return 0;
		if (*s != '-') {
			const char *slash = memrchr(s, '/', n);

			*script = slash ? slash + 1 : s;
			return (int)(s + n - *script);
		}
		/* what follows is code, not a name */
		if (n == 2 && (s[1] == 'c' || s[1] == 'e'))
			return 0;
		s += n;
	}
}

char *task_name(char *buf, const struct sp_task *t)
{
	size_t n = strlen(t->comm);
	const char *script = NULL;
	int len = 0;

	if (t->kthread)
		n = strcspn(t->comm, "/");
	else if (interprets(t->comm))
		len = script_of(t->command, &script);
	if (len > 0)
		snprintf(buf, TASK_NAME_MAX, "%s %.*s", t->comm, len, script);
	else
		snprintf(buf, TASK_NAME_MAX, "%.*s", (int)n, t->comm);
	return buf;
}
