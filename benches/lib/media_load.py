"""How many G.711 streams (20 ms) leave on time and arrive, gannet at both ends; SIPp and baresip beside it."""
import argparse
import json
import os
import sys
import tempfile

import baresip
import media
import sipp
from programs import load_average

# What the issue aims at.
AIM_STREAMS = 10_000
# A count is found within this part of itself.
GRAIN = 0.12
LOOK_S = 3
LOWEST_CALLS = 16
COUNTS_S = 8
FIRST_CALLS = {"own": 1_500, "shared": AIM_STREAMS // 2}
SIPP_FIRST_CALLS = 200
SIPP_CALLS_MAX = 1_500
SIPP_RATE = 200
DRIFT_MAX_US = 1_000
LAYOUTS = {
    "own": "each stream has a port of its own",
    "shared": "all streams of a side have one port",
}


def main():
    options = arguments()
    folder = options.keep or tempfile.mkdtemp(prefix="gannet-media-")
    os.makedirs(folder, exist_ok=True)
    media.prepare(folder)
    before = load_average()
    try:
        good, document = drift(options, folder) if options.drift else measure(options, folder)
    finally:
        media.clean(folder, options.keep)
    document["load_average"] = [before, load_average()]
    print(f"load average {before} before, {load_average()} after; {os.cpu_count()} processors")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(document, out, indent=1)
    return 0 if good else 1


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gannet", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--sipp", default="sipp", help="SIPp's program (sipp)")
    parser.add_argument("--streams", type=int, help="so many streams (both ways together), without a search")
    parser.add_argument("--seconds", type=int, default=COUNTS_S, help=f"length of the run that counts ({COUNTS_S})")
    parser.add_argument("--layouts", nargs="+", choices=LAYOUTS, default=list(LAYOUTS), help="ports of the streams")
    parser.add_argument("--floor", type=int, default=0, help="demands so many streams, with either layout")
    parser.add_argument("--drift", type=float, metavar="MINUTES", help="plays so long instead (1,000 streams unless --streams) and demands a drift below 1 ms")
    parser.add_argument("--free", action="store_true", help="leaves it to the system on which processors the processes run")
    parser.add_argument("--alone", action="store_true", help="without SIPp and baresip")
    parser.add_argument("--json", metavar="FILE", help="writes the figures")
    parser.add_argument("--keep", metavar="FOLDER", help="leaves the programs' files there")
    return parser.parse_args()


def measure(options, folder):
    gannet = [options.gannet, "sipp"]
    places = (None, None) if options.free else media.halves()
    empty = media.play(gannet, gannet, 1, 2, folder, places=places)
    best = {}
    for layout in options.layouts:
        best[layout] = highest(options, gannet, (layout, places), folder)
        show(layout, best[layout], empty)
    others = {} if options.alone else {"SIPp": sipp_highest(options, gannet, folder)}
    if not options.alone:
        others["baresip"] = baresip.highest(gannet, folder)
    tell_others(others, best)
    reached = max((run.streams for run in best.values() if run.is_good), default=0)
    print(f"aim: {AIM_STREAMS:,} streams; reached {reached:,} ({100 * reached / AIM_STREAMS:.0f} %)")
    good = all(run.is_good for run in best.values()) and reached >= options.floor
    runs = {**best, **{name: run for name, run in others.items() if run}}
    document = {name: run.document() for name, run in runs.items()}
    document["empty_resident_kib"] = empty.resident_kib
    return good, document


