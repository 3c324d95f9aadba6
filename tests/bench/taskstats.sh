#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the ways cost to learn of one task that sleeps, in instructions: files of
# /proc that are opened each time or kept open, messages of taskstats one by one
# or many at a time; and what it adds to the end of a task that sysperf is told
# of it. On these figures rests what the source without the module reads:
#
#   taskstats.sh [PROCESSES [THREADS]]      1000 1000 by default
set -euo pipefail
cd "$(dirname "$0")/../.."

mkdir -p build
# shellcheck disable=SC2046
"${CC:-gcc}" -O2 -Wall -Wextra -Werror -D_GNU_SOURCE $(pkg-config --cflags libnl-genl-3.0) -pthread \
	-o build/bench-taskstats tests/bench/taskstats.c $(pkg-config --libs libnl-genl-3.0)

VM_ICOUNT=1 tests/vm/run.sh "rmmod sysperf
build/bench-taskstats ${1:-1000} ${2:-1000} || exit"'
for i in 1 2 3 4 5 6 7; do
	build/bench-taskstats exit-alone
	sysperf -b --source procfs -d 10000 >/dev/null &
	sleep 5
	build/bench-taskstats exit-told
	kill $!
	wait
done' | tee build/bench-taskstats.log | awk '
# Of what is measured several times, the least: others can only add to it.
$1 ~ /^exit-/ {
	if (!n[$1] || $2 < n[$1])
		n[$1] = $2
	rows += times[$1]++ == 0
	next
}
NF == 2 && $2 ~ /^[0-9]+$/ {
	if (!rows++)
		printf "%-28s %14s %12s\n", "a task", "instructions", "of stat"
	n[$1] = $2
	printf "%-28s %14d %12.3f\n", $1, $2, n["stat-opened"] ? $2 / n["stat-opened"] : 1
}
END {
	if (rows < 14) {
		print "FAIL: figures are missing"
		exit 1
	}
	printf "%-28s %14d %12.3f\n", "exit-alone", n["exit-alone"], n["exit-alone"] / n["stat-opened"]
	printf "%-28s %14d %12.3f\n", "exit-told", n["exit-told"], n["exit-told"] / n["stat-opened"]
	printf "being told of it adds %d to the end of a task\n", n["exit-told"] - n["exit-alone"]
	# what the source does
	if (n["schedstat-kept"] > n["taskstats-pid-batch"] || n["taskstats-pid-batch"] > n["schedstat-opened"]) {
		print "FAIL: keeping files open is not the cheapest way here"
		exit 1
	}
}'
