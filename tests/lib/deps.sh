#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Installs those of the Debian packages that are missing; ?NAME only if there
# is one of that name. Touches nothing, not even the network, if all are there.
set -euo pipefail

installed() {
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

apt() {
	local sudo=()
	((EUID)) && sudo=(sudo)
	"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

missing=() optional=()
for package; do
	installed "${package#\?}" && continue
	case $package in
	\?*) optional+=("${package#\?}") ;;
	*) missing+=("$package") ;;
	esac
done
if ((${#missing[@]})); then
	type -P apt-get >/dev/null || {
		echo "sysperf: no apt-get here; needed are what Debian calls: ${missing[*]}" >&2
		exit 1
	}
	apt update
fi
for package in "${optional[@]}"; do
	[[ $(apt-cache policy "$package" 2>/dev/null) == *'Candidate: '[0-9]* ]] && missing+=("$package")
done
if ((${#missing[@]})); then
	echo "installing ${missing[*]}" >&2
	apt install --no-install-recommends -y "${missing[@]}"
fi
