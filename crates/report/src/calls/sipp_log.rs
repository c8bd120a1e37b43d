//! Calls out of a message log of SIPp.
//!
//! ```text
//! ----------------------------------------------- 2026-11-21 17:26:16.081388
//! UDP message sent (542 bytes):
//!
//! INVITE sip:…
//! ```

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime};
use gannet_events::{Direction, WireKind, WireRecord};

/// What stands before each message.
const RULE: &[u8] = b"-----------------------------------------------";

/// Whether it begins like such a log.
pub(super) fn looks_like(octets: &[u8]) -> bool {
    octets.trim_ascii_start().starts_with(RULE)
}

/// The messages of the log, in order. Commands to twins and entries that are cut are left out.
pub(super) fn read(octets: &[u8]) -> Vec<WireRecord> {
    let (own, peer): (Arc<str>, Arc<str>) = ("sipp".into(), "peer".into());
    let mut records = Vec::new();
    let mut rest = octets;
    while let Some(at) = memchr_rule(rest) {
        rest = &rest[at + RULE.len()..];
        let Some((entry, after)) = entry(rest) else {
            continue;
        };
        rest = after;
        // The log names no addresses: these only tell the two sides apart (RFC 5737 3).
        let sides = [([192, 0, 2, 1], 5060).into(), ([192, 0, 2, 2], 5060).into()];
        let (owner, local, remote) = if entry.sent {
            (&own, sides[0], sides[1])
        } else {
            (&peer, sides[1], sides[0])
        };
        records.push(WireRecord {
            at: entry.at,
            direction: Direction::Sent,
            kind: WireKind::Sip,
            transport: entry.transport,
            local,
            remote,
            owner: Arc::clone(owner),
            bytes: Bytes::copy_from_slice(entry.message),
            dropped: false,
            ignored: false,
        });
    }
    records
}

struct Entry<'e> {
    at: Duration,
    transport: &'static str,
    sent: bool,
    message: &'e [u8],
}

/// Where the next rule at the beginning of a line is.
fn memchr_rule(octets: &[u8]) -> Option<usize> {
    let begins = |at: usize| at == 0 || octets[at - 1] == b'\n';
    let places = octets.windows(RULE.len()).enumerate();
    let mut found = places.filter(|(at, window)| begins(*at) && *window == RULE);
    found.next().map(|(at, _)| at)
}

/// The entry behind a rule, and what follows it.
fn entry(octets: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let (date, rest) = line(octets)?;
    let (head, rest) = line(rest)?;
    let (_, rest) = line(rest)?;
    let (transport, what) = head.split_once(' ')?;
    let sent = if what.starts_with("message sent") {
        true
    } else if what.starts_with("message received") {
        false
    } else {
        return None;
    };
    // The length stands in brackets of either kind.
    let length = what.split(['(', '[']).nth(1)?;
    let digits = length.find(|c: char| !c.is_ascii_digit())?;
    let length: usize = length[..digits].parse().ok()?;
    let message = rest.get(..length)?;
    let known = ["UDP", "TCP", "TLS", "SCTP"];
    let entry = Entry {
        at: moment(date.trim())?,
        transport: known.into_iter().find(|known| *known == transport)?,
        sent,
        message,
    };
    Some((entry, &rest[length..]))
}

fn line(octets: &[u8]) -> Option<(&str, &[u8])> {
    let end = octets.iter().position(|byte| *byte == b'\n')?;
    let text = std::str::from_utf8(&octets[..end]).ok()?;
    Some((text.trim_end_matches('\r'), &octets[end + 1..]))
}

/// A date of the log. The time zone is that of the writer: differences are all that is shown.
fn moment(text: &str) -> Option<Duration> {
    let naive = |form| NaiveDateTime::parse_from_str(text, form).map(|at| at.and_utc());
    let at = naive("%Y-%m-%d %H:%M:%S%.f")
        .or_else(|_| naive("%Y-%m-%d\t%H:%M:%S%.f"))
        .or_else(|_| DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()))
        .ok()?;
    u64::try_from(at.timestamp_micros())
        .ok()
        .map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use std::time::{SystemTime, UNIX_EPOCH};

    use chrono::{FixedOffset, Offset, Utc};

    use super::*;
    use crate::sipp::{Carried, Flow, MessageLog, Stamp};

    const MESSAGE: &[u8] = b"BYE sip:a SIP/2.0\r\nCall-ID: x\r\n\r\n";

    fn written(stamp: Stamp) -> Vec<u8> {
        let mut log = Vec::new();
        let at =
            |ms: u64| -> SystemTime { UNIX_EPOCH + Duration::from_millis(1_795_278_376_000 + ms) };
        let plain = Carried {
            transport: "TCP",
            twin: false,
        };
        let twin = Carried {
            twin: true,
            ..plain
        };
        let form = MessageLog::new(stamp);
        form.message(&mut log, at(0), plain, Flow::Sent, MESSAGE);
        form.message(&mut log, at(5), twin, Flow::Sent, b"Call-ID: x\r\n\r\n");
        form.message(
            &mut log,
            at(20),
            plain,
            Flow::Received,
            b"SIP/2.0 200 OK\r\n\r\n",
        );
        log
    }

    #[test]
    fn a_log_is_read_as_it_was_written() {
        let utc = Stamp::new(Utc.fix());
        let east = Stamp::new(FixedOffset::east_opt(3_600).unwrap());
        for stamp in [utc, east, utc.with_rfc3339()] {
            let log = written(stamp);
            assert!(looks_like(&log));
            let records = read(&log);
            assert_eq!(records.len(), 2);
            assert_eq!(&records[0].bytes[..], MESSAGE);
            assert_eq!(&*records[1].owner, "peer");
            assert_eq!(records[0].transport, "TCP");
            assert_eq!(records[1].at, records[0].at + Duration::from_millis(20));
        }
    }

    #[test]
    fn other_brackets_and_cut_ends_are_taken() {
        let log = b"----------------------------------------------- 2013-01-01 12:00:00.5\n\
UDP message sent (5 bytes):\n\nab\ncd\n\
----------------------------------------------- 2013-01-01 12:00:01.5\n\
UDP message received [900] bytes :\n\nSIP/2.0";
        let records = read(log);
        assert_eq!(records.len(), 1);
        assert_eq!(&records[0].bytes[..], b"ab\ncd");
        for end in 0..log.len() {
            assert!(read(&log[..end]).len() <= 1);
        }
    }
}
