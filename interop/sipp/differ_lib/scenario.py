"""Reads a SIPp scenario as forgivingly as SIPp does: tags, attributes and message texts, no validation.

The comparison needs a few facts of it: whether it begins calls, how long it may be silent, and which
lines of its messages hold values that differ from run to run (clocks, random samples, versions).
"""

import re
from dataclasses import dataclass, field

COMMENT = re.compile(r"<!--.*?-->", re.S)
TAG = re.compile(
    r"<!\[CDATA\[(?P<cdata>.*?)\]\]>"
    r"|<(?P<close>/?)(?P<name>[A-Za-z_][\w.-]*)"
    r"(?P<attrs>(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*/?>",
    re.S,
)
ATTR = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.S)
KEYWORD = re.compile(r"\[([^\[\]\"]*(?:\"[^\"]*\"[^\[\]\"]*)*)\]")

# Keywords whose value is another one in every run or in every program.
VOLATILE = {"clock_tick", "timestamp", "date", "sipp_version", "tdmmap"}  # circuits are drawn at random
VOLATILE_PREFIX = ("cryptokeyparams", "rtpstream_audio_port", "rtpstream_video_port")


# What a call stands at.
STEPS = {"send", "recv", "pause", "timewait", "nop", "sendCmd", "recvCmd"}


@dataclass
class Element:
    """One start tag with the text of the CDATA that follows it."""

    name: str
    attrs: dict
    text: str = ""
    in_init: bool = False


@dataclass
class Scenario:
    """What the harness knows of one scenario file."""

    elements: list = field(default_factory=list)
    comment: str = ""
    begins_plainly: bool = True  # with <?xml
    quotes: list = field(default_factory=list)  # attribute values in single quotes

    def uses(self, *names):
        """Whether any element has one of these names."""
        return any(element.name in names for element in self.elements)

    def steps(self):
        """The elements that SIPp numbers, from 0."""
        return [element for element in self.elements if element.name in STEPS and not element.in_init]

    @property
    def begins_calls(self):
        """SIPp's rule: the first element that is neither pause nor nop decides."""
        for element in self.elements:
            if element.name in ("send", "sendCmd"):
                return True
            if element.name in ("recv", "recvCmd"):
                return False
        return True

    def texts(self):
        """Everything in which keywords are replaced: message texts and attribute values."""
        for element in self.elements:
            if element.text:
                yield element.text
            yield from element.attrs.values()

    def keywords(self):
        """The names of all keywords, as written."""
        for text in self.texts():
            for inner in KEYWORD.findall(text):
                yield inner

    def longest_silence_s(self):
        """The longest pause or timeout that stands in it as a number."""
        longest = 0
        for element in self.elements:
            for key in ("milliseconds", "timeout", "max", "value", "mean"):
                value = element.attrs.get(key, "")
                if element.name in ("pause", "timewait", "recv", "send") and value.isdigit():
                    longest = max(longest, int(value))
        return longest / 1000

    def retransmission_t1_s(self):
        """All values of retrans=, in seconds."""
        values = (element.attrs.get("retrans", "") for element in self.elements)
        return sorted({int(value) / 1000 for value in values if value.isdigit() and int(value)})

    def tainted_variables(self):
        """Variables whose value is a clock's or a random number, or computed from one."""
        tainted = set()
        for _ in range(4):
            for element in self.elements:
                attrs = element.attrs
                targets = [name for name in attrs.get("assign_to", "").split(",") if name]
                source = attrs.get("variable"), attrs.get("variable2")
                if element.name in ("gettimeofday", "sample") or (
                    element.name not in ("ereg", "test", "strcmp", "lookup", "verifyauth")
                    and any(name in tainted for name in source)
                ):
                    tainted.update(targets)
                if any(is_volatile(word, tainted) for word in KEYWORD.findall(attrs.get("value", ""))):
                    tainted.update(targets)
        return tainted

    def volatile_lines(self):
        """A pattern for each line that holds such a value; its groups are the values."""
        tainted = self.tainted_variables()
        for text in self.texts():
            for line in text.splitlines():
                words = list(KEYWORD.finditer(line))
                if not any(is_volatile(word.group(1), tainted) for word in words):
                    continue
                pattern, end, literal = "", 0, 0
                for word in words:
                    before = line[end : word.start()]
                    literal += len(before.strip())
                    pattern += re.escape(before.lstrip() if not end else before)
                    pattern += "(.*?)" if is_volatile(word.group(1), tainted) else ".*?"
                    end = word.end()
                # Up to the end of the line: a lazy group would match nothing there.
                pattern += re.escape(line[end:].rstrip()) + r"(?=[ \t]*\r?(?:\n|$))"
                if literal + len(line[end:].strip()) >= 3:
                    yield re.compile(pattern)
                elif re.match(r"\s*[\w-]+:", line):
                    yield re.compile("(?m)^" + pattern)  # a header field with a short name


def is_volatile(word, tainted):
    """Whether the keyword's value may differ from run to run."""
    if word.startswith("$"):
        return word[1:] in tainted
    name = re.split(r"[+\-\s]", word)[0]
    return name in VOLATILE or name.startswith(VOLATILE_PREFIX)


def read(path):
    """Reads a scenario file; octets that are no UTF-8 pass as Latin-1, as SIPp passes them."""
    with open(path, "rb") as file:
        source = file.read().decode("latin-1")
    comments = COMMENT.findall(source)
    scenario = Scenario(comment=comments[0][4:-3].strip() if comments else "", begins_plainly=source.startswith("<?xml"))
    # Comments inside CDATA are message text: only those outside are removed.
    pieces = re.split(r"(<!\[CDATA\[.*?\]\]>)", source, flags=re.S)
    source = "".join(p if p.startswith("<![CDATA[") else COMMENT.sub("", p) for p in pieces)
    in_init = False
    for match in TAG.finditer(source):
        if match["name"] == "init":
            in_init = not match["close"] and not match[0].endswith("/>")
        if match["cdata"] is not None:
            if scenario.elements and not scenario.elements[-1].text:
                scenario.elements[-1].text = match["cdata"]
        elif not match["close"]:
            found = ATTR.findall(match["attrs"] or "")
            attrs = {k: a or b for k, a, b in found}
            scenario.quotes += [b for _, _, b in found if b]
            scenario.elements.append(Element(match["name"], attrs, in_init=in_init))
    return scenario
