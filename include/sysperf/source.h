/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A source fills snapshots. There are two kinds of tasks' counters (the
 * module, /proc) and one of the system's (system.h), which both use.
 */
#ifndef SYSPERF_SOURCE_H
#define SYSPERF_SOURCE_H

#include <stdbool.h>

#include <sysperf/snapshot.h>

struct sp_source_config {
	const char *root; /* "" or a directory holding proc/ and sys/ to read
			   * instead, for tests; must outlive the source */
	bool threads; /* a task row for each thread */
	bool let_go; /* hold nothing between reads that keeps the module
		      * loaded */
};

struct sp_source; /* each kind defines its own, with ops first */

struct sp_source_ops {
	const char *name; /* "kmod", "procfs" */

	/**
	 * open() - make a source of this kind
	 * @src: set to the source
	 * @cfg: how to read; copied
	 * @err: on failure, one sentence that says what failed and what to
	 *	do about it, without a full stop
	 * @len: of @err
	 *
	 * Return: 0 or -errno.
	 */
	int (*open)(struct sp_source **src, const struct sp_source_config *cfg,
		    char *err, size_t len);

	/**
	 * read() - fill a snapshot with tasks' counters and info
	 * @src: the source
	 * @snap: a snapshot just reset
	 *
	 * A task that vanishes while it is read is left out; that is no
	 * error.
	 *
	 * Return: 0 or -errno when the source as a whole failed.
	 */
	int (*read)(struct sp_source *src, struct sp_snapshot *snap);

	void (*close)(struct sp_source *src);
};

struct sp_source {
	const struct sp_source_ops *ops;
};

extern const struct sp_source_ops sp_source_kmod;
extern const struct sp_source_ops sp_source_procfs;

/**
 * sp_source_try_exits() - does the kernel tell us of tasks that end?
 *
 * For the source without the module, and for sysperf doctor.
 *
 * Return: 0; -EPERM without CAP_NET_ADMIN; -ENOENT if this network namespace
 * or kernel has no TASKSTATS; -EINVAL in other namespaces of users or
 * processes; -EPROTONOSUPPORT if the kernel's messages are not understood; or
 * another -errno.
 */
int sp_source_try_exits(void);

#endif /* SYSPERF_SOURCE_H */
