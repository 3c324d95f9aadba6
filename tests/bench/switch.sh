#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a context switch costs, in instructions: the module beside libbpf-tools'
# runqlat, which measures run-queue wait alone. Fails over the budget of 150.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/lib/sh.sh
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
)" | tee build/bench-switch.log | awk '
	/^(module|bare|nosched|runqlat) / { n[$1] = $2 }
	END {
		if (!(n["module"] && n["bare"] && n["runqlat"])) { print "no figures"; exit 1 }
		printf "%-44s %9s %9s %7s\n", "instructions a context switch", "total", "added", "ratio"
		r = n["runqlat"] - n["bare"]
		split("bare nosched module runqlat", order)
		label["bare"] = "without anything"
		label["nosched"] = "module, sched=0"
		label["module"] = "module"
		label["runqlat"] = "runqlat (libbpf-tools)"
		for (i = 1; i <= 4; i++) {
			k = order[i]
			printf "%-44s %9.0f %9.0f %7.3f\n", label[k], n[k], n[k] - n["bare"], (n[k] - n["bare"]) / r
		}
		added = n["module"] - n["bare"]
		if (added > 150) { printf "FAIL: %.0f is over the budget of 150\n", added; exit 1 }
		if (r < 500) { printf "FAIL: runqlat was not attached\n"; exit 1 }
		printf "within the budget of 150\n"
	}'
