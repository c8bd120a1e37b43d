"""What gannet does otherwise than SIPp 3.6.1 on purpose. docs/sipp.md gives the reasons.

A difference that one of these rules explains does not count: the run is "same", and the table names the
rule. Each rule explains one message, header field, position or figure, never a run, and says what the
other value must be; all else is compared as ever. None looks at the name of a pair. Where SIPp cannot
play a file as it is meant, or comes too late, `judge` has it play otherwise, and nothing is explained.
"""

import os
import re
from collections import Counter

from . import aborts, losses, media, nested, own_texts
from .losses import figure, open_calls
from .own_texts import kind

PAUSE_COLUMNS = re.compile(r"\d+_Pause_(Sessions|Unexp)$")
CR_OR_LENGTH = re.compile(r"\r|\n|^Content-Length: *\d+", re.M)
LENGTH = re.compile(r"<length of the body[^>]*>|[ \t]*\d+|[ \t]+")
TIMEOUT_COLUMN = re.compile(r"\d+_.*_Timeout$")
# A tag as SIPp does not look for it: with a blank at its equals sign, or behind a quoted parameter that seems to have one.
ODD_TAG = re.compile(r';[ \t]*tag(?:[ \t]+=|=[ \t])|="[^"\n]*;[ \t]*tag=', re.I)
TAG = re.compile(r";[ \t]*tag=<tag-\d+>\"?", re.I)
TO = re.compile(r"(?im)^(?:to|t)[ \t]*:[^\r\n]*")
GRAMMAR_TAG = re.compile(r";[ \t]*tag[ \t]*=[ \t]*([^;\s]*)", re.I)
# What a message has where SIPp does not know its own port, and what another has there.
PORT_0 = re.compile(r":0(?=[;>\s])|X-Port: 0\b")
CLOSED_IN_TIMEWAIT = ("SuccessfulCall(C)", "FailedCall(C)", "FailedTcpClosed(C)")


