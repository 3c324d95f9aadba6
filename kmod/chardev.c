// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/sysperf: snapshots as a stream of records, the mapping of system-wide
 * counters, and the ioctls (see the uapi header).
 *
 * A snapshot is not stored: each open file keeps a cursor and a bounce buffer
 * of fixed size, so that memory does not grow with the number of tasks. Every
 * task's record is consistent in itself and carries its own time.
 *
 * What a reader has been told (ended tasks, and up to when changes) moves on
 * only with a snapshot that it read to its end, so that one it gave up, or that
 * ended in a fault, costs it nothing.
 *
 * Locking: reader->lock serialises the users of one open file. The tables are
 * read as their owners say.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/sched/clock.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#include "chardev.h"
#include "info.h"
#include "map.h"
#include "pmu.h"
#include "sched.h"
#include "tasks.h"

enum stage {
	STAGE_HEADER,
	STAGE_REGIONS,
	STAGE_TASKS,
	STAGE_EXITED,
	STAGE_END,
	STAGE_DONE,
};

/* What a reader knows after a snapshot. */
struct told {
	bool tasks; /* all of them, as they were at these times: */
	u64 now_ns, mono_ns; /* as in struct sysperf_header */
	u64 exited; /* cursor in the ring of ended tasks */
	u64 lost_exited;
};

static u64 load; /* this one of the module; set before it can be opened */

struct reader {
	struct mutex lock; /* serialises the users of this file */
	u32 mode; /* SYSPERF_MODE_*, of the next snapshot */
	unsigned int turn; /* snapshots of changes so far */
	struct told told; /* by the last complete snapshot */

	/* The snapshot being read */
	enum stage stage; /* what comes next */
	unsigned int region, index; /* of the record in it */
	struct sysperf_task_walk walk;
	u64 exited_end; /* where it ends in the ring of ended tasks */
	struct told telling; /* told, once it is complete */
	u32 nr_tasks, nr_exited; /* given so far */
	loff_t pos; /* at which it goes on */
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
	h->lost_exited = r->told.lost_exited;
	if (r->walk.changes)
		h->flags |= SYSPERF_SNAP_CHANGES;
	r->telling.now_ns = h->now_ns;
	r->telling.mono_ns = h->mono_ns;
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

	n = sysperf_exited_fill(&r->telling.exited, r->exited_end,
				&r->telling.lost_exited, (void *)s->at, room);
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
	sysperf_pmu_settle();
	r->stage = STAGE_HEADER;
	r->region = 0;
	r->index = 0;
	r->walk = (struct sysperf_task_walk){
		.changes = r->mode == SYSPERF_MODE_CHANGES && r->told.tasks,
		.now_ns = r->told.now_ns,
		.mono_ns = r->told.mono_ns,
		.turn = r->turn,
	};
	r->telling = r->told;
	r->nr_tasks = 0;
	r->nr_exited = 0;
	r->pos = 0;
}

/* The reader has all of the snapshot. */
static void finish(struct reader *r)
{
	/* Else it has tasks that are gone, and only a whole one shows which. */
	r->telling.tasks = r->telling.lost_exited == r->told.lost_exited;
	r->told = r->telling;
	if (r->walk.changes)
		r->turn++;
}

