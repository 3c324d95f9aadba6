#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=600
# Load and unload 15 times under forks and I/O; refused while it is in use.
. tests/lib/sh.sh

case $(uname -r) in
*-sysperf-*) ROUNDS=3 ;; # there tests/vm/stress has it in hand
*) ROUNDS=15 ;;
esac
modprobe -rq null_blk # another test's
modprobe null_blk irqmode=2 completion_nsec=1000000 gb=1 || die "no null_blk"
stress-ng --fork 2 --switch 1 --pipe 1 --quiet --timeout 600 &
load=$!
fio --name=r --filename=/dev/nullb0 --rw=randrw --bs=4k --ioengine=libaio --direct=1 --iodepth=16 \
	--time_based --runtime=600 --output=/dev/null &
io=$!
trap 'kill $load $io 2>/dev/null' EXIT
sleep 2

for ((i = 0; i < ROUNDS; i++)); do
	rmmod sysperf || die "round $i: rmmod"
	insmod "$SYSPERF_KO" || die "round $i: insmod"
	# every other time with something in the tables
	((i % 2)) || sysperf -b -n 1 -d 0.1 --source kmod --format json >/dev/null || die "round $i: sysperf"
done
kill -0 $load $io || die "the load ended early"

exec 7</dev/sysperf
! rmmod sysperf 2>/tmp/refused || die "unloaded while it was open"
grep -q 'in use' /tmp/refused || die "another reason: $(cat /tmp/refused)"
exec 7<&-
rmmod sysperf || die "not unloaded after close"
insmod "$SYSPERF_KO"
