# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Helpers for test scripts: . "$(dirname "$0")/../lib/sh.sh" (or ../../lib).
# A test passes with status 0 and fails with any other; 77 would be a skip, for
# what only a kernel or machine can lack.

die() {
	echo "$*" >&2
	exit 1
}

need_tool() { # make test-deps or make bench installs them
	local tool
	for tool; do
		type -P "$tool" >/dev/null || die "needs $tool"
	done
}

expect_eq() { # ACTUAL EXPECTED [WHAT]
	[[ $1 == "$2" ]] || die "${3:-value}: got '$1', expected '$2'"
}

expect_status() { # STATUS COMMAND…
	local want=$1 got=0
	shift
	"$@" || got=$?
	[[ $got == "$want" ]] || die "status $got instead of $want: $*"
}

within_pct() { # ACTUAL EXPECTED PERCENT [WHAT]: fractions allowed
	awk -v a="$1" -v b="$2" -v p="$3" \
		'BEGIN { d = a - b; if (d < 0) d = -d; if (b < 0) b = -b; exit !(a ~ /^-?[0-9.]+(e[-+]?[0-9]+)?$/ && d <= b * p / 100) }' ||
		die "${4:-value}: $1 is not within $3 % of $2"
}

wait_for() { # SECONDS COMMAND…: until it succeeds
	local until=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < until)) || die "timed out waiting for: $*"
		sleep 0.1
	done
}
