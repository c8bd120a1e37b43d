"""Reads the statistics and counts files of a run and says which of their columns must be equal."""

import glob
import os
import re

# Columns that tell of time, speed or how busy the machine was; Warnings depends on the program's taste.
FREE = re.compile(
    r"(Time(?!out)|Rate|Elapsed|Repartition|ResponseTime|CallLength|Watchdog|Warnings|CurrentCall|\(P\)$|_<|_>=)"
)
RETRANSMISSIONS = re.compile(r"Retrans")


def read_lines(path):
    """The lines of a file, or none."""
    try:
        with open(path, encoding="latin-1") as file:
            return file.read().splitlines()
    except OSError:
        return []


def read_counters(folder, ending):
    """(header, last row) of a statistics file, or None if there is none."""
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*" + ending))):
        if os.path.islink(path):
            continue
        lines = [line for line in read_lines(path) if line.strip()]
        if len(lines) >= 2:
            return lines[0].split(";"), lines[-1].split(";")
    return None


def compared(name):
    """Whether the column's value must be equal."""
    return bool(name) and not FREE.search(name)


def difference(wanted, found, masked=(), retransmissions_off_by=0, tolerates=lambda name, left, right: False):
    """What differs between two (header, row), as text; what is tolerated may have another value."""
    if wanted is None or found is None:
        return [] if wanted is None else ["the file is missing"]
    wrong = []
    if wanted[0] != found[0]:
        missing = [c for c in wanted[0] if c not in found[0]]
        more = [c for c in found[0] if c not in wanted[0]]
        texts = [f"the header line lacks {';'.join(missing)}" if missing else "", f"the header line has {';'.join(more)}" if more else ""]
        return [text for text in texts if text] or ["the header line has another order"]
    for name, left, right in zip(wanted[0], wanted[1], found[1]):
        if left == right or not compared(name) or name in masked:
            continue
        if RETRANSMISSIONS.search(name) and left.isdigit() and right.isdigit():
            if abs(int(left) - int(right)) <= retransmissions_off_by:
                continue
        if tolerates(name, left, right):
            continue
        wrong.append(f"{name} is {right}, SIPp's {left}")
    return wrong


def unstable(first, second):
    """Columns that differ between two runs of SIPp itself."""
    if first is None or second is None or first[0] != second[0]:
        return set()
    return {name for name, a, b in zip(first[0], first[1], second[1]) if a != b and compared(name)}
