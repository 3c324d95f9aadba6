#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# sysperf report and diff over real recordings: pages, times, damage, statuses.
# TIMEOUT=300
set -euo pipefail
. "$(dirname "$0")/../lib/sh.sh"
need_tool jq truncate python3

tmp=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$tmp"' EXIT
cd "$(dirname "$0")/../.."

build/sysperf record -d 0.1 -n 120 "$tmp/a.spr"

# The page of text, and what it says of the period.
build/sysperf report "$tmp/a.spr" -w 120 --html "$tmp/a.html" >"$tmp/text"
head -n 1 "$tmp/text" | grep -qF "sysperf report of $tmp/a.spr" || die "first line: $(head -n 1 "$tmp/text")"
grep -q ': 120 samples of 0.1s on average' "$tmp/text" || die "samples: $(sed -n 4p "$tmp/text")"
grep -q "^$(uname -n), Linux $(uname -r), " "$tmp/text" || die "host: $(sed -n 2p "$tmp/text")"
grep -q '^cpu  *traffic  *util ' "$tmp/text" || die "no utilization"
grep -q '^TOP CPU: ' "$tmp/text" || die "no top consumers"
(($(awk '{ if (length > n) n = length } END { print n }' "$tmp/text") <= 120)) || die "wider than 120"
# All of it and a part.
last=$(build/sysperf -r "$tmp/a.spr" --format json | jq -r .time | tail -n 20 | head -n 1)
build/sysperf report "$tmp/a.spr" --begin "$last" | grep -q ': 20 samples of' || die "--begin"
err=$(build/sysperf report "$tmp/a.spr" --end y 2>&1 >"$tmp/out")
expect_eq "$err" "sysperf: $tmp/a.spr has no sample of that time" "no sample"
expect_eq "$(wc -c <"$tmp/out")" 0 "page of nothing"

# The HTML page: closed tags, nothing from elsewhere, no script.
python3 - "$tmp/a.html" <<'PY'
import html.parser, sys
class Page(html.parser.HTMLParser):
    void = {"meta"}
    optional = {"html", "p"}
    def __init__(self):
        super().__init__()
        self.open, self.count = [], {}
    def handle_starttag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1
        for name, value in attrs:
            assert name not in ("src", "href", "onclick", "xlink:href"), (tag, name, value)
        if tag not in self.void | self.optional:
            self.open.append(tag)
    def handle_endtag(self, tag):
        if tag not in self.optional:
            assert self.open and self.open.pop() == tag, (tag, self.open, self.getpos())
p = Page()
p.feed(open(sys.argv[1], encoding="utf-8").read())
p.close()
assert not p.open, p.open
assert p.count["svg"] > 5 and p.count["table"] > 5 and "script" not in p.count, p.count
PY
expect_status 2 build/sysperf report "$tmp/a.spr" --html "$tmp/no/such.html" >/dev/null 2>"$tmp/err"
grep -q "^sysperf: cannot write $tmp/no/such.html: No such file" "$tmp/err" || die "$(<"$tmp/err")"

# A recording is like itself.
build/sysperf diff "$tmp/a.spr" "$tmp/a.spr" >"$tmp/out"
grep -q '^no regression: ' "$tmp/out" || die "$(tail -n 3 "$tmp/out")"
build/sysperf diff "$tmp/a.spr" "$tmp/a.spr" --format json |
	jq -e '.schema == "sysperf-diff/1" and .regression == false and .threshold_pct == 10 and .a.samples == 120 and
		(.golden | length) > 20 and all(.golden[]; .resource and .signal and .key and .outcome)' >/dev/null || die "json"

# With four busy loops a CPU tasks wait, which they did not as much before.
hogs=()
for ((i = 0; i < 4 * $(nproc); i++)); do
	(while :; do :; done) &
	hogs+=($!)
done
build/sysperf record -d 0.1 -n 120 "$tmp/b.spr"
kill "${hogs[@]}"
wait || true
status=0
build/sysperf diff "$tmp/a.spr" "$tmp/b.spr" >"$tmp/out" || status=$?
expect_eq "$status" 6 "status of a regression: $(<"$tmp/out")"
grep -q '^worse .*\(runnable\|waiting\|mean\|p[59]\)' "$tmp/out" || die "$(<"$tmp/out")"
build/sysperf diff "$tmp/a.spr" "$tmp/b.spr" --format json >"$tmp/json" || true
jq -e '.regression and any(.golden[], .tasks[]; .outcome == "worse" and .p < 0.01)' "$tmp/json" >/dev/null || die "json"
# By a threshold that hardly anything reaches it is only what does: on a machine
# where nobody waited before, some.
build/sysperf diff "$tmp/a.spr" "$tmp/b.spr" --threshold 100000 --format json >"$tmp/json" || true
jq -e '.threshold_pct == 100000 and all(.golden[], .tasks[];
	.outcome != "worse" or .change_pct == null or .change_pct >= 100000)' "$tmp/json" >/dev/null || die "threshold"

# Few samples: not judged, no regression.
build/sysperf record -d 0.1 -n 3 "$tmp/few.spr"
build/sysperf diff "$tmp/a.spr" "$tmp/few.spr" >"$tmp/out"
grep -q '^nothing can be judged' "$tmp/out" || die "$(tail -n 3 "$tmp/out")"

# Damaged, unreadable, empty.
cp "$tmp/a.spr" "$tmp/torn.spr"
truncate -s -10 "$tmp/torn.spr"
expect_status 4 build/sysperf report "$tmp/torn.spr" >"$tmp/out" 2>"$tmp/err"
grep -q '^LOST: the recording is damaged in 1 place ' "$tmp/out" || die "$(head -n 6 "$tmp/out")"
grep -q "^sysperf: $tmp/torn.spr is damaged: " "$tmp/err" || die "$(<"$tmp/err")"
expect_status 4 build/sysperf diff "$tmp/a.spr" "$tmp/torn.spr" >"$tmp/out" 2>"$tmp/err"
grep -q 'DAMAGED in 1 place' "$tmp/out" || die "$(head -n 8 "$tmp/out")"
expect_status 6 build/sysperf diff "$tmp/torn.spr" "$tmp/b.spr" >/dev/null 2>&1
: >"$tmp/empty.spr"
for bad in /etc/passwd "$tmp/nosuch" "$tmp/empty.spr"; do
	for command in "report $bad" "diff $bad $tmp/a.spr" "diff $tmp/a.spr $bad"; do
		# shellcheck disable=SC2086
		err=$(expect_status 5 build/sysperf $command 2>&1 >"$tmp/out") || die "status of $command: $err"
		[[ $err == "sysperf: "*"$bad"* && $(wc -l <<<"$err") == 1 ]] || die "message of $command: $err"
		expect_eq "$(wc -c <"$tmp/out")" 0 "output of $command"
	done
done

# A reader that goes away, and a full disk.
build/sysperf report "$tmp/a.spr" | head -n 1 >/dev/null
if [[ -e /dev/full ]]; then
	expect_status 2 build/sysperf report "$tmp/a.spr" >/dev/full 2>/dev/null
fi
