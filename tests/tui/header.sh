#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The header at three sizes: four resources, four signals, a verdict, the
# source; and a useful rest where there is hardly any room.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"

verdict='^(ok: nothing is waiting|not judged yet|WARNING |CRITICAL )'

tui_start 80 24
tui_wait "$verdict"
for resource in CPU MEM DISK NET; do
	tui_has "^$resource +(OK|WARN|CRIT|-) " || die "no line of $resource"
done
tui_has 'LATENCY +TRAFFIC +ERRORS +SATURATION' || die 'no heads'
tui_has 'procfs: module not used' || die 'the source is not told'
tui_has 'PID .*CPU%.*COMMAND' || die 'no table'
tui_quit

tui_start 200 60
tui_wait "$verdict"
tui_has 'LATENCY .*LAST [0-9]' || die 'no history'
tui_has 'util .* switch .* PSI .* run/CPU' || die 'no wide header'
tui_has 'USER .*STATES .*RUNQ%.*COMMAND' || die 'no wide table'
tui_has '^DISK +R/S' || [[ ! -e /sys/block/vda ]] || die 'no disks'
tui_quit

tui_shell 20 5
tui_run
tui_wait '^CPU[!?]? MEM[!?]? DISK[!?]? NET'
tui_wait '^(ok|not|CRIT|WARN)'
tui_has 'CPU%.*COMM' || die 'no table at 20x5'
tui_keys q
tui_wait 'status=0\.'

# -n N ends by itself, and only after N frames.
tui_shell 80 24
tui_run -n 2 -d 0.2
tui_wait 'status=0\.'
