//! `[messages]`, the rest: form of header lines.

use gannet_diag::{Diagnostic, Diagnostics};

use super::Key;
use crate::profile::value::{Value, store};

const GROUP: &str = "messages";
/// Widest padding of Content-Length.
const WIDTH_MAX: i64 = 20;
/// Lines are folded where they are longer than this at the least, and at the most.
const FOLD_MIN: i64 = 20;
const FOLD_MAX: i64 = 1000;
/// Most blanks around a colon.
const COLON_LENGTH_MAX: usize = 20;

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "colon",
        apply: |p, v, d| store(&mut p.messages.lines.colon, colon(v), d),
    },
    Key {
        group: GROUP,
        name: "content-length-width",
        apply: |p, v, d| {
            let width = v.integer(0..=WIDTH_MAX).map(|width| width as usize);
            store(&mut p.messages.lines.content_length_width, width, d);
        },
    },
    Key {
        group: GROUP,
        name: "lists",
        apply: |p, v, d| {
            let choices = [("comma", false), ("repeated", true)];
            store(&mut p.messages.lines.repeats_lists, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "fold-at",
        apply: |p, v, d| store(&mut p.messages.lines.fold_at, fold_at(v), d),
    },
    Key {
        group: GROUP,
        name: "via-parameter-order",
        apply: |p, v, d| names(&mut p.messages.lines.via_parameters, v, d),
    },
    Key {
        group: GROUP,
        name: "contact-parameter-order",
        apply: |p, v, d| names(&mut p.messages.lines.contact_parameters, v, d),
    },
];

/// One colon, blanks around it (RFC 3261 7.3.1, `HCOLON`).
fn colon(value: Value<'_>) -> Result<String, Diagnostic> {
    let text = value.inline_text()?;
    let blanks = text.replacen(':', "", 1);
    let fits = text.len() == blanks.len() + 1 && text.len() <= COLON_LENGTH_MAX;
    if fits && blanks.chars().all(|c| c == ' ' || c == '\t') {
        return Ok(text.to_owned());
    }
    Err(value.wrong(format!(
        "expected a colon with blanks around it as in \": \", found \"{text}\""
    )))
}

fn fold_at(value: Value<'_>) -> Result<Option<usize>, Diagnostic> {
    let width = value.integer(0..=FOLD_MAX)?;
    match width {
        0 => Ok(None),
        FOLD_MIN.. => Ok(Some(width as usize)),
        _ => Err(value.wrong(format!(
            "expected 0 for never, or a length from {FOLD_MIN} to {FOLD_MAX}, found {width}"
        ))),
    }
}

/// Names of parameters, each once.
fn names(place: &mut Vec<String>, value: Value<'_>, problems: &mut Diagnostics) {
    let Some(list) = value.list(problems, |item| Ok((item, item.token()?))) else {
        return;
    };
    let mut names: Vec<String> = Vec::new();
    for (item, name) in list {
        if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            problems.push(item.wrong(format!("{name} is listed twice")));
        }
        names.push(name.to_owned());
    }
    *place = names;
}
