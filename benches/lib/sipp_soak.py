"""A long run of gannet sipp with lost datagrams and a called side that restarts twice."""
import argparse
import os
import sys
import time

import sipp
from programs import Program, free_udp_port, measured, until_bound

HERE = os.path.dirname(os.path.abspath(__file__))
CALLED = os.path.join(HERE, "..", "soak", "uas.xml")

# A call that was ringing at a restart is never answered: it waits so long.
RINGING_S = 40
# So long after a restart calls that were open then may fail, the line of the figures included.
AFTER_S = RINGING_S + 3
# So long the called side is away at most; calls begun then, or within a second of it, may fail too.
AWAY_S = 2


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gannet", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--minutes", type=float, default=30, help="length (30)")
    parser.add_argument("--rate", type=int, default=30_000, help="calls per second (30,000)")
    parser.add_argument("--lost", type=float, default=1, help="percent of datagrams dropped (1)")
    parser.add_argument("--keep", metavar="FOLDER", help="leaves the programs' files there")
    return parser.parse_args()


def play(options, folder):
    port = free_udp_port()
    length_s = options.minutes * 60
    common = ["-i", "127.0.0.1", "-nostdin", "-trace_stat", "-fd", "1"]
    words = [options.gannet, "sipp"]

    def called(number):
        server = Program(
            [*words, "-sf", CALLED, "-p", str(port), "-stf", f"uas{number}.csv", *common],
            folder,
            f"uas{number}",
        )
        until_bound(port)
        return server

    servers = [called(1)]
    calls = int(options.rate * length_s)
    client = Program(
        [*words, "-sn", "uac", f"127.0.0.1:{port}", "-p", str(free_udp_port({port}))]
        + ["-stf", "uac.csv", "-r", str(options.rate), "-l", "1000000"]
        # One side drops what it sends and what it receives, so each datagram once.
        + ["-lost", f"{options.lost}", "-recv_timeout", str(RINGING_S * 1000)]
        + ["-m", str(calls), "-timeout", f"{int(length_s + 120)}s", *common],
        folder,
        "uac",
    )
    begun = time.monotonic()
    memory = []
    restarts = [length_s / 3, 2 * length_s / 3]
    restarted = []
    while not client.has_ended() and time.monotonic() - begun < length_s + 180:
        elapsed = time.monotonic() - begun
        if restarts and elapsed >= restarts[0]:
            restarts.pop(0)
            restarted.append(elapsed)
            servers[-1].kill()
            servers.append(called(len(servers) + 1))
        memory.append((elapsed, client.resident_kib, servers[-1].resident_kib))
        time.sleep(1)
    cost = client.wait(1)
    servers[-1].interrupt()
    servers[-1].wait(60)
    return judge(options, folder, calls, cost, memory, restarted)


def judge(options, folder, calls, cost, memory, restarted):
    lines = sipp.lines_of(os.path.join(folder, "uac.csv"))
    if not lines:
        print(f"no statistics, exit code {cost.code}")
        return False
    last = lines[-1]
    good, failed = int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"])
    theirs = 0
    for number in range(1, len(restarted) + 2):
        line = sipp.last_line(os.path.join(folder, f"uas{number}.csv"))
        theirs += int(line.get("IncomingCall(C)", 0)) if line else 0
    allowed = sum(open_at(lines, moment) + AWAY_S * options.rate for moment in restarted)
    elsewhere = sum(
        int(line["FailedCall(P)"])
        for line in lines[:-1]
        if not any(moment - 1 <= seconds(line) <= moment + AFTER_S for moment in restarted)
    )
    print(f"{calls:,} calls wanted, {good:,} successful, {failed:,} failed ({allowed:,} were open at "
          f"{len(restarted)} restarts), {elsewhere:,} of them away from restarts; "
          f"{int(last['Retransmissions(C)']):,} retransmissions; the called sides counted {theirs:,}")
    third = len(memory) // 3
    early = max((kib for _, kib, _ in memory[third // 2 : third]), default=0)
    late = max((kib for _, kib, _ in memory[-third // 2 :]), default=0)
    print(f"memory of the calling side: {early / 1024:,.0f} MiB at most in the first third, "
          f"{late / 1024:,.0f} MiB in the last part")
    fine = good + failed == calls and elsewhere == 0 and failed <= allowed
    return fine and late <= 1.1 * early + 4096 and abs(theirs - calls) <= allowed


def seconds(line):
    """Since the beginning of a run, of a line of its statistics."""
    hours, minutes, rest = line["ElapsedTime(C)"].split(":")[:3]
    return 3600 * int(hours) + 60 * int(minutes) + int(rest)


def open_at(lines, moment):
    """Calls that were open in the second before or after a moment."""
    near = [int(line["CurrentCall"]) for line in lines if abs(seconds(line) - moment) <= 2]
    return max(near, default=0)


if __name__ == "__main__":
    sys.exit(measured(play, arguments(), "gannet-sipp-soak-"))
