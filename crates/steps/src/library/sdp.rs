//! What the session descriptions in messages say.

use std::sync::Arc;

use gannet_events::{Direction, Failure, FailureClass};
use gannet_phone::LogEntry;
use gannet_sdp::{Direction as MediaDirection, RtpMap, SessionDescription};
use gannet_sip::Message;

use super::headers::differs;
use super::message_wait::kind_differences;
use super::support::{failure, ready, ready_phone, watch};
use crate::{Actor, Arguments, MessagePattern, StepResult, World};

/// A session description, and the message that it came in.
struct Described {
    actor: Arc<Actor>,
    entry: Arc<LogEntry>,
    sdp: SessionDescription,
}

impl Described {
    fn differs(&self, what: String, expected: String, received: String) -> Failure {
        differs(&self.actor, &self.entry.message, what, expected, received)
    }
}

/// Asks the sentence's description something. What it is asked about stands behind the message, or
/// behind the message and the phone.
async fn described(
    world: &mut World,
    arguments: &Arguments,
    direction: Option<Direction>,
) -> Result<(Described, usize), Failure> {
    let pattern = arguments.message(0)?;
    let limit = world.signalling(arguments);
    let (phones, index) = if direction.is_some() {
        (vec![ready_phone(world, arguments.phone(1)?).await?], 2)
    } else {
        ready(world).await?;
        (world.actors().cloned().collect(), 1)
    };
    let what = format!("waiting for {pattern} with a session description");
    let found = watch(world, &what, limit, || newest(&phones, &pattern, direction)).await;
    let found = found.ok_or_else(|| {
        let summary = match (direction, phones.first()) {
            (Some(direction), Some(actor)) => {
                let name = actor.name();
                format!("{name} has not {} {pattern} with SDP", done(direction))
            }
            _ => format!("no phone has received or sent {pattern} with SDP"),
        };
        let found = Failure::new(FailureClass::Timeout, summary)
            .waiting_for(format!("{pattern} with SDP"), limit);
        match (direction, phones.first()) {
            (Some(_), Some(actor)) => found.of_phone(actor.name()),
            _ => found,
        }
    })?;
    Ok((found, index))
}

const fn done(direction: Direction) -> &'static str {
    match direction {
        Direction::Received => "received",
        Direction::Sent => "sent",
    }
}

/// The newest description in such a message. What one phone sends and another receives counts
/// where it was received.
fn newest(
    phones: &[Arc<Actor>],
    pattern: &MessagePattern,
    direction: Option<Direction>,
) -> Option<Described> {
    let of_phone = |actor: &Arc<Actor>| match direction {
        Some(direction) => newest_of(actor, pattern, direction),
        None => newest_of(actor, pattern, Direction::Received)
            .or_else(|| newest_of(actor, pattern, Direction::Sent)),
    };
    phones
        .iter()
        .filter_map(of_phone)
        .max_by_key(|described| described.entry.at)
}

fn newest_of(
    actor: &Arc<Actor>,
    pattern: &MessagePattern,
    direction: Direction,
) -> Option<Described> {
    let entries = actor.phone.log().all();
    let mut fitting = entries.into_iter().rev().filter(|entry| {
        entry.direction == direction && kind_differences(pattern, &entry.message).is_empty()
    });
    fitting.find_map(|entry| {
        Some(Described {
            actor: Arc::clone(actor),
            sdp: sdp_of(&entry.message)?,
            entry,
        })
    })
}

fn sdp_of(message: &Message) -> Option<SessionDescription> {
    let is_sdp = message.content_type() == "application/sdp" && !message.body().is_empty();
    is_sdp.then(|| SessionDescription::parse(message.body()))
}

pub(super) async fn offers(
    world: &mut World,
    arguments: Arguments,
    direction: Option<Direction>,
) -> StepResult {
    let (described, index) = described(world, &arguments, direction).await?;
    let wanted = arguments.codecs(index)?;
    let there = codecs(&described.sdp);
    let missing: Vec<_> = wanted
        .iter()
        .filter(|wanted| !there.iter().any(|codec| is_codec(wanted, codec)))
        .collect();
    let Some(first) = missing.first() else {
        return Ok(());
    };
    let what = format!("list of codecs, which lacks {first},");
    Err(described.differs(what, wanted.join(", "), shown(&there)))
}

pub(super) async fn offers_in_order(
    world: &mut World,
    arguments: Arguments,
    direction: Option<Direction>,
) -> StepResult {
    let (described, index) = described(world, &arguments, direction).await?;
    let wanted = arguments.codecs(index)?;
    let there = codecs(&described.sdp);
    if in_order(&wanted, &there) {
        return Ok(());
    }
    let what = "order of codecs".to_owned();
    Err(described.differs(what, wanted.join(", "), shown(&there)))
}

