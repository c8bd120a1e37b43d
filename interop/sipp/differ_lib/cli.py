"""The command line of `differ`: plays the pairs, prints the table, writes JSON."""

import argparse
import concurrent.futures
import dataclasses
import json
import os
import shlex
import shutil
import sys
import tempfile
import threading
import time

from . import compare, coverage, pairs, play, run
from .judge import Judge

NAMES = {"ss": "SIPp/SIPp", "gs": "gannet/SIPp", "sg": "SIPp/gannet", "gg": "gannet/gannet"}
DESCRIPTION = """\
Plays every pair of SIPp scenarios below FOLDER four times (who calls/who is called: SIPp/SIPp,
gannet/SIPp, SIPp/gannet, gannet/gannet) on the loopback device and compares what was on the wire,
the exit codes, the counters, the logs and the media with SIPp/SIPp's. README.md beside this program
says how pairs are found and what is compared how."""
EPILOG = """\
exit code: 0 all the same; 1 something differs, timed out or failed to run; 2 wrong use.

examples:
  differ pairs                                  our own pairs
  differ --gannet "target/release/gannet sipp" --jobs 8 ~/scenarios --json out.json
  differ --combinations ss pairs                only SIPp/SIPp: are the pairs themselves right?
  differ --only uac_basic --keep --verbose pairs
  differ --coverage pairs                       which elements, attributes, keywords no pair uses"""


def parser():
    """The options."""
    p = argparse.ArgumentParser("differ", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder", help="where the scenarios are; folders below it too")
    p.add_argument("--sipp", default="/usr/bin/sipp", metavar="COMMAND", help="SIPp (default: %(default)s)")
    p.add_argument("--gannet", default="gannet sipp", metavar="COMMAND", help='gannet with its command (default: "%(default)s")')
    p.add_argument("--combinations", default="ss,gs,sg,gg", metavar="LIST", help="which to play (default: %(default)s); ss always is")
    p.add_argument("--only", action="append", default=[], metavar="NAME", help="only pairs whose name contains NAME; may be repeated")
    p.add_argument("--list", action="store_true", help="only say which pairs were found and how they would be played")
    p.add_argument("--coverage", action="store_true", help="print which pair uses what of SIPp's vocabulary, and what none does")
    p.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1), metavar="N", help="pairs at the same time (default: %(default)s)")
    p.add_argument("--calls", type=int, default=3, metavar="N", help="calls of each run, unless the pair says it (default: %(default)s)")
    p.add_argument("--limit", type=float, default=60, metavar="S", help="longest time of one run (default: %(default)s)")
    p.add_argument("--silence", type=float, default=8, metavar="S", help="a run ends when nothing was on the wire for so long, and for longer than any pause in it (default: %(default)s)")
    p.add_argument("--grace", type=float, default=6, metavar="S", help="how long the called may be silent after the callers ended (default: %(default)s)")
    p.add_argument("--baselines", type=int, default=2, metavar="N", help="runs of SIPp/SIPp that are compared with each other first (default: %(default)s)")
    p.add_argument("--retries", type=int, default=1, metavar="N", help="a run that differs is played again so often, with one more run of SIPp/SIPp (default: %(default)s)")
    p.add_argument("--no-times", action="store_true", help="do not compare when messages were sent (on a busy machine)")
    p.add_argument("--strict-ids", action="store_true", help="compare Call-IDs, branches and tags octet by octet (process ids are the same in all runs)")
    p.add_argument("--options", default="", metavar="OPTIONS", help="more options for every party of every pair")
    p.add_argument("--no-sandbox", action="store_true", help="no namespaces: free ports of this machine")
    p.add_argument("--trace", action="store_true", help="no raw socket: read what the programs' -trace_msg say")
    p.add_argument("--json", metavar="FILE", help="write the results there too")
    p.add_argument("--keep", action="store_true", help="keep the scratch folder with captures and logs, and say where it is")
    p.add_argument("--verbose", action="store_true", help="show all differences, not the first three of a run")
    return p


