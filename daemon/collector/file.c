// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading whole files of /proc and /sys (file.h). Owns nothing between calls
 * but the descriptors and buffers that its callers keep.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "text.h"

/* Where a file without end (it is not one of the kernel's) is cut off. */
#define MAX_FILE ((size_t)64 << 20)
#define FIRST_SIZE ((size_t)16 << 10)

int sp_root_open(const char *root)
{
	int fd = open(root[0] ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int buf_grow(struct sp_buf *buf)
{
	size_t size = buf->size ? buf->size * 2 : FIRST_SIZE;
	char *data;

	if (size > MAX_FILE)
		return -EFBIG;
	data = realloc(buf->data, size);
	if (!data)
		return -ENOMEM;
	buf->data = data;
	buf->size = size;
	return 0;
}

static int read_all(int fd, struct sp_buf *buf)
{
	int ret;

	/* A short read need not be the end: seq files give pages. */
	for (;;) {
		ssize_t n;

		if (buf->size - buf->len < 2) {
			ret = buf_grow(buf);
			if (ret)
				return ret;
		}
		n = pread(fd, buf->data + buf->len, buf->size - buf->len - 1,
			  (off_t)buf->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		buf->len += (size_t)n;
	}
	buf->data[buf->len] = '\0';
	return 0;
}

int sp_file_read(struct sp_file *f, int dirfd, const char *path,
		 struct sp_buf *buf)
{
	int ret;

	buf->len = 0;
	if (f->fd < 0)
		f->fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0)
		return -errno;
	ret = read_all(f->fd, buf);
	if (ret) {
		buf->len = 0;
		sp_file_close(f);
	}
	return ret;
}

void sp_file_close(struct sp_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

void sp_buf_free(struct sp_buf *buf)
{
	free(buf->data);
	*buf = (struct sp_buf){0};
}

ssize_t sp_read_small(int dirfd, const char *path, char *buf, size_t size)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	buf[0] = '\0';
	if (fd < 0)
		return -errno;
	do
		n = read(fd, buf, size - 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		n = -errno;
	else
		buf[n] = '\0';
	close(fd);
	return n;
}

uint64_t sp_read_u64(int dirfd, const char *path)
{
	char buf[64];
	ssize_t n = sp_read_small(dirfd, path, buf, sizeof(buf));
	uint64_t v = SP_ABSENT;
	struct sp_text t;

	if (n <= 0)
		return SP_ABSENT;
	t = sp_text_of(buf, (size_t)n);
	sp_text_u64(&t, &v);
	return v;
}
