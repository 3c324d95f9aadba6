#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A recording on the live screen: atop's keys go through it.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"
need_tool jq

file=$tui_dir/rec.spr
# A second apart, so that each has a time of its own to be known by.
"$SYSPERF" record -d 1 -n 8 "$file"
mapfile -t times < <("$SYSPERF" -r "$file" --format json | jq -r .time | while read -r t; do date -d "$t" +'%F %T'; done)
[[ ${#times[@]} == 8 ]] || die "samples: ${#times[@]}"

tui_start 100 24 -r "$file"
tui_wait "${times[0]}.*RECORDED"
tui_keys t
tui_wait "^[^|]*${times[1]}"
tui_keys t t
tui_wait "${times[3]}"
tui_keys T
tui_wait "${times[2]}"
tui_keys r
tui_wait "^.*${times[0]}"
tui_keys T
tui_wait 'this is the first sample'
tui_keys Z
tui_wait "${times[7]}"
tui_keys t
tui_wait 'this is the last sample'
tui_has "${times[7]}" || die 'it left the last sample'

# To a time; by a time; and what is none.
tui_keys b
tui_wait '^go to'
tui_keys "${times[4]#* }" Enter
tui_wait "${times[4]}"
tui_keys J
tui_wait '^back by'
tui_keys 2s Enter
tui_wait "${times[2]}|${times[3]}"
tui_keys j
tui_wait '^forward by'
tui_keys 1h Enter
tui_wait "${times[7]}"
tui_keys b
tui_wait '^go to'
tui_keys noon Enter
tui_wait "'noon' is no time"
tui_keys j
tui_wait '^forward by'
tui_keys fast Enter
tui_wait "'fast' is no length of time"

# Nothing is done to tasks of then.
tui_keys F9
tui_wait 'not of this machine now'
# Played, it stops at the end.
tui_keys r
tui_wait "${times[0]}"
tui_keys d
tui_wait 'seconds between'
tui_keys 0.2 Enter z
tui_wait "${times[7]}"
tui_wait 'RECORDED'
# Screens and help are those of the live screen.
tui_keys Tab
tui_wait '^CPU +USER%'
tui_keys h End
tui_wait 'procfs'
tui_keys q q
tui_wait 'status=0'
