// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the reading of a recording: its files in their order, and the place
 * between two samples where one is. One file is open at a time; those that
 * are gone by then were pruned and are passed over.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sysperf/recording.h>

#include "frames.h"
#include "names.h"

/* Between two samples: back is where the one before ended its looking. */
struct cursor {
	size_t file;
	uint64_t back; /* prev() looks before it */
	uint64_t forth; /* next() looks from it on */
};

struct sp_recording {
	char *path;
	int dir; /* -1 for a file */
	struct rec_names files; /* of a directory; their places do not change */
	struct rec_file f; /* the one that is open */
	size_t open; /* which that is, NONE */
	struct cursor at;
	struct rec_window window;
	struct rec_damage damage;
	struct rec_frames *frames;
};

#define NONE SIZE_MAX

static int64_t ns_of(const struct timespec *t)
{
	if (t->tv_sec >= INT64_MAX / REC_NS_PER_S)
		return INT64_MAX;
	if (t->tv_sec <= INT64_MIN / REC_NS_PER_S)
		return INT64_MIN;
	return t->tv_sec * REC_NS_PER_S + t->tv_nsec;
}

static struct timespec timespec_of(int64_t ns)
{
	struct timespec t = {ns / REC_NS_PER_S, ns % REC_NS_PER_S};

	if (t.tv_nsec < 0) {
		t.tv_sec--;
		t.tv_nsec += REC_NS_PER_S;
	}
	return t;
}

static void close_file(struct sp_recording *r)
{
	if (r->open != NONE)
		rec_file_close(&r->f);
	r->open = NONE;
}

/* Return: 1; 0 if there is no such file; -errno. */
static int open_file(struct sp_recording *r, size_t i)
{
	char *path = NULL;
	int ret;

	if (r->open == i)
		return 1;
	if (i >= r->files.nr)
		return 0;
	close_file(r);
	if (r->dir >= 0 &&
	    asprintf(&path, "%s/%s", r->path, r->files.names[i]) < 0)
		return -ENOMEM;
	ret = rec_file_open(&r->f, path ? path : r->path);
	free(path);
	if (ret)
		return ret;
	r->f.number = (unsigned int)i;
	r->f.damage = &r->damage;
	r->f.window = &r->window;
	r->open = i;
	return 1;
}

/* What is no file of ours any more is as if it were empty. */
static bool gone(int ret)
{
	return ret == -ENOENT || ret == -EBADMSG || ret == -EACCES;
}

/* Files that were begun since come after those that are known. */
static void look_again(struct sp_recording *r)
{
	struct rec_names now;
	size_t i = 0;

	if (r->dir < 0 || rec_names_list(r->dir, &now))
		return;
	if (r->files.nr) {
		const char *last = r->files.names[r->files.nr - 1];

		while (i < now.nr && strcmp(now.names[i], last) != 0)
			i++;
		i++;
	}
	for (; i < now.nr; i++) {
		size_t size = (r->files.nr + 1) * sizeof(*r->files.names);
		char **names = realloc(r->files.names, size);

		if (!names)
			break;
		r->files.names = names;
		names[r->files.nr++] = now.names[i];
		now.names[i] = NULL;
	}
	rec_names_free(&now);
}

/* The sample after r->at. Return: 1; 0 if there is none; -errno. */
static int step_next(struct sp_recording *r, struct rec_place *p)
{
	struct cursor c = r->at;
	bool looked = false;
	int ret;

	for (;; c.file++) {
		if (c.file >= r->files.nr && !looked) {
			look_again(r);
			looked = true;
		}
		if (c.file >= r->files.nr)
			return 0;
		ret = open_file(r, c.file);
		if (ret > 0 && c.file != r->at.file)
			ret = rec_file_first(&r->f, &c.forth) ?: 1;
		if (ret > 0)
			ret = rec_file_next(&r->f, c.forth, p);
		if (gone(ret))
			ret = 0;
		if (ret < 0)
			return ret;
		if (ret) {
			r->at = (struct cursor){c.file, p->at, p->end};
			return 1;
		}
	}
}

static int step_prev(struct sp_recording *r, struct rec_place *p)
{
	struct cursor c = r->at;
	int ret;

	for (;; c.file--) {
		ret = open_file(r, c.file);
		if (ret > 0 && c.file != r->at.file)
			ret = rec_file_last(&r->f, &c.back) ?: 1;
		if (ret > 0)
			ret = rec_file_prev(&r->f, c.back, p);
		if (gone(ret))
			ret = 0;
		if (ret < 0)
			return ret;
		if (ret) {
			r->at = (struct cursor){c.file, p->at, p->end};
			return 1;
		}
		if (!c.file)
			return 0;
	}
}

static int step(struct sp_recording *r, const struct sp_frame **frame,
		int (*to)(struct sp_recording *, struct rec_place *))
{
	struct rec_place p;
	int ret;

	*frame = NULL;
	do {
		ret = to(r, &p);
		if (ret > 0)
			ret = rec_frames_decode(r->frames, &r->f, &p, frame);
		else if (!ret)
			return -ENODATA;
	} while (!ret);
	return ret < 0 ? ret : 0;
}

int sp_recording_next(struct sp_recording *r, const struct sp_frame **frame)
{
	return step(r, frame, step_next);
}

