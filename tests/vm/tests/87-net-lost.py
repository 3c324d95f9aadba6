#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Calls under way at once beyond those that the module follows are counted as
lost: each of them, and no others. Where the kernel tells of sends itself (6.3
on) only splice() from a TCP socket is followed."""
import resource
import socket
import sys
import threading

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

FOLLOWED, MORE = 1024, 40
threading.stack_size(1 << 17)
resource.setrlimit(resource.RLIMIT_NOFILE, (8192, 8192))
device = Device()


def lost():
    return device.info().lost_calls


def connection():
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        return client, server.accept()[0]


def blocked(call, args):
    """Threads that are all in the call; how many calls were lost by it."""
    before = lost()
    inside = []

    def enter(arg):
        inside.append(1)
        try:
            call(arg)
        except OSError:
            pass  # how it ends

    threads = [threading.Thread(target=enter, args=(arg,)) for arg in args]
    for thread in threads:
        thread.start()
    eventually(lambda: len(inside) == len(threads), "they call")
    time.sleep(2)
    return threads, lost() - before


def sends():
    """One connection whose other side does not read."""
    near, far = connection()
    near.setblocking(False)
    try:
        while True:
            near.send(b"x" * 65536)
    except BlockingIOError:
        near.setblocking(True)
    threads, n = blocked(near.send, [b"y" * 65536] * (FOLLOWED + MORE))
    far.close()  # resets the connection
    for thread in threads:
        thread.join()
    near.close()
    return n


def splices():
    """One connection whose other side does not send."""
    near, far = connection()
    pipes = [os.pipe() for _ in range(FOLLOWED + MORE)]
    threads, n = blocked(lambda pipe: os.splice(near.fileno(), pipe[1], 4096), pipes)
    far.close()
    for thread in threads:
        thread.join()
    for pipe in pipes:
        os.close(pipe[0])
        os.close(pipe[1])
    near.close()
    return n


told = os.path.exists("/sys/kernel/debug/tracing/events/sock/sock_send_length") or os.path.exists(
    "/sys/kernel/tracing/events/sock/sock_send_length")
followed, other = (splices, sends) if told else (sends, splices)
n = other()
check(n == 0, f"{n} calls lost that need not be followed")
for FOLLOWED in 256, 1024:
    device.close()
    run("rmmod", "sysperf")
    run("insmod", os.environ["SYSPERF_KO"], *([f"max_calls={FOLLOWED}"] if FOLLOWED != 1024 else []))
    device = Device()
    n = followed()
    print(f"{n} of {FOLLOWED + MORE} calls lost")
    # How many instances there are is the kernel's to round.
    check(0 < n <= MORE, f"{n} calls lost")

# What was blocked has gone, and calls are followed again.
near, far = connection()
before = lost()
own = threading.get_native_id()
count = device.snapshot().task(own).net[0]
was = count.tx_bytes, count.rx_bytes
near.sendall(b"z" * 1000)
pipe = os.pipe()
check(os.splice(far.fileno(), pipe[1], 1000) == 1000, "spliced")
count = device.snapshot().task(own).net[0]
check((count.tx_bytes - was[0], count.rx_bytes - was[1]) == (1000, 1000), "counted again")
check(lost() == before, "none of these is lost")
