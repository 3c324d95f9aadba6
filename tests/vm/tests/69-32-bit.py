#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# ARCH=amd64
"""A program of 32 bits reads the device as one of 64 does: the same records by
read() and mmap(), INFO, MODE, the place of a reader."""
import sys
import tempfile

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

# It has no library of its own size here, so that it calls the kernel itself.
PROGRAM = r"""
#include "sysperf.h"

enum { EXIT = 1, READ = 3, WRITE = 4, OPEN = 5, CLOSE = 6, IOCTL = 54, MMAP = 90 };

static char data[4 << 20];

static long call(long nr, long a, long b, long c)
{
	long ret;

	asm volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory");
	return ret;
}

/* Ends with the number of the step that failed. */
static void must(int good, int step)
{
	if (!good)
		call(EXIT, step, 0, 0);
}

static void put(const void *from, long size)
{
	must(call(WRITE, 1, (long)from, size) == size, 1);
}

void _start(void)
{
	static struct sysperf_header info;
	static struct sysperf_place place, again;
	__u32 mode = SYSPERF_MODE_CHANGES, bad = 7;
	long fd = call(OPEN, (long)"/dev/sysperf", 0, 0), size = 0, n;
	unsigned int i, map[6] = {0, 0, 1, 1, 0, 0}; /* to be read, shared */

	must(fd >= 0, 2);
	must(!call(IOCTL, fd, SYSPERF_IOC_INFO, (long)&info), 3);
	must(call(IOCTL, fd, SYSPERF_IOC_MODE, (long)&bad) == -22, 4);
	must(!call(IOCTL, fd, SYSPERF_IOC_MODE, (long)&mode), 5);
	while ((n = call(READ, fd, (long)data + size, sizeof(data) - size)) > 0)
		size += n;
	must(!n, 6);
	must(!call(IOCTL, fd, SYSPERF_IOC_GET_PLACE, (long)&place), 7);
	must(place.mode == SYSPERF_MODE_CHANGES && place.now_ns > info.now_ns, 8);
	must(!call(CLOSE, fd, 0, 0), 9);
	fd = call(OPEN, (long)"/dev/sysperf", 0, 0);
	must(fd >= 0, 10);
	must(!call(IOCTL, fd, SYSPERF_IOC_SET_PLACE, (long)&place), 11);
	must(!call(IOCTL, fd, SYSPERF_IOC_GET_PLACE, (long)&again), 12);
	for (i = 0; i < sizeof(place); i++)
		must(((char *)&place)[i] == ((char *)&again)[i], 13);
	place.load++;
	must(call(IOCTL, fd, SYSPERF_IOC_SET_PLACE, (long)&place) == -116, 14);
	must(call(IOCTL, fd, SYSPERF_IOC_INFO, 1) == -14, 15);
	must(call(READ, fd, 1, 1 << 20) == -14, 16);
	map[1] = info.map_bytes;
	map[4] = fd;
	n = call(MMAP, (long)map, 0, 0);
	must((unsigned long)n < -4095UL, 17);
	put((void *)n, info.map_bytes);
	put(&info, sizeof(info));
	put(data, size);
	call(EXIT, 0, 0, 0);
}
"""

with tempfile.TemporaryDirectory() as directory:
    path = f"{directory}/reader"
    write_file(f"{path}.c", PROGRAM)
    # linux/types.h is the same for both.
    run("gcc", "-m32", "-O1", "-nostdlib", "-static", "-ffreestanding", "-fno-pie", "-no-pie", "-fno-stack-protector",
        "-Wall", "-Werror", "-isystem", "/usr/include/x86_64-linux-gnu", "-Iinclude/uapi", "-o", path, f"{path}.c")
    with open(path, "rb") as f:
        check(f.read(5)[4] == 1, "a program of 32 bits")
    null_blk(gb=1)
    read_direct("/dev/nullb0", 1)
    sleeper = Load(sleep_long)
    device = Device()
    eventually(lambda: device.snapshot().task(sleeper.pid).state == SLEEPING, "it sleeps")
    first = device.snapshot()
    done = subprocess.run([path], capture_output=True, check=False)
    check(done.returncode == 0, f"its step {done.returncode}")
    second = device.snapshot()

size = C.sizeof(RECORDS[HEADER])
mapped, rest = done.stdout[:first.header.map_bytes], done.stdout[first.header.map_bytes:]
info, whole = RECORDS[HEADER].from_buffer_copy(rest), Snapshot(rest[size:])
print(f"{len(done.stdout)} bytes, {len(whole.of(TASK))} tasks, caps {info.caps}, version {info.version.decode()}")
check((info.type, info.size) == (HEADER, size), "INFO is a header")
for header in info, whole.header:
    for name in "abi_version caps flags pmu_events max_tasks map_bytes version lost_tasks lost_disks".split():
        check(getattr(header, name) == getattr(first.header, name), f"{name} of the header")
    for name in "now_ns", "mono_ns":
        check(getattr(first.header, name) < getattr(header, name) < getattr(second.header, name), f"{name} of the header")
check(info.now_ns < whole.header.now_ns, "INFO was before the snapshot")
for kind in CPU, TCP, MEMORY, DISK:
    check([r.size for r in whole.of(kind)] == [r.size for r in first.of(kind)], f"records of type {kind}")
for kind, name in (CPU, "switches"), (MEMORY, "reclaim_ns"), (DISK, "name"):
    got = [getattr(r, name) for r in in_map(mapped, kind)]
    limits = [[getattr(r, name) for r in s.of(kind)] for s in (first, second)]
    check(got and len(got) == len(limits[0]) and all(a <= b <= c for a, b, c in zip(limits[0], got, limits[1])),
          f"type {kind} in the mapping: {got}, {limits}")
a, b, c = (s.task(sleeper.pid) for s in (first, whole, second))
check((b.pid, b.ppid, b.comm, b.start_ns) == (a.pid, a.ppid, a.comm, a.start_ns), "a task's ids")
check(a.state_ns[SLEEPING] - a.now_ns == b.state_ns[SLEEPING] - b.now_ns == c.state_ns[SLEEPING] - c.now_ns, "its times")
check(bytes(a.runq_hist) == bytes(b.runq_hist) and a.ended_cpu_ns == b.ended_cpu_ns, "to the end of its record")
sleeper.stop()
