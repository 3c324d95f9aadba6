#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The interface's header is the same to 32-bit readers, stands by itself, also
# in C++, and the netlink spec says what it does.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
need_tool python3 gcc clang
python3 -c 'import yaml' 2>/dev/null || die 'needs python3-yaml'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
header=include/uapi/sysperf.h spec=include/uapi/sysperf.yaml
# Without headers of a 32-bit libc: the kernel's own are all that it needs.
cc64=(gcc -std=gnu11) cc32=(clang -target i386-linux-gnu -std=gnu11 -isystem "/usr/include/$(gcc -dumpmachine)")

asserts() { # SPEC HEADER: does the one say what the other does, on both?
	python3 tests/lib/ynl_asserts.py "$1" "$2" >"$work/asserts.c"
	"${cc64[@]}" -fsyntax-only "$work/asserts.c" && "${cc32[@]}" -fsyntax-only "$work/asserts.c"
}

# No padding that a compiler put in, so the layout is that of the members' sizes.
for compiler in cc64 cc32; do
	declare -n cc=$compiler
	"${cc[@]}" -Wall -Wextra -Wpadded -Werror -fsyntax-only -x c "$header" ||
		die "padding or worse with ${cc[0]}"
done
clang++ -Wall -Wextra -Werror -fsyntax-only -x c++ "$header" || die "not C++"
asserts "$spec" "$header" || die "the spec is not what the header says"

# And the check itself: each of these makes a difference.
wrong() { # WHAT SED-SCRIPT FILE
	local s=$spec h=$header
	sed "$2" "$3" >"$work/${3##*/}"
	! cmp -s "$3" "$work/${3##*/}" || die "$1: nothing changed"
	[[ $3 == "$spec" ]] && s=$work/sysperf.yaml || h=$work/sysperf.h
	! asserts "$s" "$h" 2>/dev/null || die "not noticed: $1"
}
wrong "another ABI" 's/value: 2$/value: 3/' "$spec"
wrong "a command's number" 's/name: set$/&\n      value: 7/' "$spec"
wrong "a group's name" 's/^      name: slow$/      name: slower/' "$spec"
wrong "a member's type" '/name: nice/{n;s/s32/u32/}' "$spec"
wrong "a member's size" 's/len: 432/len: 436/' "$spec"
wrong "a member too few" '/name: now-ns/,+3d' "$spec"
wrong "a state too few" '/name: iowait/,+2d' "$spec"
wrong "an attribute that is new" 's/^\t__SYSPERF_A_MAX/\tSYSPERF_A_NEW,\n&/' "$header"
wrong "a capability that is new" 's/^#define SYSPERF_CAP_SCHED.*/&\n#define SYSPERF_CAP_NEW (1U << 9)/' "$header"
wrong "members that changed places" 's/__u64 utime_ns, stime_ns/__u64 stime_ns, utime_ns/' "$header"
wrong "padding" 's/^\t__u16 pad;$//' "$header"
