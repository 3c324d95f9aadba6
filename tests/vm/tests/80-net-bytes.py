#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=400
"""What tasks send and receive by TCP and UDP, IPv4 and IPv6, by every call
there is, is charged to them to the byte; what they peek at is not, nor is what
goes by a raw socket."""
import ctypes
import socket
import sys
import threading

sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *

TCP_, UDP_ = 0, 1
device = Device()


class Child:
    """A process that runs function(count) when told, and says what it counted:
    {tid: [rx_bytes, tx_bytes, rx_packets, tx_packets]}."""

    def __init__(self, function, *args):
        self.go, go = socket.socketpair()
        self.pid = os.fork()
        if self.pid:
            go.close()
            return
        self.go.close()
        counted = {}

        def count(what, n):
            mine = counted.setdefault(threading.get_native_id(), [0, 0, 0, 0])
            mine[what] += n
            mine[what + 2] += 1

        go.recv(1)
        function(count, *args)
        go.send(json.dumps(counted).encode())
        go.recv(1)
        os._exit(0)

    def counted(self):
        said = self.go.recv(1 << 16)
        check(said, "the child ended early")
        return {int(k): v for k, v in json.loads(said).items()}

    def end(self):
        self.go.send(b"x")
        os.waitpid(self.pid, 0)


def received(count, data):
    count(0, len(data))
    return len(data)


def sent(count, n):
    count(1, n)
    return n


def compare(what, proto, *children):
    for c in children:
        c.go.send(b"x")
    told = [c.counted() for c in children]
    after = device.snapshot()
    for counted in told:
        for tid, want in counted.items():
            task = after.task(tid)
            n = task.net[proto]
            got = [n.rx_bytes, n.tx_bytes, n.rx_packets, n.tx_packets]
            other = task.net[1 - proto]
            print(f"{what}: task {tid} got {got}, itself counted {want}", flush=True)
            check(got[:2] == want[:2], f"{what}: bytes")
            check(proto == TCP_ or got[2:] == want[2:], f"{what}: datagrams")
            check(not (other.rx_bytes or other.tx_bytes), f"{what}: nothing by the other protocol")
    for c in children:
        c.end()


def tcp_pair(family):
    with socket.create_server(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family) as listener:
        a = socket.create_connection(listener.getsockname()[:2])
        return a, listener.accept()[0]


def udp_pair(family, address):
    a, b = (socket.socket(family, socket.SOCK_DGRAM) for _ in "ab")
    b.bind((address, 0))
    return a, b


# TCP: pieces of all sizes; read with peeks, in one go after several waits, in
# small bites, to the end of the stream.
SIZES = [1, 100, 1448, 70000, 300000]


def send_pieces(count, s):
    for size in SIZES:
        s.sendall(b"a" * size)
        count(1, size)
        time.sleep(0.05)
    for _ in range(5):
        sent(count, s.send(b"b" * 1000))
        time.sleep(0.1)
    s.shutdown(socket.SHUT_WR)


def receive_pieces(count, s):
    left = sum(SIZES)
    while left:
        s.recv(1000, socket.MSG_PEEK)
        left -= received(count, s.recv(min(left, 9999)))
    received(count, s.recv(5000, socket.MSG_WAITALL))
    s.recv(100, socket.MSG_PEEK)
    received(count, s.recv(100))
    check(s.recv(100) == b"", "end of stream")


# sendfile into it, splice out of it.
FILE = "/tmp/file"
FILE_SIZE = 700001


def send_file(count, s):
    with open(FILE, "rb") as f:
        while n := os.sendfile(s.fileno(), f.fileno(), None, 1 << 20):
            sent(count, n)
    s.shutdown(socket.SHUT_WR)


def receive_splice(count, s):
    r, w = os.pipe()
    while n := os.splice(s.fileno(), w, 30000):
        count(0, n)
        while n:
            n -= len(os.read(r, n))


# A socket that does not block takes only part of it.
def send_partly(count, s):
    s.setblocking(False)
    data, sizes = b"c" * 3000000, []
    while True:
        try:
            sizes.append(sent(count, s.send(data)))
        except BlockingIOError:
            break
    check(min(sizes) < len(data), "a partial send")
    s.setblocking(True)
    s.shutdown(socket.SHUT_WR)


def receive_all(count, s):
    while data := s.recv(65536):
        received(count, data)


def in_threads(function, count, s):
    """Three threads that do it, and stay after."""
    done = []

    def one():
        function(count, s)
        done.append(1)
        threading.Event().wait()

    for _ in range(3):
        threading.Thread(target=one, daemon=True).start()
    while len(done) < 3:
        time.sleep(0.05)


def send_share(count, s):
    for i in range(100):
        sent(count, s.send(b"d" * (i * 50 + 1)))


