#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a context switch costs, in instructions: the module beside libbpf-tools'
# runqlat, which measures run-queue wait alone, and cpudist, time on the CPU.
# Fails over the budget of 150, which is for the module without hardware
# counters; "pmu" is with four of them, read from a pretend PMU that asks the
# clock for each.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/lib/sh.sh
PATH=$PATH:/usr/sbin
need_tool perf runqlat cpudist bpftool

# Two switches an operation; the guest's clock counts instructions.
VM_ICOUNT=1 tests/vm/run.sh "$(cat <<'GUEST'
ops=30000
pipe() { # instructions a switch, the second run of two
	perf bench sched pipe -l 3000 >/dev/null 2>&1
	perf bench sched pipe -l $ops 2>/dev/null | awk '/usecs\/op/ { printf "%.1f\n", $1 * 1000 / 2 }'
}
peer() { # NAME COMMAND…: with its programs attached
	name=$1
	shift
	"$@" >/dev/null 2>&1 &
	for ((i = 0; i < 20; i++)); do
		bpftool prog 2>/dev/null | grep -q sched_switch && break
		sleep 1
	done
	echo "$name $(pipe)"
	kill %%
	wait
}
echo "module $(pipe)"
rmmod sysperf
echo "bare $(pipe)"
insmod "$SYSPERF_KO" sched=0
echo "nosched $(pipe)"
rmmod sysperf
insmod "$SYSPERF_TEST_MODULES/pretend_pmu.ko"
insmod "$SYSPERF_KO"
echo "pmu $(pipe)"
rmmod sysperf
rmmod pretend_pmu
peer runqlat runqlat 10000 1
peer cpudist cpudist 10000 1
GUEST
)" | tee build/bench-switch.log | awk -v what="instructions a context switch" -v peer=runqlat -v budget=150 -v least=500 -f tests/bench/compare.awk
