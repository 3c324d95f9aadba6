#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
# TIMEOUT=200
"""sysperfd and systemd: notifications with the watchdog, a socket passed on,
the unit's sandbox; and whom it refuses by the peer's credentials."""
import sys

sys.path.insert(0, "tests/lib")
from sysperfd import *

for tool in "systemd-socket-activate", "systemd-analyze", "setpriv":
    check(shutil.which(tool), f"needs {tool}")

# Notifications, to a socket of our own.
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind(f"{directory}/notify")
notify.settimeout(PATIENCE)
daemon = Daemon(env={"NOTIFY_SOCKET": f"{directory}/notify", "WATCHDOG_USEC": "1000000"})
told = []


def until(words):
    while not any(words in t for t in told):
        told.append(notify.recv(4096).decode())
    told.clear()


until("READY=1")
for _ in range(3):
    until("WATCHDOG=1")
viewer = Viewer(daemon, 100)
until("STATUS=1 viewers, 1 collections, source ")
daemon.process.send_signal(signal.SIGHUP)
until("RELOADING=1")
until("READY=1")
# One that is stuck is not alive.
daemon.process.send_signal(signal.SIGSTOP)
notify.setblocking(False)
wait_for("silence", lambda: open(f"/proc/{daemon.pid}/stat").read().split()[2] == "T")
try:
    while True:
        notify.recv(4096)
except BlockingIOError:
    pass
check(not select.select([notify], [], [], 2.5)[0], "a sign of life from who is stopped")
daemon.process.send_signal(signal.SIGCONT)
notify.settimeout(PATIENCE)
until("WATCHDOG=1")
daemon.process.terminate()
until("STOPPING=1")
check(daemon.process.wait(PATIENCE) == 0, "its end")

# A socket passed on: it starts with the first viewer, and leaves the socket.
path = f"{directory}/passed.sock"
log = open(f"{directory}/passed.log", "w")
activated = subprocess.Popen(
    ["systemd-socket-activate", "-l", path, "build/sysperfd", "--config", daemon.config, "--socket", "/nonexistent/s"],
    stderr=log,
)
atexit.register(activated.kill)
wait_for("the socket", lambda: os.path.exists(path))
daemon.path, daemon.pid = path, activated.pid
v = Viewer(daemon, 100)
v.frame()
check("the socket of systemd" in open(log.name).read(), "it has made its own")
activated.terminate()
check(activated.wait(PATIENCE) == 0, "its end")
check(os.path.exists(path), "systemd's socket was taken away")
p = subprocess.run(
    ["systemd-socket-activate", "-d", "-l", f"{directory}/dgram", "build/sysperfd", "--config", daemon.config],
    stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE, text=True,
    preexec_fn=lambda: os.system(f"(until [ -S {directory}/dgram ]; do sleep 0.05; done; python3 -c \""
        f"import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '{directory}/dgram')\") &"),
)
check(p.returncode == 1 and "neither a Unix nor a TCP socket" in p.stderr, f"a datagram socket: {p.stderr}")

# Two cannot have one socket; one that was left behind is taken over.
first = Daemon()
p = subprocess.run(
    ["build/sysperfd", "--config", first.config, "--socket", first.path], stderr=subprocess.PIPE, text=True
)
check(p.returncode == 1 and "another sysperfd is running" in p.stderr, f"a second one: {p.stderr}")
first.kill()
check(os.path.exists(first.path), "a socket without anybody")
again = subprocess.Popen(["build/sysperfd", "--config", first.config, "--socket", first.path])
atexit.register(again.kill)
wait_for("it to be taken over", lambda: subprocess.run(
    ["build/sysperfd", "--status", "--socket", first.path], capture_output=True).returncode == 0)
again.terminate()
again.wait(PATIENCE)

# By credentials: root and its own user, and who is in the group.
if os.geteuid() == 0:
    code = f"""
import socket, sys
sys.path.insert(0, {os.path.abspath('tests/lib')!r})
from sysperfd import *
class Other: path = sys.argv[1]
v = Viewer(Other)
v.send(request(HELLO, 100))
kind, payload = v.next()
print(payload.decode() if kind == ERROR else kind)
"""

    def what(*who):
        p = subprocess.run(
            ["setpriv", *who, "python3", "-c", code, daemon.path], capture_output=True, text=True, timeout=PATIENCE
        )
        check(p.returncode == 0, p.stderr)
        return p.stdout.strip()

    daemon = Daemon("[viewers]\ngroup = daemon\n")
    check(os.stat(daemon.path).st_mode & 0o777 == 0o660, "the socket's mode")
    check(os.stat(daemon.path).st_gid == 1, "the socket's group")
    os.chmod(daemon.path, 0o666)
    nobody = ["--reuid=65534", "--regid=65534"]
    check("only root and members" in what(*nobody, "--clear-groups"), "nobody is let in")
    check("only root and members" in what(*nobody, "--groups=2,3"), "other groups are let in")
    check(what(*nobody, "--groups=2,1") == str(WELCOME), "a member by a further group is not let in")
    check(what("--reuid=65534", "--regid=1", "--clear-groups") == str(WELCOME), "a member is not let in")
    check(what("--reuid=0", "--clear-groups") == str(WELCOME), "root is not let in")
    check(daemon.count("viewers_refused") == 2, "refusals are counted")
    check("process" in daemon.said() and "of user 65534" in daemon.said(), "and told")
    os.chmod(daemon.path, 0o660)
    daemon.end()
    # As somebody without any privilege it serves itself and root.
    os.chmod(directory, 0o777)
    shutil.copy("build/sysperfd", f"{directory}/sysperfd")
    daemon = Daemon(
        prefix=["setpriv", *nobody, "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"],
        program=f"{directory}/sysperfd",
    )
    check(daemon.status()["capabilities"] in ("", "="), "it has privileges")
    Viewer(daemon, 100).frame()
    daemon.end()

# The unit: its sandbox, in tenths.
p = subprocess.run(
    ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", "dkms/sysperfd.service"],
    capture_output=True, text=True,
)
print(p.stdout.splitlines()[-1])
check(p.returncode == 0, p.stdout)
