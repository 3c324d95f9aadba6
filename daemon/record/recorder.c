// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns a recorder: which file is written, when the next begins, which are
 * deleted. A directory is locked as a whole (flock), its files one by one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sysperf/recording.h>

#include "names.h"
#include "pack.h"

#define TRIES 1000 /* files that begin in one second */
#define FILES_LEAST 4 /* of total_bytes, so that pruning leaves some */

struct sp_recorder {
	struct sp_recorder_config cfg;
	struct sp_recorder_stats stats;
	struct rec_pack *pack;
	struct sp_recorder_sample sample; /* of sp_recorder_add() */
	struct rec_writer w;
	int dir; /* -1 for a file */
	char *given; /* the path it was opened by */
	char *path; /* of the file that is written */
	char name[REC_NAME_MAX]; /* of it in the directory, or "" */
	uint64_t others; /* bytes of the directory's other files */
};

static int64_t time_of(const struct sp_frame *frame)
{
	const int64_t most = INT64_MAX / REC_NS_PER_S - 1;
	int64_t s = frame->time.tv_sec;

	s = s > most ? most : s < 0 ? 0 : s;
	return s * REC_NS_PER_S + frame->time.tv_nsec;
}

static int set_path(struct sp_recorder *r, const char *name)
{
	char *path;

	if (asprintf(&path, "%s%s%s", r->given, *name ? "/" : "", name) < 0)
		return -ENOMEM;
	free(r->path);
	r->path = path;
	return 0;
}

/* Return: 0 or -errno. */
static int sync_file(struct sp_recorder *r)
{
	if (r->w.fd < 0 || r->cfg.sync == SP_SYNC_NEVER)
		return 0;
	return fdatasync(r->w.fd) ? -errno : 0;
}

static int open_file(struct sp_recorder *r, const char *name, bool fresh,
		     uint64_t *cut)
{
	int dir = r->dir >= 0 ? r->dir : AT_FDCWD;
	struct rec_writer w;
	int ret = rec_writer_open(&w, dir, *name ? name : r->given, fresh, cut);

	if (ret)
		return ret;
	ret = set_path(r, name);
	if (ret) {
		rec_writer_close(&w);
		return ret;
	}
	sync_file(r);
	rec_writer_close(&r->w);
	r->w = w;
	r->w.schema = rec_pack_schema_id(r->pack);
	snprintf(r->name, sizeof(r->name), "%s", name);
	rec_pack_begin(r->pack);
	return 0;
}

static void say_cut(const struct sp_recorder *r, uint64_t cut, char *err,
		    size_t len)
{
	if (cut)
		snprintf(err, len,
			 "%s ended in the middle of a record; cut off its last "
			 "%llu bytes",
			 r->path, (unsigned long long)cut);
}

static int say(char *err, size_t len, const char *path, int ret)
{
	if (ret == -EBUSY)
		snprintf(err, len, "%s: another program records to it", path);
	else if (ret == -EBADMSG)
		snprintf(err, len,
			 "%s is no recording; it is left as it is, choose "
			 "another name",
			 path);
	else
		snprintf(err, len, "cannot record to %s: %s", path,
			 strerror(-ret));
	return ret;
}

/* Go on with the last file; a directory without one is as good. */
static void go_on(struct sp_recorder *r, uint64_t *cut)
{
	struct rec_names list;

	if (rec_names_list(r->dir, &list))
		return;
	for (size_t i = list.nr; i--;) {
		if (!rec_name_is_ours(list.names[i]))
			continue;
		if (strlen(list.names[i]) < REC_NAME_MAX)
			open_file(r, list.names[i], false, cut);
		break;
	}
	rec_names_free(&list);
}

