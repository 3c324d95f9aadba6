#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs every linter that is installed, says which is not: lint.sh KERNELDIR
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
failed=0

have() { # TOOL [FILE it needs]
	[[ -z ${2-} || -e $2 ]] || { echo "left out: $1 (no $2)"; return 1; }
	type -P "$1" >/dev/null || { echo "left out: $1 (not installed)"; return 1; }
	echo "== $1"
}
check() { "$@" || failed=1; }

mapfile -t sources < <(find kmod daemon tui include tests dkms -name '*.[ch]' ! -name '*.mod.c' | sort)
mapfile -t users < <(find daemon tui dkms tests/unit tests/fuzz tests/vm/fuzz -name '*.c' 2>/dev/null | sort)
mapfile -t scripts < <(grep -rlE '^#!/bin/(ba)?sh|^# shellcheck shell=' tests dkms .ci 2>/dev/null | sort)
# shellcheck disable=SC2207
flags=(-std=gnu11 -D_GNU_SOURCE= '-DSYSPERF_VERSION="lint"' -Iinclude -Iinclude/uapi
	$(pkg-config --cflags libnl-genl-3.0 libnl-route-3.0 ncursesw yajl libcap libkmod 2>/dev/null))
headers=$1
[[ -e $headers/Makefile ]] || headers=$(find /lib/modules -maxdepth 2 -name build | sort -V | tail -n 1)

have clang-format .clang-format && check clang-format --dry-run -Werror "${sources[@]}"
have clang-tidy .clang-tidy && check clang-tidy --quiet --warnings-as-errors='*' "${users[@]}" -- "${flags[@]}"
have cppcheck && check cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr --suppress=missingIncludeSystem \
	--enable=warning,performance,portability "${flags[@]:1}" "${users[@]}"
have shellcheck && check shellcheck "${scripts[@]}"

# Of no headers' package, but of the sources that the debug kernel is made from.
# Left out is what clang-format decides, and what compat.h and loops over tables are for.
ignored=LINUX_VERSION_CODE,CONSTANT_COMPARISON,CONST_STRUCT,FILE_PATH_CHANGES
ignored+=,OPEN_ENDED_LINE,MACRO_ARG_REUSE,MACRO_ARG_UNUSED,NEW_TYPEDEFS
PATH=$PATH:$headers/source/scripts:$headers/scripts:$(echo /usr/src/linux-*/scripts build/cache/roots/debug/sysperf/linux-source-*/scripts | tr ' ' :)
have checkpatch.pl && check checkpatch.pl --no-tree --terse --quiet --strict --max-line-length=100 \
	--ignore="$ignored" -f kmod/*.[ch] include/uapi/*.h

# In a copy, so as not to disturb what is built in kmod/.
if have sparse "$headers/Makefile"; then
	copy=$(mktemp -d)
	cp kmod/*.[ch] kmod/Kbuild "$copy"
	cp -r include "$copy"
	make -C "$headers" M="$copy" W=1 C=2 CHECK=sparse SYSPERF_VERSION=lint modules >"$copy/log" 2>&1 || failed=1
	! grep -E "$copy.*(warning|error)|Error [0-9]" "$copy/log" || failed=1
	rm -rf "$copy"
fi
exit $failed
