# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Minimal roots of Debian releases, cached; sourced by run.sh.
#
#   root_get KIND SUITE   KIND build (a compiler, debhelper) or guest (boots by
#                         systemd, with the kernel before the newest one); sets
#                         root and, for a guest, older and newer: its kernels
#
# The caller sets project (its directory), and says and dies. What is complete
# gets its name in the cache last, under a lock, as tests/vm/kernel.sh does it.

# shellcheck source=tests/vm/kernel.sh
. "${project:?}/tests/vm/kernel.sh"

# The two newest kernels of the release that linux-image-amd64 is of, of which
# there are headers: those before the last security update, and those after.
root_kernels() {
	newer=$(in_root apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: linux-image-//p')
	older=$(in_root apt-cache pkgnames linux-headers- | sed 's/^linux-headers-//' |
		grep -Ex "${newer%%[.+-]*}\.[0-9]+[0-9.]*([-+][a-z0-9.]+)?-amd64" |
		grep -E "^$(sed 's/^\([0-9]*\.[0-9]*\).*/\1/; s/\./\\./' <<<"$newer")[.+-]" |
		sort -V | grep -Fx -B 1 -- "$newer" | head -n 1)
	[[ $newer && $older && $older != "$newer" ]] || die "Debian $suite has not two kernels to go from one to the other: $older $newer"
}

root_kind() { # KIND: variant and packages
	case $1 in
	build) variant=minbase packages=build-essential,debhelper,ca-certificates ;;
	guest) variant=minbase packages=systemd-sysv,udev,kmod,initramfs-tools,busybox,zstd ;;
	esac
}

root_get() { # KIND SUITE
	local variant packages final
	suite=$2 extra='' final=$cache/roots/$1-$2
	hold "$final.lock"
	if [[ ! -d $final ]]; then
		say "making a Debian $suite root ($1; once)"
		root_kind "$1"
		root=$final.new
		debian_root "$root" amd64 "$variant" "$packages"
		if [[ $1 == guest ]]; then
			root_kernels
			in_root apt-get install -qq --no-install-recommends "linux-image-$older" >"$root.log" 2>&1 ||
				{ cat "$root.log" >&2; die "cannot install linux-image-$older"; }
		fi
		as_root mv "$root" "$final"
		rm -f "$root.log"
	fi
	root=$final
	[[ $1 != guest ]] || root_kernels
	flock -u 9
}
