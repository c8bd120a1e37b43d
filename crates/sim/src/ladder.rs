//! A run as text, for reading why a seed failed.

use std::fmt::Write as _;
use std::time::Instant;

use gannet_sip::{Message, StartLine};

use crate::journal::{Flight, Journal};

/// The messages and notes of a run in the order of time, one line each. `names` are those of the
/// nodes.
pub fn ladder(journal: &Journal, start: Instant, names: &[&str]) -> String {
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    let name = |index: Option<usize>| {
        let name = index.and_then(|index| names.get(index).copied());
        format!("{:width$}", name.unwrap_or("?"))
    };
    let mut lines: Vec<(Instant, String)> = Vec::new();
    for flight in journal.flights() {
        let (from, to) = (name(Some(flight.from)), name(flight.to));
        let fate = fate(flight, start);
        let title = title(&flight.message());
        lines.push((flight.sent, format!("{from} -> {to} {title} {fate}")));
    }
    for (at, party, text) in journal.notes() {
        lines.push((*at, format!("{} ** {text}", name(Some(*party)))));
    }
    lines.sort_by_key(|(at, _)| *at);
    let mut out = String::new();
    for (at, line) in lines {
        let seconds = (at - start).as_secs_f64();
        let _ = writeln!(out, "{seconds:10.3} {line}");
    }
    out
}

fn fate(flight: &Flight, start: Instant) -> String {
    if flight.arrivals.is_empty() {
        return "[lost]".to_owned();
    }
    let times: Vec<_> = flight
        .arrivals
        .iter()
        .map(|at| format!("{:.3}", (*at - start).as_secs_f64()))
        .collect();
    format!("[arrives {}]", times.join(", "))
}

/// Start line, CSeq, and enough of Call-ID, branch and To tag to tell transactions and legs apart.
fn title(message: &Message) -> String {
    let first = match message.start_line() {
        StartLine::Request { method, uri, .. } => format!("{method} {uri}"),
        StartLine::Status { code, reason, .. } => format!("{code} {reason}"),
        StartLine::Malformed(raw) => format!("malformed {}", String::from_utf8_lossy(raw)),
    };
    let cseq = message.cseq().map(|cseq| cseq.to_string());
    let branch = message.via().ok();
    let branch = branch.as_ref().and_then(|via| via.branch());
    format!(
        "{first} ({}) call {} branch {} to-tag {}",
        cseq.unwrap_or_default(),
        head(message.call_id().unwrap_or("-")),
        tail(branch.unwrap_or("-")),
        head(message.to_tag().as_deref().unwrap_or("-")),
    )
}

fn head(text: &str) -> &str {
    text.get(..4).unwrap_or(text)
}

fn tail(text: &str) -> &str {
    text.len()
        .checked_sub(4)
        .and_then(|at| text.get(at..))
        .unwrap_or(text)
}
