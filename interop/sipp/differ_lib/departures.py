"""What gannet does otherwise than SIPp 3.6.1 on purpose. docs/sipp.md gives the reasons.

A difference that one of these rules explains does not count: the run is "same", and the table names the
rule. Each rule is as narrow as the harness can see; none looks at the name of a pair.
"""

import re
from collections import Counter

NOP_COLUMNS = re.compile(r"\d+_Pause_(Sessions|Unexp)$")
COMMAND_COLUMNS = re.compile(r"\d+_(RecvCmd|RecvCmd_Timeout|SendCmd)$")
RECEIVE_COLUMNS = re.compile(r"\d+_[A-Z0-9]+_(Recv|Retrans|Timeout|Unexp|Lost)$")
LENGTH = re.compile(r"<length of the body[^>]*>|[ \t]*\d+|[ \t]+")
# What SIPp says when it ends because of one connection.
CONNECTION_LOST = re.compile(r"connect|socket|reconnect|Connection|EOF|send", re.I)


class Departures:
    """The rules, for one run of a pair; `used` says which of them explained something."""

    def __init__(self, pair, baseline, run):
        self.baseline, self.run, self.used = baseline, run, Counter()
        programs = dict(zip((True, False), run.combination))
        self.ours = {p.name for p in pair.parties if programs[p.client] == "g"}
        self.built_in = {p.name for p in pair.parties if p.scenario.startswith(":")}
        self.scenarios = pair.scenarios()
        self.options = {p.name: p.options for p in pair.parties}

    def names(self):
        """The rules that explained a difference."""
        return sorted(self.used)

    def use(self, name):
        """A rule explains a difference."""
        self.used[name] += 1
        return True

    def columns(self, missing, more):
        """trace_counts: 3.6.1 has columns for nops and none for commands, 3.7 the other way round."""
        if all(map(NOP_COLUMNS.match, missing)) and all(map(COMMAND_COLUMNS.match, more)):
            return self.use("counts-columns")
        # A recv with request and response waits for the request and is named by the response.
        both = any("request" in e.attrs and "response" in e.attrs for s in self.scenarios.values() for e in s.elements)
        return both and all(map(RECEIVE_COLUMNS.match, [*missing, *more])) and self.use("counts-columns")

    def message(self, direction, wanted, found):
        """Two messages that are not the same octet by octet."""
        sender = direction.split(">")[0]
        if self.built_in & self.ours and kind(wanted) == kind(found):
            if sender in self.built_in or sender not in self.scenarios or is_echo(wanted, found):
                return self.use("built-in-texts")  # own texts, the same flow
        a, b = "".join(wanted.lines), "".join(found.lines)
        if self.several_lengths(sender) and same_but(LENGTH, a, b):
            return self.use("several-len")  # each is filled, not only the last
        head, end, _ = a.partition("\r\n\r\n\0")
        if end and b.startswith(head):
            return self.use("header-end")  # SIPp writes over a body whose header end was eaten
        if self.has_sockets_per_call(direction) and any_port(a) == any_port(b):
            return self.use("port-0")  # sockets that SIPp does not know the port of
        if is_abort(wanted) and is_abort(found) and self.keeps_routes() and target_less(a) == target_less(b):
            return self.use("abort-target")  # the dialog's target and route set, as SIPp 3.7
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
        by_twin = any(s.uses("recvCmd") for s in self.scenarios.values())
        cancels = [m for m in found if kind(m) == ["CANCEL"] or kind(m)[1:] == ["CANCEL"]]
        rest = [m for m in found if m not in cancels]
        if by_twin and cancels and [m.lines for m in rest] == [m.lines for m in wanted]:
            return self.use("twin-abort")  # the leg of a call that the twin gave up is taken back
        return False

    def several_lengths(self, party):
        """Whether a message of its scenario has more than one [len]."""
        scenario = self.scenarios.get(party)
        return scenario is not None and any(e.text.count("[len") > 1 for e in scenario.elements)

    def keeps_routes(self):
        """Whether a scenario has rrs."""
        return any(e.attrs.get("rrs") == "true" for s in self.scenarios.values() for e in s.elements)

    def party(self, name):
        """Exit code and figures of a party that differ from SIPp's."""
        wanted, found = self.baseline.first.parties[name], self.run.parties[name]
        if wanted["exit"] in (255, -1) and found["exit"] in (0, 1) and wanted["ended_by"] == "self":
            if self.uses_connections(name) and any(map(CONNECTION_LOST.search, wanted["errors"])):
                return self.use("lost-connection")  # fails its calls, not the run
        closed = "FailedTcpClosed(C)"
        if self.has_timewait(name) and figure(wanted, closed) > figure(found, closed):
            if figure(wanted, "TotalCallCreated") == figure(found, "TotalCallCreated"):
                return self.use("timewait-closed")  # a call in its timewait is complete
        return False

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
        if "twin-abort" in self.used and name in ("FailedCallRejected(C)", "DeadCallMsgs(C)"):
            return True
        if NOP_COLUMNS.match(name) and figure(wanted, "FailedUnexpectedMessage(C)"):
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
    """A request without its target and its route."""
    return re.sub(r"^(\S+) \S* SIP/2.0", r"\1", re.sub(r"(?m)^Route:.*\n", "", text))


def figure(party, name):
    """A figure of the last line of the statistics."""
    if not party["counters"] or name not in party["counters"][0]:
        return 0
    value = party["counters"][1][party["counters"][0].index(name)]
    return int(value) if value.isdigit() else 0
