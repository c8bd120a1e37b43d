"""ACK and BYE of a call that was given up: SIPp 3.6.1 sends them to the URI of the last To, whatever the
route set, and the ACK of a 200 with the Via of the last message; gannet and SIPp 3.7 send them to the
dialog's target along its route set, each with a branch of its own (RFC 3261 12.2.1.1, 13.2.2.4).
"""

import re

BRANCH = re.compile(r"<branch-\d+>")
OWN_CONTACT = re.compile(r"Contact: <sip:sipp@([^;>]*);transport=(\w+)>\r\n")
REQUEST = re.compile(r"(ACK|BYE) (\S*) SIP/2\.0\r\n")
VIA = re.compile(r"(?i)(?:via|v)[ \t]*:")
ROUTE = re.compile(r"(?i)route[ \t]*:[ \t]*")


def is_to_target(calls, direction, wanted, found):
    """Whether a message is SIPp's but for target, route and Via, and has those of the dialog."""
    call = calls[1]
    requests = [REQUEST.match(m.lines[0]) if m.lines else None for m in (wanted, found)]
    if call is None or None in requests or requests[0][1] != requests[1][1]:
        return False
    contacts = [next(filter(None, map(OWN_CONTACT.match, m.lines)), None) for m in (wanted, found)]
    if None in contacts or contacts[0][0] != contacts[1][0]:
        return False  # one of a scenario
    if _rest(wanted) != _rest(found):
        return False
    peers = call.directions.get(">".join(reversed(direction.split(">"))), [])
    answers = [m for m in peers if m.at <= found.at and m.title.startswith("SIP/2.0 ")]
    target, routes = dialog(answers)
    uri, fields = requests[1][2], [ROUTE.sub("", line).strip() for line in found.lines if ROUTE.match(line)]
    if uri != target or ", ".join(fields) != ", ".join(routes):
        return False
    vias = [[line for line in m.lines if VIA.match(line)] for m in (wanted, found)]
    own = re.compile(rf"Via: SIP/2\.0/{contacts[1][2]} {re.escape(contacts[1][1])};branch=(<branch-\d+>)\r\n")
    match = own.fullmatch(vias[1][0]) if len(vias[1]) == 1 else None
    if match is None:
        return False
    if requests[1][1] == "BYE" and [BRANCH.sub("", v) for v in vias[0]] != [BRANCH.sub("", v) for v in vias[1]]:
        return False  # only the Via of the ACK is another one
    others = [m for m in call.directions[direction] if m is not found and REQUEST_LINE.match(m.title)]
    return all(match[1] not in "".join(m.lines) for m in others)


REQUEST_LINE = re.compile(r"[A-Z]+ .* SIP/2\.0$")


def dialog(answers):
    """(target, route set) of who called, as the peer's answers say (RFC 3261 12.1.2)."""
    text = "".join("".join(m.lines) for m in answers[-1:])
    contact = re.findall(r"(?im)^(?:contact|m)[ \t]*:[^<\r\n]*<([^>\r\n]*)>", text)
    contact = contact or re.findall(r"(?im)^(?:contact|m)[ \t]*:[ \t]*([^;,\s]+)", text)
    fields = re.findall(r"(?im)^record-route[ \t]*:[ \t]*([^\r\n]*)", text)
    routes = [r.strip() for field in fields for r in re.findall(r"[^,<]*<[^>]*>[^,]*", field)]
    target, routes = (contact or [""])[0], routes[::-1]
    if routes and ";lr" not in routes[0].lower():
        strict = re.search(r"<([^>]*)>", routes[0])[1]
        return strict, [*routes[1:], f"<{target}>"]
    return target, routes


def is_renamed(calls, wanted, found):
    """Whether two messages are the same but for names of branches, which differ because one of the two calls has
    an ACK with a branch of its own: each name of the one is always the same name of the other."""
    if calls[0] is None or BRANCH.sub("", "".join(wanted.lines)) != BRANCH.sub("", "".join(found.lines)):
        return False
    forth, back, has_target = {}, {}, False
    for direction, messages in calls[0].directions.items():
        for x, y in zip(messages, calls[1].directions.get(direction, [])):
            if is_to_target(calls, direction, x, y):
                has_target = True
                if x.title.startswith("ACK "):
                    continue
            names = [BRANCH.findall("".join(m.lines)) for m in (x, y)]
            for a, b in zip(*names):
                if forth.setdefault(a, b) != b or back.setdefault(b, a) != a:
                    return False
    return has_target


def _rest(message):
    """A request without its target, its routes and its Via."""
    lines = [line for line in message.lines[1:] if not VIA.match(line) and not ROUTE.match(line)]
    return lines
