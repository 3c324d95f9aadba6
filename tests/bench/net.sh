#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a send and the receive of it cost, in instructions, over loopback: the
# module beside libbpf-tools' tcptop and tcprtt, which together tell what it
# tells of TCP. Half of the two is the budget.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/lib/sh.sh
PATH=$PATH:/usr/sbin
need_tool tcptop tcprtt

# One task on both ends, so that the guest, whose clock counts instructions,
# never idles.
VM_ICOUNT=1 tests/vm/run.sh "$(cat <<'GUEST'
cat >/tmp/pairs.py <<'PY'
import socket, sys, time
if sys.argv[1] == "tcp":
    # Of an address to itself there are no round-trip times.
    listener = socket.create_server(("10.9.0.2", 0))
    a = socket.create_connection(listener.getsockname(), source_address=("10.9.0.1", 0))
    b = listener.accept()[0]
else:
    a, b = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "ab")
    b.bind(("127.0.0.1", 0))
    a.connect(b.getsockname())
data = b"x" * 1000
def pairs(n):
    begin = time.monotonic_ns()
    for _ in range(n):
        a.send(data)
        b.recv(1000)
    return (time.monotonic_ns() - begin) / n
pairs(2000)
print(round(pairs(20000), 1))
PY
ip addr add 10.9.0.1 dev lo
ip addr add 10.9.0.2 dev lo
measure() { # NAME
	echo "$1 $(python3 /tmp/pairs.py tcp)"
	echo "udp:$1 $(python3 /tmp/pairs.py udp)"
}
measure module
rmmod sysperf
measure bare
insmod "$SYSPERF_KO" net=0 tcp=0
measure neither
rmmod sysperf
insmod "$SYSPERF_KO" tcp=0
measure net
rmmod sysperf
tcptop 10000 1 >/dev/null 2>&1 &
until bpftool prog 2>/dev/null | grep -q tcp || ((i++ > 20)); do sleep 1; done
measure tcptop
tcprtt -i 10000 >/dev/null 2>&1 &
until (($(bpftool prog 2>/dev/null | grep -c tcp) > $(pgrep -c tcptop) + 1)) || ((j++ > 10)); do sleep 1; done
measure tcptop+tcprtt
kill %1 %2
GUEST
)" >build/bench-net.log
grep -v '^udp:' build/bench-net.log |
	awk -v what="instructions a send and receive, TCP" -v peer=tcptop+tcprtt -v share=0.5 -v least=500 -f tests/bench/compare.awk
echo
sed -n 's/^udp://p' build/bench-net.log | # no tool of theirs tells of UDP: beside the bare kernel
	awk '{ n[$1] = $2; order[++i] = $1 }
		END { printf "%-44s %9s %9s\n", "the same, UDP", "total", "added"
			for (k = 1; k <= i; k++) printf "%-44s %9.0f %9.0f\n", order[k], n[order[k]], n[order[k]] - n["bare"] }'
