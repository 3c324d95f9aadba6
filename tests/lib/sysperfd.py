# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of sysperfd share: the daemon in the foreground, and a viewer
of our own, written from the description in daemon/serve/protocol.h."""
import atexit
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

from cpu import cpu_ns

MAGIC, VERSION = 0x56505953, 1
HELLO, SET, ASK = 1, 2, 3
WELCOME, SCHEMA, FRAME, ERROR, NOTE, STATUS = range(16, 22)
PATIENCE = 60  # seconds; for what would otherwise be waited for for ever

directory = tempfile.mkdtemp()
os.chmod(directory, 0o755)
atexit.register(shutil.rmtree, directory, True)


def die(why):
    print(why, file=sys.stderr)
    sys.exit(1)


def check(condition, why):
    if not condition:
        die(why)


def wait_for(what, condition):
    until = time.monotonic() + PATIENCE
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > until:
            die(f"timed out waiting for {what}")
        time.sleep(0.05)


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes([n & 0x7F | 0x80])
        n >>= 7
    return out + bytes([n])


def text(s):
    return varint(len(s)) + s.encode()


def take_varint(b):
    n = shift = i = 0
    while True:
        n |= (b[i] & 0x7F) << shift
        shift += 7
        i += 1
        if not b[i - 1] & 0x80:
            return n, b[i:]


def take_text(b):
    n, b = take_varint(b)
    return b[:n].decode(), b[n:]


def message(kind, payload=b""):
    return struct.pack("<IB", len(payload) + 1, kind) + payload


def request(kind, delay_ms, threads=False, tables=None, version=VERSION):
    """tables: {name: [keys] or None for all of them}; None: all of all"""
    p = varint(MAGIC) + varint(version) + varint(delay_ms) + varint(threads)
    p += varint(len(tables or {}))
    for name, keys in (tables or {}).items():
        p += text(name) + varint(0 if keys is None else len(keys) + 1)
        p += b"".join(map(text, keys or []))
    return message(kind, p)


class Gone(Exception):
    """The other end has closed."""


class Viewer:
    def __init__(self, daemon, delay_ms=None, **how):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(daemon.path)
        self.sock.settimeout(PATIENCE)
        self.buf = b""
        self.lost = 0
        if delay_ms is not None:
            self.send(request(HELLO, delay_ms, **how))
            self.welcome = self.until(WELCOME)
            self.until(SCHEMA)

    def send(self, data):
        try:
            self.sock.sendall(data)
        except BrokenPipeError:
            pass  # it has said why

    def ready(self, seconds):
        if len(self.buf) >= 5 and len(self.buf) >= 4 + struct.unpack("<I", self.buf[:4])[0]:
            return True
        return bool(select.select([self.sock], [], [], seconds)[0])

    def more(self):
        try:
            data = self.sock.recv(1 << 16)
        except ConnectionResetError:
            data = b""
        except socket.timeout:
            die("sysperfd says nothing")
        if not data:
            raise Gone
        self.buf += data

    def next(self):
        """The next message: type and payload."""
        while len(self.buf) < 5:
            self.more()
        length = struct.unpack("<I", self.buf[:4])[0]
        while len(self.buf) < 4 + length:
            self.more()
        kind, payload = self.buf[4], self.buf[5 : 4 + length]
        self.buf = self.buf[4 + length :]
        return kind, payload

    def until(self, kind):
        while True:
            got, payload = self.next()
            if got == kind:
                return payload
            check(got != ERROR, f"refused: {payload}")

    def frame(self):
        """Bytes of the next one; self.lost is what it says of lost ones."""
        self.lost, rest = take_varint(self.until(FRAME))
        return rest[1:]

    def granted_ms(self):
        _, rest = take_varint(self.welcome)
        _, rest = take_text(rest)
        _, rest = take_text(rest)
        return take_varint(rest)[0]

    def ended(self):
        """Its last words, once the other end has closed."""
        words = ""
        try:
            while True:
                kind, payload = self.next()
                if kind == ERROR:
                    words = payload.decode()
        except Gone:
            return words

    def close(self):
        self.sock.close()


class Daemon:
    def __init__(self, config="", args=(), env=None, prefix=(), program="build/sysperfd", number=[0]):
        number[0] += 1
        base = f"{directory}/{number[0]}"
        self.path, self.config, self.log = base + ".sock", base + ".conf", base + ".log"
        self.configure(config)
        self.process = subprocess.Popen(
            [*prefix, program, "--config", self.config, "--socket", self.path, *args],
            stderr=open(self.log, "w"), env={**os.environ, **(env or {})},
        )
        self.pid = self.process.pid
        atexit.register(self.kill)
        wait_for("sysperfd to answer", self.answers)

    def configure(self, config):
        with open(self.config, "w") as f:
            own = "" if "delay" in config or "collection" in config else "[collection]\ndelay = off\n"
            f.write("[module]\nload = no\n" + own + config)

    def answers(self):
        check(self.process.poll() is None, f"sysperfd ended: {self.said()}")
        return os.path.exists(self.path) and "viewers at" in self.said()

    def said(self):
        return open(self.log).read()

    def status(self):
        v = Viewer(self)
        v.send(message(ASK))
        lines = v.until(STATUS).decode()
        v.close()
        return dict(line.split("=", 1) for line in lines.splitlines())

    def count(self, key):
        return int(self.status()[key])

    def reload(self, words):
        """Until it has said so once more."""
        before = self.said().count(words)
        self.process.send_signal(signal.SIGHUP)
        wait_for(f"'{words}'", lambda: self.said().count(words) > before)

    def descriptors(self):
        """But for files, of which there are as many as tasks and groups."""
        kinds = []
        for fd in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                kinds.append(os.readlink(f"/proc/{self.pid}/fd/{fd}"))
            except FileNotFoundError:
                pass
        return len([k for k in kinds if not k.startswith("/")])

    def rss_kb(self):
        return [int(l.split()[1]) for l in open(f"/proc/{self.pid}/status") if l.startswith("VmRSS")][0]

    def cpu_ns(self):
        return cpu_ns(self.pid)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    def end(self):
        """As it should."""
        self.process.terminate()
        check(self.process.wait(PATIENCE) == 0, f"its end: {self.said()}")
        check(not os.path.exists(self.path), "it leaves its socket behind")
