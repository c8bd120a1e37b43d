//! What a forwarded call says about its way, and what its caller is told.

use std::time::Instant;

use gannet_ua::endpoint::Reply;

use super::call::{Call, Origin};
use super::state::Server;
use crate::config::Diversion;

impl Server {
    /// Marks a call that goes from a user to another place, as the configuration wants it.
    pub(super) fn mark_forward(
        &mut self,
        now: Instant,
        number: u64,
        (from, to): (&str, &str),
        reason: Diversion,
    ) {
        let marks = self.config.forward_marks;
        let (from, to) = (self.uri_of(from), self.uri_of(to));
        let Some(call) = self.calls.get_mut(&number) else {
            return;
        };
        if marks.diversion {
            // The last one stands first (RFC 5806 4).
            let value = format!("<{from}>;reason={}", diversion_reason(reason));
            call.asked
                .headers
                .insert(0, ("Diversion".to_owned(), value));
        }
        if marks.history_info {
            add_history(call, &from.to_string(), &to.to_string(), reason);
        }
        if marks.being_forwarded && matches!(call.origin, Origin::Calls) {
            let leg = call.first.leg;
            self.endpoint.ring(now, leg, Reply::new(181));
        }
    }
}

/// One entry for where the call was, if none is there yet, and one for where it goes
/// (RFC 7044 10.3): each forward is a level deeper.
fn add_history(call: &mut Call, from: &str, to: &str, reason: Diversion) {
    const NAME: &str = "History-Info";
    let levels: Vec<usize> = call
        .asked
        .headers
        .iter()
        .enumerate()
        .filter(|(_, (name, _))| name.eq_ignore_ascii_case(NAME))
        .map(|(at, _)| at)
        .collect();
    let last = levels.last().map(|at| call.asked.headers[*at].1.clone());
    let last = last.as_deref().and_then(index_of);
    let index = last.unwrap_or_else(|| {
        let entry = format!("<{from}>;index=1");
        call.asked.headers.push((NAME.to_owned(), entry));
        "1".to_owned()
    });
    let entry = format!("<{to};cause={}>;index={index}.1;mp={index}", cause(reason));
    call.asked.headers.push((NAME.to_owned(), entry));
}

/// The index of the last entry of a History-Info value.
fn index_of(value: &str) -> Option<String> {
    let (_, after) = value.rsplit_once(";index=")?;
    let end = after.find([';', ',', ' ']).unwrap_or(after.len());
    let index = &after[..end];
    let fits = !index.is_empty() && index.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    fits.then(|| index.to_owned())
}

/// RFC 5806 4: the registered reasons.
const fn diversion_reason(reason: Diversion) -> &'static str {
    match reason {
        Diversion::Always => "unconditional",
        Diversion::Dnd => "do-not-disturb",
        Diversion::Busy => "user-busy",
        Diversion::Declined => "deflection",
        Diversion::NoAnswer => "no-answer",
        Diversion::Unreachable => "unavailable",
    }
}

/// RFC 4458 6.2: the causes of the URI parameter.
const fn cause(reason: Diversion) -> u16 {
    match reason {
        Diversion::Always => 302,
        Diversion::Dnd | Diversion::Busy => 486,
        Diversion::Declined => 480,
        Diversion::NoAnswer => 408,
        Diversion::Unreachable => 503,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_the_last_entry_counts() {
        let table = [
            ("<sip:a@b>;index=1", Some("1")),
            ("<sip:a@b>;index=1, <sip:c@b>;index=1.1;mp=1", Some("1.1")),
            ("<sip:a@b>", None),
            ("<sip:a@b>;index=x", None),
        ];
        for (value, expected) in table {
            assert_eq!(index_of(value).as_deref(), expected, "{value}");
        }
    }
}
