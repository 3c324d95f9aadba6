// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the reading of a file's bytes and the finding of records in them. A
 * record found by its magic counts only with its payload's checksum, too: a
 * header might be part of what a payload holds.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scan.h"

#define CHUNK 65536U

int rec_scan_size(struct rec_scan *s)
{
	struct stat st;

	if (fstat(s->fd, &st))
		return -errno;
	if ((uint64_t)st.st_size < s->size)
		s->len = 0; /* somebody cut it */
	s->size = (uint64_t)st.st_size;
	return 0;
}

static int fill(struct rec_scan *s, uint64_t at, size_t len)
{
	size_t got = 0;

	if (len > s->cap) {
		uint8_t *buf = realloc(s->buf, len);

		if (!buf)
			return -ENOMEM;
		s->buf = buf;
		s->cap = len;
	}
	s->len = 0;
	while (got < len) {
		ssize_t n = pread(s->fd, s->buf + got, len - got,
				  (off_t)(at + got));

		s->reads++;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		got += (size_t)n;
	}
	s->at = at;
	s->len = got;
	return 0;
}

/* Return: 1 and the bytes, 0 if the file has not as many, or -errno. */
static int bytes(struct rec_scan *s, uint64_t at, size_t len, const uint8_t **p)
{
	size_t want = len > CHUNK ? len : CHUNK;
	int ret;

	if (at > s->size || len > s->size - at)
		return 0;
	if (at < s->at || at - s->at > s->len || len > s->len - (at - s->at)) {
		if (want > s->size - at)
			want = (size_t)(s->size - at);
		ret = fill(s, at, want);
		if (ret)
			return ret < 0 ? ret : -EIO;
		if (len > s->len)
			return 0;
	}
	*p = s->buf + (at - s->at);
	return 1;
}

int rec_scan_header(struct rec_scan *s, uint64_t at, struct rec_place *p)
{
	const uint8_t *b;
	int ret = bytes(s, at, REC_HEAD, &b);

	if (ret <= 0)
		return ret;
	if (!rec_head_parse(&p->head, b))
		return 0;
	p->at = at;
	p->end = at + REC_HEAD + p->head.length;
	return p->end <= s->size;
}

int rec_scan_record(struct rec_scan *s, uint64_t at, struct rec_place *p,
		    const uint8_t **payload)
{
	const uint8_t *b = NULL;
	int ret = rec_scan_header(s, at, p);

	if (ret > 0)
		ret = bytes(s, at + REC_HEAD, p->head.length, &b);
	if (ret <= 0)
		return ret;
	if (rec_crc(b, p->head.length) != p->head.crc_payload)
		return 0;
	if (payload)
		*payload = b;
	return 1;
}

/*
 * The first intact record whose magic is in a piece of the file. Its bytes are
 * read anew for each, as to look at one may read others.
 */
static int first_of(struct rec_scan *s, uint64_t from, uint64_t to,
		    struct rec_place *p)
{
	while (from < to) {
		uint64_t len = to - from + strlen(REC_MAGIC) - 1;
		const uint8_t *b, *hit;
		int ret;

		if (len > s->size - from)
			len = s->size - from;
		ret = bytes(s, from, (size_t)len, &b);
		if (ret <= 0)
			return ret;
		hit = memmem(b, (size_t)len, REC_MAGIC, strlen(REC_MAGIC));
		if (!hit)
			return 0;
		from += (uint64_t)(hit - b);
		ret = rec_scan_record(s, from, p, NULL);
		if (ret)
			return ret;
		from++;
	}
	return 0;
}

int rec_scan_after(struct rec_scan *s, uint64_t at, struct rec_place *p)
{
	int ret = 0;

	for (; !ret && at < s->size; at += CHUNK / 2)
		ret = first_of(s, at, at + CHUNK / 2, p);
	return ret;
}

/* The last one: the pieces are small, so the records in one are few. */
static int last_of(struct rec_scan *s, uint64_t from, uint64_t to,
		   struct rec_place *p)
{
	struct rec_place next;
	int ret, found = 0;

	while (from < to) {
		ret = first_of(s, from, to, &next);
		if (ret < 0)
			return ret;
		if (!ret)
			break;
		*p = next;
		found = 1;
		from = next.end;
	}
	return found;
}

int rec_scan_before(struct rec_scan *s, uint64_t at, struct rec_place *p)
{
	uint64_t piece = CHUNK / 2;
	int ret = 0;

	if (at > s->size)
		at = s->size;
	while (!ret && at) {
		uint64_t from = at > piece ? at - piece : 0;

		ret = last_of(s, from, at, p);
		at = from;
	}
	return ret;
}

int rec_scan_high(struct rec_scan *s, int64_t time_ns, uint64_t *at)
{
	uint64_t low = 0, high = s->size;
	struct rec_place p;

	while (high - low > CHUNK) {
		uint64_t mid = low + (high - low) / 2;
		int ret = rec_scan_after(s, mid, &p);

		if (ret < 0)
			return ret;
		if (ret && p.at < high && rec_high_ns(&p.head) < time_ns)
			low = p.at;
		else
			high = mid;
	}
	*at = low;
	return 0;
}

void rec_scan_free(struct rec_scan *s)
{
	free(s->buf);
	s->buf = NULL;
	s->cap = s->len = 0;
}
