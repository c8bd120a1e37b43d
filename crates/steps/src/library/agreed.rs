//! What both ends of a call agreed on, and which way its media goes.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_media::{Codec, ReceivedStream};
use gannet_phone::{CallDirection, CallState};

use super::support::{failure, ready, ready_phone, watch};
use super::talking::{Line, connected_line};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Media of a call";

/// Packets over which the packet time is measured: half a second of them at 20 ms.
const PTIME_PACKETS: u64 = 25;
/// How far the packet time that is measured may be from what it should be.
const PTIME_SLACK_MS: f64 = 0.5;
/// So much of a stream must have come before it is said to have kept its SSRC.
const SSRC_SPAN_MIN: Duration = Duration::from_secs(1);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "the call uses codec {codecs}",
            section: SECTION,
            about: "Both ends of the call that was made last (those of them that are phones of the scenario) have agreed to send this codec, and RTP with it has come to each of them: a name as in SDP, with or without clock rate and channels (opus, opus/48000/2).",
            example: "the call uses codec PCMU",
            condition,
            run: uses_codec,
        ),
        step!(
            "the call uses ptime {n}",
            section: SECTION,
            about: "Both ends send packets of so many milliseconds, and the next packets that come to each of them are so long.",
            example: "the call uses ptime 20",
            condition,
            run: uses_ptime,
        ),
        step!(
            "the call is relayed through {word}",
            section: SECTION,
            about: "RTP comes to both ends from this host (an IP address or a name), and not from the other phone itself.",
            example: "the call is relayed through 127.0.0.1",
            condition,
            run: is_relayed,
        ),
        step!(
            "media flows directly",
            section: SECTION,
            about: "RTP comes to both phones of the call from the very address of the other phone.",
            example: "media flows directly",
            condition,
            run: flows_directly,
        ),
        step!(
            "RTP from {phone} keeps SSRC",
            section: SECTION,
            about: "The phone at the other end of the call has received a second of RTP or more, all of it under one SSRC.",
            example: "RTP from Alice keeps SSRC",
            run: keeps_ssrc,
        ),
        step!(
            "RTCP is received",
            section: SECTION,
            about: "Waits until RTCP has come to both ends of the call that was made last (those of them that are phones of the scenario).",
            example: "RTCP is received within 10 seconds",
            condition,
            run: rtcp_is_received,
        ),
    ]
}

/// The ends of the call that was made last that are phones of the scenario: the caller, and the
/// phone that answered it, whoever was called first.
pub(super) async fn ends(world: &mut World) -> Result<Vec<Line>, Failure> {
    ready(world).await?;
    let misuse = || Failure::new(FailureClass::Misuse, "no call was made yet");
    let (caller, _) = world.notes.last_call.clone().ok_or_else(misuse)?;
    let caller = world.existing(&caller).ok_or_else(misuse)?;
    let limit = world.signalling_default();
    let first = connected_line(world, &caller, limit).await?;
    let answered = |actor: &Arc<Actor>| {
        let state = actor.phone.state();
        let mut calls = state.open_calls().filter(|call| {
            call.direction == CallDirection::Incoming
                && call.state == CallState::Answered
                && call.times.started >= first.call.times.started
        });
        calls.next_back().and_then(|call| call.times.answered)
    };
    let others = world
        .actors()
        .filter(|actor| actor.name() != caller.name())
        .filter_map(|actor| Some((answered(actor)?, Arc::clone(actor))));
    let callee = others.max_by_key(|(at, _)| *at).map(|(_, actor)| actor);
    let mut lines = vec![first];
    if let Some(callee) = callee {
        lines.push(connected_line(world, &callee, limit).await?);
    }
    Ok(lines)
}

/// The stream that came to a phone last.
pub(super) fn newest_stream(line: &Line) -> Option<ReceivedStream> {
    let report = line.media.report()?;
    report
        .received
        .into_iter()
        .max_by_key(|stream| stream.last_at)
}

pub(super) fn no_rtp(line: &Line, what: &str, limit: Duration) -> Failure {
    let summary = format!("{what} did not come to {}", line.actor.name());
    in_call(line, FailureClass::MediaNotHeard, summary).waiting_for(what, limit)
}

pub(super) fn in_call(line: &Line, class: FailureClass, summary: String) -> Failure {
    failure(class, &line.actor, summary).in_call(line.call.sip_call_id.clone())
}

