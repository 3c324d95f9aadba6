#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""ynl_asserts.py SPEC HEADER: C that compiles only if the netlink spec (YNL) says
what the header does: values of constants, enums, attributes and commands, names,
and each struct member's offset, size and type, with none left out."""

import os
import re
import sys

import yaml

SIZES = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "s8": 1, "s16": 2, "s32": 4, "s64": 8}


def c_name(*parts):
    return "".join(parts).upper().replace("-", "_")


def same(name, value):
    print(f'_Static_assert({name} == {value}, "{name}");')


def same_text(name, text):
    print(f'_Static_assert(!__builtin_strcmp({name}, "{text}"), "{name}");')


def complete(prefix, names):
    """No name in the header that begins like these is missing in the spec."""
    if prefix.count("_") < 2:  # SYSPERF_ alone begins them all
        return
    for name in set(re.findall(rf"^(?:#define )?\s*({prefix}\w+)\b(?!\()", header, re.M)) - set(names):
        same(name, f"missing in {sys.argv[1]}")


def enum(spec):
    prefix, value, names = c_name(spec["name-prefix"]), spec.get("value-start", 0), []
    for entry in spec["entries"]:
        entry = {"name": entry} if isinstance(entry, str) else entry
        value = entry.get("value", value)
        names.append(prefix + c_name(entry["name"]))
        same(names[-1], f"1U << {value}" if spec["type"] == "flags" else value)
        value += 1
    # The number of them follows the last, in enums that have one.
    count = re.search(rf"{names[-1]},[^}}]*?\n\t(\w+S),\n}}", header)
    if count:
        same(count[1], value)
        names.append(count[1])
    complete(prefix, names)


def size_of(member):
    if "struct" in member:
        return sizes[member["struct"]]
    return member.get("len") or SIZES[member["type"]]


def struct(spec):
    name, offset = "struct " + spec["name"].replace("-", "_"), 0
    for m in spec["members"]:
        field = m["name"].replace("-", "_")
        at, value = f"__builtin_offsetof({name}, {field})", f"(({name} *)0)->{field}"
        same(at, offset)
        same(f"sizeof({value})", size_of(m))
        if m["type"] in SIZES:
            print(f'_Static_assert(_Generic({value}, __{m["type"]}: 1, default: 0), "{name} {field}: type");')
        elif m["type"] == "string":
            print(f'_Static_assert(_Generic(*(__typeof__({value}) *)0, char: 1, char *: 1, default: 0), '
                  f'"{name} {field}: type");')
        elif "struct" in m:
            kind = "struct " + m["struct"].replace("-", "_")
            print(f'_Static_assert(_Generic({value}, {kind}: 1, default: 0), "{name} {field}: type");')
        offset += size_of(m)
    same(f"sizeof({name})", offset)
    sizes[spec["name"]] = offset


def numbered(prefix, entries):
    """Attributes or commands: from 1 on, the last is the maximum."""
    value, names = 1, []
    for entry in entries:
        value = entry.get("value", value)
        names.append(prefix + c_name(entry["name"]))
        same(names[-1], value)
        value += 1
    same(prefix + "MAX", value - 1)
    complete(prefix, [*names, prefix + "UNSPEC", prefix + "MAX"])


with open(sys.argv[1], encoding="utf-8") as f:
    spec = yaml.safe_load(f)
with open(sys.argv[2], encoding="utf-8") as f:
    header = f.read()
sizes = {}
print(f'#include "{os.path.abspath(sys.argv[2])}"')
same_text(c_name(spec["c-family-name"]), spec["name"])
same(c_name(spec["c-version-name"]), spec["version"])
for definition in spec["definitions"]:
    if definition["type"] == "const":
        same(c_name(definition["name"]), definition["value"])
    elif definition["type"] == "struct":
        struct(definition)
    else:
        enum(definition)
known = set()
for attributes in spec["attribute-sets"]:
    numbered(c_name(attributes["name-prefix"]), attributes["attributes"])
    known |= {a["name"] for a in attributes["attributes"]}
operations = spec["operations"]
numbered(c_name(operations["name-prefix"]), operations["list"])
groups = {g["name"]: g for g in spec["mcast-groups"]["list"]}
for group in groups.values():
    same_text(c_name(group["c-define-name"]), group["name"])
# Names that the spec uses are names that it defines.
used = {a for o in operations["list"] for how in (o.get("do"), o.get("dump"), {"event": o.get("event")}) if how
        for message in how.values() if message for a in message["attributes"]}
for name in used - known | {o["mcgrp"] for o in operations["list"] if "mcgrp" in o} - set(groups):
    print(f'_Static_assert(0, "{name} is not defined");')
