// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns sysperf doctor's report: what can be measured here, what not, why,
 * and what to do. It is for people, and to be pasted into a bug report.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <sysperf/client.h>

#include "doctor.h"
#include "options.h"

struct check {
	const char *title;
	void (*probe)(struct finding *f);
};

static const struct check checks[] = {
	{"kernel module", doctor_module},
	{"what the module measures", doctor_parts},
	{"hardware counters", doctor_pmu},
	{"pressure (PSI)", doctor_psi},
	{"other users' I/O", doctor_io},
	{"run-queue waits without module", doctor_schedstat},
	{"tasks that end, without module", doctor_exits},
	{"I/O waits without module", doctor_delayacct},
	{"other users' tasks", doctor_hidepid},
	{"disk statistics", doctor_iostats},
	{"netlink", doctor_netlink},
	{"terminal", doctor_terminal},
};

void finding_set(struct finding *f, enum mark mark, const char *todo,
		 const char *form, ...)
{
	va_list ap;

	f->mark = mark;
	snprintf(f->todo, sizeof(f->todo), "%s", todo);
	va_start(ap, form);
	vsnprintf(f->what, sizeof(f->what), form, ap);
	va_end(ap);
}

int doctor_read_line(const char *path, char *buf, int len)
{
	FILE *f = fopen(path, "re");
	int ret = 0;

	if (!f)
		return -errno;
	errno = 0;
	if (!fgets(buf, len, f))
		ret = errno ? -errno : -ENODATA;
	else
		buf[strcspn(buf, "\n")] = '\0';
	fclose(f);
	return ret;
}

/* It is not read for this report, but to see whether it can be. */
static void check_config(const struct options *o, struct finding *f)
{
	struct sp_config c;
	char err[512] = "";

	if (config_read(o, &c, err, sizeof(err)))
		finding_set(f, MARK_BAD,
			    "mend it: sysperf does not start with it", "%s",
			    err);
	else
		finding_set(f, MARK_OK, "",
			    "nothing is wrong with it (see --print-config)");
}

static long value_of(const char *status, const char *key)
{
	size_t n = strlen(key);

	for (const char *s = status; s; s = strchr(s, '\n')) {
		s += *s == '\n';
		if (!strncmp(s, key, n) && s[n] == '=')
			return strtol(s + n + 1, NULL, 10);
	}
	return 0;
}

static void check_daemon(const struct options *o, struct finding *f)
{
	const char *path = o->socket ? o->socket : SP_SOCKET;
	char *status, err[512];
	int ret = sp_client_ask(path, &status, err, sizeof(err));

	if (!ret) {
		finding_set(f, MARK_OK, "",
			    "runs (process %ld), %ld viewers, %ld collections",
			    value_of(status, "pid"),
			    value_of(status, "viewers") - 1,
			    value_of(status, "collections"));
		free(status);
		return;
	}
	if (ret == -ENOENT || ret == -ENOTDIR || ret == -ECONNREFUSED)
		finding_set(f, MARK_NONE,
			    "systemctl start sysperfd, for recordings, alerts "
			    "and metrics, and one collection for all viewers",
			    "does not run");
	else if (ret == -EACCES || ret == -EPERM)
		finding_set(f, MARK_NONE,
			    "become root or a member of group sysperf",
			    "no permission to connect to %s", path);
	else
		finding_set(f, MARK_BAD, "see journalctl -u sysperfd", "%s",
			    err);
}

static void print_finding(const char *title, const struct finding *f)
{
	static const char *const marks[MARKS] = {
		[MARK_OK] = "[ok]",
		[MARK_NONE] = "[--]",
		[MARK_BAD] = "[!!]",
	};

	printf("%s %s: %s\n", marks[f->mark], title, f->what);
	if (*f->todo)
		printf("     -> %s\n", f->todo);
}

static void print_caps(uint32_t caps)
{
	const char *before = "; measures ";

	for (unsigned int i = SP_CAP_ANY + 1; i < SP_CAPS; i++) {
		if (!(caps & 1U << i))
			continue;
		printf("%s%s", before, sp_cap_names[i]);
		before = ", ";
	}
	before = "; lacks ";
	for (unsigned int i = SP_CAP_ANY + 1; i < SP_CAPS; i++) {
		if (caps & 1U << i)
			continue;
		printf("%s%s", before, sp_cap_names[i]);
		before = ", ";
	}
}

/* What a start of sysperf with the same options would come to. */
static void print_source(struct sp_collector *c)
{
	const struct sp_frame *frame = NULL;
	int ret = sp_collector_sample(c, &frame);

	if (!ret && !frame)
		ret = sp_collector_sample(c, &frame);
	if (ret || !frame) {
		printf("[!!] source: cannot be read: %s\n",
		       strerror(ret ? -ret : ENODATA));
		return;
	}
	printf("[ok] source: %s", frame->source.name);
	print_caps(frame->source.caps);
	printf("\n");
	if (*sp_collector_why_not_kmod(c))
		printf("     not the module: %s\n",
		       sp_collector_why_not_kmod(c));
}

static void try_source(const struct options *o)
{
	struct sp_collector *c;
	char err[512] = "";
	int ret;

	ret = sp_collector_open(&c, &o->collector, err, sizeof(err));
	if (ret) {
		printf("[!!] source: %s\n", *err ? err : strerror(-ret));
		return;
	}
	print_source(c);
	sp_collector_close(c);
}

static void print_summary(const unsigned int *count)
{
	printf("\nsummary: %u ok, %u missing, %u to mend%s\n", count[MARK_OK],
	       count[MARK_NONE], count[MARK_BAD],
	       count[MARK_BAD] ? " (see the lines marked [!!])" : "");
}

int doctor_run(const struct options *o)
{
	unsigned int count[MARKS] = {0};
	struct finding config, daemon;
	struct utsname u;

	printf("sysperf %s", SYSPERF_VERSION);
	if (!uname(&u))
		printf(", host %s, %s %s %s", u.nodename, u.sysname, u.release,
		       u.machine);
	printf(", %s\n\n", geteuid() ? "not root" : "root");
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		struct finding f = {.mark = MARK_NONE};

		checks[i].probe(&f);
		print_finding(checks[i].title, &f);
		count[f.mark]++;
	}
	check_config(o, &config);
	print_finding("configuration", &config);
	count[config.mark]++;
	check_daemon(o, &daemon);
	print_finding("sysperfd", &daemon);
	count[daemon.mark]++;
	try_source(o);
	print_summary(count);
	return EXIT_OK;
}
