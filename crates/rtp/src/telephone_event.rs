//! The payload of telephone-event (RFC 4733 2.3).

/// One telephone-event payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TelephoneEvent {
    /// Event code; 0 to 15 are the DTMF digits (RFC 4733 3.2).
    pub event: u8,
    /// The E bit: this packet ends the event.
    pub end: bool,
    /// Power in dBm0 with the sign dropped, 0 to 63.
    pub volume: u8,
    /// Duration so far in timestamp units.
    pub duration: u16,
}

impl TelephoneEvent {
    /// Octets of a payload.
    pub const LENGTH: usize = 4;

    /// Reads the first event of a payload; `None` if it is too short.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        match *payload {
            [event, flags, high, low, ..] => Some(Self {
                event,
                end: flags & 0x80 != 0,
                volume: flags & 0x3f,
                duration: u16::from_be_bytes([high, low]),
            }),
            _ => None,
        }
    }

    /// The payload octets; the reserved bit is 0.
    pub fn to_bytes(self) -> [u8; Self::LENGTH] {
        let [high, low] = self.duration.to_be_bytes();
        [
            self.event,
            u8::from(self.end) << 7 | (self.volume & 0x3f),
            high,
            low,
        ]
    }

    /// The event code of a DTMF key: `0`-`9`, `*`, `#`, `A`-`D`.
    pub fn code_of(key: char) -> Option<u8> {
        KEYS.find(key.to_ascii_uppercase())
            .and_then(|code| u8::try_from(code).ok())
    }

    /// The DTMF key of this event, if it is one.
    pub fn key(self) -> Option<char> {
        KEYS.as_bytes()
            .get(usize::from(self.event))
            .map(|&octet| char::from(octet))
    }
}

/// DTMF keys in the order of their codes (RFC 4733 3.2, table 3).
const KEYS: &str = "0123456789*#ABCD";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_is_read_and_written() {
        let bytes = [11, 0x8a, 0x03, 0x20];
        let event = TelephoneEvent::parse(&bytes).expect("four octets");
        assert_eq!(
            event,
            TelephoneEvent {
                event: 11,
                end: true,
                volume: 10,
                duration: 800
            }
        );
        assert_eq!(event.to_bytes(), bytes);
        assert_eq!(event.key(), Some('#'));
        assert_eq!(TelephoneEvent::parse(&bytes[..3]), None);
    }

    #[test]
    fn keys_and_codes_match() {
        for (code, key) in KEYS.chars().enumerate() {
            assert_eq!(TelephoneEvent::code_of(key), u8::try_from(code).ok());
        }
        assert_eq!(TelephoneEvent::code_of('d'), Some(15));
        assert_eq!(TelephoneEvent::code_of('x'), None);
        let flash = TelephoneEvent {
            event: 16,
            end: false,
            volume: 0,
            duration: 0,
        };
        assert_eq!(flash.key(), None);
    }
}
