// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the doctor's probes of everything but the module.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <sysperf/source.h>

#include "doctor.h"

void doctor_pmu(struct finding *f)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.disabled = 1,
		.exclude_kernel = 1,
	};
	char paranoid[16] = "?";
	long fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1,
			  PERF_FLAG_FD_CLOEXEC);
	int err = errno;

	if (fd >= 0) {
		close((int)fd);
		finding_set(f, MARK_OK, "", "cycles can be counted");
		return;
	}
	doctor_read_line("/proc/sys/kernel/perf_event_paranoid", paranoid,
			 sizeof(paranoid));
	if (err == EACCES || err == EPERM)
		finding_set(f, MARK_NONE,
			    "root and the module are not bound by this; for "
			    "others sysctl kernel.perf_event_paranoid=2",
			    "you may not count (kernel.perf_event_paranoid is "
			    "%s)",
			    paranoid);
	else if (err == ENOENT || err == EOPNOTSUPP || err == ENODEV)
		finding_set(f, MARK_NONE,
			    "in a virtual machine the hypervisor has to pass "
			    "them on (QEMU: -cpu host,pmu=on)",
			    "this machine offers none (%s)", strerror(err));
	else
		finding_set(f, MARK_NONE, "", "perf_event_open: %s",
			    strerror(err));
}

void doctor_psi(struct finding *f)
{
	char line[128];
	int ret = doctor_read_line("/proc/pressure/cpu", line, sizeof(line));

	if (!ret)
		finding_set(f, MARK_OK, "", "/proc/pressure is there");
	else if (ret == -EOPNOTSUPP)
		finding_set(f, MARK_BAD, "boot with psi=1",
			    "switched off in this kernel");
	else
		finding_set(f, MARK_NONE,
			    "boot with psi=1 if the kernel has CONFIG_PSI",
			    "no /proc/pressure: %s", strerror(-ret));
}

void doctor_io(struct finding *f)
{
	char line[128];
	int ret = doctor_read_line("/proc/1/io", line, sizeof(line));

	if (!ret)
		finding_set(f, MARK_OK, "", "/proc/PID/io can be read");
	else if (ret == -EACCES || ret == -EPERM)
		finding_set(f, MARK_NONE,
			    geteuid()
				    ? "run as root or load the module"
				    : "give CAP_SYS_PTRACE, if that is what is "
				      "missing, or load the module",
			    "/proc/PID/io of some processes is denied");
	else
		finding_set(f, MARK_NONE, "load the module",
			    "no /proc/PID/io: %s", strerror(-ret));
}

void doctor_schedstat(struct finding *f)
{
	char line[128];
	int ret = doctor_read_line("/proc/self/schedstat", line, sizeof(line));

	if (ret || !strcmp(line, "0 0 0"))
		finding_set(f, MARK_NONE, "load the module",
			    "this kernel does not sum up waits for a CPU");
	else if (access("/proc/schedstat", R_OK))
		finding_set(f, MARK_NONE, "load the module",
			    "of tasks, but there is no /proc/schedstat of "
			    "CPUs");
	else
		finding_set(f, MARK_OK, "", "of tasks and of CPUs");
}

void doctor_exits(struct finding *f)
{
	static const char *const elsewhere =
		"run it outside of containers and other namespaces, or load "
		"the module";
	int ret = sp_source_try_exits();

	switch (-ret) {
	case 0:
		finding_set(f, MARK_OK, "", "taskstats tells of them");
		break;
	case EPERM:
		finding_set(f, MARK_NONE,
			    geteuid()
				    ? "run as root, or with CAP_NET_ADMIN, "
				      "or load the module"
				    : "give CAP_NET_ADMIN, or load the module",
			    "taskstats is denied: what ends between two "
			    "samples is not seen");
		break;
	case ENOENT:
		finding_set(f, MARK_NONE, elsewhere,
			    "taskstats does not tell other network "
			    "namespaces, or this kernel has none");
		break;
	case EINVAL:
		finding_set(f, MARK_NONE, elsewhere,
			    "taskstats does not tell other namespaces of "
			    "users and processes");
		break;
	default:
		finding_set(f, MARK_NONE, "load the module",
			    "taskstats cannot be used: %s", strerror(-ret));
	}
}

void doctor_delayacct(struct finding *f)
{
	char line[16];

	if (doctor_read_line("/proc/sys/kernel/task_delayacct", line,
			     sizeof(line)))
		finding_set(f, MARK_NONE, "load the module",
			    "not summed up, or not to be known (before 5.14)");
	else if (*line == '0')
		finding_set(f, MARK_NONE,
			    "sysctl kernel.task_delayacct=1 (as root), which "
			    "counts for tasks from then on, or load the module",
			    "off (kernel.task_delayacct=0)");
	else
		finding_set(f, MARK_OK, "", "on (kernel.task_delayacct)");
}

