// SPDX-License-Identifier: GPL-2.0-only
/*
 * Speeds of links (linkspeed.h): owns what was last read of them.
 */
#include "linkspeed.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "file.h"
#include "text.h"

#define READ_NS 10000000000ULL
#define BITS_PER_MBIT 1000000ULL

static uint64_t read_speed(int dirfd, const char *name)
{
	char path[64], buf[32];
	struct sp_text t;
	int64_t mbit;
	ssize_t n;

	snprintf(path, sizeof(path), "sys/class/net/%s/speed", name);
	n = sp_read_small(dirfd, path, buf, sizeof(buf));
	if (n <= 0)
		return SP_ABSENT;
	t = sp_text_of(buf, (size_t)n);
	/*
	 * -1 is SPEED_UNKNOWN, which older kernels print unsigned; neither
	 * that nor 0 is a speed.
	 */
	if (!sp_text_i64(&t, &mbit) || mbit <= 0 || mbit >= UINT32_MAX)
		return SP_ABSENT;
	return (uint64_t)mbit * BITS_PER_MBIT;
}

static bool same_links(const struct sp_linkspeed *ls,
		       const struct sp_snapshot *snap)
{
	size_t i;

	if (ls->nr != snap->nr_nets)
		return false;
	for (i = 0; i < ls->nr; i++)
		if (strcmp(ls->links[i].name, snap->nets[i].name) != 0)
			return false;
	return true;
}

static void read_speeds(struct sp_linkspeed *ls, int dirfd,
			const struct sp_snapshot *snap)
{
	struct sp_link *links = ls->links;
	size_t i;

	ls->nr = 0;
	if (snap->nr_nets > ls->cap) {
		links = reallocarray(links, snap->nr_nets, sizeof(*links));
		if (!links)
			return;
		ls->links = links;
		ls->cap = snap->nr_nets;
	}
	for (i = 0; i < snap->nr_nets; i++) {
		memcpy(links[i].name, snap->nets[i].name,
		       sizeof(links[i].name));
		links[i].bits_per_s = read_speed(dirfd, links[i].name);
	}
	ls->nr = snap->nr_nets;
}

void sp_linkspeed_set(struct sp_linkspeed *ls, int dirfd,
		      struct sp_snapshot *snap)
{
	size_t i;

	if (sp_pace_begin(&ls->pace) || !same_links(ls, snap)) {
		read_speeds(ls, dirfd, snap);
		sp_pace_end(&ls->pace, READ_NS);
	}
	for (i = 0; i < ls->nr; i++)
		snap->nets[i].speed_bits_per_s = ls->links[i].bits_per_s;
}

void sp_linkspeed_free(struct sp_linkspeed *ls)
{
	free(ls->links);
	*ls = (struct sp_linkspeed){0};
}

bool sp_net_has_device(int dirfd, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "sys/class/net/%s/device", name);
	return faccessat(dirfd, path, F_OK, 0) == 0;
}
