"""Writes the media files of the pairs: a capture of RTP, a raw and a WAV file of a tone."""

import math
import struct

SAMPLES_PER_PACKET = 160


def tone(seconds, amplitude=40):
    """Octets that go up and down; what they sound like does not matter, only that they are known."""
    return bytes(128 + round(amplitude * math.sin(i / 6)) for i in range(int(seconds * 8000)))


def capture(path, packets):
    """A capture with Ethernet, IPv4, UDP and RTP headers, a packet each 20 ms."""
    audio = tone(packets / 50)
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i in range(packets):
            payload = audio[i * SAMPLES_PER_PACKET : (i + 1) * SAMPLES_PER_PACKET]
            rtp = struct.pack("!BBHII", 0x80, 0, i, i * SAMPLES_PER_PACKET, 0x6A6A6A6A) + payload
            udp = struct.pack("!HHHH", 4000, 4000, 8 + len(rtp), 0) + rtp
            ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), i, 0, 64, 17, 0, bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])) + udp
            frame = bytes(12) + b"\x08\x00" + ip
            file.write(struct.pack("<IIII", i // 50, i % 50 * 20000, len(frame), len(frame)) + frame)


def wav(path, seconds):
    """G.711 A-law, 8000 Hz, one channel."""
    audio = tone(seconds)
    header = struct.pack("<IHHIIHH", 16, 6, 1, 8000, 8000, 1, 8)
    with open(path, "wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 36 + len(audio)) + b"WAVEfmt " + header + b"data" + struct.pack("<I", len(audio)) + audio)


if __name__ == "__main__":
    capture("made.pcap", 25)
    wav("made.wav", 0.5)
    with open("made.ulaw", "wb") as raw:
        raw.write(tone(0.4))
