#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Text: the lines of a sample, how many rows, and how wide.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
. "$(dirname "$0")/../lib/named.sh"

out=$(build/sysperf -b -n 2 -d 0.2 --top 3)
for line in cpu memory disk network verdict; do
	expect_eq "$(grep -c "^$line " <<<"$out")" 2 "lines of $line"
done
expect_eq "$(grep -c '^ *PID USER' <<<"$out")" 2 "task tables"
expect_eq "$(grep -c '^$' <<<"$out")" 1 "blank lines between two samples"
expect_eq "$(build/sysperf -b -n 1 -d 0.1 --top 3 | sed '1,/^ *PID USER/d; /^$/d' | wc -l)" 3 "--top 3"
widest=$(build/sysperf -b -n 1 -d 0.1 -w 90 | sed '1,/^ *PID USER/d' | wc -L)
((widest <= 90)) || die "-w 90 gives $widest columns"
for width in 20 40 60 80 100; do
	lines=$(build/sysperf -b -n 1 -d 0.1 -w $width --top 0 | sed -n '2,6p')
	widest=$(wc -L <<<"$lines")
	((widest <= width)) || die "-w $width gives $widest columns: $lines"
	expect_eq "$(grep -cE '^(cpu|memory|disk|network) ' <<<"$lines")" 4 "resources with -w $width"
done
[[ $lines == *LATENCY*SATURATION* ]] || die "no room for the signals: $lines"
# Terminals are not to be steered by names.
named_task '\x1b[31m'
build/sysperf -b -n 1 -d 0.1 -p "$named" --fields pid,comm | grep -qF '?[31m' || die "escape"
# Sorting and filtering.
build/sysperf -b -n 1 -d 0.1 -o +pid --fields pid --top 5 | sed '1,/^ *PID$/d; /^$/d' | sort -nc
expect_eq "$(build/sysperf -b -n 1 -d 0.1 --filter "pid = $$" --fields pid | tail -n 2 | tr -d ' \n')" $$ "--filter"
expect_eq "$(build/sysperf -b -n 1 -d 0.1 -p 999999999 --fields pid | grep -c '^ *[0-9]*$')" 1 "-p of nobody"
# Several: of pids any, of filters all.
sleep 100 &
named_all+=($!)
expect_eq "$(build/sysperf -b -n 1 -d 0.1 -p $$ -p $! --fields pid -o +pid | sed '1,/^ *PID$/d; /^$/d' | tr -d ' ')" \
	"$(printf '%s\n' $$ $! | sort -n)" "-p twice"
expect_eq "$(build/sysperf -b -n 1 -d 0.1 -p $$ -p $! --filter 'pid > 0' --filter 'comm = sleep' --fields pid | tail -n 2 | tr -d ' \n')" $! "--filter twice"
# What is filtered by needs no column to be read.
if grep -q '^0::/' /proc/self/cgroup; then
	expect_eq "$(build/sysperf -b -n 1 -d 0.1 -p $$ --filter 'cgroup ~ /' --fields pid | tail -n 2 | tr -d ' \n')" $$ "--filter by the control group"
fi
