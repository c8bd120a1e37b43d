//! Telling RTP, RTCP and other datagrams of one port apart.

/// What a datagram on a media port is, by its first two octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DatagramKind {
    /// Looks like RTP.
    Rtp,
    /// Looks like RTCP.
    Rtcp,
    /// Neither: STUN, DTLS, a keep-alive, noise.
    Other,
}

/// Sorts a datagram: version 2 of RTP begins with 128 to 191 (RFC 7983 7), and
/// RTCP has a packet type of 192 to 223 in the second octet, which no RTP
/// payload type in use collides with (RFC 5761 4).
pub fn datagram_kind(datagram: &[u8]) -> DatagramKind {
    match datagram {
        [128..=191, 192..=223, ..] => DatagramKind::Rtcp,
        [128..=191, _, ..] => DatagramKind::Rtp,
        _ => DatagramKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_are_sorted_by_their_first_octets() {
        let cases: &[(&[u8], DatagramKind)] = &[
            (&[0x80, 0x00], DatagramKind::Rtp),
            (&[0x80, 0x88], DatagramKind::Rtp),
            (&[0xb0, 0x60], DatagramKind::Rtp),
            (&[0x80, 200], DatagramKind::Rtcp),
            (&[0x81, 201], DatagramKind::Rtcp),
            (&[0x00, 0x01], DatagramKind::Other),
            (&[0x16, 0xfe], DatagramKind::Other),
            (b"\r\n", DatagramKind::Other),
            (&[0x80], DatagramKind::Other),
            (&[], DatagramKind::Other),
        ];
        for (datagram, kind) in cases {
            assert_eq!(datagram_kind(datagram), *kind, "{datagram:?}");
        }
    }
}
