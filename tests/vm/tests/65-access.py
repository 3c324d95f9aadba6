#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who sees what: other users, members of the device's group, holders of single
capabilities, and roots of containers of several kinds."""
import sys

sys.path.insert(0, "tests/vm/lib")
from genl_test import *
from sysperf_test import *

NOBODY, GROUP = 65534, 4242
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
USER = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}"]


def yes(function, *args):
    try:
        function(*args)
        return "yes"
    except OSError as e:
        return errno.errorcode[e.errno]


def show():
    """What this process may do: the device, GET_INFO, GET_TASK, a dump, SET,
    the two groups; or that it does not know the family."""
    mine = [yes(os.open, DEVICE, os.O_RDONLY)]
    try:
        genl = Genl()
    except OSError as e:
        return mine + [errno.errorcode[e.errno]]
    return mine + [
        yes(genl.info), yes(genl.task, 1), yes(genl.dump), yes(genl.do, SET, u32(EVENT_RATE, 7)),
        yes(genl.join, "exit"), yes(genl.join, "slow"),
    ]


def look():
    """The ids by which this process knows itself, and those of the records."""
    eventually(lambda: os.path.exists("/run/sysperf-test-go"), "told its id")
    with open("/run/sysperf-test-go", encoding="ascii") as f:
        outside = int(f.read())
    with open("/proc/self/comm", "rb") as f:
        comm = f.read().strip()
    genl, snap = Genl(), Device().snapshot()
    return [os.getpid(), snap.task(outside).comm == genl.task(outside).comm == comm,
            snap.task(1).comm == genl.task(1).comm != comm, len(snap.of(TASK)) == len(genl.dump())]


if len(sys.argv) > 1:
    print(json.dumps(globals()[sys.argv[1]]()))
    sys.exit()

NO = ["EPERM"] * 6
YES = ["yes"] * 6


def expect(what, want, *command):
    got = json.loads(run(*command, sys.executable, __file__, "show").splitlines()[-1])
    print(f"{what}: {' '.join(got)}", flush=True)
    check(got == want, f"{what}: expected {want}")


expect("root", ["yes", *YES])
expect("an ordinary user", ["EACCES", *NO], *USER, "--clear-groups")
os.chown(DEVICE, 0, GROUP)
expect("a member of the device's group", ["yes", *NO], *USER, f"--groups={GROUP}")
for cap, want in ("perfmon", ["yes"] * 3 + ["EPERM"] * 3), ("sys_admin", YES), ("net_admin", NO), ("sys_ptrace", NO):
    expect(f"an ordinary user with CAP_{cap.upper()}", ["EACCES", *want], *USER, "--clear-groups",
           f"--inh-caps=+{cap}", f"--ambient-caps=+{cap}")
expect("root of a user namespace", ["EACCES", *NO], *USER, "--clear-groups", "unshare", "-Ur")
expect("the same, in the group", ["EACCES", *NO], *USER, f"--groups={GROUP}", "unshare", "-Ur")
expect("root without capabilities", ["yes", *NO], "setpriv", "--bounding-set=-all", "--inh-caps=-all")
expect("root of a user namespace, as root", ["EACCES", *NO], "unshare", "-Ur")
expect("root in another network namespace", ["yes", "ENOENT"], "unshare", "-n")
expect("root of a user and network namespace", ["EACCES", "ENOENT"], *USER, "--clear-groups", "unshare", "-Urn")
expect("root of another pid namespace", ["yes", *YES], "unshare", "-pf", "--mount-proc")

# A socket counts for no more than who opened it, nor than who uses it.
mine = Genl()
pid = os.fork()
if pid == 0:
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    for refused in (mine.info,), (mine.task, 1), (mine.dump,), (mine.do, SET), (mine.join, "exit"):
        fails(errno.EPERM, *refused)
    os._exit(0)
check(os.waitpid(pid, 0)[1] == 0, "a socket that root gave away")
os.seteuid(NOBODY)
theirs = Genl()
os.seteuid(0)
for refused in (theirs.info,), (theirs.task, 1), (theirs.dump,), (theirs.do, SET):
    fails(errno.EPERM, *refused)

# Who is in the groups that are nobody's is still in when they become those of a
# module that is loaded then. He is told nothing.
def in_groups(numbers):
    """A socket in those of them that it may join; how many these are."""
    member = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
    member.bind((0, 0))
    return member, [yes(member.setsockopt, SOL_NETLINK, ADD_MEMBERSHIP, n) for n in numbers].count("yes")


def heard(member, family):
    """How many messages of the family have come."""
    n = 0
    while select.select([member], [], [], 0)[0]:
        n += [kind for kind, _, _ in messages(member.recv(65536))].count(family)
    return n


run("rmmod", "sysperf")
os.seteuid(NOBODY)
early, free = in_groups(range(1, 65))
os.seteuid(0)
run("insmod", os.environ["SYSPERF_KO"])
mine.close()
mine = Genl()
mine.join("exit")
run("true")
told, _ = mine.events(30, bool)
print(f"of a member of {free} groups before: {len(told)} events for others")
check(free > 30 and told, "who may listen is told")
time.sleep(0.5 * COARSE)
check(heard(early, mine.family) == 0, "who may not is not")
early.close()

# Root of a network namespace may be a member, too, in there. Nothing comes
# there, and so nothing is lost.
groups = mine.groups.values()
mine.close()
mine = Genl()
in_r, in_w = os.pipe()
pid = os.fork()
if pid == 0:
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    check(C.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0, "unshare")
    member, joined = in_groups(groups)
    os.write(in_w, bytes([joined]))
    os._exit(bool(select.select([member], [], [], 60)[0]))
os.close(in_w)
check(os.read(in_r, 1) == b"\2", "he is in both")
before = mine.info()[LOST_EVENTS]
for _ in range(5):
    run("true")
time.sleep(0.5 * COARSE)
check(mine.info()[LOST_EVENTS] == before, "nothing is lost")
os.kill(pid, signal.SIGKILL)
check(os.waitpid(pid, 0)[1] == signal.SIGKILL, "nothing came")

# In its own pid namespace a task is 1; all records have the outer ids.
inner = subprocess.Popen(["unshare", "-pf", "--mount-proc", sys.executable, __file__, "look"],
                         stdout=subprocess.PIPE, text=True)
children = f"/proc/{inner.pid}/task/{inner.pid}/children"


def child():
    with open(children, encoding="ascii") as f:
        return f.read().split()


eventually(child, "it runs")
with open("/run/sysperf-test-new", "w", encoding="ascii") as f:
    f.write(child()[0])
os.rename("/run/sysperf-test-new", "/run/sysperf-test-go")
got = json.loads(inner.communicate()[0])
print("in a pid namespace:", got)
check(got == [1, True, True, True], "the ids and the tasks of the initial namespace")
