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
	tui_wait 'warning and critical, '
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
change 'off 900'
tui_wait '^ cpu_waiting +off 900 '
tui_wait_not 'cpu saturation'
tui_keys Home
change '2 3'
tui_wait '^ oom_kills +2 3 '
tui_keys W
tui_wait 'saved in .*/sysperf/config'
for line in '# of ours' 'steal_warning = 7 ; percent' 'cpu_waiting_warning = off' 'cpu_waiting_critical = 900' 'oom_kills_warning = 2' '[screen]'; do
	grep -qxF "$line" "$config" || die "'$line' is not in the file"
done
expect_eq "$(grep -Ec '^ *(cpu_waiting|oom_kills|\[)' "$config")" 6 'lines of what was changed, and headings'
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

# Where somebody else judges, it is said.
"$SYSPERF" record -d 0.2 -n 3 "$tui_dir/rec"
tui_shell 100 30
tui_keys "clear; $SYSPERF -r $tui_dir/rec; echo st\"\"atus=\$?." Enter
tui_wait '^CPU'
tui_keys F2 BTab
tui_wait '^ oom_kills +off off '
change '5 6'
tui_wait 'a recording keeps its verdicts'
tui_has '^ oom_kills +off off ' || die 'taken all the same'
tui_keys Escape
tui_quit
