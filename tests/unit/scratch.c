// SPDX-License-Identifier: GPL-2.0-only
/* See scratch.h. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"

int scratch_make(char dir[SCRATCH_LEN])
{
	snprintf(dir, SCRATCH_LEN, "/tmp/sysperf-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

int scratch_remove(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)))
		unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	return rmdir(dir);
}
