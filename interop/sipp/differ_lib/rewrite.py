"""Scenarios rewritten so that SIPp 3.6.1 does with them what is meant, and 3.7 and gannet do.

Where SIPp 3.6.1 cannot do what a file says, nothing of its run can be compared. So it plays the same
scenario in words that it understands, and that run is what all others are compared with, whole: a rule
of this kind excuses nothing but the words.
"""

import os
import re
from dataclasses import dataclass, field

from . import scenario

OPAQUE = re.compile(r"(<!\[CDATA\[.*?\]\]>|<!--.*?-->)", re.S)
VALUE = re.compile(r"(?<=\s)([\w:.-]+\s*=\s*)(\"[^\"]*\"|'[^']*')", re.S)
NUMBER = re.compile(r"&#(?:x([0-9A-Fa-f]+)|(\d+));")
DECLARATION = '<?xml version="1.0" encoding="ISO-8859-1" ?>\n'
HEAD = re.compile(r"\A(<!\[CDATA\[\s*)(.*?)(?=\n[ \t\r]*\n|\]\]>\Z)", re.S)
BLANK_COLON = re.compile(r"^([ \t]*)([A-Za-z][\w-]*)([ \t]+):", re.M)


@dataclass
class Rewritten:
    """What SIPp plays instead of a pair's own files."""

    names: list = field(default_factory=list)  # the departures that it is for
    files: dict = field(default_factory=dict)  # file name: text
    everyone: bool = False  # whoever plays with SIPp must, for SIPp does not understand what is sent either
    spellings: set = field(default_factory=set)  # names of header fields in lower case with their blanks
    moved: dict = field(default_factory=dict)  # party: sets of the steps among which a timeout was moved

    def is_for(self, program, combination):
        """Whether a party of a combination plays it."""
        return program == "s" or self.everyone and "s" in combination

    def respelled(self, wanted, found):
        """Whether two lines are the same but for the blanks that a scenario has before that colon."""
        match = BLANK_COLON.match(found)
        if match is None or (match[2].lower(), match[3]) not in self.spellings:
            return wanted == found
        return wanted == match[1] + match[2] + found[match.end(3) :]


def of(pair):
    """The pair as SIPp 3.6.1 understands it, or None if it has nothing else to play."""
    names = {p.scenario for p in pair.parties if not p.scenario.startswith(":")}
    names |= {o for p in pair.parties for o in p.options if o.endswith(".xml")}
    result = Rewritten()
    for name in sorted(names):
        path = os.path.join(pair.folder, name)
        if not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            own = text = file.read().decode("latin-1")
        for rule, rewrite in RULES.items():
            before, text = text, rewrite(text)
            if text != before and rule not in result.names:
                result.names.append(rule)
        if text != own:
            result.files[name] = text
            result.spellings |= {(m[2].lower(), m[3]) for head in _heads(own) for m in BLANK_COLON.finditer(head)}
    result.everyone = bool(result.spellings)
    result.moved = {name: moved_timeouts(read.steps()) for name, read in pair.scenarios().items()}
    return result if result.files else None


def plain_form(source):
    """XML as 3.6.1 reads it: it begins with `<?xml`, has double quotes only, no `&apos;` nor
    numbers for characters, and in values no ends of lines nor tabs, which are blanks (XML 1.0 3.3.3)."""
    if not source.startswith("<?xml"):
        body = source.lstrip("\u00ef\u00bb\u00bf \t\r\n")
        source = body if body.startswith("<?xml") else DECLARATION + body
    end = source.find("?>") + 2
    pieces = OPAQUE.split(source[end:])
    return source[:end] + "".join(p if OPAQUE.match(p) else VALUE.sub(_plain_value, p) for p in pieces)


def _plain_value(match):
    value = match[2][1:-1].replace('"', "&quot;").replace("&apos;", "'")
    value = re.sub(r"\r\n|[\r\n\t]", " ", value)
    return f'{match[1]}"{NUMBER.sub(_character, value)}"'


def _character(match):
    code = int(match[1], 16) if match[1] else int(match[2])
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return match[0]
    text = chr(code).encode().decode("latin-1")
    return {'"': "&quot;", "<": "&lt;", "&": "&amp;"}.get(text, text)


def timeouts_in_front(source):
    """3.6.1 heeds the timeout of the `recv` at which a call stands: that of the mandatory one goes to the optional ones before it."""
    visible = OPAQUE.sub(lambda m: " " * len(m[0]), source)
    waiting, insertions = [], []
    for match in scenario.TAG.finditer(visible):
        if match["close"] or match["name"] not in scenario.STEPS:
            continue
        attrs = {k: a or b for k, a, b in scenario.ATTR.findall(match["attrs"] or "")}
        if match["name"] == "recv" and attrs.get("optional") in ("true", "global"):
            if "timeout" not in attrs:
                waiting.append(match.end("name"))
            continue
        if match["name"] == "recv" and "timeout" in attrs:
            words = "".join(f' {key}="{attrs[key]}"' for key in ("timeout", "ontimeout") if key in attrs)
            insertions += [(at, words) for at in waiting]
        waiting = []
    for at, words in reversed(insertions):
        source = source[:at] + words + source[at:]
    return source


def moved_timeouts(steps):
    """The sets of steps among which that moves a timeout: 3.6.1 counts it in the column of another one of them."""
    sets, waiting = [], set()
    for index, step in enumerate(steps):
        if step.name == "recv" and step.attrs.get("optional") in ("true", "global"):
            waiting |= {index} if "timeout" not in step.attrs else set()
            continue
        if waiting and step.name == "recv" and "timeout" in step.attrs:
            sets.append({index, *waiting})
        waiting = set()
    return sets


def without_blanks(source):
    """Messages without blanks before the colons of their header fields, which 3.6.1 does not find."""

    def rewrite(piece):
        return HEAD.sub(lambda m: m[1] + BLANK_COLON.sub(r"\1\2:", m[2]), piece)

    return "".join(rewrite(p) if p.startswith("<![CDATA[") else p for p in OPAQUE.split(source))


def _heads(source):
    found = (HEAD.match(p) for p in OPAQUE.split(source) if p.startswith("<![CDATA["))
    return [match[2] for match in found if match]


RULES = {"xml-form": plain_form, "optional-timeout": timeouts_in_front, "blank-before-colon": without_blanks}
