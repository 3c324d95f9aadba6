#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sysperf record, and -r in every format: times, damage, disks that fill up.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
need_tool jq truncate

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
file=$tmp/rec.spr

build/sysperf record -d 0.2 -n 5 "$file"
build/sysperf -r "$file" --format json >"$tmp/all"
expect_eq "$(wc -l <"$tmp/all")" 5 "samples"
jq -e '.schema == "sysperf/1" and .interval_s > 0.1 and .host and .kernel and .source.name and
	(.tasks | length) > 1 and (.cpus | length) > 0' "$tmp/all" >/dev/null || die "a sample: $(head -c 300 "$tmp/all")"
expect_eq "$(jq -r .host "$tmp/all" | sort -u)" "$(uname -n)" "host"
expect_eq "$(jq -r .time "$tmp/all" | sort | uniq | wc -l)" 5 "times"
for format in text csv openmetrics; do
	build/sysperf -r "$file" --format $format >"$tmp/out"
	[[ -s $tmp/out ]] || die "nothing in $format"
done
expect_eq "$(build/sysperf -r "$file" --format json -n 2 | cmp - <(head -n 2 "$tmp/all") && echo same)" same "-n 2"
expect_eq "$(build/sysperf -r "$file" -b --filter 'comm == sysperf' --fields comm --top 1 | grep -c '^ *sysperf')" 5 "rows of sysperf"

# Appending; from and to.
build/sysperf record 0.1 "$file" 2>/dev/null && die "took an interval without its flag"
build/sysperf record -d 0.2 -n 1 "$file"
build/sysperf -r "$file" --format json >"$tmp/all"
expect_eq "$(wc -l <"$tmp/all")" 6 "samples after appending"
third=$(jq -r .time "$tmp/all" | sed -n 3p)
expect_eq "$(build/sysperf -r "$file" --format json --begin "${third%.*}.${third#*.}" | jq -r .time | head -n 1)" "$third" "--begin"
build/sysperf -r "$file" --format json --begin "$third" --end "$third" 2>"$tmp/err" |
	jq -r .time | grep -qx "$third" || expect_eq "$(<"$tmp/err")" "sysperf: $file has no sample of that time" "a moment"
build/sysperf -r "$file" -b --end y 2>"$tmp/err" >"$tmp/out"
expect_eq "$(<"$tmp/err")" "sysperf: $file has no sample of that time" "samples of yesterday"
expect_eq "$(wc -c <"$tmp/out")" 0 "samples of yesterday"
expect_status 1 build/sysperf -r "$file" -b --begin noon 2>/dev/null
expect_status 1 build/sysperf -b --begin 12:00 2>/dev/null

# One that waits for Ctrl-C.
env --default-signal=INT build/sysperf record -d 0.1 "$tmp/int.spr" &
pid=$!
wait_for 20 test -s "$tmp/int.spr"
# Another one at the same time is refused.
err=$(expect_status 2 build/sysperf record -n 1 "$tmp/int.spr" 2>&1)
[[ $err == "sysperf: $tmp/int.spr: another program records to it" ]] || die "second writer: $err"
kill -INT $pid
wait $pid || die "status $? after Ctrl-C"
build/sysperf -r "$tmp/int.spr" -b >/dev/null

# A directory.
mkdir "$tmp/dir"
build/sysperf record -d 0.1 -n 3 "$tmp/dir"
expect_eq "$(build/sysperf -r "$tmp/dir" --format json | wc -l)" 3 "samples in a directory"

# Damaged: what is intact is printed, the rest is told of.
size=$(stat -c %s "$file")
cp "$file" "$tmp/torn.spr"
truncate -s $((size - 10)) "$tmp/torn.spr"
build/sysperf -r "$tmp/torn.spr" --format json >"$tmp/out" 2>"$tmp/err" && die "no status of damage"
expect_status 4 build/sysperf -r "$tmp/torn.spr" -b >/dev/null 2>&1
cmp "$tmp/out" <(head -n 5 "$tmp/all")
[[ $(<"$tmp/err") =~ ^sysperf:\ $tmp/torn.spr\ is\ damaged:\ [0-9]+\ bytes\ in\ 1\ place\ were\ skipped,\ at\ least\ 1\ record\ is\ lost$ ]] ||
	die "message: $(<"$tmp/err")"
# Recording goes on, and says what it cut off.
err=$(build/sysperf record -d 0.1 -n 1 "$tmp/torn.spr" 2>&1)
[[ $err == "sysperf: $tmp/torn.spr ended in the middle of a record; cut off its last "* ]] || die "message: $err"
expect_eq "$(build/sysperf -r "$tmp/torn.spr" --format json | wc -l)" 6 "samples after the cut"

# Not at all.
for bad in /etc/passwd /dev/null "$tmp/nosuch" "$tmp/empty"; do
	touch "$tmp/empty"
	err=$(expect_status 5 build/sysperf -r "$bad" -b 2>&1)
	[[ $err == "sysperf: "*"$bad"* && $(wc -l <<<"$err") == 1 ]] || die "message of $bad: $err"
done
cp /etc/passwd "$tmp/text"
expect_status 2 build/sysperf record -n 1 "$tmp/text" 2>/dev/null
cmp /etc/passwd "$tmp/text"
expect_status 2 build/sysperf record -n 1 "$tmp/no/such" 2>/dev/null

# What it was recorded without.
err=$(expect_status 3 build/sysperf -r "$file" -b --require pmu 2>&1) || jq -e '.source.capabilities | index("pmu")' "$tmp/all" >/dev/null
build/sysperf -r "$file" -b --require any >/dev/null

# A full disk: said once, all that fits is there, and nothing else.
as=()
((EUID)) && as=(-r)
if unshare "${as[@]}" -m true 2>/dev/null; then
	# shellcheck disable=SC2016
	unshare "${as[@]}" -m bash -c '
		set -e
		mount -t tmpfs -o size=16k none "$1"
		status=0
		build/sysperf record -d 0.1 -n 200 "$1/full.spr" 2>"$2/err" || status=$?
		cp "$1/full.spr" "$2/"
		exit $status' bash "$tmp/dir" "$tmp" && die "no status of a full disk"
	expect_eq "$(head -n 1 "$tmp/err")" "sysperf: cannot write $tmp/dir/full.spr: No space left on device; trying on" "message"
	[[ $(tail -n 1 "$tmp/err") =~ ^sysperf:\ ([0-9]+)\ of\ 200\ samples\ are\ not\ in ]] || die "message: $(<"$tmp/err")"
	expect_eq "$(wc -l <"$tmp/err")" 2 "messages"
	expect_eq "$(build/sysperf -r "$tmp/full.spr" --format json | wc -l)" $((200 - BASH_REMATCH[1])) "samples"
else
	((EUID)) || die "root may not mount"
fi