class Departures:
    """The rules, for one run of a pair; `used` says which of them explained something."""

    def __init__(self, pair, baseline, run, rewritten=None):
        self.baseline, self.run, self.used = baseline, run, Counter()
        self.rewritten, self.calls = rewritten, (None, None)
        self.taken_back = Counter()  # how many calls of a party were taken back with CANCEL
        programs = dict(zip((True, False), run.combination))
        self.ours = {p.name for p in pair.parties if programs[p.client] == "g"}
        self.built_in = {p.name for p in pair.parties if p.scenario.startswith(":")}
        self.scenarios = pair.scenarios()
        self.options = {p.name: p.options for p in pair.parties}
        self.folder = pair.folder

    def names(self):
        """The rules that explained a difference."""
        return sorted(self.used)

    def use(self, name):
        """A rule explains a difference."""
        self.used[name] += 1
        return True

    def begin(self, wanted, found):
        """The messages that follow are of these calls."""
        self.calls = wanted, found

    def message(self, direction, wanted, found):
        """Two messages that are not the same octet by octet."""
        sender = direction.split(">")[0]
        if self.built_in & self.ours and kind(wanted) == kind(found):
            if sender in self.built_in or sender not in self.scenarios or own_texts.is_echo(wanted, found):
                if own_texts.alike(wanted, found):
                    return self.use("built-in-texts")  # own texts, the same flow
        a, b = "".join(wanted.lines), "".join(found.lines)
        if self.rewritten and len(wanted.lines) == len(found.lines):
            if all(map(self.rewritten.respelled, wanted.lines, found.lines)):
                return self.use("blank-before-colon")
        if self.has_odd_tag() and self.is_odd_tag(wanted, found):
            return self.use("tag-grammar")
        if self.are_nested(sender, wanted.lines, found.lines):
            return self.use("nested-brackets")  # the pieces as the scenario has them
        if self.has_cr_in_table() and same_but(CR_OR_LENGTH, a, b):
            return self.use("table-cr")
        if self.are_lengths(sender, wanted.lines, found.lines):
            return self.use("several-len")  # each is filled, not only the last
        head, over, rest = a.partition("\r\n\r\n\0")
        if over and b.startswith(head + "\r\n") and b[len(head + over) :] == rest:
            return self.use("header-end")  # SIPp writes over a body whose header end was eaten
        if self.has_sockets_per_call(direction) and PORT_0.search(a) and any_port(a) == any_port(b):
            return self.use("port-0")  # sockets that SIPp does not know the port of
        if aborts.is_to_target(self.calls, direction, wanted, found):
            return self.use("abort-target")  # the dialog's target and route set, as SIPp 3.7
        if aborts.is_renamed(self.calls, wanted, found):
            return True  # a branch of its own there gives the others other names
        if self.keeps_routes() and bare_targets(a) == bare_targets(b):
            return self.use("next-url")  # the URI of the Contact alone
        return False

    def alike(self, direction, wanted, found):
        """Two messages with different first lines that are the same, or explained."""
        return wanted.title == found.title or self.message(direction, wanted, found)

    def has_sockets_per_call(self, direction):
        """Whether one of the two has a socket for each call or address."""
        options = [self.options.get(party, []) for party in direction.split(">")]
        return any("-t" in o and o[o.index("-t") + 1] in ("un", "ui", "tn", "ln", "sn") for o in options)

    def more(self, direction, wanted, found):
        """Messages that SIPp does not send."""
        if self.was_stopped() and [m.lines for m in found[: len(wanted)]] == [m.lines for m in wanted]:
            if all(kind(m)[-1:] in (["ACK"], ["BYE"], ["CANCEL"]) for m in found[len(wanted) :]):
                return self.use("stopped")  # open calls are ended when SIGUSR1 ends the run
        by_twin = any(s.uses("recvCmd") for s in self.scenarios.values())
        cancels = [m for m in found if kind(m) == ["CANCEL"] or kind(m)[1:] == ["CANCEL"]]
        rest = [m for m in found if m not in cancels]
        if by_twin and cancels and [m.lines for m in rest] == [m.lines for m in wanted]:
            if kind(cancels[0]) == ["CANCEL"]:
                self.taken_back[direction.split(">")[-1]] += len(cancels)
            return self.use("twin-abort")  # the leg of a call that the twin gave up is taken back
        return False

    def stopped(self, name):
        """Whether SIGUSR1 ended one of ours, where SIPp had to be terminated."""
        wanted, found = self.baseline.first.parties[name], self.run.parties.get(name, {})
        is_ours = name in self.ours and wanted["ended_by"] in ("term", "kill") and found.get("ended_by") == "usr1"
        return is_ours and self.use("stopped")

    def came_to_its_end(self, name):
        """Whether a party has ended by itself, where SIPp had to be terminated, because of how its calls ended."""
        wanted, found = self.baseline.first.parties[name], self.run.parties[name]
        if wanted["ended_by"] not in ("term", "kill") or found["ended_by"] != "self":
            return False
        if self.taken_back[name]:
            return True
        pings = [any(kind(m) == ["PING"] for d, ms in c.directions.items() if d.endswith(f">{name}") for m in ms) for c in self.run.calls]
        return 0 < open_calls(wanted) == sum(pings) and self.use("ping-ends")  # SIPp counts these calls never

    def was_stopped(self):
        """Whether that holds for any of ours."""
        return any([self.stopped(name) for name in sorted(self.ours)])

    def has_odd_tag(self):
        """Whether a message of a scenario has a tag that SIPp does not see as one."""
        return any(ODD_TAG.search(e.text) for s in self.scenarios.values() for e in s.elements)

    def is_odd_tag(self, wanted, found):
        """Whether only To differs, by a tag that a To of this call has in such a form."""
        odd = [line for line in self.to_lines() if ODD_TAG.search(line)]
        seen = {own_tag(line) for line in odd}
        other = [(x, y) for x, y in zip(wanted.lines, found.lines) if x != y]
        raw = [own_tag(line) for line in TO.findall(found.raw.decode("latin-1"))]
        is_to = all(TO.match(x) and TO.match(y) and same_but(TAG, x, y) for x, y in other)
        return len(wanted.lines) == len(found.lines) and is_to and all(tag in seen for tag in raw)

    def to_lines(self):
        """All To of the call that is compared, as they were on the wire."""
        every = [m for messages in self.calls[1].directions.values() for m in messages] if self.calls[1] else []
        return [line for m in every for line in TO.findall(m.raw.decode("latin-1"))]

    def are_nested(self, party, wanted, found):
        """Whether only lines differ that have a bracket within a keyword's, by the order of their pieces."""
        scenario = self.scenarios.get(party)
        if scenario is None or len(wanted) != len(found):
            return False
        other = [(x, y) for x, y in zip(wanted, found) if x != y]
        return any(all(nested.is_moved(e.text, x, y) for x, y in other) for e in scenario.elements if e.text)

    def has_cr_in_table(self):
        """Whether an injection file has line ends of Windows: 3.6.1 keeps the CR in the last field, 3.7 does not."""
        named = [o[i + 1] for o in self.options.values() for i, key in enumerate(o[:-1]) if key == "-inf"]
        for path in (os.path.join(self.folder, name) for name in named):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    if b"\r\n" in file.read():
                        return True
        return False

    def are_lengths(self, party, wanted, found):
        """Whether only lines differ that have one of several [len] of a message of its scenario, and these by numbers."""
        scenario = self.scenarios.get(party)
        texts = [e.text for e in scenario.elements if e.text.count("[len") > 1] if scenario else []
        begins = tuple(line.strip().split("[")[0] for text in texts for line in text.splitlines() if "[len" in line)
        other = [(x, y) for x, y in zip(wanted, found) if x != y]
        return len(wanted) == len(found) and all(x.startswith(begins) and same_but(LENGTH, x, y) for x, y in other)

    def keeps_routes(self):
        """Whether a scenario has rrs and [next_url]."""
        elements = [e for s in self.scenarios.values() for e in s.elements]
        return any(e.attrs.get("rrs") == "true" for e in elements) and any("[next_url]" in e.text for e in elements)

    def exit_code(self, name):
        """Another exit code of a party."""
        return self.lost_connection(name) or self.timewait_closed(name)

    def lost_connection(self, name):
        """SIPp ended because of a connection, where only calls fail."""
        wanted, found = self.baseline.first.parties[name], self.run.parties[name]
        ended = losses.ended_by(wanted, self.options[name]) and losses.exit_code(found)
        return name in self.ours and ended and self.use("lost-connection")

    def timewait_closed(self, name):
        """Calls failed with SIPp because their connection ended, and as many did not here: they are complete."""
        wanted, found = self.baseline.first.parties[name], self.run.parties[name]
        more, less = (figure(wanted, c) - figure(found, c) for c in ("FailedTcpClosed(C)", "SuccessfulCall(C)"))
        return self.has_timewait(name) and more > 0 and more + less == 0 and self.use("timewait-closed")

    def media(self, name, key):
        """How a stream looks."""
        wanted, found = self.baseline.first.media[name][key], self.run.media[name][key]
        if key == "head" and media.is_without_header(wanted, found):
            return self.use("wav-header")
        # The clock of events counts samples, where 3.6.1 counts milliseconds.
        if key == "step" and self.is_dtmf(name) and media.is_slower(wanted, found):
            return self.use("dtmf-clock")
        return key == "head" and self.is_dtmf(name) and media.are_events(wanted, found) and self.use("dtmf-clock")

    def is_dtmf(self, name):
        """Whether a stream is of `play_dtmf`."""
        plays = any("play_dtmf" in e.attrs for s in self.scenarios.values() for e in s.elements)
        return plays and name.rpartition(" ")[2] in (media.EVENTS, media.EMPTY)

    def varies(self, name, key, other):
        """Whether another run of SIPp has a stream that looks otherwise."""
        value = self.baseline.first.media[name][key]
        if key == "head" and self.is_dtmf(name) and other is not None:
            return not media.same_events(value, other)
        return other != value

    def sockets(self, name, wanted, found):
        """Whether sockets may be more: one that is made anew, or has a port of its own."""
        if "lost-connection" in self.used:
            return any(losses.sockets(self.options[p], name, p, wanted, found) for p in self.ours if self.lost_connection(p))
        return "port-0" in self.used and name.startswith("udp ") and abs(found - wanted) == 1

    def pacing(self, wanted, found):
        """How many calls there are when the run's time or its rate ends them: one for each change of the rate, and one at the end."""
        more = len(found) - len(wanted)
        options = [o for p, o in self.options.items() if p in self.ours]
        steps = max(map(rate_steps, options), default=0)
        ended = any({"-timeout", "-rate_max"} & set(o) for o in options)
        if not ended or not (abs(more) == 1 or 0 < more <= steps):
            return False
        usual = {shape(call) for call in wanted}
        cut = [call for call in found if shape(call) not in usual]  # the last one may not have come to its end
        is_cut = all(any(is_part(shape(call), other) for other in usual) for call in cut)
        return len(cut) <= 1 and is_cut and self.use("pacing")

    def counter(self, party, name, left, right):
        """A figure that is another one."""
        if "pacing" in self.used and left.isdigit() and right.isdigit():
            calls = len(self.baseline.first.calls), len(self.run.calls)
            if int(left) and int(left) % calls[0] == 0 and int(right) == int(left) // calls[0] * calls[1]:
                return True  # as much of each call
        if (name in CLOSED_IN_TIMEWAIT or PAUSE_COLUMNS.match(name)) and self.timewait_closed(party):
            return True  # before or after the timewait has begun
        if "twin-abort" in self.used and left.isdigit() and right.isdigit():
            more, calls = int(right) - int(left), sum(self.taken_back.values())
            if name in ("FailedCallRejected(C)", "DeadCallMsgs(C)") and party in self.ours:
                return abs(more) <= calls  # its 200 comes while the leg is still known
            if name == "SuccessfulCall(C)" or name.endswith(("_CANCEL_Recv", "_200_Sent")):
                return 0 < more == self.taken_back[party]
        parties = self.baseline.first.parties[party], self.run.parties[party]
        if losses.explains(*parties, name, left, right) and self.lost_connection(party):
            return True
        if TIMEOUT_COLUMN.match(name) and self.moved_timeout(party, name):
            return self.use("optional-timeout")
        if name in ("FailedCall(C)", "FailedCallRejected(C)") and self.stopped(party) and left.isdigit() and right.isdigit():
            return int(right) - int(left) == open_calls(self.baseline.first.parties[party])
        return False

    def moved_timeout(self, party, name):
        """Whether the steps among which a timeout was moved for SIPp have counted as many in all."""
        moved = self.rewritten.moved.get(party, []) if self.rewritten else []
        steps = next((steps for steps in moved if int(name.split("_")[0]) in steps), ())
        sums = [
            sum(int(value) for column, value in zip(*p["counts"]) if TIMEOUT_COLUMN.match(column) and int(column.split("_")[0]) in steps)
            for p in (self.baseline.first.parties[party], self.run.parties[party])
        ]
        return bool(steps) and sums[0] == sums[1]

    def has_timewait(self, party):
        """Whether its calls end with a timewait."""
        scenario = self.scenarios.get(party)
        return scenario is None or scenario.uses("timewait")


