//! What can be wrong with the media of a call, by name.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

/// Something wrong with what a phone received.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum MediaFault {
    /// Packets were sent, and none came.
    OneWay {
        /// RTP packets sent.
        sent: u64,
    },
    /// RTP of a codec other than the one that was agreed on.
    WrongCodec {
        /// What came.
        came: String,
        /// Its payload type.
        payload_type: u8,
        /// What was agreed on.
        agreed: String,
        /// Packets.
        packets: u64,
    },
    /// RTP of a payload type that means nothing in this call.
    WrongPayloadType {
        /// What came.
        payload_type: u8,
        /// What was agreed on.
        agreed: Vec<u8>,
        /// Packets.
        packets: u64,
    },
    /// RTP from an address other than the one in the session description.
    OtherAddress {
        /// Where it came from.
        source: SocketAddr,
        /// What the description names.
        agreed: SocketAddr,
        /// Packets.
        packets: u64,
    },
    /// Packets never came.
    Loss {
        /// Part of the packets, percent.
        percent: f64,
        /// Packets.
        packets: u64,
        /// So much would be no fault, percent.
        most_percent: f64,
    },
    /// Packets came unevenly.
    Jitter {
        /// Mean interarrival jitter (RFC 3550 6.4.1).
        mean: Duration,
        /// From so much on it is a fault.
        limit: Duration,
        /// How late a packet was at most.
        latest: Duration,
    },
    /// Nothing came for a while.
    Gap {
        /// How long.
        length: Duration,
        /// From so long on it is a fault.
        limit: Duration,
    },
    /// The timestamp stood still while packets went on.
    FrozenTimestamp {
        /// Packets on end with the same timestamp.
        packets: u64,
    },
    /// RTP came, with nothing in it but silence.
    Silence {
        /// For how long RTP came.
        length: Duration,
    },
    /// The first sound came late.
    LateStart {
        /// After the beginning of the call.
        after: Duration,
        /// From so late on it is a fault.
        limit: Duration,
    },
    /// Packets came behind later ones.
    OutOfOrder {
        /// Part of the packets, percent.
        percent: f64,
        /// Packets.
        packets: u64,
        /// So much would be no fault, percent.
        most_percent: f64,
    },
    /// Packets came again.
    Duplicates {
        /// Part of the packets, percent.
        percent: f64,
        /// Packets.
        packets: u64,
        /// So much would be no fault, percent.
        most_percent: f64,
    },
    /// Two senders use the same SSRC (RFC 3550 8.2).
    Collision {
        /// Packets of the one who came second.
        packets: u64,
    },
    /// SRTP that was not under the key that was agreed on, or was changed on its way.
    NotAuthentic {
        /// Packets.
        packets: u64,
    },
    /// SRTP that came again.
    Replayed {
        /// Packets.
        packets: u64,
    },
    /// RTP where SRTP was agreed on.
    PlainInstead {
        /// Packets.
        packets: u64,
        /// The suite that was agreed on.
        agreed: &'static str,
    },
    /// SRTP where RTP was agreed on.
    ProtectedInstead {
        /// Packets.
        packets: u64,
    },
    /// SRTP under a key that may no longer be used.
    KeyOutlived {
        /// Packets.
        packets: u64,
    },
    /// The handshake that was to give the keys failed.
    Handshake {
        /// Why.
        why: String,
    },
}

impl MediaFault {
    /// All names.
    pub const NAMES: [&'static str; 19] = [
        "one-way audio",
        "wrong codec",
        "wrong payload type",
        "stream from another address",
        "packet loss",
        "jitter",
        "gap",
        "frozen timestamp",
        "silence instead of speech",
        "late start",
        "packets out of order",
        "packets twice",
        "SSRC collision",
        "SRTP not authentic",
        "SRTP replayed",
        "plain RTP instead of SRTP",
        "SRTP instead of plain RTP",
        "SRTP key beyond its lifetime",
        "DTLS handshake failed",
    ];

