#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make install puts everything in its place, make uninstall leaves nothing but
# a configuration that was changed.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree() { (cd "$1" && find . ! -type d | sort); }
quiet() { "$@" >"$work/log" 2>&1 || die "$*: $(<"$work/log")"; }

quiet make install DESTDIR="$work/root" PREFIX=/opt/sp
version=$("$work/root/opt/sp/bin/sysperf" -V | sed -n '1s/.* //p')
src=$work/root/usr/src/sysperf-$version
for file in opt/sp/share/man/man{1/sysperf.1,4/sysperf.4,7/sysperf-fields.7} opt/sp/include/sysperf.h \
	opt/sp/share/bash-completion/completions/sysperf opt/sp/share/zsh/site-functions/_sysperf \
	opt/sp/share/fish/vendor_completions.d/sysperf.fish usr/lib/udev/rules.d/60-sysperf.rules \
	usr/lib/sysusers.d/sysperf.conf; do
	[[ -s $work/root/$file ]] || die "not installed: $file"
done
expect_eq "$(cd "$src" && find . -type f | sort)" \
	"$( (cd kmod && find . -maxdepth 1 -type f \( -name '*.[ch]' -o -name Kbuild -o -name Makefile \) ! -name '*.mod.c'
		printf "./%s\n" dkms.conf sign; cd .. && find ./include/uapi -type f) | sort)" "the module's source"
expect_eq "$(bash -c '. "$1"; echo "$PACKAGE_VERSION"' - "$src/dkms.conf")" "$version" "version in dkms.conf"
# Modes do not follow the umask, and nothing names where it was built.
expect_eq "$(find "$work/root" -type f -printf '%m\n' | sort -u | xargs)" "644 755" "modes"
! grep -rlF -e "$work" -e "$PWD" "$work/root" --exclude=sysperf --exclude=sysperfd || die "these name the place they were built in"
if [[ -e dkms/sysperfd.service ]]; then
	grep -q '^ExecStart=[^/]*/opt/sp/bin/sysperfd' "$work/root/usr/lib/systemd/system/sysperfd.service" || die "the unit does not follow PREFIX"
	echo '# changed' >>"$work/root/etc/sysperf/sysperfd.conf"
	quiet make install DESTDIR="$work/root" PREFIX=/opt/sp
	tail -n 1 "$work/root/etc/sysperf/sysperfd.conf" | grep -q '^# changed' || die "a changed configuration was overwritten"
fi

# What others have in the same directories stays.
touch "$work/root/opt/sp/bin/other" "$work/root/usr/src/other"
quiet make uninstall DESTDIR="$work/root" PREFIX=/opt/sp
kept=$'./opt/sp/bin/other\n./usr/src/other'
[[ ! -e dkms/sysperfd.service ]] || kept=$'./etc/sysperf/sysperfd.conf\n'$kept
expect_eq "$(tree "$work/root")" "$kept" "left by uninstall"
[[ ! -d $src && ! -d $work/root/opt/sp/share/sysperf ]] || die "directories are left"
(umask 077 && quiet make install DESTDIR="$work/other" PREFIX=/usr)
quiet make uninstall DESTDIR="$work/other" PREFIX=/usr
expect_eq "$(tree "$work/other")" '' "left by uninstall"
