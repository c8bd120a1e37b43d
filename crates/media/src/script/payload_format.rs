//! How octets of a stream are cut into packets.

/// Length of a packet in octets and time, by payload type and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayloadFormat {
    /// Octets of the payload of each packet.
    pub octets: usize,
    /// Milliseconds from one packet to the next.
    pub interval_ms: u32,
    /// Timestamp units from one packet to the next.
    pub units: u32,
}

/// First and last payload type that SDP binds to a format (RFC 3551 6).
const DYNAMIC: std::ops::RangeInclusive<u8> = 96..=127;

impl PayloadFormat {
    /// The format of a payload type (RFC 3551 6); those from 96 on need the name that stands in
    /// `rtpmap`. `None` for all that are not known.
    pub fn of(payload_type: u8, name: Option<&str>) -> Option<Self> {
        let format = |octets, interval_ms, clock_khz| Self {
            octets,
            interval_ms,
            units: interval_ms * clock_khz,
        };
        match payload_type {
            0 | 8 | 9 => Some(format(160, 20, 8)),
            13 => Some(format(1, 150, 8)),
            18 => Some(format(20, 20, 8)),
            dynamic if DYNAMIC.contains(&dynamic) => {
                let name = name?;
                if name.eq_ignore_ascii_case("H264/90000") {
                    Some(format(1_280, 160, 90))
                } else if name.eq_ignore_ascii_case("iLBC/8000") {
                    Some(format(50, 30, 8))
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_found_by_type_and_name() {
        let of = |payload_type, name| {
            PayloadFormat::of(payload_type, name)
                .map(|format| (format.octets, format.interval_ms, format.units))
        };
        assert_eq!(of(0, None), Some((160, 20, 160)));
        assert_eq!(of(9, Some("G722/8000")), Some((160, 20, 160)));
        assert_eq!(of(18, None), Some((20, 20, 160)));
        assert_eq!(of(13, None), Some((1, 150, 1_200)));
        assert_eq!(of(97, Some("ilbc/8000")), Some((50, 30, 240)));
        assert_eq!(of(96, Some("H264/90000")), Some((1_280, 160, 14_400)));
        for (payload_type, name) in [(96, None), (96, Some("opus/48000")), (3, None), (200, None)] {
            assert_eq!(of(payload_type, name), None, "{payload_type} {name:?}");
        }
    }
}
