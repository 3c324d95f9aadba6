#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The device and the netlink family: who may read, and calls that are wrong."""
import errno
import socket
import struct as S
import sys

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *


def fails(code, function, *args):
    try:
        function(*args)
    except OSError as e:
        check(e.errno == code, f"{function.__name__}: {e}, expected {errno.errorcode[code]}")
        return
    check(False, f"{function.__name__}{args} worked")


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
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
os.lseek(fd, 0, os.SEEK_SET)
check(libc.read(fd, ctypes.c_void_p(1), 1 << 20) == -1 and ctypes.get_errno() == errno.EFAULT, "EFAULT")
again = Device()
again.snapshot()
again.close()


def genl(cmd, family, attrs=b"", flags=1):
    """One generic netlink request; the payload of the answer, or an error."""
    s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
    s.bind((0, 0))
    body = S.pack("=BBH", cmd, 1, 0) + attrs
    s.send(S.pack("=IHHII", 16 + len(body), family, flags, 1, 0) + body)
    data = s.recv(65536)
    s.close()
    if S.unpack_from("=H", data, 4)[0] == 2:
        code = -S.unpack_from("=i", data, 16)[0]
        raise OSError(code, os.strerror(code))
    attrs, at = {}, 20
    while at < S.unpack_from("=I", data)[0]:
        n, kind = S.unpack_from("=HH", data, at)
        attrs[kind] = data[at + 4:at + n]
        at += (n + 3) & ~3
    return attrs


name = b"sysperf\0"
family = S.unpack("=H", genl(3, 16, S.pack("=HH", 4 + len(name), 2) + name)[1])[0]
info = genl(1, family)
check(S.unpack("=I", info[2])[0] == ABI_VERSION, "ABI version by netlink")
check(info[4].rstrip(b"\0") == whole.header.version, "version by netlink")
check(S.unpack("=I", info[3])[0] == whole.header.caps == 3, "capabilities")
fails(errno.EOPNOTSUPP, genl, 9, family)

pid = os.fork()
if pid == 0:
    os.setgid(65534)
    os.setuid(65534)
    fails(errno.EPERM, genl, 1, family)
    fails(errno.EACCES, os.open, DEVICE, os.O_RDONLY)
    os._exit(0)
check(os.waitpid(pid, 0)[1] == 0, "an ordinary user gets nothing")
result = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sysperf", "-b", "-n", "1",
                         "-d", "0.2", "--require", "kmod"], capture_output=True, text=True, check=False)
check(result.returncode == 3 and "permission" in result.stderr, f"{result.returncode} {result.stderr}")

os.close(fd)
run("rmmod", "sysperf")
run("insmod", os.environ["SYSPERF_KO"], "sched=0", "block=0")
off = Device().snapshot()
check(off.header.caps == 0 and not off.of(CPU) and not off.of(DISK), "subsystems left out")
check(off.task(os.getpid()) is not None, "tasks are there all the same")
