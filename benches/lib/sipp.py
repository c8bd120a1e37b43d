"""Running SIPp, or gannet in its place: a called and a calling process, and what they counted."""
import contextlib
import csv
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass

from programs import Program, free_udp_port, until_bound

# What a pair may need beside the time of its calls: start, the wait after the last call, the end.
MARGIN_S = 15


@dataclass
class Outcome:
    """One run of a pair."""

    rate: float
    calls: int
    fault: str
    achieved: float = 0.0
    client_us: float = 0.0
    server_us: float = 0.0
    client_mib: float = 0.0
    server_mib: float = 0.0

    @property
    def is_good(self):
        return not self.fault


def version(words):
    """What a program says of itself with -v; empty if it is not there."""
    try:
        ran = subprocess.run([*words, "-v"], capture_output=True, text=True, timeout=10)
    except OSError:
        return ""
    return ran.stdout + ran.stderr


def certificate(folder):
    """cacert.pem and cakey.pem in a folder, as SIPp looks for them; False without openssl."""
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    words += ["-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    words += ["-keyout", "cakey.pem", "-out", "cacert.pem"]
    try:
        return subprocess.run(words, cwd=folder, capture_output=True, timeout=20).returncode == 0
    except OSError:
        return False


def play(words, mode, rate, seconds, folder):
    """`uac` against `uas` of one program at a rate; the first thing that was not as it must be."""
    calls = max(int(rate * seconds), 1)
    for name in ("uac.csv", "uas.csv"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(os.path.join(folder, name))
    port = free_udp_port()
    common = ["-t", mode, "-i", "127.0.0.1", "-nostdin", "-fd", "1", "-trace_stat"]
    common += ["-timeout", f"{int(seconds + MARGIN_S)}s"]
    server = Program(
        [*words, "-sn", "uas", "-p", str(port), "-stf", "uas.csv", *common], folder, "uas"
    )
    if mode.startswith("u"):
        until_bound(port)
    else:
        until_connected(port, server)
    client = Program(
        [*words, "-sn", "uac", f"127.0.0.1:{port}", "-p", str(free_udp_port({port}))]
        + ["-stf", "uac.csv", "-r", f"{rate:.0f}", "-m", str(calls), *common],
        folder,
        "uac",
    )
    until_bad(client, os.path.join(folder, "uac.csv"), seconds + MARGIN_S)
    client_cost = client.wait(MARGIN_S)
    if not server.has_ended():
        os.kill(server.pid, signal.SIGUSR1)
    server_cost = server.wait(MARGIN_S)
    outcome = Outcome(rate, calls, "")
    figures = last_line(os.path.join(folder, "uac.csv"))
    theirs = last_line(os.path.join(folder, "uas.csv"))
    outcome.fault = fault(calls, client_cost, figures, theirs)
    outcome.achieved = achieved(os.path.join(folder, "uac.csv"), calls)
    if not outcome.fault and outcome.achieved < 0.98 * rate:
        outcome.fault = f"{outcome.achieved:,.0f} calls/s were begun"
    outcome.client_us = 1e6 * client_cost.cpu_s / calls
    outcome.server_us = 1e6 * server_cost.cpu_s / calls
    outcome.client_mib = client_cost.peak_kib / 1024
    outcome.server_mib = server_cost.peak_kib / 1024
    return outcome


def until_bad(client, path, limit_s):
    """Waits for the end of a run; one in which something has gone wrong need not go on."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end and not client.has_ended():
        try:
            figures = last_line(path)
            bad = figures and int(figures["FailedCall(C)"]) + int(figures["Retransmissions(C)"])
        except (KeyError, TypeError, ValueError):
            # The line is being written.
            bad = False
        if bad:
            client.kill()
        time.sleep(0.1)


def until_connected(port, server, limit_s=10):
    """Waits until somebody listens at the TCP port."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end and not server.has_ended():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                probe.listen(1)
            except OSError:
                return
        time.sleep(0.02)


def fault(calls, cost, figures, theirs):
    """What was not as it must be; empty if nothing."""
    if not figures:
        return f"no statistics, exit code {cost.code}"
    failed = int(figures["FailedCall(C)"])
    good = int(figures["SuccessfulCall(C)"])
    again = int(figures["Retransmissions(C)"])
    again += int(theirs.get("Retransmissions(C)", 0)) if theirs else 0
    if failed:
        return f"{failed:,} calls failed"
    if again:
        return f"{again:,} retransmissions"
    if good < calls:
        return f"{calls - good:,} calls did not end"
    if cost.code != 0:
        return f"exit code {cost.code}"
    return ""


def last_line(path):
    lines = lines_of(path)
    return lines[-1] if lines else {}


def lines_of(path):
    try:
        with open(path, encoding="latin-1", newline="") as file:
            return list(csv.DictReader(file, delimiter=";"))
    except OSError:
        return []


def achieved(path, calls):
    """Calls per second until the last one was begun."""
    for line in lines_of(path):
        if int(line["TotalCallCreated"]) >= calls:
            begun = float(line["StartTime"].split("\t")[-1])
            return calls / max(float(line["CurrentTime"].split("\t")[-1]) - begun, 0.001)
    return 0.0
