#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The task table: order, search, filters, threads, tree, tags.
set -euo pipefail
. "$(dirname "$0")/../lib/tui.sh"
need_tool python3

# One busy, one large, one with threads; nothing else is shown.
tui_spawn bash -c 'exec -a sp-busy-test sh -c "while :; do :; done"'
busy=$!
tui_spawn python3 -c 'x = b"x" * 200000000; import time; time.sleep(100)' sp-large-test
large=$!
tui_spawn python3 -c '
import threading, time
for i in range(3):
    threading.Thread(target=time.sleep, args=(100,)).start()' sp-threads-test
threads=$!

# The table's rows, as pids in order.
rows() { tui_screen | sed -n '/ COMMAND/,$p' | grep -Eo '^ *[0-9]+' | tr -d ' '; }
first_is() { [[ $(rows | head -n 1) == "$1" ]]; }
only_is() { [[ $(rows) == "$1" ]]; }

# pid of the row that is drawn reversed: attributes go on from line to line
cursor() {
	tui_tmux capture-pane -pe | python3 -c '
import re, sys
reverse = table = False
for line in sys.stdin.read().split("\n"):
    plain = ""
    start = None
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b"):
            for code in part[2:-1].split(";"):
                reverse = code == "7" or reverse and code not in ("", "0", "27")
        elif part:
            start = reverse if start is None else start
            plain += part
    if table and start and re.match(r" *[0-9]+ ", plain):
        print(plain.split()[0])
    table = table or " COMMAND" in plain'
}
cursor_is() { [[ $(cursor) == "$1" ]]; }

tui_start 100 24 -d 0.5 -p "$busy,$large,$threads"
tui_until 'the busy one on top' first_is "$busy"
tui_keys M
tui_until 'the large one on top' first_is "$large"
tui_keys I
tui_until 'the order to be inverted' first_is "$busy"
tui_keys P
tui_until 'the busy one on top again' first_is "$busy"
tui_until 'the cursor on top' cursor_is "$busy"

# Search moves the cursor while it is typed.
tui_keys / sp-large
tui_until 'the cursor on the large one' cursor_is "$large"
tui_keys Enter
tui_wait_not '^search'
tui_keys Home
tui_until 'the cursor on top' cursor_is "$busy"
tui_keys n
tui_until 'the next match' cursor_is "$large"

# A text filter leaves what matches, Esc takes it back, = clears it.
tui_keys "\\" sp-threads
tui_until 'only the one with threads' only_is "$threads"
tui_keys Escape
all_three() { [[ $(rows | wc -l) == 3 ]]; }
tui_until 'all again' all_three
tui_keys "\\" sp-threads Enter
tui_until 'only the one with threads' only_is "$threads"
tui_wait "only 'sp-threads'"

# Threads: four rows for it.
four_rows() { [[ $(rows | wc -l) == 4 ]]; }
tui_keys H
tui_until 'its threads' four_rows
tui_wait 'TID'
tui_keys H
tui_until 'its process' only_is "$threads"

# A filter by field, a wrong one, a tree; then a signal by hand.
tui_keys o 'rss_bytes > 100M' Enter
tui_wait 'only by rss_bytes'
tui_wait 'no task matches'
tui_keys o 'ios_per_s > 1' Enter
tui_wait 'ios_per_s is not measured here'
tui_keys o 'nonsense > 1' Enter
tui_wait 'nonsense'
tui_keys '='
tui_wait_not 'only 3 pids' # as top's = does
tui_quit
tui_start 100 24 -d 0.5 -p "$busy,$large,$threads"
tui_keys / sp-large-test Enter
tui_until 'the cursor on the large one' cursor_is "$large"
tui_keys t
tui_wait 'COMMAND'
tui_keys t k
tui_wait "signal to python3 \($large\)"
tui_keys Escape
kill -0 "$large" || die 'killed although it was given up'
tui_keys k 9 Enter
tui_until 'it to be killed' eval "! kill -0 $large 2>/dev/null"
tui_quit

# One that ended is shown for some seconds; e: once only.
tui_start 100 24 -d 0.2 --filter "'comm ~ sp-brief'"
tui_keys e
tui_wait 'are shown once'
tui_keys e
tui_wait 'are shown for 5s'
bash -c 'exec -a x bash -c "printf sp-brief >/proc/self/comm; sleep 1; exit 7"' || true
if [[ $(id -u) == 0 ]]; then
	tui_wait '† exit 7: '
fi
tui_wait 'no task matches'
tui_quit

# Rows keep their places while one moves among them.
tui_canned 80 24
tui_keys Down
tui_wait 'order held'
tui_keys Home
tui_wait_not 'order held'
tui_quit
