// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory that system-wide counters live in: regions of records in the very
 * layout that readers get, so that a snapshot copies them and mmap() of the
 * device shows them as they are.
 *
 * Locking: regions are added by module init and freed by module exit, and a
 * mapping holds the module; in between the table does not change. Who writes a
 * record is its subsystem's business. Records are copied word by word, since a
 * word is what their writers write at once.
 */
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "map.h"

static struct sysperf_map *head; /* a page */
static struct sysperf_region regions[SYSPERF_MAP_REGIONS];
static unsigned int nr_regions;

static size_t region_bytes(const struct sysperf_region *r)
{
	return PAGE_ALIGN((size_t)r->stride * r->count);
}

size_t sysperf_map_bytes(void)
{
	const struct sysperf_region *last;

	if (!nr_regions)
		return PAGE_SIZE;
	last = &regions[nr_regions - 1];
	return last->offset + region_bytes(last);
}

struct sysperf_region *
sysperf_map_add(u32 type, u32 count, size_t size,
		bool (*complete)(struct sysperf_rec *copy, unsigned int index))
{
	struct sysperf_region *r = &regions[nr_regions];

	if (WARN_ON(nr_regions == SYSPERF_MAP_REGIONS))
		return NULL;
	r->type = type;
	r->count = count;
	r->size = size;
	r->stride = ALIGN(size, L1_CACHE_BYTES); /* CPUs share no line */
	r->offset = sysperf_map_bytes();
	r->complete = complete;
	r->base = vzalloc(region_bytes(r));
	if (!r->base)
		return NULL;
	head->region[nr_regions++] = (struct sysperf_map_region){
		.type = type,
		.count = count,
		.stride = r->stride,
		.offset = r->offset,
	};
	head->nr_regions = nr_regions;
	return r;
}

void sysperf_region_use(const struct sysperf_region *r, unsigned int index)
{
	struct sysperf_rec *rec = sysperf_region_at(r, index);

	rec->size = r->size;
	/* Readers take what has a type. */
	smp_store_release(&rec->type, r->type);
}

const struct sysperf_region *sysperf_map_region(unsigned int i)
{
	return i < nr_regions ? &regions[i] : NULL;
}

bool sysperf_map_copy(const struct sysperf_region *r, unsigned int index,
		      struct sysperf_rec *to)
{
	const struct sysperf_rec *rec = sysperf_region_at(r, index);
	const u64 *from = (const u64 *)rec;
	size_t i;

	/* Pairs with sysperf_region_use(). */
	if (!smp_load_acquire(&rec->type))
		return false;
	for (i = 0; i < r->size / sizeof(u64); i++)
		((u64 *)to)[i] = READ_ONCE(from[i]);
	return !r->complete || r->complete(to, index);
}

/* The page at an offset of the mapping. */
static struct page *page_at(size_t offset)
{
	unsigned int i;

	if (offset < PAGE_SIZE)
		return vmalloc_to_page(head);
	for (i = 0; i < nr_regions; i++) {
		const struct sysperf_region *r = &regions[i];

		if (offset >= r->offset && offset - r->offset < region_bytes(r))
			return vmalloc_to_page((char *)r->base + offset -
					       r->offset);
	}
	return NULL;
}

static vm_fault_t map_fault(struct vm_fault *vmf)
{
	struct page *page = page_at((size_t)vmf->pgoff << PAGE_SHIFT);

	if (!page)
		return VM_FAULT_SIGBUS;
	get_page(page);
	vmf->page = page;
	return 0;
}

static const struct vm_operations_struct map_ops = {
	.fault = map_fault,
};

int sysperf_map_mmap(struct vm_area_struct *vma)
{
	unsigned long pages = sysperf_map_bytes() >> PAGE_SHIFT;

	if (vma->vm_pgoff > pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
	/* Nor by a later mprotect(). */
	sysperf_vm_flags_clear(vma, VM_MAYWRITE | VM_MAYEXEC);
	sysperf_vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP);
	vma->vm_ops = &map_ops;
	return 0;
}

int sysperf_map_init(void)
{
	BUILD_BUG_ON(sizeof(*head) > PAGE_SIZE);
	head = vzalloc(PAGE_SIZE);
	if (!head)
		return -ENOMEM;
	head->abi_version = SYSPERF_ABI_VERSION;
	return 0;
}

void sysperf_map_exit(void)
{
	while (nr_regions)
		vfree(regions[--nr_regions].base);
	vfree(head);
}
