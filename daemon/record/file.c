// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the way through one file. Records lie end to end; where the next one
 * does not begin where the last one ended, what is between is damage.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "writer.h"

#define NOWHERE UINT64_MAX

int rec_file_open(struct rec_file *f, const char *path)
{
	struct stat st;
	int ret = 0;

	*f = (struct rec_file){
		.stepped_size = NOWHERE,
		.last_end = NOWHERE,
		.scan.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK),
	};
	if (f->scan.fd < 0)
		return -errno;
	if (fstat(f->scan.fd, &st))
		ret = -errno;
	else if (!S_ISREG(st.st_mode))
		ret = -EBADMSG;
	else
		ret = rec_scan_size(&f->scan);
	if (ret)
		rec_file_close(f);
	return ret;
}

void rec_file_close(struct rec_file *f)
{
	rec_scan_free(&f->scan);
	if (f->scan.fd >= 0)
		close(f->scan.fd);
	f->scan.fd = -1;
}

static int look_stepped(struct rec_file *f)
{
	struct rec_place p;
	int ret;

	if (f->stepped_size == f->scan.size)
		return 0;
	ret = rec_scan_before(&f->scan, f->scan.size, &p);
	if (ret < 0)
		return ret;
	f->stepped = ret && p.head.flags & REC_STEPPED;
	f->stepped_size = f->scan.size;
	return 0;
}

static bool inside(const struct rec_file *f, const struct rec_head *h)
{
	return rec_is_frame(h) && h->time_ns >= f->window->begin_ns &&
	       h->time_ns <= f->window->end_ns;
}

/* What is between from and to, where next begins (NULL: the file ends). */
static void note_gap(struct rec_file *f, uint64_t from, uint64_t to,
		     const struct rec_head *next)
{
	struct sp_damage gap = {1, to - from, 1};

	if (next && next->type == REC_DELTA) {
		uint64_t key = to - next->back;
		uint64_t lost = 0;

		if (key >= from && key < to)
			lost = next->ordinal; /* the key, too */
		else if (f->last_end == from && f->last_key == key &&
			 next->ordinal > f->last_ordinal)
			lost = next->ordinal - f->last_ordinal - 1U;
		if (lost > 1)
			gap.records = lost;
	}
	rec_damage_add(f->damage, f->number, from, &gap);
}

/* Of a record that is passed forwards. */
static void remember(struct rec_file *f, const struct rec_place *p)
{
	f->last_end = p->end;
	f->last_ordinal = p->head.ordinal;
	if (p->head.type == REC_KEY)
		f->last_key = p->at;
	else if (p->head.type == REC_DELTA)
		f->last_key = p->at - p->head.back;
	else
		f->last_key = NOWHERE;
}

int rec_file_next(struct rec_file *f, uint64_t at, struct rec_place *p)
{
	int ret = rec_scan_size(&f->scan);

	if (!ret)
		ret = look_stepped(f);
	while (!ret && at < f->scan.size) {
		ret = rec_scan_record(&f->scan, at, p, NULL);
		if (!ret) {
			ret = rec_scan_after(&f->scan, at + 1, p);
			/* At the end it may be about to be written. */
			if (!ret && rec_writer_locked(f->scan.fd))
				return 0;
			if (ret >= 0)
				note_gap(f, at, ret ? p->at : f->scan.size,
					 ret ? &p->head : NULL);
		}
		if (ret <= 0)
			return ret;
		remember(f, p);
		if (inside(f, &p->head))
			return 1;
		if (!f->stepped && p->head.time_ns > f->window->end_ns)
			return 0;
		at = p->end;
		ret = 0;
	}
	return ret;
}

/* The same backwards: from last (NULL: the file's beginning) to at. */
static int note_gap_before(struct rec_file *f, const struct rec_place *last,
			   uint64_t at)
{
	struct rec_place next;
	int ret = 0;

	if (at < f->scan.size)
		ret = rec_scan_header(&f->scan, at, &next);
	else if (rec_writer_locked(f->scan.fd))
		return 0;
	if (ret < 0)
		return ret;
	f->last_end = NOWHERE;
	if (last)
		remember(f, last);
	note_gap(f, last ? last->end : 0, at, ret ? &next.head : NULL);
	return 0;
}

int rec_file_prev(struct rec_file *f, uint64_t at, struct rec_place *p)
{
	int ret = look_stepped(f);

	while (!ret && at) {
		ret = rec_scan_before(&f->scan, at, p);
		if (ret < 0)
			return ret;
		if (!ret)
			return note_gap_before(f, NULL, at);
		ret = p->end < at ? note_gap_before(f, p, at) : 0;
		if (ret)
			return ret;
		if (inside(f, &p->head))
			return 1;
		if (!f->stepped && p->head.time_ns < f->window->begin_ns)
			return 0;
		at = p->at;
	}
	return ret;
}

/* The header at a place, or the first intact record after it. */
static int header_from(struct rec_file *f, uint64_t at, struct rec_place *p)
{
	int ret = rec_scan_header(&f->scan, at, p);

	return ret ? ret : rec_scan_after(&f->scan, at + 1, p);
}

int rec_file_first(struct rec_file *f, uint64_t *at)
{
	int ret = rec_scan_size(&f->scan);

	*at = 0;
	if (ret || f->window->begin_ns == INT64_MIN)
		return ret;
	return rec_scan_high(&f->scan, f->window->begin_ns, at);
}

int rec_file_last(struct rec_file *f, uint64_t *at)
{
	struct rec_place p;
	int ret = rec_scan_size(&f->scan);

	if (!ret)
		ret = look_stepped(f);
	*at = f->scan.size;
	if (ret || f->stepped || f->window->end_ns == INT64_MAX)
		return ret;
	ret = rec_scan_high(&f->scan, f->window->end_ns + 1, at);
	while (!ret && (ret = header_from(f, *at, &p)) > 0) {
		*at = p.at;
		if (rec_is_frame(&p.head) && p.head.time_ns > f->window->end_ns)
			return 0;
		*at = p.end;
		ret = 0;
	}
	if (!ret)
		*at = f->scan.size;
	return ret;
}

int rec_file_seek(struct rec_file *f, int64_t time_ns, struct rec_place *p)
{
	struct rec_place next;
	uint64_t at = 0;
	int ret = rec_scan_size(&f->scan), found = 0;

	if (time_ns < f->window->begin_ns)
		time_ns = f->window->begin_ns;
	if (!ret)
		ret = look_stepped(f);
	if (!ret)
		ret = rec_scan_high(&f->scan, time_ns, &at);
	while (!ret && (ret = header_from(f, at, &next)) > 0) {
		at = next.end;
		ret = 0;
		if (inside(f, &next.head) && next.head.time_ns >= time_ns &&
		    (!found || next.head.time_ns < p->head.time_ns)) {
			*p = next;
			found = 1;
		}
		if (!f->stepped && next.head.time_ns >= time_ns &&
		    rec_is_frame(&next.head))
			break;
	}
	return ret < 0 ? ret : found;
}

void rec_file_unusable(struct rec_file *f, const struct rec_place *p, bool here)
{
	struct sp_damage one = {here, p->end - p->at, 1};

	rec_damage_add(f->damage, f->number, p->at, &one);
}
