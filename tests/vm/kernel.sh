# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Stock Debian kernels and modules built for them; sourced by run.sh.
#
#   kernel_get KVER     fetches and unpacks the kernel (never installs it); sets
#                       kernel (its directory), release, root and area
#   kernel_initrd       sets initrd
#   kernel_module SRC DEST   builds the module in SRC for it, as DEST
#
# The caller sets project (its directory) and version.
#
# A kernel whose headers this machine has installed is built for directly;
# any other in a root of its own Debian release, because the headers carry host
# tools and a compiler of that release.

cache=${project:?}/build/cache

as_root() { if ((EUID)); then sudo "$@"; else "$@"; fi; }

# Runs a command where the headers are: in the release's root, or right here.
in_root() {
	if [[ -z $root ]]; then
		"$@"
	else # objtool wants /proc; the mount goes with its namespace
		as_root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive \
			unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$root" "$@"
	fi
}

# The newest of the releases on stdin that KVER means: 6.1 is 6.1.0-44-amd64,
# not 6.12.38+deb13-amd64; 6.1-rt is 6.1.0-44-rt-amd64.
newest() {
	local series=${1%-rt} flavour=amd64
	[[ $1 == *-rt ]] && flavour=rt-amd64
	grep -Ex "${series//./\\.}(\.[0-9]+)*(-[0-9]+|\+[a-z0-9]+)-$flavour" | sort -V | tail -n 1
}

installed_headers() {
	find /lib/modules -mindepth 2 -maxdepth 2 -name build -exec test -e '{}/Makefile' \; -printf '%P\n' 2>/dev/null |
		sed 's,/build$,,' | newest "$1" || true
}

# The mirror that this machine's apt uses: LABEL.
mirror() {
	local uri
	uri=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		awk -v label="$1" '$1 == label { print $2; exit }')
	[[ $uri ]] || die "apt has no source labelled $1: is this Debian, and was apt-get update run?"
	echo "$uri"
}

root_make() { # KVER
	local main security suite sources
	main=$(mirror Debian)
	security=$(mirror Debian-Security)
	case $1 in
	5*) suite=bullseye ;;
	6.1 | 6.1[-.]*) suite=bookworm ;;
	6.12*) suite=trixie ;;
	7*) suite=trixie ;;
	*) die "no Debian release known for KVER=$1 (5.10, 6.1, 6.12 and 7.2 are)" ;;
	esac
	sources=("deb $main $suite main" "deb $security $suite-security main")
	[[ $1 == 7* ]] && sources+=("deb $main $suite-backports main")

	say "making a Debian $suite root to build for $1 in (once)"
	local final=$root name
	root=$root.new
	as_root rm -rf "$root"
	mkdir -p "${root%/*}"
	as_root mmdebstrap --quiet --variant=apt --skip=cleanup/apt --include=make,gcc,binutils "$suite" "$root" "${sources[@]}"
	name=$(in_root apt-cache pkgnames linux-headers-"${1%-rt}" | sed 's/^linux-headers-//' | newest "$1" || true)
	[[ $name ]] || die "Debian $suite has no headers for KVER=$1"
	in_root apt-get install -qq --no-install-recommends "linux-headers-$name" >"$root.log" 2>&1 ||
		{ cat "$root.log" >&2; die "cannot install linux-headers-$name"; }
	as_root install -d -o "$(id -u)" "$root$area"
	as_root rm -rf "$final"
	as_root mv "$root" "$final"
	root=$final
}

# Unpacks the image of $release into $1. Newer ones come in several packages.
image_unpack() {
	local debs=$area/debs package=linux-image-$release deb
	rm -rf "$root$debs"
	mkdir -p "$root$debs" "$1/usr/lib"
	ln -sfn usr/lib "$1/lib"
	in_root apt-cache show "$package" >/dev/null 2>&1 || package+=-unsigned
	in_root sh -c 'cd "$1" && apt-get download -qq "$2" $(apt-cache depends "$2" |
		sed -n "s/^ *[PreD]*Depends: \(linux-[bim][a-z]*-[0-9].*\)/\1/p")' - "$debs" "$package" 2>"$1/apt.log" ||
		{ cat "$1/apt.log" >&2; return 1; }
	for deb in "$root$debs"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$1" --exclude './usr/share' || return
	done
	rm -rf "$root$debs"
	find "$1" -type f -name 'vmlinuz*' -exec mv {} "$1/vmlinuz" \;
	[[ -s $1/vmlinuz ]] || return 1
	/sbin/depmod -b "$1" "$release"
}

