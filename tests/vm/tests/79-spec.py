#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The running module does what include/uapi/sysperf.yaml says of it: commands,
what each accepts and within which bounds, what it answers, groups and events.
The kernel itself tells the policies (CTRL_CMD_GETPOLICY)."""
import sys

import yaml

sys.path.insert(0, "tests/vm/lib")
from genl_test import *
from sysperf_test import *

CTRL_GETPOLICY = 10
A_ID, A_VERSION, A_OPS, A_POLICY, A_OP_POLICY = 1, 3, 6, 8, 9  # CTRL_ATTR_*
ADMIN_PERM, CAN_DO, CAN_DUMP = 1, 2, 4  # GENL_*
TYPES = {4: "u32", 5: "u64"}  # NL_ATTR_TYPE_*
P_TYPE, P_MIN, P_MAX, P_MASK = 1, 4, 5, 12  # NL_POLICY_TYPE_ATTR_*
SIZES = {"u32": 4, "u64": 8}

with open("include/uapi/sysperf.yaml", encoding="utf-8") as f:
    spec = yaml.safe_load(f)
attrs = {a["name"]: {**a, "number": i} for i, a in enumerate(spec["attribute-sets"][0]["attributes"], 1)}
flags = {d["name"]: d for d in spec["definitions"] if d["type"] == "flags"}
structs = {"sysperf-task": C.sizeof(RECORDS[TASK]), "sysperf-slow": C.sizeof(Slow)}
ops = {o["name"]: {**o, "number": i} for i, o in enumerate(spec["operations"]["list"], 1)}
commands = {n: o for n, o in ops.items() if "do" in o}
genl = Genl()


def policies():
    """By command, of its do: what it accepts, as {attribute: (type, min, max, mask)}."""
    tables, use = {}, {}
    genl.write(CTRL, CTRL_GETPOLICY, S.pack("=HHH2x", 6, A_ID, genl.family), REQUEST | DUMP)
    while True:
        for kind, _, payload in messages(genl.sock.recv(65536)):
            if kind == NLMSG_DONE:
                return {op: tables.get(index, {}) for op, index in use.items()}
            check(kind != NLMSG_ERROR, "the kernel tells the policies")
            found = attributes(payload[4:])
            for op, how in attributes(found.get(A_OP_POLICY, b"")).items():
                use[op] = value(attributes(how)[1])
            for index, table in attributes(found.get(A_POLICY, b"")).items():
                for number, limits in attributes(table).items():
                    limits = {k: value(v) for k, v in attributes(limits).items()}
                    tables.setdefault(index, {})[number] = tuple(limits.get(p) for p in (P_TYPE, P_MIN, P_MAX, P_MASK))


def as_the_spec_says(name):
    """What a policy should tell of an attribute; bounds that are the type's own are none."""
    attr, checks = attrs[name], attrs[name].get("checks", {})
    mask = checks.get("flags-mask")
    if mask:
        return attr["type"], None, None, (1 << len(flags[mask]["entries"])) - 1
    return attr["type"], checks.get("min", 0), checks.get("max", (1 << 8 * SIZES[attr["type"]]) - 1), None


family = genl.send(CTRL, CTRL_GETFAMILY, S.pack("=HH", 12, 2) + b"sysperf\0")
check(value(family[A_VERSION]) == spec["version"], "the family's version")
check(set(genl.groups) == {g["name"] for g in spec["mcast-groups"]["list"]}, f"the groups: {genl.groups}")
real = {}
for op in attributes(family[A_OPS]).values():
    op = attributes(op)
    real[value(op[1])] = value(op[2])
check(set(real) == {o["number"] for o in commands.values()}, f"the commands: {real}")
accepted = policies()
for name, op in commands.items():
    number = op["number"]
    can = real[number] & (CAN_DO | CAN_DUMP)
    check(can == CAN_DO | (CAN_DUMP if "dump" in op else 0), f"{name}: do and dump: {real[number]}")
    request = op["do"].get("request", {}).get("attributes", [])
    want = {attrs[a]["number"]: as_the_spec_says(a) for a in request}
    got = {n: (TYPES.get(p[0]), *p[1:]) for n, p in accepted.get(number, {}).items()}
    print(name, got, flush=True)
    check(got == want, f"{name} accepts {got}, not {want}")


def answers(name, message, reply):
    """A reply has the attributes that the spec says, each of its type."""
    check(set(reply) == {attrs[a]["number"] for a in message["attributes"]}, f"{name} answers {sorted(reply)}")
    for a in message["attributes"]:
        size = structs[attrs[a]["struct"]] if "struct" in attrs[a] else SIZES.get(attrs[a]["type"])
        check(size in (None, len(reply[attrs[a]["number"]])), f"{name}: size of {a}")


reply = genl.do(ops["get-info"]["number"])
reply.pop(PAD, None)
answers("get-info", ops["get-info"]["do"]["reply"], reply)
check(reply[VERSION].endswith(b"\0"), "a string")
answers("get-task", ops["get-task"]["do"]["reply"], genl.do(ops["get-task"]["number"], u32(TID, 1)))
genl.write(genl.family, ops["get-task"]["number"], b"", REQUEST | DUMP)
kind, _, payload = next(messages(genl.sock.recv(1 << 20)))
check(payload[0] == ops["get-task"]["number"], "the command of a dump's parts")
answers("the dump", ops["get-task"]["dump"]["reply"], attributes(payload[4:]))

for name, make in ("exit", lambda: run("true")), ("slow", lambda: time.sleep(0.05)):
    genl.do(SET, u64(SLOW_WAIT_NS, 1))
    ear = Genl(1 << 20)
    ear.join(ops[name]["mcgrp"])
    make()
    check(select.select([ear.sock], [], [], 10)[0], f"an event of {name}")
    _, _, payload = next(messages(ear.sock.recv(1 << 20)))
    check(payload[0] == ops[name]["number"], f"its command: {payload[0]}")
    answers(name, ops[name]["event"], attributes(payload[4:]))
print(f"{len(commands)} commands, {len(attrs)} attributes, {len(genl.groups)} groups")
