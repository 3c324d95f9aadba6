#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What packages do with the module: kernels that DKMS leaves out, signatures for
# Secure Boot and what is said about them, and what is stopped and started.
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{bin,run/systemd/system,sys/module,etc/dkms,var/lib/dkms,proc}
export PATH=$work/bin:$PATH
for script in module sign; do # the same, in a machine of its own
	sed -E "s,/(run|sys|etc|var|proc)/,$work/\1/,g; s,/dev/sysperf,$work&,g" "dkms/$script" >"$work/$script"
	chmod +x "$work/$script"
done
fake() { # NAME LINE…: a program of that name
	printf '%s\n' '#!/bin/bash' "echo \"$1 \$*\" >>$work/calls" "${@:2}" >"$work/bin/$1"
	chmod +x "$work/bin/$1"
}
says() { # PATTERN COMMAND…
	local said
	said=$("${@:2}" 2>&1) || die "status $?: ${*:2}: $said"
	[[ $said =~ $1 ]] || die "'${*:2}' said: $said"
}
called() { grep -q "^$1" "$work/calls"; }
fresh() { : >"$work/calls"; }

# Which kernels are excluded, by the patterns of dkms.conf.
kernels=$(bash -c '. dkms/dkms.conf; echo "$BUILD_EXCLUSIVE_KERNEL"')
for kernel in 5.10.0-46-amd64 5.15.0-91-generic 6.1.0-56-amd64 6.12.107+deb13-amd64 7.3-amd64 10.0.1; do
	[[ $kernel =~ $kernels ]] || die "$kernel is excluded"
done
for kernel in 2.6.32-5 4.19.0-27-amd64 5.1.21 5.9.0-5-amd64; do
	[[ ! $kernel =~ $kernels ]] || die "$kernel is not excluded"
done
machines=$(bash -c '. dkms/dkms.conf; echo "$BUILD_EXCLUSIVE_ARCH"')
[[ x86_64 =~ $machines && aarch64 =~ $machines && ! i686 =~ $machines && ! armv7l =~ $machines ]] || die "machines: $machines"

# Secure Boot.
fake modprobe '[[ $1 != -r && $1 != -n ]] || exit 0' "mkdir -p $work/sys/module/sysperf; echo 1.0 >$work/sys/module/sysperf/version"
fake systemctl 'exit 1'
fake deb-systemd-invoke
fake ischroot 'exit 1'
load() { rm -rf "$work/sys/module/sysperf"; "$work/module" load 1.0; }
boot() { fake mokutil "case \$1 in --sb-state) echo 'SecureBoot $1' ;; *) echo '$2' ;; esac"; }
signed() { fake modinfo "echo '$1'"; }
signed '' && boot disabled ''
says '^$' load
boot enabled ''
says 'Secure Boot is on, and the module is not signed' load
signed 'DKMS module signing key' && boot enabled 'x is not enrolled'
says "does not know the module's key yet: mokutil --import $work/var/lib/dkms/mok.pub" load
echo mok_certificate=/root/own.der >"$work/etc/dkms/framework.conf"
says 'mokutil --import /root/own.der' load
rm "$work/etc/dkms/framework.conf"
boot enabled 'x is already enrolled'
says "the firmware knows the module's key" load

# Signing, where there is a key and no signature.
mkdir -p "$work/kernel/scripts"
cat >"$work/kernel/scripts/sign-file" <<END
#!/bin/sh
echo "\$@" >>$work/calls
printf '~Module signature appended~\n' >>"\$4"
END
chmod +x "$work/kernel/scripts/sign-file"
echo module >"$work/sysperf.ko"
fresh
"$work/sign" "$work/kernel" "$work/sysperf.ko"
[[ ! -s $work/calls ]] || die "signed without a key"
touch "$work/var/lib/dkms/mok.key" "$work/var/lib/dkms/mok.pub"
"$work/sign" "$work/kernel" "$work/sysperf.ko"
"$work/sign" "$work/kernel" "$work/sysperf.ko"
expect_eq "$(<"$work/calls")" "sha256 $work/var/lib/dkms/mok.key $work/var/lib/dkms/mok.pub $work/sysperf.ko" "signing"
"$work/sign" "$work/kernel" "$work/none.ko" # compressed, so dkms 3 has done it

# No module for this kernel; one that stays, and who reads it.
fake modprobe '[[ $1 != -n ]]'
says 'there is no module for this kernel .*5.10 or newer.*headers' load
fake ischroot
says '^$' load # whose kernel would that be
fake ischroot 'exit 1'
fake rmmod 'exit 1'
fake sleep
mkdir -p "$work/sys/module/sysperf" "$work/proc/4711/fd"
echo 0.9 >"$work/sys/module/sysperf/version"
echo reader >"$work/proc/4711/comm"
ln -s "$work/dev/sysperf" "$work/proc/4711/fd/3"
says 'stays loaded: reader \(4711\)' "$work/module" unload
says 'version 0.9 of the module is still loaded' "$work/module" load 1.0

# The daemon goes on; one that does not let go is stopped, and started again in
# the end, once.
fake systemctl '[[ $* == "-q is-active sysperfd.service" ]]'
holder=$work/proc/4711/fd/3
fake modprobe "[[ \$1 != -r ]] || { [[ ! -L $holder ]] && rmdir $work/sys/module/sysperf; }"
rm "$work/sys/module/sysperf/version" "$holder"
fresh
says '^$' "$work/module" unload
! called deb-systemd-invoke || die "stopped without need"
mkdir "$work/sys/module/sysperf"
echo sysperfd >"$work/proc/4711/comm"
ln -s "$work/dev/sysperf" "$holder"
fake deb-systemd-invoke "rm -f $holder"
fresh
says '^$' "$work/module" unload
grep -E 'invoke|modprobe' "$work/calls" | tail -n 2 >"$work/order"
expect_eq "$(<"$work/order")" $'deb-systemd-invoke stop sysperfd.service\nmodprobe -r sysperf' "at unload"
fake systemctl 'exit 1'
fresh
load >/dev/null
called 'deb-systemd-invoke start sysperfd.service' || die "not started again: $(<"$work/calls")"
fresh
load >/dev/null
! called deb-systemd-invoke || die "started twice"
