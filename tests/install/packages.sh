#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=7200
# The packages of this machine's release: lintian is content, and each has what
# belongs there. The RPMs have the same.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
export LC_ALL=C

tests/lib/deps.sh rpm
make --no-print-directory deb
make --no-print-directory rpm RPMFLAGS=--nodeps
version=$(sed -n 's/^VERSION := //p' Makefile)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make --no-print-directory -s install DESTDIR="$work/root" PREFIX=/usr >/dev/null

# Lists of files, in which what differs for good reason is the same: where units
# and zsh's completions are, and manuals that are compressed.
paths() { sed 's,^\./,/,; /\/$/d; s/\.gz$//; s,^/lib/,/usr/lib/,; s,/vendor-completions/,/site-functions/,' | sort; }
(cd "$work/root" && find . -type f) | paths >"$work/installed"
for package in sysperf sysperf-dkms sysperf-prometheus; do
	dpkg-deb --fsys-tarfile build/deb/"$package"_*.deb | tar -t | paths >"$work/$package.deb"
done
for package in sysperf sysperf-dkms; do
	rpm -qpl build/rpm/*/"$package"-[0-9]*.rpm | paths >"$work/$package.rpm"
done

# Everything that is installed is in one package, of either kind.
for kind in deb rpm; do
	sort "$work"/*."$kind" >"$work/all"
	missing=$(comm -23 "$work/installed" <(uniq "$work/all"))
	[[ ! $missing ]] || die "in no $kind: $missing"
	twice=$(comm -12 "$work/installed" <(uniq -d "$work/all"))
	[[ ! $twice ]] || die "in two of the ${kind}s: $twice"
	for file in /usr/bin/sysperf /usr/share/man/man1/sysperf.1 /usr/lib/udev/rules.d/60-sysperf.rules /usr/lib/sysusers.d/sysperf.conf; do
		grep -qx "$file" "$work/sysperf.$kind" || die "sysperf.$kind lacks $file"
	done
	for file in /usr/src/sysperf-"$version"/{dkms.conf,main.c,sign,include/uapi/sysperf.h} /usr/lib/modules-load.d/sysperf.conf /usr/lib/sysperf/module; do
		grep -qx "$file" "$work/sysperf-dkms.$kind" || die "sysperf-dkms.$kind lacks $file"
	done
done

expect_eq "$(dpkg-deb -f build/deb/sysperf_*.deb Version)" "$version" "version"
# No script that a shell does not understand, and each unit is started.
for package in build/deb/*.deb; do
	dpkg-deb -e "$package" "$work/control"
	for script in "$work"/control/{pre,post}{inst,rm}; do [[ ! -e $script ]] || sh -n "$script"; done
	[[ $package != */sysperf_* ]] || cp "$work/control/postinst" "$work/scripts.deb"
	rm -r "$work/control"
done
rpm -qp --scripts build/rpm/*/sysperf-[0-9]*.rpm >"$work/scripts.rpm"
for unit in dkms/*.socket dkms/*.service; do
	grep -E "invoke (re)?start.*'${unit#dkms/}'|_dh_action.*'${unit#dkms/}'" "$work/scripts.deb" >/dev/null || die "${unit#dkms/} is not started"
	grep -qw "preset.*${unit#dkms/}" "$work/scripts.rpm" || die "${unit#dkms/} is not preset by the RPM"
done
# The sockets stay up when the service is restarted.
! grep -E '_dh_action.*socket' "$work/scripts.deb" || die "an upgrade takes the sockets away"

# What the Makefile asks for, RPMs do too.
libraries=$(sed -n '/^PKGS := /,/[^\\]$/{s/^PKGS := //; s/\\$//; p}' Makefile)
for library in $libraries; do
	grep -qx "BuildRequires: pkgconfig($library)" dkms/sysperf.spec || die "the spec does not require $library"
done
