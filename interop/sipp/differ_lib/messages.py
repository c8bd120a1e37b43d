"""Orders what was on the wire by call and direction, and gives the same name to the same identifier.

What may differ between two runs of one scenario is renamed in the order in which it appears in its
call: `<branch-1>` is the first branch of the call, wherever it stands, so that equal values stay
equal and different ones different. All other octets are compared as they are.
"""

import re
from dataclasses import dataclass, field

CALL_ID = re.compile(rb"(?im)^(?:call-id|i)[ \t]*:[ \t]*([^\r\n]*)")
FOREIGN_CALL_ID = re.compile(r"\d+-\d+@(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:]+\]|[0-9a-fA-F:]+)")
SIMPLE = [
    # name, what is renamed: the group
    ("branch", re.compile(r"branch=([^;,\s>\"]+)")),
    ("tag", re.compile(r"(?<![\w-])tag=([^;,\s>\"]+)")),
    ("cnonce", re.compile(r"cnonce=\"?([^\",\s]+)")),
    ("key", re.compile(r"inline:([A-Za-z0-9+/=]+)")),
]
# Kinds of values that random numbers make.
RANDOM = ("cnonce", "digest")
RESPONSE = re.compile(r"(?<![\w-])response=\"?([0-9a-fA-F]{32,})")
DATES = [
    re.compile(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d+ \w{3} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC)"),
    re.compile(r"\d{4}-\d\d-\d\d[ T\t]\d\d:\d\d:\d\d(?:[.:]\d+)?(?:[\t ]\d{9,}\.\d+)?"),
]
PORT = re.compile(r"(?<=[:= ])\d{4,5}(?!\d)")
CONTENT_LENGTH = re.compile(r"(?im)^((?:content-length|l)[ \t]*:)([ \t]*\d+)")


@dataclass
class Message:
    """One message of a call with the times at which it was sent again."""

    at: float
    lines: list  # normalised, each with its line end
    raw: bytes
    transport: str
    repeats: list = field(default_factory=list)

    @property
    def title(self):
        """Its first line."""
        return self.lines[0].strip() if self.lines else ""


@dataclass
class Call:
    """All messages of one Call-ID."""

    number: int
    directions: dict  # "uac>uas": [Message]

    def flat(self):
        """A value that is equal for two calls with equal messages."""
        return tuple(sorted((d, tuple("".join(m.lines) for m in ms)) for d, ms in self.directions.items()))

    def messages(self):
        """(time, direction, message) of all messages and repeats in order."""
        every = [(at, d, m) for d, ms in self.directions.items() for m in ms for at in (m.at, *m.repeats)]
        return sorted(every, key=lambda item: item[0])


class Roles:
    """Whose address is whose."""

    def __init__(self, spec, running):
        self.ports = {p["port"]: p["name"] for p in spec["parties"]}
        # In a sandbox each party has a range of its own, in which streams may have any port.
        self.media = {p["mp"] + i: p["name"] for p in spec["parties"] for i in range(1000 if spec["sandboxed"] else 4)}
        self.pids = {str(p["pid"]): name for name, p in running.items()}
        self.partner = {p["to"]: p["name"] for p in spec["parties"] if p["to"]}
        self.partner |= {p["name"]: p["to"] for p in spec["parties"] if p["to"] in self.partner}
        self.named = {}  # ports that another run has not got, with the names of their parties
        if not spec["sandboxed"]:
            self.named = {port + i: f"<media-{p}+{i}>" for q in spec["parties"] for port, p in [(q["mp"], q["name"])] for i in range(8)}
            self.named |= {port: f"<port-{name}>" for port, name in self.ports.items()}
        self.twins = {port: i + 1 for i, port in enumerate(spec["twin_ports"])}

    def of(self, own, peer):
        """The party at an address; one at an unknown port is the partner of the one it talks to."""
        if own[1] in self.ports:
            return self.ports[own[1]]
        known = self.ports.get(peer[1], "")
        return self.partner.get(known, "?")

    def direction(self, datagram):
        """`uac>uas`; a 3PCC command goes to or comes from the n-th listening end."""
        if datagram.transport == "twin":
            to = self.twins.get(datagram.target[1])
            return f"to twin {to}" if to else f"from twin {self.twins.get(datagram.source[1])}"
        return f"{self.of(datagram.source, datagram.target)}>{self.of(datagram.target, datagram.source)}"


