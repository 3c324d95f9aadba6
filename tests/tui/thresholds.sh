#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Thresholds in the setup screen: in force at once, saved with what else is in
# the section, and theirs who judge.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"
config=$tui_dir/config/sysperf/config

mkdir -p "${config%/*}"
cat >"$config" <<'END'
[thresholds]
# of ours
steal_warning = 7 ; percent
cpu_waiting_warning = 0.6
  cpu_waiting_critical = 1000 ; old
END
for ((i = 3 * $(nproc); i; i--)); do
	tui_spawn sh -c 'while :; do :; done'
done
tui_start 100 30 -d 0.5
tui_wait 'WARNING +cpu saturation'
tui_keys F2 Tab Tab
tui_wait '^Thresholds'
tui_wait '^ cpu_waiting +0\.6 1000 +tasks a CPU'
change() { # VALUE: of the threshold under the cursor
	tui_keys Space
	tui_wait ': warning critical, or off'
	tui_keys C-u
	tui_tmux send-keys -l -- "$1"
	tui_keys Enter
}
tui_keys Down Down Down Down Down Down Down Down Down
change '3 2'
tui_wait 'critical is less than warning'
change '0.1 nan'
tui_wait "a level of '0.1 nan' is neither off nor a number"
change 5
tui_wait "'5' is neither off nor two values"
tui_has '^ cpu_waiting +0\.6 1000 ' || die 'what is wrong was taken'
tui_has 'WARNING +cpu saturation' || die 'it judges by something else'
change '0.00001 900'
tui_wait '^ cpu_waiting +0\.00001 900 '
change 'off 900'
tui_wait '^ cpu_waiting +off 900 '
tui_wait_not 'cpu saturation'
tui_keys Home
change '2 3'
tui_wait '^ oom_kills +2 3 '
tui_keys Down Down
change '0.00001 5'
tui_wait '^ ecc_errors +0\.00001 5 '
tui_keys Up
change '4 5'
tui_wait '^ machine_checks +4 5 '
tui_keys 0
tui_wait '^ machine_checks +1 10 '
tui_keys W
tui_wait 'saved in .*/sysperf/config'
for line in '# of ours' 'steal_warning = 7 ; percent' 'cpu_waiting_warning = off' 'cpu_waiting_critical = 900' 'oom_kills_warning = 2' '[screen]'; do
	grep -qxF "$line" "$config" || die "'$line' is not in the file"
done
expect_eq "$(grep -Ec '^ *(cpu_waiting|oom_kills|\[)' "$config")" 7 'lines of what was changed, and headings'
expect_eq "$(sed -n '1,5p' "$config")" '[thresholds]
# of ours
steal_warning = 7 ; percent
cpu_waiting_warning = off
cpu_waiting_critical = 900' 'what stood there stands there'
tui_keys Escape
tui_quit

# From the file, and once more: what is saved twice stands there once.
tui_start 100 30
tui_keys F2 BTab
tui_wait '^ cpu_waiting +off 900 '
tui_wait '^ steal +7 30 '
change 'off'
tui_wait '^ oom_kills +off off '
tui_keys W
tui_wait 'saved in'
tui_keys Escape
tui_quit
expect_eq "$(grep -c '^oom_kills' "$config")" 2 'lines of oom_kills'
XDG_CONFIG_HOME=$tui_dir/config "$SYSPERF" --print-config | grep -x 'oom_kills_critical = off' >/dev/null ||
	die 'the file is no configuration any more'

# A file that would not be read again is not left behind, nor a device replaced.
printf '\xef\xbb\xbf[thresholds]\noom_kills_warning = 3\noom_kills_critical = 4\n' >"$config"
before=$(md5sum <"$config")
tui_start 100 30
tui_keys F2 BTab
tui_wait '^ oom_kills +3 4 '
change '5 6'
tui_wait '^ oom_kills +5 6 '
tui_keys W
tui_wait 'was not written: it could not be read again'
expect_eq "$(md5sum <"$config")" "$before" 'the file'
tui_keys Escape
tui_quit
expect_eq "$(find "$tui_dir/config" "$tui_dir" -maxdepth 1 -name '*.??????' | wc -l)" 0 'files left over'
mkfifo "$tui_dir/pipe"
(while [[ -p $tui_dir/pipe ]]; do : >"$tui_dir/pipe"; done) 2>/dev/null &
tui_pids+=($!)
tui_start 100 30 --config "$tui_dir/pipe"
tui_keys W
tui_wait 'was not written: it is no regular file'
[[ -p $tui_dir/pipe ]] || die 'it was replaced'
tui_quit
rm "$config"

# Where somebody else judges, it is said.
"$SYSPERF" record -d 0.2 -n 3 "$tui_dir/rec"
tui_shell 100 30
tui_keys "clear; $SYSPERF -r $tui_dir/rec; echo st\"\"atus=\$?." Enter
tui_wait '^CPU'
tui_keys F2 BTab
tui_wait '^A recording keeps its verdicts'
tui_keys Space
tui_wait '^ oom_kills +1 1 '
tui_lacks 'or off:' || die 'asked for what cannot be changed'
tui_keys Escape
tui_quit
