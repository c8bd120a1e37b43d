"""Plays one run: starts the parties, witnesses the loopback device, ends everything.

Runs as `differ --play SPEC` in a network and process namespace of its own where that is allowed, so
that every run has all ports for itself, sees only its own packets, and leaves no process behind. The
parties' process ids are chosen too (they stand in Call-IDs, branches and tags).
"""

import fcntl
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time

from . import pcap

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35
SOL_PACKET, PACKET_STATISTICS = 263, 6
CAPTURE_BUFFER = 64 << 20
REFUSED_S = 1  # how long to wait for the called when no caller ever sent anything


def loopback_up():
    """Brings `lo` up in a new network namespace."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh22x", b"lo", 0)
        flags = struct.unpack("16sh22x", fcntl.ioctl(sock, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | IFF_UP))


class Witness:
    """Writes what passes `lo` to a pcap file."""

    def __init__(self, path):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        for option in (SO_RCVBUFFORCE, socket.SO_RCVBUF):
            try:
                self.sock.setsockopt(socket.SOL_SOCKET, option, CAPTURE_BUFFER)
                break
            except OSError:
                continue
        self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.sock.bind(("lo", 0))
        self.sock.setblocking(False)
        self.file = pcap.Writer(path)
        self.last, self.count = time.time(), 0

    def take(self, wait_s):
        """Waits for packets at most so long and writes what is there."""
        ready, _, _ = select.select([self.sock], [], [], wait_s)
        while ready:
            try:
                frame, ancillary, _, address = self.sock.recvmsg(1 << 17, 64)
            except BlockingIOError:
                return
            # Every packet passes twice; the way in is the one that somebody can receive.
            if address[2] != socket.PACKET_OUTGOING:
                self.last = time.time()
                self.count += 1
                # The kernel's time: on a busy machine this process may be late to read.
                stamps = [struct.unpack("qq", data) for _, kind, data in ancillary if kind == SO_TIMESTAMPNS]
                at = stamps[0][0] + stamps[0][1] / 1e9 if stamps else self.last
                self.file.write(at, frame)

    def close(self):
        """Ends the capture; returns how many packets were lost to it."""
        self.take(0.05)
        _, dropped = struct.unpack("II", self.sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))
        self.sock.close()
        self.file.close()
        return dropped


class NoWitness:
    """Stands in where raw sockets are forbidden: the programs' own message traces are read then."""

    def __init__(self, traces):
        self.traces, self.size, self.last, self.count = traces, 0, time.time(), 0

    def take(self, wait_s):
        """Waits, and sees whether the traces have grown."""
        time.sleep(wait_s)
        size = sum(os.path.getsize(path) for path in self.traces if os.path.exists(path))
        if size != self.size:
            self.size, self.last, self.count = size, time.time(), 1

    def close(self):
        """Nothing was lost, for nothing was seen."""
        return 0


def start(party, sandboxed):
    """Starts one party, with the wanted process id if this is our own process namespace."""
    if sandboxed:
        with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as file:
            file.write(str(party["pid"] - 1))
    with open(os.path.join(party["cwd"], "stdout.txt"), "wb") as out, open(os.path.join(party["cwd"], "stderr.txt"), "wb") as err:
        return subprocess.Popen(
            party["argv"],
            cwd=party["cwd"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
            env={**os.environ, **party.get("env", {})},
        )


def slow_wire():
    """From now on 10 ms pass on the loopback device between two packets, whatever their size; returns tc's exit code.

    Each packet counts as one of the largest size, and the bucket holds one of them.
    """
    words = "qdisc add dev lo root stab mpu 66000 mtu 66000 tsize 512 linklayer ethernet tbf rate 52800kbit burst 70000 limit 200mb"
    return subprocess.run(["tc", *words.split()], check=False).returncode


def ports_in_use():
    """Local ports of the network namespace."""
    ports = set()
    for table in ("udp", "udp6", "tcp", "tcp6"):
        try:
            with open(f"/proc/net/{table}", encoding="ascii") as file:
                ports |= {int(line.split()[1].rsplit(":", 1)[1], 16) for line in file.readlines()[1:]}
        except OSError:
            continue
    return ports


def wait_for_port(process, port, witness):
    """Until the party can be called, has ended, or five seconds have passed."""
    until = time.time() + 5
    while time.time() < until and process.poll() is None and port not in ports_in_use():
        witness.take(0.02)
    witness.take(0.05)


def drive(spec, running, witness, finish):
    """Waits for the clients, then for the servers, until silence or the limit."""
    ended_by, began = {name: "self" for name in running}, time.time()
    clients = {p["name"] for p in spec["parties"] if p["client"] and p["name"] in running}
    clients_ended = None
    limited = False

    def alive(names):
        return [n for n in names if running[n].poll() is None]

    while alive(running):
        witness.take(0.02)
        now = time.time()
        if clients_ended is None and not alive(clients):
            clients_ended = now
        quiet_s = now - max(witness.last, clients_ended or began)
        patience = spec["grace_s"] if clients_ended else spec["silence_s"]
        if clients_ended and not witness.count:
            patience = min(patience, REFUSED_S)
        limited = now - began > spec["limit_s"]
        abandoned = bool(select.select([sys.stdin], [], [], 0)[0])  # its other end is in `differ`
        if limited or abandoned or quiet_s > patience:
            break
    for how, number, wait_s in finish:
        left = alive(running)
        for name in left:
            ended_by[name] = how
            try:
                os.killpg(running[name].pid, number) if number != signal.SIGUSR1 else running[name].send_signal(number)
            except ProcessLookupError:
                pass
        until = time.time() + wait_s
        while alive(left) and time.time() < until:
            witness.take(0.02)
    return ended_by, limited


FINISH = [("usr1", signal.SIGUSR1, 1.5), ("usr1", signal.SIGUSR1, 1.5), ("term", signal.SIGTERM, 1), ("kill", signal.SIGKILL, 2)]


def main(path):
    """Plays the run that a JSON file describes and writes `result.json` beside it."""
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    if spec["sandboxed"]:
        loopback_up()
    if spec.get("slow") and slow_wire():
        return 1
    traces = [os.path.join(p["cwd"], "messages.txt") for p in spec["parties"]]
    witness = Witness(spec["pcap"]) if spec["witness"] else NoWitness(traces)
    running, failed = {}, {}
    for party in spec["parties"]:
        try:
            running[party["name"]] = start(party, spec["sandboxed"])
        except OSError as error:
            failed[party["name"]] = str(error)
            break
        wait_for_port(running[party["name"]], party["wait_port"], witness)
    ended_by, limited = drive(spec, running, witness, FINISH if not failed else FINISH[2:])
    result = {
        "limited": limited,
        "dropped": witness.close(),
        "failed_to_start": failed,
        "parties": {
            name: {"exit": process.returncode, "ended_by": ended_by[name], "pid": process.pid}
            for name, process in running.items()
        },
    }
    with open(os.path.join(os.path.dirname(path), "result.json"), "w", encoding="utf-8") as file:
        json.dump(result, file)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