    /// Its name, the same for every fault of the kind.
    pub fn name(&self) -> &'static str {
        let index = match self {
            Self::OneWay { .. } => 0,
            Self::WrongCodec { .. } => 1,
            Self::WrongPayloadType { .. } => 2,
            Self::OtherAddress { .. } => 3,
            Self::Loss { .. } => 4,
            Self::Jitter { .. } => 5,
            Self::Gap { .. } => 6,
            Self::FrozenTimestamp { .. } => 7,
            Self::Silence { .. } => 8,
            Self::LateStart { .. } => 9,
            Self::OutOfOrder { .. } => 10,
            Self::Duplicates { .. } => 11,
            Self::Collision { .. } => 12,
            Self::NotAuthentic { .. } => 13,
            Self::Replayed { .. } => 14,
            Self::PlainInstead { .. } => 15,
            Self::ProtectedInstead { .. } => 16,
            Self::KeyOutlived { .. } => 17,
            Self::Handshake { .. } => 18,
        };
        Self::NAMES[index]
    }
}

impl MediaFault {
    /// What is wrong with who sends, and with SRTP.
    fn fmt_of_security(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Collision { packets } => {
                write!(
                    f,
                    "{packets} packets came from a second sender with the same SSRC"
                )
            }
            Self::NotAuthentic { packets } => write!(
                f,
                "{packets} packets are not under the agreed key, or were changed on their way"
            ),
            Self::Replayed { packets } => write!(f, "{packets} packets came again"),
            Self::PlainInstead { packets, agreed } => {
                write!(f, "{packets} packets came unprotected, agreed was {agreed}")
            }
            Self::ProtectedInstead { packets } => write!(
                f,
                "{packets} packets have the tag of SRTP at their end, agreed was plain RTP"
            ),
            Self::KeyOutlived { packets } => write!(
                f,
                "{packets} packets came under a key that had been used as often as it may be"
            ),
            Self::Handshake { why } => f.write_str(why),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for MediaFault {
    // tidy(function-length): a table, one entry for each fault
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.name())?;
        match self {
            Self::OneWay { sent } => write!(f, "no RTP came, {sent} packets were sent"),
            Self::WrongCodec {
                came,
                payload_type,
                agreed,
                packets,
            } => write!(
                f,
                "{packets} packets of {came} (payload type {payload_type}) came, agreed was {agreed}"
            ),
            Self::WrongPayloadType {
                payload_type,
                agreed,
                packets,
            } => {
                let agreed: Vec<_> = agreed.iter().map(u8::to_string).collect();
                write!(
                    f,
                    "{packets} packets of payload type {payload_type} came, agreed was {}",
                    agreed.join(", ")
                )
            }
            Self::OtherAddress {
                source,
                agreed,
                packets,
            } => write!(
                f,
                "{packets} packets came from {source}, the session description names {agreed}"
            ),
            Self::Loss {
                percent,
                packets,
                most_percent,
            } => write!(
                f,
                "{packets} packets ({percent:.1} %) never came, expected {most_percent:.1} % at most"
            ),
            Self::Jitter {
                mean,
                limit,
                latest,
            } => write!(
                f,
                "{:.1} ms on average, expected less than {} ms; a packet was up to {} ms late",
                millis(*mean),
                limit.as_millis(),
                latest.as_millis()
            ),
            Self::Gap { length, limit } => write!(
                f,
                "nothing came for {} ms, expected a packet within {} ms",
                length.as_millis(),
                limit.as_millis()
            ),
            Self::FrozenTimestamp { packets } => write!(
                f,
                "{packets} packets on end have the same timestamp, expected it to go on with each"
            ),
            Self::Silence { length } => write!(
                f,
                "RTP came for {:.1} s with no sound in it",
                length.as_secs_f64()
            ),
            Self::LateStart { after, limit } => write!(
                f,
                "the first sound came {:.1} s after the beginning, expected within {:.1} s",
                after.as_secs_f64(),
                limit.as_secs_f64()
            ),
            Self::OutOfOrder {
                percent,
                packets,
                most_percent,
            } => write!(
                f,
                "{packets} packets ({percent:.1} %) came behind later ones, expected \
                 {most_percent:.1} % at most"
            ),
            Self::Duplicates {
                percent,
                packets,
                most_percent,
            } => write!(
                f,
                "{packets} packets ({percent:.1} %) came again, expected {most_percent:.1} % at most"
            ),
            other => other.fmt_of_security(f),
        }
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
