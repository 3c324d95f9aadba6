#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The source without the module as somebody who may do nothing: all tasks are
# there, what cannot be read is null, and both --require and doctor say why.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
need_tool setpriv jq
# Root becomes somebody else; who is not root is that already.
who=nobody as=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all)
((EUID)) && who=$(id -un) as=()

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
chmod 755 "$copy"
cp build/sysperf "$copy/"

nobody() {
	"${as[@]}" "$copy/sysperf" "$@"
}

lacks() { # CAPABILITY PATTERN
	local err
	err=$(expect_status 3 nobody -b --source procfs --require "$1" 2>&1 >/dev/null) || die "$err"
	[[ $err =~ ^sysperf:\ required\ capability\ $1\ is\ missing:\ .*$2 ]] || die "message for $1: $err"
}

frame=$(nobody --format json -n 1 -d 0.3 --source procfs)
caps=$(jq -r '.source.capabilities | join(" ")' <<<"$frame")
[[ " $caps " != *" io "* && " $caps " != *" exits "* ]] || die "claims what it may not: $caps"
expect_eq "$(jq -c '.source.lost' <<<"$frame")" '{}' "lost"
jq -e '.tasks[] | select(.pid == 1) | .read_bytes_per_s == null and .cpu_pct != null and
	.runq_pct != null and .minor_faults_per_s != null' <<<"$frame" >/dev/null || die "a task of root: $(jq -c '.tasks[0]' <<<"$frame")"
# its own I/O it may read
jq -e --arg who "$who" '.tasks[] | select(.comm == "sysperf" and .user == $who) | .read_bytes_per_s != null' <<<"$frame" >/dev/null ||
	die "a task of its own"

lacks io root
lacks exits root
nobody -b --source procfs --require psi -n 1 -d 0.1 >/dev/null 2>&1 || (($? == 3)) || die "--require psi"
doctor=$(nobody doctor)
grep -q '^\[--\] tasks that end, without module: .*denied' <<<"$doctor" || die "doctor does not say: $doctor"
grep -A1 'tasks that end' <<<"$doctor" | grep -q 'CAP_NET_ADMIN' || die "doctor does not say what to do"
grep -q '^\[ok\] source: procfs; .*lacks.* io.* exits' <<<"$doctor" || die "doctor's source: $doctor"

# root has them, unless this is a container
if build/sysperf doctor | grep -q '^\[ok\] tasks that end'; then
	build/sysperf -b --source procfs --require io,exits -n 1 -d 0.1 >/dev/null || die "root lacks something"
	out=$(build/sysperf --format json -n 1 -d 1 --source procfs --fields pid,comm &
		for ((i = 0; i < 30; i++)); do bash -c 'exit 9' || sleep 0.1; done
		wait)
	jq -e '[.tasks[] | select(.comm == "bash" and .exited) | .exit_code] | index(9)' <<<"$out" >/dev/null || die "an end was not told"
	if type -P unshare >/dev/null && unshare -n true 2>/dev/null; then
		expect_status 3 unshare -n build/sysperf -b --source procfs --require exits 2>/dev/null
	fi
fi