async fn uses_codec(world: &mut World, arguments: Arguments) -> StepResult {
    let &[wanted] = &arguments.codecs(0)?[..] else {
        let summary = "a call uses one codec at a time, name one";
        return Err(Failure::new(FailureClass::Misuse, summary));
    };
    let is_wanted = |codec: Codec| codec.is_named(wanted);
    let limit = world.media(&arguments);
    for line in ends(world).await? {
        let agreed = line.media.negotiated();
        let codec = agreed.as_ref().map(|agreed| agreed.codec);
        if !codec.is_some_and(is_wanted) {
            // Shorter where that tells them apart.
            let found = codec.map_or("nothing yet".to_owned(), |codec| {
                if wanted.contains('/') {
                    codec.to_string()
                } else {
                    codec.encoding().to_owned()
                }
            });
            let summary = format!("{} sends {found}, expected {wanted}", line.actor.name());
            return Err(in_call(&line, FailureClass::Assertion, summary));
        }
        let came = || {
            let agreed = line.media.negotiated()?;
            let stream = newest_stream(&line)?;
            let types = agreed.receive_payload_types;
            types
                .iter()
                .any(|(number, codec)| {
                    let came = stream.payload_types.contains(number);
                    is_wanted(*codec) && came && stream.decoded > 0
                })
                .then_some(())
        };
        let what = format!("RTP with {wanted}");
        let doing = format!("waiting for {what} at {}", line.actor.name());
        if watch(world, &doing, limit, came).await.is_none() {
            let found = no_rtp(&line, &what, limit);
            return Err(match newest_stream(&line) {
                Some(stream) => {
                    let types = stream.payload_types;
                    let found = found.detail(format!("payload types that came: {types:?}"));
                    match stream.undecodable {
                        0 => found,
                        count => found.detail(format!(
                            "{count} of its packets hold no {wanted}, whatever their payload type says"
                        )),
                    }
                }
                None => found.detail("no RTP came at all"),
            });
        }
    }
    Ok(())
}

async fn uses_ptime(world: &mut World, arguments: Arguments) -> StepResult {
    let wanted = arguments.integer(0)?;
    let limit = world.media(&arguments);
    for line in ends(world).await? {
        let name = line.actor.name();
        let agreed = line.media.negotiated();
        let sends = agreed.map_or(0, |agreed| agreed.ptime.as_millis());
        if sends != u128::from(wanted) {
            let summary = format!("{name} sends packets of {sends} ms, expected {wanted} ms");
            return Err(in_call(&line, FailureClass::Assertion, summary));
        }
        let before = newest_stream(&line).map_or((0, Duration::ZERO), |s| (s.decoded, s.audio));
        let measured = || {
            let stream = newest_stream(&line)?;
            // Another stream since: it is looked at alone.
            let before = if stream.decoded < before.0 {
                (0, Duration::ZERO)
            } else {
                before
            };
            let packets = stream.decoded - before.0;
            let audio = stream.audio.saturating_sub(before.1);
            let length = audio.as_secs_f64() / packets as f64;
            (packets >= PTIME_PACKETS).then_some(length * 1000.0)
        };
        let doing = format!("measuring the packet time at {name}");
        let what = format!("{PTIME_PACKETS} RTP packets");
        let Some(length) = watch(world, &doing, limit, measured).await else {
            return Err(no_rtp(&line, &what, limit));
        };
        if (length - wanted as f64).abs() > PTIME_SLACK_MS {
            let summary = format!("packets of {length:.1} ms come to {name}, expected {wanted} ms");
            return Err(in_call(&line, FailureClass::Assertion, summary));
        }
    }
    Ok(())
}

/// Where RTP comes from at each end; waits until it comes.
async fn sources(
    world: &World,
    lines: &[Line],
    limit: Duration,
) -> Result<Vec<SocketAddr>, Failure> {
    let mut found = Vec::with_capacity(lines.len());
    for line in lines {
        let doing = format!("waiting for RTP at {}", line.actor.name());
        let source = watch(world, &doing, limit, || newest_stream(line)).await;
        found.push(source.ok_or_else(|| no_rtp(line, "RTP", limit))?.source);
    }
    Ok(found)
}

