#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=300
"""Every key on every screen, then random keys and sizes, on frames that no
machine gives, with the sanitizers watching: nothing may end it but a key, and
not with a complaint. No task that the frames name exists.

SECONDS=10 of random keys; SEED= repeats a run as far as time allows.
"""
import fcntl
import os
import pty
import random
import select
import signal
import struct
import sys
import tempfile
import termios
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CANNED = os.path.join(HERE, "../../build/asan/canned")
SECONDS = float(os.environ.get("SECONDS", "10"))
SEED = int(os.environ.get("SEED", str(time.time_ns() % 1000000)))
PAGES = 9

SPECIAL = ["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1bOA", "\x1bOB", "\x1bOC", "\x1bOD", "\x1b[H", "\x1b[F", "\x1bOH", "\x1bOF",
           "\x1b[5~", "\x1b[6~", "\x1b[2~", "\x1b[3~", "\x1b[Z", "\t", "\r", "\x7f", "\x1b", "\x0c", "\x15", "\x17", "\x07",
           "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[17~", "\x1b[18~", "\x1b[19~", "\x1b[20~", "\x1b[21~"]
PRINTABLE = [chr(c) for c in range(0x20, 0x7f)]
WIDE = ["é", "日", "\u0301", "🙂"]
WORDS = ["cpu_pct > 5\r", "comm ~ e\r", "rss_bytes\t\r", "root\r", "9\r", "KILL\r", "0-3\r", "idle\r", "0.1\r", "\r\r"]
ENDING = {"q", "\x1b[21~"}  # F10
KEYS = SPECIAL + PRINTABLE + WIDE


class Screen:
    """The program in a terminal of its own, whose output is only taken."""

    def __init__(self, seed, home, readonly=False):
        self.report = tempfile.TemporaryFile()
        self.status = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.dup2(self.report.fileno(), 2)
            os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", XDG_CONFIG_HOME=home, CANNED_SCENE="chaos",
                              CANNED_TASKS="60", CANNED_SEED=str(seed))
            os.execv(CANNED, [CANNED, "-d", "0.1"] + (["--readonly"] if readonly else []))
        os.set_blocking(self.fd, False)  # what it does not read in time is lost
        self.resize(24, 80)
        self.drain(2, until=b"CPU")

    def resize(self, rows, cols):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def drain(self, seconds, until=None):
        """Take what it writes, so that it does not wait for us."""
        end = time.monotonic() + seconds
        seen = b""
        while True:
            left = end - time.monotonic()
            if not select.select([self.fd], [], [], max(left, 0))[0]:
                return
            try:
                seen = (seen + os.read(self.fd, 65536))[-65536:]
            except OSError:
                return  # it has ended
            if not seen:
                return
            if until and until in seen or left <= 0:
                return

    def keys(self, text):
        try:
            os.write(self.fd, text.encode())
        except OSError:
            pass  # it has ended, or is behind
        self.drain(0)

    def alive(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = status
        return self.status is None

    def check(self, what):
        """After its end: status 0 and nothing on stderr."""
        self.report.seek(0)
        text = self.report.read().decode(errors="replace")
        if self.status != 0 or text:
            sys.exit(f"FAIL: {what}, status {self.status}, SEED={SEED}\n{text}")

    def quit(self, what):
        """By q, from wherever it is."""
        end = time.monotonic() + 30
        while self.alive() and time.monotonic() < end:
            self.keys("\x1b")
            self.drain(0.1)
            self.keys("q")
            self.drain(0.1)
        if self.alive():
            os.kill(self.pid, signal.SIGKILL)
            sys.exit(f"FAIL: {what}: q does not end it, SEED={SEED}")
        self.check(what)
        os.close(self.fd)


def every_key(home):
    """On each page, each key, and Escape out of what it opened."""
    for page in range(PAGES):
        screen = Screen(page, home)
        for key in KEYS:
            if key in ENDING:
                continue
            screen.keys("v" if page else "\x1b")
            screen.keys("\t" * page)
            screen.keys(key)
            screen.keys("\x1b")
            screen.drain(0.03)  # an escape alone, not the beginning of a sequence
            if not screen.alive():
                screen.check(f"{key!r} on page {page}")
                sys.exit(f"FAIL: {key!r} ended it on page {page}")
        screen.quit(f"every key on page {page}")


def click(rng):
    return f"\x1b[<{rng.choice([0, 0, 0, 64, 65])};{rng.randint(1, 120)};{rng.randint(1, 50)}M"


def one(rng, screen):
    """A random thing that happens."""
    kind = rng.random()
    if kind < 0.08:
        rows, cols = rng.choice([(rng.randint(1, 8), rng.randint(1, 30)), (rng.randint(5, 60), rng.randint(20, 200)), (200, 500)])
        screen.resize(rows, cols)
    elif kind < 0.15:
        screen.keys(rng.choice(WORDS))
    elif kind < 0.22:
        screen.keys(click(rng))
    elif kind < 0.24:
        screen.keys("".join(rng.choice(KEYS) for _ in range(rng.randint(2, 50))))
    else:
        screen.keys(rng.choice(SPECIAL if rng.random() < 0.4 else KEYS))
    if rng.random() < 0.3:
        screen.drain(rng.random() * 0.05)


def random_keys(home):
    rng = random.Random(SEED)
    end = time.monotonic() + SECONDS
    starts = things = 0
    while time.monotonic() < end:
        screen = Screen(rng.randint(0, 1 << 30), home, readonly=rng.random() < 0.1)
        starts += 1
        while screen.alive() and time.monotonic() < end:
            one(rng, screen)
            things += 1
        if screen.alive():
            screen.quit("random keys")
        else:
            screen.check("random keys")
            os.close(screen.fd)
    print(f"{things} random things in {starts} starts, SEED={SEED}")


def main():
    if not os.access(CANNED, os.X_OK):
        sys.exit(f"no {CANNED}: make test-tui builds it")
    with tempfile.TemporaryDirectory() as home:
        every_key(home)
        random_keys(home)


main()
