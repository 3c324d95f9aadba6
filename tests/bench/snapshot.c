// SPDX-License-Identifier: GPL-2.0-only
/*
 * What reading /dev/sysperf costs the kernel, a task: run by snapshot.sh in the
 * VM, whose clock counts instructions. Prints a line of results, which ends with
 * the size of a task's entry and the memory that one takes.
 *
 *   snapshot THREADS
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <sysperf.h>

#define STACK 16384
#define BUF_SIZE (64UL << 20)
/* More than the module allows for clocks that differ. */
#define SETTLE_US 100000

static atomic_int generation, awake;
static pid_t *tids;
static char *buf;

static void must(int ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(1);
}

static void *sleeper(void *arg)
{
	int seen = 0;

	*(pid_t *)arg = (pid_t)syscall(SYS_gettid);
	for (;;) {
		atomic_fetch_add(&awake, 1);
		syscall(SYS_futex, &generation, FUTEX_WAIT_PRIVATE, seen, NULL,
			NULL, 0);
		seen = atomic_load(&generation);
	}
	return NULL;
}

/* Stacks lie in one mapping, as mappings are few. */
static void start(long n)
{
	char *stacks = mmap(NULL, (size_t)n * STACK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	must(stacks != MAP_FAILED, "stacks");
	tids = calloc((size_t)n, sizeof(*tids));
	must(tids != NULL, "tids");
	for (long i = 0; i < n; i++) {
		pthread_attr_t attr;
		pthread_t thread;

		pthread_attr_init(&attr);
		pthread_attr_setstack(&attr, stacks + i * STACK, STACK);
		must(!pthread_create(&thread, &attr, sleeper, &tids[i]),
		     "pthread_create");
	}
}

static void all_asleep(long n)
{
	while (atomic_load(&awake) < n)
		usleep(1000);
	usleep(SETTLE_US);
}

static void wake_all(long n)
{
	atomic_store(&awake, 0);
	atomic_fetch_add(&generation, 1);
	syscall(SYS_futex, &generation, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL,
		0);
	all_asleep(n);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Return: what a snapshot took; *told: its number of tasks. */
static uint64_t snapshot(int fd, uint32_t *told)
{
	uint64_t begin = now(), took;
	size_t len = 0;
	ssize_t n;

	do {
		n = pread(fd, buf + len, BUF_SIZE - len, (off_t)len);
		must(n >= 0, "read");
		len += (size_t)n;
	} while (n);
	took = now() - begin;
	*told = ((struct sysperf_end *)(buf + len) - 1)->nr_tasks;
	return took;
}

/* The same of what everyone else reads. */
static uint64_t proc_stat(long n)
{
	uint64_t begin = now();
	char path[64];

	for (long i = 0; i < n; i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/self/task/%d/stat",
			 (int)tids[i]);
		fd = open(path, O_RDONLY);
		must(fd >= 0 && read(fd, buf, 4096) > 0, path);
		close(fd);
	}
	return now() - begin;
}

static double slab(const char *name)
{
	char path[64];
	double v = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/slab/sysperf_task/%s", name);
	f = fopen(path, "r");
	must(f && fscanf(f, "%lf", &v) == 1, path);
	fclose(f);
	return v;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1000;
	uint64_t full, idle = 0, changed, stat;
	uint32_t mode = SYSPERF_MODE_CHANGES, told, most = 0;
	int fd = open("/dev/" SYSPERF_DEVICE, O_RDONLY);

	must(fd >= 0, "open");
	buf = mmap(NULL, BUF_SIZE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	must(buf != MAP_FAILED, "buffer");
	start(n);
	all_asleep(n);
	snapshot(fd, &told);
	full = snapshot(fd, &told);
	must(told >= n, "all are told of");
	must(!ioctl(fd, SYSPERF_IOC_MODE, &mode), "changes");
	snapshot(fd, &told);
	/* A whole round, in which every task is told of once. */
	for (int i = 0; i < SYSPERF_CHANGES_MAX; i++) {
		idle += snapshot(fd, &told);
		most = told > most ? told : most;
	}
	must(most < n / 4, "the idle are left out");
	wake_all(n);
	changed = snapshot(fd, &told);
	must(told >= n, "who changed is told of");
	stat = proc_stat(n);
	printf("%ld %.1f %.1f %.1f %.1f %.0f %.0f\n", n,
	       (double)full / (double)n, (double)changed / (double)n,
	       (double)idle / SYSPERF_CHANGES_MAX / (double)n,
	       (double)stat / (double)n, slab("object_size"),
	       slab("slabs") * (double)(4096 << (int)slab("order")) /
		       slab("objects"));
	return 0;
}
