//! `[messages]` and `[identifiers]`: form of messages and identifiers.

use gannet_diag::{Diagnostic, Diagnostics, nearest};
use gannet_sip::{HeaderName, Method};

use super::Key;
use crate::profile::header_order::{DEFAULT, HeaderOrder, RESPONSE};
use crate::profile::model::{CompactNames, IdentifierStyle};
use crate::profile::pattern::Pattern;
use crate::profile::value::{Value, store};

const GROUP: &str = "messages";
const IDENTIFIERS: &str = "identifiers";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "header-order",
        apply: |p, v, d| header_order(&mut p.messages.order, v, d),
    },
    Key {
        group: GROUP,
        name: "compact",
        apply: |p, v, d| compact(&mut p.messages.compact, v, d),
    },
    Key {
        group: GROUP,
        name: "rport",
        apply: |p, v, d| store(&mut p.messages.rport, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "rfc2543",
        apply: |p, v, d| {
            store(&mut p.messages.rfc2543, v.boolean(), d);
            p.identifiers.rfc2543 = p.messages.rfc2543;
        },
    },
    Key {
        group: IDENTIFIERS,
        name: "call-id",
        apply: |p, v, d| store(&mut p.identifiers.call_id, pattern(v, true), d),
    },
    Key {
        group: IDENTIFIERS,
        name: "tag",
        apply: |p, v, d| store(&mut p.identifiers.tag, pattern(v, false), d),
    },
    Key {
        group: IDENTIFIERS,
        name: "branch",
        apply: |p, v, d| store(&mut p.identifiers.branch, pattern(v, false), d),
    },
    Key {
        group: IDENTIFIERS,
        name: "cseq-start",
        apply: |p, v, d| cseq_start(&mut p.identifiers, v, d),
    },
    Key {
        group: IDENTIFIERS,
        name: "cseq-step",
        apply: |p, v, d| {
            let step = v.integer(1..=CSEQ_STEP_MAX).map(|step| step as u32);
            store(&mut p.identifiers.cseq_step, step, d);
        },
    },
];

fn pattern(value: Value<'_>, call_id: bool) -> Result<Pattern, Diagnostic> {
    Pattern::parse(value.text()?, call_id).map_err(|error| value.wrong(error.to_string()))
}

/// An array for all messages, or a table of arrays by method, `response` and `default`.
fn header_order(order: &mut HeaderOrder, value: Value<'_>, problems: &mut Diagnostics) {
    if value.is_array() {
        if let Some(names) = names(value, problems) {
            *order = HeaderOrder::default();
            order.set(DEFAULT, names);
        }
        return;
    }
    let entries = match value.entries() {
        Ok(entries) => entries,
        Err(problem) => return problems.push(problem),
    };
    let mut kinds = vec![DEFAULT.to_owned(), RESPONSE.to_owned()];
    kinds.extend(Method::KNOWN.iter().map(ToString::to_string));
    for (kind, span, value) in entries {
        if !kinds.iter().any(|known| known == kind) {
            let message = format!(
                "\"{kind}\" is no kind of message: expected a method, \"{DEFAULT}\" or \"{RESPONSE}\""
            );
            problems.push(
                Diagnostic::error("unknown-key", message, span)
                    .with_suggestions(&nearest(kind, &kinds, 1)),
            );
        } else if let Some(names) = names(value, problems) {
            order.set(kind, names);
        }
    }
}

/// Names without a double.
fn names(value: Value<'_>, problems: &mut Diagnostics) -> Option<Vec<String>> {
    let list = value.list(problems, |item| Ok((item, item.header_name()?)))?;
    let mut names: Vec<String> = Vec::new();
    for (item, name) in list {
        let full = HeaderName::from_bytes(name.as_bytes()).as_str();
        let name = if full.is_empty() { name } else { full };
        if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            problems.push(item.wrong(format!("{name} is listed twice")));
        }
        names.push(name.to_owned());
    }
    Some(names)
}

fn compact(place: &mut CompactNames, value: Value<'_>, problems: &mut Diagnostics) {
    if value.is_boolean() {
        let all = value.boolean().map(|all| {
            if all {
                CompactNames::All
            } else {
                CompactNames::None
            }
        });
        return store(place, all, problems);
    }
    let list = value.list(problems, |item| {
        let text = item.text()?;
        let name = HeaderName::from_bytes(text.as_bytes());
        let with_compact = || HeaderName::all().filter(|name| name.compact().is_some());
        match name.compact() {
            Some(_) => Ok(name),
            None => Err(item
                .wrong(format!("\"{text}\" is no header field with a compact form"))
                .with_suggestions(&nearest(text, with_compact().map(HeaderName::as_str), 1))),
        }
    });
    if let Some(list) = list {
        *place = CompactNames::Only(list);
    }
}

/// Longest step of CSeq numbers: a call of ten thousand requests stays below 2^31.
const CSEQ_STEP_MAX: i64 = 100_000;

/// RFC 3261 8.1.1.5: below 2^31. Half of that leaves room to count.
const CSEQ_MAX: i64 = 1 << 30;

/// One number, or an array of the lowest and the highest.
fn cseq_start(style: &mut IdentifierStyle, value: Value<'_>, problems: &mut Diagnostics) {
    let bounds = if value.is_array() {
        let bounds = value.list(problems, |item| item.integer(0..=CSEQ_MAX));
        match bounds.as_deref() {
            None => return,
            Some([low, high]) if low <= high => Ok((*low, *high)),
            Some(_) => {
                Err(value.wrong("expected the lowest and the highest number, in this order"))
            }
        }
    } else {
        value.integer(0..=CSEQ_MAX).map(|number| (number, number))
    };
    match bounds {
        Ok((low, high)) => (style.cseq_min, style.cseq_max) = (low as u32, high as u32),
        Err(problem) => problems.push(problem),
    }
}
