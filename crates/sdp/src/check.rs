//! The check that lists what is wrong with a description (RFC 8866).

use crate::attribute::{Direction, Fmtp, RtcpAddress, RtpMap};
use crate::description::attributes;
use crate::line::{Line, LineEnd};
use crate::value::{Connection, MediaLine, Origin, is_digits};

/// A deviation from RFC 8866, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}{kind}", line.map_or_else(String::new, |line| format!("line {line}: ")))]
pub struct Problem {
    /// Number of the line from 1; `None` where something is missing altogether.
    pub line: Option<usize>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What can be wrong with a description.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ProblemKind {
    /// A line ended by LF alone.
    #[error("line ended by LF instead of CR LF (RFC 8866 5)")]
    BareLineFeed,
    /// The last line has no end.
    #[error("last line is not ended by CR LF (RFC 8866 5)")]
    Unterminated,
    /// A line that is not `<letter>=…`.
    #[error("expected <letter>=<value>, received {text:?} (RFC 8866 5)")]
    Malformed {
        /// The line.
        text: String,
    },
    /// A value that begins or ends with white space.
    #[error("white space beside the value of {kind}= (RFC 8866 5)")]
    WhiteSpace {
        /// Type letter.
        kind: char,
    },
    /// Octets that are not UTF-8, NUL or CR inside a value.
    #[error("octet that is not allowed in a value of {kind}= (RFC 8866 9)")]
    Octet {
        /// Type letter.
        kind: char,
    },
    /// A type letter that RFC 8866 does not know.
    #[error("unknown type {kind}= (RFC 8866 5)")]
    UnknownType {
        /// Type letter.
        kind: char,
    },
    /// A line that belongs before one that precedes it.
    #[error("{kind}= comes after {after}= (RFC 8866 5)")]
    Order {
        /// Type letter of this line.
        kind: char,
        /// Type letter of the line that should follow it.
        after: char,
    },
    /// A second line of a type that may occur once.
    #[error("second {kind}= line (RFC 8866 5)")]
    Repeated {
        /// Type letter.
        kind: char,
    },
    /// A required line is missing.
    #[error("required {kind}= line is missing (RFC 8866 5)")]
    Missing {
        /// Type letter.
        kind: char,
    },
    /// Neither the session nor this media has a connection line.
    #[error("media has no c= line and the session has none (RFC 8866 5.7)")]
    NoConnection,
    /// A value that does not match its grammar.
    #[error("expected {expected}, received {received:?}")]
    Value {
        /// The grammar, and where RFC 8866 has it.
        expected: &'static str,
        /// The value.
        received: String,
    },
    /// Two directions that exclude each other at the same level.
    #[error("a={second} after a={first} (RFC 8866 6.7)")]
    SecondDirection {
        /// The one that came first and counts.
        first: Direction,
        /// The one that contradicts.
        second: Direction,
    },
}

/// Session lines in their order; types in one string share a rank.
const SESSION_ORDER: [&str; 12] = ["v", "o", "s", "i", "u", "e", "p", "c", "b", "trz", "k", "a"];
/// Media lines in their order.
const MEDIA_ORDER: [&str; 6] = ["m", "i", "c", "b", "k", "a"];

pub(crate) fn problems(lines: &[Line]) -> Vec<Problem> {
    let mut found = Vec::new();
    let first_media = lines
        .iter()
        .position(|line| line.kind() == Some('m'))
        .unwrap_or(lines.len());
    for (index, line) in lines.iter().enumerate() {
        check_form(line, &mut |kind| {
            found.push(Problem {
                line: Some(index + 1),
                kind,
            });
        });
    }
    section(
        &lines[..first_media],
        1,
        &SESSION_ORDER,
        "vosiuczk",
        &mut found,
    );
    let mut start = first_media;
    let session_connection = lines[..first_media]
        .iter()
        .any(|line| line.kind() == Some('c'));
    while start < lines.len() {
        let end = lines[start + 1..]
            .iter()
            .position(|line| line.kind() == Some('m'))
            .map_or(lines.len(), |offset| start + 1 + offset);
        section(
            &lines[start..end],
            start + 1,
            &MEDIA_ORDER,
            "ik",
            &mut found,
        );
        let own_connection = lines[start..end]
            .iter()
            .any(|line| line.kind() == Some('c'));
        if !session_connection && !own_connection {
            found.push(Problem {
                line: Some(start + 1),
                kind: ProblemKind::NoConnection,
            });
        }
        start = end;
    }
    found.sort_by_key(|problem| problem.line);
    for kind in ['v', 'o', 's', 't'] {
        if !lines[..first_media]
            .iter()
            .any(|line| line.kind() == Some(kind))
        {
            found.push(Problem {
                line: None,
                kind: ProblemKind::Missing { kind },
            });
        }
    }
    found
}

/// Form of one line and grammar of its value.
fn check_form(line: &Line, report: &mut dyn FnMut(ProblemKind)) {
    match line.end() {
        LineEnd::CrLf => {}
        LineEnd::Lf => report(ProblemKind::BareLineFeed),
        LineEnd::None => report(ProblemKind::Unterminated),
    }
    let Some(kind) = line.kind() else {
        report(ProblemKind::Malformed {
            text: line.text().to_owned(),
        });
        return;
    };
    let octets = line.value_bytes();
    if line.value().len() != octets.len() || octets.iter().any(|octet| matches!(octet, 0 | b'\r')) {
        report(ProblemKind::Octet { kind });
        return;
    }
    let value = line.value();
    // "s= " is what RFC 8866 5.3 names for a session without a name.
    if value.trim() != value && !(kind == 's' && value == " ") {
        report(ProblemKind::WhiteSpace { kind });
    }
    if let Some(expected) = wrong_value(kind, value) {
        report(ProblemKind::Value {
            expected,
            received: value.to_owned(),
        });
    }
}

/// The grammar that `value` breaks, if it breaks one.
fn wrong_value(kind: char, value: &str) -> Option<&'static str> {
    let (right, expected) = match kind {
        'v' => (value == "0", "version 0 (RFC 8866 5.1)"),
        'o' => (
            Origin::parse(value).is_some(),
            "<username> <id> <version> IN IP4|IP6 <address> (RFC 8866 5.2)",
        ),
        's' => (
            !value.is_empty(),
            "a session name, or one space or - (RFC 8866 5.3)",
        ),
        'c' => (
            Connection::parse(value).is_some(),
            "IN IP4|IP6 <address>[/<ttl>][/<number>] (RFC 8866 5.7)",
        ),
        't' => (
            value
                .split_once(' ')
                .is_some_and(|(start, stop)| is_digits(start) && is_digits(stop)),
            "<start> <stop> (RFC 8866 5.9)",
        ),
        'b' => (
            value
                .split_once(':')
                .is_some_and(|(name, width)| !name.is_empty() && is_digits(width)),
            "<type>:<kilobits or other number> (RFC 8866 5.8)",
        ),
        'm' => (
            MediaLine::parse(value).is_some_and(|media| !media.formats.is_empty()),
            "<media> <port>[/<count>] <protocol> <format>… (RFC 8866 5.14)",
        ),
        'a' => return wrong_attribute(value),
        _ => return None,
    };
    (!right).then_some(expected)
}

