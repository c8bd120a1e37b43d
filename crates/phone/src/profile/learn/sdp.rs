//! Codecs and the layout of session descriptions.

use gannet_media::{Codec, SAMPLE_RATE};
use gannet_sdp::{Direction, MediaDescription, RtpMap, SessionDescription};
use gannet_sip::Message;
use toml::{Table, Value};

use super::document::{Document, is_accepted};
use super::samples::Samples;

const GROUP: &str = "sdp";
/// Attributes with addresses, ports or keys: they belong to one call.
const OF_ONE_CALL: [&str; 7] = [
    "candidate",
    "fingerprint",
    "ice-pwd",
    "ice-ufrag",
    "setup",
    "ssrc",
    "zrtp-hash",
];

pub(super) fn learn(samples: &Samples<'_>, document: &mut Document) {
    let offer = samples.invite.and_then(description);
    let answer = samples.answer.and_then(description);
    let Some(shown) = offer.as_ref().or(answer.as_ref()) else {
        return;
    };
    let Some(audio) = shown.audio() else {
        document.leave_out("session descriptions without audio");
        return;
    };
    codecs(&audio, document);
    let time = |time: Option<u32>| i64::from(time.unwrap_or(0));
    document.set(GROUP, "ptime", time(audio.ptime()));
    document.set(GROUP, "maxptime", time(audio.maxptime()));
    if let (Some(answer), Some(offered)) = (&answer, samples.offer_to_it.and_then(description)) {
        answered(answer, &offered, document);
    }
    if let Some(origin) = shown.origin() {
        document.set(GROUP, "user", origin.username);
    }
    numbers(samples, [offer.as_ref(), answer.as_ref()], document);
    if let Some(name) = shown.session_name() {
        document.set(GROUP, "session-name", name);
    }
    let at_media = shown.connection().is_none();
    document.set(
        GROUP,
        "connection",
        if at_media { "media" } else { "session" },
    );
    directions(shown, &audio, document);
    fmtp_places(&audio, document);
    attributes(shown, &audio, document);
    if offer.is_some() {
        srtp(shown, document);
    }
    if shown.media().count() > 1 {
        document.leave_out("more than one media line");
    }
}

/// Session ids that never change, and first versions: those of two calls teach more than one.
fn numbers(samples: &Samples<'_>, both: [Option<&SessionDescription>; 2], document: &mut Document) {
    let origins: Vec<_> = both
        .into_iter()
        .flatten()
        .filter_map(SessionDescription::origin)
        .collect();
    let call_id = |message: Option<&Message>| message?.call_id().map(str::to_owned);
    let two_calls = call_id(samples.invite) != call_id(samples.answer);
    if let [one, other] = origins.as_slice()
        && two_calls
        && one.session_id == other.session_id
    {
        document.set(GROUP, "session-id", one.session_id.as_str());
    }
    let by_id =
        |origin: &gannet_sdp::Origin| origin.session_id == origin.session_version.to_string();
    if !origins.is_empty() && origins.iter().all(by_id) {
        document.set(GROUP, "session-version", "session-id");
    } else if let Some(first) = origins.first()
        && origins
            .iter()
            .all(|it| it.session_version == first.session_version)
        && let Ok(version) = i64::try_from(first.session_version)
    {
        document.set_unless(GROUP, "session-version", version, 1);
    }
}

fn description(message: &Message) -> Option<SessionDescription> {
    let is_sdp = message
        .content_type()
        .eq_ignore_ascii_case("application/sdp");
    is_sdp.then(|| SessionDescription::parse(message.body()))
}