int sp_recording_prev(struct sp_recording *r, const struct sp_frame **frame)
{
	return step(r, frame, step_prev);
}

int sp_recording_rewind(struct sp_recording *r, bool to_end)
{
	struct cursor c = {0, 0, 0};
	int ret;

	if (to_end) {
		look_again(r);
		c.file = r->files.nr ? r->files.nr - 1 : 0;
	}
	r->at = c;
	ret = open_file(r, c.file);
	if (ret > 0)
		ret = to_end ? rec_file_last(&r->f, &c.back)
			     : rec_file_first(&r->f, &c.back);
	if (ret < 0)
		return gone(ret) ? 0 : ret;
	c.forth = c.back;
	r->at = c;
	return 0;
}

int sp_recording_window(struct sp_recording *r, const struct timespec *begin,
			const struct timespec *end)
{
	r->window.begin_ns = begin ? ns_of(begin) : INT64_MIN;
	r->window.end_ns = end ? ns_of(end) : INT64_MAX;
	return sp_recording_rewind(r, false);
}

int sp_recording_seek(struct sp_recording *r, const struct timespec *t)
{
	int64_t best_ns = INT64_MAX, time_ns = ns_of(t);
	struct cursor best;
	struct rec_place p;
	int ret = sp_recording_rewind(r, true);

	best = r->at;
	for (size_t i = 0; !ret && i < r->files.nr; i++) {
		ret = open_file(r, i);
		if (ret > 0)
			ret = rec_file_seek(&r->f, time_ns, &p);
		if (gone(ret))
			ret = 0;
		if (ret <= 0)
			continue;
		ret = 0;
		if (p.head.time_ns < best_ns) {
			best_ns = p.head.time_ns;
			best = (struct cursor){i, p.at, p.at};
		}
		/* Files begin one after another. */
		if (!r->f.stepped)
			break;
	}
	if (ret)
		return ret;
	r->at = best;
	return 0;
}

int sp_recording_times(struct sp_recording *r, struct timespec *first,
		       struct timespec *last)
{
	struct cursor before = r->at;
	struct rec_place p;
	int ret = sp_recording_rewind(r, false);

	if (!ret)
		ret = step_next(r, &p);
	if (ret > 0) {
		*first = timespec_of(p.head.time_ns);
		ret = sp_recording_rewind(r, true);
		ret = ret ? ret : step_prev(r, &p);
	}
	if (ret > 0)
		*last = timespec_of(p.head.time_ns);
	r->at = before;
	return ret > 0 ? 0 : ret ? ret : -ENODATA;
}

const struct sp_damage *sp_recording_damage(const struct sp_recording *r)
{
	return &r->damage.sum;
}

/* The one name of a recording that is a file. */
static int list_file(struct sp_recording *r)
{
	r->files.names = calloc(1, sizeof(*r->files.names));
	if (r->files.names)
		r->files.names[0] = strdup(r->path);
	if (!r->files.names || !r->files.names[0])
		return -ENOMEM;
	r->files.nr = 1;
	return 0;
}

/* 0 if there is a record anywhere, -ENODATA if there is no byte. */
static int look_for_any(struct sp_recording *r)
{
	struct rec_place p;
	int ret, why = -ENODATA;

	for (size_t i = 0; i < r->files.nr; i++) {
		ret = open_file(r, i);
		if (ret > 0)
			ret = rec_scan_after(&r->f.scan, 0, &p);
		if (ret > 0)
			return 0;
		if (ret < 0 && (r->dir < 0 || !gone(ret)))
			return ret;
		if (ret < 0 || r->f.scan.size)
			why = -EBADMSG;
	}
	return why;
}

static int say(const struct sp_recording *r, const char *path, int ret,
	       char *err, size_t len)
{
	bool dir = r && r->dir >= 0;

	if (ret == -ENODATA)
		snprintf(err, len, "%s %s", path,
			 dir ? "has no recordings in it" : "is empty");
	else if (ret == -EBADMSG)
		snprintf(err, len, "%s %s", path,
			 dir ? "has no recording in it that can be read"
			     : "is no recording, or nothing in it can be read");
	else
		snprintf(err, len, "cannot read %s: %s", path, strerror(-ret));
	return ret;
}

int sp_recording_open(struct sp_recording **out, const char *path, char *err,
		      size_t len)
{
	struct sp_recording *r = calloc(1, sizeof(*r));
	int ret = -ENOMEM;

	*out = NULL;
	if (!r)
		return say(NULL, path, ret, err, len);
	r->open = NONE;
	r->window = (struct rec_window){INT64_MIN, INT64_MAX};
	r->path = strdup(path);
	r->frames = rec_frames_new();
	r->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->path && r->frames)
		ret = r->dir >= 0 ? rec_names_list(r->dir, &r->files)
				  : list_file(r);
	if (!ret)
		ret = look_for_any(r);
	if (ret) {
		say(r, path, ret, err, len);
		sp_recording_close(r);
		return ret;
	}
	*out = r;
	return 0;
}

void sp_recording_close(struct sp_recording *r)
{
	close_file(r);
	if (r->dir >= 0)
		close(r->dir);
	rec_names_free(&r->files);
	rec_damage_free(&r->damage);
	rec_frames_free(r->frames);
	free(r->path);
	free(r);
}
