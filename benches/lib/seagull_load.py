"""Seagull's own client and server scenario against each other, and what a call costs.

Two processes of `gannet seagull` on loopback UDP, then two of the bare-socket program with as many
datagrams of the same sizes and nothing around them. See ../README.md.
"""
import argparse
import json
import os
import re
import statistics
import sys
import tempfile

from programs import Program, free_udp_port, load_average, until_bound
from seagull import Place

CALL_CONTEXTS = 2000
AIM_RATE = 100_000
SIPP_RATE = 5_000
# What one call of these scenarios puts on the wire, by side: messages sent and received.
EXPECTED = {
    "client": {"INVITE sent": 1, "180 received": 1, "200 received": 2, "ACK sent": 1, "BYE sent": 1},
    "server": {"INVITE received": 1, "180 sent": 1, "200 sent": 2, "ACK received": 1, "BYE received": 1},
}


def arguments():
    parser = argparse.ArgumentParser(prog="seagull_load.sh", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rate", type=int, default=50_000, help="calls a second (default 50000)")
    parser.add_argument("--aim", action="store_true", help=f"the rate of the aim, {AIM_RATE}")
    parser.add_argument("--seconds", type=int, default=20, help="how long calls begin (default 20)")
    parser.add_argument("--repeat", type=int, default=1, help="how often (default once)")
    parser.add_argument("--sipp", action="store_true", help="SIPp's own scenarios at 5000/s too")
    parser.add_argument("--json", metavar="FILE", help="the figures as JSON lines; - for standard output")
    parser.add_argument("--keep", metavar="FOLDER", help="logs and statistics stay there")
    parser.add_argument("--gannet", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--bare-socket", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--fixtures", required=True, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.aim:
        args.rate = AIM_RATE
    return args


class Bench:
    def __init__(self, args, folder):
        self.args = args
        self.folder = folder
        self.fixtures = os.path.join(args.fixtures, "seagull")

    def place(self, name, calls):
        """A folder with the fixtures' configurations, changed in rate, number, ports and display."""
        place = Place(os.path.join(self.folder, name))
        source = os.path.join(self.fixtures, "run", "external_data_client.csv")
        place.copy(source, "run", "external_data_client.csv")
        server_port = free_udp_port()
        client_port = free_udp_port([server_port])
        words = [("127.0.0.1:5060", f"127.0.0.1:{server_port}")]
        common = {"display-period": 0, "number-calls": calls}
        config = os.path.join(self.fixtures, "config")
        place.configure(os.path.join(config, "conf.server.xml"), "server.xml", common, words)
        words.append(("127.0.0.1:5071", f"127.0.0.1:{client_port}"))
        client = {"call-rate": self.args.rate, **common}
        place.configure(os.path.join(config, "conf.client.xml"), "client.xml", client, words)
        return place, server_port

    def play(self, place, server_port, limit_s, options=()):
        """Both sides, to their ends; gives their costs, client first."""
        dictionary = os.path.join(self.fixtures, "config", "sip-dictionnary.xml")
        programs = []
        try:
            for side in ("server", "client"):
                scenario = os.path.join(self.fixtures, "scenario", f"{side}.xml")
                program = place.start(
                    self.args.gannet, side, f"{side}.xml", dictionary, scenario, options
                )
                programs.append(program)
                if side == "server":
                    until_bound(server_port)
            server, client = programs
            client_cost = client.wait(limit_s)
            # What the client has not had answered the server would wait for without end.
            server_cost = server.wait(5) if client_cost.code == 0 else self.stop(server)
        finally:
            for program in programs:
                program.kill()
        for program, cost in ((client, client_cost), (server, server_cost)):
            if cost.code not in (0, 1):
                raise SystemExit(f"{program.name}: exit code {cost.code}\n{program.errors()}")
        return client_cost, server_cost

    @staticmethod
    def stop(server):
        server.interrupt()
        return server.wait(5)

    def sizes(self, calls):
        """Octets of a call's six datagrams as they pass when half of the calls have begun."""
        place, server_port = self.place("one-call", 1)
        self.play(place, server_port, 20, ("-llevel", "B"))
        found = re.findall(r"Buffer (?:sent|received) size +\[(\d+)\]", place.log("client."))
        if len(found) != 6:
            raise SystemExit(f"a call has {len(found)} datagrams, not 6:\n{place.log('client.')}")
        # Call-IDs hold the number of the call.
        longer = len(str(max(calls // 2, 1))) - 1
        return [int(size) + longer for size in found]

    def gannet(self, number):
        args = self.args
        calls = args.rate * args.seconds
        place, server_port = self.place(f"gannet-{number}", calls)
        dropped = udp_drops()
        costs = self.play(place, server_port, args.seconds * 3 + 30)
        figures = {side: side_figures(place, side, cost, calls)
                   for side, cost in zip(("client", "server"), costs)}
        seconds = [float(line["Rate(P)"]) for line in place.statistics("client-stat")
                   if line["ElapsedTime(P)"] == "00:00:01"]
        # The first begins before the first call and the last holds their end.
        seconds = seconds[1:-1] or seconds
        figures["calls"] = calls
        figures["calls_per_second"] = round(statistics.mean(seconds)) if seconds else 0
        figures["slowest_second"] = round(min(seconds)) if seconds else 0
        figures["kernel_drops"] = udp_drops() - dropped
        return figures

    def bare(self, sizes, segmentation):
        args = self.args
        port = free_udp_port()
        options = ["--sizes", ",".join(map(str, sizes)), *(["--segmentation"] if segmentation else [])]
        address = f"127.0.0.1:{port}"
        server = Program(
            [args.bare_socket, "server", "--bind", address, *options], self.folder, "bare-server"
        )
        client = None
        try:
            until_bound(port)
            words = [args.bare_socket, "client", "--to", address, "--rate", str(args.rate)]
            words += ["--seconds", str(args.seconds), "--in-flight", str(CALL_CONTEXTS)]
            client = Program([*words, *options], self.folder, "bare-client")
            client.wait(args.seconds * 3 + 30)
            server.wait(30)
        finally:
            server.kill()
            if client:
                client.kill()
        return {side: json.loads(program.output().splitlines()[-1])
                for side, program in (("client", client), ("server", server))}

    def sipp(self, seconds):
        """SIPp's built-in caller and callee: the same six messages a call."""
        port = free_udp_port()
        own_port = free_udp_port([port])
        calls = SIPP_RATE * seconds
        common = ["sipp", "-nostdin", "-i", "127.0.0.1", "-m", str(calls), "-timeout", f"{seconds * 3 + 30}s"]
        server = Program([*common, "-sn", "uas", "-p", str(port)], self.folder, "sipp-uas")
        client = None
        try:
            until_bound(port)
            words = ["-sn", "uac", "-p", str(own_port), "-r", str(SIPP_RATE), "-l", str(CALL_CONTEXTS)]
            client = Program([*common, *words, f"127.0.0.1:{port}"], self.folder, "sipp-uac")
            costs = {"client": client.wait(seconds * 3 + 40), "server": server.wait(10)}
        finally:
            server.kill()
            if client:
                client.kill()
        return {side: {"exit_code": cost.code, "cpu_us_per_call": round(cost.cpu_s * 1e6 / calls, 2),
                       "peak_mib": round(cost.peak_kib / 1024, 1)}
                for side, cost in costs.items()}


def side_figures(place, side, cost, calls):
    last = (place.statistics(f"{side}-stat") or [{}])[-1]
    count = lambda name: int(last.get(f"{name}(C)", 0))
    messages = (place.statistics(f"{side}-protocol-stat") or [{}])[-1]
    surplus = {name: int(messages.get(f"{name}(C)", 0)) - calls * each
               for name, each in EXPECTED[side].items()}
    return {
        "exit_code": cost.code,
        "successful": count("TrafficSuccessfulCall"),
        "failed": count("FailedCall") + count("FailedRefused") + count("FailedTimeout"),
        "unexpected": count("UnexpectedMsg"),
        # Messages of a kind more or fewer than the calls need: sent or received again, or lost.
        "repeated_messages": sum(max(more, 0) for more in surplus.values()),
        "missing_messages": sum(max(-more, 0) for more in surplus.values()),
        "user_s": round(cost.user_s, 3),
        "system_s": round(cost.system_s, 3),
        "cpu_us_per_call": round(cost.cpu_s * 1e6 / calls, 2),
        "user_us_per_call": round(cost.user_s * 1e6 / calls, 2),
        "system_us_per_call": round(cost.system_s * 1e6 / calls, 2),
        "cpu_s_per_1000_calls": round(cost.cpu_s * 1e3 / calls, 5),
        "peak_mib": round(cost.peak_kib / 1024, 1),
        "wall_s": round(cost.wall_s, 2),
    }


def udp_drops():
    """Datagrams that found a receive buffer full, on the whole machine."""
    with open("/proc/net/snmp", encoding="ascii") as snmp:
        names, values = [line.split()[1:] for line in snmp if line.startswith("Udp:")]
    return int(dict(zip(names, values))["RcvbufErrors"])


def measure(bench, number, sizes):
    before = load_average()
    result = {"rate": bench.args.rate, "seconds": bench.args.seconds, "sizes": sizes,
              "gannet": bench.gannet(number)}
    for name, segmentation in (("bare", False), ("bare_segmentation", True)):
        result[name] = bench.bare(sizes, segmentation)
        result[f"ratio_to_{name}"] = {
            side: round(result["gannet"][side]["cpu_us_per_call"]
                        / max(result[name][side]["cpu_us_per_call"], 0.001), 2)
            for side in ("client", "server")}
    if bench.args.sipp:
        result["sipp"] = bench.sipp(bench.args.seconds)
        result["ratio_to_sipp"] = {
            side: round(result["gannet"][side]["cpu_us_per_call"]
                        / max(result["sipp"][side]["cpu_us_per_call"], 0.001), 3)
            for side in ("client", "server")}
    result["load_average"] = {"before": before, "after": load_average()}
    result["passed"] = passed(result)
    return result


def passed(result):
    """No call failed, nothing sent again or lost, and the rate held."""
    gannet = result["gannet"]
    sides = [gannet["client"], gannet["server"]]
    clean = all(side["exit_code"] == 0 and side["successful"] == gannet["calls"]
                and side["failed"] + side["unexpected"] == 0
                and side["repeated_messages"] + side["missing_messages"] == 0
                for side in sides)
    return clean and gannet["calls_per_second"] >= 0.99 * result["rate"]


def show(result):
    gannet = result["gannet"]
    load = result["load_average"]
    print(f"{gannet['calls']:,} calls at {result['rate']:,}/s: "
          f"{gannet['calls_per_second']:,} calls/s reached (slowest second "
          f"{gannet['slowest_second']:,}), kernel drops {gannet['kernel_drops']}, "
          f"load average {load['before']} before, {load['after']} after")
    print(f"{'':22}{'CPU µs/call':>12}{'user':>8}{'system':>8}{'s/1000':>10}{'MiB':>8}"
          f"{'failed':>8}{'repeated':>10}{'missing':>9}")
    for side in ("client", "server"):
        figures = gannet[side]
        print(f"gannet {side:15}{figures['cpu_us_per_call']:>12}{figures['user_us_per_call']:>8}"
              f"{figures['system_us_per_call']:>8}{figures['cpu_s_per_1000_calls']:>10}"
              f"{figures['peak_mib']:>8}{figures['failed']:>8}{figures['repeated_messages']:>10}"
              f"{figures['missing_messages']:>9}")
    for name, text in (("bare", "bare sockets"), ("bare_segmentation", "bare, segmentation")):
        for side in ("client", "server"):
            figures = result[name][side]
            ratio = result[f"ratio_to_{name}"][side]
            print(f"{text} {side:>{21 - len(text)}}{figures['cpu_us_per_call']:>12.2f}"
                  f"   {figures['calls_per_second']:,} calls/s, {figures['lost']} lost;"
                  f" gannet is {ratio} times that")
    for side, figures in result.get("sipp", {}).items():
        print(f"sipp at {SIPP_RATE}/s {side:>7}{figures['cpu_us_per_call']:>12.2f}   exit code "
              f"{figures['exit_code']}, {figures['peak_mib']} MiB; gannet is "
              f"{result['ratio_to_sipp'][side]} times that")
    print("passed" if result["passed"] else "NOT PASSED", flush=True)


def main():
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="gannet-bench-") as temporary:
        bench = Bench(args, args.keep or temporary)
        os.makedirs(bench.folder, exist_ok=True)
        sizes = bench.sizes(args.rate * args.seconds)
        results = []
        for number in range(args.repeat):
            result = measure(bench, number, sizes)
            results.append(result)
            if args.json != "-":
                show(result)
    if args.json:
        text = "".join(json.dumps(result) + "\n" for result in results)
        if args.json == "-":
            sys.stdout.write(text)
        else:
            with open(args.json, "w", encoding="utf-8") as file:
                file.write(text)
    return 0 if all(result["passed"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
