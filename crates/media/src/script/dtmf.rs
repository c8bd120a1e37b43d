//! Keys as telephone events (RFC 4733).

use std::time::Duration;

use gannet_rtp::{RtpPacketBuilder, TelephoneEvent};

use super::{Datagrams, PlannedDatagram};

/// The payload type of the events.
pub const DTMF_PAYLOAD_TYPE: u8 = 96;
/// The payload type of the packets before them.
const EMPTY_PAYLOAD_TYPE: u8 = 97;
/// Packets before the first key: they open the way through firewalls and train the peer's jitter
/// buffer.
const EMPTY_PACKETS: u32 = 20;
const INTERVAL_MS: u32 = 20;
const UNITS_PER_MS: u32 = 8;
/// The end of an event is sent so often (RFC 4733 2.5.1.4), a millisecond apart.
const ENDS: u32 = 3;
/// In dBm0, without the sign.
const VOLUME: u8 = 10;
const TONE_MS: std::ops::RangeInclusive<u32> = 50..=2_000;
const TONE_MS_DEFAULT: u32 = 200;

/// Keys to be sent: `123*#A` and optionally, after a comma, the milliseconds of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DtmfKeys {
    codes: Vec<u8>,
    tone_ms: u32,
}

/// A text does not name keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DtmfError {
    /// There is no key.
    #[error("no key to send")]
    Empty,
    /// A character that is no key.
    #[error("expected keys 0-9, *, #, A-D, received `{0}`")]
    Key(char),
    /// The length of a key.
    #[error("expected a length from 50 to 2000 ms, received `{0}`")]
    Length(String),
    /// More than keys and their length.
    #[error("expected keys and a length, received `{0}` behind them")]
    More(String),
}

impl DtmfKeys {
    /// Reads `keys[,milliseconds]`. A key lasts 200 ms if nothing is said.
    ///
    /// # Errors
    /// [`DtmfError`] tells the first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, DtmfError> {
        let (keys, length) = match text.split_once(',') {
            Some((keys, length)) => (keys.trim(), Some(length.trim())),
            None => (text.trim(), None),
        };
        let code = |key| TelephoneEvent::code_of(key).ok_or(DtmfError::Key(key));
        let codes = keys.chars().map(code).collect::<Result<Vec<_>, _>>()?;
        if codes.is_empty() {
            return Err(DtmfError::Empty);
        }
        let tone_ms = match length {
            None => TONE_MS_DEFAULT,
            Some(length) => length
                .parse()
                .ok()
                .filter(|ms| TONE_MS.contains(ms))
                .ok_or_else(|| DtmfError::Length(length.to_owned()))?,
        };
        Ok(Self { codes, tone_ms })
    }

    /// Reads the same as SIPp does: what is no key is left out, another length is 200 ms, and what stands
    /// behind a second comma has no effect. With it comes what was odd; nothing if there is no key.
    pub fn parse_leniently(text: &str) -> Option<(Self, Vec<DtmfError>)> {
        let mut parts = text.splitn(3, ',');
        let mut odd = Vec::new();
        let mut codes = Vec::new();
        for key in parts.next().unwrap_or_default().trim().chars() {
            match TelephoneEvent::code_of(key) {
                Some(code) => codes.push(code),
                None => odd.push(DtmfError::Key(key)),
            }
        }
        let tone_ms = parts.next().map_or(TONE_MS_DEFAULT, |length| {
            let length = length.trim();
            let ms = length.parse().ok().filter(|ms| TONE_MS.contains(ms));
            ms.unwrap_or_else(|| {
                odd.push(DtmfError::Length(length.to_owned()));
                TONE_MS_DEFAULT
            })
        });
        odd.extend(parts.next().map(|more| DtmfError::More(more.to_owned())));
        (!codes.is_empty()).then_some((Self { codes, tone_ms }, odd))
    }

    /// The packets: first empty ones, then each key with a pause as long as itself before it.
    pub fn datagrams(&self, ssrc: u32, first_sequence: u16, first_timestamp: u32) -> Datagrams {
        let mut packets = Vec::new();
        let mut add = |at_ms: u32, timestamp_ms: u32, marker, payload_type, payload: &[u8]| {
            let number = u16::try_from(packets.len() & 0xffff).unwrap_or_default();
            let timestamp_units = timestamp_ms.wrapping_mul(UNITS_PER_MS);
            let packet = RtpPacketBuilder::new()
                .payload_type(payload_type)
                .marker_bit(marker)
                .sequence_number(first_sequence.wrapping_add(number))
                .timestamp(first_timestamp.wrapping_add(timestamp_units))
                .ssrc(ssrc)
                .payload(payload)
                .write_vec()
                .expect("a header without extensions and a short payload");
            packets.push(PlannedDatagram {
                offset: Duration::from_millis(at_ms.into()),
                port_offset: 0,
                payload: packet,
            });
        };
        let mut last_ms = 0;
        for number in 0..EMPTY_PACKETS {
            last_ms = number * INTERVAL_MS;
            add(last_ms, last_ms, false, EMPTY_PAYLOAD_TYPE, &[0; 4]);
        }
        for (number, code) in (1..).zip(&self.codes) {
            let begin_ms = last_ms + number * 2 * self.tone_ms;
            let event = |played_ms: u32, end| {
                let units = played_ms * UNITS_PER_MS;
                let event = TelephoneEvent {
                    event: *code,
                    end,
                    volume: VOLUME,
                    duration: u16::try_from(units).unwrap_or(u16::MAX),
                };
                event.to_bytes()
            };
            for at_ms in (0..self.tone_ms).step_by(INTERVAL_MS as usize) {
                let played_ms = (at_ms + INTERVAL_MS).min(self.tone_ms);
                let payload = event(played_ms, false);
                add(
                    begin_ms + at_ms,
                    begin_ms,
                    at_ms == 0,
                    DTMF_PAYLOAD_TYPE,
                    &payload,
                );
            }
            for late_ms in 0..ENDS {
                let at_ms = begin_ms + self.tone_ms + late_ms;
                let payload = event(self.tone_ms, true);
                add(at_ms, begin_ms, false, DTMF_PAYLOAD_TYPE, &payload);
            }
        }
        Datagrams::new(packets)
    }
}

