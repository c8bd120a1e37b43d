"""A million calls open at once between two processes, and whether the statistics still tick.

The client starts calls until all are open, every call waits, then ends. See ../README.md.
"""
import argparse
import glob
import json
import os
import statistics
import sys
import tempfile
import time

from programs import free_udp_port, load_average, until_bound
from seagull import Place

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "million")
MEMORY_MAX_GB = 2.5
# How much beside its second a line of statistics may be written.
TICK_DEVIATION_MAX_MS = 500
LOOK_EVERY_S = 0.05


def arguments():
    parser = argparse.ArgumentParser(prog="seagull_million.sh", description=__doc__.split("\n\n")[0])
    parser.add_argument("--calls", type=int, default=1_000_000, help="calls open at once (default 1000000)")
    parser.add_argument("--rate", type=int, default=50_000, help="calls a second (default 50000)")
    parser.add_argument("--extra-wait", type=int, default=15,
                        help="seconds that all calls stay open together (default 15)")
    parser.add_argument("--json", metavar="FILE", help="the figures as JSON; - for standard output")
    parser.add_argument("--keep", metavar="FOLDER", help="logs and statistics stay there")
    parser.add_argument("--gannet", required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def prepare(args, folder):
    place = Place(folder)
    server_port = free_udp_port()
    client_port = free_udp_port([server_port])
    common = {"number-calls": args.calls, "max-simultaneous-calls": args.calls}
    words = [("SERVER", str(server_port))]
    place.configure(os.path.join(HERE, "server-conf.xml"), "server.xml", common, words)
    words.append(("CLIENT", str(client_port)))
    client = {"call-rate": args.rate, **common}
    place.configure(os.path.join(HERE, "client-conf.xml"), "client.xml", client, words)
    wait_ms = (args.calls // args.rate + args.extra_wait) * 1000
    with open(os.path.join(HERE, "client.xml"), encoding="latin-1") as file:
        scenario = file.read().replace("WAIT", str(wait_ms))
    with open(place.path("config", "scenario.xml"), "w", encoding="latin-1") as file:
        file.write(scenario)
    return place, server_port, wait_ms / 1000


def play(args, place, server_port, wait_s):
    """Both sides to their ends; gives their costs, their ticks, and the most memory of both together."""
    dictionary = os.path.join(HERE, "dictionary.xml")
    server = place.start(args.gannet, "server", "server.xml", dictionary, os.path.join(HERE, "server.xml"))
    client = None
    together_kib = 0
    ticks = {name: Ticks(place, name) for name in ("client", "server")}
    try:
        until_bound(server_port)
        client = place.start(args.gannet, "client", "client.xml", dictionary, "../config/scenario.xml")
        end = time.monotonic() + 3 * wait_s + 60
        while time.monotonic() < end and not client.has_ended():
            together_kib = max(together_kib, client.resident_kib + server.resident_kib)
            for one in ticks.values():
                one.look()
            time.sleep(LOOK_EVERY_S)
        costs = {"client": client.wait(0)}
        if costs["client"].code != 0:
            server.interrupt()
        costs["server"] = server.wait(10)
    finally:
        server.kill()
        if client:
            client.kill()
    for program, cost in ((client, costs["client"]), (server, costs["server"])):
        if cost.code not in (0, 1):
            raise SystemExit(f"{program.name}: exit code {cost.code}\n{program.errors()}")
    return costs, ticks, together_kib


class Ticks:
    """When a statistics file grew: the lines themselves name whole seconds only."""

    def __init__(self, place, name):
        self.pattern = place.path("logs", f"{name}-stat*.csv")
        self.times_ns = []
        self._bytes = 0

    def look(self):
        for path in glob.glob(self.pattern):
            state = os.stat(path)
            if state.st_size != self._bytes:
                self._bytes = state.st_size
                self.times_ns.append(state.st_mtime_ns)

    def deviation_ms(self):
        """How far the time between two lines was from a second at most."""
        # Neither the line at the start nor the one at the end has a whole second beside it.
        times_ns = self.times_ns[1:-1]
        pairs = zip(times_ns, times_ns[1:])
        return max((abs(after - before - 1e9) / 1e6 for before, after in pairs), default=0.0)


def side(place, name, cost, ticks, calls):
    lines = place.statistics(f"{name}-stat")
    last = lines[-1] if lines else {}
    count = lambda column: int(last.get(f"{column}(C)", 0))
    return {
        "exit_code": cost.code,
        "successful": count("TrafficSuccessfulCall"),
        "failed": count("FailedCall") + count("FailedRefused") + count("FailedTimeout"),
        "unexpected": count("UnexpectedMsg"),
        "open_at_most": max((int(line["CurrentCall"]) for line in lines), default=0),
        "peak_mb": round(cost.peak_kib * 1024 / 1e6, 1),
        "bytes_per_call": round(cost.peak_kib * 1024 / calls),
        "cpu_s": round(cost.cpu_s, 2),
        "statistics_lines": len(ticks.times_ns),
        "seconds": round(cost.wall_s, 1),
        "tick_deviation_max_ms": round(ticks.deviation_ms(), 1),
    }


def main():
    args = arguments()
    before = load_average()
    with tempfile.TemporaryDirectory(prefix="gannet-bench-") as temporary:
        place, server_port, wait_s = prepare(args, args.keep or temporary)
        costs, ticks, together_kib = play(args, place, server_port, wait_s)
        result = {"calls": args.calls, "rate": args.rate, "wait_s": wait_s,
                  **{name: side(place, name, cost, ticks[name], args.calls)
                     for name, cost in costs.items()}}
    result["both_mb"] = round(together_kib * 1024 / 1e6, 1)
    result["load_average"] = {"before": before, "after": load_average()}
    sides = [result["client"], result["server"]]
    result["passed"] = result["both_mb"] < MEMORY_MAX_GB * 1000 * args.calls / 1_000_000 + 50 and all(
        one["exit_code"] == 0 and one["successful"] == args.calls and one["open_at_most"] == args.calls
        and one["failed"] + one["unexpected"] == 0
        and one["tick_deviation_max_ms"] <= TICK_DEVIATION_MAX_MS
        for one in sides)
    if args.json != "-":
        show(result)
    if args.json:
        text = json.dumps(result) + "\n"
        if args.json == "-":
            sys.stdout.write(text)
        else:
            with open(args.json, "w", encoding="utf-8") as file:
                file.write(text)
    return 0 if result["passed"] else 1


def show(result):
    load = result["load_average"]
    print(f"{result['calls']:,} calls at {result['rate']:,}/s, each open for {result['wait_s']:.0f} s, "
          f"load average {load['before']} before, {load['after']} after")
    for name in ("client", "server"):
        one = result[name]
        print(f"{name}: {one['open_at_most']:,} open at once, {one['successful']:,} successful, "
              f"{one['failed']} failed; {one['peak_mb']:,} MB at most ({one['bytes_per_call']} per call), "
              f"{one['cpu_s']} s CPU; {one['statistics_lines']} lines of statistics in {one['seconds']} s, "
              f"at most {one['tick_deviation_max_ms']} ms beside their second")
    print(f"both together: {result['both_mb']:,} MB at most")
    print("passed" if result["passed"] else "NOT PASSED", flush=True)


if __name__ == "__main__":
    sys.exit(main())