class Renaming:
    """Names in the order of appearance."""

    def __init__(self):
        self.names = {}
        self.counts = {}

    def name(self, kind, value):
        """The name of this value."""
        if (kind, value) not in self.names:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            self.names[kind, value] = f"<{kind}-{self.counts[kind]}>"
        return self.names[kind, value]


class Normaliser:
    """Renames what may differ in the messages of one run."""

    def __init__(self, roles, capture, volatile, strict_ids):
        self.roles, self.capture, self.volatile, self.strict_ids = roles, capture, volatile, strict_ids
        seen = {a[1] for d in capture.messages for a in (d.source, d.target)}
        self.ports = seen - set(roles.ports)
        self.drawn = {}  # values of all calls that random numbers made, with their names
        self.keys = list(dict.fromkeys(call_key(d) for d in sorted(capture.messages, key=lambda d: d.at)))

    def calls(self):
        """The calls in the order in which they began.

        Names are given direction by direction, so that two messages that cross on the wire get the
        same names whichever was first.
        """
        calls = {}
        for datagram in sorted(self.capture.messages, key=lambda d: d.at):
            key = call_key(datagram)
            call = calls.setdefault(key, Call(len(calls) + 1, {}))
            messages = call.directions.setdefault(self.roles.direction(datagram), [])
            again = next((m for m in messages if m.raw == datagram.payload), None)
            if again and datagram.transport == "udp":
                again.repeats.append(datagram.at)
            else:
                messages.append(Message(datagram.at, [], datagram.payload, datagram.transport))
        for key, call in calls.items():
            renaming = Renaming()
            for message in (m for messages in call.directions.values() for m in messages):
                text = self.normalise(message.raw.decode("latin-1"), key, renaming)
                message.lines = re.findall(r"[^\n]*\n|[^\n]+", text)
            drawn = {value: name for (kind, value), name in renaming.names.items() if kind.startswith(RANDOM)}
            self.drawn |= {value: f"{name} of call {call.number}" for value, name in drawn.items() if len(value) >= 7}
        return list(calls.values())

    def normalise(self, text, key, renaming):
        """The message with names in place of identifiers."""
        head, blank, body = text.partition("\r\n\r\n")
        new_head, new_body = self._text(head, key, renaming), self._text(body, key, renaming)
        if len(new_body) != len(body):
            new_head = CONTENT_LENGTH.sub(lambda m: m[1] + _length_name(m[2], len(body)), new_head)
        return new_head + blank + new_body

    def plain(self, line):
        """A log line: only what is not bound to one call."""
        for number, key in enumerate(self.keys):
            if len(key) >= 4:
                line = line.replace(key, f"<call-id-{number + 1}>")
        for value, name in self.drawn.items():
            line = line.replace(value, name)
        return self._common(line, Renaming())

    def _text(self, text, key, renaming):
        def mark(match):
            return _replace_groups(match, lambda value: "<varies>" if value else "")

        for pattern in self.volatile:
            text = pattern.sub(mark, text)
        if not self.strict_ids:
            if len(key) >= 4:
                text = text.replace(key, "<call-id>")
            for kind, pattern in SIMPLE:
                text = pattern.sub(lambda m, k=kind: _replace_groups(m, lambda v: renaming.name(k, v)), text)
            text = self._carried(text, renaming, "branch", "tag")
            text = FOREIGN_CALL_ID.sub(lambda m: renaming.name("other-call-id", m[0]), text)
        else:
            for kind, pattern in SIMPLE[2:]:
                text = pattern.sub(lambda m, k=kind: _replace_groups(m, lambda v: renaming.name(k, v)), text)
        text = self._carried(text, renaming, *RANDOM)
        # Without a cnonce the digest is a function of what is compared anyway.
        if "cnonce=" in text:
            text = RESPONSE.sub(lambda m: _replace_groups(m, lambda v: renaming.name(f"digest{len(v) * 4}", v)), text)
        return self._common(text, renaming)

    @staticmethod
    def _carried(text, renaming, *kinds):
        """The text with names also where another header or the body carries a value that is long enough to be meant."""
        for (kind, value), name in list(renaming.names.items()):
            if kind.startswith(kinds) and len(value) >= 7:
                text = text.replace(value, name)
        return text

    def _port(self, port, renaming):
        if port in self.roles.named:
            return self.roles.named[port]
        return renaming.name("port", port) if port in self.ports else ""

    def _common(self, text, renaming):
        for pid, name in self.roles.pids.items():
            text = re.sub(rf"(?<!\d){pid}(?!\d)", f"<pid-{name}>", text)
        if self.ports or self.roles.named:
            text = PORT.sub(lambda m: self._port(int(m[0]), renaming) or m[0], text)
        for pattern in DATES:
            text = pattern.sub("<date>", text)
        return text