#[cfg(test)]
mod tests {
    use gannet_rtp::RtpPacket;

    use super::*;

    #[test]
    fn texts_are_keys_and_a_length() {
        let keys = DtmfKeys::parse;
        assert_eq!(
            keys("1#d"),
            Ok(DtmfKeys {
                codes: vec![1, 11, 15],
                tone_ms: 200
            })
        );
        assert_eq!(keys("5, 50").map(|keys| keys.tone_ms), Ok(50));
        assert_eq!(keys(""), Err(DtmfError::Empty));
        assert_eq!(keys("1x"), Err(DtmfError::Key('x')));
        for length in ["49", "2001", "", "-1", "x"] {
            assert_eq!(
                keys(&format!("1,{length}")),
                Err(DtmfError::Length(length.into()))
            );
        }
    }

    #[test]
    fn what_sipp_plays_is_played() {
        let read = |text: &str| {
            let (keys, odd) = DtmfKeys::parse_leniently(text)?;
            Some((keys.codes, keys.tone_ms, odd))
        };
        assert_eq!(read("12,60"), Some((vec![1, 2], 60, vec![])));
        let keys = [' ', 'x'].map(DtmfError::Key).to_vec();
        assert_eq!(read("1 x2"), Some((vec![1, 2], 200, keys)));
        let length = vec![DtmfError::Length("20".into())];
        assert_eq!(read("7,20"), Some((vec![7], 200, length)));
        let more = vec![DtmfError::More("x,y".into())];
        assert_eq!(read("7,70,x,y"), Some((vec![7], 70, more)));
        assert_eq!(read("x,70"), None);
    }

    #[test]
    fn each_key_is_an_event_that_ends_three_times() {
        let keys = DtmfKeys::parse("7*,50").expect("keys");
        let plan = keys.datagrams(9, u16::MAX, 1_000);
        let packets: Vec<_> = plan
            .packets()
            .iter()
            .map(|planned| {
                let packet = RtpPacket::parse(&planned.payload).expect("RTP");
                (planned.offset.as_millis(), packet)
            })
            .collect();
        assert_eq!(packets.len(), 20 + 2 * 6);
        for (number, (_, packet)) in packets.iter().enumerate() {
            let sequence = u16::MAX.wrapping_add(number as u16);
            assert_eq!((packet.sequence_number(), packet.ssrc()), (sequence, 9));
        }
        assert!(
            packets[..20]
                .iter()
                .all(|(_, packet)| packet.payload_type() == 97)
        );
        let seen: Vec<_> = packets[20..]
            .iter()
            .map(|(at_ms, packet)| {
                let event = TelephoneEvent::parse(packet.payload()).expect("an event");
                (
                    *at_ms,
                    packet.marker_bit(),
                    (packet.timestamp() - 1_000) / 8,
                    event.event,
                    event.duration / 8,
                    event.end,
                )
            })
            .collect();
        let of = |begin: u32, code| {
            [
                (0, true, 20, false),
                (20, false, 40, false),
                (40, false, 50, false),
                (50, false, 50, true),
                (51, false, 50, true),
                (52, false, 50, true),
            ]
            .map(|(at, marker, played, end)| {
                (u128::from(begin + at), marker, begin, code, played, end)
            })
        };
        assert_eq!(seen, [of(480, 7), of(580, 10)].concat());
    }
}