/// Whether these codecs are among the others in this order.
fn in_order(wanted: &[&str], there: &[RtpMap]) -> bool {
    let mut rest = there.iter();
    wanted
        .iter()
        .all(|wanted| rest.any(|codec| is_codec(wanted, codec)))
}

/// The codecs of all media, in order. A medium with port 0 is refused or not offered
/// (RFC 3264 5.1 and 6).
fn codecs(sdp: &SessionDescription) -> Vec<RtpMap> {
    let media = sdp.media().filter_map(|media| {
        let line = media.line().filter(|line| line.port != 0)?;
        Some((media, line))
    });
    let maps = media.flat_map(|(media, line)| {
        line.payload_types()
            .filter_map(|payload_type| media.rtpmap(payload_type))
            .collect::<Vec<_>>()
    });
    maps.collect()
}

/// Whether a codec is the one of that name: `PCMU`, `PCMU/8000` or `opus/48000/2`.
fn is_codec(wanted: &str, codec: &RtpMap) -> bool {
    let mut parts = wanted.splitn(3, '/');
    let name = parts.next().unwrap_or_default();
    let rate = parts.next();
    let channels = parts.next();
    codec.encoding.eq_ignore_ascii_case(name)
        && rate.is_none_or(|rate| rate.parse() == Ok(codec.clock_rate))
        // RFC 8866 6.6: without a number there is one channel.
        && channels.is_none_or(|wanted| codec.parameters.as_deref().unwrap_or("1") == wanted)
}

fn shown(codecs: &[RtpMap]) -> String {
    let names: Vec<_> = codecs
        .iter()
        .map(|codec| format!("{}/{}", codec.encoding, codec.clock_rate))
        .collect();
    if names.is_empty() {
        return "empty".to_owned();
    }
    names.join(", ")
}

pub(super) async fn direction_is(
    world: &mut World,
    arguments: Arguments,
    direction: Option<Direction>,
) -> StepResult {
    let (described, index) = described(world, &arguments, direction).await?;
    let wanted = arguments.text(index)?;
    let wanted = MediaDirection::from_name(wanted).ok_or_else(|| {
        let summary =
            format!("`{wanted}` is no direction: it is sendrecv, sendonly, recvonly or inactive");
        failure(FailureClass::Misuse, &described.actor, summary)
    })?;
    let audio = described.sdp.audio().or_else(|| described.sdp.media_at(0));
    let found = audio.map(|media| media.direction());
    if found == Some(wanted) {
        return Ok(());
    }
    let found = found.map_or_else(
        || "absent: there is no media".to_owned(),
        |it| it.to_string(),
    );
    Err(described.differs("direction".to_owned(), wanted.to_string(), found))
}

pub(super) async fn has_line(
    world: &mut World,
    arguments: Arguments,
    direction: Option<Direction>,
) -> StepResult {
    let (described, index) = described(world, &arguments, direction).await?;
    let wanted = arguments.regex(index)?;
    let lines = described.sdp.lines();
    if lines.iter().any(|line| wanted.is_match(line.text())) {
        return Ok(());
    }
    let what = format!("SDP of {}", described.entry.message.title());
    let summary = format!("{what} has no line with /{wanted}/");
    let found = described.differs(what, format!("a line with /{wanted}/"), "none".to_owned());
    let found = lines
        .iter()
        .fold(found, |found, line| found.detail(line.text()));
    Err(Failure { summary, ..found })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maps() -> Vec<RtpMap> {
        let text = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
            m=audio 4000 RTP/AVP 8 0 96 101\r\na=rtpmap:96 opus/48000/2\r\n\
            a=rtpmap:101 telephone-event/8000\r\nm=video 0 RTP/AVP 97\r\na=rtpmap:97 VP8/90000\r\n";
        codecs(&SessionDescription::parse(text))
    }

    #[test]
    fn codecs_are_those_of_media_that_are_not_refused() {
        assert_eq!(
            shown(&maps()),
            "PCMA/8000, PCMU/8000, opus/48000, telephone-event/8000"
        );
        assert_eq!(shown(&[]), "empty");
    }

    #[test]
    fn codecs_are_named_with_or_without_rate_and_channels() {
        let maps = maps();
        let has = |name: &str| maps.iter().any(|codec| is_codec(name, codec));
        for name in ["pcmu", "PCMA/8000", "opus", "opus/48000/2", "PCMU/8000/1"] {
            assert!(has(name), "{name}");
        }
        for name in ["PCMU/16000", "opus/48000/1", "VP8", "PCM"] {
            assert!(!has(name), "{name}");
        }
    }

    #[test]
    fn order_is_that_of_the_named_ones() {
        let table: [(&[&str], bool); 4] = [
            (&["PCMA", "telephone-event"], true),
            (&["PCMA", "PCMU", "opus"], true),
            (&["PCMU", "PCMA"], false),
            (&["PCMA", "G729"], false),
        ];
        for (wanted, fits) in table {
            assert_eq!(in_order(wanted, &maps()), fits, "{wanted:?}");
        }
    }
}
