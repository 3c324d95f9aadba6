#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The device: reads, INFO, and calls that are wrong."""
import errno
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

stat = os.stat(DEVICE)
check(stat.st_mode & 0o777 == 0o440, f"mode {stat.st_mode:o}")

fd = os.open(DEVICE, os.O_RDONLY)
fails(errno.EINVAL, os.pread, fd, 65535, 0)  # too small for any record
fails(errno.ESPIPE, os.pread, fd, 65536, 4096)  # nothing to go on from
fails(errno.EINVAL, os.lseek, fd, 1, os.SEEK_SET)
fails(errno.EINVAL, os.lseek, fd, 0, os.SEEK_END)
first = os.read(fd, 65536)
fails(errno.ESPIPE, os.pread, fd, 65536, 1)
rest = b""
while chunk := os.read(fd, 65536):
    rest += chunk
whole = Snapshot(first + rest)
check(os.read(fd, 65536) == b"", "the end stays the end")
os.lseek(fd, 0, os.SEEK_SET)
check(len(os.read(fd, 1 << 20)) > 0, "and lseek starts anew")
check(whole.task(os.getpid()).comm.startswith(b"60-interface") or whole.task(os.getpid()).comm == b"python3",
      "this task is in it")
check(whole.task(2).flags & 1 and whole.task(2).comm == b"kthreadd", "kernel threads are told apart")

# A buffer that is not there: one error, and the device still works.
libc = C.CDLL(None, use_errno=True)
os.lseek(fd, 0, os.SEEK_SET)
check(libc.read(fd, C.c_void_p(1), 1 << 20) == -1 and C.get_errno() == errno.EFAULT, "EFAULT")
again = Device()
again.snapshot()

got = again.info()
check((got.type, got.size, got.abi_version) == (HEADER, C.sizeof(got), ABI_VERSION), "INFO is a header")
check((got.caps, got.map_bytes, got.version) == (whole.header.caps, whole.header.map_bytes, whole.header.version),
      "INFO says what a snapshot's header does")
check(got.now_ns > whole.header.now_ns and got.mono_ns > whole.header.mono_ns, "at its own time")
fails(errno.ENOTTY, fcntl.ioctl, fd, IOC_MODE + 1, 0)
# Of the size that the caller knows: an older header's, or a newer one's.
for more in -C.sizeof(got) + 8, -40, 8:
    given = bytearray(b"\xaa" * (C.sizeof(got) + 8))
    fcntl.ioctl(fd, IOC_INFO + (more << 16), given)
    told = C.sizeof(got) + min(more, 0)
    check(given[:16] == bytes(got)[:16] if told >= 16 else given[:8] == bytes(got)[:8], f"INFO with {more} bytes more")
    check(given[told:] == b"\xaa" * (len(given) - told), f"no more than is asked for, or there is: {more}")
fails(errno.ENOTTY, fcntl.ioctl, fd, IOC_INFO - ((C.sizeof(got) - 4) << 16), 0)
fails(errno.ENOTTY, fcntl.ioctl, fd, IOC_INFO ^ (3 << 30), 0)
check(libc.ioctl(fd, C.c_ulong(IOC_INFO), C.c_void_p(1)) == -1 and C.get_errno() == errno.EFAULT, "INFO, EFAULT")
check(libc.ioctl(fd, C.c_ulong(IOC_MODE), C.c_void_p(1)) == -1 and C.get_errno() == errno.EFAULT, "MODE, EFAULT")
fails(errno.EINVAL, again.mode, 2)
again.close()
os.close(fd)
run("rmmod", "sysperf")
run("insmod", os.environ["SYSPERF_KO"], "sched=0", "block=0")
device = Device()
off = device.snapshot()
check(off.header.caps & 3 == 0 and not off.of(CPU) and not off.of(DISK), "subsystems left out")
check(off.task(os.getpid()) is not None, "tasks are there all the same")
fails(errno.EOPNOTSUPP, device.mode, CHANGES)
device.mode(FULL)
device.close()
run("rmmod", "sysperf")
run("insmod", os.environ["SYSPERF_KO"], "exited=0")
fails(errno.EOPNOTSUPP, Device().mode, CHANGES)
