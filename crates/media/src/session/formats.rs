//! What a packet should be, by the agreement of the moment it comes in.

use std::time::{Duration, Instant};

use crate::codec::Codec;
use crate::offer_answer::Negotiated;

/// Packets of a format that was not to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistaken {
    /// Their payload type.
    pub payload_type: u8,
    /// The codec that this payload type means, by the agreement or without one (RFC 3551 6).
    pub came: Option<&'static str>,
    /// The codec that was agreed on.
    pub agreed: &'static str,
    /// The payload types that were agreed on.
    pub agreed_types: Vec<u8>,
    /// How many came.
    pub packets: u64,
}

/// The formats of an agreement, and those of the one before while its packets may be on their way.
#[derive(Debug, Clone)]
pub(super) struct Formats {
    now: Agreed,
    former: Option<(Agreed, Instant)>,
}

#[derive(Debug, Clone, PartialEq)]
struct Agreed {
    codec: Codec,
    types: Vec<(u8, Codec)>,
    event: Option<u8>,
    comfort_noise: Option<u8>,
}

impl Formats {
    pub(super) fn of(negotiated: &Negotiated) -> Self {
        Self {
            now: Agreed::of(negotiated),
            former: None,
        }
    }

    /// A new agreement. Packets sent under the one before are right for [`LATE_MAX`] (RFC 3264
    /// 8.3.2).
    pub(super) fn apply(&mut self, negotiated: &Negotiated, now: Instant) {
        let agreed = Agreed::of(negotiated);
        if agreed != self.now {
            let former = std::mem::replace(&mut self.now, agreed);
            self.former = Some((former, now + LATE_MAX));
        }
    }

    /// Whether a payload type is not the one that should come now.
    pub(super) fn is_mistaken(&self, payload_type: u8, now: Instant) -> bool {
        let by_former =
            |(former, until): &(Agreed, Instant)| now < *until && former.allows(payload_type);
        !self.now.allows(payload_type) && !self.former.as_ref().is_some_and(by_former)
    }

    /// Whether a payload type is the right one by the present agreement.
    pub(super) fn allows(&self, payload_type: u8) -> bool {
        self.now.allows(payload_type)
    }

    /// The first packet of a mistaken payload type.
    pub(super) fn mistake(&self, payload_type: u8) -> Mistaken {
        let agreed = &self.now;
        let mut types = agreed.types.iter();
        let by_agreement = types.find(|(number, _)| *number == payload_type);
        Mistaken {
            payload_type,
            came: by_agreement.map_or_else(
                || static_encoding(payload_type),
                |(_, codec)| Some(codec.encoding()),
            ),
            agreed: agreed.codec.encoding(),
            agreed_types: agreed.types.iter().map(|(number, _)| *number).collect(),
            packets: 1,
        }
    }
}

impl Agreed {
    fn of(negotiated: &Negotiated) -> Self {
        Self {
            codec: negotiated.codec,
            types: negotiated.receive_payload_types.clone(),
            event: negotiated.telephone_event.map(|types| types.receive),
            comfort_noise: negotiated.comfort_noise,
        }
    }

    fn allows(&self, payload_type: u8) -> bool {
        let mut types = self.types.iter();
        let is_codec =
            |(number, codec): &(u8, Codec)| *number == payload_type && *codec == self.codec;
        payload_type == COMFORT_NOISE
            || self.event == Some(payload_type)
            || self.comfort_noise == Some(payload_type)
            || types.any(is_codec)
    }
}

/// The encoding name of a payload type that has one without signalling (RFC 3551 6), also of codecs
/// that nobody here speaks.
fn static_encoding(payload_type: u8) -> Option<&'static str> {
    if let Some(codec) = Codec::from_static_payload_type(payload_type) {
        return Some(codec.encoding());
    }
    let name = match payload_type {
        3 => "GSM",
        4 => "G723",
        5 | 6 | 16 | 17 => "DVI4",
        7 => "LPC",
        12 => "QCELP",
        14 => "MPA",
        15 => "G728",
        18 => "G729",
        _ => return None,
    };
    Some(name)
}

/// So long packets of a former agreement may come, and so long before we know of a new one its
/// packets may: who answers sends at once.
pub(super) const LATE_MAX: Duration = Duration::from_secs(1);
/// Comfort noise (RFC 3389) may come in any call.
pub(super) const COMFORT_NOISE: u8 = 13;
