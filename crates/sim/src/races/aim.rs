//! Aiming: two acts within one window, and whether their messages really crossed.

use std::time::{Duration, Instant};

use gannet_sip::{Message, Method};

use crate::journal::{Flight, Journal};
use crate::link::Conditions;

/// Which messages are meant.
pub(super) type Kind = fn(&Message) -> bool;

/// A link on which messages may cross: never faster than 5 ms. Half of the links lose nothing.
pub(super) fn link(rng: &mut fastrand::Rng) -> Conditions {
    let delay = Duration::from_millis(rng.u64(5..=200));
    let loss = if rng.bool() { 0.0 } else { rng.f64() * 0.2 };
    Conditions {
        loss,
        duplication: rng.f64() * 0.1,
        reordering: rng.f64() * 0.1,
        delay,
        jitter: delay.mul_f64(rng.f64()),
        hold_up: Duration::from_millis(rng.u64(0..=1000)),
    }
}

/// A link that holds messages up for so long that they miss what they are sent for.
pub(super) fn slow_link(rng: &mut fastrand::Rng) -> Conditions {
    let loss = if rng.bool() { 0.0 } else { rng.f64() * 0.15 };
    Conditions {
        loss,
        duplication: rng.f64() * 0.1,
        reordering: 0.2 + rng.f64() * 0.3,
        delay: Duration::from_millis(rng.u64(5..=200)),
        jitter: Duration::from_millis(rng.u64(0..=200)),
        hold_up: Duration::from_millis(rng.u64(300..=1500)),
    }
}

/// Two moments within one window that is as long as a message needs there and back: what is sent
/// then crosses more often than not.
pub(super) fn window(
    rng: &mut fastrand::Rng,
    from: Instant,
    conditions: &Conditions,
) -> [Instant; 2] {
    let there_and_back = 2 * (conditions.delay + conditions.jitter / 2);
    [(); 2].map(|()| from + there_and_back.mul_f64(rng.f64()))
}

/// True if a message of one node and a message of the other, each as first sent, were under way at
/// the same time.
pub(super) fn crossed(journal: &Journal, one: (usize, Kind), other: (usize, Kind)) -> bool {
    let first = first_flights(journal, one);
    let second = first_flights(journal, other);
    first
        .iter()
        .any(|flight| second.iter().any(|theirs| cross(flight, theirs)))
}

fn cross(one: &Flight, other: &Flight) -> bool {
    let arrival = |flight: &Flight| flight.arrivals.iter().min().copied();
    match (arrival(one), arrival(other)) {
        (Some(of_one), Some(of_other)) => one.sent < of_other && other.sent < of_one,
        _ => false,
    }
}

/// The messages of a kind that a node sent, without repetitions.
fn first_flights(journal: &Journal, (node, kind): (usize, Kind)) -> Vec<&Flight> {
    let mut known = Vec::new();
    let flights = journal.flights().iter().filter(|f| f.from == node);
    flights
        .filter(|flight| {
            let message = flight.message();
            if !kind(&message) {
                return false;
            }
            let branch = message
                .via()
                .ok()
                .and_then(|via| via.branch().map(str::to_owned));
            let key = (branch, message.status());
            let new = !known.contains(&key);
            known.push(key);
            new
        })
        .collect()
}

/// A request with this method inside a dialog.
pub(super) fn is_inside(message: &Message, method: &Method) -> bool {
    message.is_request() && message.method().as_ref() == Some(method) && message.to_tag().is_some()
}

pub(super) fn is_bye(message: &Message) -> bool {
    is_inside(message, &Method::Bye)
}

pub(super) fn is_reinvite(message: &Message) -> bool {
    is_inside(message, &Method::Invite)
}

pub(super) fn is_cancel(message: &Message) -> bool {
    message.is_request() && message.method() == Some(Method::Cancel)
}

pub(super) fn is_answer(message: &Message) -> bool {
    message.status() == Some(200) && message.method() == Some(Method::Invite)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    /// A BYE of alice and a re-INVITE of bob, each with the times of its way in milliseconds.
    fn journal(bye: (u64, u64), invite: (u64, u64)) -> Journal {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut journal = Journal::default();
        for (from, method, (sent, arrival)) in [(0, "BYE", bye), (1, "INVITE", invite)] {
            let text = format!(
                "{method} sip:x SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bK{from}\r\n\
                 To: <sip:x>;tag=t\r\nCSeq: 1 {method}\r\n\r\n"
            );
            journal.add(Flight {
                sent: at(sent),
                from,
                to: Some(1 - from),
                bytes: Bytes::from(text),
                arrivals: vec![at(arrival)],
            });
        }
        journal
    }

    #[test]
    fn only_what_is_under_way_at_the_same_time_crosses() {
        let judged = |bye, invite| crossed(&journal(bye, invite), (0, is_bye), (1, is_reinvite));
        assert!(judged((0, 10), (5, 15)));
        assert!(judged((0, 10), (0, 1)));
        assert!(!judged((0, 10), (10, 20)));
        assert!(!judged((20, 30), (5, 15)));
        let kinds = crossed(&journal((0, 10), (5, 15)), (0, is_reinvite), (1, is_bye));
        assert!(!kinds, "other messages do not count");
    }

    #[test]
    fn both_moments_lie_in_the_window() {
        let start = Instant::now();
        let mut rng = fastrand::Rng::with_seed(3);
        for _ in 0..100 {
            let conditions = link(&mut rng);
            let longest = 2 * (conditions.delay + conditions.jitter);
            for moment in window(&mut rng, start, &conditions) {
                assert!(moment >= start && moment <= start + longest);
            }
        }
    }
}
