# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # facts are told by the host
# What an installed sysperf is, on any kernel.

booted() { # nothing has failed
	systemctl list-units --failed --plain --no-legend | grep . && return 1
	return 0
}

works() {
	check "nothing failed at boot" booted
	check "the module is loaded at boot, of this version" module_is "$version"
	check "the device is for root and the group" device
	check "root is served by the module" sysperf -b -n 1 -d 0.5 --require kmod,sched,block,net,tcp,reclaim
	check "a member of the group is served" as member -- sysperf -b -n 1 -d 0.5 --source kmod --require kmod
	check "a stranger is refused by the module" refuse 3 as stranger -- sysperf -b -n 1 -d 0.5 --require kmod
	check "a stranger is served without it" as stranger -- sysperf -b -n 1 -d 0.5
	check "a stranger may not open the device" refuse 1 as stranger -- head -c 1 /dev/sysperf
	check "doctor finds the module" sh -c 'sysperf doctor | grep "^\[ok\] kernel module"'
}