def own_tag(line):
    """The tag of a To by the grammar, or None."""
    match = GRAMMAR_TAG.search(re.sub(r'"[^"]*"', "", line).rpartition(">")[2])
    return match[1] if match else None


def bare_targets(text):
    """Addresses without display names and parameters of header fields."""
    return re.sub(r'[ \t]*(?:"[^"\r\n]*"|[\w.~ -]*?)[ \t]*<(sips?:[^>\s]*)>(;[^\s,]*)?', r" \1", text)


def any_port(text):
    """Whatever the own port is said to be."""
    return re.sub(r":(0|<port-\d+>|50[67]0)(?=[;>\s])|(?<=X-Port: )(0|<port-\d+>)", ":<port>", text)


def same_but(pattern, left, right):
    """Equal, whatever stands where the pattern matches."""
    return pattern.sub("", left) == pattern.sub("", right)


def rate_steps(options):
    """How often `-rate_increase` changes the rate before it is that of `-rate_max`."""
    values = dict(zip(options, options[1:]))
    first, step, last = (values.get(k, d) for k, d in (("-r", "10"), ("-rate_increase", ""), ("-rate_max", "")))
    if not step.isdigit() or not last.isdigit() or not first.isdigit() or not int(step):
        return 0
    return max(0, -(-(int(last) - int(first)) // int(step)))


def shape(call):
    """First lines and names of header fields of a call, direction by direction."""
    return tuple(sorted((d, tuple(re.sub(r"\d+", "N", m.title) + names(m) for m in ms)) for d, ms in call.directions.items()))


def names(message):
    """The names of its header fields."""
    return ",".join(re.findall(r"(?m)^([\w-]+)[ \t]*:", "".join(message.lines).partition("\r\n\r\n")[0]))


def is_part(part, whole):
    """Whether one shape is the begin of another in all directions."""
    whole = dict(whole)
    return all(messages == whole.get(d, ())[: len(messages)] for d, messages in part)
