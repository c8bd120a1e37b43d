//! `[dtmf]` and `[rtp]`: keys and streams.

use std::time::Duration;

use gannet_diag::Diagnostic;

use super::Key;
use crate::digits::DtmfWay;
use crate::profile::value::{Value, store};

const DTMF: &str = "dtmf";
const RTP: &str = "rtp";
/// Longest tone and longest pause.
const MILLISECONDS_MAX: i64 = 8000;
/// Fewest ports of a range: RTP and RTCP of one call.
const PORTS_MIN: u16 = 2;

pub(super) const KEYS: &[Key] = &[
    Key {
        group: DTMF,
        name: "way",
        apply: |p, v, d| {
            let choices = [
                ("agreed", None),
                ("rfc4733", Some(DtmfWay::Rfc4733)),
                ("info", Some(DtmfWay::Info)),
                ("in-band", Some(DtmfWay::InBand)),
            ];
            store(&mut p.dtmf.way, v.choice(&choices), d);
        },
    },
    Key {
        group: DTMF,
        name: "tone-ms",
        apply: |p, v, d| {
            let tone = v.integer(1..=MILLISECONDS_MAX).map(milliseconds);
            store(&mut p.dtmf.tone, tone, d);
        },
    },
    Key {
        group: DTMF,
        name: "gap-ms",
        apply: |p, v, d| {
            let gap = v
                .integer(0..=MILLISECONDS_MAX)
                .map(|ms| (ms > 0).then(|| milliseconds(ms)));
            store(&mut p.dtmf.gap, gap, d);
        },
    },
    Key {
        group: DTMF,
        name: "info-type",
        apply: |p, v, d| {
            let choices = [
                ("application/dtmf-relay", false),
                ("application/dtmf", true),
            ];
            store(&mut p.dtmf.plain_info, v.choice(&choices), d);
        },
    },
    Key {
        group: DTMF,
        name: "volume",
        apply: |p, v, d| {
            let volume = v.integer(0..=63).map(|level| level as u8);
            store(&mut p.dtmf.volume, volume, d);
        },
    },
    Key {
        group: RTP,
        name: "ports",
        apply: |p, v, d| {
            let Some(bounds) = v.list(d, |item| item.integer(1024..=65535)) else {
                return;
            };
            let ports = match bounds.as_slice() {
                [] => Ok(None),
                [low, high] if *high >= *low + i64::from(PORTS_MIN) => {
                    Ok(Some((*low as u16, *high as u16)))
                }
                _ => Err(v.wrong(
                    "expected the lowest and the highest port, with room for RTP and RTCP, or []",
                )),
            };
            store(&mut p.rtp.ports, ports, d);
        },
    },
    Key {
        group: RTP,
        name: "ssrc",
        apply: |p, v, d| {
            let ssrc = start(v, i64::from(u32::MAX)).map(|n| n.map(|n| n as u32));
            store(&mut p.rtp.ssrc, ssrc, d);
        },
    },
    Key {
        group: RTP,
        name: "sequence-start",
        apply: |p, v, d| {
            let first = start(v, i64::from(u16::MAX)).map(|n| n.map(|n| n as u16));
            store(&mut p.rtp.sequence, first, d);
        },
    },
    Key {
        group: RTP,
        name: "timestamp-start",
        apply: |p, v, d| {
            let first = start(v, i64::from(u32::MAX)).map(|n| n.map(|n| n as u32));
            store(&mut p.rtp.timestamp, first, d);
        },
    },
    Key {
        group: RTP,
        name: "symmetric",
        apply: |p, v, d| store(&mut p.rtp.symmetric, v.boolean(), d),
    },
    Key {
        group: RTP,
        name: "rtcp-interval",
        apply: |p, v, d| store(&mut p.rtp.rtcp_interval, v.seconds_or_none(), d),
    },
];

const fn milliseconds(ms: i64) -> Duration {
    Duration::from_millis(ms as u64)
}

/// A number, or `random`.
fn start(value: Value<'_>, largest: i64) -> Result<Option<i64>, Diagnostic> {
    if value.text().is_ok() {
        return value.choice(&[("random", None)]);
    }
    value.integer(0..=largest).map(Some)
}
