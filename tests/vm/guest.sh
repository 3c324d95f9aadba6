#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Process 1 of the guest, in the host's own root under an overlay (or in one of
# another architecture, with the project's directory in it): sets the machine up,
# loads the module, runs the command, reports, powers off. What it says itself
# goes to the console's log; the command has a port of its own.
set -u
project=$1
vm=/mnt/out/.vm

finish() {
	dmesg >$vm/dmesg
	cat /proc/sys/kernel/tainted >$vm/taint
	# Without ACPI there is no power switch, but QEMU ends at a reset.
	if [[ -d /sys/firmware/acpi ]]; then echo o; else echo b; fi >/proc/sysrq-trigger
	sleep infinity
}
trap finish EXIT

fail() {
	echo "$*" >$vm/error
	exit
}

cd "$project" || fail "no $project in the guest"
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
mount -t bpf bpf /sys/fs/bpf
if [[ ! -e $project/tests/vm/guest.sh ]]; then # it lies in one of those
	mkdir -p "$project"
	mount --no-canonicalize --bind . "$project"
	cd "$project" || fail "no $project in the guest"
fi
arch=$(<$vm/arch)
[[ $(uname -r) != *-sysperf-* ]] || export SYSPERF_SLOWNESS=3
if [[ $arch != amd64 ]]; then # the programs built for it, and more time
	export SYSPERF_SLOWNESS=3
	mount --bind "build/$arch" build
fi
ln -sfn /proc/self/fd /dev/fd
ln -sfn /proc/self/fd/0 /dev/stdin
ln -sfn /proc/self/fd/1 /dev/stdout
ln -sfn /proc/self/fd/2 /dev/stderr
export PATH=$project/build:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root USER=root SHELL=/bin/bash TERM=xterm-256color LANG=C.UTF-8
unset SHLVL OLDPWD
hostname sysperf-vm
ip link set lo up
mkdir -p "/lib/modules/$(uname -r)"
mount -t 9p -o trans=virtio,version=9p2000.L,ro,cache=loose,msize=512000 modules "/lib/modules/$(uname -r)"

kmemleak=/sys/kernel/debug/kmemleak
[[ ! -e $kmemleak ]] || echo clear >$kmemleak # what the kernel lost by itself
if [[ -e $vm/sysperf.ko ]]; then
	export SYSPERF_KO=$vm/sysperf.ko SYSPERF_TEST_MODULES=$vm/test-modules
	insmod "$SYSPERF_KO" 2>$vm/insmod || fail "insmod sysperf.ko: $(<$vm/insmod)"
fi

exec 4>/dev/vport0p1
echo '--- sysperf-vm begin' >&4
# The command writes to a pipe, which unlike the port can be opened again
# (/dev/stderr). A process that it leaves behind must not keep us waiting.
mkfifo /run/output
cat /run/output >&4 4>&- &
setsid -w bash $vm/cmd </dev/null >/run/output 2>&1 4>&-
status=$?
for ((i = 0; i < 50; i++)); do
	kill -0 $! 2>/dev/null || break
	sleep 0.02
done
echo $status >$vm/status
[[ ! -e $vm/sysperf.ko ]] || timeout 30 rmmod sysperf 2>/dev/null
if [[ -e $kmemleak ]]; then
	for ((i = 0; i < 3; i++)); do # what is new is not looked at, and addresses linger
		sleep 6
		echo scan >$kmemleak
	done
	cat $kmemleak >$vm/kmemleak # the kernel's log says how many
fi
