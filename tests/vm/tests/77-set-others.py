#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
"""SET turns traffic, TCP and memory pressure off and on: nothing grows while they
are off, from then on all counts go on exactly, calls that wait all the while do
no harm, and it can be done again and again under load."""
import select
import socket
import sys
import threading
from struct import unpack_from

sys.path.insert(0, "tests/vm/lib")
from genl_test import *
from sysperf_test import *

CAP_NET, CAP_TCP, CAP_MEMORY = 8, 16, 32
ALL = CAP_NET | CAP_TCP | CAP_MEMORY
TCP_, UDP_ = 0, 1
GROUP, LIMIT = "/sys/fs/cgroup/set", 30 << 20
# Before 6.3 no tracepoint tells how much a call received.
BY_CALL = KERNEL >= (6, 3)
device, genl = Device(), Genl()


def switch(caps, on):
    was = genl.info()[CAPS]
    genl.do(SET, u32(CAPS, was | caps if on else was & ~caps))
    want = was | caps if on else was & ~caps
    check(genl.info()[CAPS] == device.info().caps == device.snapshot().header.caps == want, f"{caps} is on: {on}")


def tcp_pair():
    with socket.create_server((there, 0)) as listener:
        a = socket.create_connection(listener.getsockname(), source_address=(here, 0))
        return a, listener.accept()[0]


def udp_pair():
    b = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    b.bind(("127.0.0.1", 0))
    a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    a.connect(b.getsockname())
    return a, b


def net(proto, tid=None):
    n = device.snapshot().task(tid or os.getpid()).net[proto]
    return [n.rx_bytes, n.tx_bytes, n.rx_packets, n.tx_packets]


def segments(*sockets):
    """Of them all, (in, out), as TCP_INFO has them."""
    return [sum(n) for n in zip(*[unpack_from("II", s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160), 152)
                                  for s in sockets])]


def exchange(pair, count, size):
    a, b = pair
    for _ in range(count):
        a.send(b"x" * size)
        check(len(b.recv(size, 0 if a.type == socket.SOCK_DGRAM else socket.MSG_WAITALL)) == size, "it arrives")


def grown(proto, function, *args):
    before = net(proto)
    function(*args)
    return [b - a for a, b in zip(before, net(proto))]


# Traffic: the same connections all the while.
here, there = two_addresses()
tcp, udp = tcp_pair(), udp_pair()
check(grown(TCP_, exchange, tcp, 30, 700) == [21000, 21000, 30, 30], "TCP to begin with")
check(grown(UDP_, exchange, udp, 30, 700) == [21000, 21000, 30, 30], "UDP to begin with")
switch(CAP_NET, False)
check(grown(TCP_, exchange, tcp, 40, 900) == [0] * 4, "no TCP while it is off")
check(grown(UDP_, exchange, udp, 40, 900) == [0] * 4, "no UDP while it is off")
new = tcp_pair()
exchange(new, 5, 100)
switch(CAP_NET, True)
got = grown(UDP_, exchange, udp, 50, 300)
print("UDP, on again:", got)
check(got == [15000, 15000, 50, 50], "UDP, on again")
for what, pair in ("before", tcp), ("while it was off", new):
    before = net(TCP_)
    for s in pair:
        s.send(b"1")
    for s in pair:
        s.recv(1)
    was = segments(*pair)
    exchange(pair, 60, 500)
    got, truth = [b - a for a, b in zip(before, net(TCP_))], [b - a for a, b in zip(was, segments(*pair))]
    print("TCP, connected", what, "got", got, "TCP_INFO", truth)
    check(truth == [60, 60] and got[:2] == [30002, 30002], f"TCP, on again, connected {what}")
    # The segments of the first call on a connection tell where it stands.
    check(all(60 <= n <= 62 for n in got[2:]), f"segments, on again, connected {what}")
check(grown(TCP_, lambda: exchange(tcp_pair(), 60, 500)) == [30000, 30000, 60, 60], "TCP, connected since")


# Calls that wait across all of it.
def receive_late(s, said):
    s.recv(1000)
    os.write(said, b"x")
    sleep_long()


def send_late(s, said):
    s.sendall(b"y" * (8 << 20))
    os.write(said, b"x")
    sleep_long()


done, said = os.pipe()
pairs = {TCP_: tcp_pair(), UDP_: udp_pair()}
stuck = tcp_pair()
waiting = {proto: Load(receive_late, pair[1], said) for proto, pair in pairs.items()}
sender = Load(send_late, stuck[0], said)
for pid in [sender.pid, *[w.pid for w in waiting.values()]]:
    eventually(lambda: device.snapshot().task(pid).state == SLEEPING, "it waits")
switch(CAP_NET, False)
switch(CAP_NET, True)
for proto, pair in pairs.items():
    pair[0].send(b"z" * 444)
left = 8 << 20
while left:
    left -= len(stuck[1].recv(1 << 20))
for _ in range(3):
    check(select.select([done], [], [], 60)[0] and os.read(done, 1), "what waited goes on")
got = {proto: net(proto, w.pid) for proto, w in waiting.items()}
print("received by who waited:", got, "sent:", net(TCP_, sender.pid))
check(got[UDP_] == [444, 0, 1, 0], "a datagram is told that was waited for")
# Before 6.3 the first bytes of a connection that is not known tell where it stands.
check(got[TCP_][0] == 444 or (not BY_CALL and got[TCP_][0] == 0), "so are bytes of a connection")
check(net(TCP_, sender.pid)[1] in (0, 8 << 20), "and those sent, all of them or none")
for load in [sender, *waiting.values()]:
    load.stop()
for pair in pairs.values():
    for s in pair:
        s.close()


