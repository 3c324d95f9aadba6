#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
# Load and unload 10 times under TCP and UDP traffic, while tasks wait in calls
# that began before; and on and off by parameter.
. tests/lib/sh.sh

iperf3 -s >/dev/null &
servers=$!
iperf3 -s -p 5202 >/dev/null &
servers+=" $!"
sleep 1
iperf3 -c 127.0.0.1 -b 20M -t 600 >/dev/null &
load=$!
iperf3 -c ::1 -p 5202 -u -b 5M -l 1000 -t 600 >/dev/null &
datagrams=$!
# One that waits to send, one that waits to receive, for ever.
python3 -c 'import socket, threading
listener = socket.create_server(("127.0.0.1", 0))
a = socket.create_connection(listener.getsockname())
b = listener.accept()[0]
threading.Thread(target=lambda: a.sendall(bytes(64 << 20))).start()
a.recv(1)' &
waiting=$!
stress-ng --sock 1 --quiet --timeout 600 &
stress=$!
trap 'kill $load $datagrams $waiting $stress $servers 2>/dev/null' EXIT
sleep 2

for ((i = 0; i < 10; i++)); do
	rmmod sysperf || die "round $i: rmmod"
	insmod "$SYSPERF_KO" || die "round $i: insmod"
	((i % 2)) || sysperf -b -n 1 -d 0.1 --source kmod --format json >/dev/null || die "round $i: sysperf"
done
kill -0 $load $datagrams $waiting $stress || die "the load ended early"
rmmod sysperf
insmod "$SYSPERF_KO" net=0 tcp=0 memory=0
python3 - <<'PY' || exit
import sys
sys.path.insert(0, "tests/vm/lib")
from sysperf_test import *
s = Device().snapshot()
check(s.header.caps & 0b111000 == 0, "capabilities that were turned off")
check(not s.of(TCP) and not s.of(MEMORY), "records that were turned off")
PY
rmmod sysperf
insmod "$SYSPERF_KO"
