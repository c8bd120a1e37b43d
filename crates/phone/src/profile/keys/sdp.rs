//! `[sdp]`: codecs and the layout of session descriptions.

use gannet_diag::{Diagnostic, Diagnostics, nearest};
use gannet_media::offer_answer::{AttributeSlot, DirectionPlace, FmtpPlace, Format};

use super::Key;
use crate::profile::model::Profile;
use crate::profile::value::{Value, store};

const GROUP: &str = "sdp";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "codecs",
        apply: codecs,
    },
    Key {
        group: GROUP,
        name: "ptime",
        apply: |p, v, d| store(&mut p.sdp.ptime, milliseconds(v), d),
    },
    Key {
        group: GROUP,
        name: "maxptime",
        apply: |p, v, d| store(&mut p.sdp.maxptime, milliseconds(v), d),
    },
    Key {
        group: GROUP,
        name: "answer",
        apply: |p, v, d| {
            let choices = [("all-codecs", true), ("first-codec", false)];
            store(&mut p.sdp.answers_all_codecs, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "user",
        apply: |p, v, d| {
            let user = v.text().and_then(|text| {
                if text.contains(' ') || text.is_empty() {
                    Err(v.wrong("the user of o= may not be empty nor hold blanks"))
                } else {
                    Ok(text.to_owned())
                }
            });
            store(&mut p.sdp.layout.username, user, d);
        },
    },
    Key {
        group: GROUP,
        name: "session-name",
        apply: |p, v, d| {
            let name = v.text().and_then(|text| match text {
                "" => Err(v.wrong("the session name may not be empty (RFC 8866 5.3)")),
                text => Ok(text.to_owned()),
            });
            store(&mut p.sdp.layout.session_name, name, d);
        },
    },
    Key {
        group: GROUP,
        name: "session-id",
        apply: |p, v, d| store(&mut p.session_numbers.id, session_id(v), d),
    },
    Key {
        group: GROUP,
        name: "session-version",
        apply: |p, v, d| {
            let version = if v.text().is_ok() {
                v.choice(&[("session-id", None)])
            } else {
                v.integer(0..=i64::from(u32::MAX)).map(|n| Some(n as u64))
            };
            store(&mut p.session_numbers.version, version, d);
        },
    },
    Key {
        group: GROUP,
        name: "connection",
        apply: |p, v, d| {
            let choices = [("session", false), ("media", true)];
            store(&mut p.sdp.layout.connection_at_media, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "direction",
        apply: |p, v, d| {
            let choices = [
                ("session", DirectionPlace::Session),
                ("media", DirectionPlace::Media),
            ];
            store(&mut p.sdp.layout.direction_place, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "writes-sendrecv",
        apply: |p, v, d| store(&mut p.sdp.layout.writes_sendrecv, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "fmtp",
        apply: |p, v, d| store(&mut p.sdp.layout.fmtp, v.choice(&FMTP_PLACES), d),
    },
    Key {
        group: GROUP,
        name: "telephone-event-fmtp",
        apply: |p, v, d| {
            store(
                &mut p.sdp.layout.telephone_event_fmtp,
                v.choice(&FMTP_PLACES),
                d,
            );
        },
    },
    Key {
        group: GROUP,
        name: "attributes",
        apply: attributes,
    },
    Key {
        group: GROUP,
        name: "session-attributes",
        apply: session_attributes,
    },
];

const FMTP_PLACES: [(&str, FmtpPlace); 3] = [
    ("after-rtpmap", FmtpPlace::AfterRtpmap),
    ("before-rtpmap", FmtpPlace::BeforeRtpmap),
    ("after-all-rtpmaps", FmtpPlace::AfterAllRtpmaps),
];

/// Most digits of a session id: those of 64 bits.
const SESSION_ID_MAX: usize = 19;

/// Digits (RFC 8866 5.2), or `random`.
fn session_id(value: Value<'_>) -> Result<Option<String>, Diagnostic> {
    let text = value.written()?;
    let digits = (1..=SESSION_ID_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.as_str() {
        "random" => Ok(None),
        _ if digits => Ok(Some(text)),
        _ => Err(value.wrong(format!(
            "expected \"random\", or up to {SESSION_ID_MAX} digits, found \"{text}\""
        ))),
    }
}

/// Packet times that make sense; 0 leaves the attribute out.
fn milliseconds(value: Value<'_>) -> Result<Option<u32>, Diagnostic> {
    let number = value.integer(0..=200)?;
    match number {
        0 => Ok(None),
        1..10 => Err(value.wrong("packets shorter than 10 ms do not work yet")),
        _ => Ok(Some(number as u32)),
    }
}

fn codecs(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let Some(formats) = value.list(problems, format) else {
        return;
    };
    for (index, one) in formats.iter().enumerate() {
        if formats[..index]
            .iter()
            .any(|other| other.payload_type == one.payload_type)
        {
            problems.push(value.wrong(format!("payload type {} is used twice", one.payload_type)));
        }
    }
    if !formats.iter().any(|format| format.codec().is_some()) {
        problems.push(value.wrong("expected at least one of PCMU and PCMA"));
    }
    profile.sdp.formats = formats;
}

const NAMES: [&str; 3] = ["PCMU", "PCMA", "telephone-event"];

/// A name, or a table with `name` and any of `payload-type`, `fmtp`, `rtpmap`.
fn format(item: Value<'_>) -> Result<Format, Diagnostic> {
    let Ok(entries) = item.entries() else {
        return named(item);
    };
    let name = entries.iter().find(|(key, ..)| *key == "name");
    let (_, _, name) = name.ok_or_else(|| item.wrong("expected a name"))?;
    let mut format = named(*name)?;
    for (key, span, value) in &entries {
        match *key {
            "name" => {}
            "payload-type" => format.payload_type = value.integer(0..=127)? as u8,
            "fmtp" => format.fmtp = Some(value.text()?.to_owned()),
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
    let codec = format.codec();
    let fixed = codec.map(gannet_media::Codec::static_payload_type);
    if !format.rtpmap && fixed != Some(format.payload_type) {
        return Err(item.wrong("only a codec with its static payload type may go without rtpmap"));
    }
    if fixed != Some(format.payload_type) && !(96..=127).contains(&format.payload_type) {
        return Err(item.wrong("dynamic payload types are 96 to 127 (RFC 3551 6)"));
    }
    Ok(format)
}

fn named(item: Value<'_>) -> Result<Format, Diagnostic> {
    let text = item.text()?;
    match text {
        "PCMU" => Ok(Format::pcmu()),
        "PCMA" => Ok(Format::pcma()),
        "telephone-event" => Ok(Format::telephone_event(101)),
        _ => Err(item
            .wrong(format!("codec {text} does not work yet"))
            .with_help(format!("these do: {}", NAMES.join(", ")))
            .with_suggestions(&nearest(text, NAMES, 1))),
    }
}

fn attributes(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let choices = [
        ("first-format", AttributeSlot::FirstFormat),
        ("formats", AttributeSlot::Formats),
        ("ptime", AttributeSlot::Ptime),
        ("maxptime", AttributeSlot::MaxPtime),
        ("direction", AttributeSlot::Direction),
        ("rtcp", AttributeSlot::Rtcp),
    ];
    let slots = value.list(problems, |item| match item.text()?.strip_prefix("a=") {
        Some(text) => Ok(AttributeSlot::Text(text.to_owned())),
        None => item.choice(&choices),
    });
    let Some(slots) = slots else { return };
    if slots.contains(&AttributeSlot::Formats) {
        profile.sdp.layout.attributes = slots;
    } else {
        problems.push(value.wrong("expected \"formats\" among the attributes"));
    }
}

fn session_attributes(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let list = value.list(problems, |item| {
        let text = item.text()?;
        text.strip_prefix("a=").map(str::to_owned).ok_or_else(|| {
            item.wrong(format!(
                "expected text that begins with a=, found \"{text}\""
            ))
        })
    });
    if let Some(list) = list {
        profile.sdp.layout.session_attributes = list;
    }
}
