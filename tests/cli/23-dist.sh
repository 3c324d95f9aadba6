#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make dist: the same bytes from the checkout and from its own tarball, whatever
# umask and time; complete; and of the version that the changelog names.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(sed -n 's/^VERSION := //p' Makefile)
name=sysperf-$version
expect_eq "$(sed -n 's/^## \([^ ]*\) .*/\1/p' dkms/CHANGELOG.md | head -n 1)" "$version" "newest release in the changelog"

dist() { make --no-print-directory -s -C "$1" dist >"$work/log" 2>&1 || die "$(<"$work/log")"; }
dist .
cp "build/$name.tar.gz" "$work/first.tar.gz"
tar -xf "$work/first.tar.gz" -C "$work"
(
	umask 077
	((EUID)) || chown -R 65534:65534 "$work/$name"
	chmod 600 "$work/$name/Makefile"
	find "$work/$name" -name '*.c' -exec touch {} +
	touch "$work/$name/kmod/left.o" "$work/$name/kmod/sysperf.mod.c"
	dist "$work/$name"
)
cmp "$work/first.tar.gz" "$work/$name/build/$name.tar.gz" || die "not the same bytes"

tar -tf "$work/first.tar.gz" | LC_ALL=C sort -c || die "not in an order of its own"

# Nobody's, from one day, and nothing that is built.
expect_eq "$(tar --numeric-owner -tvf "$work/first.tar.gz" | awk '{ print $1, $2, $4, $5 }' | sort -u | cut -d' ' -f 2- | sort -u | wc -l)" 1 "owners and times"
! tar -tf "$work/first.tar.gz" | grep -E '/build/|\.(o|ko|mod|cmd)$|\.mod\.c$|__pycache__|/\.git/' || die "this is not source"
if [[ -e .git ]] && type -P git >/dev/null && git ls-files >/dev/null 2>&1; then
	missing=$(comm -23 <(git ls-files | LC_ALL=C sort) <(tar -tf "$work/first.tar.gz" | sed "s,^$name/,," | LC_ALL=C sort))
	[[ ! $missing ]] || die "not in it: $missing"
fi
# And it builds.
make -s -C "$work/$name" build/obj/tui/main.o >"$work/log" 2>&1 || die "$(<"$work/log")"