async fn is_relayed(world: &mut World, arguments: Arguments) -> StepResult {
    let host = arguments.text(0)?;
    let limit = world.media(&arguments);
    let addresses = addresses_of(host, limit).await?;
    let lines = ends(world).await?;
    let sources = sources(world, &lines, limit).await?;
    for (index, (line, source)) in lines.iter().zip(sources).enumerate() {
        let name = line.actor.name();
        let other = lines.get(1 - index);
        let summary = match other {
            Some(other) if other.media.local_address() == Some(source) => {
                let other = other.actor.name();
                format!("RTP comes to {name} from {other} itself ({source}), expected {host}")
            }
            _ if !addresses.contains(&source.ip()) => {
                format!("RTP comes to {name} from {source}, expected {host}")
            }
            _ => continue,
        };
        return Err(in_call(line, FailureClass::Assertion, summary));
    }
    Ok(())
}

/// The addresses of a host.
async fn addresses_of(host: &str, limit: Duration) -> Result<Vec<IpAddr>, Failure> {
    if let Ok(address) = host.parse() {
        return Ok(vec![address]);
    }
    let unknown = |cause: String| {
        let summary = format!("cannot find the address of `{host}`");
        Failure::new(FailureClass::Environment, summary).detail(cause)
    };
    let lookup = tokio::net::lookup_host((host, 0));
    match tokio::time::timeout(limit, lookup).await {
        Ok(Ok(found)) => Ok(found.map(|address| address.ip()).collect()),
        Ok(Err(error)) => Err(unknown(error.to_string())),
        Err(_) => Err(unknown(format!("no answer within {limit:?}"))),
    }
}

async fn flows_directly(world: &mut World, arguments: Arguments) -> StepResult {
    let limit = world.media(&arguments);
    let lines = ends(world).await?;
    let [one, other] = &lines[..] else {
        let summary = "no phone of this scenario is at the other end of the call";
        return Err(in_call(&lines[0], FailureClass::Assertion, summary.into()));
    };
    let sources = sources(world, &lines, limit).await?;
    for ((line, far), source) in [(one, other), (other, one)].into_iter().zip(sources) {
        let wanted = far.media.local_address();
        if wanted == Some(source) {
            continue;
        }
        let wanted = wanted.map_or_else(String::new, |address| format!(" ({address})"));
        let summary = format!(
            "RTP comes to {} from {source}, expected {} itself{wanted}",
            line.actor.name(),
            far.actor.name()
        );
        return Err(in_call(line, FailureClass::Assertion, summary));
    }
    Ok(())
}

async fn keeps_ssrc(world: &mut World, arguments: Arguments) -> StepResult {
    let speaker = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.media(&arguments);
    let lines = ends(world).await?;
    let (from, to): (Vec<_>, Vec<_>) = lines
        .iter()
        .partition(|line| line.actor.name() == speaker.name());
    let ([_], [listener]) = (&from[..], &to[..]) else {
        let summary = format!(
            "{} is not in the call that was made last, or no phone of this scenario hears it there",
            speaker.name()
        );
        return Err(failure(FailureClass::Misuse, &speaker, summary));
    };
    let received = || {
        let streams = listener.media.report()?.received;
        let long = streams.iter().map(span).sum::<Duration>() >= SSRC_SPAN_MIN;
        (long || streams.len() > 1).then_some(streams)
    };
    let doing = format!("waiting for RTP from {}", speaker.name());
    let Some(streams) = watch(world, &doing, limit, received).await else {
        return Err(no_rtp(listener, "one second of RTP", limit));
    };
    match one_ssrc(&streams) {
        Ok(()) => Ok(()),
        Err(found) => {
            let summary = format!(
                "RTP from {} came to {} under {found}",
                speaker.name(),
                listener.actor.name()
            );
            Err(in_call(listener, FailureClass::Assertion, summary))
        }
    }
}

fn span(stream: &ReceivedStream) -> Duration {
    stream.last_at.saturating_duration_since(stream.first_at)
}

/// # Errors
/// The SSRCs, if they are several.
fn one_ssrc(streams: &[ReceivedStream]) -> Result<(), String> {
    let numbers: Vec<_> = streams
        .iter()
        .map(|stream| format!("{:08x}", stream.ssrc))
        .collect();
    if numbers.len() > 1 {
        return Err(format!("{} SSRCs: {}", numbers.len(), numbers.join(", ")));
    }
    Ok(())
}

async fn rtcp_is_received(world: &mut World, arguments: Arguments) -> StepResult {
    let limit = world.media(&arguments);
    for line in ends(world).await? {
        let came = || (line.media.report()?.rtcp_received > 0).then_some(());
        let doing = format!("waiting for RTCP at {}", line.actor.name());
        if watch(world, &doing, limit, came).await.is_none() {
            return Err(no_rtp(&line, "RTCP", limit));
        }
    }
    Ok(())
}
