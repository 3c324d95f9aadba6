#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Interfaces and TCP, beside sar and ss."""
import re
import socket
import sys

sys.path.insert(0, "tests/vm/lib")
from peers import *

RATE = 50  # messages a second


def netns(*command):
    return run("ip", "netns", "exec", "far", *command)


run("modprobe", "-a", "veth", "sch_netem")
run("ip", "netns", "add", "far")
run("ip", "link", "add", "eth7", "type", "veth", "peer", "name", "eth0", "netns", "far")
run("ip", "addr", "add", "10.7.0.1/24", "dev", "eth7")
run("ip", "link", "set", "eth7", "up")
netns("ip", "addr", "add", "10.7.0.2/24", "dev", "eth0")
netns("ip", "link", "set", "eth0", "up")
netns("tc", "qdisc", "add", "dev", "eth0", "root", "netem", "delay", "50ms")


def paced(function):
    """RATE times a second, whatever it takes."""
    at = time.monotonic()
    while True:
        function()
        at += 1 / RATE
        time.sleep(max(0, at - time.monotonic()))


def far_side():
    """Over there: takes what comes by TCP, sends datagrams."""
    fd = os.open("/var/run/netns/far", os.O_RDONLY)
    check(C.CDLL(None).setns(fd, 0) == 0, "setns")
    listener = socket.create_server(("10.7.0.2", 7))
    if os.fork() == 0:
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        paced(lambda: sender.sendto(b"d" * 1000, ("10.7.0.1", 7)))
    peer = listener.accept()[0]
    while peer.recv(65536):
        pass


def near_side():
    def connected():
        try:
            return socket.create_connection(("10.7.0.2", 7))
        except OSError:
            return None

    while not (s := connected()):
        time.sleep(0.2)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    paced(lambda: s.send(b"s" * 500))


sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sink.bind(("10.7.0.1", 7))
os.sched_setaffinity(0, {0})  # the tools, so that they do not disturb them
loads = [Load(far_side, cpu=1), Load(near_side, cpu=1)]
time.sleep(3)


def compare():
    frames_, _, sar, pidstat = together(["sar", "-n", "DEV,EDEV,TCP,ETCP", *TWICE],
                                        ["pidstat", "-w", "-p", str(loads[1].pid), *TWICE])
    ss = run("ss", "-tin", "dst", "10.7.0.2")

    def ours(key, scale=1):
        return {s: v * scale for s, v in of_row(frames_, "nets", "name", "eth7", key).items()}

    dev = next(r for r in table(sar, "IFACE", "rxpck/s") if r["IFACE"] == "eth7")
    for ours_key, theirs, scale in (("rx_packets_per_s", "rxpck/s", 1), ("tx_packets_per_s", "txpck/s", 1),
                                    ("rx_bits_per_s", "rxkB/s", 1 / 8192), ("tx_bits_per_s", "txkB/s", 1 / 8192)):
        same(theirs, ours(ours_key, scale), dev[theirs])
    errors = next(r for r in table(sar, "IFACE", "rxerr/s") if r["IFACE"] == "eth7")
    for ours_key, theirs in (("rx_errors_per_s", "rxerr/s"), ("tx_errors_per_s", "txerr/s"),
                             ("rx_drops_per_s", "rxdrop/s"), ("tx_drops_per_s", "txdrop/s")):
        same(theirs, ours(ours_key), errors[theirs])

    # The module sees each round trip of the interval, ss a mean of the last few.
    rtt = float(re.search(r" rtt:([0-9.]+)/", ss).group(1)) * 1000
    mean = of_golden(frames_, "network", "latency", "rtt_mean_us")
    same("RTT mean", mean, rtt, 10)
    # Its sleeps are even, but when it gets pushed aside differs from second to
    # second, all the more where the machine's own CPUs are busy.
    same("switches/s of the sender", of_row(frames_, "tasks", "pid", loads[1].pid, "switches_per_s"),
         sum(float(table(pidstat, "UID", "PID")[0][k]) for k in ("cswch/s", "nvcswch/s")), 2, 10)


one_of_three(compare)

# Segments that get lost are sent again.
netns("tc", "qdisc", "change", "dev", "eth0", "root", "netem", "delay", "1ms", "loss", "5%")
run("tc", "qdisc", "add", "dev", "eth7", "root", "netem", "loss", "5%")
time.sleep(2)


def losses():
    frames_, _, sar = together(["sar", "-n", "ETCP", *TWICE])
    again = table(sar, "atmptf/s")[0]["retrans/s"]
    check(float(again) > 1, "segments get lost")
    # Which get lost is chance, and the seconds are not quite the same; 82-tcp-rtt
    # has them exact. Four standard deviations of the difference of two counts.
    mine = of_golden(frames_, "network", "errors", "retransmits_per_s")
    same("retransmits/s", mine, again, 0, 4 * ((mine["kmod"] + float(again)) / SECONDS) ** 0.5)


one_of_three(losses)
for load in loads:
    load.stop()
run("ip", "netns", "del", "far")
