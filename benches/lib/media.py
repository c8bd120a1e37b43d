"""Calls with G.711 streams both ways between two processes, and what both tell of them."""
import json
import math
import os
import resource
import shutil
import signal
import socket
import time
from dataclasses import asdict, dataclass, field

from programs import Program, free_udp_port, until_bound

HERE = os.path.dirname(os.path.abspath(__file__))
SCENARIOS = os.path.join(HERE, os.pardir, "media")
PACKETS_PER_S = 50
# Ports of media: two for each call, at both ends.
CALLEE_PORTS = (10_000, 31_999)
CALLER_PORTS = (33_000, 60_999)
CALLS_MAX = (CALLEE_PORTS[1] - CALLEE_PORTS[0] - 400) // 2
# What must hold: so much of the packets leave within this, and none is lost.
SHARE_ON_TIME = 0.999
# Of what another program should have sent, so much must have come.
FOREIGN_SHARE = 0.98
LATE_US = 2_000
# Calls begun per second, and the wait for answers and the end.
RATE = 1_500
MARGIN_S = 20
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass
class Outcome:
    """One run of a pair; `client` is the calling side."""

    calls: int
    layout: str
    fault: str = ""
    client: dict = field(default_factory=dict)
    server: dict = field(default_factory=dict)
    # While all streams were open: CPU seconds per second, client and server.
    cpu: tuple = (0.0, 0.0)
    resident_kib: tuple = (0, 0)
    # How long each stream was open.
    open_s: float = 0.0

    @property
    def streams(self):
        return 2 * self.calls

    @property
    def packets_per_s(self):
        return self.streams * PACKETS_PER_S

    @property
    def sides(self):
        return [side for side in (self.client, self.server) if side]

    @property
    def late_us(self):
        """99.9 % of the packets of the worse side left within this, as it measured itself."""
        return max((side["late_departures"]["p99_9_us"] for side in self.sides), default=0)

    @property
    def came_late_us(self):
        """The same as the other side saw them come, by the kernel's stamps."""
        return max((side["received"]["lateness"]["p99_9_us"] for side in self.sides), default=0)

    @property
    def over_share(self):
        """The share of the packets that came 2 ms late or later, on the worse side."""
        shares = [
            lateness["over_2_ms"] / max(lateness["packets"], 1)
            for lateness in (side["received"]["lateness"] for side in self.sides)
        ]
        return max(shares, default=0.0)

    @property
    def lost(self):
        return sum(side["received"]["lost"] for side in self.sides)

    @property
    def cpu_per_thousand(self):
        """CPU seconds per second of both sides for a thousand streams."""
        return 1_000 * sum(self.cpu) / self.streams

    @property
    def is_good(self):
        return not self.fault

    def document(self):
        more = {
            "streams": self.streams,
            "packets_per_s": self.packets_per_s,
            "late_99_9_us": self.late_us,
            "came_late_99_9_us": self.came_late_us,
            "lost": self.lost,
            "cpu_per_thousand_streams": self.cpu_per_thousand,
        }
        return {**asdict(self), **more}


def prepare(folder):
    """The scenarios and the sound in a folder; the file limit as high as it may be."""
    for name in ("caller", "callee"):
        with open(os.path.join(SCENARIOS, name + ".xml"), encoding="utf-8") as file:
            text = file.read()
        for layout, port in (("own", "[rtpstream_audio_port]"), ("shared", "[media_port]")):
            path = os.path.join(folder, f"{name}_{layout}.xml")
            with open(path, "w", encoding="utf-8") as out:
                out.write(text.replace("[rtpstream_audio_port]", port))
    sound = bytes(
        128 + int(100 * math.sin(index / 3)) if index % 8_000 < 4_000 else 255 for index in range(16_000)
    )
    with open(os.path.join(folder, "speech.raw"), "wb") as out:
        out.write(sound)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def halves():
    """The processors of each side; `None` for both if there is only one."""
    processors = sorted(os.sched_getaffinity(0))
    middle = len(processors) // 2
    return (set(processors[:middle]), set(processors[middle:])) if middle else (None, None)


