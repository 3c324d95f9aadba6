// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many small processes, or one of many threads, for scale.py: says "ready" when
 * all are there, and ends them with itself, when its standard input ends.
 *
 *   scale PROCESSES EVERY     one in so many wakes ten times a second
 *   scale 1 EVERY THREADS     likewise threads
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#define STACK 16384

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static void live(long number, long every)
{
	for (;;) {
		if (number % every)
			pause();
		else
			usleep(100000);
	}
}

static long busy_every;

static void *thread(void *number)
{
	live((long)number, busy_every);
	return NULL;
}

static void start_threads(long n)
{
	pthread_attr_t attr;
	pthread_t t;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK);
	for (long i = 1; i < n; i++)
		must(!pthread_create(&t, &attr, thread, (void *)i), "thread");
}

int main(int argc, char **argv)
{
	long n = argc > 2 ? atol(argv[1]) : 0;
	char c;

	busy_every = argc > 2 ? atol(argv[2]) : 1;
	must(n > 0 && busy_every > 0, "scale PROCESSES EVERY [THREADS]");
	if (argc > 3)
		start_threads(atol(argv[3]));
	else
		for (long i = 0; i < n; i++) {
			pid_t pid = fork();

			must(pid >= 0, "fork");
			if (pid)
				continue;
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			live(i, busy_every);
		}
	puts("ready");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	return 0;
}
