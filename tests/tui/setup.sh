#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The setup screen: what is changed is seen, saved as a whole, read again, and
# survived when broken; the mouse.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"
config=$tui_dir/config/sysperf/config

tui_canned 100 30
tui_keys F2
tui_wait '^Setup '
tui_keys Down
tui_keys Space Space Space
tui_wait '^ theme +mono'
colours() { tui_tmux capture-pane -pe | grep -Eq $'\e\\[([0-9;]*;)?[34][0-7][;m]'; }
! colours || die 'colours in spite of the theme'
tui_keys Down Space
tui_wait '^ ascii +yes'
if tui_screen | LC_ALL=C grep -q $'[\x80-\xff]'; then
	die 'not ASCII alone'
fi

# Columns: in, out, earlier, later.
tui_keys Tab
tui_wait '^Columns '
tui_keys Down Space Home +
tui_wait '^ \[x\] S '
tui_keys Escape
tui_wait '^S +PID +CPU%'
[[ ! -e $config ]] || die 'saved without being asked to'
tui_keys W
tui_wait 'saved in .*/sysperf/config'
grep -q '^theme = mono' "$config" || die 'no theme in the file'
grep -q '^columns = state,pid,cpu_pct' "$config" || die 'no columns in the file'
tui_quit

# It is so from then on; what the command line says is stronger.
tui_canned 100 30
tui_has '^S +PID +CPU%' || die 'columns were forgotten'
! colours || die 'the theme was forgotten'
tui_quit
tui_canned 100 30 -o rss_bytes
tui_has 'RSSv' || die 'the order of the command line is not taken'
tui_quit

# The rest of the file stays as it is, and so does a link to it.
cat >"$tui_dir/mine" <<'END'
# by hand
[thresholds]
steal_warning = 7 ; percent
[screen]
# colours that I like
theme = usual
END
mv "$tui_dir/mine" "$tui_dir/dotfile"
chmod 640 "$tui_dir/dotfile"
ln -sf "$tui_dir/dotfile" "$config"
tui_canned 100 30
tui_keys F2 Down Space W
tui_wait 'saved in'
tui_keys Escape
tui_quit
[[ -L $config ]] || die 'the link was replaced'
expect_eq "$(stat -c %a "$tui_dir/dotfile")" 640 'mode of the file'
for line in '# by hand' 'steal_warning = 7 ; percent' '# colours that I like' 'theme = light'; do
	grep -qxF "$line" "$tui_dir/dotfile" || die "'$line' is not in the file"
done
XDG_CONFIG_HOME=$tui_dir/config "$SYSPERF" --print-config | grep -x 'steal_warning = 7' >/dev/null ||
	die 'the file is no configuration any more'
expect_eq "$(find "$tui_dir/config" "$tui_dir" -maxdepth 1 -name '*.??????' | wc -l)" 0 'files left over'

# A broken section is told of, and the rest holds.
printf '[screen]\ntheme = mono\ndelay = never\nnonsense\nx = y\n\0' >"$tui_dir/dotfile"
tui_start 100 30
tui_wait '\[screen\] delay is'
! colours || die 'what is good was not taken'
tui_quit

# Where it cannot be written, nothing is lost.
printf '[screen]\ntheme = mono\n' >"$tui_dir/dotfile"
rm "$config" && rmdir "$tui_dir/config/sysperf" && echo file >"$tui_dir/config/sysperf"
tui_canned 100 30
tui_keys W
tui_wait 'was not written: '
tui_quit

# The mouse: a head, a row, once more, a tab. As a terminal sends clicks.
click() { tui_tmux send-keys -l $'\e[<0;'"$2;$1"$'M\e[<0;'"$2;$1"m; }
row_of() { tui_screen | grep -nE -m 1 -- "$1" | cut -d: -f1; }
TUI_ENV='TERM=xterm-256color' tui_canned 100 30
click "$(row_of '^ *PID ')" 5
tui_wait 'by PID'
click "$(row_of '^ *1002 ')" 20
tui_wait 'order held'
click "$(row_of '^ *1002 ')" 20
tui_wait 'process 1002 of'
tui_keys Escape
click "$(row_of '^ Tasks ')" 15
tui_wait '^LATENCY'
tui_quit
