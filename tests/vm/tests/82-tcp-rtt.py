#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=400
"""Round-trip times over a path with a known delay are those that the kernel
tells of the connection, and there are none of one to itself; retransmits are what it counts, exactly."""
import socket
import sys
from struct import unpack_from

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

device = Device()
run("modprobe", "sch_netem")


def tcp_now():
    """Of all CPUs: samples, sum, max, retransmits, histogram."""
    hist, total = [0] * BUCKETS, [0, 0, 0, 0]
    for r in device.snapshot().of(TCP):
        total = [total[0] + r.rtt_samples, total[1] + r.rtt_ns, max(total[2], r.rtt_max_ns), total[3] + r.retransmits]
        hist = [a + b for a, b in zip(hist, r.rtt_hist)]
    return total, hist


def bucket(ns):
    if ns < 1024:
        return ns // 32
    octave = ns.bit_length() - 11
    return (octave + 1) * 32 + (ns >> (octave + 5)) - 32


def bucket_middle(i):
    if i < 32:
        return (i + 0.5) * 32
    octave = (i >> 5) - 1
    return (1 << (10 + octave)) * (1 + ((i & 31) + 0.5) / 32)


def percentile(hist, p):
    left = sum(hist) * p
    for i, n in enumerate(hist):
        left -= n
        if left <= 0:
            return bucket_middle(i)
    return None


def rtt_us(s):
    info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160)
    return unpack_from("I", info, 68)[0]


def segments_sent(s):
    return unpack_from("I", s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160), 156)[0]


def settle(s):
    """Until all is acknowledged."""
    while unpack_from("I", s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160), 24)[0]:
        time.sleep(0.1)


def connected(family, here, there):
    with socket.create_server((there, 0), family=family, dualstack_ipv6=family == socket.AF_INET6) as listener:
        a = socket.create_connection(listener.getsockname()[:2], source_address=(here, 0))
        return a, listener.accept()[0]


def retransmits_kernel():
    with open("/proc/net/snmp", encoding="ascii") as f:
        names, values = [line.split() for line in f if line.startswith("Tcp:")]
    return int(values[names.index("RetransSegs")])


check(not device.snapshot().of(TCP), "no record while there is nothing to tell")
# What a machine says to itself goes through no network.
for family, address in (
    (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET6, "::ffff:127.0.0.1"),
    (socket.AF_INET, two_addresses()[0]), (socket.AF_INET6, two_addresses(True)[0]),
    (socket.AF_INET6, "::ffff:" + two_addresses()[0]),
):
    a, b = connected(family, address, address)
    for s, t in [(a, b), (b, a)] * 50:
        s.send(b"x")
        t.recv(1)
    settle(a)
    a.close()
    b.close()
check(tcp_now()[0][0] == 0, "no round trip to itself")

for family in socket.AF_INET, socket.AF_INET6:
    run("tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "20ms")
    a, b = connected(family, *two_addresses(family == socket.AF_INET6))
    (was, _, _, _), old = tcp_now()
    seen, rounds = [], 100
    for i in range(rounds):
        seen.append(rtt_us(a))
        a.send(b"ping")
        b.recv(4)
        seen.append(rtt_us(b))
        b.send(b"pong")
        a.recv(4)
    (samples, total, longest, _), hist = tcp_now()
    hist = [n - o for n, o in zip(hist, old)]
    differ = list(hist)
    samples -= was
    print(family.name, "samples", samples, "max", longest)
    # Each ping and pong is acknowledged, by the next or by itself.
    check(2 * rounds - 2 <= samples <= 2 * rounds + 2, "a sample an acknowledgement")
    check(sum(hist) == samples, "the histogram has them all")
    # Sample by sample they are what TCP_INFO said when the data was sent; the
    # last may be missing, one sent again may be there twice.
    for us in seen:
        differ[bucket(us * 1000)] -= 1
    print("not where they should be:", [(round(bucket_middle(i)), n) for i, n in enumerate(differ) if n])
    check(sum(abs(n) for n in differ) <= 10, "round-trip times sample by sample")
    near(percentile(hist, 0.5), sorted(seen)[rounds] * 1e3, 3, f"{family.name} median")
    check(percentile(hist, 0.01) >= 0.97 * 40e6, "nothing is faster than the path")

    # Only who sends has samples: an acknowledgement more is one of no data.
    a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    settle(a)
    was, sent = tcp_now()[0][0], segments_sent(a)
    for i in range(50):
        a.send(b"x")
        b.recv(1)
    settle(a)
    samples, sent = tcp_now()[0][0] - was, segments_sent(a) - sent
    print("one way: samples", samples, "segments", sent)
    check(0 < samples <= sent, "samples of one who only sends")
    run("tc", "qdisc", "del", "dev", "lo", "root")
    a.close()
    b.close()

# Loss, of handshakes too, and of segments that were sent in one piece.
run("ip", "link", "set", "lo", "mtu", "1500")
run("tc", "qdisc", "add", "dev", "lo", "root", "netem", "loss", "8%", "delay", "1ms")
listener = socket.create_server(("127.0.0.1", 0))
(_, _, _, was), _ = tcp_now()
kernel_was = retransmits_kernel()


def receive_all():
    while True:
        s = listener.accept()[0]
        while s.recv(1 << 16):
            pass
        s.close()


receiver = Load(receive_all)
for _ in range(20):
    s = socket.create_connection(listener.getsockname())
    s.sendall(b"x" * 200000)
    s.close()
receiver.stop()
run("tc", "qdisc", "del", "dev", "lo", "root")
listener.close()
last = None
while (kernel := retransmits_kernel() - kernel_was) != last:  # what is under way
    last = kernel
    time.sleep(3)
(_, _, _, now), _ = tcp_now()
print("retransmits", now - was, "kernel", kernel)
check(kernel > 50, "there were some")
check(now - was == kernel, "retransmits")
