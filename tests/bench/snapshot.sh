#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What a snapshot costs the kernel, a task, in instructions, and its memory:
# threads that all sleep, and all ran since the last. Instructions are no time;
# open, read and close of each /proc/PID/stat in the same run is what they are
# compared with. That takes 5.2 us a task where a server's caches are cold, so
# the budgets of 0.7 and 0.05 us are these shares of it:
#
#   snapshot.sh [THREADS…]      1000 10000 30000 by default
set -euo pipefail
cd "$(dirname "$0")/../.."
changed_share=0.135 idle_share=0.0096 bytes_a_task=1536

mkdir -p build
"${CC:-gcc}" -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -Iinclude/uapi -pthread -o build/bench-snapshot tests/bench/snapshot.c

VM_ICOUNT=1 VM_TIMEOUT=1500 VM_ARGS='-m 4G' tests/vm/run.sh "for n in ${*:-1000 10000 30000}; do"' # each in a module of its own
	rmmod sysperf
	insmod "$SYSPERF_KO"
	sysctl -qw kernel.threads-max=100000 kernel.pid_max=200000
	build/bench-snapshot $n || exit
done
awk "/\[sysperf\]/ { sum += \$2 } END { print \"fixed\", sum }" /proc/vmallocinfo' | tee build/bench-snapshot.log | awk \
	-v changed_share=$changed_share -v idle_share=$idle_share -v bytes_a_task=$bytes_a_task '
function over(what, value, budget) {
	if (value > budget) {
		print "FAIL: " what " is over the budget of " budget
		failed = 1
	}
}
NF == 7 && $1 + 0 {
	if (!rows++)
		printf "%-9s %10s %10s %10s %10s %19s %6s\n", "threads", "all told", "all ran", "all idle", "/proc", "ran, idle of /proc", "bytes"
	printf "%-9d %10.0f %10.0f %10.1f %10.0f %12.3f %6.4f %6.0f\n", $1, $2, $3, $4, $5, $3 / $5, $4 / $5, $7
	over($1 " threads that ran", $3 / $5, changed_share)
	# the budget is of 10,000: a snapshot has a part that does not grow
	if ($1 >= 10000)
		over($1 " idle threads", $4 / $5, idle_share)
	over("memory a task", $7, bytes_a_task)
}
$1 == "fixed" { printf "memory besides: %d KiB\n", $2 / 1024; fixed = 1 }
END {
	if (!rows || !fixed) {
		print "FAIL: figures are missing"
		failed = 1
	}
	exit failed
}'
