# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # facts are told by the host
# What an installed sysperf is, on any kernel.

booted() { # nothing has failed
	systemctl list-units --failed --plain --no-legend | grep . && return 1
	return 0
}

# With the machine's own key. What is said where the firmware wants signatures
# is asked for by one that pretends to.
signed() { modinfo -F signer sysperf | grep .; }
tells_of_key() {
	local bin
	bin=$(mktemp -d)
	printf '%s\n' '#!/bin/sh' 'case $1 in --sb-state) echo SecureBoot enabled ;; *) echo "$2 is not enrolled" ;; esac' >"$bin/mokutil"
	chmod +x "$bin/mokutil"
	/usr/lib/sysperf/module unload
	PATH=$bin:$PATH /usr/lib/sysperf/module load "$version" | tee /run/said
	rm -r "$bin"
	module_is "$version" && grep "does not know the module's key yet: mokutil --import /var/lib/dkms/mok.pub" /run/said
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
	check "the module is signed" signed
	check "what Secure Boot wants is said" tells_of_key
}
