#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=900
# ALONE
"""The verdict on networks: a link that its shaper (tbf) fills, packets lost on
the way (netem), and a server that does not take its connections."""
import socket
import sys

sys.path.insert(0, "tests/vm/lib")
from verdict_test import *

OTHER = "10.9.0.2"
PORT = 5001


def sink():
    """Takes whatever comes, in the other namespace."""
    fd = os.open("/run/netns/other", os.O_RDONLY)
    check(C.CDLL(None, use_errno=True).setns(fd, 0) == 0, "setns")
    server = socket.create_server((OTHER, PORT))
    taken = []
    while True:
        connection = server.accept()[0]
        taken.append(connection)
        if os.fork() == 0:
            while connection.recv(1 << 16):
                pass
            os._exit(0)


def connect():
    while True:
        try:
            return socket.create_connection((OTHER, PORT))
        except ConnectionRefusedError:
            time.sleep(0.1)


def send_all():
    """As much as goes."""
    connection, block = connect(), bytes(1 << 16)
    while True:
        connection.send(block)


def send_some():
    connection = connect()
    while True:
        connection.send(bytes(1000))
        time.sleep(0.05)


def deaf(ready):
    """Listens, and never accepts."""
    server = socket.create_server(("127.0.0.1", 8080), backlog=4)
    os.write(ready, b"x")
    time.sleep(10000)
    server.close()


def knock():
    while True:
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", 8080))
        time.sleep(0.02)
        client.close()


def shape(*qdisc):
    run("tc", "qdisc", "replace", "dev", "here", "root", *qdisc)


run("modprobe", "-a", "veth", "sch_tbf", "sch_netem")
run("ip", "netns", "add", "other")
run("ip", "link", "add", "here", "type", "veth", "peer", "name", "there", "netns", "other")
run("ip", "addr", "add", "10.9.0.1/24", "dev", "here")
run("ip", "link", "set", "here", "up")
run("ip", "-n", "other", "addr", "add", f"{OTHER}/24", "dev", "there")
run("ip", "-n", "other", "link", "set", "there", "up")
atexit.register(run, "ip", "netns", "delete", "other")

with loads(Load(sink)):
    # No more than a kernel that checks all it does has the CPU time for.
    shape("tbf", "rate", f"{10 / COARSE}mbit", "burst", "32kb", "latency", "200ms")
    with loads(Load(send_some)), loads(Load(send_all)) as sender:
        expect("saturated link", "network", "saturation", sender, "here", sources=["kmod"])
        expect("saturated link", "network", "saturation", None, "here", sources=["procfs"])
    shape("netem", "loss", "5%", "delay", "5ms")
    with loads(Load(send_some)), loads(Load(send_all)) as sender:
        expect("packet loss", "network", "errors", sender, "sent again", sources=["kmod"])
        expect("packet loss", "network", "errors", None, "sent again", sources=["procfs"])

r, w = os.pipe()
with loads(Load(deaf, w)) as server:
    os.read(r, 1)
    with loads(Load(knock)):
        expect("listen queue", "network", "errors", server, "port 8080")