/* Of the mount at /proc; "" if it has none. */
static void read_hidepid(char *value, size_t len)
{
	FILE *f = fopen("/proc/self/mounts", "re");
	char line[1024];

	*value = '\0';
	while (f && fgets(line, sizeof(line), f)) {
		const char *opt;

		if (!strstr(line, " /proc proc "))
			continue;
		opt = strstr(line, "hidepid=");
		snprintf(value, len, "%.*s",
			 opt ? (int)strcspn(opt + 8, ", \n") : 0,
			 opt ? opt + 8 : "");
	}
	if (f)
		fclose(f);
}

/* That of the machine has a number of its own (include/linux/proc_ns.h). */
static bool is_container(void)
{
	struct stat st;

	return !stat("/proc/self/ns/pid", &st) && st.st_ino != 0xEFFFFFFC;
}

void doctor_hidepid(struct finding *f)
{
	char value[32];

	read_hidepid(value, sizeof(value));
	if (is_container())
		finding_set(f, MARK_BAD, "run in the machine's pid namespace",
			    "in a pid namespace: tasks outside are hidden, and "
			    "the verdict on CPUs may lack what they wait");
	else if (!*value || !strcmp(value, "0") || !strcmp(value, "off"))
		finding_set(f, MARK_OK, "", "all are visible");
	else if (!geteuid())
		finding_set(f, MARK_OK, "",
			    "/proc is mounted with hidepid=%s; root sees all",
			    value);
	else
		finding_set(f, MARK_BAD,
			    "run as root, or join the group of /proc's mount "
			    "option gid=",
			    "/proc is mounted with hidepid=%s: other users' "
			    "tasks are hidden",
			    value);
}

/* A disk of no size (an unused loop or zram device) is none. */
static int read_iostats(const char *disk, char *line, int len)
{
	char path[320];

	snprintf(path, sizeof(path), "/sys/block/%s/size", disk);
	if (*disk == '.' || doctor_read_line(path, line, len) || *line == '0')
		return -1;
	snprintf(path, sizeof(path), "/sys/block/%s/queue/iostats", disk);
	return doctor_read_line(path, line, len);
}

void doctor_iostats(struct finding *f)
{
	DIR *dir = opendir("/sys/block");
	struct dirent *e;
	unsigned int disks = 0, off = 0;
	char which[128] = "";

	while (dir && (e = readdir(dir))) {
		char line[32];

		if (read_iostats(e->d_name, line, sizeof(line)))
			continue;
		disks++;
		if (*line == '0' && !off++)
			snprintf(which, sizeof(which), "%.100s", e->d_name);
	}
	if (dir)
		closedir(dir);
	if (off)
		finding_set(f, MARK_BAD,
			    "echo 1 >/sys/block/DISK/queue/iostats (as root)",
			    "off for %u of %u disks, %s first: their numbers "
			    "stay 0",
			    off, disks, which);
	else if (disks)
		finding_set(f, MARK_OK, "", "on for all (%u)", disks);
	else
		finding_set(f, MARK_NONE, "", "no disks in /sys/block");
}

static int try_netlink(int protocol)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

void doctor_netlink(struct finding *f)
{
	int route = try_netlink(NETLINK_ROUTE);
	int diag = try_netlink(NETLINK_SOCK_DIAG);

	if (route || diag)
		finding_set(f, MARK_NONE,
			    "in a sandbox, allow AF_NETLINK sockets",
			    "no netlink of %s: %s",
			    route ? "interfaces" : "sockets",
			    strerror(route ? -route : -diag));
	else
		finding_set(f, MARK_OK, "", "interfaces and sockets answer");
}

void doctor_terminal(struct finding *f)
{
	const char *term = getenv("TERM");
	const char *charset = nl_langinfo(CODESET);
	int utf8 = !strcmp(charset, "UTF-8");

	if (!term || !*term)
		finding_set(f, MARK_NONE, "set TERM, or use -b",
			    "TERM is not set, the live screen needs it");
	else if (!strcmp(term, "dumb"))
		finding_set(f, MARK_NONE, "use a real terminal, or -b",
			    "TERM is dumb, which cannot show the live screen");
	else
		finding_set(f, utf8 ? MARK_OK : MARK_NONE,
			    utf8 ? ""
				 : "for names and graphs beyond ASCII set "
				   "LANG=C.UTF-8",
			    "TERM %.40s, characters %.40s", term, charset);
}