def send_shares(count, s):
    in_threads(send_share, count, s)
    s.shutdown(socket.SHUT_WR)


def receive_shares(count, s):
    in_threads(receive_all, count, s)


# UDP: every call, datagrams of no bytes and such as are cut off.
class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_char_p), ("len", ctypes.c_size_t)]


class Mmsghdr(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p), ("namelen", U32), ("iov", ctypes.POINTER(Iovec)), ("iovlen", ctypes.c_size_t),
        ("control", ctypes.c_void_p), ("controllen", ctypes.c_size_t), ("flags", ctypes.c_uint64), ("len", U32),
    ]


def send_datagrams(count, s, to):
    for size in [1, 0, 1400, 9000, 100]:
        sent(count, s.sendto(b"e" * size, to))
    s.connect(to)
    sent(count, s.send(b"f" * 77))
    sent(count, s.sendmsg([b"g" * 10, b"h" * 20]))
    sent(count, os.write(s.fileno(), b"i" * 33))
    # One call, 5 datagrams.
    iovs = [Iovec(b"j" * n, n) for n in (10, 20, 30, 40, 50)]
    calls = (Mmsghdr * 5)(*[Mmsghdr(iov=ctypes.pointer(v), iovlen=1) for v in iovs])
    check(ctypes.CDLL(None).sendmmsg(s.fileno(), calls, 5, 0) == 5, "sendmmsg")
    for c in calls:
        sent(count, c.len)


def receive_datagrams(count, s):
    for _ in range(4):
        received(count, s.recv(20000))
    s.recv(100, socket.MSG_PEEK)
    received(count, s.recv(60))  # of 100
    received(count, s.recvmsg(1000)[0])
    received(count, s.recvfrom(1000)[0])
    received(count, os.read(s.fileno(), 1000))
    for _ in range(5):
        received(count, s.recv(1000))


with open(FILE, "wb") as f:
    f.write(b"z" * FILE_SIZE)

for family in socket.AF_INET, socket.AF_INET6:
    for a, b in (
        (send_pieces, receive_pieces),
        (send_file, receive_splice),
        (send_partly, receive_all),
        (send_shares, receive_shares),
    ):
        pair = tcp_pair(family)
        compare(f"{family.name} {a.__name__} {b.__name__}", TCP_, Child(a, pair[0]), Child(b, pair[1]))

for family, address in (
    (socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET6, "::1"),
    (socket.AF_INET6, "::ffff:127.0.0.1"),
):
    pair = udp_pair(family, address)
    compare(
        f"UDP {address}", UDP_,
        Child(send_datagrams, pair[0], pair[1].getsockname()[:2]), Child(receive_datagrams, pair[1]),
    )  # fmt: skip

def send_raw(count, family, address, number):
    s = socket.socket(family, socket.SOCK_RAW, number)
    s.connect((address, 0))
    for _ in range(5):
        s.send(bytes(40))
        check(s.recv(1000), "it comes back")


for family, address in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
    for number in socket.IPPROTO_TCP, socket.IPPROTO_UDP:
        child = Child(send_raw, family, address, number)
        child.go.send(b"x")
        child.counted()
        got = [getattr(n, m) for n in device.snapshot().task(child.pid).net for m in "rx_bytes tx_bytes rx_packets tx_packets".split()]
        check(not any(got), f"raw, {family.name}, protocol {number}: {got}")
        child.end()

# A program that we did not write: what iperf3 says it sent and received.
BYTES = 20 << 20
server = subprocess.Popen(["iperf3", "-s", "-1", "-B", "127.0.0.1"], stdout=subprocess.DEVNULL)
while subprocess.run(["ss", "-Hltn", "sport", "5201"], capture_output=True, check=True).stdout == b"":
    time.sleep(0.1)
client = subprocess.Popen(["iperf3", "-c", "127.0.0.1", "-n", str(BYTES), "-J"], stdout=subprocess.PIPE)
said = json.load(client.stdout)["end"]
client.wait()
server.wait()
ended = {}
while len(ended) < 2:  # freed a little after they ended
    last = device.snapshot()
    ended.update((t.tid, t.net[TCP_]) for t in last.of(EXITED) if t.tid in (client.pid, server.pid))
mine, its = ended[client.pid], ended[server.pid]
check(said["sum_sent"]["bytes"] >= BYTES, "iperf3 sent it")
near(mine.tx_bytes, said["sum_sent"]["bytes"], 0.1, "bytes that iperf3 sent")
near(its.rx_bytes, said["sum_received"]["bytes"], 0.1, "bytes that iperf3 received")
check(last.header.lost_calls == 0 and last.header.lost_sockets == 0, "nothing was lost")
