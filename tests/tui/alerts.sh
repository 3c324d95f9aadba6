#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# An alert of sysperfd that fires is on the first line, and goes when it is over.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"

sock=$tui_dir/sock
configure() { # WHEN
	printf '%s\n' '[collection]' 'delay = 0.2' '[module]' 'load = no' '[recording]' 'directory =' '[metrics]' 'listen = off' \
		'[alert in-use]' "when = golden.memory.used_pct $1" 'for = 0' 'clear_for = 0' \
		'[alert worst]' "when = golden.memory.used_pct $1" 'for = 0' 'clear_for = 0' \
		'severity = critical' >"$tui_dir/conf"
}
answers() { "$(dirname "$SYSPERF")/sysperfd" --status --socket "$sock" >/dev/null 2>&1; }

configure '> 0'
tui_spawn "$(dirname "$SYSPERF")/sysperfd" --config "$tui_dir/conf" --socket "$sock"
daemon=$!
tui_until sysperfd answers
tui_shell 120 24
tui_run --source daemon --socket "$sock" -d 0.2
tui_wait 'ALERT worst \+1'
configure '> 100'
kill -HUP "$daemon"
tui_wait_not 'ALERT'
tui_has 'LATENCY +TRAFFIC' || die 'the screen is gone'
tui_quit
