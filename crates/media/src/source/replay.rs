//! RTP out of a capture, to be sent again.

use std::collections::HashMap;
use std::time::Duration;

use gannet_rtp::{DatagramKind, RtpPacket, datagram_kind};

use super::capture::{link_types, read_frames, udp_of};
use crate::codec::Codec;

/// The packets of one RTP stream of a capture, with their times.
///
/// Payload types that mean a codec without signalling (PCMU, PCMA, G722, L16) are sent in the agreed
/// codec, any other payload type as it is.
/// Sequence numbers and timestamps go on from what the session sent before, and
/// over the end of the capture into its next round; or they are those of the capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    packets: Vec<ReplayPacket>,
    round: Duration,
    round_units: u32,
    /// Sequence numbers of a round.
    round_numbers: u32,
    first: FirstNumbers,
    keeps_numbers: bool,
}

/// The numbers of the first packet of a capture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FirstNumbers {
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
}

/// One packet to be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReplayPacket {
    /// Time since the first packet.
    pub(crate) offset: Duration,
    /// RTP timestamp since that of the first packet.
    pub(crate) timestamp: u32,
    /// Sequence number since that of the first packet, extended by the wraps.
    pub(crate) number: i64,
    pub(crate) marker: bool,
    pub(crate) payload_type: u8,
    pub(crate) payload: Vec<u8>,
}

/// Why a capture cannot be replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// Neither pcap nor pcapng, or cut before its first packet.
    #[error("not a pcap or pcapng file")]
    Unreadable {
        /// What the reader met.
        #[source]
        source: pcap_file::PcapError,
    },
    /// The capture has no RTP over UDP in a link type that is known (Ethernet,
    /// raw IP, Linux cooked, loopback).
    #[error("no RTP among {packets} packets of link types {link_types:?}")]
    NoRtp {
        /// Packets of the capture.
        packets: usize,
        /// Their link types (numbers of the pcap registry).
        link_types: Vec<u32>,
    },
}

