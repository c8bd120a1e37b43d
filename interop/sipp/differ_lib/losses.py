"""What SIPp 3.6.1 leaves behind when a lost connection has ended its process, and what is left where only calls fail."""

import re

# What SIPp says when it ends because of one connection.
SAID = re.compile(r"on TCP connection, remote peer|reconnect|Unable to (connect a TCP|get a \w+ socket)", re.I)
CAUSES = ("FailedCannotSendMessage(C)", "FailedTcpConnect(C)", "FailedTcpClosed(C)")
BEGUN = ("TotalCallCreated", "OutgoingCall(C)")
RECONNECTIONS = 3  # without -max_reconnect


def ended_by(wanted, options):
    """Whether SIPp ended because of a connection."""
    over = "-t" in options and options[options.index("-t") + 1][:1] in "tls"
    return over and wanted["exit"] in (255, -1) and wanted["ended_by"] == "self" and any(map(SAID.search, wanted["errors"]))


def exit_code(found):
    """The code of a run that goes on: some of its calls have failed."""
    return found["ended_by"] == "self" and found["exit"] == 1 and figure(found, "FailedCall(C)") > 0


def explains(wanted, found, name, left, right):
    """Whether a figure is another one only because calls that SIPp left, or never began, have failed for want of a connection."""
    if not (left.isdigit() and right.isdigit()):
        return False
    if name == "FatalErrors(C)":
        return (int(left), int(right)) == (1, 0)
    later = figure(found, BEGUN[0]) - figure(wanted, BEGUN[0])
    more = open_calls(wanted) + later
    if later < 0 or open_calls(found):
        return False
    if name in BEGUN:
        return int(right) - int(left) == later
    if name == "FailedCall(C)":
        return int(right) - int(left) == more
    if name in CAUSES:
        return sum(figure(found, c) - figure(wanted, c) for c in CAUSES) == more
    return False


def sockets(options, name, party, wanted, found):
    """Whether there were as many attempts more to make a connection of that party as there may be."""
    given = dict(zip(options, options[1:])).get("-max_reconnect", "")
    most = int(given) if given.isdigit() else RECONNECTIONS
    return name.startswith(f"tcp {party}>") and 0 < found - wanted <= most


def open_calls(party):
    """Calls that are neither successful nor failed."""
    return figure(party, "TotalCallCreated") - figure(party, "SuccessfulCall(C)") - figure(party, "FailedCall(C)")


def figure(party, name):
    """A figure of the last line of the statistics."""
    if not party["counters"] or name not in party["counters"][0]:
        return 0
    value = party["counters"][1][party["counters"][0].index(name)]
    return int(value) if value.isdigit() else 0