def play(client, server, calls, seconds, folder, layout="own", rate=RATE, places=(None, None)):
    """Calls from one program to another, open for so many seconds once all are. Programs are word
    lists; figures come from those that are gannet. `places` are the processors of each."""
    ramp_s = calls / rate
    outcome = Outcome(calls, layout, open_s=ramp_s + seconds)
    port = free_udp_port()
    paths = {side: os.path.join(folder, side + ".json") for side in ("client", "server")}
    for path in paths.values():
        if os.path.exists(path):
            os.remove(path)

    def words(program, side, name, ports, own_port):
        asked = [*program, "-sf", f"{name}_{layout}.xml", "-i", "127.0.0.1", "-p", str(own_port)]
        asked += ["-nostdin"]
        if is_gannet(program):
            asked += media_ports(ports)
            asked += ["-media_figures", paths[side]]
        return asked

    callee = Program(
        words(server, "server", "callee", CALLEE_PORTS, port), folder, "server", places[1]
    )
    until_bound(port)
    own = free_udp_port({port})
    limits = ["-m", str(calls), "-l", str(calls), "-r", str(rate)]
    limits += ["-d", str(int(1_000 * (ramp_s + seconds)))]
    caller = Program(
        [*words(client, "client", "caller", CALLER_PORTS, own), f"127.0.0.1:{port}", *limits],
        folder,
        "client",
        places[0],
    )
    both = (caller, callee)
    wait(both, ramp_s + 0.5)
    before, begun = [cpu_s(program) for program in both], time.monotonic()
    wait(both, seconds - 1)
    window = time.monotonic() - begun
    outcome.cpu = tuple((cpu_s(program) - was) / window for program, was in zip(both, before))
    outcome.resident_kib = tuple(program.resident_kib for program in both)
    cost = caller.wait(ramp_s + MARGIN_S + seconds)
    if not callee.has_ended():
        os.kill(callee.pid, signal.SIGUSR1)
    callee.wait(MARGIN_S)
    outcome.client, outcome.server = (read(paths[side]) for side in ("client", "server"))
    outcome.fault = fault(outcome, cost, is_gannet(client), is_gannet(server))
    return outcome


def media_ports(ports):
    """The options for a range whose first ports nobody has now; gannet finds the other ones."""
    for first in range(ports[0], ports[0] + 200, 2):
        if is_free(first) and is_free(first + 2):
            return ["-min_rtp_port", str(first), "-max_rtp_port", str(ports[1])]
    raise SystemExit(f"no free UDP port from {ports[0]} on")


def is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def is_gannet(program):
    return "sipp" in program[1:]


def wait(programs, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not programs[0].has_ended():
        time.sleep(min(0.05, max(end - time.monotonic(), 0)))


def cpu_s(program):
    """CPU seconds so far; 0 when it has ended."""
    try:
        with open(f"/proc/{program.pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except OSError:
        return {}


def fault(outcome, cost, client_tells, server_tells):
    """What was not as it must be; empty if nothing."""
    if client_tells and cost.code != 0:
        return f"the calling side returned {cost.code}"
    if client_tells and not outcome.client or server_tells and not outcome.server:
        return "a side gave no figures"
    if client_tells and server_tells:
        sent = sum(side["packets_sent"] for side in outcome.sides)
        received = sum(side["packets_received"] for side in outcome.sides)
        left_out = sum(side["left_out"] for side in outcome.sides)
        if left_out:
            return f"{left_out:,} packets left out"
        if outcome.late_us > LATE_US:
            return f"99.9 % left within {outcome.late_us / 1e3:.1f} ms"
        if outcome.lost:
            return f"{outcome.lost:,} packets lost"
        if received < sent * SHARE_ON_TIME:
            return f"{received:,} of {sent:,} packets came"
        return ""
    return foreign_fault(outcome, outcome.open_s)


def foreign_fault(outcome, open_s):
    """Of another program it is asked only that what it should have sent came; how late that was is
    told. `open_s` is how long each of its streams was open."""
    received = outcome.server.get("packets_received", 0)
    expected = int(outcome.calls * open_s * PACKETS_PER_S)
    if outcome.lost:
        return f"{outcome.lost:,} packets lost"
    if received < expected * FOREIGN_SHARE:
        return f"{received:,} of {expected:,} packets came"
    return ""


def clean(folder, keep):
    if not keep:
        shutil.rmtree(folder, ignore_errors=True)
