//! `[identity]`: who made the device.

use gannet_diag::{Diagnostic, Diagnostics, nearest};
use gannet_sip::HeaderName;

use super::Key;
use crate::profile::model::ResponseIdentity;
use crate::profile::template::{PLACEHOLDERS, Template};
use crate::profile::value::{Value, store};

const GROUP: &str = "identity";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "model",
        apply: |p, v, d| store(&mut p.identity.model, v.text().map(str::to_owned), d),
    },
    Key {
        group: GROUP,
        name: "vendor",
        apply: |p, v, d| store(&mut p.identity.vendor, v.text().map(str::to_owned), d),
    },
    Key {
        group: GROUP,
        name: "firmware",
        apply: |p, v, d| store(&mut p.identity.firmware, v.text().map(str::to_owned), d),
    },
    Key {
        group: GROUP,
        name: "mac",
        apply: |p, v, d| store(&mut p.identity.mac, mac(v), d),
    },
    Key {
        group: GROUP,
        name: "user-agent",
        apply: |p, v, d| store(&mut p.identity.user_agent, template(v), d),
    },
    Key {
        group: GROUP,
        name: "in-responses",
        apply: |p, v, d| {
            let choices = [
                ("User-Agent", ResponseIdentity::UserAgent),
                ("Server", ResponseIdentity::Server),
                ("none", ResponseIdentity::None),
            ];
            store(&mut p.identity.in_responses, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "headers",
        apply: |p, v, d| headers(&mut p.identity.headers, v, d),
    },
];

fn template(value: Value<'_>) -> Result<Template, Diagnostic> {
    Template::parse(value.text()?).map_err(|unknown| {
        value
            .wrong(format!("unknown placeholder {{{unknown}}}"))
            .with_suggestions(&nearest(&unknown, PLACEHOLDERS, 1))
    })
}

fn mac(value: Value<'_>) -> Result<Option<[u8; 6]>, Diagnostic> {
    let text = value.text()?;
    let mut octets = [0; 6];
    let mut pieces = text.split([':', '-']);
    let filled = octets.iter_mut().all(|octet| {
        let piece = pieces.next().filter(|piece| piece.len() == 2);
        let parsed = piece.and_then(|piece| u8::from_str_radix(piece, 16).ok());
        parsed.map(|parsed| *octet = parsed).is_some()
    });
    if filled && pieces.next().is_none() {
        Ok(Some(octets))
    } else {
        Err(value.wrong(format!(
            "expected a MAC address as in 02:00:00:12:34:56, found \"{text}\""
        )))
    }
}

/// Fields that the phone itself is in charge of.
const NOT_FREE: [HeaderName; 12] = [
    HeaderName::Via,
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
    HeaderName::Contact,
    HeaderName::MaxForwards,
    HeaderName::Route,
    HeaderName::RecordRoute,
    HeaderName::ContentLength,
    HeaderName::ContentType,
    HeaderName::UserAgent,
];

fn headers(place: &mut Vec<(String, Template)>, value: Value<'_>, problems: &mut Diagnostics) {
    let entries = match value.entries() {
        Ok(entries) => entries,
        Err(problem) => return problems.push(problem),
    };
    for (name, span, value) in entries {
        let id = HeaderName::from_bytes(name.as_bytes());
        if NOT_FREE.contains(&id) {
            let message = format!("{name} cannot be set here: the phone writes it itself");
            problems.push(Diagnostic::error("bad-value", message, span));
            continue;
        }
        match template(value) {
            Ok(template) => {
                place.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                place.push((name.to_owned(), template));
            }
            Err(problem) => problems.push(problem),
        }
    }
}
