# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # what kernel.sh sets, and run.sh uses
# What a guest of another architecture needs besides its kernel, as it cannot
# run in this machine's own root; sourced by run.sh after kernel.sh.
#
#   foreign_guest       sets guest_root, a small Debian of its architecture
#   foreign_programs    builds sysperf for it, into build/$arch
#
# Nothing of that architecture ever runs here: the guest's packages are only
# unpacked, and its programs come from a cross compiler, in the root where the
# module is built.

# What the guest's shell and tests use, in a Debian where nothing is given.
guest_packages=base-files,base-passwd,bash,dash,coreutils,util-linux,mount,findutils,diffutils,grep,sed,mawk,tar,gzip,\
xz-utils,zstd,hostname,login,passwd,libc-bin,ncurses-base,ncurses-bin,perl-base,busybox-static,python3,procps,psmisc,\
kmod,iproute2,iputils-ping,ethtool,netcat-openbsd,iperf3,jq,fio,stress-ng,dmsetup,mdadm,e2fsprogs,strace,tmux,\
linux-perf,libbpf-tools,bpftool,sysstat,systemd,udev,make,python3-yaml,gcc,libc6-dev,prometheus

# The libraries that the programs link with, as the Makefile names them.
foreign_libraries() {
	make -s -C "$project" --eval='build-pkgs: ; @echo $(BUILD_PKGS)' build-pkgs | tr ' ' '\n' |
		sed -n "/^lib.*-dev$/s/$/:$arch/p" | paste -sd ,
}

cross_packages() { echo "gcc-$triplet,pkg-config,uthash-dev,$(foreign_libraries)"; }

# The maintainer scripts that would have done this cannot run.
foreign_finish() { # DIR
	as_root sh -ec 'cd "$0"
		for name in passwd group; do cp -n usr/share/base-passwd/$name.master etc/$name; done
		for name in awk:mawk cc:gcc nc:nc.openbsd sar:sar.sysstat; do ln -sf "${name#*:}" "usr/bin/${name%:*}"; done
		ln -sf ../proc/self/mounts etc/mtab
		rmdir var/run
		ln -s ../run var/run
		printf "127.0.0.1 localhost\n::1 localhost\n" >etc/hosts' "$1"
}

foreign_guest() {
	local final=$cache/roots/guest-$suite-$arch packages recipe
	packages=$guest_packages,$(foreign_libraries)
	recipe="$packages $(declare -f foreign_finish)"
	guest_root=$final
	hold "$final.lock"
	if [[ $(cat "$final/recipe" 2>/dev/null) != "$recipe" ]]; then
		say "making a Debian $suite root for $arch to boot into (once)"
		debian_root "$final.new" "$arch" extract "$packages" --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr
		foreign_finish "$final.new"
		echo "$recipe" | as_root tee "$final.new/recipe" >/dev/null
		as_root rm -rf --one-file-system "$final"
		as_root mv "$final.new" "$final"
		rm -f "$final.new.log"
	fi
	flock -u 9
}

foreign_programs() {
	local tree=$area/programs log dir wanted
	log=$root$tree.log
	mkdir -p "$root$tree" "$project/build/$arch"
	exec 8>"$root$tree.lock"
	flock 8
	# The root may be older than a library's being needed.
	IFS=, read -ra wanted <<<"$(cross_packages)"
	in_root dpkg -s "${wanted[@]}" >"$log" 2>&1 ||
		in_root sh -ec 'apt-get -qq update; apt-get install -qq --no-install-recommends "$@"' - "${wanted[@]}" \
			>"$log" 2>&1 || { cat "$log" >&2; die "no libraries to build for $arch with"; }
	for dir in include daemon tui dkms tests/vm/fuzz; do
		mkdir -p "$root$tree/$dir"
		sources_sync "$project/$dir" "$root$tree/$dir"
	done
	(cd "$project" && find Makefile tests dkms -type f \( -name Makefile -o -name '*.mk' \) -exec cp -p --parents -t "$root$tree" {} +)
	in_root make -j"$(nproc)" -C "$tree" CC="$triplet-gcc" AR="$triplet-ar" \
		PKG_CONFIG="2>/dev/null PKG_CONFIG_LIBDIR=/usr/lib/$triplet/pkgconfig:/usr/share/pkgconfig pkg-config" \
		programs build/describe build/vm-fuzz >"$log" 2>&1 || { cat "$log" >&2; die "the programs do not build for $arch"; }
	find "$root$tree/build" -maxdepth 1 -type f ! -name '*.*' -exec cp -t "$project/build/$arch" {} +
	flock -u 8
}
