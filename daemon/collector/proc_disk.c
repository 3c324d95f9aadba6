// SPDX-License-Identifier: GPL-2.0-only
/*
 * Block devices: the parser of /proc/diskstats, and a memory of what the
 * names in it are, so that sysfs is asked once a name.
 */
#include "proc_disk.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "disk_identity.h"

#define SIZE_NS 10000000000ULL
#define SECTOR 512ULL
#define NSEC_PER_MSEC 1000000ULL

#define MEMBER(name) offsetof(struct sp_raw_disk, name)

/* In the order of the numbers after the name. */
static const struct {
	size_t member; /* 0: not wanted */
	uint64_t scale;
} columns[] = {
	{MEMBER(reads), 1},
	{0, 0}, /* merged */
	{MEMBER(read_bytes), SECTOR},
	{MEMBER(read_ns), NSEC_PER_MSEC},
	{MEMBER(writes), 1},
	{0, 0}, /* merged */
	{MEMBER(write_bytes), SECTOR},
	{MEMBER(write_ns), NSEC_PER_MSEC},
	{MEMBER(in_flight), 1},
	{MEMBER(busy_ns), NSEC_PER_MSEC},
	{MEMBER(queue_ns), NSEC_PER_MSEC},
};

bool sp_parse_diskstats_line(struct sp_text line, struct sp_raw_disk *disk)
{
	struct sp_text name;
	uint64_t v;
	size_t i;

	if (!sp_text_u64(&line, &disk->major) ||
	    !sp_text_u64(&line, &disk->minor) || !sp_text_word(&line, &name))
		return false;
	sp_text_copy(&name, disk->name, sizeof(disk->name));
	for (i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		if (!sp_text_u64(&line, &v))
			break;
		if (columns[i].scale)
			*(uint64_t *)((char *)disk + columns[i].member) =
				sp_u64_scale(v, columns[i].scale);
	}
	return i > 0;
}

static bool starts_with(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

bool sp_disk_stacked(const char *name)
{
	return starts_with(name, "dm-") || starts_with(name, "md") ||
	       starts_with(name, "loop");
}

bool sp_disk_is_path(const char *path, const char *head)
{
	static const char digits[] = "0123456789";
	size_t controller = strlen("nvme");

	if (!starts_with(head, "nvme") || !starts_with(path, "nvme"))
		return false;
	controller += strspn(head + controller, digits);
	if (strncmp(path, head, controller) != 0 || path[controller] != 'c')
		return false;
	path += controller + 1;
	return strcmp(path + strspn(path, digits), head + controller) == 0;
}

static bool ask_sysfs(int dirfd, const char *name)
{
	char path[64];

	sp_disk_path(path, sizeof(path), name, "");
	return faccessat(dirfd, path, F_OK, 0) == 0;
}

/*
 * The names come in the same order every time unless a device came or went,
 * so the first place to look is where the last one was found.
 */
static struct sp_disk_kind *find_kind(struct sp_disks *disks, const char *name,
				      size_t start)
{
	size_t i;

	for (i = 0; i < disks->nr; i++) {
		struct sp_disk_kind *k = &disks->kinds[(start + i) % disks->nr];

		if (strcmp(k->name, name) == 0)
			return k;
	}
	return NULL;
}

static struct sp_disk_kind *learn_kind(struct sp_disks *disks, int dirfd,
				       const struct sp_raw_disk *disk)
{
	struct sp_disk_kind *k;

	_Static_assert(sizeof(k->name) == sizeof(disk->name), "names differ");
	if (disks->nr == disks->cap) {
		size_t cap = disks->cap ? disks->cap * 2 : 16;

		k = reallocarray(disks->kinds, cap, sizeof(*k));
		if (!k)
			return NULL;
		disks->kinds = k;
		disks->cap = cap;
	}
	k = &disks->kinds[disks->nr++];
	memset(k, 0, sizeof(*k));
	memcpy(k->name, disk->name, sizeof(k->name));
	k->whole = ask_sysfs(dirfd, k->name);
	return k;
}

static uint64_t requests(const struct sp_raw_disk *disk)
{
	if (disk->reads == SP_ABSENT || disk->writes == SP_ABSENT)
		return 0;
	return sp_u64_add(disk->reads, disk->writes);
}

/* What the device is, unless it is known; sizes may change. */
static void describe(struct sp_disk_kind *k, int dirfd, bool sizes,
		     struct sp_raw_disk *disk)
{
	uint64_t done = requests(disk);

	/* If its counters fell, it is another of that name. */
	if (!k->identified || done < k->done) {
		memcpy(k->is.name, k->name, sizeof(k->name));
		sp_disk_identify(dirfd, &k->is);
		k->identified = true;
	} else if (sizes) {
		k->is.size_bytes = sp_disk_size(dirfd, k->name);
	}
	k->done = done;
	memcpy(disk->type, k->is.type, sizeof(disk->type));
	memcpy(disk->model, k->is.model, sizeof(disk->model));
	memcpy(disk->serial, k->is.serial, sizeof(disk->serial));
	disk->size_bytes = k->is.size_bytes;
}

static bool wanted(const struct sp_raw_disk *disk)
{
	if (starts_with(disk->name, "ram"))
		return false;
	if (starts_with(disk->name, "loop"))
		return disk->reads || disk->writes;
	return true;
}

int sp_disks_parse(struct sp_disks *disks, int dirfd, const char *buf,
		   size_t len, struct sp_snapshot *snap)
{
	struct sp_text t = sp_text_of(buf, len), line;
	struct sp_disk_kind *kind;
	bool sizes = sp_pace_begin(&disks->sizes);
	size_t rows = 0, hint = 0;

	if (sizes)
		sp_pace_end(&disks->sizes, SIZE_NS);
	while (sp_text_line(&t, &line)) {
		struct sp_raw_disk *disk = sp_snapshot_add_disk(snap);

		if (!disk)
			return -ENOMEM;
		if (!sp_parse_diskstats_line(line, disk) || !wanted(disk)) {
			snap->nr_disks--;
			continue;
		}
		kind = find_kind(disks, disk->name, hint);
		if (!kind)
			kind = learn_kind(disks, dirfd, disk);
		if (!kind)
			return -ENOMEM;
		hint = (size_t)(kind - disks->kinds) + 1;
		rows++;
		if (kind->whole)
			describe(kind, dirfd, sizes, disk);
		else
			snap->nr_disks--;
	}
	/*
	 * Forget names that are gone, all at once: a name may come back as
	 * something else. Those that are left are learnt again next time.
	 */
	if (disks->nr > rows)
		disks->nr = 0;
	return 0;
}

void sp_disks_free(struct sp_disks *disks)
{
	free(disks->kinds);
	*disks = (struct sp_disks){0};
}
