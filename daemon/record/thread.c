// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the queue between whoever has frames and the thread that writes them.
 *
 * One lock, held for no system call but those of the lock itself and of memory:
 * whoever takes it does not wait for a disk. It guards all of struct rec_thread
 * but what is set before the thread begins (path, first), the recorder, which
 * is the thread's alone, and the encoder, which is its owner's alone. Two own
 * the structure, the thread and who started it; the last to let go frees it, as
 * a thread that hangs in a disk may never come back.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "thread.h"

#define SPARE 2 /* buffers that are kept for the next samples */
#define NS_PER_MS 1000000L
#define NS_PER_S 1000000000L

struct rec_thread {
	char *path;
	void (*first)(void);
	struct sp_recorder *recorder;
	struct sp_wire_encoder *encoder;

	pthread_mutex_t lock;
	pthread_cond_t work; /* for the thread */
	pthread_cond_t done; /* the thread has opened, or ended */
	unsigned int owners;
	struct sp_recorder_config cfg;
	bool other_cfg; /* that the recorder does not know yet */
	bool opened, ending;
	int ret; /* of opening, and then of closing */
	char said[512];
	struct sp_recorder_sample queue[REC_THREAD_QUEUE];
	size_t head, nr, bytes; /* of the queue */
	bool busy; /* one that has left it is being written */
	struct sp_bytes spare[SPARE];
	size_t nr_spare;
	struct sp_recorder_stats stats; /* as the recorder had them last */
	uint64_t dropped;
	struct rec_thread_state state; /* but for stats and queued */
};

static void thread_free(struct rec_thread *t)
{
	for (size_t i = 0; i < REC_THREAD_QUEUE; i++)
		sp_bytes_free(&t->queue[i].bytes);
	while (t->nr_spare)
		sp_bytes_free(&t->spare[--t->nr_spare]);
	sp_wire_encoder_close(t->encoder);
	pthread_cond_destroy(&t->work);
	pthread_cond_destroy(&t->done);
	pthread_mutex_destroy(&t->lock);
	free(t->path);
	free(t);
}

/* Unlocks. */
static void put(struct rec_thread *t)
{
	bool last = !--t->owners;

	pthread_mutex_unlock(&t->lock);
	if (last)
		thread_free(t);
}

/* A buffer for the next sample, with room if there is one; or back again. */
static struct sp_bytes take_spare(struct rec_thread *t)
{
	return t->nr_spare ? t->spare[--t->nr_spare] : (struct sp_bytes){0};
}

static void give_spare(struct rec_thread *t, struct sp_bytes *b)
{
	if (b->data && t->nr_spare < SPARE)
		t->spare[t->nr_spare++] = *b;
	else
		sp_bytes_free(b);
	memset(b, 0, sizeof(*b));
}

static void trouble(struct rec_thread *t, int error, unsigned int lost)
{
	if (!t->state.trouble) {
		t->state.troubles++;
		t->state.lost = 0;
	}
	t->state.trouble = error;
	t->state.lost += lost;
}

static void publish(struct rec_thread *t)
{
	t->stats = *sp_recorder_stats(t->recorder);
	snprintf(t->state.path, sizeof(t->state.path), "%s",
		 sp_recorder_path(t->recorder));
}

/* Waits for a sample. Return: false if there will be none. */
static bool next(struct rec_thread *t, struct sp_recorder_sample *s)
{
	while (!t->nr && !t->ending)
		pthread_cond_wait(&t->work, &t->lock);
	if (!t->nr)
		return false;
	*s = t->queue[t->head];
	memset(&t->queue[t->head].bytes, 0, sizeof(s->bytes));
	t->head = (t->head + 1) % REC_THREAD_QUEUE;
	t->nr--;
	t->bytes -= s->bytes.len;
	return true;
}

/* Locked, as all that changes the state; but not while it writes. */
static void write_one(struct rec_thread *t, struct sp_recorder_sample *s)
{
	struct sp_recorder_config cfg = t->cfg;
	uint64_t before = t->stats.samples;
	bool other = t->other_cfg;
	int ret;

	t->busy = true;
	t->other_cfg = false;
	pthread_mutex_unlock(&t->lock);
	if (other)
		sp_recorder_config(t->recorder, &cfg);
	ret = sp_recorder_add_sample(t->recorder, s);
	pthread_mutex_lock(&t->lock);
	t->busy = false;
	publish(t);
	give_spare(t, &s->bytes);
	/* What was written, but not forced to the disk, is not lost so far. */
	if (ret)
		trouble(t, ret, t->stats.samples == before);
	else if (!t->nr)
		t->state.trouble = 0;
}

