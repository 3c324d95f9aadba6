#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Puts debian/ in place in a tree of sources: debian.sh TREE VERSION MAINTAINER
# PACKAGE… (which it needs to build).
set -euo pipefail
tree=$1 version=$2 maintainer=$3
shift 3
depends=$(printf ', %s' "$@")

# "## 0.1.0 (2026-11-21)" and the list below it, newest first; the version that
# is built is the newest, whatever its heading says.
changelog() {
	local heading='^## ([^ ]+) \((.*)\)$' line date='' number=$version
	while IFS= read -r line; do
		if [[ $line =~ $heading ]]; then
			[[ ! $date ]] || signature "$date"
			[[ ! $date ]] || number=${BASH_REMATCH[1]}
			date=${BASH_REMATCH[2]}
			printf 'sysperf (%s) unstable; urgency=medium\n\n' "$number"
		elif [[ $date && $line ]]; then
			printf '  %s\n' "$line"
		fi
	done
	signature "$date"
}

signature() { # DATE
	printf '\n -- %s  %s\n\n' "$maintainer" "$(LC_ALL=C date -u -R -d "$1")"
}

cp -r "$tree/dkms/debian" "$tree/debian"
[[ ! -d $tree/dkms/prometheus ]] || cat "$tree/debian/control.prometheus" >>"$tree/debian/control"
rm "$tree/debian/control.prometheus"
sed -i "s/@BUILD_DEPENDS@/${depends#, }/; s/@MAINTAINER@/${maintainer//[\\\/&]/\\&}/" "$tree/debian/control"
sed -i "s/@VERSION@/$version/g" "$tree"/debian/sysperf*.{pre,post}*
changelog <"$tree/dkms/CHANGELOG.md" >"$tree/debian/changelog"
