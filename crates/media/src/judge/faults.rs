//! Finding what is wrong with the media of a call.

use std::time::{Duration, Instant};

use super::fault::MediaFault;
use crate::codec::Codec;
use crate::listen::Sound;
use crate::session::{ReceivedStream, RtpReport, RtpSession};

/// From where on something is a fault.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaultLimits {
    /// Loss, percent.
    pub loss_percent: f64,
    /// Mean interarrival jitter.
    pub jitter: Duration,
    /// Time without a packet.
    pub gap: Duration,
    /// Time until the first sound.
    pub late_start: Duration,
    /// Packets out of order, and packets twice, percent.
    pub disorder_percent: f64,
    /// Packets on end with one timestamp.
    pub frozen: u64,
    /// Packets from elsewhere: some may be on their way when an address changes.
    pub foreign: u64,
    /// RTP of so long, or none for so long, can be judged.
    pub enough: Duration,
}

impl Default for FaultLimits {
    /// 1 % loss, 10 ms jitter, gaps of 400 ms, sound after 1 s, 0.5 % in the wrong order.
    fn default() -> Self {
        Self {
            loss_percent: 1.0,
            jitter: Duration::from_millis(10),
            gap: Duration::from_millis(400),
            late_start: Duration::from_secs(1),
            disorder_percent: 0.5,
            frozen: 5,
            foreign: 5,
            enough: Duration::from_secs(1),
        }
    }
}

/// All that is wrong with what a session received between two moments: `since` is the begin of the
/// call, `until` now or its end. Nothing is said about a session that is not to receive anything,
/// nor before there is enough to judge.
pub fn media_faults(
    session: &RtpSession,
    since: Instant,
    until: Instant,
    limits: &FaultLimits,
) -> Vec<MediaFault> {
    let report = session.report();
    let receives = session.negotiated().direction.receives();
    let length = until.saturating_duration_since(since);
    let handshake = session
        .handshake_failure()
        .map(|why| MediaFault::Handshake {
            why: why.to_owned(),
        });
    let Some(stream) = report.main_stream() else {
        let silent = receives && length >= limits.enough && report.sent.packets > 0;
        let sent = report.sent.packets;
        let one_way = silent.then_some(MediaFault::OneWay { sent });
        let faults = one_way
            .into_iter()
            .chain(srtp_faults(&report))
            .chain(handshake);
        return faults.collect();
    };
    let mut faults = codec_faults(session, &report);
    faults.extend(srtp_faults(&report));
    faults.extend(handshake);
    faults.extend(address_faults(session, &report, limits));
    faults.extend(packet_faults(stream, limits));
    // A stream that stopped is a gap that has not ended.
    let since_last = until.saturating_duration_since(stream.last_at);
    let running = receives && !session.is_stopped() && !stream.bye;
    let gap = stream
        .watched
        .longest_gap
        .max(if running { since_last } else { Duration::ZERO });
    if gap >= limits.gap {
        faults.push(MediaFault::Gap { length: gap });
    }
    faults.extend(sound_faults(session, (since, until), limits));
    faults
}

fn codec_faults(session: &RtpSession, report: &RtpReport) -> Vec<MediaFault> {
    let negotiated = session.negotiated();
    let types = &negotiated.receive_payload_types;
    let event = negotiated.telephone_event.map(|types| types.receive);
    let mut faults = Vec::new();
    let all = report.received.iter();
    for &(payload_type, packets) in all.flat_map(|stream| &stream.watched.payload_types) {
        if payload_type == COMFORT_NOISE || Some(payload_type) == event {
            continue;
        }
        let agreed = types.iter().find(|(number, _)| *number == payload_type);
        let known = agreed
            .map(|(_, codec)| *codec)
            .or_else(|| Codec::from_static_payload_type(payload_type));
        match known {
            Some(codec) if codec == negotiated.codec && agreed.is_some() => {}
            Some(codec) => faults.push(MediaFault::WrongCodec {
                came: codec.encoding().to_owned(),
                payload_type,
                agreed: negotiated.codec.encoding().to_owned(),
                packets,
            }),
            None => faults.push(MediaFault::WrongPayloadType {
                payload_type,
                agreed: types.iter().map(|(number, _)| *number).collect(),
                packets,
            }),
        }
    }
    faults
}

