//! `ereg`: expressions on messages and variables.

use gannet_ere::Captures;
use gannet_events::sipp::Failure;
use gannet_scenario::sipp::model::{Check, Ereg, SearchIn};
use memchr::{memchr2, memmem};

use super::Verdict;
use super::run::Stop;
use crate::sipp::received::Received;
use crate::sipp::state::CallState;
use crate::sipp::text::Env;

/// The most bytes of a text that a warning shows.
const SHOWN_BYTES_MAX: usize = 200;

/// Looks for the expression, stores what it finds, and checks whether it had to find something.
pub(super) fn search(
    env: &mut Env<'_>,
    state: &mut CallState,
    ereg: &Ereg,
    received: Option<&Received<'_>>,
) -> Result<(), Stop> {
    let place = match (&ereg.search_in, received) {
        (SearchIn::Variable(variable), _) => {
            let mut copy = env.common.scratch.take();
            if let Some(value) = env.variable(state, *variable) {
                copy.extend_from_slice(value.text());
            }
            Place::Copy(copy)
        }
        (place, Some(received)) => match part(received.bytes(), place) {
            Some(part) => Place::Message(part),
            None => Place::Absent,
        },
        // A copy, as what is found may be written beside it.
        (place, None) => match part(state.last(), place) {
            Some(part) => {
                let mut copy = env.common.scratch.take();
                copy.extend_from_slice(part);
                Place::Copy(copy)
            }
            None => Place::Absent,
        },
    };
    let result = match &place {
        Place::Absent if ereg.check == Check::Must => Err(Failure::RegexpHdrNotFound),
        Place::Absent => evaluate(env, state, ereg, b""),
        Place::Message(text) => evaluate(env, state, ereg, text),
        Place::Copy(text) => evaluate(env, state, ereg, text),
    };
    if let Err(failure) = result {
        warn(env, ereg, failure, place.text());
    }
    if let Place::Copy(buffer) = place {
        env.common.scratch.give(buffer);
    }
    result.map_err(Verdict::GoesOnFailed)
}

/// What an expression is looked for in.
enum Place<'a> {
    /// The part does not exist.
    Absent,
    /// A part of the message at hand.
    Message(&'a [u8]),
    /// A copy of what belongs to the call.
    Copy(Vec<u8>),
}

impl Place<'_> {
    fn text(&self) -> &[u8] {
        match self {
            Self::Absent => &[],
            Self::Message(text) => text,
            Self::Copy(text) => text,
        }
    }
}

fn evaluate(
    env: &mut Env<'_>,
    state: &mut CallState,
    ereg: &Ereg,
    text: &[u8],
) -> Result<(), Failure> {
    let mut captures = Captures::default();
    // To C a text ends at its first NUL.
    let text = &text[..memchr::memchr(0, text).unwrap_or(text.len())];
    let matches = ereg.regex.find_at(text, 0, &mut captures);
    if matches {
        let variables = std::iter::once(&ereg.whole).chain(&ereg.groups);
        // Groups that took no part keep what they had.
        for (group, variable) in variables.enumerate() {
            if let Some(range) = captures.get(group) {
                env.variable_mut(state, *variable).set_match(&text[range]);
            }
        }
    }
    match (ereg.check, matches) {
        (Check::Must, false) => Err(Failure::RegexpDoesntMatch),
        (Check::MustNot, true) => Err(Failure::RegexpShouldntMatch),
        _ => Ok(()),
    }
}

/// The part of a message that is searched; `None` if it is not there.
fn part<'a>(message: &'a [u8], place: &SearchIn) -> Option<&'a [u8]> {
    match place {
        SearchIn::Message | SearchIn::Variable(_) => Some(message),
        SearchIn::Body => {
            let end = memmem::find(message, b"\r\n\r\n")?;
            Some(&message[end + 4..])
        }
        SearchIn::Header {
            name,
            occurrence,
            ignores_case,
            at_line_start,
        } => {
            let rest = after(message, name, *occurrence, (*ignores_case, *at_line_start))?;
            let line = &rest[..memchr2(b'\r', b'\n', rest).unwrap_or(rest.len())];
            // An empty line is none, as in SIPp.
            (!line.is_empty()).then_some(line)
        }
    }
}

/// What follows the nth place where a text stands: anywhere in the message, as SIPp looks for it.
fn after<'a>(
    message: &'a [u8],
    name: &[u8],
    occurrence: u32,
    (ignores_case, at_line_start): (bool, bool),
) -> Option<&'a [u8]> {
    let mut at = 0;
    let mut wanted = occurrence.max(1);
    loop {
        let found = at + find(&message[at..], name, ignores_case)?;
        at = found + name.len().max(1);
        if !at_line_start || found == 0 || message[found - 1] == b'\n' {
            wanted -= 1;
            if wanted == 0 {
                return message.get(found + name.len()..);
            }
        }
        if at > message.len() {
            return None;
        }
    }
}

fn find(text: &[u8], name: &[u8], ignores_case: bool) -> Option<usize> {
    let Some(first) = name.first().filter(|_| ignores_case) else {
        return memmem::find(text, name);
    };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let mut at = 0;
    loop {
        at += memchr2(lower, upper, &text[at..])?;
        let head = text.get(at..at + name.len())?;
        if head.eq_ignore_ascii_case(name) {
            return Some(at);
        }
        at += 1;
    }
}

/// In SIPp's words, for which scripts look.
fn warn(env: &mut Env<'_>, ereg: &Ereg, failure: Failure, text: &[u8]) {
    env.warn(|| {
        let pattern = ereg.regex.pattern().escape_ascii();
        let shown = text[..text.len().min(SHOWN_BYTES_MAX)].escape_ascii();
        match (failure, &ereg.search_in) {
            (Failure::RegexpShouldntMatch, _) => format!(
                "Regexp matched but should not: looking in '{shown}', with regexp '{pattern}'"
            ),
            (Failure::RegexpHdrNotFound, SearchIn::Header { name, .. }) => format!(
                "Failed regexp match: header {} not found in message",
                name.escape_ascii()
            ),
            (Failure::RegexpHdrNotFound, _) => {
                "Failed regexp match: the message has no body".to_owned()
            }
            _ => format!("Failed regexp match: looking in '{shown}', with regexp '{pattern}'"),
        }
    });
}
