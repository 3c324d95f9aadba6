# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Stock Debian kernels and modules built for them; sourced by run.sh.
#
#   kernel_get KVER     fetches and unpacks the kernel (never installs it); sets
#                       kernel (its directory), release, arch, root and area
#   kernel_initrd       sets initrd
#   kernel_module SRC DEST   builds the module in SRC for it, as DEST
#
# The caller sets project (its directory) and version.
#
# A kernel whose headers this machine has installed is built for directly;
# any other in a root of its own Debian release, because the headers carry host
# tools and a compiler of that release. What is complete gets its name in the
# cache last, under a lock: an interrupted fetch is begun again, and one that
# another run has in hand is waited for.

cache=${project:?}/build/cache
triplet=aarch64-linux-gnu
newest_release=7.3 # of a stable Debian; experimental may have a newer one

as_root() { if ((EUID)); then sudo "$@"; else "$@"; fi; }

# Holds FILE's lock, on descriptor 9, which what we start inherits: what an
# ended run has left running is waited for too.
hold() { # FILE
	mkdir -p "${1%/*}"
	exec 9>"$1"
	flock -n 9 && return
	say "waiting for another run to let go of ${1#"$project/"}"
	flock 9
}

# Where Debian keeps it: sets arch, cross, series, flavour, suite and extra.
kernel_name() { # KVER
	local name=$1
	arch=amd64 extra='' cross=()
	[[ $name == *-arm64 ]] && arch=arm64 name=${name%-arm64} cross=(ARCH=arm64 CROSS_COMPILE="$triplet-")
	series=${name%-rt}
	flavour=$arch
	[[ $name == *-rt ]] && flavour=rt-$arch
	case $series in
	5.*) suite=bullseye ;;
	6.1 | 6.1[-.]*) suite=bookworm ;;
	6.12 | 6.12[-.]*) suite=trixie ;;
	7*) suite=trixie extra=trixie-backports ;;
	experimental) suite=sid extra=experimental ;;
	*) die "no Debian release known for KVER=$1 (5.10, 6.1, 6.12, 7.2 and experimental are; -rt and -arm64 may follow)" ;;
	esac
}

# There may be nothing in experimental, or nothing that installs, and no harm
# in that: 77 is how a test says that it was skipped.
unavailable() {
	[[ $series == experimental ]] || die "$*"
	say "$*"
	exit 77
}

# Runs a command where the headers are: in the release's root, or right here.
in_root() {
	if [[ -z $root ]]; then
		"$@"
	else # objtool wants /proc; the mount goes with its namespace
		as_root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive \
			unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' "$root" "$@"
	fi
}

