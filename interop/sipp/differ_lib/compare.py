"""Compares a run with what SIPp and SIPp do.

Retransmissions: their number must be that of SIPp's runs. One more or less is let pass only where
the clock decides: when what ended the series came within EDGE_S of a retransmission that was due or
had just been sent, on either side of the comparison.

Times: a message may come at another time after the call's first message by TIME_S plus TIME_SHARE of
that time; not looked at where a scenario draws its pauses at random.
"""

import difflib
import re
from dataclasses import dataclass, field

from . import counters
from .departures import Departures

EDGE_S = 0.06
TIME_S, TIME_SHARE = 0.25, 0.1
T2_S = 4.0
TOKEN = re.compile(r"\d+|[A-Za-z]+|.|\n", re.S)
NAME = re.compile(r"<([a-z-]+?)-\d+>")


@dataclass
class Verdict:
    """What is said about one run of a pair."""

    word: str  # "same", "differs", "failed to run", "timeout"
    notes: list = field(default_factory=list)
    details: list = field(default_factory=list)
    departures: list = field(default_factory=list)  # known ones, which explain all that is not the same


@dataclass
class Baseline:
    """What several runs of SIPp against itself agree on, and where they do not."""

    runs: list
    masks: dict = field(default_factory=dict)
    log_masks: dict = field(default_factory=dict)
    loose: bool = False
    timed: bool = True
    t1s: list = field(default_factory=list)

    @property
    def first(self):
        """The run that others are compared with."""
        return self.runs[0]

    def notes(self):
        """What of it cannot be compared exactly."""
        notes = []
        if self.loose:
            notes.append("SIPp's own runs differ in their messages: only the kinds of messages are compared")
        if self.masks:
            masked = sorted({re.split(r"[:\s=]", line.strip())[0] for *_, line in self.masks})
            notes.append("differs between SIPp's own runs, so it is masked: " + ", ".join(masked)[:160])
        return notes


def learn(runs, pair):
    """Joins SIPp's own runs."""
    scenarios = pair.scenarios().values()
    baseline = Baseline(runs, t1s=sorted({t for s in scenarios for t in s.retransmission_t1_s()}))
    baseline.timed = not any(
        "distribution" in e.attrs or "variable" in e.attrs or {"min", "max"} & set(e.attrs)
        for s in scenarios for e in s.elements if e.name == "pause"
    )
    first = runs[0]
    for other in runs[1:]:
        if len(first.calls) != len(other.calls):
            baseline.loose = True
            continue
        for a, b in zip(first.calls, other.calls):
            _learn_call(baseline, a, b)
        for name, party in first.parties.items():
            mine, theirs = party["log"], other.parties.get(name, {}).get("log", [])
            for i, (x, y) in enumerate(zip(mine, theirs)):
                if x != y:
                    baseline.log_masks[name, i] = mask(x, y)
    return baseline


def _learn_call(baseline, a, b):
    shape = {d: [len(m.lines) for m in ms] for d, ms in a.directions.items()}
    if shape != {d: [len(m.lines) for m in ms] for d, ms in b.directions.items()}:
        baseline.loose = True
        return
    for direction, messages in a.directions.items():
        for i, (x, y) in enumerate(zip(messages, b.directions[direction])):
            if re.sub(r"\d", "", x.title) != re.sub(r"\d", "", y.title) or x.title[:12] != y.title[:12]:
                baseline.loose = True
                return
            for j, (left, right) in enumerate(zip(x.lines, y.lines)):
                if left != right:
                    baseline.masks[a.number, direction, i, j, left] = mask(left, right)


def mask(left, right):
    """A pattern that fits both lines and what lies between them: digits for digits, words for words."""
    a, b = TOKEN.findall(left), TOKEN.findall(right)
    pattern = ""
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            pattern += re.escape("".join(a[i1:i2]))
        elif "".join(a[i1:i2] + b[j1:j2]).isdigit():
            pattern += r"\d+"
        else:
            pattern += r"[^\r\n]*?"
    return re.compile(pattern)


