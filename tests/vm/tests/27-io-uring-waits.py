#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who waits in io_uring waits for I/O while a disk has a request of his; to the
kernel he does (in_iowait) whatever he waits for."""
import struct as S
import sys

sys.path.insert(0, "tests/vm/lib")
from block_test import *

IO_URING_SETUP, IO_URING_ENTER, GETEVENTS = 425, 426, 1
NOP, POLL_ADD, READ_OP = 0, 6, 22
RUNNING, RUNQ, IOWAIT, BLOCKED, SLEEPING = range(5)
libc = C.CDLL(None, use_errno=True)


class Ring:
    """As much of io_uring as this wants: one request at a time."""

    def __init__(self):
        params = C.create_string_buffer(120)
        self.fd = libc.syscall(IO_URING_SETUP, 8, params)
        check(self.fd >= 0, f"io_uring_setup: {os.strerror(C.get_errno())}")
        _, self.tail_at, self.mask_at, _, _, _, self.array_at = S.unpack_from("=7I", params, 40)
        self.done_head_at, self.done_tail_at = S.unpack_from("=2I", params, 80)
        self.ring = mmap.mmap(self.fd, 4096, offset=0)
        self.sqes = mmap.mmap(self.fd, 4096, offset=0x10000000)

    def submit(self, op, fd=-1, address=0, size=0, flags=0, wait=False):
        tail = S.unpack_from("=I", self.ring, self.tail_at)[0]
        index = tail & S.unpack_from("=I", self.ring, self.mask_at)[0]
        sqe = S.pack("=BBHiQQIIQ", op, 0, 0, fd, 0, address, size, flags, 0)
        self.sqes[index * 64:index * 64 + 64] = sqe.ljust(64, b"\0")
        S.pack_into("=I", self.ring, self.array_at + 4 * index, index)
        S.pack_into("=I", self.ring, self.tail_at, (tail + 1) & 0xFFFFFFFF)
        n = libc.syscall(IO_URING_ENTER, self.fd, 1, int(wait), GETEVENTS if wait else 0, None, 0)
        check(n == 1, f"io_uring_enter: {n}, {os.strerror(C.get_errno())}")
        self.ring[self.done_head_at:self.done_head_at + 4] = self.ring[self.done_tail_at:self.done_tail_at + 4]


def idle_loop():
    """A server that nobody asks anything."""
    ring = Ring()
    ring.submit(NOP)
    ring.submit(POLL_ADD, fd=os.eventfd(0), flags=1, wait=True)


def reader():
    ring, buf = Ring(), mmap.mmap(-1, 4096)
    ring.submit(NOP)
    fd = os.open(disk.path, os.O_RDONLY | os.O_DIRECT)
    while True:
        ring.submit(READ_OP, fd=fd, address=C.addressof(C.c_char.from_buffer(buf)), size=4096, wait=True)


def waited(pid):
    t = device.snapshot().task(pid)
    return [t.state_ns[s] / 1e9 for s in (IOWAIT, SLEEPING)] + [t.state]


device = Device()
disk = NullDisk(irqmode=2, completion_nsec=300 * 10**6)
server, client = Load(idle_loop), Load(reader)
time.sleep(1)
before = [waited(load.pid) for load in (server, client)]
time.sleep(2)
after = [waited(load.pid) for load in (server, client)]
with open("/proc/pressure/io", encoding="ascii") as f:
    print("the kernel's own:", f.readline().strip())
for who, a, b in zip(("idle server", "reader"), before, after):
    print(f"{who}: waited for I/O {b[0] - a[0]:.3f} s, slept {b[1] - a[1]:.3f} s, state {b[2]}", flush=True)
(io, asleep, state), (io_before, asleep_before, _) = after[0], before[0]
check(state == SLEEPING and io == io_before and asleep - asleep_before > 1.5, "who waits for nobody's disk sleeps")
(io, asleep, _), (io_before, asleep_before, _) = after[1], before[1]
check(io - io_before > 1.5 and asleep - asleep_before < 0.3, "who waits for a disk waits for it")

# Nor is a machine with only the former in trouble, whatever its PSI says.
client.stop()
for source in "kmod", "procfs":
    last = frames("--source", source, "-n", "5", "-d", str(SLOWNESS))[-1]
    print(source, last["status"], last["golden"]["disk"]["saturation"], last["verdict"], flush=True)
    check(last["status"]["disk"] == "ok", f"{source}: no disk is waited for")
