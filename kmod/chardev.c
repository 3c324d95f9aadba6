// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/sysperf: snapshots as a stream of records (see the uapi header).
 *
 * A snapshot is not stored: each open file keeps a cursor and a bounce buffer
 * of fixed size, so that memory does not grow with the number of tasks. Every
 * task's record is consistent in itself and carries its own time.
 *
 * Locking: reader->lock serialises the users of one open file. The tables are
 * read as their owners say.
 */
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "chardev.h"
#include "info.h"
#include "map.h"
#include "tasks.h"

enum stage {
	STAGE_HEADER,
	STAGE_REGIONS,
	STAGE_TASKS,
	STAGE_EXITED,
	STAGE_END,
	STAGE_DONE,
};

struct reader {
	struct mutex lock; /* serialises reads of this file */
	enum stage stage; /* what comes next */
	unsigned int region, index; /* of the record in it */
	struct sysperf_task_walk walk;
	u64 exited; /* cursor in the ring of ended tasks */
	u64 exited_end; /* where this snapshot ends in it */
	u64 lost_exited;
	u32 nr_tasks, nr_exited; /* given in this snapshot */
	loff_t pos; /* at which the snapshot goes on */
	char *bounce; /* SYSPERF_READ_MIN */
};

/* The part of the bounce buffer that is still free. */
struct space {
	char *at;
	size_t left;
};

static void *space_take(struct space *s, size_t size)
{
	void *rec = s->at;

	if (s->left < size)
		return NULL;
	s->at += size;
	s->left -= size;
	return rec;
}

/*
 * Each of these writes what fits and returns true when its stage is over;
 * false asks for a new buffer.
 */
static bool emit_header(struct reader *r, struct space *s)
{
	struct sysperf_header *h = space_take(s, sizeof(*h));

	if (!h)
		return false;
	sysperf_info_header(h);
	h->lost_exited = r->lost_exited;
	return true;
}

static bool emit_regions(struct reader *r, struct space *s)
{
	const struct sysperf_region *region;

	while ((region = sysperf_map_region(r->region))) {
		for (; r->index < region->count; r->index++) {
			if (s->left < region->size)
				return false;
			if (sysperf_map_copy(region, r->index, (void *)s->at))
				space_take(s, region->size);
		}
		r->region++;
		r->index = 0;
	}
	return true;
}

static bool emit_tasks(struct reader *r, struct space *s)
{
	unsigned int room = s->left / sizeof(struct sysperf_task);
	unsigned int n;
	bool end;

	end = sysperf_tasks_fill(&r->walk, (void *)s->at, room,
				 s->left == SYSPERF_READ_MIN, &n);
	space_take(s, n * sizeof(struct sysperf_task));
	r->nr_tasks += n;
	if (end)
		r->exited_end = sysperf_exited_head();
	return end;
}

static bool emit_exited(struct reader *r, struct space *s)
{
	unsigned int room = s->left / sizeof(struct sysperf_task);
	unsigned int n;

	n = sysperf_exited_fill(&r->exited, r->exited_end, &r->lost_exited,
				(void *)s->at, room);
	space_take(s, n * sizeof(struct sysperf_task));
	r->nr_exited += n;
	return n < room;
}

static bool emit_end(struct reader *r, struct space *s)
{
	struct sysperf_end *end = space_take(s, sizeof(*end));

	if (!end)
		return false;
	end->rec.type = SYSPERF_REC_END;
	end->rec.size = sizeof(*end);
	end->nr_tasks = r->nr_tasks;
	end->nr_exited = r->nr_exited;
	return true;
}

static bool (*const emitters[])(struct reader *, struct space *) = {
	[STAGE_HEADER] = emit_header, [STAGE_REGIONS] = emit_regions,
	[STAGE_TASKS] = emit_tasks,   [STAGE_EXITED] = emit_exited,
	[STAGE_END] = emit_end,
};

/* Fill the bounce buffer. Return: bytes; 0 at the snapshot's end. */
static size_t fill(struct reader *r, size_t size)
{
	struct space s = {r->bounce, size};

	while (r->stage < STAGE_DONE) {
		if (!emitters[r->stage](r, &s))
			break;
		r->stage++;
	}
	return size - s.left;
}

static void start(struct reader *r)
{
	sysperf_tasks_rescan();
	r->stage = STAGE_HEADER;
	r->region = 0;
	r->index = 0;
	memset(&r->walk, 0, sizeof(r->walk));
	r->nr_tasks = 0;
	r->nr_exited = 0;
	r->pos = 0;
}

static ssize_t read_records(struct reader *r, char __user *buf, size_t count)
{
	size_t done = 0;

	while (count - done >= SYSPERF_READ_MIN) {
		size_t n = fill(r, SYSPERF_READ_MIN);

		if (!n)
			break;
		if (copy_to_user(buf + done, r->bounce, n)) {
			/* what was lost cannot be read again */
			r->stage = STAGE_DONE;
			return -EFAULT;
		}
		done += n;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return done;
}

static ssize_t sysperf_read(struct file *file, char __user *buf, size_t count,
			    loff_t *ppos)
{
	struct reader *r = file->private_data;
	ssize_t ret;

	if (count < SYSPERF_READ_MIN)
		return -EINVAL;
	if (mutex_lock_interruptible(&r->lock))
		return -ERESTARTSYS;
	if (*ppos == 0)
		start(r);
	if (*ppos != r->pos) {
		ret = -ESPIPE; /* only on from where the last one ended */
		goto unlock;
	}
	ret = read_records(r, buf, min_t(size_t, count, INT_MAX));
	if (ret > 0) {
		r->pos += ret;
		*ppos = r->pos;
	}
unlock:
	mutex_unlock(&r->lock);
	return ret;
}

static loff_t sysperf_llseek(struct file *file, loff_t offset, int whence)
{
	/* Only to the start, for the next snapshot. */
	if (whence != SEEK_SET || offset)
		return -EINVAL;
	file->f_pos = 0;
	return 0;
}

static int sysperf_open(struct inode *inode, struct file *file)
{
	struct reader *r = kzalloc(sizeof(*r), GFP_KERNEL);

	if (!r)
		return -ENOMEM;
	r->bounce = kvmalloc(SYSPERF_READ_MIN, GFP_KERNEL);
	if (!r->bounce) {
		kfree(r);
		return -ENOMEM;
	}
	mutex_init(&r->lock);
	r->exited = sysperf_exited_head();
	file->private_data = r;
	return 0;
}

static int sysperf_release(struct inode *inode, struct file *file)
{
	struct reader *r = file->private_data;

	kvfree(r->bounce);
	kfree(r);
	return 0;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = sysperf_open,
	.release = sysperf_release,
	.read = sysperf_read,
	.llseek = sysperf_llseek,
};

static struct miscdevice miscdev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = SYSPERF_DEVICE,
	.fops = &fops,
	.mode = 0440,
};

int sysperf_chardev_init(void)
{
	/* A record that does not fit would never be given. */
	BUILD_BUG_ON(sizeof(struct sysperf_disk) > SYSPERF_READ_MIN);
	BUILD_BUG_ON(sizeof(struct sysperf_cpu) % 8);
	BUILD_BUG_ON(sizeof(struct sysperf_disk) % 8);
	BUILD_BUG_ON(sizeof(struct sysperf_task) % 8);
	return misc_register(&miscdev);
}

void sysperf_chardev_exit(void)
{
	misc_deregister(&miscdev);
}
