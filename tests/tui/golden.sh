#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Screens on canned frames, held against those in golden/: six sizes in UTF-8,
# ASCII and without colours, all pages at two. GOLDEN=update writes them anew;
# look at what changed before it is committed.
# TIMEOUT=600
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"
golden=$(dirname "$0")/golden
mkdir -p "$golden"
different=0

compare() { # NAME [OPTION of capture-pane]
	local name=$1
	shift
	tui_tmux capture-pane -p "$@" | sed 's/ *$//' >"$tui_dir/$name"
	if [[ ${GOLDEN-} == update ]]; then
		cp "$tui_dir/$name" "$golden/$name"
	elif ! cmp -s "$tui_dir/$name" "$golden/$name"; then
		diff -u "$golden/$name" "$tui_dir/$name" | head -n 30 || true
		different=$((different + 1))
	fi
}

for size in 20x5 40x12 80x24 132x43 200x60 300x100; do
	CANNED='CANNED_TASKS=120' tui_canned "${size%x*}" "${size#*x}"
	compare "$size-utf8"
	tui_quit
	TUI_LC_ALL=C CANNED='CANNED_TASKS=120' tui_canned "${size%x*}" "${size#*x}"
	compare "$size-ascii"
	tui_quit
	TUI_ENV='NO_COLOR=1' CANNED='CANNED_TASKS=120' tui_canned "${size%x*}" "${size#*x}"
	compare "$size-mono" -e
	tui_quit
done

pages=(cpus memory disks network cgroups heat verdicts)
for size in 80x24 200x60; do
	CANNED='CANNED_TASKS=120' tui_canned "${size%x*}" "${size#*x}"
	compare "$size-colours" -e
	for page in "${pages[@]}"; do
		tui_keys Tab
		tui_still
		compare "$size-$page"
	done
	tui_keys Tab c Enter
	tui_wait 'process 1002'
	tui_still
	compare "$size-task"
	tui_keys q h
	tui_still
	compare "$size-help"
	tui_keys q F2
	tui_still
	compare "$size-setup"
	tui_keys BTab Down Down Down Down Down Down
	tui_still
	compare "$size-thresholds"
	tui_keys Escape
	tui_quit
done
tui_canned 68 16 # too narrow for who causes it and his number
compare 68x16
tui_quit
CANNED='CANNED_SCENE=procfs' tui_canned 80 24
compare 80x24-procfs
tui_quit
((different == 0)) || die "$different screens are others than in $golden"
