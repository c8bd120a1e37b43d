"""Turns captured frames into SIP messages, 3PCC commands and RTP packets."""

import re
import socket
import struct
from dataclasses import dataclass

from . import pcap

IPV4, IPV6, TCP, UDP, FRAGMENT = 0x0800, 0x86DD, 6, 17, 44
SYN, FIN, RST, ACK = 2, 1, 4, 16
START_LINE = re.compile(rb"(?:SIP/2\.0 \d{3}|[A-Za-z.!%*_+`'~-]+ \S.* SIP/2\.0\r?\n)")
COMMAND_END = b"\x1b"


@dataclass
class Datagram:
    """One UDP payload, or one piece of a TCP stream that is a message."""

    at: float
    transport: str  # "udp", "tcp" or "twin" (a 3PCC command)
    source: tuple  # (address, port)
    target: tuple
    payload: bytes


@dataclass
class Capture:
    """All that a run left on the wire."""

    messages: list  # Datagrams with SIP or 3PCC commands, in order of time
    media: list  # Datagrams with RTP
    other: list  # Datagrams that are neither: keep-alives, rubbish
    connections: list  # (client address, server address) of each TCP connection


def packets(path):
    """Yields (time, protocol, source address, target address, IP payload), fragments joined."""
    parts = {}
    for at, frame in pcap.read(path):
        kind = struct.unpack_from("!H", frame, 12)[0] if len(frame) > 14 else 0
        ip = frame[14:]
        if kind == IPV4:
            header = (ip[0] & 15) * 4
            total, ident, offset = struct.unpack_from("!HHH", ip, 2)
            source, target = socket.inet_ntoa(ip[12:16]), socket.inet_ntoa(ip[16:20])
            protocol, payload = ip[9], ip[header : total or None]
            more, start = offset & 0x2000, (offset & 0x1FFF) * 8
        elif kind == IPV6:
            length, protocol = struct.unpack_from("!HB", ip, 4)
            source, target = (socket.inet_ntop(socket.AF_INET6, ip[a : a + 16]) for a in (8, 24))
            payload, more, start, ident = ip[40 : 40 + length if length else None], 0, 0, 0
            if protocol == FRAGMENT:
                protocol, _, offset, ident = struct.unpack_from("!BBHI", payload)
                payload, more, start = payload[8:], offset & 1, offset & 0xFFF8
        else:
            continue
        if more or start:
            key = (source, target, protocol, ident)
            pieces = parts.setdefault(key, {})
            pieces[start] = payload
            if not more:
                pieces["end"] = start + len(payload)
            joined = b"".join(pieces[k] for k in sorted(k for k in pieces if k != "end"))
            if len(joined) != pieces.get("end"):
                continue
            payload = joined
            del parts[key]
        yield at, protocol, source, target, payload


class Stream:
    """One direction of a TCP connection, put in order."""

    def __init__(self, source, target, first):
        self.source, self.target, self.next = source, target, first
        self.waiting, self.buffer = {}, b""

    def add(self, sequence, data):
        """Takes a segment; repeated octets are dropped, early ones kept."""
        self.waiting[sequence] = max(self.waiting.get(sequence, b""), data, key=len)
        progress = True
        while progress:
            progress = False
            for begin in sorted(self.waiting):
                skip = (self.next - begin) & 0xFFFFFFFF
                if skip < 1 << 31:
                    new = self.waiting.pop(begin)[skip:]
                    self.buffer += new
                    self.next = (self.next + len(new)) & 0xFFFFFFFF
                    progress = True
                    break

    def messages(self, twin):
        """Cuts complete messages off the buffer."""
        while self.buffer:
            end = self._command_end() if twin else self._sip_end()
            if not end:
                return
            message, self.buffer = self.buffer[:end], self.buffer[end:]
            yield message

    def _command_end(self):
        return self.buffer.find(COMMAND_END) + 1

    def _sip_end(self):
        blank = re.match(rb"(?:\r\n)+", self.buffer)
        if blank:
            return blank.end()
        head = self.buffer.find(b"\r\n\r\n")
        if head < 0:
            return 0
        length = re.search(rb"(?im)^(?:content-length|l)[ \t]*:\s*(\d+)", self.buffer[: head + 2])
        end = head + 4 + (int(length[1]) if length else 0)
        if len(self.buffer) < end:
            return 0
        # A body longer than announced belongs to its message as long as no start line begins there.
        rest = self.buffer[end:]
        if rest and not START_LINE.match(rest) and not rest.startswith(b"\r\n"):
            following = START_LINE.search(rest)
            end += following.start() if following else len(rest)
        return end


def read(path, twin_ports, ours=None):
    """Reads a capture. `ours`, if given, are the only ports that count (no private network)."""
    capture = Capture([], [], [], [])
    streams = {}
    for at, protocol, source_ip, target_ip, payload in packets(path):
        if protocol not in (TCP, UDP) or len(payload) < 8:
            continue
        ports = struct.unpack_from("!HH", payload)
        source, target = (source_ip, ports[0]), (target_ip, ports[1])
        if ours is not None and not ours.intersection(ports):
            continue
        if protocol == UDP:
            _sort(capture, Datagram(at, "udp", source, target, payload[8:]))
            continue
        sequence, _, offset, flags = struct.unpack_from("!IIBB", payload, 4)
        data = payload[(offset >> 4) * 4 :]
        if flags & SYN:
            streams[source, target] = Stream(source, target, (sequence + 1) & 0xFFFFFFFF)
            if not flags & ACK:
                capture.connections.append((source, target))
            continue
        stream = streams.get((source, target))
        if stream and data:
            twin = bool(twin_ports.intersection(ports))
            stream.add(sequence, data)
            for message in stream.messages(twin):
                _sort(capture, Datagram(at, "twin" if twin else "tcp", source, target, message))
    for stream in streams.values():
        if stream.buffer:
            _sort(capture, Datagram(float("inf"), "tcp", stream.source, stream.target, stream.buffer))
    return capture


def _sort(capture, datagram):
    payload = datagram.payload
    if datagram.transport == "twin" or b"SIP/2.0" in payload:
        capture.messages.append(datagram)
    elif datagram.transport == "udp" and len(payload) >= 12 and payload[0] >> 6 == 2:
        capture.media.append(datagram)
    else:
        capture.other.append(datagram)
