"""Says of each combination of one pair whether it is the same, and against which runs of SIPp.

Where an ACK has not the number of its INVITE, ours are told to take it, as SIPp 3.6.1 does.

Beside the plain runs of SIPp there are two other ones, of which a run has to be the same in all that
is compared:

- SIPp with the scenario in words that it understands (`rewrite`);
- SIPp on a slow wire, if it gave up a call because a message came before its next turn: there
  10 ms pass between two packets, so that it is never late.
"""

import dataclasses
import re

from . import compare, rewrite, run

# SIPp 3.6.1 takes an ACK whatever the number of its CSeq; 3.7 and gannet do so if they are told to.
ACKS_ARE_TAKEN = ["-default_behaviors", "all,-cseq"]
CSEQ = re.compile(rb"(?im)^cseq[ \t]*:[ \t]*(\d+)")
GAVE_UP = re.compile(r"while (in message type 5 |sending \()")


class Judge:
    """The runs of one pair."""

    def __init__(self, settings, pair, retries, timed, baselines):
        self.settings, self.pair, self.retries, self.timed = settings, pair, retries, timed
        self.count, self.baselines, self.references = 0, max(1, baselines), {}
        self.rewritten = rewrite.of(pair)
        self.own_options = []
        self.runs = [self.once("ss") for _ in range(self.baselines)]
        if any(map(has_other_ack, self.runs)):
            self.own_options = ACKS_ARE_TAKEN
        self.baseline = self.learn(self.runs)
        while self.baseline.loose and len(self.runs) < 4:
            self.again()

    def once(self, combination, **how):
        """Plays the pair once."""
        self.count += 1
        return run.play(self.settings, self.pair, combination, self.count, own_options=self.own_options, **how)

    def again(self):
        """One more run of SIPp."""
        self.runs.append(self.once("ss"))
        self.baseline = self.learn(self.runs)

    def learn(self, runs):
        """What SIPp's runs have in common."""
        baseline = compare.learn(runs, self.pair)
        baseline.timed = baseline.timed and self.timed
        return baseline

    def reference(self, rewritten, slow):
        """What SIPp does with other words, or on a slow wire."""
        key = rewritten is not None, slow
        if key not in self.references:
            runs = [self.once("ss", rewritten=rewritten, slow=slow) for _ in range(self.baselines)]
            self.references[key] = self.learn(runs)
        return self.references[key]

    def verdict(self, combination):
        """Plays a combination, as often as needed."""
        verdict = self.attempt(combination)
        for _ in range(self.retries):
            if verdict.word == "same" or (verdict.word == "failed to run" and not verdict.details):
                break
            self.again()
            again = self.attempt(combination)
            if again.word == "same":
                again.notes.append("only the second run was the same; the first: " + "; ".join(verdict.details)[:200])
            verdict = again
        return verdict

    def attempt(self, combination):
        """Against SIPp's plain runs, and if it is another one against those in which SIPp is not hampered."""
        first = self.once(combination)
        verdict = compare.compare(self.baseline, first, self.pair)
        if self.own_options:
            verdict = dataclasses.replace(verdict, departures=sorted({*verdict.departures, "ack-cseq"}))
        is_exact = not (self.baseline.loose and raced(self.pair, self.baseline.runs))
        if first.error or verdict.word == "same" and is_exact:
            return verdict
        baseline, played = self.baseline, first
        if self.rewritten:
            baseline = self.reference(self.rewritten, False)
            played = first if combination == "gg" else self.once(combination, rewritten=self.rewritten)
            other = compare.compare(baseline, played, self.pair, self.rewritten)
            if other.word == "same" and not baseline.loose:
                return self.named(other, [])
        race = raced(self.pair, baseline.runs)
        if not race:
            return verdict
        if not self.settings.slow_wire:
            verdict.notes.append(f"SIPp came too late for a message ({race}); a slow wire would show what it does else: needs namespaces and tc")
            return verdict
        other = self.on_slow_wire(combination, played)
        return self.named(other, [race]) if other.word == "same" else other

    def on_slow_wire(self, combination, played):
        """Against SIPp on a slow wire; a run in which SIPp was not late needs none itself."""
        baseline = self.reference(self.rewritten, True)
        theirs = {p.name for p in self.pair.parties if combination[0 if p.client else 1] == "s"}
        if theirs and raced(self.pair, [played], theirs):
            played = self.once(combination, rewritten=self.rewritten, slow=True)
        else:
            baseline = dataclasses.replace(baseline, timed=False)
        return compare.compare(baseline, played, self.pair, self.rewritten)

    def named(self, verdict, names):
        """A verdict with the names of what made the plain comparison fail."""
        names = [*names, *(self.rewritten.names if self.rewritten else [])]
        return dataclasses.replace(verdict, departures=sorted({*verdict.departures, *names}))


def has_other_ack(played):
    """Whether an ACK on the wire has another number than the INVITE before it (RFC 3261 13.2.2.4)."""
    for call in played.calls:
        for sent in call.directions.values():
            invited = None
            for message in sent:
                method, number = message.raw.split(b" ", 1)[0], CSEQ.search(message.raw)
                if number and method == b"INVITE":
                    invited = int(number[1])
                if number and method == b"ACK" and invited is not None and int(number[1]) != invited:
                    return True
    return False


def raced(pair, runs, parties=None):
    """The name of the race that SIPp lost in one of its runs: a message was unexpected, in the view of one of these parties."""
    scenarios = pair.scenarios()
    found = [(name, p) for r in runs for name, p in r.parties.items() if parties is None or name in parties]
    if any(gave_up_at_nop(scenarios.get(name), party) for name, party in found):
        return "nop-race"
    return "pause-race" if any(was_surprised(party) for _, party in found) else ""


def gave_up_at_nop(scenario, party):
    """Whether SIPp says so in its errors (a nop is element type 5), or has counted the message in the column of a nop."""
    if any(GAVE_UP.search(line) for line in party["errors"]):
        return True
    if scenario is None or party["counts"] is None:
        return False
    nops = {f"{i}_Pause_Unexp" for i, element in enumerate(scenario.steps()) if element.name == "nop"}
    return any(value not in ("", "0") for column, value in zip(*party["counts"]) if column in nops)


def was_surprised(party):
    """Whether any message was unexpected."""
    if any("unexpected" in line.lower() for line in party["errors"]):
        return True
    counts = zip(*party["counts"]) if party["counts"] else ()
    return any(column.endswith("_Unexp") and value not in ("", "0") for column, value in counts)
