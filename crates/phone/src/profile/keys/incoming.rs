//! `[incoming]`: what happens to calls that come in.

use std::time::Duration;

use gannet_diag::Diagnostic;
use gannet_ua::Trying;

use super::Key;
use crate::profile::incoming::{AnswerTrigger, CallerSource};
use crate::profile::value::{Value, store};

const GROUP: &str = "incoming";
/// Most calls that a phone may be set to hold at once.
const CALLS_MAX: i64 = 1000;

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "ring-code",
        apply: |p, v, d| {
            let code = v.code(180..=183).and_then(|code| match code {
                180 | 183 => Ok(code),
                _ => Err(v.wrong(format!("expected 180 or 183, found {code}"))),
            });
            store(&mut p.incoming.ring_code, code, d);
        },
    },
    Key {
        group: GROUP,
        name: "ring-time",
        apply: |p, v, d| store(&mut p.incoming.ring_time, v.seconds_or_none(), d),
    },
    Key {
        group: GROUP,
        name: "no-answer-code",
        apply: |p, v, d| store(&mut p.incoming.no_answer_code, v.code(400..=699), d),
    },
    Key {
        group: GROUP,
        name: "busy-code",
        apply: |p, v, d| store(&mut p.incoming.busy_code, v.code(400..=699), d),
    },
    Key {
        group: GROUP,
        name: "reject-code",
        apply: |p, v, d| store(&mut p.incoming.reject_code, v.code(400..=699), d),
    },
    Key {
        group: GROUP,
        name: "dnd-code",
        apply: |p, v, d| store(&mut p.incoming.dnd_code, v.code(400..=699), d),
    },
    Key {
        group: GROUP,
        name: "calls-max",
        apply: |p, v, d| {
            store(
                &mut p.incoming.calls_max,
                v.integer(1..=CALLS_MAX).map(|n| n as u32),
                d,
            );
        },
    },
    Key {
        group: GROUP,
        name: "calls-max-code",
        apply: |p, v, d| {
            let code = match v.integer(0..=0) {
                Ok(_) => Ok(None),
                Err(_) => v.code(400..=699).map(Some),
            };
            store(&mut p.incoming.calls_max_code, code, d);
        },
    },
    Key {
        group: GROUP,
        name: "trying-ms",
        apply: |p, v, d| store(&mut p.own_timers.trying, trying(v), d),
    },
    Key {
        group: GROUP,
        name: "caller-id",
        apply: |p, v, d| {
            let choices = [
                ("P-Asserted-Identity", CallerSource::AssertedIdentity),
                ("Remote-Party-ID", CallerSource::RemotePartyId),
                ("From", CallerSource::From),
            ];
            if let Some(order) = v.list(d, |item| item.choice(&choices)) {
                p.incoming.caller_id = order;
            }
        },
    },
    Key {
        group: GROUP,
        name: "auto-answer",
        apply: |p, v, d| {
            let choices = [
                ("Answer-Mode", AnswerTrigger::AnswerMode),
                ("Call-Info", AnswerTrigger::CallInfo),
                ("Alert-Info", AnswerTrigger::AlertInfo),
            ];
            if let Some(triggers) = v.list(d, |item| item.choice(&choices)) {
                p.incoming.auto_answer = triggers;
            }
        },
    },
];

/// Longest wait before 100.
const TRYING_MS_MAX: i64 = 60_000;

/// Milliseconds, `usual` or `never`.
fn trying(value: Value<'_>) -> Result<Trying, Diagnostic> {
    if value.text().is_ok() {
        return value.choice(&[("usual", Trying::Usual), ("never", Trying::Never)]);
    }
    let wait = value.integer(0..=TRYING_MS_MAX)?;
    Ok(Trying::After(Duration::from_millis(wait as u64)))
}
