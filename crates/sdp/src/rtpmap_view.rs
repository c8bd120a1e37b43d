//! An `a=rtpmap` in place.

use crate::attribute::RtpMap;
use crate::line::cut;

/// An `a=rtpmap` whose parts are pieces of the text (RFC 8866 6.6); see [`RtpMap`] for what they mean.
/// To look at it nothing is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RtpMapView<'a> {
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Encoding name as written; compare it without case.
    pub encoding: &'a str,
    /// Clock rate in Hz.
    pub clock_rate: u32,
    /// Encoding parameters: the number of channels for audio.
    pub parameters: Option<&'a str>,
}

impl<'a> RtpMapView<'a> {
    pub(crate) fn read(value: &'a str) -> Option<Self> {
        let payload_type = Self::payload_type_of(value)?;
        let (_, rest) = cut(value, b' ')?;
        let (encoding, rest) = cut(rest.trim(), b'/')?;
        if encoding.is_empty() {
            return None;
        }
        let (clock_rate, parameters) = match cut(rest, b'/') {
            Some((clock_rate, parameters)) => (clock_rate, Some(parameters)),
            None => (rest, None),
        };
        Some(Self {
            payload_type,
            encoding,
            clock_rate: clock_rate.parse().ok()?,
            parameters,
        })
    }

    /// The payload type of a value, whatever follows it.
    pub(crate) fn payload_type_of(value: &str) -> Option<u8> {
        let (payload_type, _) = cut(value, b' ')?;
        payload_type.parse().ok().filter(|&pt| pt < 128)
    }

    /// What [`RtpMap::of_static`] gives.
    pub(crate) fn of_static(payload_type: u8) -> Option<RtpMapView<'static>> {
        let (encoding, clock_rate) = match payload_type {
            0 => ("PCMU", 8000),
            3 => ("GSM", 8000),
            4 => ("G723", 8000),
            8 => ("PCMA", 8000),
            9 => ("G722", 8000),
            10 | 11 => ("L16", 44_100),
            13 => ("CN", 8000),
            15 => ("G728", 8000),
            18 => ("G729", 8000),
            _ => return None,
        };
        Some(RtpMapView {
            payload_type,
            encoding,
            clock_rate,
            parameters: (payload_type == 10).then_some("2"),
        })
    }

    /// Whether this is the encoding of that name (without case) and rate.
    pub fn is(&self, encoding: &str, clock_rate: u32) -> bool {
        self.encoding.eq_ignore_ascii_case(encoding) && self.clock_rate == clock_rate
    }

    /// A mapping of its own.
    pub fn to_map(self) -> RtpMap {
        RtpMap {
            payload_type: self.payload_type,
            encoding: self.encoding.to_owned(),
            clock_rate: self.clock_rate,
            parameters: self.parameters.map(str::to_owned),
        }
    }
}