static int open_dir(struct sp_recorder *r, uint64_t *cut)
{
	if (flock(r->dir, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	if (faccessat(r->dir, ".", W_OK | X_OK, AT_EACCESS))
		return -errno;
	go_on(r, cut);
	return 0;
}

int sp_recorder_open(struct sp_recorder **out, const char *path,
		     const struct sp_recorder_config *cfg, char *err,
		     size_t len)
{
	struct sp_recorder *r = calloc(1, sizeof(*r));
	uint64_t cut = 0;
	int ret = -ENOMEM;

	*out = NULL;
	if (len)
		*err = '\0';
	if (!r)
		return say(err, len, path, ret);
	if (cfg)
		r->cfg = *cfg;
	r->w.fd = -1;
	r->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r->given = strdup(path);
	r->path = strdup("");
	r->pack = rec_pack_new();
	if (r->given && r->path && r->pack)
		ret = r->dir < 0 ? open_file(r, "", false, &cut)
				 : open_dir(r, &cut);
	if (ret) {
		sp_recorder_close(r);
		return say(err, len, path, ret);
	}
	say_cut(r, cut, err, len);
	*out = r;
	return 0;
}

void sp_recorder_config(struct sp_recorder *r,
			const struct sp_recorder_config *cfg)
{
	r->cfg = *cfg;
}

const struct sp_recorder_stats *sp_recorder_stats(const struct sp_recorder *r)
{
	return &r->stats;
}

const char *sp_recorder_path(const struct sp_recorder *r)
{
	return r->path;
}

struct old_file {
	uint64_t bytes;
	bool outlived;
};

static bool look_at(const struct sp_recorder *r, const char *name,
		    int64_t now_ns, struct old_file *f)
{
	struct stat st;

	if (!rec_name_is_ours(name) || !strcmp(name, r->name) ||
	    fstatat(r->dir, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(st.st_mode))
		return false;
	f->bytes = (uint64_t)st.st_size;
	f->outlived =
		r->cfg.age_s && now_ns / REC_NS_PER_S - st.st_mtim.tv_sec >
					(int64_t)r->cfg.age_s;
	return true;
}

/* Delete what is too old or too much, and count what is left. */
static void prune(struct sp_recorder *r, int64_t now_ns, uint64_t more)
{
	struct rec_names list;
	struct old_file f;
	uint64_t sum = 0;

	if (rec_names_list(r->dir, &list))
		return;
	for (size_t i = 0; i < list.nr; i++)
		if (look_at(r, list.names[i], now_ns, &f))
			sum += f.bytes;
	for (size_t i = 0; i < list.nr; i++) {
		bool over = r->cfg.total_bytes &&
			    sum + r->w.end + more > r->cfg.total_bytes;

		if (!look_at(r, list.names[i], now_ns, &f) ||
		    (!over && !f.outlived))
			continue;
		if (unlinkat(r->dir, list.names[i], 0))
			continue;
		sum -= f.bytes;
		r->stats.files_deleted++;
	}
	r->others = sum;
	rec_names_free(&list);
}

static bool is_full(const struct sp_recorder *r)
{
	uint64_t most = r->cfg.file_bytes;
	uint64_t share = r->cfg.total_bytes / FILES_LEAST;

	if (share && (!most || most > share))
		most = share;
	return most && r->w.end >= most;
}

/* Begin another file where it is time to. */
static int turn(struct sp_recorder *r, int64_t time_ns)
{
	char name[REC_NAME_MAX];
	uint64_t cut;
	int ret = -EEXIST;

	if (r->w.fd >= 0 && rec_name_same_day(r->name, time_ns) && !is_full(r))
		return 0;
	for (unsigned int i = 0; ret == -EEXIST && i < TRIES; i++) {
		rec_name_make(name, time_ns, i);
		ret = open_file(r, name, true, &cut);
	}
	if (!ret)
		prune(r, time_ns, 0);
	/* Rather too long a file than none. */
	return r->w.fd >= 0 ? 0 : ret;
}

int sp_recorder_encode(struct sp_wire_encoder *e, const struct sp_frame *frame,
		       struct sp_recorder_sample *s)
{
	s->bytes.len = 0;
	s->bytes.failed = false;
	sp_wire_encode(e, frame, &s->bytes);
	if (s->bytes.failed)
		return -ENOMEM;
	if (s->bytes.len > SP_WIRE_MAX)
		return -EMSGSIZE;
	s->time_ns = time_of(frame);
	memcpy(s->host, frame->host, sizeof(s->host));
	return 0;
}

static int add(struct sp_recorder *r, struct sp_recorder_sample *s)
{
	struct rec_payload p[REC_PACK_MAX];
	uint64_t before, more = 0;
	unsigned int nr;
	int ret = r->dir >= 0 ? turn(r, s->time_ns) : 0;
	bool key;

	/* What a delta refers to must be within reach of its header. */
	if (r->w.end - r->w.key > UINT32_MAX / 2)
		rec_pack_begin(r->pack);
	if (!ret)
		ret = rec_pack_sample(r->pack, s, p, &nr);
	if (ret)
		return ret;
	key = p[nr - 1].type == REC_KEY;
	for (unsigned int i = 0; i < nr; i++)
		more += REC_HEAD + p[i].length;
	if (r->dir >= 0 && ((key && r->cfg.age_s) ||
			    (r->cfg.total_bytes &&
			     r->others + r->w.end + more > r->cfg.total_bytes)))
		prune(r, s->time_ns, more);
	before = r->w.end;
	ret = rec_writer_add(&r->w, p, nr, s->time_ns);
	if (ret)
		return ret;
	r->stats.samples++;
	r->stats.bytes += r->w.end - before;
	/* Without memory for the key, the next one is a key again. */
	if (rec_pack_done(r->pack, s))
		rec_pack_begin(r->pack);
	return key || r->cfg.sync == SP_SYNC_ALL ? sync_file(r) : 0;
}

int sp_recorder_add_sample(struct sp_recorder *r, struct sp_recorder_sample *s)
{
	uint64_t before = r->stats.samples;
	int ret = add(r, s);

	r->stats.not_written += r->stats.samples == before;
	return ret;
}

int sp_recorder_add(struct sp_recorder *r, const struct sp_frame *frame)
{
	int ret = sp_recorder_encode(rec_pack_encoder(r->pack), frame,
				     &r->sample);

	if (!ret)
		return sp_recorder_add_sample(r, &r->sample);
	r->stats.not_written++;
	return ret;
}

int sp_recorder_close(struct sp_recorder *r)
{
	int ret = r->stats.samples ? sync_file(r) : 0;

	rec_writer_close(&r->w);
	if (r->dir >= 0)
		close(r->dir);
	rec_pack_free(r->pack);
	sp_bytes_free(&r->sample.bytes);
	free(r->given);
	free(r->path);
	free(r);
	return ret;
}
