// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware errors (hwerr.h). Owns the descriptors of the CPUs' throttling
 * counters, which are read every time; the rest is read now and then.
 */
#include "hwerr.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "text.h"

#define RARE_NS 10000000000ULL
/* No kernel has more; a larger number is garbage. */
#define MAX_CPUS 8192
#define EDAC_DIR "sys/devices/system/edac/mc"

/* The first line has the CPUs' names, each above its numbers. */
static bool next_cpu(struct sp_text *names, uint64_t *cpu)
{
	sp_text_blanks(names);
	return sp_text_prefix(names, "CPU") && sp_text_u64(names, cpu);
}

uint64_t sp_parse_interrupts_mce(const char *buf, size_t len,
				 struct sp_cpu_counts *mce)
{
	struct sp_text t = sp_text_of(buf, len), names, line;
	uint64_t v, cpu;

	if (!sp_text_line(&t, &names))
		return SP_ABSENT;
	while (sp_text_line(&t, &line)) {
		sp_text_blanks(&line);
		if (!sp_text_prefix(&line, "MCE:"))
			continue;
		sp_cpu_counts_begin(mce);
		while (next_cpu(&names, &cpu) && sp_text_u64(&line, &v))
			sp_cpu_counts_add(mce, cpu, v);
		return mce->sum;
	}
	return SP_ABSENT;
}

static struct sp_file *throttle_file(struct sp_hwerr *h, uint64_t cpu)
{
	struct sp_file *files;
	size_t nr = h->nr_throttle;

	if (cpu >= MAX_CPUS)
		return NULL;
	if (cpu < nr)
		return &h->throttle[cpu];
	files = reallocarray(h->throttle, cpu + 1, sizeof(*files));
	if (!files)
		return NULL;
	while (nr <= cpu)
		files[nr++].fd = -1;
	h->throttle = files;
	h->nr_throttle = nr;
	return &files[cpu];
}

/* Returns whether there is such a counter at all. */
static bool read_throttle(struct sp_hwerr *h, int dirfd, struct sp_buf *buf,
			  struct sp_raw_cpu *cpu)
{
	struct sp_file *f = throttle_file(h, cpu->cpu);
	struct sp_text t;
	char path[96];

	if (!f)
		return false;
	snprintf(path, sizeof(path),
		 "sys/devices/system/cpu/cpu%u/thermal_throttle/"
		 "core_throttle_count",
		 (unsigned int)cpu->cpu);
	if (sp_file_read(f, dirfd, path, buf))
		return false;
	t = sp_text_of(buf->data, buf->len);
	return sp_text_u64(&t, &cpu->throttled);
}

/* Most machines have no such files: then look for them now and then only. */
static void read_throttles(struct sp_hwerr *h, int dirfd, struct sp_buf *buf,
			   struct sp_snapshot *snap)
{
	size_t i;

	if (!h->has_throttle && !sp_pace_begin(&h->look))
		return;
	for (i = 0; i < snap->nr_cpus; i++)
		if (read_throttle(h, dirfd, buf, &snap->cpus[i]))
			h->has_throttle = true;
	if (!h->has_throttle)
		sp_pace_end(&h->look, RARE_NS);
}

/* One memory controller: corrected and uncorrected errors. */
static uint64_t read_controller(int dirfd, const char *name, uint64_t sum)
{
	static const char *const files[] = {"ce_count", "ue_count"};
	char path[288];
	uint64_t v;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "%s/%s", name, files[i]);
		v = sp_read_u64(dirfd, path);
		if (v != SP_ABSENT)
			sum = sp_u64_add(sum, v);
	}
	return sum;
}

static uint64_t read_ecc(int dirfd)
{
	int fd = openat(dirfd, EDAC_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t sum = SP_ABSENT;
	const struct dirent *e;
	DIR *dir;

	if (fd < 0)
		return SP_ABSENT;
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return SP_ABSENT;
	}
	while ((e = readdir(dir)))
		if (strncmp(e->d_name, "mc", 2) == 0)
			sum = read_controller(fd, e->d_name, sum);
	closedir(dir);
	return sum;
}

static uint64_t read_mce(struct sp_hwerr *h, int dirfd, struct sp_buf *buf)
{
	struct sp_file f = {.fd = -1};
	uint64_t v = SP_ABSENT;

	if (h->no_mce)
		return SP_ABSENT;
	if (!sp_file_read(&f, dirfd, "proc/interrupts", buf)) {
		v = sp_parse_interrupts_mce(buf->data, buf->len, &h->mce);
		h->no_mce = v == SP_ABSENT;
	}
	sp_file_close(&f);
	return v;
}

void sp_hwerr_read(struct sp_hwerr *h, int dirfd, struct sp_buf *buf,
		   struct sp_snapshot *snap)
{
	read_throttles(h, dirfd, buf, snap);
	if (sp_pace_begin(&h->rare)) {
		h->ecc_errors = read_ecc(dirfd);
		h->machine_checks = read_mce(h, dirfd, buf);
		sp_pace_end(&h->rare, RARE_NS);
	}
	snap->sys.ecc_errors = h->ecc_errors;
	snap->sys.machine_checks = h->machine_checks;
}

void sp_hwerr_close(struct sp_hwerr *h)
{
	size_t i;

	for (i = 0; i < h->nr_throttle; i++)
		sp_file_close(&h->throttle[i]);
	free(h->throttle);
	sp_cpu_counts_free(&h->mce);
	*h = (struct sp_hwerr){0};
}
