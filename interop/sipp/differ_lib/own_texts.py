"""What must be equal where gannet plays a built-in scenario: its texts are its own, the flow is not.

Free are display names, user parts and domains of addresses, how the header fields are ordered, the
reason phrase, Subject, Max-Forwards, the header fields by which `regexp` shows what it has found, and
who describes the session (o= and s=). All else is compared.
"""

import re

ECHOED = re.compile(r"(?i)(from|to|f|t)[ \t]*:")
FREE = {"max-forwards", "subject"}
ADDRESSES = {"from", "to", "contact", "f", "t", "m"}
FOUND = re.compile(r"(?i)(?:retrieved|x-peer-)")
HOST = re.compile(r"sips?:(?:[^@\s<>;]*@)?(\[[^\]]*\]|[^:;>\s]*)((?::(?:\d+|<port-[\w-]+>))?)")
LENGTH = re.compile(r"[ \t]*(\d+)\s*\Z")


def kind(message):
    """The method, or the code with the method that it answers."""
    words = message.title.split()
    if not words or words[0] != "SIP/2.0":
        return words[:1]
    cseq = next((line.split()[-1] for line in message.lines if line.lower().startswith("cseq")), "")
    return [words[1] if len(words) > 1 else "", cseq]


def is_echo(wanted, found):
    """The same but for header fields that tell who calls whom, which answers repeat."""
    rest = [[line for line in m.lines if not ECHOED.match(line)] for m in (wanted, found)]
    return rest[0] == rest[1]


def alike(wanted, found):
    """Whether two messages are the same in all that is not free."""
    return skeleton(wanted) == skeleton(found)


def skeleton(message):
    """All of a message that is not free."""
    head, _, body = "".join(message.lines).partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    fields, shown = [], 0
    for line in [first, *lines] if first.lower().startswith("call-id") else lines:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        if FOUND.match(name):
            shown += 1
        elif name in ("content-length", "l"):
            fields.append((name, _length(value, body)))
        elif name not in FREE:
            fields.append((name, address(value) if name in ADDRESSES else value.strip()))
    words = first.split()
    start = kind(message)
    if words[-1:] == ["SIP/2.0"]:
        start = [words[0], address(words[1])]
    described = [line for line in body.splitlines() if line[:2] not in ("o=", "s=")]
    return start, sorted(fields), shown, described


def address(text):
    """The host where it is one of the machines, the port, and the parameters of an address."""
    match = HOST.search(text)
    if match is None:
        return text.strip()
    host = match[1] if re.fullmatch(r"[\d.]+|\[.*\]", match[1]) else "domain"
    return host, match[2], text[match.end() :].replace(">", "").strip()


def _length(value, body):
    """Whether a length is that of the body; one that renaming has made a name is taken as it is."""
    match = LENGTH.match(value)
    if match is None:
        return value.strip()
    return "right" if int(match[1]) == len(body.encode("latin-1")) else int(match[1]) - len(body.encode("latin-1"))
