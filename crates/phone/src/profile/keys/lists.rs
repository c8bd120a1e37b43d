//! `[lists]`: Allow, Supported, Allow-Events, Accept and where they are written; Recv-Info.

use gannet_diag::{Diagnostic, Diagnostics, nearest};
use gannet_sip::Method;

use super::Key;
use crate::profile::defaults::METHODS;
use crate::profile::model::Profile;
use crate::profile::value::Value;

const GROUP: &str = "lists";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "allow",
        apply: allow,
    },
    Key {
        group: GROUP,
        name: "allow-on",
        apply: |p, v, d| methods(&mut p.lists.allow_on, v, d),
    },
    Key {
        group: GROUP,
        name: "supported",
        apply: |p, v, d| {
            words(&mut p.lists.supported, v, d, |item| {
                if item.token()? == "timer" {
                    let message = "timer is listed where session-timers.support is true";
                    return Err(item.wrong(message));
                }
                known(item, &OPTION_TAGS, "option tag")
            });
        },
    },
    Key {
        group: GROUP,
        name: "supported-on",
        apply: |p, v, d| methods(&mut p.lists.supported_on, v, d),
    },
    Key {
        group: GROUP,
        name: "allow-events",
        apply: |p, v, d| {
            words(&mut p.lists.allow_events, v, d, |item| {
                known(item, &PACKAGES, "event package")
            });
        },
    },
    Key {
        group: GROUP,
        name: "allow-events-on",
        apply: |p, v, d| methods(&mut p.lists.allow_events_on, v, d),
    },
    Key {
        group: GROUP,
        name: "accept",
        apply: |p, v, d| words(&mut p.lists.accept, v, d, media_type),
    },
    Key {
        group: GROUP,
        name: "accept-on",
        apply: |p, v, d| methods(&mut p.lists.accept_on, v, d),
    },
    Key {
        group: GROUP,
        name: "methods-in-contact-on",
        apply: |p, v, d| methods(&mut p.lists.methods_on, v, d),
    },
    Key {
        group: GROUP,
        name: "accept-encoding",
        apply: |p, v, d| words(&mut p.lists.accept_encoding, v, d, token),
    },
    Key {
        group: GROUP,
        name: "accept-encoding-on",
        apply: |p, v, d| methods(&mut p.lists.accept_encoding_on, v, d),
    },
    Key {
        group: GROUP,
        name: "require",
        apply: |p, v, d| words(&mut p.lists.require, v, d, token),
    },
    Key {
        group: GROUP,
        name: "require-on",
        apply: |p, v, d| methods(&mut p.lists.require_on, v, d),
    },
    Key {
        group: GROUP,
        name: "recv-info",
        apply: recv_info,
    },
];

/// Without these there are no calls (RFC 3261 13, 15, 9).
const METHODS_NEEDED: usize = 4;
/// What a phone can do, or need only bear with: Path (RFC 3327 5.1) and History-Info (RFC 7044).
/// 100rel here is the same as `reliability.100rel = "supported"`, with its place in the list;
/// `[registration]` makes a phone use GRUU (RFC 5627) and flows (RFC 5626).
const OPTION_TAGS: [&str; 9] = [
    "path",
    "histinfo",
    "100rel",
    "replaces",
    "norefersub",
    "nosub",
    "explicitsub",
    "gruu",
    "outbound",
];
/// Event packages that a phone understands; `[events]` says what it makes of the last three.
const PACKAGES: [&str; 7] = [
    "message-summary",
    "refer",
    "presence",
    "dialog",
    "talk",
    "hold",
    "check-sync",
];

fn allow(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let list = value.list(problems, |item| {
        let method = item.method()?;
        if METHODS.contains(&method) {
            Ok(method)
        } else {
            Err(item.wrong(format!("{method} does not work yet in phones")))
        }
    });
    let Some(list) = list else { return };
    let missing: Vec<_> = METHODS[..METHODS_NEEDED]
        .iter()
        .filter(|method| !list.contains(method))
        .map(ToString::to_string)
        .collect();
    if missing.is_empty() {
        profile.lists.allow = list;
    } else {
        problems.push(value.wrong(format!("a phone cannot be without {}", missing.join(", "))));
    }
}

/// Any package may stand there: its bodies are for the test to look at.
fn recv_info(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    if value.is_boolean() {
        match value.boolean() {
            Ok(false) => profile.lists.recv_info = None,
            _ => problems.push(value.wrong("expected false or a list of INFO packages")),
        }
        return;
    }
    if let Some(list) = value.list(problems, token) {
        profile.lists.recv_info = Some(list);
    }
}

fn token(item: Value<'_>) -> Result<String, Diagnostic> {
    item.token().map(str::to_owned)
}

fn methods(place: &mut Vec<Method>, value: Value<'_>, problems: &mut Diagnostics) {
    if let Some(list) = value.list(problems, Value::method) {
        *place = list;
    }
}

fn words(
    place: &mut Vec<String>,
    value: Value<'_>,
    problems: &mut Diagnostics,
    read: impl Fn(Value<'_>) -> Result<String, Diagnostic>,
) {
    if let Some(list) = value.list(problems, read) {
        *place = list;
    }
}

fn known(item: Value<'_>, names: &[&str], what: &str) -> Result<String, Diagnostic> {
    let token = item.token()?;
    if names.contains(&token) {
        return Ok(token.to_owned());
    }
    Err(item
        .wrong(format!("{what} {token} does not work yet in phones"))
        .with_help(format!("these do: {}", names.join(", ")))
        .with_suggestions(&nearest(token, names, 1)))
}

pub(super) fn media_type(item: Value<'_>) -> Result<String, Diagnostic> {
    let text = item.text()?;
    match text.split_once('/') {
        Some((kind, subtype)) if !kind.is_empty() && !subtype.is_empty() && !text.contains(',') => {
            Ok(text.to_owned())
        }
        _ => Err(item.wrong(format!(
            "expected a media type as in application/sdp, found \"{text}\""
        ))),
    }
}
