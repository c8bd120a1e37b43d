"""A long run of gannet sipp with lost datagrams and a called side that restarts twice."""
import argparse
import os
import shutil
import sys
import tempfile
import time

import sipp
from programs import Program, free_udp_port, load_average, until_bound

# Calls that a restart may cost: those open then, and those begun until it listens again. What is
# open: a call of the built-in scenario lasts a few milliseconds, or seconds if a datagram is lost.
RESTART_S = 5


def main():
    options = arguments()
    folder = options.keep or tempfile.mkdtemp(prefix="gannet-sipp-soak-")
    os.makedirs(folder, exist_ok=True)
    before = load_average()
    try:
        good = play(options, folder)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"load average {before} before, {load_average()} after")
    return 0 if good else 1


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
    common = ["-i", "127.0.0.1", "-nostdin", "-trace_stat", "-fd", "1", "-lost", f"{options.lost}"]
    words = [options.gannet, "sipp"]

    def called(number):
        server = Program(
            [*words, "-sn", "uas", "-p", str(port), "-stf", f"uas{number}.csv", *common], folder, f"uas{number}"
        )
        until_bound(port)
        return server

    servers = [called(1)]
    calls = int(options.rate * length_s)
    client = Program(
        [*words, "-sn", "uac", f"127.0.0.1:{port}", "-p", str(free_udp_port({port}))]
        + ["-stf", "uac.csv", "-r", str(options.rate), "-l", "1000000"]
        # A call that was ringing at a restart is never answered: it waits so long.
        + ["-recv_timeout", "40000"]
        + ["-m", str(calls), "-timeout", f"{int(length_s + 120)}s", *common],
        folder,
        "uac",
    )
    begun = time.monotonic()
    memory = []
    restarts = [length_s / 3, 2 * length_s / 3]
    while not client.has_ended() and time.monotonic() - begun < length_s + 180:
        elapsed = time.monotonic() - begun
        if restarts and elapsed >= restarts[0]:
            restarts.pop(0)
            servers[-1].kill()
            servers.append(called(len(servers) + 1))
        memory.append((elapsed, client.resident_kib, servers[-1].resident_kib))
        time.sleep(1)
    cost = client.wait(1)
    servers[-1].interrupt()
    servers[-1].wait(60)
    return judge(options, folder, calls, cost, memory, len(servers))


def judge(options, folder, calls, cost, memory, servers):
    last = sipp.last_line(os.path.join(folder, "uac.csv"))
    if not last:
        print(f"no statistics, exit code {cost.code}")
        return False
    good, failed = int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"])
    theirs = 0
    for number in range(1, servers + 1):
        line = sipp.last_line(os.path.join(folder, f"uas{number}.csv"))
        theirs += int(line.get("IncomingCall(C)", 0)) if line else 0
    allowed = (servers - 1) * options.rate * RESTART_S
    print(f"{calls:,} calls wanted, {good:,} successful, {failed:,} failed ({allowed:,} allowed for "
          f"{servers - 1} restarts), {int(last['Retransmissions(C)']):,} retransmissions; "
          f"the called sides counted {theirs:,}")
    third = len(memory) // 3
    early = max((kib for _, kib, _ in memory[third // 2 : third]), default=0)
    late = max((kib for _, kib, _ in memory[-third // 2 :]), default=0)
    print(f"memory of the calling side: {early / 1024:,.0f} MiB at most in the first third, "
          f"{late / 1024:,.0f} MiB in the last part")
    fine = good + failed == calls and failed <= allowed and late <= 1.1 * early + 4096
    fine &= abs(theirs - calls) <= allowed
    return fine


if __name__ == "__main__":
    sys.exit(main())
