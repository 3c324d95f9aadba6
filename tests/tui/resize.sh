#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Resizing at any moment and to any size: it lives on and fits.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"

sizes=(1x1 2x1 1x2 5x3 10x2 20x5 40x10 79x23 80x24 81x25 132x43 200x60 300x100
	3x100 300x1 300x3 60x4 80x7 80x10 1x1 30x30 120x40)

tui_start 80 24 -d 0.2
pid=$(tui_pid)
for page in tasks cpus disks nets; do
	for size in "${sizes[@]}"; do
		tui_tmux resize-window -x "${size%x*}" -y "${size#*x}"
		sleep 0.02
	done
	tui_keys Tab
	[[ $page != cpus ]] || tui_keys 1
	kill -0 "$pid" || die "died on $page"
done
tui_keys h
for size in "${sizes[@]}"; do
	tui_tmux resize-window -x "${size%x*}" -y "${size#*x}"
	sleep 0.02
done
tui_keys q
tui_keys / abc
for size in "${sizes[@]}"; do
	tui_tmux resize-window -x "${size%x*}" -y "${size#*x}"
	sleep 0.02
done
tui_keys Escape
kill -0 "$pid" || die 'died'
tui_tmux resize-window -x 80 -y 24
tui_wait '^NET +(OK|WARN|CRIT|-)'
tui_wait 'h help'
tui_quit

# Each size from the start, too.
for size in 1x1 2x2 20x5 300x100; do
	tui_shell 80 24
	tui_tmux resize-window -x "${size%x*}" -y "${size#*x}"
	tui_run -n 2 -d 0.1 "&& echo good >$tui_dir/$size"
	tui_until "it to end at $size" test -s "$tui_dir/$size"
done