# The newest of the releases on stdin that is meant: 6.1 is 6.1.0-44-amd64, not
# 6.12.38+deb13-amd64; 6.1-rt is 6.1.0-44-rt-amd64. Experimental has 7.3-amd64
# or 7.3-rc5-amd64.
newest() {
	local number=${series//./\\.}
	[[ $series == experimental ]] && number='[0-9]+'
	grep -Ex "$number(\.[0-9]+)*(-rc[0-9]+)?(-[0-9]+|\+[a-z0-9]+)?-$flavour" | sort -V | tail -n 1
}

installed_headers() { # not for experimental, whatever this machine may have
	[[ $series != experimental ]] || return 0
	find /lib/modules -mindepth 2 -maxdepth 2 -name build -exec test -e '{}/Makefile' \; -printf '%P\n' 2>/dev/null |
		sed 's,/build$,,' | newest || true
}

# The mirror that this machine's apt uses: LABEL.
mirror() {
	local uri
	uri=$(apt-get indextargets --format '$(LABEL) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		awk -v label="$1" '$1 == label { print $2; exit }')
	[[ $uri ]] || die "apt has no source labelled $1: is this Debian, and was apt-get update run?"
	echo "$uri"
}

# A Debian root of the release: DIR ARCHITECTURES VARIANT PACKAGES [OPTION...]
debian_root() {
	local main security sources dir=$1 arches=$2 variant=$3 packages=$4
	shift 4
	# A mirror that is weeks behind has what can be tested all the same; its
	# signatures are checked. Only lists of sid and experimental expire.
	[[ $suite != sid ]] || set -- "$@" --aptopt='Acquire::Check-Valid-Until "false"'
	main=$(mirror Debian)
	security=$(mirror Debian-Security)
	sources=("deb $main $suite main")
	[[ $suite == sid ]] || sources+=("deb $security $suite-security main")
	[[ ! $extra ]] || sources+=("deb $main $extra main")
	# An interrupted one may have left something mounted there.
	as_root rm -rf --one-file-system "$dir"
	mkdir -p "${dir%/*}"
	as_root mmdebstrap --variant="$variant" --architectures="$arches" --skip=cleanup/apt \
		--include="$packages" "$@" "$suite" "$dir" "${sources[@]}" >"$dir.log" 2>&1 && return
	cat "$dir.log" >&2
	unavailable "cannot make a root of Debian $suite: $(sed -n 's/^E: //p' "$dir.log" | head -n 1)"
}

# The headers of release $1 into the root. A foreign architecture's are unpacked
# beside this machine's build tools, as their compiler would be a foreign one.
headers_install() {
	local package=linux-headers-$1
	[[ $arch != amd64 ]] || { in_root apt-get install -qq --no-install-recommends "$package"; return; }
	in_root sh -ec 'cd /tmp
		apt-get download -qq "$1"
		dpkg-deb --fsys-tarfile linux-headers-*.deb | tar -x --keep-directory-symlink -C /
		apt-get install -qq --no-install-recommends $(dpkg-deb -f linux-headers-*.deb Depends |
			grep -o "linux-[hk][a-z]*-[0-9][^ ,:]*")
		rm linux-headers-*.deb' - "$package:$arch"
}

root_make() { # FINAL
	local arches=amd64 packages=make,gcc,binutils name
	[[ $arch == amd64 ]] || arches+=,$arch packages+=,$(cross_packages)
	say "making a Debian $suite root to build for $KVER in (once)"
	root=$1.new
	debian_root "$root" "$arches" apt "$packages"
	name=$(in_root apt-cache pkgnames linux-headers- | sed 's/^linux-headers-//' | newest || true)
	[[ $name ]] || unavailable "Debian ${extra:-$suite} has no headers for KVER=$KVER"
	[[ $series != experimental || $name != "$newest_release"[.+-]* ]] ||
		unavailable "Debian experimental has no kernel newer than $newest_release, which is tested as such"
	headers_install "$name" >"$root.log" 2>&1 || { cat "$root.log" >&2; unavailable "cannot install linux-headers-$name"; }
	as_root install -d -o "$(id -u)" "$root$area"
	as_root rm -rf --one-file-system "$1"
	as_root mv "$root" "$1"
	rm -f "$root.log"
	root=$1
}

# The packages of the image of $release. Newer ones come in several; an unsigned
# one does as well, and appears some days before the signed one.
image_packages() {
	local package
	for package in linux-image-"$release"{,-unsigned} linux-binary-unsigned-"$release"; do
		in_root apt-cache show "$package:$arch" >/dev/null 2>&1 || continue
		echo "$package:$arch"
		in_root apt-cache depends "$package:$arch" | sed -n 's/^ *[PreD]*Depends: \(linux-[bim][a-z]*-[0-9].*\)/\1/p'
		[[ $package != *-binary-* ]] || echo "linux-modules-$release:$arch"
		return
	done
	say "no package of the image of $release"
	return 1
}

# Unpacks the image of $release into $1.
image_unpack() {
	local debs=$area/debs packages deb
	packages=$(image_packages) || return
	rm -rf "$root$debs"
	mkdir -p "$root$debs" "$1/usr/lib"
	ln -sfn usr/lib "$1/lib"
	# shellcheck disable=SC2086
	in_root sh -c 'cd "$1" && shift && apt-get download -qq "$@"' - "$debs" $packages 2>"$1/apt.log" ||
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
	rm -rf "$kernel.new"
	mkdir -p "$kernel.new"
	image_unpack "$kernel.new" || {
		say "not found; updating the package lists"
		if [[ $root ]]; then in_root apt-get -qq update; else as_root apt-get -qq update; fi
		image_unpack "$kernel.new"
	} || return
	echo "$release" >"$kernel.new/release"
	rm -rf "$kernel"
	mv "$kernel.new" "$kernel"
}

# The release whose headers the root has.
root_release() {
	release=$(find "$root/lib/modules" -mindepth 1 -maxdepth 1 -printf '%f\n' | newest || true)
}

kernel_get() {
	case $1 in
	debug | kcsan)
		# shellcheck source=tests/vm/debug/build.sh
		. "$project/tests/vm/debug/build.sh"
		debug_kernel_get "$1"
		return
		;;
	esac
	KVER=$1 kernel=$cache/kernels/$1 root=''
	kernel_name "$1"
	hold "$kernel.lock"
	release=$(installed_headers)
	area=$project/build/kmod
	# A root is there if the direct way failed before.
	if [[ -d $cache/roots/$1 || ! $release ]] || ! fetch; then
		root=$cache/roots/$1 area=/sysperf
		if [[ -d $root ]] && root_release && fetch; then
			: # all is here
		else # or Debian has dropped the kernel that the root was made for
			root_make "$cache/roots/$1"
			root_release
			fetch || unavailable "cannot fetch the image of $release"
		fi
	fi
	flock -u 9
}

# What the guest needs before it has its root: busybox and a few modules.
kernel_initrd() {
	initrd=$project/build/initrd/$KVER
	[[ $initrd -nt $project/tests/vm/init && $initrd -nt $project/tests/vm/kernel.sh && $initrd -nt $kernel/release ]] && return
	local dir n=100 module to
	mkdir -p "${initrd%/*}"
	dir=$(mktemp -d "$initrd.XXXXXX")
	mkdir "$dir"/{bin,lower,modules,project,root,rw}
	install "$project/tests/vm/init" "$dir/init"
	install "${guest_root:-}$(PATH=/usr/bin:/bin type -P busybox)" "$dir/bin/busybox"
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
	done < <(cd "$1" && find . -type f \( -name '*.[ch]' -o -name '*.def' -o -name Kbuild \) ! -name '*.mod.c')
	while read -r file; do
		[[ -e $1/$file ]] || { rm "$2/$file"; touch "$2/stale"; }
	done < <(cd "$2" && find . -type f -name '*.[ch]' ! -name '*.mod.c' ! -path './include/*')
}

kernel_module() {
	local tree log
	tree=$area/$release/$(basename "$1") # one root may have several kernels
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
		in_root make -j"$(nproc)" -C "/lib/modules/$release/build" M="$tree" KCFLAGS=-Werror "${cross[@]}" \
			SYSPERF_VERSION="${version:?}" modules >"$log" 2>&1 ||
			{ cat "$log" >&2; die "the module in $1 does not build for $release"; }
		cp "$root$tree"/*.ko "$root$tree.ko"
	fi
	cp "$root$tree.ko" "$2"
	flock -u 8
}
