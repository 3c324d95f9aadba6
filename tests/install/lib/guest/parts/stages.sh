# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # facts are told by the host
# The checks of each boot, in order.

stage_newer() {
	check "this is the new kernel" is "$(uname -r)" "$newer"
	works
	daemon_works
	daemon_stuck
}

stage_older() {
	check "this is the old kernel" is "$(uname -r)" "$older"
	works
	daemon_works
	upgrades
	downgrades
	goes
}

upgrades() {
	daemon_before
	check "upgrade" dpkg_install "$next"
	check "the module was exchanged" module_is "$next"
	check "the device is as it was" device
	check "the program is new" sh -c "sysperf -V | grep -qx 'sysperf $next'"
	check "it works" sysperf -b -n 1 -d 0.5 --require kmod
	daemon_after "$next"
}

# Under a reader, which has to be told of, and loses nothing.
downgrades() {
	local reader
	sysperf -b -d 1 --source kmod --top 1 >/run/reader &
	reader=$!
	eventually test -s /run/reader
	check "downgrade" dpkg_install "$version"
	check "it names who has the module in use" grep -E "in use and stays loaded: .*sysperf \($reader\)" /run/dpkg
	check "and what to do" grep -F "version $next of the module is still loaded" /run/dpkg
	check "the module that is in use stays" module_is "$next"
	check "the reader still reads" kill -0 "$reader"
	kill -TERM "$reader"
	wait "$reader"
	check "and ends well" is "$?" 0
	check "then it can be exchanged" sh -c "/usr/lib/sysperf/module unload && /usr/lib/sysperf/module load $version"
	check "by the older one" module_is "$version"
	check "sysperfd serves by that" eventually serves "\"$version\""
}

# What is left of us anywhere, besides what this test put there.
traces() {
	find / -xdev \( -path /root -o -path /proc -o -path /sys -o -path /tmp \
		-o -path /var/cache/apt -o -path /var/log -o -path /var/lib/dpkg/info \) -prune -o \
		\( -name '*sysperf*' ! -name 'sysperf-test.service' -print \)
	ls -d /var/log/sysperf* /var/lib/dpkg/info/sysperf* /dev/sysperf /sys/module/sysperf /run/sysperf* 2>/dev/null
	getent passwd sysperf
	getent group sysperf
	grep -l sysperf /lib/modules/*/modules.dep
	dpkg-query -W -f '${Package} ${db:Status-Status}\n' 'sysperf*' 2>/dev/null | grep -v not-installed
}
no_traces() { ! traces | grep .; }

goes() {
	check "remove the module" apt-get -y remove sysperf-dkms
	check "the module is gone" test ! -e /sys/module/sysperf
	check "its source is gone" test ! -e "/usr/src/sysperf-$version"
	check "the program goes on" sysperf -b -n 1 -d 0.5
	daemon_without_module
	check "remove all" apt-get -y remove sysperf
	daemon_removed
	check "purge" apt-get -y purge sysperf sysperf-dkms
	check "nothing is left" no_traces
	check "nothing failed" booted
}
