// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the doctor's view of the kernel module: is it loaded, may we read it,
 * and if it is not there, what keeps it away.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <sysperf.h>

#include "doctor.h"

#define DEVICE "/dev/" SYSPERF_DEVICE
#define SECURE_BOOT                                                            \
	"/sys/firmware/efi/efivars/"                                           \
	"SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* Does a line of a file begin with, or contain, a word? */
static int file_has(const char *path, const char *word, int at_start)
{
	FILE *f = fopen(path, "re");
	char line[512];
	int found = 0;

	if (!f)
		return -errno;
	while (!found && fgets(line, sizeof(line), f))
		found = at_start ? !strncmp(line, word, strlen(word))
				 : strstr(line, word) != NULL;
	fclose(f);
	return found;
}

static void check_abi(struct finding *f, const struct sysperf_header *h)
{
	if (h->rec.type != SYSPERF_REC_HEADER)
		finding_set(f, MARK_BAD, "unload and load the module",
			    "%s does not speak sysperf's language", DEVICE);
	else if (h->abi_version != SYSPERF_ABI_VERSION)
		finding_set(f, MARK_BAD,
			    "install the module and the program of one "
			    "release, then unload and load the module",
			    "the module %.31s has interface %u, this program "
			    "needs %d",
			    h->version, h->abi_version, SYSPERF_ABI_VERSION);
	else
		finding_set(f, MARK_OK, "", "version %.31s, tracks %u tasks",
			    h->version, h->nr_tasks);
}

static void check_device(struct finding *f, int fd)
{
	char *buf = malloc(SYSPERF_READ_MIN);
	ssize_t n = buf ? read(fd, buf, SYSPERF_READ_MIN) : -1;
	struct sysperf_header h;

	if (n < (ssize_t)sizeof(h)) {
		finding_set(f, MARK_BAD, "see dmesg for what it says",
			    "%s cannot be read: %s", DEVICE,
			    n < 0 ? strerror(errno) : "too short");
	} else {
		memcpy(&h, buf, sizeof(h));
		check_abi(f, &h);
	}
	free(buf);
}

/* The kernel that runs refuses what it could otherwise load. */
static int check_refusal(struct finding *f)
{
	unsigned char efi[5] = {0};
	char line[128];
	int fd;

	if (access("/proc/modules", F_OK)) {
		finding_set(f, MARK_NONE, "",
			    "this kernel has no loadable modules");
		return 1;
	}
	if (!doctor_read_line("/proc/sys/kernel/modules_disabled", line,
			      sizeof(line)) &&
	    *line == '1') {
		finding_set(f, MARK_BAD,
			    "load the module at boot, before "
			    "kernel.modules_disabled is set; it needs a reboot",
			    "kernel.modules_disabled=1: no module can be "
			    "loaded any more");
		return 1;
	}
	fd = open(SECURE_BOOT, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		/* four bytes of attributes, then the value */
		if (read(fd, efi, sizeof(efi)) != sizeof(efi))
			efi[4] = 0;
		close(fd);
	}
	if (doctor_read_line("/sys/kernel/security/lockdown", line,
			     sizeof(line)))
		*line = '\0';
	if (!strstr(line, "[integrity]") && !strstr(line, "[confidentiality]"))
		return 0;
	finding_set(f, MARK_BAD,
		    "sign the module with a key the machine trusts: mokutil "
		    "--import of DKMS's mok.pub, then reboot",
		    "not loaded; kernel lockdown%s takes signed modules only",
		    efi[4] ? " (Secure Boot)" : "");
	return 1;
}

/* Nothing forbids it: is there a file to load, or one to be built? */
static void check_installed(struct finding *f)
{
	struct utsname u;
	char path[256], todo[400];

	if (uname(&u))
		*u.release = '\0';
	snprintf(path, sizeof(path), "/lib/modules/%.65s/modules.dep",
		 u.release);
	if (file_has(path, "/sysperf.ko", 0) > 0) {
		finding_set(f, MARK_BAD, "modprobe sysperf (as root)",
			    "installed for %.65s, not loaded", u.release);
		return;
	}
	snprintf(path, sizeof(path), "/lib/modules/%.65s/build/Makefile",
		 u.release);
	if (!access(path, F_OK)) {
		finding_set(f, MARK_BAD,
			    "dkms install sysperf, or make and insmod "
			    "kmod/sysperf.ko in the sources (as root)",
			    "not built for %.65s; its headers are here",
			    u.release);
		return;
	}
	snprintf(todo, sizeof(todo),
		 "install the kernel's headers (Debian: apt install "
		 "linux-headers-%.65s), then build the module",
		 u.release);
	finding_set(f, MARK_NONE, todo,
		    "none for this kernel, and no headers to build one");
}

/* Each can be left out when the module is loaded, or turned off later. */
static const struct {
	uint32_t cap;
	const char *what, *why_not;
} parts[] = {
	{SYSPERF_CAP_SCHED, "run-queue waits", "loaded with sched=0"},
	{SYSPERF_CAP_BLOCK, "block requests", "loaded with block=0"},
	{SYSPERF_CAP_PMU, "IPC and cache misses",
	 "no hardware counters here, or turned off"},
	{SYSPERF_CAP_NET, "traffic of tasks", "turned off"},
	{SYSPERF_CAP_TCP, "TCP round trips", "turned off"},
	{SYSPERF_CAP_MEMORY, "reclaim stalls", "turned off"},
};

static void list_parts(struct finding *f, uint32_t caps)
{
	char have[200] = "", lack[400] = "";

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		size_t h = strlen(have), l = strlen(lack);

		if (caps & parts[i].cap)
			snprintf(have + h, sizeof(have) - h, "%s%s",
				 h ? ", " : "", parts[i].what);
		else
			snprintf(lack + l, sizeof(lack) - l, "%s%s (%s)",
				 l ? ", " : "not: ", parts[i].what,
				 parts[i].why_not);
	}
	finding_set(f, *lack ? MARK_NONE : MARK_OK, lack, "%s",
		    *have ? have : "only what the kernel itself counts");
}

void doctor_parts(struct finding *f)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	struct sysperf_header h;

	if (fd < 0) {
		finding_set(f, MARK_NONE, "", "nothing: it cannot be read");
		return;
	}
	if (ioctl(fd, SYSPERF_IOC_INFO, &h))
		finding_set(f, MARK_NONE, "", "it does not say: %s",
			    strerror(errno));
	else
		list_parts(f, h.caps);
	close(fd);
}

void doctor_module(struct finding *f)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		check_device(f, fd);
		close(fd);
	} else if (errno == EACCES || errno == EPERM) {
		finding_set(f, MARK_BAD,
			    "join its group (usermod -aG sysperf USER, then "
			    "log in again) or run sysperf as root",
			    "loaded, but you may not read %s", DEVICE);
	} else if (errno != ENOENT) {
		finding_set(f, MARK_BAD, "see dmesg for what it says",
			    "%s cannot be opened: %s", DEVICE, strerror(errno));
	} else if (file_has("/proc/modules", "sysperf ", 1) > 0) {
		finding_set(f, MARK_BAD,
			    "is this a container? Give it the device; else "
			    "see whether udev runs",
			    "loaded, but there is no %s", DEVICE);
	} else if (!check_refusal(f)) {
		check_installed(f);
	}
}
