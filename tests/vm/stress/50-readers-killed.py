#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=3600
"""Readers killed at any point, while there is load; then the module goes at
once."""
import random
import sys

sys.path[:0] = ["tests/vm/lib", "tests/vm/stress/lib"]
from stress import *

ROUNDS = size(6, 100)
READERS = 12


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
    while True:
        try:
            os.pread(fd, 1 << 16, 0)
        except OSError:
            pass


KINDS = [read_from_start(1 << 16), read_from_start(1 << 22), read_short, read_shared]
seed = random.randrange(1 << 32)
print("seed", seed, flush=True)
random.seed(seed)
kmemleak("clear")
stress = Stress("--fork", "1", "--switch", "1")
for i in range(ROUNDS):
    readers = []
    for j in range(READERS):
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            KINDS[j % len(KINDS)]()
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
