"""The highest rate of SIPp against SIPp and of gannet against gannet, and what a call costs."""
import argparse
import dataclasses
import json
import os
import shutil
import sys
import tempfile

import sipp
from programs import load_average

# A rate is found within this part of itself.
GRAIN = 0.06
# Having failed in the run that counts, a rate is lowered by this part.
STEP_DOWN = 0.12
# A look is shorter than the run that counts.
LOOK_S = 4
LOWEST = 500
HIGHEST = 400_000
MODES = {"u1": "UDP, one socket", "t1": "TCP, one connection", "l1": "TLS, one connection"}


def main():
    options = arguments()
    folder = options.keep or tempfile.mkdtemp(prefix="gannet-sipp-load-")
    os.makedirs(folder, exist_ok=True)
    sipp.certificate(folder)
    before = load_average()
    rows = []
    try:
        for mode in options.modes:
            rows += measure(mode, options, folder)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"load average {before} before, {load_average()} after")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump([{**row, "run": dataclasses.asdict(row["run"])} for row in rows], out, indent=1)
    return verdict(rows, options)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gannet", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--sipp", default="sipp", help="SIPp's program (sipp)")
    parser.add_argument("--seconds", type=int, default=20, help="length of the run that counts (20)")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=list(MODES), help="transports")
    parser.add_argument("--rate", type=float, help="this rate alone, of both, without a search")
    parser.add_argument("--ratio", type=float, default=0, help="demands gannet's rate to be so many times SIPp's")
    parser.add_argument("--floor", type=float, default=0, help="demands this rate of gannet over UDP")
    parser.add_argument("--json", metavar="FILE", help="writes the figures")
    parser.add_argument("--keep", metavar="FOLDER", help="leaves the programs' files there")
    return parser.parse_args()


def measure(mode, options, folder):
    """The rows of one transport."""
    print(f"{mode}: {MODES[mode]}")
    words = {"SIPp": [options.sipp], "gannet": [options.gannet, "sipp"]}
    said = sipp.version(words["SIPp"])
    if not said:
        print("  SIPp is not installed: gannet alone")
        del words["SIPp"]
    elif mode == "l1" and "TLS" not in said:
        print(f"  this SIPp ({said.split()[1]}) has no TLS: gannet alone")
        del words["SIPp"]
    rows = []
    shared_rate = options.rate
    for name, program in words.items():
        best = highest(program, mode, options, folder)
        rows.append({"mode": mode, "program": name, "what": "highest", "run": best})
        show(name, "highest rate", best)
        if name == "SIPp" and best.is_good:
            shared_rate = best.rate
    if shared_rate and "gannet" in words and not options.rate:
        same = sipp.play(words["gannet"], mode, shared_rate, options.seconds, folder)
        rows.append({"mode": mode, "program": "gannet", "what": "SIPp's rate", "run": same})
        show("gannet", "at SIPp's rate", same)
    return rows


def highest(program, mode, options, folder):
    """The run at the highest rate at which nothing failed and nothing was sent again."""
    if options.rate:
        return sipp.play(program, mode, options.rate, options.seconds, folder)
    low, high = None, LOWEST
    while high <= HIGHEST and look(program, mode, high, LOOK_S, folder).is_good:
        low, high = high, high * 2
    if low is None:
        return sipp.play(program, mode, LOWEST, options.seconds, folder)
    while high / low > 1 + GRAIN:
        middle = (low * high) ** 0.5
        if look(program, mode, middle, LOOK_S, folder).is_good:
            low = middle
        else:
            high = middle
    while True:
        run = look(program, mode, low, options.seconds, folder)
        if run.is_good or low < LOWEST:
            return run
        low /= 1 + STEP_DOWN


def look(program, mode, rate, seconds, folder):
    """A run of the search, told to whoever waits for its end."""
    run = sipp.play(program, mode, rate, seconds, folder)
    said = run.fault or "good"
    print(f"  {program[0].rsplit('/', 1)[-1]} {rate:,.0f}/s for {seconds} s: {said}", file=sys.stderr, flush=True)
    return run


def show(name, what, run):
    text = (
        f"  {name:7} {what:15} {run.rate:>9,.0f}/s  CPU per call {run.client_us:6.1f} + "
        f"{run.server_us:6.1f} µs  {run.client_mib:6.1f} + {run.server_mib:6.1f} MiB"
    )
    print(text + (f"  NOT GOOD: {run.fault}" if run.fault else ""), flush=True)


def verdict(rows, options):
    """Prints the ratios; 1 if something that was demanded does not hold."""
    good = all(row["run"].is_good for row in rows if row["program"] == "gannet")
    for mode in options.modes:
        runs = {(row["program"], row["what"]): row["run"] for row in rows if row["mode"] == mode}
        ours, theirs = runs.get(("gannet", "highest")), runs.get(("SIPp", "highest"))
        if mode == "u1" and ours and ours.rate < options.floor:
            print(f"u1: {ours.rate:,.0f} calls/s are less than {options.floor:,.0f}")
            good = False
        if not ours or not theirs or not theirs.is_good or options.rate:
            continue
        ratio = ours.rate / theirs.rate
        same = runs.get(("gannet", "SIPp's rate"))
        cost = (same.client_us + same.server_us) / (theirs.client_us + theirs.server_us)
        print(f"{mode}: {ratio:.1f} times SIPp's rate; at SIPp's rate {cost:.2f} of its CPU per call")
        good = good and ratio >= options.ratio
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
