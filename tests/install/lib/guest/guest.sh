#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The part of tests/install that runs in the booted system, as a service: a line
# "PASS what" or "FAIL what" for each check, END at the end. /root/guest/stage
# says which checks: older, before the kernel's upgrade, or newer, after it.
set -uo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin
export DEBIAN_KERNEL_USE_CCACHE=1 CCACHE_DIR=/var/cache/ccache # see install.sh
# shellcheck source=/dev/null
. /root/guest/facts
here=$(dirname "$0")

check() { # WHAT COMMAND…: what it says is shown where it fails
	local what=$1 said
	shift
	echo "-- $((SECONDS / 60)) min: $what"
	if said=$("$@" 2>&1); then
		echo "PASS $what"
	else
		echo "FAIL $what (status $?: $*)"
		tail -n 60 <<<"$said" | sed 's/^/    /'
	fi
}
refuse() { # STATUS COMMAND…
	local want=$1 got=0
	shift
	"$@" || got=$?
	[[ $got == "$want" ]]
}
is() { [[ $1 == "$2" ]] || { echo "got '$1', expected '$2'"; return 1; }; }
as() { runuser -u "$@"; }

module_version() { cat /sys/module/sysperf/version; }
module_is() { is "$(module_version)" "$1"; }
device() { is "$(stat -c '%a %U:%G' /dev/sysperf)" '440 root:sysperf'; }
dpkg_install() { # VERSION: what it said is in /run/dpkg, too
	dpkg -i "/root/debs/sysperf_$1_amd64.deb" "/root/debs/sysperf-dkms_$1_all.deb" >/run/dpkg 2>&1
	local status=$?
	cat /run/dpkg
	return "$status"
}
# An emulated machine may be very slow.
eventually() { # COMMAND…
	local said until=$((SECONDS + 600))
	until said=$("$@" 2>&1); do
		((SECONDS < until)) || { echo "$said"; return 1; }
		sleep 1
	done
}

# Parts by file, so that each stays short: what is installed, and the daemon.
for part in "$here"/parts/*.sh; do
	# shellcheck source=/dev/null
	. "$part"
done

echo "stage $(<"$here/stage"), kernel $(uname -r), Debian $(</etc/debian_version)"
"stage_$(<"$here/stage")"
echo END