impl Replay {
    /// Takes the stream with the most packets out of a pcap or pcapng file
    /// (IPv4 or IPv6, whole datagrams). A file that is cut in the middle gives
    /// what it has.
    ///
    /// # Errors
    /// [`ReplayError`] if there is no such stream.
    pub fn from_capture(octets: &[u8]) -> Result<Self, ReplayError> {
        let frames = read_frames(octets).map_err(|source| ReplayError::Unreadable { source })?;
        let mut streams: HashMap<u32, Vec<(Duration, RtpPacket<'_>)>> = HashMap::new();
        for frame in &frames {
            let Some(datagram) = udp_of(frame) else {
                continue;
            };
            let datagram = datagram.payload;
            if datagram_kind(datagram) != DatagramKind::Rtp {
                continue;
            }
            if let Ok(packet) = RtpPacket::parse(datagram) {
                streams
                    .entry(packet.ssrc())
                    .or_default()
                    .push((frame.at, packet));
            }
        }
        // Equal lengths are told apart by the SSRC, so that every run picks the same.
        let longest = streams
            .into_iter()
            .max_by_key(|(ssrc, packets)| (packets.len(), *ssrc));
        let Some((_, packets)) = longest else {
            return Err(ReplayError::NoRtp {
                packets: frames.len(),
                link_types: link_types(&frames),
            });
        };
        let (begin, first) = (packets[0].0, &packets[0].1);
        let first = FirstNumbers {
            ssrc: first.ssrc(),
            sequence: first.sequence_number(),
            timestamp: first.timestamp(),
        };
        let mut number = 0_i64;
        let packets = packets.iter().map(|(at, packet)| ReplayPacket {
            offset: at.saturating_sub(begin),
            timestamp: packet.timestamp().wrapping_sub(first.timestamp),
            number: {
                let last = first.sequence.wrapping_add(number as u16);
                number += i64::from(packet.sequence_number().wrapping_sub(last) as i16);
                number
            },
            marker: packet.marker_bit(),
            payload_type: packet.payload_type(),
            payload: packet.payload().to_vec(),
        });
        Ok(Self {
            first,
            ..Self::new(packets.collect())
        })
    }

    /// The same with the SSRC, the sequence numbers and the timestamps of the capture, and with its
    /// losses; later rounds go on behind the first. Timestamps of a stream that is sent in a codec with
    /// another clock are made those of that clock.
    #[must_use]
    pub fn keeping_numbers(mut self) -> Self {
        self.keeps_numbers = true;
        self
    }

    /// The same with packets in their order and at the times that their timestamps have, whatever the
    /// network did to them before they were captured; where one is missing there is a hole. Where the
    /// clock is not known, because the payload types mean nothing without signalling, they are a packet
    /// time apart.
    #[must_use]
    pub fn evenly_spaced(mut self) -> Self {
        let mut types = self.packets.iter().map(|it| it.payload_type);
        let clock = types.find_map(Codec::from_static_payload_type);
        let clock = clock.map(|codec| u64::from(codec.clock_rate()));
        self.packets.sort_by_key(|it| it.number);
        let step = self.usual_distance();
        let begin = self.packets.first().map_or(0, |it| it.number);
        let (mut last_timestamp, mut units) = (0_u32, 0_i64);
        let mut last = Duration::ZERO;
        for (index, it) in self.packets.iter_mut().enumerate() {
            let ahead = it.timestamp.wrapping_sub(last_timestamp) as i32;
            last_timestamp = it.timestamp;
            units += i64::from(ahead);
            it.offset = match clock {
                // The packets of a telephone-event share a timestamp (RFC 4733 2.2).
                Some(_) if ahead <= 0 && index > 0 => last + step,
                Some(clock) => {
                    let nanos = units.max(0) as u64 * 1_000_000_000 / clock;
                    Duration::from_nanos(nanos).max(last)
                }
                None => step * u32::try_from(it.number - begin).unwrap_or(u32::MAX),
            };
            last = it.offset;
        }
        self.round = last + step;
        self
    }

    /// The time between most packets that follow each other, in whole ms.
    fn usual_distance(&self) -> Duration {
        let pairs = self.packets.iter().zip(self.packets.iter().skip(1));
        let following = pairs.filter(|(one, next)| next.number == one.number + 1);
        let mut times: Vec<Duration> = following
            .map(|(one, next)| next.offset.saturating_sub(one.offset))
            .collect();
        times.sort_unstable();
        let usual = times.get(times.len() / 2).copied();
        let millis = usual.unwrap_or(PACKET_DEFAULT).as_secs_f64() * 1000.0;
        Duration::from_millis((millis.round() as u64).max(1))
    }

    /// Whether packets are sent with the numbers that they had, and those of the first one.
    pub(crate) fn kept_numbers(&self) -> Option<FirstNumbers> {
        self.keeps_numbers.then_some(self.first)
    }

    /// How many sequence numbers a round has.
    pub(crate) fn round_numbers(&self) -> u32 {
        self.round_numbers
    }

    /// Number of packets of one round.
    pub fn packet_count(&self) -> usize {
        self.packets.len()
    }

    /// Length of one round: from the first packet to its next sending.
    pub fn round(&self) -> Duration {
        self.round
    }

    /// One round in timestamp units.
    pub(crate) fn round_units(&self) -> u32 {
        self.round_units
    }

    pub(crate) fn packets(&self) -> &[ReplayPacket] {
        &self.packets
    }

    fn new(packets: Vec<ReplayPacket>) -> Self {
        // The last packet lasts as long as the others did on average.
        let (mut round, mut round_units) = (PACKET_DEFAULT, PACKET_DEFAULT_UNITS);
        if let Some(last) = packets.last()
            && packets.len() > 1
        {
            let gaps = packets.len() as u32 - 1;
            round = last.offset + (last.offset / gaps).max(Duration::from_millis(1));
            round_units = last.timestamp.wrapping_add((last.timestamp / gaps).max(1));
        }
        let numbers = packets.iter().map(|it| it.number);
        let span = numbers.clone().max().unwrap_or(0) - numbers.min().unwrap_or(0);
        Self {
            packets,
            round,
            round_units,
            round_numbers: u32::try_from(span + 1).unwrap_or(u32::MAX),
            first: FirstNumbers::default(),
            keeps_numbers: false,
        }
    }
}

/// Length of a single packet.
const PACKET_DEFAULT: Duration = Duration::from_millis(20);
const PACKET_DEFAULT_UNITS: u32 = 160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_ends_one_packet_after_the_last() {
        let packet = |index: u32| ReplayPacket {
            offset: Duration::from_millis(20) * index,
            timestamp: 160 * index,
            number: i64::from(index),
            marker: false,
            payload_type: 0,
            payload: Vec::new(),
        };
        let replay = Replay::new((0..10).map(packet).collect());
        assert_eq!(
            (replay.round(), replay.round_units()),
            (Duration::from_millis(200), 1600)
        );
        let one = Replay::new(vec![packet(0)]);
        assert_eq!(
            (one.round(), one.round_units()),
            (Duration::from_millis(20), 160)
        );
    }

    #[test]
    fn even_times_are_those_of_the_timestamps_and_losses_are_holes() {
        // Numbers, timestamps, payload types and times of arrival in ms: one is missing, two are in
        // the wrong order, and a key is pressed.
        let came = [
            (0, 0, 0, 0),
            (1, 160, 0, 35),
            (3, 480, 0, 60),
            (2, 320, 0, 61),
            (5, 800, 101, 100),
            (6, 800, 101, 120),
            (7, 1120, 0, 140),
        ];
        let replay = |payload_type: Option<u8>| {
            let packets = came.map(|(number, timestamp, own, at)| ReplayPacket {
                offset: Duration::from_millis(at),
                timestamp,
                number,
                marker: false,
                payload_type: payload_type.unwrap_or(own),
                payload: Vec::new(),
            });
            Replay::new(packets.to_vec()).evenly_spaced()
        };
        let times = |replay: &Replay| -> Vec<u128> {
            let offsets = replay.packets().iter().map(|it| it.offset.as_millis());
            offsets.collect()
        };
        let known = replay(None);
        assert_eq!(times(&known), [0, 20, 40, 60, 100, 120, 140]);
        assert_eq!((known.round().as_millis(), known.round_numbers()), (160, 8));
        // Of a dynamic payload type only the order is known.
        let unknown = replay(Some(96));
        assert_eq!(times(&unknown), [0, 20, 40, 60, 100, 120, 140]);
    }
}
