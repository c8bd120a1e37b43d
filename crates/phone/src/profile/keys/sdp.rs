//! `[sdp]`: codecs and the layout of session descriptions.

use gannet_diag::{Diagnostic, Diagnostics};
use gannet_media::offer_answer::{AttributeSlot, DirectionPlace, FmtpPlace};

use super::Key;
use super::codecs::codecs;
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

fn attributes(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let choices = [
        ("first-format", AttributeSlot::FirstFormat),
        ("formats", AttributeSlot::Formats),
        ("ptime", AttributeSlot::Ptime),
        ("maxptime", AttributeSlot::MaxPtime),
        ("direction", AttributeSlot::Direction),
        ("rtcp", AttributeSlot::Rtcp),
        ("rtcp-mux", AttributeSlot::RtcpMux),
        ("crypto", AttributeSlot::Crypto),
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
