// SPDX-License-Identifier: GPL-2.0-only
/*
 * I/O priorities: own their names and the system calls.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ioprio.h"

/* As in linux/ioprio.h, which headers before 5.15 do not have. */
#define IOPRIO_CLASS_SHIFT 13
#define IOPRIO_WHO_PROCESS 1
enum {
	IOPRIO_CLASS_NONE,
	IOPRIO_CLASS_RT,
	IOPRIO_CLASS_BE,
	IOPRIO_CLASS_IDLE,
};

static const char *const names[] = {
	[IOPRIO_CLASS_NONE] = "none",
	[IOPRIO_CLASS_RT] = "realtime",
	[IOPRIO_CLASS_BE] = "best-effort",
	[IOPRIO_CLASS_IDLE] = "idle",
};
#define NR_NAMES ((int)(sizeof(names) / sizeof(names[0])))
#define LEVELS 8

int ioprio_text(pid_t tid, char *buf, size_t len)
{
	long v = syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, tid);
	int c;

	if (v < 0)
		return -1;
	c = (int)(v >> IOPRIO_CLASS_SHIFT) & 7;
	if (c >= NR_NAMES)
		return -1;
	if (c == IOPRIO_CLASS_NONE)
		return snprintf(buf, len, "by its nice value");
	if (c == IOPRIO_CLASS_IDLE)
		return snprintf(buf, len, "idle");
	return snprintf(buf, len, "%s %ld", names[c], v & (LEVELS - 1));
}

int ioprio_parse(const char *s)
{
	size_t n = strcspn(s, " 0123456789");
	int c, found = n ? -1 : IOPRIO_CLASS_BE;
	const char *level = s + n + strspn(s + n, " ");
	bool has_level = *level;

	for (c = 0; n && c < NR_NAMES; c++) {
		if (!strncasecmp(names[c], s, n))
			found = c;
	}
	if (found < 0 || (has_level && (!isdigit((unsigned char)*level) ||
					*level >= '0' + LEVELS || level[1])))
		return -1;
	if (found == IOPRIO_CLASS_NONE || found == IOPRIO_CLASS_IDLE)
		return has_level ? -1 : found << IOPRIO_CLASS_SHIFT;
	if (!n && !has_level)
		return -1;
	return found << IOPRIO_CLASS_SHIFT | (has_level ? *level - '0' : 4);
}

int ioprio_change(pid_t tid, int value)
{
	return syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, tid, value) ? errno
								       : 0;
}