# TCP: each retransmit that the kernel counts, and a sample an acknowledgement.
def tcp_now():
    records = device.snapshot().of(TCP)
    total = [sum(getattr(r, n) for r in records) for n in ("retransmits", "rtt_samples", "rtt_ns")]
    check(total[1] == sum(sum(r.rtt_hist) for r in records), "the histogram has them all")
    return total


def retransmits():
    with open("/proc/net/snmp", encoding="ascii") as f:
        names, values = [line.split() for line in f if line.startswith("Tcp:")]
    return int(values[names.index("RetransSegs")])


def lossy():
    """Sends through loss; how many retransmits the kernel counted, when all is settled."""
    was = retransmits()
    run("tc", "qdisc", "add", "dev", "lo", "root", "netem", "loss", "8%", "delay", "1ms")
    for _ in range(5):
        a, b = tcp_pair()
        sink = threading.Thread(target=lambda: [None for _ in iter(lambda: b.recv(1 << 16), b"")])
        sink.start()
        a.sendall(b"x" * 200000)
        a.shutdown(socket.SHUT_WR)
        sink.join()
        b.close()
        a.close()
    run("tc", "qdisc", "del", "dev", "lo", "root")
    last = None
    while (now := retransmits() - was) != last:
        last = now
        time.sleep(3)
    check(now > 5, "there were some")
    return now


run("modprobe", "sch_netem")
run("ip", "link", "set", "lo", "mtu", "1500")
for on in True, False, True:
    switch(CAP_TCP, on)
    before = tcp_now()
    truth = lossy()
    got = [b - a for a, b in zip(before, tcp_now())]
    print("TCP on:", on, "retransmits, samples, ns", got, "kernel's retransmits", truth, flush=True)
    check(got[0] == truth and min(got) > 0 if on else got == [0, 0, 0], f"TCP on: {on}")
run("ip", "link", "set", "lo", "mtu", "65536")


# Memory: each kill by a cgroup's limit, while that tells it.
def grow_in_group():
    write_file(f"{GROUP}/cgroup.procs", str(os.getpid()))
    take(2 * LIMIT)


def kill(count):
    for _ in range(count):
        check(os.waitpid(Load(grow_in_group).pid, 0)[1] == signal.SIGKILL, "it was killed")


def memory_now():
    total = device.snapshot().of(MEMORY)
    return [total[0].oom_kills, total[0].reclaim_stalls, total[0].reclaim_ns] if total else [0, 0, 0]


write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory")
os.mkdir(GROUP)
write_file(f"{GROUP}/memory.max", str(LIMIT))
for on, times, want in (True, 2, 2), (False, 2, 2), (True, 3, 5):
    switch(CAP_MEMORY, on)
    kill(times)
    check(memory_now()[0] == want, f"{memory_now()[0]} kills, memory on: {on}")
os.rmdir(GROUP)


# Stalls, which tasks are in as it is turned off and on.
def allocstall():
    with open("/proc/vmstat", encoding="ascii") as f:
        return sum(int(line.split()[1]) for line in f if line.startswith("allocstall"))


def of_tasks(snapshot):
    return {t.tid: (t.reclaim_stalls, t.reclaim_ns) for t in snapshot.of(TASK)}


loads = reclaimers()
C.CDLL(None).mlockall(1)  # it is not this process that is to be slow
eventually(lambda: memory_now()[1] > 50, "stalls", 200)
for _ in range(20):  # that one is going on just then takes some luck
    switch(CAP_MEMORY, False)
    was, tasks, stalls = memory_now(), of_tasks(device.snapshot()), allocstall()
    eventually(lambda: allocstall() > stalls + 50, "stalls while it is off", 200)
    now = of_tasks(device.snapshot())
    check(memory_now() == was, "no stalls while it is off")
    check(all(now[tid] == tasks[tid] for tid in now if tid in tasks), "nor of a task that is in one")
    begun = device.info().mono_ns
    switch(CAP_MEMORY, True)
    eventually(lambda: memory_now()[1] > was[1] + 20, "stalls, on again", 200)
    after = device.snapshot()
    longest, passed = max(n[1] - tasks.get(tid, (0, 0))[1] for tid, n in of_tasks(after).items()), after.header.mono_ns - begun
    print("stalls, on again:", memory_now()[1] - was[1], "longest of a task", longest, "of", passed, flush=True)
    check(longest <= passed, "no time from before")
for load in loads:
    load.stop()


# Again and again, under load, with snapshots beside.
def read_on():
    reader = Device()
    while True:
        reader.snapshot()


server = subprocess.Popen(["iperf3", "-s"], stdout=subprocess.DEVNULL)
eventually(lambda: run("ss", "-Hltn", "sport", "5201"), "iperf3 listens")
traffic = [subprocess.Popen(c, stdout=subprocess.DEVNULL) for c in (
    ["iperf3", "-c", "127.0.0.1", "-t", "1000", "-P", "4"], ["stress-ng", "--sock", "1", "--quiet", "--timeout", "1000"])]
reader = Load(read_on)
time.sleep(1)
for i in range(32):
    switch((ALL, CAP_NET, CAP_TCP, CAP_MEMORY)[i % 4], False)
    switch(ALL, True)
check(all(t.poll() is None for t in traffic), "the load is still there")
for t in [*traffic, server]:
    t.terminate()
    t.wait()
reader.stop()
check(grown(TCP_, lambda: exchange(tcp_pair(), 60, 500)) == [30000, 30000, 60, 60], "TCP, after all that")
check(grown(UDP_, exchange, udp, 50, 300) == [15000, 15000, 50, 50], "UDP, after all that")
header = device.info()
check(header.lost_calls == 0 and header.lost_sockets == 0, "nothing was lost")