def call_key(datagram):
    """What joins the messages of one call: the Call-ID without what stands before ///."""
    match = CALL_ID.search(datagram.payload)
    return match[1].decode("latin-1").strip().rsplit("///", 1)[-1] if match else ""


def _replace_groups(match, new):
    text, offset = match[0], match.start()
    for group in range(match.re.groups, 0, -1):
        if match[group] is not None:
            start, end = match.start(group) - offset, match.end(group) - offset
            text = text[:start] + new(match[group]) + text[end:]
    return text


def _length_name(written, length):
    off = int(written) - length
    width = f", {len(written)} wide" if written.startswith("  ") or written.startswith("\t") else ""
    return f" <length of the body{width}>" if not off else f" <length of the body {off:+d}{width}>"


def media_flows(roles, media):
    """RTP by direction, payload type and kind of port: counts, sizes, steps, the first payloads."""
    flows = {}
    for datagram in media:
        source = roles.media.get(datagram.source[1], "?")
        target = roles.media.get(datagram.target[1], "?")
        flow = flows.setdefault(f"{source}>{target} pt {datagram.payload[1] & 127}", {"packets": []})
        flow["packets"].append(datagram)
    for flow in flows.values():
        packets = flow.pop("packets")
        stamps = [int.from_bytes(p.payload[4:8], "big") for p in packets]
        steps = [(b - a) & 0xFFFFFFFF for a, b in zip(stamps, stamps[1:])]
        flow["count"] = len(packets)
        flow["markers"] = sum(p.payload[1] >> 7 for p in packets)
        flow["step"] = max(set(steps), key=steps.count) if steps else 0
        flow["sizes"] = sorted({len(p.payload) for p in packets})
        flow["head"] = [p.payload[12:] for p in packets[:20]]
    return flows


def sockets(roles, capture):
    """How many sockets the parties used: TCP connections, UDP source ports."""
    counts = {}
    for source, target in capture.connections:
        name = f"tcp {roles.of(source, target)}>{roles.of(target, source)}"
        counts[name] = counts.get(name, 0) + 1
    for direction in {roles.direction(d) for d in capture.messages if d.transport == "udp"}:
        used = {d.source for d in capture.messages if d.transport == "udp" and roles.direction(d) == direction}
        counts[f"udp {direction}"] = len(used)
    return counts


def others(roles, other):
    """How many datagrams of each kind were neither SIP nor RTP."""
    counts = {}
    for datagram in other:
        name = f"{roles.direction(datagram)} {datagram.payload[:40]!r}"
        counts[name] = counts.get(name, 0) + 1
    return counts