fn wrong_attribute(text: &str) -> Option<&'static str> {
    let (name, value) = match text.split_once(':') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    let (right, expected) = match name {
        "" => (false, "an attribute name (RFC 8866 5.13)"),
        "rtpmap" => (
            value.and_then(RtpMap::parse).is_some(),
            "rtpmap:<payload type> <encoding>/<rate>[/<parameters>] (RFC 8866 6.6)",
        ),
        "fmtp" => (
            value.and_then(Fmtp::parse).is_some(),
            "fmtp:<format> <parameters> (RFC 8866 6.15)",
        ),
        "ptime" => (
            value.is_some_and(is_digits),
            "ptime:<milliseconds> (RFC 8866 6.4)",
        ),
        "maxptime" => (
            value.is_some_and(is_digits),
            "maxptime:<milliseconds> (RFC 8866 6.5)",
        ),
        "rtcp" => (
            value.and_then(RtcpAddress::parse).is_some(),
            "rtcp:<port>[ IN IP4|IP6 <address>] (RFC 3605 2.1)",
        ),
        name if Direction::from_name(name).is_some() => {
            (value.is_none(), "a direction without value (RFC 8866 6.7)")
        }
        _ => return None,
    };
    (!right).then_some(expected)
}

/// Order, repetition and contradicting directions of one section.
fn section(lines: &[Line], first: usize, order: &[&str], once: &str, found: &mut Vec<Problem>) {
    let mut highest: Option<(usize, char)> = None;
    let mut seen = String::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(kind) = line.kind() else { continue };
        let mut report = |kind| {
            found.push(Problem {
                line: Some(first + index),
                kind,
            });
        };
        let Some(rank) = order.iter().position(|kinds| kinds.contains(kind)) else {
            if SESSION_ORDER.iter().any(|kinds| kinds.contains(kind)) {
                report(ProblemKind::Order { kind, after: 'm' });
            } else {
                report(ProblemKind::UnknownType { kind });
            }
            continue;
        };
        if once.contains(kind) && seen.contains(kind) {
            report(ProblemKind::Repeated { kind });
        }
        seen.push(kind);
        match highest {
            Some((top, after)) if rank < top => report(ProblemKind::Order { kind, after }),
            _ => highest = Some((rank, kind)),
        }
    }
    let mut direction: Option<Direction> = None;
    for attribute in attributes(lines, first) {
        let Some(second) = Direction::from_name(attribute.name) else {
            continue;
        };
        match direction {
            Some(first) => found.push(Problem {
                line: Some(attribute.line),
                kind: ProblemKind::SecondDirection { first, second },
            }),
            None => direction = Some(second),
        }
    }
}
