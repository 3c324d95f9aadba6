#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A terminal's screen, as tmux capture-pane -e prints it, as an SVG: each run of
one look is a text of its own, stretched to its cells, so that any monospace
font fits.

    ansi2svg.py COLSxROWS <screen >picture.svg
"""
import html
import re
import sys
import unicodedata

CELL, LINE, SIZE, PAD = 8, 17, 13, 8
BACK, FORE = "#16181d", "#d6d9de"
COLOURS = ["#16181d", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d6d9de",
           "#7a808c", "#ff7b86", "#b5e08d", "#ffd787", "#7fc1ff", "#dd9bf0", "#6fd3de", "#ffffff"]


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def look(params, was):
    """What an SGR sequence makes of (fore, back, bold, dim, reverse)."""
    now = dict(was)
    for code in (int(p or 0) for p in re.split("[;:]", params)):
        if code == 0:
            now = {}
        elif code in (1, 2, 7):
            now[code] = True
        elif code == 22:
            now.pop(1, None)
            now.pop(2, None)
        elif code == 27:
            now.pop(7, None)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            now["fore"] = COLOURS[code - 30 if code < 90 else code - 82]
        elif code == 39:
            now.pop("fore", None)
        elif 40 <= code <= 47:
            now["back"] = COLOURS[code - 40]
        elif code == 49:
            now.pop("back", None)
        else:
            sys.exit(f"ansi2svg: SGR {code} is not known")
    return now


def draw(x, y, text, style):
    cells = width(text)
    fore, back = style.get("fore", FORE), style.get("back")
    if style.get(7):
        fore, back = back or BACK, fore
    if back:
        print(f'<rect x="{PAD + x * CELL}" y="{PAD + y * LINE}" width="{cells * CELL}" height="{LINE}" fill="{back}"/>')
    bare = text.strip(" ")
    if bare:
        x += width(text) - width(text.lstrip(" "))
        more = (' font-weight="bold"' if style.get(1) else "") + (' opacity="0.6"' if style.get(2) else "")
        print(f'<text x="{PAD + x * CELL}" y="{PAD + y * LINE + SIZE}" fill="{fore}" textLength="{width(bare) * CELL}"{more}>'
              f'{html.escape(bare, quote=False)}</text>')
    return cells


def main():
    cols, rows = map(int, sys.argv[1].split("x"))
    wide, high = cols * CELL + 2 * PAD, rows * LINE + 2 * PAD
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
          f'font-family="monospace" font-size="{SIZE}" xml:space="preserve"><rect width="100%" height="100%" rx="6" fill="{BACK}"/>')
    style = {}
    for y, line in enumerate(sys.stdin.read().split("\n")[:rows]):
        x = 0
        for sgr, text in re.findall(r"\x1b\[([\d;:]*)m|([^\x1b]+)", line.replace("\x0e", "").replace("\x0f", "")):
            if text:
                x += draw(x, y, text, style)
            else:
                style = look(sgr, style)
    print("</svg>")


main()
