//! `[outgoing]`, `[conference]`, `[park]`, `[pickup]`: calls that the phone makes.

use gannet_diag::{Diagnostic, Diagnostics};

use super::Key;
use crate::destination::Destination;
use crate::profile::dial_plan::DialPlan;
use crate::profile::model::Profile;
use crate::profile::value::{Value, store};

const GROUP: &str = "outgoing";
const CONFERENCE: &str = "conference";
const PARK: &str = "park";
const PICKUP: &str = "pickup";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "dial-plan",
        apply: dial_plan,
    },
    Key {
        group: GROUP,
        name: "early-media",
        apply: |p, v, d| store(&mut p.outgoing.early_media, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "no-answer-time",
        apply: |p, v, d| store(&mut p.outgoing.no_answer_time, v.seconds_or_none(), d),
    },
    Key {
        group: GROUP,
        name: "cancel",
        apply: |p, v, d| {
            let choices = [("after-response", false), ("at-once", true)];
            store(&mut p.outgoing.cancels_at_once, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "privacy",
        apply: |p, v, d| store(&mut p.outgoing.privacy, privacy(v), d),
    },
    Key {
        group: GROUP,
        name: "preferred-identity",
        apply: |p, v, d| store(&mut p.outgoing.preferred_identity, v.boolean(), d),
    },
    Key {
        group: CONFERENCE,
        name: "server",
        apply: |p, v, d| store(&mut p.conference.server, server(v), d),
    },
    Key {
        group: PARK,
        name: "number",
        apply: |p, v, d| store(&mut p.numbers.park, number(v, Some("{slot}")), d),
    },
    Key {
        group: PARK,
        name: "retrieve-number",
        apply: |p, v, d| store(&mut p.numbers.retrieve, number(v, Some("{slot}")), d),
    },
    Key {
        group: PICKUP,
        name: "way",
        apply: |p, v, d| {
            let ways = [("number", false), ("replaces", true)];
            store(&mut p.numbers.picks_up_by_replaces, v.choice(&ways), d);
        },
    },
    Key {
        group: PICKUP,
        name: "number",
        apply: |p, v, d| store(&mut p.numbers.pickup, number(v, Some("{user}")), d),
    },
    Key {
        group: PICKUP,
        name: "group-number",
        apply: |p, v, d| store(&mut p.numbers.group_pickup, number(v, None), d),
    },
];

/// `{ "00(Z.)" = "+$1", "0900." = false }`, in the order of the file.
fn dial_plan(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let entries = match value.entries() {
        Ok(entries) => entries,
        Err(problem) => return problems.push(problem),
    };
    let mut plan = DialPlan::default();
    for (pattern, span, value) in entries {
        let replacement = match replacement(value) {
            Ok(replacement) => replacement,
            Err(problem) => {
                problems.push(problem);
                continue;
            }
        };
        if let Err(error) = plan.add(pattern, replacement) {
            problems.push(
                Diagnostic::error("bad-value", error.to_string(), span).with_help(
                    "X is a digit, Z one from 1 to 9, N one from 2 to 9, [2-5] one of these, \
                     . all that follows, (...) a group that $1 stands for",
                ),
            );
        }
    }
    profile.outgoing.dial_plan = plan;
}

/// What is called instead, or `false`.
fn replacement(value: Value<'_>) -> Result<Option<&str>, Diagnostic> {
    if !value.is_boolean() {
        return value.text().map(Some);
    }
    if value.boolean()? {
        return Err(value.wrong("expected what is called instead, or false to forbid the call"));
    }
    Ok(None)
}

/// Privacy values (RFC 3323 4.2, RFC 3325 9.3), separated by semicolons; empty for no field.
fn privacy(value: Value<'_>) -> Result<Option<String>, Diagnostic> {
    const KNOWN: [&str; 7] = [
        "none", "id", "header", "session", "user", "critical", "history",
    ];
    let text = value.text()?;
    if text.is_empty() {
        return Ok(None);
    }
    match text.split(';').find(|word| !KNOWN.contains(word)) {
        None => Ok(Some(text.to_owned())),
        Some(word) => Err(value
            .wrong(format!("\"{word}\" is no value of Privacy"))
            .with_suggestions(&gannet_diag::nearest(word, KNOWN, 1))),
    }
}

/// A number or URI; empty for a conference of the phone's own.
fn server(value: Value<'_>) -> Result<Option<String>, Diagnostic> {
    let text = value.text()?;
    match Destination::parse(text) {
        _ if text.is_empty() => Ok(None),
        Ok(_) => Ok(Some(text.to_owned())),
        Err(error) => Err(value.wrong(format!("\"{text}\" cannot be called: {error}"))),
    }
}

/// A number with its placeholder; empty for that of the server.
fn number(value: Value<'_>, placeholder: Option<&str>) -> Result<Option<String>, Diagnostic> {
    let text = value.text()?;
    if text.is_empty() {
        return Ok(None);
    }
    let rest = placeholder.map_or_else(|| text.to_owned(), |name| text.replacen(name, "", 1));
    if rest.contains(['{', '}']) || placeholder.is_some_and(|name| !text.contains(name)) {
        let wanted = placeholder.map_or("no placeholder".to_owned(), |name| format!("one {name}"));
        return Err(value.wrong(format!("expected a number with {wanted}, found \"{text}\"")));
    }
    Ok(Some(text.to_owned()))
}
