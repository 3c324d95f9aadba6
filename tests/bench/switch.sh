#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a context switch costs, in instructions: the module beside libbpf-tools'
# runqlat, which measures run-queue wait alone. Fails over the budget of 150.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/lib/sh.sh
PATH=$PATH:/usr/sbin
need_tool perf runqlat

# Two switches an operation; the guest's clock counts instructions.
VM_ICOUNT=1 tests/vm/run.sh "$(cat <<'GUEST'
ops=30000
pipe() { # instructions a switch, the second run of two
	perf bench sched pipe -l 3000 >/dev/null 2>&1
	perf bench sched pipe -l $ops 2>/dev/null | awk '/usecs\/op/ { printf "%.1f\n", $1 * 1000 / 2 }'
}
echo "module $(pipe)"
rmmod sysperf
echo "bare $(pipe)"
insmod "$SYSPERF_KO" sched=0
echo "nosched $(pipe)"
rmmod sysperf
runqlat 10000 1 >/dev/null 2>&1 &
until bpftool prog 2>/dev/null | grep -q sched_switch || ((i++ > 20)); do sleep 1; done
echo "runqlat $(pipe)"
kill %1
GUEST
)" | tee build/bench-switch.log | awk -v what="instructions a context switch" -v peer=runqlat -v budget=150 -v least=500 -f tests/bench/compare.awk
