"""RTP of SIPp 3.6.1 and of gannet where they differ on purpose."""

END, RESERVED, VOLUME = 0x80, 0x40, 0x3F  # of an event's second octet (RFC 4733 2.3)
TICKS_PER_MS = 8
EVENTS, EMPTY = "96", "97"  # the payload types of `play_dtmf`


def is_without_header(wanted, found):
    """Whether these are the same octets but for the header of a WAV file, which SIPp plays each time with the samples."""
    theirs, ours = b"".join(wanted), b"".join(found)
    if theirs[:4] != b"RIFF" or theirs[8:12] != b"WAVE" or b"data" not in theirs:
        return False
    header = theirs[: theirs.index(b"data") + 8]
    samples = theirs.replace(header, b"")
    # What is cut off at the end may be a part of the header.
    length = min(len(samples) - len(header), len(ours))
    return length >= len(ours) // 2 and samples[:length] == ours[:length]


def are_events(wanted, found):
    """Whether these are the same events (RFC 4733) but for what SIPp does otherwise.

    The reserved bit is what was in memory, and a packet says how long the event lasted before it, but for
    the last ones, which say how long it was. Here the bit is 0, and each packet counts its own time too.
    """
    if len(wanted) != len(found) or any(len(p) != 4 for p in (*wanted, *found)):
        return False
    steps = {_duration(b) - _duration(a) for a, b in zip(wanted, wanted[1:]) if _is_of_one(a, b)}
    return len(steps) <= 1 and all(_is_same(x, y, max(steps, default=0)) for x, y in zip(wanted, found))


def same_events(one, other):
    """Whether two runs of SIPp have sent the same."""
    return [_without_bit(p) for p in one] == [_without_bit(p) for p in other]


def is_slower(wanted, found):
    """Whether a clock counts samples that counted milliseconds."""
    return found == wanted * TICKS_PER_MS


def _duration(payload):
    return int.from_bytes(payload[2:4], "big")


def _is_of_one(one, following):
    return one[0] == following[0] and not (one[1] | following[1]) & END and _duration(one) < _duration(following)


def _is_same(theirs, ours, step):
    own_time = 0 if theirs[1] & END else step
    return (theirs[0], theirs[1] & ~RESERVED, _duration(theirs) + own_time) == (ours[0], ours[1], _duration(ours))


def _without_bit(payload):
    return bytes([payload[0], payload[1] & (END | VOLUME)]) + payload[2:] if len(payload) == 4 else payload
