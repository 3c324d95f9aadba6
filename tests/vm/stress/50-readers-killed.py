#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=3600
"""Readers killed at any point, while there is load; then the module goes at
once."""
import contextlib
import fcntl
import random
import sys

sys.path[:0] = ["tests/vm/lib", "tests/vm/stress/lib"]
from genl_test import *
from stress import *

ROUNDS = size(3, 100)
READERS = 16


def read_from_start(chunk):
    def reader():
        fd = os.open(DEVICE, os.O_RDONLY)
        while True:
            while os.read(fd, chunk):
                pass
            os.lseek(fd, 0, os.SEEK_SET)
    return reader


def read_short():
    while True:
        fd = os.open(DEVICE, os.O_RDONLY)
        os.read(fd, 1 << 16)
        os.close(fd)


def read_shared():
    """Two processes on one open file."""
    fd = os.open(DEVICE, os.O_RDONLY)
    os.fork()
    die_with_parent()
    while True:
        try:
            os.pread(fd, 1 << 16, 0)
        except OSError:
            pass


def map_and_ask():
    """A mapping that is looked at, goes and comes, and the ioctls."""
    request = 2 << 30 | C.sizeof(RECORDS[HEADER]) << 16 | 0xE5 << 8  # SYSPERF_IOC_INFO
    header = bytearray(C.sizeof(RECORDS[HEADER]))
    fd = os.open(DEVICE, os.O_RDONLY)
    fcntl.ioctl(fd, request, header)
    size = RECORDS[HEADER].from_buffer(header).map_bytes
    while True:
        with mmap.mmap(fd, size, prot=mmap.PROT_READ) as mapping:
            for at in range(0, size, mmap.PAGESIZE):
                mapping[at]
        fcntl.ioctl(fd, request, header)


def read_changes():
    device = Device()
    device.mode(CHANGES)
    while True:
        while os.read(device.fd, 1 << 16):
            pass
        os.lseek(device.fd, 0, os.SEEK_SET)


def dump():
    """All tasks by netlink; its answer takes many parts."""
    genl = Genl()
    while True:
        genl.dump()


def listen():
    """Both groups of events, with much to tell."""
    genl = Genl()
    genl.do(SET, u64(SLOW_WAIT_NS, 1))
    genl.join("exit")
    genl.join("slow")
    while True:
        with contextlib.suppress(OSError):  # it may be told too much
            genl.sock.recv(1 << 16)


KINDS = [read_from_start(1 << 16), read_from_start(1 << 22), read_short, read_shared, map_and_ask, read_changes, dump,
         listen]
seed = random.randrange(1 << 32)
print("seed", seed, flush=True)
random.seed(seed)
kmemleak("clear")
stress = Stress("--fork", "1", "--switch", "1")
for i in rounds(ROUNDS):
    readers = []
    for j in range(READERS):
        pid = os.fork()
        if pid == 0:
            die_with_parent()
            os.setpgid(0, 0)  # it may fork
            KINDS[j % len(KINDS)]()
        os.setpgid(pid, pid)  # whoever is first
        readers.append(pid)
    time.sleep(0.5)
    random.shuffle(readers)
    for pid in readers:
        time.sleep(random.random() / 10)
        check(os.waitpid(pid, os.WNOHANG)[0] == 0, "a reader died by itself")
        os.killpg(pid, signal.SIGKILL)
    for pid in readers:
        os.waitpid(pid, 0)
    # Also those that readers left behind have gone when nobody has it open.
    for _ in range(100):
        if get("/sys/module/sysperf/refcnt") == "0":
            break
        time.sleep(0.1)
    unload()
    load()
stress.stop()
unload()
check_leaks()
load()
