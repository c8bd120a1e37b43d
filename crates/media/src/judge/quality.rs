//! From the figures of a session to a rating.

use std::time::Duration;

use super::emodel::{EModel, mos};
use super::playout::JITTER_BUFFER;
use super::robustness::robustness;
use crate::offer_answer::Negotiated;
use crate::session::{ReceivedStream, RtpReport};

/// How good the audio that came would sound, by the E-model (ITU-T G.107) with all parameters at
/// their defaults but codec, loss and delay. Echo is taken as cancelled.
#[derive(Debug, Clone, PartialEq)]
pub struct Quality {
    /// Transmission rating R, 93.2 at best.
    pub rating: f64,
    /// Mean opinion score, 1 to 4.41.
    pub mos: f64,
    /// Encoding name of the codec that came.
    pub codec: String,
    /// Packets lost or too late for a jitter buffer of [`JITTER_BUFFER`], percent.
    pub missing_percent: f64,
    /// Burst ratio of these.
    pub burst_ratio: f64,
    /// One-way delay: half of the round trip where RTCP has told it, packet time, jitter buffer.
    pub delay: Duration,
}

/// Rates the stream with the most packets. `None` if nothing came, or of the codec no factors are
/// known.
pub fn quality(report: &RtpReport, negotiated: &Negotiated) -> Option<Quality> {
    let stream = report.main_stream()?;
    let codec = codec_of(stream, negotiated);
    let factors = robustness(codec)?;
    let round_trip = report.remote.and_then(|remote| remote.round_trip);
    let network = round_trip.unwrap_or_default() / 2;
    let delay = network + negotiated.ptime + JITTER_BUFFER;
    let playout = &stream.watched.playout;
    let model = EModel {
        ie: factors.ie,
        bpl: factors.bpl,
        loss_percent: playout.missing_percent(),
        burst_ratio: playout.burst_ratio(),
        delay_ms: delay.as_secs_f64() * 1000.0,
        ..EModel::default()
    };
    let rating = model.rating().max(0.0);
    Some(Quality {
        rating,
        mos: mos(rating),
        codec: codec.to_owned(),
        missing_percent: model.loss_percent,
        burst_ratio: model.burst_ratio,
        delay,
    })
}

/// The codec of most packets, by the payload types that were agreed.
fn codec_of(stream: &ReceivedStream, negotiated: &Negotiated) -> &'static str {
    let agreed = |payload_type: u8| {
        let mut types = negotiated.receive_payload_types.iter();
        types.find(|(number, _)| *number == payload_type)
    };
    let counts = stream.watched.payload_types.iter();
    let most = counts
        .filter_map(|(number, count)| Some((agreed(*number)?.1, count)))
        .max_by_key(|(_, count)| **count);
    most.map_or(negotiated.codec, |(codec, _)| codec).encoding()
}