def highest(options, gannet, how, folder):
    """The run at the highest count at which packets leave on time and none is lost."""
    layout, places = how

    def look(calls, seconds=LOOK_S):
        run = media.play(gannet, gannet, calls, seconds, folder, layout, places=places)
        tell(f"gannet, {layout}", run, seconds)
        return run

    if options.streams:
        return look(max(options.streams // 2, 1), options.seconds)
    most = media.CALLS_MAX
    first = FIRST_CALLS[layout]
    calls = search(lambda calls: look(calls).is_good, first, most)
    while True:
        run = look(calls, options.seconds)
        if run.is_good or calls < first // 16:
            return run
        calls = int(calls * (1 - GRAIN))


def search(is_good, first, most):
    """The highest count within the grain; doubled or halved from the first one on."""
    low, high = None, first
    if is_good(high):
        while low is None or high < most:
            low, high = high, min(int(high * 1.8), most)
            if not is_good(high):
                break
            if high == most:
                return most
    else:
        while True:
            low = high // 2
            if low < LOWEST_CALLS or is_good(low):
                break
            high = low
        if low < LOWEST_CALLS:
            return low
    while high / low > 1 + GRAIN:
        middle = int((low * high) ** 0.5)
        if is_good(middle):
            low = middle
        else:
            high = middle
    return low


def sipp_highest(options, gannet, folder):
    """SIPp calls gannet, which measures what comes; each call sends both ways."""
    said = sipp.version([options.sipp])
    if not said or "RTPSTREAM" not in said:
        print("SIPp with rtp_stream is not installed")
        return None

    def look(calls):
        run = media.play([options.sipp], gannet, calls, LOOK_S, folder, rate=SIPP_RATE)
        runs[calls] = run
        tell("SIPp", run, LOOK_S)
        return run.is_good

    runs = {}
    calls = search(look, SIPP_FIRST_CALLS, SIPP_CALLS_MAX)
    if calls not in runs:
        look(calls)
    run = runs[calls]
    worse = min((count for count in runs if count > calls), default=None)
    if worse:
        run.fault_above = f"{runs[worse].streams // 2:,} streams of it: {runs[worse].fault}"
    return run


def tell(name, run, seconds):
    """A run of the search, told to whoever waits for its end."""
    said = run.fault or "good"
    print(f"  {name}: {run.streams:,} streams for {seconds} s: {said}", file=sys.stderr, flush=True)


def show(layout, run, empty):
    print(f"gannet, {LAYOUTS[layout]}:" + (f"  NOT GOOD: {run.fault}" if run.fault else ""))
    print(
        f"  {run.streams:,} streams, {run.packets_per_s:,} packets/s; 99.9 % left within"
        f" {run.late_us / 1e3:.2f} ms (worst {worst(run):.1f} ms), came within {run.came_late_us / 1e3:.2f} ms;"
        f" {run.lost:,} lost"
    )
    kib = [mine - bare for mine, bare in zip(run.resident_kib, empty.resident_kib)]
    print(
        f"  CPU per 1,000 streams {run.cpu_per_thousand:.3f} processors (caller {run.cpu[0]:.2f}, callee"
        f" {run.cpu[1]:.2f} in all); memory per stream {kib[0] / run.calls:.1f} + {kib[1] / run.calls:.1f} KiB"
        " (caller + callee: a stream sent and one received each)",
        flush=True,
    )


def worst(run):
    return max((side["late_departures"]["max_us"] for side in run.sides), default=0) / 1e3


def tell_others(others, best):
    ours = max((run.streams // 2 for run in best.values() if run.is_good), default=0)
    own = best.get("own")
    for name, run in others.items():
        if run is None:
            continue
        # Of another program only what it sends is judged: one stream of each call.
        lateness = run.server.get("received", {}).get("lateness", {})
        print(
            f"{name}: {run.calls:,} streams sent by one process, as many received; half of them came within"
            f" {lateness.get('p50_us', 0) / 1e3:.2f} ms, 99.9 % within {lateness.get('p99_9_us', 0) / 1e3:.2f} ms,"
            f" {100 * run.over_share:.1f} % later than 2 ms; {run.lost:,} lost; CPU per 1,000 streams"
            f" {1e3 * run.cpu[0] / max(run.streams, 1):.3f} processors of its side"
        )
        above = getattr(run, "fault_above", "")
        if above:
            print(f"  above that: {above}")
        ratios = [f"{ours / run.calls:.1f} times as many streams per process, on time"] if ours else []
        if own and own.is_good and run.cpu[0]:
            cost = (own.cpu[0] / own.streams) / (run.cpu[0] / run.streams)
            ratios.append(f"{cost:.2f} of its CPU per stream, with ports of their own")
        if ratios:
            print(f"  gannet: {', '.join(ratios)}", flush=True)


def drift(options, folder):
    """Plays for long; the packets of the end must come as the first ones did."""
    gannet = [options.gannet, "sipp"]
    seconds = max(int(options.drift * 60), 40)
    calls = max((options.streams or 1_000) // 2, 1)
    places = (None, None) if options.free else media.halves()
    run = media.play(gannet, gannet, calls, seconds, folder, places=places)
    drifts = [side["received"]["drift_us"] for side in run.sides]
    print(
        f"{run.streams:,} streams for {seconds / 60:.1f} min: drift of the worst stream against the clock"
        f" {', '.join(f'{us:+,} µs' for us in drifts if us is not None)}; 99.9 % left within"
        f" {run.late_us / 1e3:.2f} ms, {run.lost:,} lost"
        + (f"  NOT GOOD: {run.fault}" if run.fault else "")
    )
    holds = bool(drifts) and all(us is not None and abs(us) < DRIFT_MAX_US for us in drifts)
    return holds, {"drift": run.document()}


if __name__ == "__main__":
    sys.exit(main())
