#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Memory and open files of sysperf -b at ten refreshes a second, while processes
# come and go: they must not grow once it is warm. By every source that is here.
#
#   steady.sh [MINUTES]     5 by default, or HOUR=1 for an hour; SOURCES=kmod for that only
set -euo pipefail
cd "$(dirname "$0")/../.."
minutes=${1:-$((${HOUR:-0} ? 60 : 5))}
samples=$((minutes * 6)) warm=3 # one in ten seconds

churn() { # as many processes at the end as at the beginning, and others
	while :; do
		sleep 0.$((RANDOM % 9 + 1)) &
		sh -c 'i=0; while [ $i -lt 500 ]; do i=$((i + 1)); done'
		wait
	done
}

status() { # KEY: of sysperf, in KiB
	sed -n "s/^$1:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$pid/status"
}

files() {
	find "/proc/$pid/fd" -mindepth 1 | wc -l
}

stop() {
	kill "$@" 2>/dev/null || :
	wait "$@" || :
}

steady() { # SOURCE
	local grew=0
	build/sysperf --format json --source "$1" -d 0.1 >/dev/null &
	pid=$!
	trap 'stop $pid $churn' EXIT
	for ((i = 0; i < samples; i++)); do
		sleep 10
		echo "$(status VmRSS) $(files)"
	done | awk -v source="$1" -v minutes="$minutes" -v warm=$warm '
		function median(a, from,   v, i, n) { # of three
			for (i = 0; i < 3; i++)
				v[i] = a[from + i]
			return v[0] > v[1] ? (v[1] > v[2] ? v[1] : v[0] > v[2] ? v[2] : v[0]) : \
				(v[0] > v[2] ? v[0] : v[1] > v[2] ? v[2] : v[1])
		}
		{ rss[NR] = $1; fds[NR] = $2 }
		END {
			if (NR < warm + 6) {
				print "FAIL: too few samples: " NR
				exit 1
			}
			r0 = median(rss, warm + 1)
			r1 = median(rss, NR - 2)
			f0 = median(fds, warm + 1)
			f1 = median(fds, NR - 2)
			printf "%-8s %3d minutes: RSS %d to %d KiB, open files %d to %d\n", source, minutes, r0, r1, f0, f1
			# so much may other people on the machine have started meanwhile
			if (r1 > r0 * 1.05 + 512 || f1 > f0 * 1.1 + 32) {
				print "FAIL: it grows"
				exit 1
			}
		}' || grew=1
	stop "$pid"
	return $grew
}

((samples >= 9)) || {
	echo "steady.sh: two minutes at least" >&2
	exit 1
}
churn &
churn=$!
trap 'stop $churn' EXIT
failed=0
for source in ${SOURCES:-procfs kmod}; do
	[[ $source == kmod && ! -e /dev/sysperf ]] || steady "$source" || failed=1
done
exit $failed
