# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2154 # facts are told by the host
# sysperfd under the real systemd: what it may do, whom it serves, and what
# becomes of its viewers and recordings when the packages change.

property() { systemctl show -p "$1" --value sysperfd.service; }
status_of() { sed -n "s/^$1:\t\([^\t]*\).*/\1/p" "/proc/$(property MainPID)/status"; }
active() { # UNIT…: all of them
	local unit
	for unit; do systemctl -q is-active "$unit" || return; done
}

# A sample for a member of the group, as one line of JSON.
sample() { as member -- sysperf --format json -n 1 -d 0.5 --top 1 "$@"; }
serves() { # KMOD_VERSION: quoted, or null
	sample --source daemon | grep -F "\"source\":{\"name\":\"daemon\",\"kmod_version\":$1,"
}

notifies() {
	is "$(property Type) $(property NotifyAccess) $(property WatchdogUSec) $(property NRestarts)" "notify main 1min 0"
}
feeds_watchdog() {
	local before
	before=$(property WatchdogTimestampMonotonic)
	fed() { [[ $(property WatchdogTimestampMonotonic) != "$before" ]]; }
	eventually fed
}
# Which capabilities it could take is in the bounding set; with the module it
# has taken none.
unprivileged() {
	is "$(status_of Uid) $(status_of Gid)" "$(id -u sysperf) $(id -g sysperf)" &&
		is "$(status_of CapEff) $(status_of CapBnd)" "0000000000000000 0000000000081004" &&
		is "$(status_of NoNewPrivs) $(status_of Seccomp)" "1 2"
}
# By systemd's own measure, in tenths; older ones know of less.
exposed() { # MOST
	local line tenths
	line=$(systemd-analyze security --no-pager sysperfd.service | tail -n 1)
	tenths=$(sed -n 's/.* \([0-9]*\)\.\([0-9]\) .*/\1\2/p' <<<"$line")
	echo "$line"
	((10#${tenths:?} <= $1))
}
writes() { nsenter -t "$(property MainPID)" -m -- touch "$1"; }
owned() { # MODE OWNER:GROUP PATH
	is "$(stat -c '%a %U:%G' "$3")" "$1 $2"
}
scraped() {
	exec 3<>/dev/tcp/127.0.0.1/19118
	printf 'GET /metrics HTTP/1.0\r\nAccept: application/openmetrics-text; version=1.0.0\r\n\r\n' >&3
	tr -d '\r' <&3 >/run/scrape
	exec 3>&-
	tail -n 3 /run/scrape
	grep -q '^sysperf_cpu_' /run/scrape && [[ $(tail -n 1 /run/scrape) == '# EOF' ]]
}
outside_ports() { # what it has, but on the loopback
	grep -hi ':4AAE ' /proc/net/tcp /proc/net/tcp6 | awk '$4 == "0A" && $2 !~ /^0100007F:/' | grep .
}
recorded() { # OPTION…: samples of it
	sysperf -r /var/lib/sysperf --format json --top 1 "$@"
}
instant() { sed -n 's/.*"time":"\([^"]*\)".*/\1/p'; }

activated() {
	systemctl stop sysperfd.service 2>&1
	refuse 3 active sysperfd.service && active sysperfd.socket && eventually serves "$1" && active sysperfd.service
}

daemon_works() {
	check "sysperfd is active" active sysperfd.service sysperfd.socket sysperfd-metrics.socket
	check "systemd is told, and looks after it" notifies
	check "it feeds the watchdog" feeds_watchdog
	check "it runs as its user, without a capability in effect" eventually unprivileged
	check "it is sandboxed" exposed 20
	check "it cannot write where others do" refuse 1 writes /etc/sysperf-was-here
	check "nor in programs" refuse 1 writes /usr/bin/sysperf
	check "it can write its recordings" writes /var/lib/sysperf
	check "viewers' socket is for it and the group" owned 660 sysperf:sysperf /run/sysperf/sysperfd.sock
	check "recordings are its own" owned 750 sysperf:sysperf /var/lib/sysperf
	check "metrics are for this machine" refuse 1 outside_ports
	check "a member of the group is served by it, with the module" serves "\"$version\""
	check "a stranger is refused by it" refuse 2 as stranger -- sysperf -b -n 1 -d 0.5 --source daemon
	check "Prometheus is served" scraped
	check "it records" eventually recorded -n 1
	check "the first viewer starts it" activated "\"$version\""
}

# Takes what systemd allows one that no longer answers: a minute.
daemon_stuck() {
	local pid
	pid=$(property MainPID)
	kill -STOP "$pid"
	another() { [[ $(property MainPID) != 0 && $(property MainPID) != "$pid" ]] && active sysperfd.service; }
	check "one that is stuck is ended and begins anew" eventually another
	check "and serves" eventually serves "\"$version\""
}

# Around an upgrade: a member watches all the time.
daemon_before() {
	first=$(recorded -n 1 | instant)
	setpriv --reuid member --regid member --init-groups \
		sysperf --format json -d 1 --top 1 >/run/viewer 2>/run/viewer.err &
	viewer=$!
	eventually test -s /run/viewer
	begun=$(date -u '+%F %TZ')
}

viewer_sees() { tail -n 1 /run/viewer | grep -F "\"source\":{\"name\":\"daemon\",\"kmod_version\":\"$1\","; }

daemon_after() { # VERSION
	check "sysperfd is active again" active sysperfd.service sysperfd.socket sysperfd-metrics.socket
	check "it is the new program" is "$(readlink "/proc/$(property MainPID)/exe")" /usr/bin/sysperfd
	check "it serves by the new module" eventually serves "\"$1\""
	check "the viewer watches on, by the new module" eventually viewer_sees "$1"
	kill -TERM "$viewer"
	wait "$viewer"
	check "and ends well" is "$?" 0
	check "what was recorded before is there" is "$(recorded -n 1 | instant)" "${first:-no time}"
	check "and recording goes on" eventually recorded -n 1 --begin "$begun"
	check "nothing failed" booted
}

daemon_without_module() {
	check "sysperfd goes on without the module" eventually serves null
	check "as what it was" active sysperfd.service sysperfd.socket sysperfd-metrics.socket
}

# What "remove" leaves is what somebody made: configuration and recordings.
daemon_removed() {
	check "sysperfd is gone" test ! -e /run/sysperf -a ! -e /usr/bin/sysperfd
	check "nobody answers for metrics" refuse 1 grep -qi ':4AAE ' /proc/net/tcp
	check "its configuration stays" test -s /etc/sysperf/sysperfd.conf
	check "recordings stay" compgen -G '/var/lib/sysperf/*.spr'
}
