#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Viewers that lie, rave, stop in the middle or vanish: each is told and closed,
and costs nobody else a frame, nor us a descriptor or memory for good."""
import random
import sys

sys.path.insert(0, "tests/lib")
from sysperfd import *

daemon = Daemon()
good = Viewer(daemon, 100, tables={"cpus": None})
good.frame()


def unharmed(what):
    while good.ready(0):
        good.frame()
    good.frame()
    check(good.lost == 0, f"{what}: the good viewer lost a frame")


def refused(what, data, words, greeted=False):
    v = Viewer(daemon, 100 if greeted else None)
    v.send(data)
    said = v.ended()
    check(words in said, f"{what}: '{said}' does not say '{words}'")
    v.close()
    unharmed(what)


# Lies.
refused("HTTP", b"GET / HTTP/1.1\r\nHost: sysperf\r\n\r\n", "no viewer of sysperf")
refused("huge length", struct.pack("<IB", 0xFFFFFFFF, HELLO), "no viewer")
refused("no length", struct.pack("<IB", 0, HELLO), "no viewer")
refused("huge length, later", struct.pack("<IB", 1 << 30, SET), "too long", greeted=True)
refused("another version", request(HELLO, 100, version=9), "install both from one release")
refused("no magic", message(HELLO, b"\0" * 40), "no viewer")
refused("half a request", message(HELLO, varint(MAGIC) + varint(VERSION)), "too early")
refused("a delay of 1 ms", request(HELLO, 1), "a delay of 1 ms")
refused("HELLO twice", request(HELLO, 100), "says nothing", greeted=True)
refused("SET first", request(SET, 100), "no viewer")
refused("what only sysperfd says", message(FRAME, b"x" * 100), "says nothing", greeted=True)
random.seed(1)
for i in range(200):
    v = Viewer(daemon)
    v.send(bytes(random.randrange(256) for _ in range(random.randrange(1, 200))))
    v.close()
unharmed("noise")

# Half messages: they wait for the rest, and not for ever.
half = [Viewer(daemon) for _ in range(20)]
for i, v in enumerate(half):
    v.send(request(HELLO, 100)[: 1 + i % 8])
pieces = Viewer(daemon)
for byte in request(HELLO, 100, tables={"tasks": ["pid"]}):
    pieces.send(bytes([byte]))
pieces.until(SCHEMA)
pieces.frame()
pieces.close()
unharmed("half messages")

# A flood of wishes is worked off at our own pace.
flood = Viewer(daemon, 100)
flood.sock.setblocking(False)
sent = 0
try:
    while sent < 100000:
        sent += flood.sock.send(request(SET, 100 + sent % 7000)) and 1
except BlockingIOError:
    pass
check(sent < 100000, "a flood is not taken without end")
for _ in range(20):
    unharmed("a flood of wishes")
check(daemon.count("collections") <= 9, "collections are bounded")
flood.close()

# Vanishing ones, at any moment.
def vanish(n):
    for i in range(n):
        v = Viewer(daemon)
        stage = i % 5
        if stage:
            v.send(request(HELLO, 100 if stage < 4 else 200))
        if stage > 1:
            v.until(WELCOME)
        if stage == 3:
            v.frame()
        if i % 7 == 0:
            v.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        v.close()
        if i % 10 == 0:
            unharmed("vanishing viewers")


def settled():
    wait_for("the others to be gone", lambda: daemon.count("viewers") == 2)  # the good one, and who asks
    wait_for("their collections to end", lambda: daemon.count("collections") == 1)
    # Who asked goes a moment later.
    return min(daemon.descriptors() for _ in range(50) if not time.sleep(0.01)), daemon.rss_kb()


def closed():
    unharmed("half messages")
    return daemon.said().count("it did not say what it wants") == len(half)


wait_for("half messages to be given up", closed)
for v in half:
    check(v.ended() == "", "half a message is nothing")
vanish(100)
before = settled()
vanish(1000)
after = settled()
print(f"descriptors {before[0]} to {after[0]}, RSS {before[1]} to {after[1]} kB")
check(after[0] == before[0], f"descriptors: {before[0]} before 1000 viewers, {after[0]} after")
check(after[1] <= before[1] * 1.05 + 256, f"RSS: {before[1]} kB before 1000 viewers, {after[1]} kB after")

# No descriptor is left for another: it waits, those that are there go on.
daemon.end()
daemon = Daemon(prefix=["prlimit", "--nofile=40"])
good = Viewer(daemon, 100)
many = [Viewer(daemon) for _ in range(60)]
for _ in range(20):
    unharmed("no descriptors")
check("cannot take another viewer" in daemon.said(), "and that is told")
for v in many:
    v.close()
Viewer(daemon, 100).frame()
unharmed("descriptors again")
daemon.end()