def compare(baseline, run, pair, rewritten=None):
    """Says whether a run is what SIPp and SIPp do, SIPp perhaps with the scenario in other words."""
    known = Departures(pair, baseline, run, rewritten)
    if run.error:
        return Verdict("failed to run", [run.error])
    notes, details = [], []
    if run.dropped:
        notes.append(f"{run.dropped} packets were lost to the capture")
    crashed = [n for n, p in run.parties.items() if _crashed(p) and not _crashed(baseline.first.parties.get(n, {"exit": 0}))]
    if crashed:
        first = crashed[0]
        tail = run.parties[first]["errors"][-3:]
        return Verdict("failed to run", [f"{first} crashed with {run.parties[first]['exit']}", *tail])
    if run.limited and not baseline.first.limited:
        notes.append("the limit of time was reached")
    off_by = 0
    if baseline.loose:
        details += _compare_loosely(baseline, run)
    else:
        found, off_by = _compare_calls(baseline, run, known)
        details += found
    details += _compare_exits(baseline, run, known)
    if not baseline.loose:
        details += _compare_counters(baseline, run, off_by, known) + _compare_logs(baseline, run)
        details += _compare_tables(baseline, run, known)
    if off_by:
        notes.append(f"{off_by} retransmission(s) more or less, at the edge of a timer")
    notes += baseline.notes()
    word = "differs" if details else "same"
    return Verdict("timeout" if run.limited and not baseline.first.limited else word, notes, details, known.names())


def _crashed(party):
    return party["exit"] in (101, 134, 139) or (party["exit"] < 0 and party.get("ended_by") == "self")


def _compare_calls(baseline, run, known):
    details, off_by = [], 0
    wanted, found = baseline.first.calls, run.calls
    if len(wanted) != len(found) and not known.pacing(wanted, found):
        details.append(f"{len(found)} calls on the wire, {len(wanted)} with SIPp")
    left = list(found)
    open_calls, differing = [], []
    for call in wanted:  # the same messages, whichever call was first
        same = next((c for c in left if c.number == call.number and c.flat() == call.flat()), None)
        same = same or next((c for c in left if c.flat() == call.flat()), None)
        if same:
            left.remove(same)
            found_details, tolerated = _compare_repeats(baseline, call, same)
            details += found_details
            off_by += tolerated
        else:
            open_calls.append(call)
    for call in open_calls:
        match = next((c for c in left if c.number == call.number), left[0] if left else None)
        if match is None:
            continue
        left.remove(match)
        difference = _compare_call(baseline, call, match, known)
        if difference:
            differing.append((call.number, difference))
            continue
        found_details, tolerated = _compare_repeats(baseline, call, match)
        details += found_details
        off_by += tolerated
    if differing:
        numbers = [str(number) for number, _ in differing[1:]]
        details.append(differing[0][1] + (f"\n    (calls {', '.join(numbers[:8])} too)" if numbers else ""))
    return details, off_by


def _compare_call(baseline, wanted, found, known):
    """The first difference of a call, as text, or an empty string."""
    known.begin(wanted, found)
    for direction in {**wanted.directions, **found.directions}:
        a, b = wanted.directions.get(direction, []), found.directions.get(direction, [])
        for i, (x, y) in enumerate(zip(a, b)):
            same = _same_message(baseline, wanted.number, direction, i, x, y)
            if not same and not known.message(direction, x, y):
                if x.title.split()[:2] != y.title.split()[:2] and [m.title for m in a] != [m.title for m in b]:
                    break
                return f"call {wanted.number}, {direction}, message {i + 1}:\n" + diff(x.lines, y.lines)
            if x.transport != y.transport:
                return f"call {wanted.number}, {direction}, message {i + 1}: by {y.transport}, SIPp's by {x.transport}"
        titles = [m.title + "\r\n" for m in a], [m.title + "\r\n" for m in b]
        same = len(a) == len(b) and all(known.alike(direction, x, y) for x, y in zip(a, b))
        if titles[0] != titles[1] and not same and not known.more(direction, a, b):
            return f"call {wanted.number}, {direction}: other messages\n" + diff(*titles)
    return ""


def _same_message(baseline, number, direction, index, wanted, found):
    if len(wanted.lines) != len(found.lines):
        return False
    for j, (x, y) in enumerate(zip(wanted.lines, found.lines)):
        pattern = baseline.masks.get((number, direction, index, j, x))
        if x != y and not (pattern and pattern.fullmatch(y)):
            return False
    return True


