//! `[sdp]`: what the device makes of SRTP.

use gannet_diag::Diagnostic;
use gannet_media::offer_answer::{Keying, OfferForm, SrtpPolicy};
use gannet_media::srtp::Suite;

use super::Key;
use crate::profile::value::{Value, store};

const GROUP: &str = "sdp";
/// Most octets of a master key identifier that phones write (RFC 4568 6.1 allows 128).
const IDENTIFIER_OCTETS_MAX: usize = 4;
/// SRTP ends a key after so many packets at the latest (RFC 3711 9.2): 2^48.
const LIFETIME_MAX_LOG2: u32 = 48;

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "srtp",
        apply: |p, v, d| {
            let choices = [
                ("off", SrtpPolicy::Off),
                ("accepted", SrtpPolicy::Accepted),
                ("offered", SrtpPolicy::Offered),
                ("required", SrtpPolicy::Required),
            ];
            store(&mut p.sdp.srtp.policy, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "srtp-keys",
        apply: |p, v, d| {
            let choices = [("sdes", Keying::Sdes), ("dtls", Keying::Dtls)];
            store(&mut p.sdp.srtp.keying, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "srtp-suites",
        apply: |p, v, d| {
            let suites: Vec<_> = Suite::ALL.into_iter().filter(|it| it.encrypts()).collect();
            let choices: Vec<_> = suites.iter().map(|it| (it.name(), *it)).collect();
            let Some(list) = v.list(d, |item| item.choice(&choices)) else {
                return;
            };
            if list.is_empty() {
                d.push(v.wrong("expected at least one crypto suite"));
            } else {
                p.sdp.srtp.suites = list;
            }
        },
    },
    Key {
        group: GROUP,
        name: "srtp-offer",
        apply: |p, v, d| {
            let choices = [
                ("savp", OfferForm::Profile),
                ("avp", OfferForm::Attribute),
                ("both", OfferForm::TwoLines),
            ];
            store(&mut p.sdp.srtp.form, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "srtp-lifetime",
        apply: |p, v, d| store(&mut p.sdp.srtp.lifetime, lifetime(v), d),
    },
    Key {
        group: GROUP,
        name: "srtp-mki",
        apply: |p, v, d| store(&mut p.sdp.srtp.identifier, identifier(v), d),
    },
    Key {
        group: GROUP,
        name: "srtp-new-keys",
        apply: |p, v, d| store(&mut p.sdp.srtp.new_keys, v.boolean(), d),
    },
];

/// `none`, packets, or a power of two as in `2^31` (RFC 4568 6.1).
fn lifetime(value: Value<'_>) -> Result<Option<u64>, Diagnostic> {
    let text = value.written()?;
    if text == "none" {
        return Ok(None);
    }
    let packets = match text.strip_prefix("2^") {
        Some(exponent) => exponent
            .parse()
            .ok()
            .filter(|exponent| *exponent <= LIFETIME_MAX_LOG2)
            .map(|exponent: u32| 1_u64 << exponent),
        None => text.parse().ok(),
    };
    let fits = |packets: &u64| (1..=1 << LIFETIME_MAX_LOG2).contains(packets);
    packets.filter(fits).map(Some).ok_or_else(|| {
        value.wrong(format!(
            "expected \"none\", or packets up to 2^{LIFETIME_MAX_LOG2}, found \"{text}\""
        ))
    })
}

/// `none`, or identifier and octets as in `1:4` (RFC 4568 6.1).
fn identifier(value: Value<'_>) -> Result<Option<(u32, usize)>, Diagnostic> {
    let text = value.written()?;
    if text == "none" {
        return Ok(None);
    }
    let read = text.split_once(':').and_then(|(number, octets)| {
        let (number, octets): (u32, usize) = (number.parse().ok()?, octets.parse().ok()?);
        let room = (1..=IDENTIFIER_OCTETS_MAX).contains(&octets);
        let fits = room && u64::from(number) < 1 << (8 * octets);
        fits.then_some((number, octets))
    });
    read.map(Some).ok_or_else(|| {
        value.wrong(format!(
            "expected \"none\", or an identifier and its octets like \"1:4\", found \"{text}\""
        ))
    })
}