fetch() { # the kernel of $release, unless it is here already
	[[ $release == "$(cat "$kernel/release" 2>/dev/null)" ]] && return
	say "fetching kernel $release (once)"
	as_root rm -rf "$kernel" "$kernel.new"
	mkdir -p "$kernel.new"
	image_unpack "$kernel.new" || {
		say "not found; updating the package lists"
		if [[ $root ]]; then in_root apt-get -qq update; else as_root apt-get -qq update; fi
		image_unpack "$kernel.new"
	} || return
	echo "$release" >"$kernel.new/release"
	mv "$kernel.new" "$kernel"
}

kernel_get() {
	kernel=$cache/kernels/$1 root=''
	mkdir -p "$cache/kernels"
	exec 9>"$kernel.lock"
	flock 9
	release=$(installed_headers "$1")
	area=$project/build/kmod/$release
	# A root is there if the direct way failed before.
	if [[ -d $cache/roots/$1 || ! $release ]] || ! fetch; then
		root=$cache/roots/$1 area=/sysperf
		[[ -d $root ]] || root_make "$1"
		release=$(find "$root/lib/modules" -mindepth 1 -maxdepth 1 -printf '%f\n' | newest "$1" || true)
		fetch || die "cannot fetch the image of $release"
	fi
	flock -u 9
}

# What the guest needs before it has its root: busybox and a few modules.
kernel_initrd() {
	initrd=$kernel/initrd
	[[ $initrd -nt $project/tests/vm/init && $initrd -nt $project/tests/vm/kernel.sh ]] && return
	local dir n=100 module to
	dir=$(mktemp -d "$kernel/initrd.XXXXXX")
	mkdir "$dir"/{bin,lower,modules,root,rw}
	install "$project/tests/vm/init" "$dir/init"
	install "$(type -P busybox)" "$dir/bin/busybox"
	while read -r module; do
		to=$dir/modules/$((n++)).ko
		case $module in
		*.xz) xz -dc "$module" >"$to" ;;
		*.zst) zstd -dcq "$module" >"$to" ;;
		*) cp "$module" "$to" ;;
		esac
	done < <(/sbin/modprobe -C /dev/null -d "$kernel" -S "$release" --show-depends -a \
		virtio_pci virtio_console 9pnet_virtio 9p overlay | awk '$1 == "insmod" && !seen[$2]++ { print $2 }')
	(cd "$dir" && find . | busybox cpio -o -H newc 2>/dev/null) >"$dir.cpio"
	mv "$dir.cpio" "$initrd"
	rm -rf "$dir"
}

# Copies the sources that differ, so that make rebuilds just what has changed.
sources_sync() { # FROM TO
	local file
	while read -r file; do
		cmp -s "$1/$file" "$2/$file" || install -D -m 644 "$1/$file" "$2/$file"
	done < <(cd "$1" && find . -type f \( -name '*.[ch]' -o -name Kbuild \) ! -name '*.mod.c')
	while read -r file; do
		[[ -e $1/$file ]] || { rm "$2/$file"; touch "$2/stale"; }
	done < <(cd "$2" && find . -type f -name '*.[ch]' ! -name '*.mod.c' ! -path './include/*')
}

kernel_module() {
	local tree log
	tree=$area/$(basename "$1")
	log=$root$tree.log
	compgen -G "$1/*.c" >/dev/null || die "no module to load: no C files in $1 (VM_NOMOD=1 boots without one)"
	mkdir -p "$root$tree/include"
	exec 8>"$root$tree.lock"
	flock 8
	sources_sync "$1" "$root$tree"
	sources_sync "$project/include" "$root$tree/include"
	if [[ ! -e $root$tree.ko || $(find "$root$tree" \( -name '*.[ch]' -o -name Kbuild -o -name stale \) -newer "$root$tree.ko" -print -quit) ]]; then
		say "building $(basename "$1") for $release"
		rm -f "$root$tree.ko" "$root$tree/stale"
		in_root make -j"$(nproc)" -C "/lib/modules/$release/build" M="$tree" KCFLAGS=-Werror \
			SYSPERF_VERSION="${version:?}" modules >"$log" 2>&1 ||
			{ cat "$log" >&2; die "the module in $1 does not build for $release"; }
		cp "$root$tree"/*.ko "$root$tree.ko"
	fi
	cp "$root$tree.ko" "$2"
	flock -u 8
}