static ssize_t read_records(struct reader *r, char __user *buf, size_t count)
{
	size_t done = 0;

	while (count - done >= SYSPERF_READ_MIN) {
		size_t n = fill(r, SYSPERF_READ_MIN);

		if (!n)
			break;
		if (copy_to_user(buf + done, r->bounce, n)) {
			/* only a new one has what was lost */
			r->stage = STAGE_DONE;
			return -EFAULT;
		}
		done += n;
		if (r->stage == STAGE_DONE) {
			finish(r);
			break;
		}
		if (fatal_signal_pending(current))
			break;
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

static int get_info(struct reader *r, void __user *arg, size_t size)
{
	struct sysperf_header h;

	sysperf_info_header(&h);
	h.lost_exited = r->told.lost_exited;
	return copy_to_user(arg, &h, min(size, sizeof(h))) ? -EFAULT : 0;
}

/* Of what size is the caller's matter: its header may be older or newer. */
static bool asks_info(unsigned int cmd)
{
	return _IOC_TYPE(cmd) == SYSPERF_IOC &&
	       _IOC_NR(cmd) == _IOC_NR(SYSPERF_IOC_INFO) &&
	       _IOC_DIR(cmd) == _IOC_READ &&
	       _IOC_SIZE(cmd) >= sizeof(struct sysperf_rec);
}

static int set_mode(struct reader *r, const u32 __user *arg)
{
	u32 mode;

	if (get_user(mode, arg))
		return -EFAULT;
	if (mode != SYSPERF_MODE_FULL && mode != SYSPERF_MODE_CHANGES)
		return -EINVAL;
	/* Without them no one would know what changed, or ended. */
	if (mode == SYSPERF_MODE_CHANGES &&
	    (!sysperf_sched_enabled() || !sysperf_tasks_tell_exits()))
		return -EOPNOTSUPP;
	r->mode = mode;
	return 0;
}

static int get_place(struct reader *r, void __user *arg)
{
	struct sysperf_place place = {
		.load = load,
		.now_ns = r->told.now_ns,
		.mono_ns = r->told.mono_ns,
		.exited = r->told.exited,
		.lost_exited = r->told.lost_exited,
		.mode = r->mode,
		.turn = r->turn,
		.tasks = r->told.tasks,
	};

	return copy_to_user(arg, &place, sizeof(place)) ? -EFAULT : 0;
}

/* A place that was never given misleads nobody but who made it up. */
static int set_place(struct reader *r, const void __user *arg)
{
	struct sysperf_place place;

	if (copy_from_user(&place, arg, sizeof(place)))
		return -EFAULT;
	if (place.load != load)
		return -ESTALE;
	if (place.mode != SYSPERF_MODE_FULL &&
	    place.mode != SYSPERF_MODE_CHANGES)
		return -EINVAL;
	if (place.tasks > 1 || place.pad ||
	    place.exited > sysperf_exited_head())
		return -EINVAL;
	r->told = (struct told){
		.tasks = place.tasks,
		.now_ns = place.now_ns,
		.mono_ns = place.mono_ns,
		.exited = place.exited,
		.lost_exited = place.lost_exited,
	};
	r->mode = place.mode;
	r->turn = place.turn;
	return 0;
}

static long sysperf_ioctl(struct file *file, unsigned int cmd,
			  unsigned long arg)
{
	struct reader *r = file->private_data;
	long ret;

	if (mutex_lock_interruptible(&r->lock))
		return -ERESTARTSYS;
	switch (asks_info(cmd) ? SYSPERF_IOC_INFO : cmd) {
	case SYSPERF_IOC_INFO:
		ret = get_info(r, (void __user *)arg, _IOC_SIZE(cmd));
		break;
	case SYSPERF_IOC_MODE:
		ret = set_mode(r, (const u32 __user *)arg);
		break;
	case SYSPERF_IOC_GET_PLACE:
		ret = get_place(r, (void __user *)arg);
		break;
	case SYSPERF_IOC_SET_PLACE:
		ret = set_place(r, (const void __user *)arg);
		break;
	default:
		ret = -ENOTTY;
	}
	mutex_unlock(&r->lock);
	return ret;
}

static int sysperf_mmap(struct file *file, struct vm_area_struct *vma)
{
	return sysperf_map_mmap(vma);
}

/* Who opens the device many times pays for that himself. */
static struct reader *reader_new(void)
{
	struct reader *r = kzalloc(sizeof(*r), GFP_KERNEL_ACCOUNT);

	if (!r)
		return NULL;
	r->bounce = kvmalloc(SYSPERF_READ_MIN, GFP_KERNEL_ACCOUNT);
	if (!r->bounce) {
		kfree(r);
		return NULL;
	}
	mutex_init(&r->lock);
	r->told.exited = sysperf_exited_head();
	return r;
}

static int sysperf_open(struct inode *inode, struct file *file)
{
	/* A container's root may own the device, in the eyes of its mode. */
	if (current_user_ns() != &init_user_ns)
		return -EACCES;
	file->private_data = reader_new();
	return file->private_data ? 0 : -ENOMEM;
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
	.unlocked_ioctl = sysperf_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = sysperf_mmap,
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
	BUILD_BUG_ON(sizeof(struct sysperf_place) != 56);
	load = get_random_u64();
	return misc_register(&miscdev);
}

void sysperf_chardev_exit(void)
{
	misc_deregister(&miscdev);
}
