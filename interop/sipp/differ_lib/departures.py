"""What gannet does otherwise than SIPp 3.6.1 on purpose. docs/sipp.md gives the reasons.

A difference that one of these rules explains does not count: the run is "same", and the table names the
rule. Each rule is as narrow as the harness can see; none looks at the name of a pair.
"""

import os
import re
from collections import Counter

PAUSE_COLUMNS = re.compile(r"\d+_Pause_(Sessions|Unexp)$")
BRANCH_NAME = re.compile(r"<branch-\d+>")
CR_OR_LENGTH = re.compile(r"\r|\n|^Content-Length: *\d+", re.M)
LENGTH = re.compile(r"<length of the body[^>]*>|[ \t]*\d+|[ \t]+")
ENTITY = re.compile(r"&(#|apos;)")
NESTED = re.compile(r'\[[^\[\]"\n]*\[')
# A tag as SIPp does not look for it: with a blank at its equals sign, or behind a quoted parameter that seems to have one.
ODD_TAG = re.compile(r';[ \t]*tag(?:[ \t]+=|=[ \t])|="[^"\n]*;[ \t]*tag=', re.I)
TAG = re.compile(r";[ \t]*tag=<tag-\d+>\"?", re.I)
# A header field with a blank before its colon, in a scenario or a message.
BLANK_COLON = re.compile(r"^[ \t]*[A-Za-z][\w-]*[ \t]+:", re.M)
# What SIPp says when it ends because of one connection.
CONNECTION_LOST = re.compile(r"on TCP connection, remote peer|reconnect|Unable to (connect a TCP|get a \w+ socket)", re.I)
# What a message has where SIPp does not know its own port, and what another has there.
PORT_0 = re.compile(r":0(?=[;>\s])|X-Port: 0\b")
CLOSED_IN_TIMEWAIT = ("SuccessfulCall(C)", "FailedCall(C)", "FailedTcpClosed(C)")