def _compare_repeats(baseline, wanted, found):
    """Retransmissions and times of two calls with the same messages."""
    details, off_by = [], 0
    others = [c for r in baseline.runs[1:] for c in r.calls if c.number == wanted.number]
    for direction, messages in wanted.directions.items():
        for i, (x, y) in enumerate(zip(messages, found.directions.get(direction, []))):
            same = [x, *(c.directions[direction][i] for c in others)]
            counts = [len(m.repeats) for m in same]
            count = len(y.repeats)
            firsts = [m.repeats[0] - m.at for m in (*same, y) if m.repeats]
            t1s = firsts[:1] or baseline.t1s
            late_x, early_x = _edges(t1s, wanted, x)
            late_y, early_y = _edges(t1s, found, y)
            low = min(counts) - (late_x or early_y)
            high = max(counts) + (early_x or late_y)
            if not low <= count <= high:
                details.append(f"call {wanted.number}, {direction}, message {i + 1} ({x.title}): sent again {count} times, SIPp {counts[0]} times")
            elif not min(counts) <= count <= max(counts):
                off_by += 1
            elif baseline.timed:
                details += _compare_times([wanted, *others], found, direction, i)
    return details, off_by


def _edges(t1s, call, message):
    """(the last sending was just before the end of the series, the next would be just after it)"""
    last = message.repeats[-1] if message.repeats else message.at
    stop = next((at for at, _, m in call.messages() if at > last and m is not message), None)
    if stop is None:
        return False, False
    times = [message.at, *message.repeats]
    due = [min(2 * (times[-1] - times[-2]), max(T2_S, times[-1] - times[-2]))] if message.repeats else t1s
    return bool(message.repeats) and stop - last < EDGE_S, any(-EDGE_S < last + t - stop < EDGE_S for t in due)


def _compare_times(wanted, found, direction, index):
    """Each sending of a message, counted from the call's first message, against all of SIPp's runs."""

    def sendings(call):
        began, message = call.messages()[0][0], call.directions[direction][index]
        return [at - began for at in (message.at, *message.repeats)]

    runs = [sendings(call) for call in wanted]
    for n, y in enumerate(sendings(found)):
        times = [run[n] for run in runs if n < len(run)]
        if times and not min(times) * (1 - TIME_SHARE) - TIME_S <= y <= max(times) * (1 + TIME_SHARE) + TIME_S:
            title = found.directions[direction][index].title
            return [f"call {wanted[0].number}, {direction}, message {index + 1} ({title}): sent after {y:.2f} s, SIPp after {times[0]:.2f} s"]
    return []


def _compare_loosely(baseline, run):
    """Every message must be of a kind that SIPp's runs have too, in the same direction."""

    def kinds(runs):
        return {
            (d, re.sub(r"\d+", "N", NAME.sub(r"<\1>", "".join(m.lines))))
            for r in runs for c in r.calls for d, ms in c.directions.items() for m in ms
        }

    new = kinds([run]) - kinds(baseline.runs)
    details = [f"{d}: no message of SIPp's runs is like this one:\n{visible(text)}" for d, text in sorted(new)[:1]]
    if baseline.first.calls and not run.calls:
        details.append("no call on the wire")
    return details


def _kind_of_exit(party, on_wire):
    """Programs may name a refusal before any traffic by another number."""
    code = party["exit"]
    if not on_wire and code not in (0, 97, 99) and party["ended_by"] == "self":
        return "refused"
    return {-1: 255, -2: 254, -3: 253}.get(code, code)


def _compare_exits(baseline, run, known):
    details = []
    for name, wanted in baseline.first.parties.items():
        codes = {_kind_of_exit(r.parties[name], bool(r.calls)) for r in baseline.runs if name in r.parties}
        found = run.parties.get(name)
        if found is None:
            details.append(f"{name} was not started")
        elif _crashed(wanted) or known.stopped(name) or known.came_to_its_end(name):
            continue  # what SIPp would have returned is not known
        elif found["ended_by"] != wanted["ended_by"]:
            how = {"self": "ended by itself", "usr1": "had to be told to end", "term": "had to be terminated", "kill": "had to be killed"}
            details.append(f"{name} {how[found['ended_by']]}, SIPp {how[wanted['ended_by']]}")
        elif _kind_of_exit(found, bool(run.calls)) not in codes and not known.exit_code(name):
            tail = "".join(f"\n    {line}" for line in found["errors"][-2:])
            details.append(f"{name}: exit code {found['exit']}, SIPp's {wanted['exit']}{tail}")
    return details


