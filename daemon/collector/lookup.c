// SPDX-License-Identifier: GPL-2.0-only
/*
 * Owns the threads that wait in our place (lookup.h).
 *
 * One lock guards what is below it in struct lookup; it is held for no system
 * call but its own. The threads and who opened it own the structure, the last
 * to let go frees it: a thread may never come back.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <utlist.h>

#include "lookup.h"

#define NS_PER_MS 1000000L
#define NS_PER_S 1000000000L
/* Without an answer for so long, another thread takes those that wait. */
#define LOOKUP_STEP_MS 50
/* Questions, beyond which none is taken: all threads hang by then. */
#define OPEN_MOST 65536
/* The answers are small; getpwuid_r() of a directory server's library is what
 * takes most. */
#define STACK_SIZE (256 << 10)

struct lookup {
	lookup_fn *fn;
	char *root;
	unsigned int most;
	/* Its owner's alone: */
	struct lookup_item *asked; /* newest first */
	size_t open; /* questions that it has no answer to */

	pthread_mutex_t lock;
	pthread_cond_t work; /* for the threads */
	pthread_cond_t done; /* all that is waited for has come */
	bool ending;
	unsigned int threads; /* all, those with nothing to do as well */
	unsigned int working; /* and waited for */
	unsigned int late; /* working, but waited for in vain before */
	uint64_t answered;
	uint64_t given_up; /* times; who began before is late now */
	struct lookup_item *queue, *answers;
};

static void free_list(struct lookup_item *item)
{
	while (item)
		item = lookup_free(item);
}

/* Unlocks. */
static void put(struct lookup *l)
{
	bool last = l->ending && !l->threads;

	pthread_mutex_unlock(&l->lock);
	if (!last)
		return;
	free_list(l->queue);
	free_list(l->answers);
	pthread_cond_destroy(&l->work);
	pthread_cond_destroy(&l->done);
	pthread_mutex_destroy(&l->lock);
	free(l->root);
	free(l);
}

/* A thread that is late has one question; the others take the queue's. */
static bool is_waited_for(const struct lookup *l)
{
	return l->working || (l->queue && l->threads > l->late);
}

static void answer(struct lookup *l)
{
	struct lookup_item *item = l->queue;
	uint64_t given_up = l->given_up;

	LL_DELETE(l->queue, item);
	l->working++;
	pthread_mutex_unlock(&l->lock);
	item->text = l->fn(l->root, item->id);
	pthread_mutex_lock(&l->lock);
	LL_PREPEND(l->answers, item);
	l->answered++;
	if (given_up == l->given_up)
		l->working--;
	else
		l->late--;
}

static void *run(void *arg)
{
	struct lookup *l = arg;

	pthread_mutex_lock(&l->lock);
	while (!l->ending) {
		if (l->queue) {
			answer(l);
			continue;
		}
		if (!l->working)
			pthread_cond_signal(&l->done);
		pthread_cond_wait(&l->work, &l->lock);
	}
	l->threads--;
	put(l);
	return NULL;
}

/* If there is none that could take from the queue, and there may be more. */
static void start_thread(struct lookup *l)
{
	static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE,
				     SIGILL,  SIGSYS, SIGABRT};
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, old;

	if (!l->queue || l->threads > l->late || l->threads == l->most)
		return;
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	/* Signals are the others' matter, but for those of its own faults. */
	sigfillset(&all);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		sigdelset(&all, faults[i]);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (!pthread_create(&thread, &attr, run, l))
		l->threads++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
}

struct lookup *lookup_open(lookup_fn *fn, const char *root,
			   unsigned int threads)
{
	struct lookup *l = calloc(1, sizeof(*l));
	pthread_condattr_t attr;

	if (!l)
		return NULL;
	l->root = strdup(root);
	if (!l->root) {
		free(l);
		return NULL;
	}
	l->fn = fn;
	l->most = threads;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->work, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&l->done, &attr);
	pthread_condattr_destroy(&attr);
	return l;
}

int lookup_ask(struct lookup *l, uint32_t id, uint64_t start)
{
	struct lookup_item *item;

	if (l->open == OPEN_MOST)
		return -EAGAIN;
	item = calloc(1, sizeof(*item));
	if (!item)
		return -ENOMEM;
	item->id = id;
	item->start = start;
	LL_PREPEND(l->asked, item);
	l->open++;
	return 0;
}

static struct timespec in_ms(unsigned int ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_nsec += ms * NS_PER_MS;
	t.tv_sec += t.tv_nsec / NS_PER_S;
	t.tv_nsec %= NS_PER_S;
	return t;
}

/* Who is at work is not waited for any more. */
static void give_up(struct lookup *l)
{
	l->late += l->working;
	l->working = 0;
	l->given_up++;
}

static void wait_for_done(struct lookup *l, unsigned int ms,
			  unsigned int patience_ms)
{
	unsigned int still = 0; /* so long without an answer */

	while (ms && still < patience_ms && is_waited_for(l)) {
		unsigned int step = ms < LOOKUP_STEP_MS ? ms : LOOKUP_STEP_MS;
		struct timespec until = in_ms(step);
		uint64_t answered = l->answered;

		ms -= step;
		while (is_waited_for(l))
			if (pthread_cond_timedwait(&l->done, &l->lock, &until))
				break;
		still = answered == l->answered ? still + step : 0;
		/* One that hangs leaves the queue to another thread. */
		if (still && l->queue && l->threads < l->most) {
			give_up(l);
			start_thread(l);
			/* It may be one that has had nothing to do. */
			pthread_cond_signal(&l->work);
		}
	}
	give_up(l);
}

struct lookup_item *lookup_wait(struct lookup *l, unsigned int ms,
				unsigned int patience_ms)
{
	struct lookup_item *answers, *item;

	if (!l->open)
		return NULL;
	pthread_mutex_lock(&l->lock);
	LL_CONCAT(l->queue, l->asked);
	l->asked = NULL;
	start_thread(l);
	while (l->queue && !l->threads) /* there can be none: as it is */
		answer(l);
	pthread_cond_signal(&l->work);
	wait_for_done(l, ms, patience_ms);
	answers = l->answers;
	l->answers = NULL;
	pthread_mutex_unlock(&l->lock);
	for (item = answers; item; item = item->next)
		l->open--;
	return answers;
}

struct lookup_item *lookup_free(struct lookup_item *item)
{
	struct lookup_item *next = item->next;

	free(item->text);
	free(item);
	return next;
}

void lookup_close(struct lookup *l)
{
	if (!l)
		return;
	free_list(l->asked);
	pthread_mutex_lock(&l->lock);
	l->ending = true;
	pthread_cond_broadcast(&l->work);
	put(l);
}
