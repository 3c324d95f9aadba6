# SPDX-License-Identifier: GPL-2.0-only
"""An independent client of the generic netlink family, written from the
description in include/uapi/sysperf.h and the kernel's documentation."""

import errno
import os
import select
import socket
import struct as S
import time

from sysperf_test import TASK, RECORDS, U32, U64, C

GET_INFO, GET_TASK, SET, EXIT, SLOW = range(1, 6)
(PAD, ABI_VERSION, CAPS, VERSION, NR_TASKS, MAX_TASKS, LOST_TASKS, LOST_REQUESTS, LOST_DISKS, LOST_CALLS,
 LOST_SOCKETS, LOST_EVENTS, PMU_EVENTS, TID, A_TASK, A_SLOW, SLOW_WAIT_NS, SLOW_IO_NS, EVENT_RATE,
 EXIT_RATE) = range(1, 21)
SLOW_WAIT, SLOW_IO = range(2)
SOL_NETLINK, ADD_MEMBERSHIP, NO_ENOBUFS, CAP_ACK, EXT_ACK = 270, 1, 5, 10, 11
REQUEST, MULTI, ACK, DUMP = 1, 2, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
CTRL, CTRL_GETFAMILY = 16, 3


class Slow(C.Structure):
    _fields_ = [
        *[(n, U32) for n in "kind tid pid cpu major minor op bytes".split()],
        ("ns", U64), ("mono_ns", U64), ("comm", C.c_char * 16),
    ]


def u32(kind, value):
    return S.pack("=HHI", 8, kind, value)


def u64(kind, value):
    return S.pack("=HHQ", 12, kind, value)


def attributes(data):
    """The bytes of each, by its type."""
    found, at = {}, 0
    while at + 4 <= len(data):
        size, kind = S.unpack_from("=HH", data, at)
        found[kind & 0x3FFF] = data[at + 4:at + size]
        at += (size + 3) & ~3
    return found


def value(data):
    return int.from_bytes(data, "little")


def messages(data):
    """(type, flags, payload) of each netlink message."""
    at = 0
    while at + 16 <= len(data):
        size, kind, flags = S.unpack_from("=IHH", data, at)
        yield kind, flags, data[at + 16:at + size]
        at += (size + 3) & ~3


class Refused(OSError):
    """An error from the kernel, with the text it gave."""

    def __init__(self, payload, flags):
        code = -S.unpack_from("=i", payload)[0]
        super().__init__(code, os.strerror(code))
        self.text = ""
        if flags & 0x200:  # has attributes, after the head of our request
            size = 20 if flags & 0x100 else 4 + S.unpack_from("=I", payload, 4)[0]
            self.text = attributes(payload[size:]).get(1, b"").rstrip(b"\0").decode()


class Genl:
    """A socket to the family."""

    def __init__(self, size=65536):
        self.size = size
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        for option in CAP_ACK, EXT_ACK:
            self.sock.setsockopt(SOL_NETLINK, option, 1)
        name = b"sysperf\0"
        reply = self.send(CTRL, CTRL_GETFAMILY, S.pack("=HH", 4 + len(name), 2) + name)
        self.family = value(reply[1])
        self.groups = {}
        for group in attributes(reply[7]).values():
            group = attributes(group)
            self.groups[group[1].rstrip(b"\0").decode()] = value(group[2])

    def write(self, family, cmd, attrs=b"", flags=REQUEST | ACK):
        body = S.pack("=BBH", cmd, 1, 0) + attrs
        self.sock.send(S.pack("=IHHII", 16 + len(body), family, flags, 1, 0) + body)

    def send(self, family, cmd, attrs=b""):
        """One request that is acknowledged; the attributes of the answer."""
        self.write(family, cmd, attrs)
        reply = None
        while True:
            for kind, flags, payload in messages(self.sock.recv(self.size)):
                if kind != NLMSG_ERROR:
                    reply = attributes(payload[4:])
                elif S.unpack_from("=i", payload)[0]:
                    raise Refused(payload, flags)
                else:
                    return reply

    def do(self, cmd, attrs=b""):
        return self.send(self.family, cmd, attrs)

    def info(self):
        return {k: v if k == VERSION else value(v) for k, v in self.do(GET_INFO).items()}

    def task(self, tid):
        return record(self.do(GET_TASK, u32(TID, tid))[A_TASK])

    def dump(self, attrs=b"", between=lambda: None):
        """Every task; between() runs before each further part of the answer."""
        self.write(self.family, GET_TASK, attrs, REQUEST | DUMP)
        found = []
        while True:
            for kind, flags, payload in messages(self.sock.recv(self.size)):
                if kind == NLMSG_ERROR or (kind == NLMSG_DONE and value(payload[:4])):
                    raise Refused(payload, flags)
                if kind == NLMSG_DONE:
                    return found
                found.append(record(attributes(payload[4:])[A_TASK]))
            between()

    def join(self, group):
        self.sock.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, self.groups[group])

    def events(self, seconds, enough=lambda events: False):
        """What is told within that time, or until it is enough; and how often
        the socket said that it lost some."""
        end, found, overruns = time.monotonic() + seconds, [], 0
        while not enough(found):
            left = max(0, end - time.monotonic())
            if not select.select([self.sock], [], [], left)[0]:
                break
            try:
                data = self.sock.recv(self.size)
            except OSError as e:
                if e.errno != errno.ENOBUFS:
                    raise
                overruns += 1
                continue
            for _, _, payload in messages(data):
                attrs = attributes(payload[4:])
                if payload[0] == EXIT:
                    found.append(record(attrs[A_TASK]))
                else:
                    found.append(Slow.from_buffer_copy(attrs[A_SLOW]))
        return found, overruns

    def close(self):
        self.sock.close()


def record(data):
    return RECORDS[TASK].from_buffer_copy(data)