def _compare_counters(baseline, run, off_by, known):
    details = []
    for name, wanted in baseline.first.parties.items():
        found = run.parties.get(name)
        if found is None or wanted["ended_by"] == "kill":
            continue
        if _kind_of_exit(wanted, bool(baseline.first.calls)) == _kind_of_exit(found, bool(run.calls)) == "refused":
            continue  # whether files were begun before that is left open
        for kind, label in (("counters", "statistics"), ("counts", "counts")):
            masked = set()
            for other in baseline.runs[1:]:
                masked |= counters.unstable(wanted[kind], other.parties.get(name, {}).get(kind))
            wrong = counters.difference(
                wanted[kind], found[kind], masked, off_by, lambda *figure, party=name: known.counter(party, *figure)
            )
            details += [f"{name}'s {label}: {text}" for text in wrong[:4]]
    return details


def _compare_logs(baseline, run):
    details = []
    for name, wanted in baseline.first.parties.items():
        mine, theirs = wanted["log"], run.parties.get(name, {}).get("log", [])

        def same(i, line, name=name, mine=mine):
            pattern = baseline.log_masks.get((name, i))
            return line == mine[i] or bool(pattern and pattern.fullmatch(line))

        if len(mine) == len(theirs) and all(same(i, line) for i, line in enumerate(theirs)):
            continue
        if sorted(mine) != sorted(theirs):
            details.append(f"{name}'s log:\n" + diff([f"{x}\r\n" for x in mine], [f"{x}\r\n" for x in theirs]))
    return details


def _compare_tables(baseline, run, known):
    """Media, sockets, and what is no SIP."""
    details, others = [], baseline.runs[1:]
    for name in {**baseline.first.media, **run.media}:
        wanted, found = baseline.first.media.get(name), run.media.get(name)
        if wanted is None or found is None:
            details.append(f"media {name}: {'none' if found is None else found['count']} packets, SIPp {'none' if wanted is None else wanted['count']}")
            continue
        for key, value in wanted.items():
            near = key == "count" and abs(value - found[key]) <= max(3, value // 20)
            if value == found[key] or near or known.media(name, key):
                continue
            if key == "count" or not any(known.varies(name, key, r.media.get(name, {}).get(key)) for r in others):
                details.append(f"media {name}: {key} {_shortly(key, found[key])}, SIPp {_shortly(key, value)}")
    for name in {**baseline.first.sockets, **run.sockets}:
        counts = {r.sockets.get(name, 0) for r in baseline.runs}
        wanted, found = baseline.first.sockets.get(name, 0), run.sockets.get(name, 0)
        if len(counts) == 1 and found not in counts and not known.sockets(name, wanted, found):
            details.append(f"sockets, {name}: {found}, SIPp {wanted}")
    for name in set(baseline.first.other) ^ set(run.other):
        if all((name in r.other) == (name in baseline.first.other) for r in others):
            details.append(f"{'only SIPp' if name in baseline.first.other else 'SIPp never'} sends {name}")
    return details


def _shortly(key, value):
    """A figure of a stream; of payloads how they begin."""
    return " ".join(payload[:8].hex() for payload in value[:4]) + " …" if key == "head" else value


def visible(text):
    """Text with every octet that cannot be seen made visible."""
    return "".join(c if c.isprintable() or c == "\n" else "" if c == "\r" else f"\\x{ord(c):02x}" for c in text)


def _show(lines):
    for line in lines:
        body, end = (line[:-2], "") if line.endswith("\r\n") else (line.rstrip("\n"), "<LF>" if line.endswith("\n") else "<no line end>")
        trailing = "<blanks>" if body != body.rstrip() else ""
        yield visible(body.replace("\r", "<CR>")).replace("\n", "") + trailing + end


def diff(wanted, found):
    """A unified diff with line ends shown where they are not CRLF."""
    lines = difflib.unified_diff(list(_show(wanted)), list(_show(found)), "SIPp/SIPp", "this run", lineterm="", n=2)
    return "\n".join("    " + line for line in lines)
