// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns batch output's loop: when samples are taken, where they go, and the
 * ways to end. Samples are due at whole multiples of the delay after the
 * first one, so that the rhythm does not drift.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "feed_file.h"

#define WIDTH_DEFAULT 132
#define NS_PER_S 1000000000LL

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static void catch_signals(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	/* No SA_RESTART: a signal ends a write to a pipe nobody reads. */
	stop = 0;
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
}

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/*
 * Until due, or until feed is readable. Signals are let in while asleep only, so that none slips in
 * between the look at stop and the sleep; and a reader that goes away is
 * noticed now, not at the next sample.
 */
static bool wait_until(long long due, int fd, int feed)
{
	struct pollfd p[2] = {{.fd = fd}, {.fd = feed, .events = POLLIN}};
	sigset_t block, before;
	bool go_on = true, there = false;
	long long left;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &before);
	while (!stop && go_on && !there && (left = due - now_ns()) > 0) {
		struct timespec t = {left / NS_PER_S, left % NS_PER_S};

		if (ppoll(p, 2, &t, &before) <= 0)
			continue;
		go_on = !(p[0].revents & (POLLERR | POLLNVAL));
		there = p[1].revents;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return go_on && !stop;
}

int batch_width(const struct options *o)
{
	struct winsize ws;

	if (o->width)
		return o->width;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) && ws.ws_col)
		return ws.ws_col;
	return WIDTH_DEFAULT;
}

static const struct out_format *find_format(enum format format)
{
	static const struct out_format *const formats[] = {
		[FORMAT_TEXT] = &out_text,
		[FORMAT_CSV] = &out_csv,
		[FORMAT_JSON] = &out_json,
		[FORMAT_OPENMETRICS] = &out_openmetrics,
	};

	return formats[format];
}

/* Return: EXIT_OK and go on, or -1 to end well, or an exit status. */
static int flush(FILE *f)
{
	if (!fflush(f) && !ferror(f))
		return EXIT_OK;
	if (errno == EPIPE || stop)
		return -1;
	fprintf(stderr, "sysperf: cannot write: %s\n", strerror(errno));
	return EXIT_SOURCE;
}

static int print_frame(struct out *out, const struct out_format *format,
		       struct options *o, const struct sp_frame *frame)
{
	size_t top = o->top < 0 ? format->top : (size_t)o->top;
	int ret = out->f ? view_select(&o->view, frame, top) : 0;

	out->rows = o->view.nr_rows;
	if ((top || !o->top) && out->rows > top)
		out->rows = top;
	if (!ret)
		ret = format->frame(out, frame);
	if (!ret)
		return out->f ? flush(out->f) : EXIT_OK;
	fprintf(stderr, "sysperf: %s\n", strerror(-ret));
	return EXIT_SOURCE;
}

static int sample(struct feed *feed, const struct sp_frame **frame)
{
	int ret = feed_sample(feed, frame);
	const char *note = feed_note(feed);

	if (*note)
		fprintf(stderr, "sysperf: %s\n", note);
	if (!ret)
		return EXIT_OK;
	fprintf(stderr, "sysperf: the source failed: %s\n",
		feed_words(feed, ret));
	return EXIT_SOURCE;
}

/* Otherwise no rows, or their order, would look like an answer. */
static void tell_not_measured(const struct view *v,
			      const struct sp_frame *frame)
{
	const struct sp_field *f = view_not_measured(v, frame);

	if (f)
		fprintf(stderr,
			"sysperf: %s is not measured here (sysperf doctor says "
			"why)\n",
			f->key);
}

static int run(struct out *out, const struct out_format *format,
	       struct options *o, struct feed *feed)
{
	long long delay = (long long)(o->delay_s * NS_PER_S);
	const struct sp_frame *frame;
	long long due = now_ns();
	int ret = sample(feed, &frame);

	for (uint64_t n = 0; !ret && (!o->iterations || n < o->iterations);) {
		int fd = feed_fd(feed);

		/* After an overrun the missed ones are left out. */
		do
			due += fd < 0 ? delay : NS_PER_S;
		while (due <= now_ns());
		if (!wait_until(due, out->f ? fileno(out->f) : -1, fd))
			break;
		ret = sample(feed, &frame);
		if (ret || !frame)
			continue;
		ret = print_frame(out, format, o, frame);
		if (!ret && !n && out->f)
			tell_not_measured(&o->view, frame);
		n++;
	}
	return ret < 0 ? EXIT_OK : ret;
}

/* What is recorded waits for nobody. */
static int replay(struct out *out, const struct out_format *format,
		  struct options *o, struct feed *feed)
{
	const struct sp_frame *frame;
	int ret = EXIT_OK;

	for (uint64_t n = 0; !ret && !stop; n++) {
		if (o->iterations && n >= o->iterations)
			break;
		ret = feed_sample(feed, &frame);
		if (ret == -ENODATA)
			return EXIT_OK;
		if (ret) {
			fprintf(stderr, "sysperf: cannot read %s: %s\n",
				o->replay, strerror(-ret));
			return EXIT_UNREADABLE;
		}
		ret = print_frame(out, format, o, frame);
		if (!ret && !n)
			tell_not_measured(&o->view, frame);
	}
	return ret < 0 ? EXIT_OK : ret;
}

int batch_frames(struct options *o, struct out *out,
		 const struct out_format *format)
{
	struct feed *feed;
	int ret, end;

	catch_signals();
	ret = feed_open(o, &feed);
	if (ret != EXIT_OK)
		return stop ? EXIT_OK : ret;
	out->no_module = *feed_why_not_kmod(feed) != '\0';
	if (format->begin) {
		format->begin(out);
		ret = flush(out->f);
	}
	if (ret == EXIT_OK)
		ret = o->replay ? replay(out, format, o, feed)
				: run(out, format, o, feed);
	end = feed_end(feed);
	feed_close(feed);
	if (ret < 0)
		ret = EXIT_OK;
	return ret == EXIT_OK ? end : ret;
}

int batch_run(struct options *o)
{
	struct out out = {
		.f = stdout,
		.o = o,
		.view = &o->view,
		.width = batch_width(o),
	};

	return batch_frames(o, &out, find_format(o->format));
}
