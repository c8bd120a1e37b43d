"""Reads SIPp's own message traces, where no independent witness is allowed."""

import os
import re

from .wire import Capture, Datagram

ENTRY = re.compile(
    rb"^-{40,} ?(?P<time>[^\r\n]*)\r?\n(?P<transport>UDP|TCP|TLS|SCTP) (?P<twin>control )?message "
    rb"(?P<way>sent|received) (?:\((?P<n1>\d+) bytes\)|\[(?P<n2>\d+)\] ?bytes ?):?:?\r?\n\r?\n",
    re.M,
)
EPOCH = re.compile(rb"(\d{9,}\.\d+)")


def read(spec):
    """What each party says that it sent. Ports of multi-socket parties are not known this way."""
    messages = []
    by_name = {p["name"]: p for p in spec["parties"]}
    partner = {p["name"]: p["to"] for p in spec["parties"] if p["to"]}
    partner |= {to: name for name, to in partner.items() if to in by_name}
    for party in spec["parties"]:
        try:
            with open(os.path.join(party["cwd"], "messages.txt"), "rb") as file:
                data = file.read()
        except OSError:
            continue
        peer = by_name.get(partner.get(party["name"], ""), {"ip": "?", "port": 0})
        for count, entry in enumerate(ENTRY.finditer(data)):
            if entry["way"] != b"sent":
                continue
            length = int(entry["n1"] or entry["n2"])
            epoch = EPOCH.search(entry["time"])
            at = float(epoch[1]) if epoch else count
            transport = "twin" if entry["twin"] else entry["transport"].decode().lower()
            messages.append(Datagram(
                at, transport, (party["ip"], party["port"]), (peer["ip"], peer["port"]),
                data[entry.end() : entry.end() + length],
            ))
    return Capture(sorted(messages, key=lambda m: m.at), [], [], [])
