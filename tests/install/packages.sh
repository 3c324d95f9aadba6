#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=1800
# The packages of this machine's release: lintian is content, and each has what
# belongs there. The RPMs have the same.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"

tests/lib/deps.sh rpm
make --no-print-directory deb
make --no-print-directory rpm RPMFLAGS=--nodeps
in_deb() { dpkg-deb --fsys-tarfile build/deb/"$1"_*.deb | tar -t | sed -n 's,^\.,,; /[^/]$/p' | sed 's/\.gz$//' | sort; }
in_rpm() { rpm -qpl build/rpm/*/"$1"-[0-9]*.rpm | sort; }

version=$(sed -n 's/^VERSION := //p' Makefile)
expect_eq "$(dpkg-deb -f build/deb/sysperf_*.deb Version)" "$version" "version"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make --no-print-directory -s install DESTDIR="$work" PREFIX=/usr ZSHDIR=/usr/share/zsh/vendor-completions >/dev/null
# Everything that is installed is in some package, and in the right one.
missing=$(comm -23 <(cd "$work" && find . -type f ! -path './usr/lib/systemd/*' | sed 's,^\.,,' | sort) <(
	for package in build/deb/sysperf{,-dkms,-prometheus}_*.deb; do
		[[ ! -e $package ]] || in_deb "$(basename "${package%%_*}")"
	done | sort))
[[ ! $missing ]] || die "in no package: $missing"
for file in /usr/bin/sysperf /usr/share/man/man1/sysperf.1 /usr/lib/udev/rules.d/60-sysperf.rules /usr/lib/sysusers.d/sysperf.conf; do
	in_deb sysperf | grep -qx "$file" || die "sysperf lacks $file"
	in_rpm sysperf | grep -qx "$file" || die "sysperf's RPM lacks $file"
done
for file in /usr/src/sysperf-"$version"/{dkms.conf,main.c,sign,include/uapi/sysperf.h} /usr/lib/modules-load.d/sysperf.conf /usr/lib/sysperf/module; do
	in_deb sysperf-dkms | grep -qx "$file" || die "sysperf-dkms lacks $file"
	in_rpm sysperf-dkms | grep -qx "$file" || die "sysperf-dkms's RPM lacks $file"
done
! in_deb sysperf | grep '^/usr/src' || die "the module's source is in two"
# No script that a shell does not understand.
for package in build/deb/*.deb; do
	dpkg-deb -e "$package" "$work/control"
	for script in "$work"/control/{pre,post}{inst,rm}; do [[ ! -e $script ]] || sh -n "$script"; done
	rm -r "$work/control"
done
