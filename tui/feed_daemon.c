// SPDX-License-Identifier: GPL-2.0-only
/*
 * A feed of sysperfd's frames. Owns the connection, the ssh behind it if there
 * is one, and the feed of our own that takes over when sysperfd is gone.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sysperf/client.h>

#include "feed.h"
#include "ssh.h"

#define SSH_ANSWER_S 60.0 /* somebody may have to type a password */

struct daemon {
	struct feed feed;
	const struct options *o;
	bool must;
	struct sp_wish wish;
	struct sp_client *client; /* NULL: gone */
	struct sp_client *holds; /* whose the last frame is; or NULL */
	double granted_s; /* the delay, as of that frame */
	struct ssh *ssh; /* to another machine; or NULL */
	struct feed *own; /* what took over; or NULL */
	struct sp_frame frame; /* the last one, with the source as we see it */
	char words[400]; /* why it is gone */
	char note[400], told[400];
};

static void hang_up(struct daemon *d)
{
	if (d->client != d->holds)
		sp_client_close(d->client);
	d->client = NULL;
	ssh_close(d->ssh);
	d->ssh = NULL;
}

static int dial(struct daemon *d, char *err, size_t len)
{
	const struct options *o = d->o;
	int fd, ret;

	if (!o->host)
		return sp_client_connect(&d->client,
					 o->socket ? o->socket : SP_SOCKET,
					 &d->wish, err, len);
	fd = ssh_open(&d->ssh, o->host, err, len);
	if (fd < 0)
		return fd;
	ret = sp_client_adopt(&d->client, fd, &d->wish, SSH_ANSWER_S, err, len);
	if (ret) {
		ssh_explain(d->ssh, err, len);
		ssh_close(d->ssh);
		d->ssh = NULL;
	}
	return ret;
}

/* It measures with another rhythm than was wished for. */
static void note_delay(struct daemon *d)
{
	double s = sp_client_granted(d->client)->delay_s;

	if (s == d->granted_s)
		return;
	d->granted_s = s;
	if (fabs(s - d->wish.delay_s) > d->wish.delay_s / 1000)
		snprintf(d->note, sizeof(d->note),
			 "sysperfd has many delays to serve: this is one of "
			 "%gs",
			 s);
}

/* What is the connection's own goes beside what the source lost. */
static void adapt(struct daemon *d, const struct sp_frame *frame)
{
	struct sp_source_info *s = &d->frame.source;

	if (d->holds != d->client)
		sp_client_close(d->holds);
	d->holds = d->client;
	note_delay(d);
	d->frame = *frame;
	s->name = "daemon";
	if (s->nr_lost < SP_LOST_MAX)
		s->lost[s->nr_lost++] =
			(struct sp_lost){"frames", sp_client_lost(d->client)};
}

/* Would it be the same without it? */
static bool suits(const struct daemon *d)
{
	const struct sp_granted *g = sp_client_granted(d->client);

	return g->thresholds == sp_thresholds_id(&d->o->config.thresholds) &&
	       !(d->o->require & ~g->caps);
}

/* Once more, as it may only have been started anew; else without it. */
static int go_on_without(struct daemon *d, int error,
			 const struct sp_frame **frame)
{
	char err[512];

	if (!d->o->host && !dial(d, err, sizeof(err))) {
		if (d->must || suits(d))
			return 0;
		hang_up(d);
	}
	if (d->must)
		return error;
	if (feed_open_own(d->o, &d->own) != EXIT_OK)
		return error;
	feed_set_threads(d->own, d->wish.threads);
	snprintf(d->note, sizeof(d->note),
		 "sysperfd: %.300s; going on without it", d->words);
	return feed_sample(d->own, frame);
}

static int gone(struct daemon *d, int error, const struct sp_frame **frame)
{
	snprintf(d->words, sizeof(d->words), "%s",
		 sp_client_explain(d->client, error));
	if (d->ssh)
		ssh_explain(d->ssh, d->words, sizeof(d->words));
	hang_up(d);
	return go_on_without(d, error, frame);
}

static int daemon_sample(struct feed *feed, const struct sp_frame **frame)
{
	struct daemon *d = (struct daemon *)feed;
	const struct sp_frame *f;
	bool early = false;
	int ret;

	*frame = NULL;
	if (d->own)
		return feed_sample(d->own, frame);
	if (!d->client)
		return go_on_without(d, -ENOTCONN, frame);
	ret = sp_client_receive(d->client, &f, &early);
	if (d->ssh)
		ssh_drain(d->ssh);
	if (ret)
		return gone(d, ret, frame);
	/* What is printed first covers a whole interval from now on. */
	if (!f || (early && d->o->verb == VERB_BATCH))
		return 0;
	adapt(d, f);
	*frame = &d->frame;
	return 0;
}