class Departures:
    """The rules, for one run of a pair; `used` says which of them explained something."""

    def __init__(self, pair, baseline, run):
        self.baseline, self.run, self.used = baseline, run, Counter()
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

    def explains_all(self):
        """What makes everything after it another run."""
        return self.nop_race() or self.unheeded_timeout() or self.form_of_file() or self.unseen_fields()

    def form_of_file(self):
        """3.6.1 reads files only that begin with <?xml, and values only in double quotes; it leaves &#9; and &apos; as they are."""
        read = self.scenarios.values()
        refused = not self.baseline.first.calls and any(not s.begins_plainly or s.quotes for s in read)
        values = [value for s in read for e in s.elements for value in e.attrs.values()]
        otherwise = any('"' in value for s in read for value in s.quotes) or any(map(ENTITY.search, values))
        return (refused or otherwise) and self.use("xml-form")

    def unseen_fields(self):
        """SIPp fails calls whose header fields it does not see: there is a blank before their colon."""
        failed = any(p["exit"] != 0 or p["ended_by"] != "self" for r in self.baseline.runs for p in r.parties.values())
        has_blanks = any(BLANK_COLON.search(e.text) for s in self.scenarios.values() for e in s.elements)
        return failed and has_blanks and self.use("blank-before-colon")

    def unheeded_timeout(self):
        """SIPp waited for ever: it does not heed the timeout of a recv behind optional ones."""
        def is_behind(scenario):
            waits = [e for e in scenario.elements if e.name in ("recv", "send", "pause", "nop")]
            pairs = zip(waits, waits[1:])
            return any(a.name == "recv" and a.attrs.get("optional") in ("true", "global") and "timeout" not in a.attrs
                       and b.name == "recv" and "timeout" in b.attrs for a, b in pairs)

        hung = [name for name, p in self.baseline.first.parties.items() if p["ended_by"] != "self"]
        return any(n in self.scenarios and is_behind(self.scenarios[n]) for n in hung) and self.use("optional-timeout")

    def nop_race(self):
        """SIPp gave up a call whose message came while it stood at a nop (element type 5) or had not yet sent, in any run."""
        raced = any(self.gave_up_at_nop(n, p) for run in self.baseline.runs for n, p in run.parties.items())
        raced = raced or any(self.gave_up_at_nop(n, p) for n, p in self.run.parties.items() if n not in self.ours)
        return raced and self.use("nop-race")

    def gave_up_at_nop(self, name, party):
        """Whether SIPp as this party says so in its errors, or has counted the message in the column of a nop."""
        if any(re.search(r"while (in message type 5 |sending \()", line) for line in party["errors"]):
            return True
        scenario, counts = self.scenarios.get(name), party["counts"]
        if scenario is None or counts is None:
            return False
        nops = {f"{i}_Pause_Unexp" for i, element in enumerate(scenario.steps()) if element.name == "nop"}
        return any(value not in ("", "0") for column, value in zip(*counts) if column in nops)

    def message(self, direction, wanted, found):
        """Two messages that are not the same octet by octet."""
        sender = direction.split(">")[0]
        if self.built_in & self.ours and kind(wanted) == kind(found):
            if sender in self.built_in or sender not in self.scenarios or is_echo(wanted, found):
                return self.use("built-in-texts")  # own texts, the same flow
        a, b = "".join(wanted.lines), "".join(found.lines)
        if [line for line in found.lines if line in wanted.lines or not BLANK_COLON.match(line)] == wanted.lines:
            return self.use("blank-before-colon")  # SIPp does not find what [last_...] names
        if self.has_odd_tag() and same_but(TAG, a, b):
            return self.use("tag-grammar")
        if self.has_nested_brackets(sender) and len(wanted.lines) == len(found.lines):
            if all(x == y or "[" in x + y for x, y in zip(wanted.lines, found.lines)):
                return self.use("nested-brackets")
        if self.has_cr_in_table() and same_but(CR_OR_LENGTH, a, b):
            return self.use("table-cr")
        if self.are_lengths(sender, wanted.lines, found.lines):
            return self.use("several-len")  # each is filled, not only the last
        head, over, rest = a.partition("\r\n\r\n\0")
        if over and b.startswith(head + "\r\n") and b[len(head + over) :] == rest:
            return self.use("header-end")  # SIPp writes over a body whose header end was eaten
        if self.has_sockets_per_call(direction) and PORT_0.search(a) and any_port(a) == any_port(b):
            return self.use("port-0")  # sockets that SIPp does not know the port of
        if is_abort(wanted) and is_abort(found) and target_less(a) == target_less(b):
            return self.use("abort-target")  # the dialog's target and route set, as SIPp 3.7
        if "abort-target" in self.used and BRANCH_NAME.sub("", a) == BRANCH_NAME.sub("", b):
            return True  # one branch more gives the others other names
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
            return self.use("twin-abort")  # the leg of a call that the twin gave up is taken back
        return False

    def was_stopped(self):
        """Whether SIGUSR1 ended one of ours, where SIPp had to be terminated."""
        ends = [(self.baseline.first.parties[name]["ended_by"], self.run.parties[name]["ended_by"]) for name in self.ours]
        return any(wanted in ("term", "kill") and found == "usr1" for wanted, found in ends)

    def has_odd_tag(self):
        """Whether a message of a scenario has a tag that SIPp does not see as one."""
        return any(ODD_TAG.search(e.text) for s in self.scenarios.values() for e in s.elements)

    def has_nested_brackets(self, party):
        """Whether a message of its scenario has a bracket within a keyword's: 3.6.1 puts the pieces in a wrong order."""
        scenario = self.scenarios.get(party)
        return scenario is not None and any(NESTED.search(e.text) for e in scenario.elements)

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
        """SIPp ended because of a connection: the figures are those of another run."""
        wanted, found = self.baseline.first.parties[name], self.run.parties[name]
        ended = wanted["exit"] in (255, -1) and found["exit"] in (0, 1) and wanted["ended_by"] == "self"
        if ended and self.uses_connections(name) and any(map(CONNECTION_LOST.search, wanted["errors"])):
            return self.use("lost-connection")  # fails its calls, not the run
        return False

    def timewait_closed(self, name):
        """Calls failed with SIPp because their connection ended, and as many did not here: they are complete."""
        wanted, found = self.baseline.first.parties[name], self.run.parties[name]
        more, less = (figure(wanted, c) - figure(found, c) for c in ("FailedTcpClosed(C)", "SuccessfulCall(C)"))
        return self.has_timewait(name) and more > 0 and more + less == 0 and self.use("timewait-closed")

    def media(self, name, key):
        """How a stream looks."""
        dtmf = any("play_dtmf" in e.attrs for s in self.scenarios.values() for e in s.elements)
        wanted, found = self.baseline.first.media[name], self.run.media[name]
        if wanted["riff"] and not found["riff"] and key in ("head", "riff"):
            return self.use("wav-header")
        # Events last as many ticks of their clock as they say, where 3.6.1 counts milliseconds.
        return dtmf and name[-2:] in ("96", "97") and key in ("step", "head") and self.use("dtmf-clock")

    def sockets(self):
        """Whether sockets may be more or less: one is made anew, or has a port of its own."""
        return bool({"port-0", "lost-connection"} & set(self.used))

    def pacing(self, wanted, found):
        """How many calls there are when the run's time ends them, or its rate."""
        ended = {"-timeout", "-rate_max"} & {o for p, options in self.options.items() if p in self.ours for o in options}
        near = abs(wanted - found) <= max(1, wanted // 20)
        return bool(ended) and near and self.use("pacing")

    def counter(self, party, name, left, right):
        """A figure that is another one."""
        wanted = self.baseline.first.parties[party]
        calls = len(self.run.calls) - len(self.baseline.first.calls)
        if "pacing" in self.used and left.isdigit() and right.isdigit() and int(right) - int(left) == calls:
            return True
        if (name in CLOSED_IN_TIMEWAIT or PAUSE_COLUMNS.match(name)) and self.timewait_closed(party):
            return True  # before or after the timewait has begun
        if "twin-abort" in self.used and name in ("FailedCallRejected(C)", "DeadCallMsgs(C)"):
            return True
        if PAUSE_COLUMNS.match(name) and figure(wanted, "FailedUnexpectedMessage(C)"):
            return self.use("pause-race")  # SIPp takes a step a turn: a fast peer is there before a pause begins
        return False

    def uses_connections(self, party):
        """Whether it sends over connections."""
        options = self.options[party]
        return "-t" in options and options[options.index("-t") + 1][:1] in "tls"

    def has_timewait(self, party):
        """Whether its calls end with a timewait."""
        scenario = self.scenarios.get(party)
        return scenario is None or scenario.uses("timewait")


def kind(message):
    """The method, or the code with the method that it answers."""
    words = message.title.split()
    if not words or words[0] != "SIP/2.0":
        return words[:1]
    cseq = next((line.split()[-1] for line in message.lines if line.lower().startswith("cseq")), "")
    return [words[1] if len(words) > 1 else "", cseq]


def bare_targets(text):
    """Addresses without display names and parameters of header fields."""
    return re.sub(r'[ \t]*(?:"[^"\r\n]*"|[\w.~ -]*?)[ \t]*<(sips?:[^>\s]*)>(;[^\s,]*)?', r" \1", text)


def any_port(text):
    """Whatever the own port is said to be."""
    return re.sub(r":(0|<port-\d+>|50[67]0)(?=[;>\s])|(?<=X-Port: )(0|<port-\d+>)", ":<port>", text)


def is_echo(wanted, found):
    """The same but for header fields that tell who calls whom, which answers repeat."""
    echoed = re.compile(r"(?i)(from|to|f|t|subject)[ \t]*:")
    rest = [[line for line in m.lines if not echoed.match(line)] for m in (wanted, found)]
    return rest[0] == rest[1]


def same_but(pattern, left, right):
    """Equal, whatever stands where the pattern matches."""
    return pattern.sub("", left) == pattern.sub("", right)


def is_abort(message):
    """The ACK, BYE or CANCEL of a call that was given up."""
    method = message.title.split(" ")[0]
    return method in ("ACK", "BYE", "CANCEL") and any("<sip:sipp@" in line for line in message.lines)


def target_less(text):
    """A request without its target, its route and its Via."""
    return re.sub(r"^(\S+) \S* SIP/2.0", r"\1", re.sub(r"(?m)^(Route|Via):.*\n", "", text))


def figure(party, name):
    """A figure of the last line of the statistics."""
    if not party["counters"] or name not in party["counters"][0]:
        return 0
    value = party["counters"][1][party["counters"][0].index(name)]
    return int(value) if value.isdigit() else 0
