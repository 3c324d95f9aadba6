// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the end of a file that is recorded to: what is cut off it when it is
 * opened, and that a record is there as a whole or not at all. Locks the file
 * for its open description (fcntl, so that readers can see it without taking
 * it); the kernel lets go of that whatever way we end.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "scan.h"
#include "writer.h"

#define MODE 0640 /* command lines of everyone are in it */
#define RECORDS_MAX 2

static int lock(int fd)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (!fcntl(fd, F_OFD_SETLK, &l))
		return 0;
	return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
}

bool rec_writer_locked(int fd)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return !fcntl(fd, F_OFD_GETLK, &l) && l.l_type != F_UNLCK;
}

/* Of a file without any record: 0 if it may be overwritten. */
static int check_ours(struct rec_scan *s)
{
	char block[4096];
	uint64_t at = 0;

	while (at < s->size) {
		ssize_t n = pread(s->fd, block, sizeof(block), (off_t)at);

		if (n < 0)
			return -errno;
		if (!n)
			break;
		if (!at && !memcmp(block, REC_MAGIC,
				   n < 4 ? (size_t)n : strlen(REC_MAGIC)))
			return 0;
		for (ssize_t i = 0; i < n; i++)
			if (block[i])
				return -EBADMSG;
		at += (uint64_t)n;
	}
	return 0;
}

static int find_end(struct rec_writer *w, uint64_t *cut)
{
	struct rec_scan s = {.fd = w->fd};
	struct rec_place last = {0};
	int ret = rec_scan_size(&s);

	if (!ret)
		ret = rec_scan_before(&s, s.size, &last);
	if (ret > 0) {
		w->end = last.end;
		w->high_ns = rec_high_ns(&last.head);
		w->stepped = last.head.flags & REC_STEPPED;
		ret = 0;
	} else if (!ret) {
		ret = check_ours(&s);
	}
	rec_scan_free(&s);
	*cut = s.size - w->end;
	if (!ret && *cut && ftruncate(w->fd, (off_t)w->end))
		ret = -errno;
	return ret;
}

int rec_writer_open(struct rec_writer *w, int dir, const char *name, bool fresh,
		    uint64_t *cut)
{
	struct stat st;
	int ret;

	*cut = 0;
	*w = (struct rec_writer){.high_ns = INT64_MIN};
	/* Not to hang on what is no file: a pipe, say. */
	w->fd = openat(dir, name,
		       O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY |
			       (fresh ? O_EXCL : 0),
		       MODE);
	if (w->fd < 0)
		return -errno;
	if (fstat(w->fd, &st))
		ret = -errno;
	else if (!S_ISREG(st.st_mode))
		ret = -EBADMSG;
	else
		ret = lock(w->fd);
	if (!ret)
		ret = find_end(w, cut);
	if (ret)
		rec_writer_close(w);
	return ret;
}

/* Return: 0, or -errno with any part of it gone again. */
static int write_all(struct rec_writer *w, struct iovec *v, int nr)
{
	uint64_t at = w->end;

	while (nr) {
		ssize_t n = pwritev(w->fd, v, nr, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int ret = n ? -errno : -EIO;

			/* If that fails too: the next one overwrites it. */
			if (ftruncate(w->fd, (off_t)w->end))
				return ret;
			return ret;
		}
		at += (uint64_t)n;
		for (; nr && (size_t)n >= v->iov_len; nr--, v++)
			n -= (ssize_t)v->iov_len;
		if (nr) {
			v->iov_base = (char *)v->iov_base + n;
			v->iov_len -= (size_t)n;
		}
	}
	return 0;
}

static uint32_t behind(int64_t high_ns, int64_t time_ns)
{
	uint64_t ns, s;

	if (high_ns <= time_ns)
		return 0;
	ns = (uint64_t)high_ns - (uint64_t)time_ns;
	s = ns / REC_NS_PER_S + (ns % REC_NS_PER_S != 0);
	return s < UINT32_MAX ? (uint32_t)s : UINT32_MAX;
}

int rec_writer_add(struct rec_writer *w, const struct rec_payload *p,
		   unsigned int nr, int64_t time_ns)
{
	uint8_t heads[RECORDS_MAX][REC_HEAD];
	struct iovec v[2 * RECORDS_MAX], *to = v;
	struct rec_writer after = *w;
	int ret;

	if (time_ns < after.high_ns)
		after.stepped = true;
	for (unsigned int i = 0; i < nr; i++) {
		struct rec_head h = {
			.type = (uint8_t)p[i].type,
			.flags = after.stepped ? REC_STEPPED : 0,
			.length = p[i].length,
			.raw = p[i].raw,
			.time_ns = time_ns,
			.behind_s = behind(after.high_ns, time_ns),
			.schema = w->schema,
			.crc_payload = rec_crc(p[i].data, p[i].length),
		};

		if (p[i].type == REC_KEY) {
			after.key = after.end;
			after.ordinal = 0;
		} else if (p[i].type == REC_DELTA) {
			h.ordinal = ++after.ordinal;
			h.back = (uint32_t)(after.end - after.key);
		}
		rec_head_pack(heads[i], &h);
		*to++ = (struct iovec){heads[i], REC_HEAD};
		*to++ = (struct iovec){(void *)(uintptr_t)p[i].data,
				       p[i].length};
		after.end += REC_HEAD + p[i].length;
	}
	ret = write_all(w, v, 2 * (int)nr);
	if (ret)
		return ret;
	if (time_ns > after.high_ns)
		after.high_ns = time_ns;
	*w = after;
	return 0;
}

void rec_writer_close(struct rec_writer *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}