static void *run(void *arg)
{
	struct sp_recorder_sample s;
	struct sp_recorder_config cfg;
	struct rec_thread *t = arg;
	char said[sizeof(t->said)];
	int ret;

	if (t->first)
		t->first();
	pthread_mutex_lock(&t->lock);
	cfg = t->cfg;
	t->other_cfg = false;
	pthread_mutex_unlock(&t->lock);
	ret = sp_recorder_open(&t->recorder, t->path, &cfg, said, sizeof(said));
	pthread_mutex_lock(&t->lock);
	if (!ret)
		publish(t);
	t->ret = ret;
	memcpy(t->said, said, sizeof(said));
	t->opened = true;
	pthread_cond_signal(&t->done);
	while (!ret && next(t, &s))
		write_one(t, &s);
	if (!ret) {
		pthread_mutex_unlock(&t->lock);
		ret = sp_recorder_close(t->recorder);
		pthread_mutex_lock(&t->lock);
		t->ret = ret;
	}
	t->state.ended = true;
	pthread_cond_signal(&t->done);
	put(t);
	return NULL;
}

static int begin(struct rec_thread *t)
{
	pthread_attr_t attr;
	pthread_t thread;
	int ret;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	t->owners = 2;
	ret = pthread_create(&thread, &attr, run, t);
	pthread_attr_destroy(&attr);
	return -ret;
}

int rec_thread_start(struct rec_thread **out, const char *path,
		     const struct sp_recorder_config *cfg, void (*first)(void))
{
	struct rec_thread *t = calloc(1, sizeof(*t));
	struct sp_wire_select all;
	pthread_condattr_t attr;
	int ret = -ENOMEM;

	*out = NULL;
	if (!t)
		return ret;
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->work, &attr);
	pthread_cond_init(&t->done, &attr);
	pthread_condattr_destroy(&attr);
	t->first = first;
	t->cfg = *cfg;
	t->path = strdup(path);
	sp_wire_select_all(&all);
	if (t->path && !sp_wire_encoder_open(&t->encoder, &all))
		ret = begin(t);
	if (ret)
		thread_free(t);
	else
		*out = t;
	return ret;
}

/* Until the thread has got there. Return: has it? */
static bool wait_for(struct rec_thread *t, const bool *there, unsigned int ms)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)(ms % 1000) * NS_PER_MS;
	until.tv_sec += ms / 1000 + until.tv_nsec / NS_PER_S;
	until.tv_nsec %= NS_PER_S;
	while (!*there)
		if (pthread_cond_timedwait(&t->done, &t->lock, &until) ==
		    ETIMEDOUT)
			break;
	return *there;
}

int rec_thread_opened(struct rec_thread *t, unsigned int ms, char *said,
		      size_t len)
{
	int ret = -ETIMEDOUT;

	pthread_mutex_lock(&t->lock);
	if (wait_for(t, &t->opened, ms)) {
		ret = t->ret;
		snprintf(said, len, "%s", t->said);
	} else {
		snprintf(said, len, "%s: its disk does not answer", t->path);
	}
	pthread_mutex_unlock(&t->lock);
	return ret;
}

void rec_thread_add(struct rec_thread *t, const struct sp_frame *frame)
{
	struct sp_recorder_sample s;
	int ret;

	pthread_mutex_lock(&t->lock);
	s.bytes = take_spare(t);
	pthread_mutex_unlock(&t->lock);
	ret = sp_recorder_encode(t->encoder, frame, &s);
	pthread_mutex_lock(&t->lock);
	if (!ret && (t->state.ended || t->nr == REC_THREAD_QUEUE ||
		     (t->nr && t->bytes + s.bytes.len > REC_THREAD_BYTES)))
		ret = t->state.ended ? t->ret : -ENOBUFS;
	if (ret) {
		t->dropped++;
		trouble(t, ret, 1);
		give_spare(t, &s.bytes);
	} else {
		t->bytes += s.bytes.len;
		t->queue[(t->head + t->nr++) % REC_THREAD_QUEUE] = s;
		pthread_cond_signal(&t->work);
	}
	pthread_mutex_unlock(&t->lock);
}

void rec_thread_config(struct rec_thread *t,
		       const struct sp_recorder_config *cfg)
{
	pthread_mutex_lock(&t->lock);
	t->cfg = *cfg;
	t->other_cfg = true;
	pthread_mutex_unlock(&t->lock);
}

void rec_thread_state(struct rec_thread *t, struct rec_thread_state *s)
{
	pthread_mutex_lock(&t->lock);
	*s = t->state;
	s->stats = t->stats;
	s->stats.not_written += t->dropped;
	s->queued = t->nr + t->busy;
	pthread_mutex_unlock(&t->lock);
}

int rec_thread_end(struct rec_thread *t, unsigned int ms, size_t *left)
{
	int ret = -ETIMEDOUT;

	pthread_mutex_lock(&t->lock);
	t->ending = true;
	pthread_cond_signal(&t->work);
	if (wait_for(t, &t->state.ended, ms))
		ret = t->ret;
	*left = t->nr + t->busy;
	put(t);
	return ret;
}