def main():
    """Runs the command line."""
    if sys.argv[1:2] == ["--play"]:
        return play.main(sys.argv[2])
    options = parser().parse_args()
    if not os.path.isdir(options.folder):
        parser().error(f"{options.folder} is no folder")
    programs = [options.sipp] + [options.gannet] * any("g" in c for c in options.combinations.split(","))
    missing = [p for p in programs if not shutil.which(shlex.split(p)[0])]
    if missing and not (options.list or options.coverage):
        parser().error(f"{missing[0]} cannot be run")
    found = [p for p in pairs.find(options.folder) if not options.only or any(o in p.name for o in options.only)]
    if options.coverage:
        return coverage.report(found)
    if not found:
        parser().error("no scenarios found")
    if options.list:
        for pair in found:
            print(pair.name, f"(skipped: {pair.skip})" if pair.skip else "")
            for party in pair.parties:
                print(f"    {party.name}: {party.scenario} {'to ' + party.to if party.to else ''} {shlex.join(party.options)}")
        return 0
    return Session(options, found).main()


class Session:
    """One run of the program over all pairs."""

    def __init__(self, options, found):
        self.options, self.pairs = options, found
        self.combinations = [c for c in NAMES if c in options.combinations.split(",") and c != "ss"]
        sandbox = [] if options.no_sandbox else run.probe_sandbox()
        witness = not options.trace and (bool(sandbox) or run.can_witness())
        self.settings = run.Settings(
            {"s": shlex.split(options.sipp), "g": absolute(shlex.split(options.gannet))},
            tempfile.mkdtemp(prefix="differ-"), options.calls, options.limit, options.grace, options.silence,
            options.strict_ids, sandbox, witness, shlex.split(options.options), run.probe_slow_wire(sandbox),
        )
        if not sandbox:
            print("no namespaces of our own: the runs share this machine's ports", file=sys.stderr)
        if not witness:
            print("no raw socket: what was sent is what the programs' own traces say", file=sys.stderr)
        self.results, self.lock = [], threading.Lock()

    def main(self):
        """Plays all pairs; returns the exit code."""
        began = time.time()
        width = max(len(p.name) for p in self.pairs)
        self.width = min(width, 44)
        print(f"{'pair':{self.width}}  " + "  ".join(f"{NAMES[c]:14}" for c in ["ss", *self.combinations]))
        try:
            with concurrent.futures.ThreadPoolExecutor(max(1, self.options.jobs)) as pool:
                for future in [pool.submit(self.pair, pair) for pair in self.pairs]:
                    future.result()
        finally:
            if self.options.keep:
                print(f"kept: {self.settings.scratch}")
            else:
                shutil.rmtree(self.settings.scratch, ignore_errors=True)
        return self.summary(time.time() - began)

    def pair(self, pair):
        """Plays one pair in all combinations and prints its line."""
        result = {"pair": pair.name, "skipped": self.reason_to_skip(pair), "combinations": {}}
        if not result["skipped"]:
            try:
                self.play(pair, result["combinations"])
            except Exception as error:  # one broken pair must not end the others
                result["combinations"]["ss"] = dataclasses.asdict(compare.Verdict("failed to run", [f"{type(error).__name__}: {error}"]))
        with self.lock:
            self.results.append(result)
            self.show(result)

    def reason_to_skip(self, pair):
        """Why this machine cannot play it, or an empty string."""
        if "sctp" in pair.needs and not os.path.exists("/proc/net/sctp"):
            return "the kernel has no SCTP"
        if "root" in pair.needs and os.geteuid() != 0:
            return "needs root"
        if "sandbox" in pair.needs and not self.settings.sandbox:
            return "needs a network namespace"
        return pair.skip

    def play(self, pair, verdicts):
        """SIPp/SIPp first, then the others against it."""
        options = self.options
        judge = Judge(self.settings, pair, options.retries, not options.no_times, options.baselines)
        verdicts["ss"] = dataclasses.asdict(self.judge_baseline(pair, judge.runs[: max(1, options.baselines)]))
        if judge.runs[0].error:
            return
        for combination in self.combinations:
            verdicts[combination] = dataclasses.asdict(judge.verdict(combination))

    def judge_baseline(self, pair, runs):
        """What SIPp and SIPp did."""
        first = runs[0]
        if first.error:
            return compare.Verdict("failed to run", [first.error])
        codes = {name: party["exit"] % 256 if party["ended_by"] == "self" else party["ended_by"] for name, party in first.parties.items()}
        notes = [f"{name}={code}" for name, code in codes.items()]
        notes += compare.learn(runs, pair).notes() if not any(r.error for r in runs) else []
        wrong = [f"{name}: exit code {codes.get(name)}, the pair expects {code}" for name, code in pair.expect.items() if codes.get(name) != code]
        if wrong:
            notes += [line for p in first.parties.values() for line in p["errors"][-4:]]
            return compare.Verdict("unexpected", notes, wrong)
        return compare.Verdict("timeout" if first.limited else "ok", notes)

    def show(self, result):
        """One line of the table with what is to be said below it."""
        name = result["pair"]
        if result["skipped"]:
            print(f"{name:{self.width}}  skipped: {result['skipped']}", flush=True)
            return
        verdicts = result["combinations"]
        words = [verdicts.get(c, {"word": "-"}) for c in ["ss", *self.combinations]]
        starred = [v["word"] + ("*" if v.get("notes") and v["word"] == "same" else "") for v in words]
        starred = [
            f"{w} (departure: {', '.join(v['departures'])})" if v["word"] == "same" and v.get("departures") else w
            for w, v in zip(starred, words)
        ]
        first = f"{starred[0]} {' '.join(n for n in words[0].get('notes', []) if '=' in n and ' ' not in n)}"
        print(f"{name:{self.width}}  {first:14}  " + "  ".join(f"{w:14}" for w in starred[1:]), flush=True)
        for combination, verdict in verdicts.items():
            notes = [n for n in verdict["notes"] if combination != "ss" or "=" not in n or " " in n or verdict["word"] != "ok"]
            shown = verdict["details"] if self.options.verbose else verdict["details"][:3]
            for text in [*shown, *notes]:
                print(f"  {NAMES[combination]}: {text}", flush=True)
            if len(shown) < len(verdict["details"]):
                print(f"  {NAMES[combination]}: and {len(verdict['details']) - len(shown)} more (--verbose)")

    def summary(self, seconds):
        """The last lines, the JSON file, the exit code."""
        bad, total = 0, {}
        for result in self.results:
            for combination, verdict in result["combinations"].items():
                total.setdefault(combination, {}).setdefault(verdict["word"], []).append(result["pair"])
                bad += verdict["word"] not in ("same", "ok") and not (combination == "ss" and verdict["word"] == "timeout")
        print()
        departures = {}
        for result in self.results:
            for verdict in result["combinations"].values():
                for name in verdict.get("departures", []) if verdict["word"] == "same" else []:
                    departures.setdefault(name, set()).add(result["pair"])
        for name, names in sorted(departures.items()):
            print(f"departure {name}: {len(names)} pairs")
        for combination, words in total.items():
            print(f"{NAMES[combination]:14} " + ", ".join(f"{len(names)} {word}" for word, names in sorted(words.items())))
        skipped = [r["pair"] for r in self.results if r["skipped"]]
        print(f"{len(self.results)} pairs, {len(skipped)} skipped, {seconds:.0f} s")
        if self.options.json:
            with open(self.options.json, "w", encoding="utf-8") as file:
                json.dump({"pairs": sorted(self.results, key=lambda r: r["pair"]), "seconds": round(seconds, 1)}, file, indent=1)
        return 1 if bad else 0


def absolute(argv):
    """The runs have folders of their own: a path that is relative to this one would not be found."""
    if argv and os.sep in argv[0]:
        argv[0] = os.path.abspath(argv[0])
    return argv
