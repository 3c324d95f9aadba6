#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The mapping shows the records that snapshots give, and cannot be written."""
import socket
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

MAP_FAILED, PAGE = C.c_void_p(-1).value, os.sysconf("SC_PAGESIZE")
GROUP = "/sys/fs/cgroup/map"
libc = C.CDLL(None, use_errno=True)
libc.mmap.restype = C.c_void_p


def live(kind):
    return in_map(mapped, kind)


def send_to_and_fro(times):
    here, there = two_addresses()
    with socket.create_server((there, 0)) as listener:
        with socket.create_connection(listener.getsockname(), source_address=(here, 0)) as a, listener.accept()[0] as b:
            for _ in range(times):
                for s, t in (a, b), (b, a):
                    s.send(b"x")
                    t.recv(1)


def grow():
    write_file(f"{GROUP}/cgroup.procs", str(os.getpid()))
    take(100 << 20)


def kill_for_memory():
    """By a cgroup's limit, which reclaims nothing of the machine's."""
    write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory")
    os.makedirs(GROUP, exist_ok=True)
    write_file(f"{GROUP}/memory.max", str(30 << 20))
    check(os.waitpid(Load(grow).pid, 0)[1] == signal.SIGKILL, "it was killed")


def c_mmap(size, prot, flags=mmap.MAP_SHARED, offset=0, fd=None):
    address = libc.mmap(None, C.c_size_t(size), prot, flags, fd or device.fd, C.c_long(offset))
    if address == MAP_FAILED:
        raise OSError(C.get_errno(), os.strerror(C.get_errno()))
    return address


def mprotect(address, prot):
    if libc.mprotect(C.c_void_p(address), C.c_size_t(PAGE), prot):
        raise OSError(C.get_errno(), os.strerror(C.get_errno()))


null_blk(irqmode=2, completion_nsec=1000000, gb=1)
read_direct("/dev/nullb0", 10)
device = Device()
size = device.info().map_bytes
check(size % PAGE == 0, "whole pages")
mapped = mmap.mmap(device.fd, size, mmap.MAP_SHARED, mmap.PROT_READ)
head = Map.from_buffer_copy(mapped)
check(head.abi_version == ABI_VERSION and 0 < head.nr_regions <= 8, "its head")
check(sorted(r.type for r in head.region[:head.nr_regions]) == [CPU, DISK, TCP, MEMORY], "its regions")

# Counters grow, so the mapping is between two snapshots that surround it.
first = device.snapshot()
cpus, disks = live(CPU), live(DISK)
second = device.snapshot()
check(len(cpus) == len(first.of(CPU)) == 2, f"{len(cpus)} CPUs")
for a, b, c in zip(first.of(CPU), cpus, second.of(CPU)):
    check((a.type, a.size, a.cpu) == (b.type, b.size, b.cpu), "the same CPU")
    for n in "switches", "runq_wait_ns", "runq_wait_max_ns":
        check(getattr(a, n) <= getattr(b, n) <= getattr(c, n), f"{n} of a CPU")
    check(all(x <= y <= z for x, y, z in zip(a.runq_hist, b.runq_hist, c.runq_hist)), "its histogram")
check({d.name for d in disks} == {d.name for d in first.of(DISK)} and disks, "all disks")
a, b = first.disk("nullb0"), [d for d in disks if d.name == b"nullb0"][0]
check(bytes(a.io) == bytes(b.io) and a.io[0].requests >= 10, "a quiet disk is the same in both")

before = [d.io[0].requests for d in live(DISK) if d.name == b"nullb0"]
read_direct("/dev/nullb0", 10)
after = [d.io[0].requests for d in live(DISK) if d.name == b"nullb0"]
check(after[0] == before[0] + 10, "it is live: no system call between")

# Nobody sends by TCP or reclaims memory now: what a snapshot tells of them is as
# it is in the mapping, where they are even with nothing to tell.
check([r.cpu for r in live(TCP)] == [0, 1] and not any(r.rtt_samples for r in live(TCP)), "a record for each CPU")
check(not device.snapshot().of(TCP), "which a snapshot leaves out")
check([bytes(r) for r in live(MEMORY)] == [bytes(r) for r in device.snapshot().of(MEMORY)] != [], "memory")
for cpu in 0, 1:
    os.sched_setaffinity(0, {cpu})
    send_to_and_fro(50)
    kill_for_memory()
    eventually(lambda: live(MEMORY)[0].oom_kills == cpu + 1, "a kill is live")
    told = {r.cpu: bytes(r) for r in device.snapshot().of(TCP)}
    shown = {r.cpu: r for r in live(TCP)}
    print("samples", [r.rtt_samples for r in shown.values()], "kills", live(MEMORY)[0].oom_kills)
    check(shown[cpu].rtt_samples >= 50 and shown[cpu].rtt_ns, "samples are live")
    check(told == {n: bytes(r) for n, r in shown.items() if r.rtt_samples}, "TCP of each CPU that has something")
    check([bytes(r) for r in live(MEMORY)] == [bytes(r) for r in device.snapshot().of(MEMORY)], "memory")

# Not to be written, now or later, nor read beyond its end.
READ, WRITE, EXEC = 1, 2, 4
both = os.open(DEVICE, os.O_RDWR)
fails(errno.EACCES, c_mmap, PAGE, READ | WRITE)
for prot in READ | WRITE, READ | EXEC, WRITE:
    fails(errno.EPERM, c_mmap, PAGE, prot, mmap.MAP_SHARED, 0, both)
fails(errno.EPERM, c_mmap, PAGE, READ | WRITE, mmap.MAP_PRIVATE)
for flags in mmap.MAP_SHARED, mmap.MAP_PRIVATE:
    address = c_mmap(PAGE, READ, flags, 0, both)
    fails(errno.EACCES, mprotect, address, READ | WRITE)
    fails(errno.EACCES, mprotect, address, READ | EXEC)
with open("/proc/self/mem", "r+b", buffering=0) as mem:
    mem.seek(address)
    fails(errno.EIO, mem.write, b"x")
fails(errno.EINVAL, c_mmap, size + PAGE, READ)
fails(errno.EINVAL, c_mmap, PAGE, READ, mmap.MAP_SHARED, size)
fails(errno.EINVAL, c_mmap, 2 * PAGE, READ, mmap.MAP_SHARED, size - PAGE)
libc.mremap.restype = C.c_void_p
check(libc.mremap(C.c_void_p(address), C.c_size_t(PAGE), C.c_size_t(2 * PAGE), 1) == MAP_FAILED and
      C.get_errno() == errno.EFAULT, "it cannot be made longer")
last = c_mmap(PAGE, READ, mmap.MAP_SHARED, size - PAGE)
C.string_at(last, PAGE)

# The mapping holds the module, without the file.
os.close(both)
device.close()
result = subprocess.run(["rmmod", "sysperf"], capture_output=True, text=True, check=False)
check(result.returncode != 0 and "in use" in result.stderr, "not unloaded while it is mapped")
Map.from_buffer_copy(mapped)
mapped.close()
