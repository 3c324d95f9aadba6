#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
# What make install puts in place gives the device to the group sysperf.
. tests/lib/sh.sh
udevd=/usr/lib/systemd/systemd-udevd
[[ -x $udevd ]] || die "needs udev"

rmmod sysperf
! getent group sysperf >/dev/null || groupdel sysperf
# What was built stays, whatever its age: nothing compiles in there.
make --no-print-directory -o programs -o build/sysperfd -o build/describe install PREFIX=/usr >/tmp/install 2>&1 || die "$(cat /tmp/install)"
systemd-sysusers /usr/lib/sysusers.d/sysperf.conf
group=$(getent group sysperf | cut -d: -f3)
[[ $group ]] || die "no group sysperf"

$udevd --daemon
insmod "$SYSPERF_KO"
udevadm settle
expect_eq "$(stat -c '%a %g' /dev/sysperf)" "440 $group" "mode and group"
as() { setpriv --reuid=65534 --regid=65534 "$@"; }
as --groups="$group" dd if=/dev/sysperf of=/dev/null bs=64k status=none || die "the group may not read it"
as --groups="$group" sysperf -b -n 1 -d 0.2 --require kmod >/dev/null || die "nor with sysperf"
! as --clear-groups dd if=/dev/sysperf of=/dev/null bs=64k status=none 2>&1 || die "others may read it"
udevadm control --exit
rm -f /run/udev/control # of which others would conclude that it runs
rmmod sysperf

make --no-print-directory uninstall PREFIX=/usr >/dev/null
! ls -d /usr/{src,lib/udev/rules.d,lib/sysusers.d,bin}/*sysperf* 2>/dev/null || die "uninstall left these"
