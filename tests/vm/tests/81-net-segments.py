#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=400
"""TCP packets of tasks are the segments with payload that the kernel counts for
the connection (TCP_INFO), each charged once: with two threads on a socket, the
rest at its end, and nothing of what was before the module came. A table too
small for all connections loses, and says so; no slot stays taken."""
import socket
import sys
import threading
from struct import pack, unpack_from

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

PARAMS = {}


def load(**params):
    global device, PARAMS
    if params == PARAMS:
        return
    device.close()
    run("rmmod", "sysperf")
    run("insmod", os.environ["SYSPERF_KO"], *[f"{k}={v}" for k, v in params.items()])
    device, PARAMS = Device(), params


device = Device()
listener = socket.create_server(("127.0.0.1", 0), backlog=1024)


def pair():
    a = socket.create_connection(listener.getsockname())
    return a, listener.accept()[0]


def segments(s):
    """(in, out) of a connection."""
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160)
    return unpack_from("II", info, 152)


def settle(*sockets):
    """Until nothing is under way."""
    last = None
    while (now := [segments(s) for s in sockets]) != last:
        last = now
        time.sleep(0.3)


def touch(s):
    """A call that moves nothing, but after which what came is charged."""
    try:
        s.send(b"")
    except OSError:
        pass


def mine(tid=None):
    n = device.snapshot().task(tid or threading.get_native_id()).net[0]
    return [n.rx_packets, n.tx_packets, n.rx_bytes, n.tx_bytes]


def grown(before, tid=None):
    return [b - a for a, b in zip(before, mine(tid))]


def exchange(a, b, rounds=50):
    for i in range(rounds):
        a.sendall(b"x" * (i * 997 + 1))
        b.recv(i * 997 + 1, socket.MSG_WAITALL)
        b.sendall(b"y" * 100)
        a.recv(100, socket.MSG_WAITALL)


# One task on both ends.
before = mine()
a, b = pair()
exchange(a, b)
settle(a, b)
touch(a), touch(b)
want = [sum(n) for n in zip(segments(a), segments(b))]
got = grown(before)
print("both ends: got", got, "TCP_INFO", want)
check(got[:2] == want and want[0] >= 100, "segments of both ends")

# Two threads on one end: together all of them, neither more than there are.
before = mine()
tids, done, end = [], threading.Semaphore(0), threading.Event()


def send_many():
    tids.append(threading.get_native_id())
    for _ in range(2000):
        a.send(b"z" * 100)
    done.release()
    end.wait()


was = segments(a)
threads = [threading.Thread(target=send_many) for _ in range(2)]
for t in threads:
    t.start()
left = 2 * 2000 * 100
while left:
    left -= len(b.recv(left))
for t in threads:
    done.acquire()
settle(a, b)
touch(a)
now = segments(a)
each = [mine(t)[1] for t in tids]
rest = grown(before)[1]
end.set()
print("two threads: sent", each, "and", rest, "at the end; TCP_INFO", now[1] - was[1])
check(sum(each) + rest == now[1] - was[1], "segments of two threads")
check(all(each), "each sent some")

# What is sent after the last call counts when the connection ends.
before = mine()
b.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
was = segments(b)
a.setblocking(False)
try:
    while a.send(b"w" * 10000):
        pass
except BlockingIOError:
    pass
early = grown(before)[1]
a.close()
while data := b.recv(65536):
    pass
b.shutdown(socket.SHUT_WR)
settle(b)
at_end = segments(b)[0] - was[0]
b.close()
time.sleep(1)
got = grown(before)
print("rest at the end: sent", got[1], "of these early", early, "received", got[0], "TCP_INFO", at_end)
check(early < at_end, "there is a rest")
check(got[0] == at_end and got[1] == at_end, "the rest counts at the end")

# A connection that is older than the module.
a, b = pair()
exchange(a, b)
load(max_sockets=1024)
before = mine()
exchange(a, b, 1)  # from here on it is known
settle(a, b)
touch(a), touch(b)
before, was = mine(), [sum(n) for n in zip(segments(a), segments(b))]
check(before[0] <= 20, f"nothing of what was before: {before}")
exchange(a, b)
settle(a, b)
touch(a), touch(b)
now = [sum(n) for n in zip(segments(a), segments(b))]
got = grown(before)
print("older connection: got", got, "TCP_INFO", [n - w for n, w in zip(now, was)])
check(got[:2] == [n - w for n, w in zip(now, was)], "segments of an older connection")

# Many connections, few at a time, through a small table.
before = mine()
CONNECTIONS = 10000
for i in range(CONNECTIONS // 20):
    pairs = [pair() for _ in range(20)]
    for c, d in pairs:
        c.send(b"1234567890")
        d.recv(10)
    for j, (c, d) in enumerate(pairs):
        if (i + j) % 3 == 0:  # a reset instead of an orderly end
            c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
        first, second = (c, d) if j % 2 else (d, c)
        first.close()
        second.close()
time.sleep(1)
got = grown(before)
lost = device.snapshot().header.lost_sockets
print("many connections: got", got, "lost", lost)
check(got == [CONNECTIONS, CONNECTIONS, CONNECTIONS * 10, CONNECTIONS * 10], "each of many connections")
check(lost == 0, "no slot stays taken")

# As many as asked for.
load(max_sockets=512)
pairs = [pair() for _ in range(256)]
for c, d in pairs:
    c.send(b"1234567890")
    d.recv(10)
lost = device.snapshot().header.lost_sockets
print("as many connections as asked for: lost", lost)
# Where one goes is luck; that 32 places in a row are taken is rare.
check(lost <= 5, "there is room for them")
for c, d in pairs:
    c.close()
    d.close()

# More than there is room for.
load(max_sockets=64)
before = mine()
pairs = [pair() for _ in range(200)]
for c, d in pairs:
    c.send(b"1234567890")
    d.recv(10)
got = grown(before)
lost = device.snapshot().header.lost_sockets
print("too many connections: got", got, "lost", lost)
check(got[3] == 2000, "bytes sent are right all the same")
# Where they cannot be told by the call (before 6.3), received ones are not.
check(got[2] in (2000, 10 * got[0]), "bytes received are those of known connections at least")
check(64 <= got[0] + got[1] <= 128, "packets of as many as there is room for")
check(lost == 400 - got[0] - got[1], "each other call is told")
for c, d in pairs:
    c.close()
    d.close()
load(max_sockets=128)
