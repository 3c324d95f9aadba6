// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees of files for tests (tree.h). What fails here ends the test program.
 */
#include "tree.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

void tree_canned(char *path, size_t size, const char *name)
{
	const char *data = getenv("SYSPERF_TESTDATA");

	snprintf(path, size, "%s/%s", data ? data : "tests/unit/data", name);
}

char *tree_new(void)
{
	const char *tmp = getenv("TMPDIR");
	char path[256];
	char *tree;

	snprintf(path, sizeof(path), "%s/sysperf-test-XXXXXX",
		 tmp ? tmp : "/tmp");
	must(mkdtemp(path) != NULL, path);
	tree = strdup(path);
	must(tree != NULL, "strdup");
	return tree;
}

void tree_write(const char *tree, const char *path, const char *text)
{
	char full[512];
	char *slash;
	FILE *f;

	snprintf(full, sizeof(full), "%s/%s", tree, path);
	for (slash = full + strlen(tree) + 1; (slash = strchr(slash, '/'));
	     slash++) {
		*slash = '\0';
		mkdir(full, 0755);
		*slash = '/';
	}
	f = fopen(full, "w");
	must(f != NULL, full);
	must(fputs(text, f) >= 0, full);
	must(fclose(f) == 0, full);
}

static int delete_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void tree_delete(const char *tree, const char *path)
{
	char full[512];

	snprintf(full, sizeof(full), "%s/%s", tree, path);
	must(nftw(full, delete_one, 16, FTW_DEPTH | FTW_PHYS) == 0, full);
}

void tree_remove(char *tree)
{
	tree_delete(tree, "");
	free(tree);
}