/// Of SRTP a single wrong packet is told: no network makes it.
fn srtp_faults(report: &RtpReport) -> Vec<MediaFault> {
    let srtp = &report.srtp;
    let agreed = srtp.takes.map_or("", |suite| suite.name());
    let heard = report.main_stream().map_or(0, |stream| stream.packets);
    let faults = [
        (srtp.not_authentic - srtp.plain, {
            let packets = srtp.not_authentic - srtp.plain;
            MediaFault::NotAuthentic { packets }
        }),
        (srtp.replayed, {
            let packets = srtp.replayed;
            MediaFault::Replayed { packets }
        }),
        (srtp.plain, {
            let packets = srtp.plain;
            MediaFault::PlainInstead { packets, agreed }
        }),
        (srtp.outlived, {
            let packets = srtp.outlived;
            MediaFault::KeyOutlived { packets }
        }),
    ];
    let mut faults: Vec<_> = faults
        .into_iter()
        .filter_map(|(packets, fault)| (packets > 0).then_some(fault))
        .collect();
    // A few lengths may be odd for other reasons.
    if srtp.protected * 2 > heard && srtp.protected > 1 {
        let packets = srtp.protected;
        faults.push(MediaFault::ProtectedInstead { packets });
    }
    faults
}

fn address_faults(
    session: &RtpSession,
    report: &RtpReport,
    limits: &FaultLimits,
) -> Option<MediaFault> {
    let foreign = report.received.iter().filter_map(|it| it.watched.foreign);
    let (source, packets) = foreign.max_by_key(|(_, packets)| *packets)?;
    (packets >= limits.foreign).then_some(MediaFault::OtherAddress {
        source,
        agreed: session.negotiated().remote,
        packets,
    })
}

fn packet_faults(stream: &ReceivedStream, limits: &FaultLimits) -> Vec<MediaFault> {
    let mut faults = Vec::new();
    let percent = |packets: u64| packets as f64 * 100.0 / (stream.packets.max(1)) as f64;
    if stream.lost > 1 && stream.lost_percent > limits.loss_percent {
        faults.push(MediaFault::Loss {
            percent: stream.lost_percent,
            packets: stream.lost,
        });
    }
    if stream.jitter_mean >= limits.jitter {
        faults.push(MediaFault::Jitter {
            mean: stream.jitter_mean,
            latest: stream.watched.playout.latest,
        });
    }
    if stream.watched.frozen >= limits.frozen {
        faults.push(MediaFault::FrozenTimestamp {
            packets: stream.watched.frozen,
        });
    }
    if percent(stream.reordered) > limits.disorder_percent {
        faults.push(MediaFault::OutOfOrder {
            percent: percent(stream.reordered),
            packets: stream.reordered,
        });
    }
    if percent(stream.duplicates) > limits.disorder_percent {
        faults.push(MediaFault::Duplicates {
            percent: percent(stream.duplicates),
            packets: stream.duplicates,
        });
    }
    if stream.watched.collisions > 0 {
        faults.push(MediaFault::Collision {
            packets: stream.watched.collisions,
        });
    }
    faults
}

fn sound_faults(
    session: &RtpSession,
    (since, until): (Instant, Instant),
    limits: &FaultLimits,
) -> Option<MediaFault> {
    let listener = session.listener();
    let received = listener.silence(since, until).received;
    let sound = listener.heard(Sound::Any, since, until);
    match sound.first_heard_at {
        None if received >= limits.enough => Some(MediaFault::Silence { length: received }),
        Some(first) => {
            let after = first.saturating_duration_since(since);
            (after >= limits.late_start).then_some(MediaFault::LateStart { after })
        }
        None => None,
    }
}

/// Comfort noise (RFC 3389) may come in any call.
const COMFORT_NOISE: u8 = 13;