static int wish(struct daemon *d)
{
	/* If it is gone by now, the next sample tells. */
	if (d->client)
		sp_client_wish(d->client, &d->wish);
	return 0;
}

static int daemon_set_threads(struct feed *feed, bool threads)
{
	struct daemon *d = (struct daemon *)feed;

	d->wish.threads = threads;
	return d->own ? feed_set_threads(d->own, threads) : wish(d);
}

static int daemon_set_delay(struct feed *feed, double delay_s)
{
	struct daemon *d = (struct daemon *)feed;

	d->wish.delay_s = delay_s;
	return d->own ? 0 : wish(d);
}

static bool daemon_judges(const struct feed *feed)
{
	return ((const struct daemon *)feed)->own != NULL;
}

static void daemon_set_thresholds(struct feed *feed,
				  const struct sp_thresholds *t)
{
	feed_set_thresholds(((struct daemon *)feed)->own, t);
}

static const char *daemon_why_not_kmod(const struct feed *feed)
{
	const struct daemon *d = (const struct daemon *)feed;

	if (d->own)
		return feed_why_not_kmod(d->own);
	return d->client ? sp_client_granted(d->client)->why_not_kmod : "";
}

static int daemon_fd(const struct feed *feed)
{
	const struct daemon *d = (const struct daemon *)feed;

	return d->client ? sp_client_fd(d->client) : -1;
}

static const char *daemon_note(struct feed *feed)
{
	struct daemon *d = (struct daemon *)feed;

	/* It is told once, from where the next one does not overwrite it. */
	memcpy(d->told, d->note, sizeof(d->told));
	d->note[0] = '\0';
	return d->told;
}

static const char *daemon_words(const struct feed *feed, int error)
{
	const struct daemon *d = (const struct daemon *)feed;

	return *d->words ? d->words : strerror(-error);
}

static bool daemon_caps(const struct feed *feed, uint32_t *caps)
{
	const struct daemon *d = (const struct daemon *)feed;

	if (!d->client)
		return false;
	*caps = sp_client_granted(d->client)->caps;
	return true;
}

static void daemon_close(struct feed *feed)
{
	struct daemon *d = (struct daemon *)feed;

	hang_up(d);
	sp_client_close(d->holds);
	if (d->own)
		feed_close(d->own);
	free(d);
}

static const struct feed_ops daemon_ops = {
	.sample = daemon_sample,
	.set_threads = daemon_set_threads,
	.why_not_kmod = daemon_why_not_kmod,
	.close = daemon_close,
	.fd = daemon_fd,
	.judges = daemon_judges,
	.set_thresholds = daemon_set_thresholds,
	.set_delay = daemon_set_delay,
	.note = daemon_note,
	.words = daemon_words,
	.caps = daemon_caps,
};

/* A format that shows the view's columns and nothing else of tasks. */
static bool shows_columns(const struct options *o)
{
	return o->verb == VERB_BATCH &&
	       (o->format == FORMAT_TEXT ||
		(o->fields && o->format != FORMAT_OPENMETRICS));
}

/*
 * Everything that may be shown, but for what costs a file of each task and
 * nobody asks for.
 */
static void wish_for(const struct options *o, struct sp_wish *w)
{
	const char *key = "cgroup";
	const struct sp_field *f =
		sp_field_find(SP_TABLE_TASK, key, strlen(key));

	w->delay_s = o->delay_s;
	w->threads = o->collector.threads;
	sp_wire_select_all(&w->select);
	if (shows_columns(o))
		w->select.fields[SP_TABLE_TASK] = view_fields(&o->view);
	if (f && !feed_wants_cgroups(o))
		w->select.fields[SP_TABLE_TASK] &=
			~(1ULL << (f - sp_tables[SP_TABLE_TASK].fields));
}

/* Nobody is there, or it is not for us: sysperf is used without it, then. */
static bool is_silent(int error)
{
	return error == -ENOENT || error == -ENOTDIR ||
	       error == -ECONNREFUSED || error == -EACCES || error == -EPERM ||
	       error == -EINTR;
}

int feed_open_daemon(const struct options *o, bool must, struct feed **feed,
		     char *note, size_t len)
{
	struct daemon *d = calloc(1, sizeof(*d));
	char err[512] = "out of memory";
	int ret = -ENOMEM;

	if (d) {
		d->feed.ops = &daemon_ops;
		d->feed.elsewhere = o->host != NULL;
		d->o = o;
		d->must = must;
		wish_for(o, &d->wish);
		ret = dial(d, err, sizeof(err));
	}
	if (!ret && (must || suits(d))) {
		*feed = &d->feed;
		return EXIT_OK;
	}
	if (must && ret != -EINTR)
		fprintf(stderr, "sysperf: %s\n", err);
	else if (!must && ret && !is_silent(ret))
		snprintf(note, len, "%s; going on without it", err);
	if (d)
		daemon_close(&d->feed);
	return EXIT_SOURCE;
}
