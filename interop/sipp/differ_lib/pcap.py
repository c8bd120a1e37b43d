"""Reads and writes pcap files with Ethernet frames, as the loopback device gives them."""

import struct

HEADER = struct.Struct("<IHHiIII")
RECORD = struct.Struct("<IIII")
MAGIC_NANOSECONDS = 0xA1B23C4D
ETHERNET = 1


class Writer:
    """A pcap file with times in nanoseconds."""

    def __init__(self, path):
        self.file = open(path, "wb")  # closed by close()
        self.file.write(HEADER.pack(MAGIC_NANOSECONDS, 2, 4, 0, 0, 1 << 18, ETHERNET))

    def write(self, at, frame):
        """Adds one frame; `at` is in seconds since 1970."""
        self.file.write(RECORD.pack(int(at), int(at % 1 * 1e9), len(frame), len(frame)) + frame)

    def close(self):
        """Writes what is left."""
        self.file.close()


def read(path):
    """Yields (time in seconds, frame)."""
    with open(path, "rb") as file:
        data = file.read()
    at = HEADER.size
    while at + RECORD.size <= len(data):
        seconds, nanoseconds, length, _ = RECORD.unpack_from(data, at)
        at += RECORD.size
        yield seconds + nanoseconds / 1e9, data[at : at + length]
        at += length
