//! Finding what is wrong with the media of a call.

use std::time::{Duration, Instant};

use super::fault::MediaFault;
use crate::listen::Sound;
use crate::session::{Mistaken, ReceivedStream, RtpReport, RtpSession};

/// From where on something is a fault.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FaultLimits {
    /// Loss, percent.
    pub loss_percent: f64,
    /// Mean interarrival jitter. What our own packets have when they leave comes on top: a busy
    /// machine looks at those that come as late.
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
    let handshake = session
        .handshake_failure()
        .map(|why| MediaFault::Handshake {
            why: why.to_owned(),
        });
    if report.received.is_empty() {
        let receives = session.negotiated().direction.receives();
        let length = until.saturating_duration_since(since);
        let silent = receives && length >= limits.enough && report.sent.packets > 0;
        let sent = report.sent.packets;
        let one_way = silent.then_some(MediaFault::OneWay { sent });
        let faults = one_way
            .into_iter()
            .chain(srtp_faults(&report))
            .chain(handshake);
        return faults.collect();
    }
    let mut faults = format_faults(&report, limits);
    faults.extend(srtp_faults(&report));
    faults.extend(handshake);
    faults.extend(address_faults(session, &report, limits));
    let own_jitter = report.sent.jitter_mean;
    faults.extend(packet_faults(&report.received, own_jitter, limits));
    let gap = longest_gap(&report, until);
    if gap >= limits.gap {
        faults.push(MediaFault::Gap {
            length: gap,
            limit: limits.gap,
        });
    }
    faults.extend(sound_faults(session, (since, until), limits));
    faults
}

/// A payload type that was not agreed on may also be known as another codec: it is both.
fn format_faults(report: &RtpReport, limits: &FaultLimits) -> Vec<MediaFault> {
    let mut faults = Vec::new();
    let all = report.received.iter().flat_map(|it| &it.watched.mistaken);
    for mistaken in all.filter(|it| it.packets >= limits.foreign) {
        let &Mistaken {
            payload_type,
            packets,
            ..
        } = mistaken;
        faults.extend(mistaken.came.map(|came| MediaFault::WrongCodec {
            came: came.to_owned(),
            payload_type,
            agreed: mistaken.agreed.to_owned(),
            packets,
        }));
        if !mistaken.agreed_types.contains(&payload_type) {
            faults.push(MediaFault::WrongPayloadType {
                payload_type,
                agreed: mistaken.agreed_types.clone(),
                packets,
            });
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

/// What is wrong with the packets of all streams together: a sender may go on with another SSRC.
fn packet_faults(
    streams: &[ReceivedStream],
    own_jitter: Duration,
    limits: &FaultLimits,
) -> Vec<MediaFault> {
    let sum = |count: fn(&ReceivedStream) -> u64| streams.iter().map(count).sum::<u64>();
    let packets = sum(|it| it.packets);
    let part = |count: u64, of: u64| count as f64 * 100.0 / of.max(1) as f64;
    let mut faults = Vec::new();
    let lost = sum(|it| it.lost);
    let percent = part(lost, packets + lost);
    if lost > 1 && percent > limits.loss_percent {
        faults.push(MediaFault::Loss {
            percent,
            packets: lost,
            most_percent: limits.loss_percent,
        });
    }
    faults.extend(jitter_fault(streams, packets, limits.jitter + own_jitter));
    let frozen = streams.iter().map(|it| it.watched.frozen).max();
    if let Some(packets) = frozen.filter(|frozen| *frozen >= limits.frozen) {
        faults.push(MediaFault::FrozenTimestamp { packets });
    }
    let most_percent = limits.disorder_percent;
    let (reordered, duplicates) = (sum(|it| it.reordered), sum(|it| it.duplicates));
    if part(reordered, packets) > most_percent {
        faults.push(MediaFault::OutOfOrder {
            percent: part(reordered, packets),
            packets: reordered,
            most_percent,
        });
    }
    if part(duplicates, packets) > most_percent {
        faults.push(MediaFault::Duplicates {
            percent: part(duplicates, packets),
            packets: duplicates,
            most_percent,
        });
    }
    let collisions = sum(|it| it.watched.collisions);
    if collisions > 0 {
        faults.push(MediaFault::Collision {
            packets: collisions,
        });
    }
    faults
}

/// By the mean over the packets of all streams.
fn jitter_fault(streams: &[ReceivedStream], packets: u64, limit: Duration) -> Option<MediaFault> {
    let weighted = |it: &ReceivedStream| it.jitter_mean.as_secs_f64() * it.packets as f64;
    let all: f64 = streams.iter().map(weighted).sum();
    // Absurd timestamps make absurd sums, but no panic.
    let mean = Duration::try_from_secs_f64(all / packets.max(1) as f64).unwrap_or(Duration::MAX);
    let latest = streams.iter().map(|it| it.watched.playout.latest).max();
    (mean >= limit).then(|| MediaFault::Jitter {
        mean,
        limit,
        latest: latest.unwrap_or_default(),
    })
}

/// The longest time in which RTP should have come, and none did: within a stream, between one and
/// the next, and from the last packet on. Whoever says that it pauses or leaves may be silent.
fn longest_gap(report: &RtpReport, until: Instant) -> Duration {
    let mut streams: Vec<&ReceivedStream> = report.received.iter().collect();
    streams.sort_by_key(|stream| stream.first_at);
    let from = report.listening_from;
    // From the end of a stream to a moment, if RTP was to come all the time.
    let open = |newest: Option<&ReceivedStream>, to: Instant| {
        let newest = newest.filter(|it| !it.bye && !it.watched.paused && from <= to);
        newest.map_or(Duration::ZERO, |it| {
            to.saturating_duration_since(it.last_at.max(from))
        })
    };
    let mut longest = Duration::ZERO;
    let mut newest: Option<&ReceivedStream> = None;
    for stream in streams {
        longest = longest.max(stream.watched.longest_gap);
        longest = longest.max(open(newest, stream.first_at));
        if newest.is_none_or(|it| it.last_at <= stream.last_at) {
            newest = Some(stream);
        }
    }
    let end = report.listening_until.map_or(until, |it| it.min(until));
    longest.max(open(newest, end))
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
            let limit = limits.late_start;
            (after >= limit).then_some(MediaFault::LateStart { after, limit })
        }
        None => None,
    }
}
