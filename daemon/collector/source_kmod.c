// SPDX-License-Identifier: GPL-2.0-only
/*
 * The source that reads the kernel module: one snapshot of /dev/sysperf a
 * sample, kept in the snapshot's buffer, to which histograms point. It asks for
 * what changed alone; a module that cannot tell gives all tasks every time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <sysperf/source.h>

#include "kmod_parse.h"

#define DEVICE_PATH "/dev/" SYSPERF_DEVICE

struct kmod_source {
	struct sp_source base;
	int fd; /* -1: let go of, to be opened again */
	uint32_t mode; /* SYSPERF_MODE_* */
	bool let_go;
	struct sysperf_place place; /* of when it was */
};

static int explain(int err, char *text, size_t len)
{
	switch (err) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
		snprintf(
			text, len,
			access("/proc/modules", F_OK)
				? "this kernel takes no modules"
				: "the kernel module is not loaded "
				  "(no " DEVICE_PATH
				  "): modprobe sysperf, or see sysperf doctor");
		break;
	case EACCES:
	case EPERM:
		snprintf(text, len,
			 "no permission to read " DEVICE_PATH
			 ": become root or a member of group sysperf");
		break;
	default:
		snprintf(text, len, DEVICE_PATH ": %s", strerror(err));
	}
	return -err;
}

/* A whole snapshot into s->buf. Return: bytes or -errno. */
static ssize_t read_all(int fd, struct sp_snapshot *s)
{
	size_t len = 0;

	for (;;) {
		ssize_t n;

		if (s->buf_size - len < SYSPERF_READ_MIN) {
			size_t size = s->buf_size * 3 / 2 + 1024UL * 1024;
			char *buf = realloc(s->buf, size);

			if (!buf)
				return -ENOMEM;
			s->buf = buf;
			s->buf_size = size;
		}
		n = pread(fd, s->buf + len, s->buf_size - len, (off_t)len);
		if (n < 0 && errno == EINTR && !len)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return (ssize_t)len;
		len += (size_t)n;
	}
}

/* Whether it is done shows in the next snapshot's header. */
static void ask_for(struct kmod_source *k, uint32_t mode)
{
	if (k->mode != mode && !ioctl(k->fd, SYSPERF_IOC_MODE, &mode))
		k->mode = mode;
}

/* Go on where it was let go of. Another load of the module is another source:
 * nothing that is known of tasks holds. */
static int take_up(struct kmod_source *k)
{
	k->fd = open(DEVICE_PATH, O_RDONLY | O_CLOEXEC);
	if (k->fd < 0)
		return -errno;
	return ioctl(k->fd, SYSPERF_IOC_SET_PLACE, &k->place) ? -errno : 0;
}

/* A module that knows no places is held. */
static void put_down(struct kmod_source *k)
{
	if (!k->let_go || ioctl(k->fd, SYSPERF_IOC_GET_PLACE, &k->place))
		return;
	close(k->fd);
	k->fd = -1;
}

static int kmod_read(struct sp_source *src, struct sp_snapshot *snap)
{
	struct kmod_source *k = (struct kmod_source *)src;
	int ret = k->fd < 0 ? take_up(k) : 0;
	ssize_t n;

	if (ret)
		return ret;
	ask_for(k, snap->want_all ? SYSPERF_MODE_FULL : SYSPERF_MODE_CHANGES);
	n = read_all(k->fd, snap);
	put_down(k);
	if (n < 0)
		return (int)n;
	snap->info.name = src->ops->name;
	snap->tasks_are_threads = true;
	return sp_kmod_parse(snap, snap->buf, (size_t)n);
}

static void kmod_close(struct sp_source *src)
{
	struct kmod_source *k = (struct kmod_source *)src;

	if (k->fd >= 0)
		close(k->fd);
	free(k);
}

/* A first snapshot, to be told at once what is wrong with the module. */
static int try_out(struct kmod_source *k, char *err, size_t len)
{
	struct sp_snapshot s;
	int ret;

	sp_snapshot_init(&s);
	sp_snapshot_reset(&s);
	s.want_all = true;
	ret = kmod_read(&k->base, &s);
	sp_snapshot_free(&s);
	if (ret == -EPROTONOSUPPORT)
		snprintf(err, len,
			 "the kernel module speaks another ABI version than "
			 "this program: install both from one release");
	else if (ret)
		snprintf(err, len, DEVICE_PATH ": %s", strerror(-ret));
	return ret;
}

static int kmod_open(struct sp_source **src, const struct sp_source_config *cfg,
		     char *err, size_t len)
{
	struct kmod_source *k;
	int fd, ret;

	/* Threads are what it gives, and there is one kernel. */
	fd = open(DEVICE_PATH, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return explain(errno, err, len);
	k = calloc(1, sizeof(*k));
	if (!k) {
		close(fd);
		return explain(ENOMEM, err, len);
	}
	k->base.ops = &sp_source_kmod;
	k->fd = fd;
	k->let_go = cfg->let_go;
	k->mode = SYSPERF_MODE_FULL; /* of every new reader */
	ret = try_out(k, err, len);
	if (ret) {
		kmod_close(&k->base);
		return ret;
	}
	*src = &k->base;
	return 0;
}

const struct sp_source_ops sp_source_kmod = {
	.name = "kmod",
	.open = kmod_open,
	.read = kmod_read,
	.close = kmod_close,
};
