#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Installs the packages in a minimal Debian and boots that: install.sh SUITE
#
# 1. The packages are built in a root of the release, in two versions.
# 2. apt installs them in another, minimal one that has the release's kernel
#    before the newest, without one program of ours. DKMS builds.
# 3. That boots in QEMU, with systemd: guest.sh older. What happens to its disk
#    there is forgotten, as 4. goes on from 2.
# 4. apt installs the newest kernel, and DKMS builds again.
# 5. That boots: guest.sh newer.
#
# In an emulated machine compilers are slow, so that DKMS is told to ask ccache
# there, which has seen both versions compiled in 2.
#
# What guests say is in build/install/SUITE/.
set -euo pipefail
project=$(cd "$(dirname "$0")/../../.." && pwd -P)
cd "$project"
say() { echo "sysperf-install: $*" >&2; }
die() {
	say "$*"
	exit 1
}
# shellcheck source=tests/install/lib/roots.sh
. "$project/tests/install/lib/roots.sh"

version=$(sed -n 's/^VERSION := //p' Makefile)
next=$version.1 # what it is upgraded to

packages() { # VERSION: builds them into $work/debs
	local tree=/sysperf/sysperf-$1
	say "building the packages of version $1 on Debian $suite"
	as_root rm -rf "$root/sysperf"
	as_root install -d "$root/sysperf"
	as_root tar -xf "build/sysperf-$version.tar.gz" -C "$root/sysperf"
	[[ -d $root$tree ]] || as_root mv "$root/sysperf/sysperf-$version" "$root$tree"
	in_root sh -c 'make -s -C "$1" deb LINTIAN= VERSION="$2"' - "$tree" "$1" >"$work/deb-$1.log" 2>&1 ||
		{ cat "$work/deb-$1.log" >&2; die "the packages do not build on Debian $suite"; }
	cp "$root$tree"/build/deb/*.deb "$work/debs"
	rm -f "$work"/debs/*-dbgsym_*
}

# A command in the system to be tested, which is not running. What apt fetches
# is kept for the next time.
in_system() {
	as_root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		DEBIAN_KERNEL_USE_CCACHE=1 CCACHE_DIR=/var/cache/ccache \
		unshare --mount sh -c 'mount -t proc proc "$0/proc" && mount -t sysfs -o ro sysfs "$0/sys" &&
			mount --bind "$1" "$0/var/cache/apt/archives" && root=$0 && shift && exec chroot "$root" "$@"' \
		"$system" "$archives" "$@"
}

apt() {
	in_system apt-get -y -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-unsafe-io -o APT::Keep-Downloaded-Packages=true "$@" >>"$work/apt.log" 2>&1 ||
		{ tail -n 60 "$work/apt.log" >&2; die "apt-get $*"; }
}

built() { # KERNEL VERSION
	compgen -G "$system/lib/modules/$1/updates/dkms/sysperf.ko*" >/dev/null || die "no module for $1"
	in_system dkms status sysperf/"$2" -k "$1" | grep -q installed ||
		in_system dkms status -m sysperf -v "$2" -k "$1" | grep -q installed || die "dkms does not know it for $1"
	in_system modinfo -k "$1" -F version sysperf | grep -qx "$2" || die "another version for $1"
	in_system modinfo -k "$1" -F signer sysperf | grep -q . || die "it is not signed"
}

# DKMS says of a kernel that is too old that it is, and that is no failure; but
# to dkms 3.0.10 it is one, whatever the module.
excluded() { # VERSION KERNEL
	local said
	said=$(in_system dkms build -m sysperf -v "$1" -k "$2" --kernelsourcedir "/lib/modules/$older/build" 2>&1) &&
		die "it was built for $2"
	grep -q 'BUILD_EXCLUSIVE' <<<"$said" || die "$2 is not excluded: $said"
	[[ $suite != bookworm ]] || return 0
	said=$(in_system dkms autoinstall -k "$2" --kernelsourcedir "/lib/modules/$older/build" 2>&1) ||
		die "installing $2 would fail: $said"
}

# Where dkms makes no key for Secure Boot by itself, somebody did.
signing_key() {
	[[ $suite == bullseye ]] || return 0
	apt install openssl
	as_root install -d "$system/var/lib/dkms"
	in_system openssl req -new -x509 -nodes -days 3650 -newkey rsa:2048 -subj /CN=DKMS/ \
		-keyout /var/lib/dkms/mok.key -outform DER -out /var/lib/dkms/mok.pub 2>"$work/openssl.log" ||
		{ cat "$work/openssl.log" >&2; die "no key"; }
}

system_make() {
	local of other=none
	say "installing them, with apt"
	as_root rm -rf --one-file-system "$system"
	as_root cp -a "$root" "$system"
	as_root cp -r "$work/debs" tests/install/lib/guest "$system/root/"
	printf '%s\n' "version=$version" "next=$next" "older=$older" "newer=$newer" | as_root tee "$system/root/guest/facts" >/dev/null
	as_root cp tests/install/lib/guest/sysperf-test.service "$system/etc/systemd/system/"
	in_system systemctl -q enable sysperf-test.service
	echo "/dev/vda / ext4 defaults 0 1" | as_root tee "$system/etc/fstab" >/dev/null
	echo guest | as_root tee "$system/etc/hostname" >/dev/null
	in_system useradd member
	in_system useradd stranger
	apt install --no-install-recommends ccache
	# what a machine of today has, when its kernel is that of yesterday
	apt install "linux-headers-$older"
	signing_key
	for of in "$version" "$next" "$version"; do
		apt install --no-install-recommends --allow-downgrades "/root/debs/sysperf_${of}_amd64.deb" "/root/debs/sysperf-dkms_${of}_all.deb"
		built "$older" "$of"
		[[ ! -d $system/usr/src/sysperf-$other ]] || die "the source of version $other is still there"
		other=$of
	done
	excluded "$version" 4.19.0-27-amd64
	in_system usermod -aG sysperf member
}

system_upgrade() {
	say "installing kernel $newer"
	apt install linux-image-amd64 linux-headers-amd64
	built "$newer" "$version"
}

boot() { # KERNEL STAGE: prints what the guest says
	local image=$work/disk size
	say "booting $1"
	echo "$2" | as_root tee "$system/root/guest/stage" >/dev/null
	size=$(as_root du -sm "$system" | cut -f 1)
	rm -f "$image" "$work/$2".*
	as_root mke2fs -q -t ext4 -O ^metadata_csum -E root_owner=0:0 -d "$system" "$image" "$((size + 1024))M" >"$work/$2.mke2fs" 2>&1 ||
		{ cat "$work/$2.mke2fs" >&2; die "no image"; }
	as_root cp "$system/boot/vmlinuz-$1" "$system/boot/initrd.img-$1" "$work/"
	as_root chown "$(id -u)" "$image" "$work"/{vmlinuz,initrd.img}-"$1"
	# What a minimal system does at its first boot, and is slow here.
	local idle='systemd.mask=e2scrub_reap.service systemd.mask=apt-daily.timer systemd.mask=apt-daily-upgrade.timer'
	setpriv --pdeathsig TERM timeout -k 5 "${VM_TIMEOUT:-14400}" qemu-system-x86_64 -accel "tcg,thread=${VM_THREAD:-single}" \
		-smp 2 -cpu 'max,-erms,-fsrm' -m 2G -nodefaults -no-user-config -display none -no-reboot \
		-kernel "$work/vmlinuz-$1" -initrd "$work/initrd.img-$1" \
		-append "root=/dev/vda rw console=ttyS0 loglevel=5 panic=-1 oops=panic systemd.show_status=yes $idle" \
		-serial file:"$work/$2.console" -serial file:"$work/$2.log" \
		-drive if=virtio,format=raw,cache=unsafe,file="$image" </dev/null >"$work/$2.qemu" 2>&1 || true
	rm -f "$image"
	tr -d '\r' <"$work/$2.log"
	grep -q '^END' "$work/$2.log" || { tail -n 40 "$work/$2.console" "$work/$2.qemu"; die "the guest did not get to its end"; }
	! grep -q '^FAIL ' "$work/$2.log" || die "$suite $2: $(tr -d '\r' <"$work/$2.log" | grep -m 1 '^FAIL ')"
	! awk -f tests/vm/klog.awk "$work/$2.console" | grep . || die "the kernel complained"
}

main() {
	local archives system work
	work=$project/build/install/$1
	archives=$cache/debs/$1 system=$work/system
	mkdir -p "$work"
	hold "$work.lock"
	rm -rf "$work/debs" "$work"/*.log
	as_root install -d "$work/debs" "$archives/partial"
	make --no-print-directory -s dist >&2
	root_get build "$1"
	hold "$cache/roots/build-$1.use"
	packages "$version"
	packages "$next"
	root_get guest "$1"
	system_make
	boot "$older" older
	system_upgrade
	boot "$newer" newer
	[[ ${KEEP-} ]] || as_root rm -rf --one-file-system "$system"
}
main "$@"
