"""Lines with a bracket within a keyword's: `[authentication username=[field0] password=x]`.

The first bracket is plain text, with what stands between the two. SIPp 3.6.1 says so too, but sends
that text behind the value of the keyword that it stands before.
"""

import re

HEX = re.compile(r"\\x([0-9a-fA-F]{2})")


def pieces(line):
    """(text, text that 3.6.1 sends too late, keyword or None) of a line of a scenario; None if 3.6.1 refuses it."""
    found, plain, at = [], "", 0
    while at < len(line):
        opens = line.find("[", at)
        closes = line.find("]", opens)
        if opens < 0 or closes < 0:
            break
        plain += line[at:opens]
        inner = line.find("[", opens + 1, closes)
        late = line[opens:inner] if inner >= 0 else ""
        keyword = line[opens + len(late) + 1 : closes]
        if "[" in keyword:
            return None
        found.append((plain, late, keyword))
        plain, at = "", closes + 1
    return [*found, (plain + line[at:], "", None)]


def is_moved(text, wanted, found):
    """Whether the lines are one with such a bracket in this text of a scenario: by 3.6.1, and as it is meant."""
    lines = (pieces(line.strip()) for line in text.splitlines())
    templates = [line for line in lines if line and any(late for _, late, _ in line)]
    return any(pattern(line).fullmatch(f"{found.rstrip()}\n{wanted.rstrip()}") for line in templates)


def pattern(line):
    """Fits the line as it is meant and, after a line end, 3.6.1's, with the same values in both."""
    meant, theirs, number = "", "", 0
    for text, late, keyword in line:
        text, late = (re.escape(HEX.sub(lambda m: chr(int(m[1], 16)), t)) for t in (text, late))
        meant, theirs = meant + text + late, theirs + text
        if keyword is not None:
            number += 1
            meant, theirs = f"{meant}(?P<k{number}>[^\\n]*?)", f"{theirs}(?P=k{number})"
        theirs += late
    return re.compile(f"{meant}\\n{theirs}")