fn codecs(audio: &MediaDescription<'_>, document: &mut Document) {
    let Some(line) = audio.line() else { return };
    let mut entries = Vec::new();
    let first = line.payload_types().find_map(|payload_type| {
        let map = audio.rtpmap(payload_type)?;
        Codec::from_rtpmap(&map.encoding, map.clock_rate, map.parameters.as_deref())
    });
    let audio_clock = first.map_or(SAMPLE_RATE, Codec::clock_rate);
    for payload_type in line.payload_types() {
        let written = audio.rtpmaps().find(|map| map.payload_type == payload_type);
        let known = written.clone().or_else(|| RtpMap::of_static(payload_type));
        let Some(map) = known else {
            document.leave_out(format!("payload type {payload_type} without a name"));
            continue;
        };
        let mut entry = Table::new();
        entry.insert("name".to_owned(), Value::from(name(&map, audio_clock)));
        entry.insert(
            "payload-type".to_owned(),
            Value::from(i64::from(payload_type)),
        );
        if let Some(fmtp) = audio.fmtp(payload_type) {
            entry.insert("fmtp".to_owned(), Value::from(fmtp));
        }
        if written.is_none() {
            entry.insert("rtpmap".to_owned(), Value::from(false));
        }
        let entry = Value::Table(entry);
        let alone = is_accepted("sdp.codecs", &format!("[{entry}]"))
            || is_accepted("sdp.codecs", &format!("[\"PCMU\", {entry}]"));
        if alone {
            entries.push(entry);
        } else {
            document.leave_out(format!(
                "codec {}/{} as payload type {payload_type}, which phones do not know yet",
                map.encoding, map.clock_rate
            ));
        }
    }
    document.set(GROUP, "codecs", entries);
}

/// A name as profiles have it: with the rate and the channels where they could be others, which for
/// telephone-event are those of the first codec.
fn name(map: &RtpMap, audio_clock: u32) -> String {
    let RtpMap {
        encoding,
        clock_rate,
        parameters,
        ..
    } = map;
    let is_plain = match encoding.as_str() {
        "PCMU" | "PCMA" | "G722" | "CN" => *clock_rate == 8000,
        "telephone-event" => *clock_rate == audio_clock,
        "opus" => *clock_rate == 48_000,
        _ => false,
    };
    match parameters {
        _ if is_plain => encoding.clone(),
        Some(parameters) => format!("{encoding}/{clock_rate}/{parameters}"),
        None => format!("{encoding}/{clock_rate}"),
    }
}

/// Whether an answer names all codecs that both sides have.
fn answered(answer: &SessionDescription, offer: &SessionDescription, document: &mut Document) {
    let audible = |description: &SessionDescription| -> Vec<String> {
        let Some(audio) = description.audio() else {
            return Vec::new();
        };
        let Some(line) = audio.line() else {
            return Vec::new();
        };
        line.payload_types()
            .filter_map(|payload_type| audio.rtpmap(payload_type))
            .map(|map| map.encoding.to_ascii_lowercase())
            .filter(|name| name != "telephone-event")
            .collect()
    };
    // With one codec in common both ways look alike.
    if audible(answer).len() > 1 {
        document.set(GROUP, "answer", "all-codecs");
    } else if audible(offer).len() > 1 {
        document.set(GROUP, "answer", "first-codec");
    }
}

fn directions(shown: &SessionDescription, audio: &MediaDescription<'_>, document: &mut Document) {
    let at_media = audio
        .attributes()
        .any(|attribute| Direction::from_name(attribute.name).is_some());
    let at_session = shown.direction().is_some();
    if at_session && !at_media {
        document.set(GROUP, "direction", "session");
    } else if at_media {
        document.set(GROUP, "direction", "media");
    }
    document.set(GROUP, "writes-sendrecv", at_media || at_session);
}

fn fmtp_places(audio: &MediaDescription<'_>, document: &mut Document) {
    let names: Vec<(&str, &str)> = audio
        .attributes()
        .filter_map(|attribute| {
            let payload_type = attribute.value?.split(' ').next()?;
            matches!(attribute.name, "rtpmap" | "fmtp").then_some((attribute.name, payload_type))
        })
        .collect();
    let last_rtpmap = names.iter().rposition(|(name, _)| *name == "rtpmap");
    for (at, (name, payload_type)) in names.iter().enumerate() {
        if *name != "fmtp" {
            continue;
        }
        let own = names
            .iter()
            .position(|(name, other)| *name == "rtpmap" && other == payload_type);
        let Some(own) = own else { continue };
        let events = payload_type
            .parse()
            .ok()
            .and_then(|number| audio.rtpmap(number))
            .is_some_and(|map| map.is("telephone-event", map.clock_rate));
        let place = if at < own {
            "before-rtpmap"
        } else if at == own + 1 {
            "after-rtpmap"
        } else if last_rtpmap.is_some_and(|last| at > last) {
            "after-all-rtpmaps"
        } else {
            continue;
        };
        let key = if events {
            "telephone-event-fmtp"
        } else {
            "fmtp"
        };
        document.set_once(GROUP, key, place);
    }
}

