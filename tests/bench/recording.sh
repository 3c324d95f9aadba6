#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Recordings: bytes a sample beside atop's and sadc's of the same minutes, and
# the CPU time that it takes to find a moment in a day's file.
#
#   recording.sh [SAMPLES]      180 by default, a second apart
set -euo pipefail
cd "$(dirname "$0")/../.."
samples=${1:-180}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# sadc is on nobody's PATH.
sadc=$(PATH=/usr/lib/sysstat:/usr/lib64/sa type -P sadc)
build/sysperf record -d 1 -n "$samples" "$tmp/sysperf" &
waits=$!
atop -w "$tmp/atop" 1 $((samples + 1)) >/dev/null & # its first is since boot
waits+=" $!"
"$sadc" -S ALL 1 $((samples + 1)) "$tmp/sadc" &
waits+=" $!"
for pid in $waits; do wait "$pid"; done

tasks=$(build/sysperf -r "$tmp/sysperf" --format json | jq '.tasks | length' | sort -n | sed -n "$((samples / 2))p")
echo "$samples samples of $tasks processes, bytes a sample:"
for tool in sysperf atop sadc; do
	echo "$tool $(stat -c %s "$tmp/$tool")"
done | awk -v n="$samples" '
	{ bytes[$1] = $2 / n; printf "  %-8s %9.0f\n", $1, bytes[$1] }
	END {
		printf "sysperf is %.2f of atop; sadc (no processes) %.2f of sysperf\n", bytes["sysperf"] / bytes["atop"], bytes["sadc"] / bytes["sysperf"]
		if (bytes["sysperf"] > bytes["atop"]) {
			print "FAIL: larger than that of atop"
			exit 1
		}
	}'

# shellcheck disable=SC2046
"${CC:-gcc}" -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE= -Iinclude -o build/bench-recording tests/bench/recording.c \
	build/libsysperf.a $(pkg-config --libs libzstd libisal libnl-3.0 libnl-genl-3.0 libnl-route-3.0 inih libkmod libcap) -lm
build/bench-recording "$tmp/sysperf" "$tmp/day" 86400
echo "a day of them: $(($(stat -c %s "$tmp/day") >> 20)) MiB"

cpu_ms() { # COMMAND…: of twenty runs, the mean
	local i
	TIMEFORMAT='%U %S'
	{ time for ((i = 0; i < 20; i++)); do "$@" >/dev/null; done; } 2>&1 | awk '{ printf "%.1f\n", ($1 + $2) * 1000 / 20 }'
}
export TZ=UTC
seek=$(cpu_ms build/sysperf -r "$tmp/day" --format json --top 1 -n 1 --begin 19:23:45)
first=$(cpu_ms build/sysperf -r "$tmp/day" --format json --top 1 -n 1)
got=$(build/sysperf -r "$tmp/day" --format json --top 1 -n 1 --begin 19:23:45 | jq -r .time)
[[ $got == *T19:23:45.000Z ]] || { echo "FAIL: found $got"; exit 1; }
echo "CPU time to print a sample at 19:23:45: $seek ms; the first one: $first ms"
awk -v ms="$seek" 'BEGIN { exit ms >= 100 }' || { echo "FAIL: 100 ms or more"; exit 1; }
