//! `sdp.codecs`: the formats that a device offers.

use gannet_diag::{Diagnostic, Diagnostics, nearest};
use gannet_media::Codec;
use gannet_media::offer_answer::Format;

use crate::profile::model::Profile;
use crate::profile::value::Value;

pub(super) fn codecs(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let Some(mut formats) = value.list(problems, format) else {
        return;
    };
    let audio = formats.iter().find_map(|(format, _)| format.codec());
    let Some(audio) = audio else {
        problems.push(
            value
                .wrong("expected at least one codec for audio")
                .with_help(known()),
        );
        return;
    };
    for (format, has_rate) in &mut formats {
        if format.is_telephone_event() && !*has_rate {
            // Events have the clock of the audio (RFC 4733 2.1): of the codec that is liked best.
            format.clock_rate = audio.clock_rate();
        }
    }
    let formats: Vec<Format> = formats.into_iter().map(|(format, _)| format).collect();
    for (index, one) in formats.iter().enumerate() {
        if formats[..index]
            .iter()
            .any(|other| other.payload_type == one.payload_type)
        {
            problems.push(value.wrong(format!("payload type {} is used twice", one.payload_type)));
        }
    }
    profile.sdp.formats = formats;
}

/// What is written for one format, and whether its clock rate is among that.
type Written = (Format, bool);

/// A name, or a table with `name` and any of `payload-type`, `fmtp`, `rtpmap`.
fn format(item: Value<'_>) -> Result<Written, Diagnostic> {
    let Ok(entries) = item.entries() else {
        return named(item);
    };
    let name = entries.iter().find(|(key, ..)| *key == "name");
    let (_, _, name) = name.ok_or_else(|| item.wrong("expected a name"))?;
    let (mut format, has_rate) = named(*name)?;
    for (key, span, value) in &entries {
        match *key {
            "name" => {}
            "payload-type" => format.payload_type = value.integer(0..=127)? as u8,
            "fmtp" => {
                let text = value.text()?;
                format.fmtp = (!text.is_empty()).then(|| text.to_owned());
            }
            "rtpmap" => format.rtpmap = value.boolean()?,
            other => {
                let known = ["name", "payload-type", "fmtp", "rtpmap"];
                return Err(Diagnostic::error(
                    "unknown-key",
                    format!("unknown key \"{other}\" of a codec"),
                    span.clone(),
                )
                .with_suggestions(&nearest(other, known, 1)));
            }
        }
    }
    let fixed = static_payload_type(&format);
    if !format.rtpmap && fixed != Some(format.payload_type) {
        return Err(item.wrong("only a codec with its static payload type may go without rtpmap"));
    }
    if fixed != Some(format.payload_type) && !(96..=127).contains(&format.payload_type) {
        return Err(item.wrong("dynamic payload types are 96 to 127 (RFC 3551 6)"));
    }
    Ok((format, has_rate))
}

fn static_payload_type(format: &Format) -> Option<u8> {
    if format.is_comfort_noise() && format.clock_rate == 8000 {
        return Some(Format::comfort_noise().payload_type);
    }
    format.codec()?.static_payload_type()
}

/// `PCMU`, `opus/48000/2`: as in `a=rtpmap`, without rate and channels where there is only one way.
fn named(item: Value<'_>) -> Result<Written, Diagnostic> {
    let text = item.text()?;
    let mut parts = text.splitn(3, '/');
    let name = parts.next().unwrap_or_default();
    let (rate_text, channels) = (parts.next(), parts.next());
    let rate = rate_text.and_then(|rate| rate.parse::<u32>().ok());
    let found = match (name, rate_text.is_none(), rate) {
        ("telephone-event", true, _) => Some(Format::telephone_event(TELEPHONE_EVENT)),
        ("telephone-event", _, Some(rate)) => dynamic(&TELEPHONE_EVENTS, rate)
            .map(|payload_type| Format::telephone_event_at(payload_type, rate)),
        ("CN", true, _) | ("CN", _, Some(8000)) => Some(Format::comfort_noise()),
        ("PCMU" | "PCMA" | "G722", true, _) => codec(name, 8000, None),
        ("opus", true, _) => codec(name, 48_000, Some("2")),
        (_, _, Some(rate)) => codec(name, rate, channels),
        _ => None,
    };
    // What has one channel in its name only says so.
    let format = found
        .filter(|format| channels.is_none_or(|channels| channels.parse() == Ok(format.channels)));
    format
        .map(|format| (format, rate.is_some()))
        .ok_or_else(|| {
            item.wrong(format!("codec {text} does not work yet"))
                .with_help(known())
                .with_suggestions(&nearest(text, NAMES, 1))
        })
}

fn codec(name: &str, rate: u32, channels: Option<&str>) -> Option<Format> {
    let codec = Codec::from_rtpmap(name, rate, channels)?;
    let otherwise = match codec {
        Codec::Opus => OPUS,
        Codec::L16 { channels: 1, .. } => dynamic(&L16_MONO, rate)?,
        Codec::L16 { .. } => dynamic(&L16_STEREO, rate)?,
        Codec::Pcmu | Codec::Pcma | Codec::G722 => 0,
    };
    Some(Format::of(codec, otherwise))
}

fn dynamic(table: &[(u32, u8)], rate: u32) -> Option<u8> {
    let found = table.iter().find(|(known, _)| *known == rate);
    found.map(|(_, payload_type)| *payload_type)
}

fn known() -> String {
    let rates = Codec::L16_RATES.map(|rate| rate.to_string()).join(", ");
    format!(
        "these do: {}; L16 with 1 or 2 channels (L16/48000/2) and the rates {rates}",
        NAMES.join(", ")
    )
}

const NAMES: [&str; 7] = [
    "PCMU",
    "PCMA",
    "G722",
    "opus",
    "L16/16000",
    "CN",
    "telephone-event",
];

// Dynamic payload types, where a profile gives none: a number of its own for each.
const OPUS: u8 = 111;
const TELEPHONE_EVENT: u8 = 101;
const TELEPHONE_EVENTS: [(u32, u8); 6] = [
    (8000, TELEPHONE_EVENT),
    (16_000, 109),
    (24_000, 108),
    (32_000, 107),
    (44_100, 106),
    (48_000, 110),
];
const L16_MONO: [(u32, u8); 6] = [
    (8000, 112),
    (16_000, 113),
    (24_000, 114),
    (32_000, 115),
    // Static.
    (44_100, 11),
    (48_000, 117),
];
const L16_STEREO: [(u32, u8); 6] = [
    (8000, 118),
    (16_000, 119),
    (24_000, 120),
    (32_000, 121),
    (44_100, 10),
    (48_000, 122),
];