/// What an offer says of SRTP (RFC 4568). That plain calls are refused no offer says.
fn srtp(offer: &SessionDescription, document: &mut Document) {
    let audio = offer
        .media()
        .filter(|it| it.line_view().is_some_and(|line| line.kind == "audio"));
    let lines: Vec<_> = audio.collect();
    let Some(secure) = lines.iter().find(|it| it.attribute("crypto").is_some()) else {
        return;
    };
    let protocol = secure.line_view().map_or("", |line| line.protocol);
    document.set(GROUP, "srtp", "offered");
    let form = match (protocol.contains("SAVP"), lines.len()) {
        (false, _) => "avp",
        (true, 1) => "savp",
        (true, _) => "both",
    };
    document.set(GROUP, "srtp-offer", form);
    let suites: Vec<String> = secure
        .attributes()
        .filter(|attribute| attribute.name == "crypto")
        .filter_map(|attribute| attribute.value?.split_whitespace().nth(1))
        .map(str::to_owned)
        .collect();
    let (known, unknown): (Vec<_>, Vec<_>) = suites
        .into_iter()
        .partition(|suite| is_accepted("sdp.srtp-suites", &format!("['{suite}']")));
    if !known.is_empty() {
        document.set(GROUP, "srtp-suites", known);
    }
    for suite in unknown {
        document.leave_out(format!("the crypto suite {suite}"));
    }
}

/// The groups of attributes in their order.
fn attributes(shown: &SessionDescription, audio: &MediaDescription<'_>, document: &mut Document) {
    let line = audio.line();
    let first = line.and_then(|line| line.payload_types().next());
    let is_of = |value: Option<&str>, payload_type: Option<u8>| {
        let of = value.and_then(|value| value.split(' ').next()?.parse().ok());
        of.is_some() && of == payload_type
    };
    let mut slots: Vec<String> = Vec::new();
    for attribute in audio.attributes() {
        let slot = match attribute.name {
            "rtpmap" | "fmtp" if is_of(attribute.value, first) => "first-format".to_owned(),
            "rtpmap" | "fmtp" => "formats".to_owned(),
            "ptime" | "maxptime" | "rtcp" | "crypto" => attribute.name.to_owned(),
            name if Direction::from_name(name).is_some() => "direction".to_owned(),
            name if OF_ONE_CALL.contains(&name) => {
                document.leave_out(format!("a={name}, which belongs to one call"));
                continue;
            }
            name => match attribute.value {
                Some(value) => format!("a={name}:{value}"),
                None => format!("a={name}"),
            },
        };
        if !slots.contains(&slot) {
            slots.push(slot);
        }
    }
    // Where the first format is followed by the others, both are one group.
    let at = |slots: &[String], name: &str| slots.iter().position(|slot| slot == name);
    match (at(&slots, "first-format"), at(&slots, "formats")) {
        (Some(first), None) => "formats".clone_into(&mut slots[first]),
        (Some(first), Some(others)) if others == first + 1 => {
            slots.remove(first);
        }
        (None, None) => slots.insert(0, "formats".to_owned()),
        _ => {}
    }
    document.set(GROUP, "attributes", slots);
    let of_session: Vec<String> = shown
        .attributes()
        .filter(|attribute| Direction::from_name(attribute.name).is_none())
        .filter(|attribute| attribute.name != "crypto" && !OF_ONE_CALL.contains(&attribute.name))
        .map(|attribute| match attribute.value {
            Some(value) => format!("a={}:{value}", attribute.name),
            None => format!("a={}", attribute.name),
        })
        .collect();
    if !of_session.is_empty() {
        document.set(GROUP, "session-attributes", of_session);
    }
}
