//! Judging registrations: the client's word against the registrar's table.

use std::time::Instant;

use gannet_ua::endpoint::Outcome;

use super::{Asymmetry, Findings, Violation};
use crate::phone::{Phone, Registering};
use crate::registrar::Registrar;

/// While a phone wants to be registered and no REGISTER is on its way: what it believes is what the
/// registrar holds.
pub fn judge_registration(
    now: Instant,
    node: usize,
    phone: &Phone,
    registrar: &Registrar,
) -> Findings {
    let held = held(now, phone, registrar);
    let own = phone.contact().uri.to_string();
    let (agrees, client) = match phone.registering().last() {
        Some((_, Registering::Until(end))) => (
            // The registrar counts from an earlier moment than the client.
            held == [own] && ends_by(now, phone, registrar, *end),
            "registered",
        ),
        Some((_, Registering::Failed(outcome))) if outcome.code() == 401 => {
            (held.is_empty(), "refused")
        }
        // Between a failure and the next try the registrar may or may not know the contact.
        Some((_, Registering::Failed(_) | Registering::Expired)) => {
            (held.is_empty() || held == [own], "trying")
        }
        Some((_, Registering::Unregistered(_))) | None => (held.is_empty(), "not registered"),
    };
    let mut findings = Findings::default();
    if !agrees {
        findings.violations.push(Violation::Registration {
            node,
            client: client.to_owned(),
            registrar: held,
        });
    }
    findings.extend(count_unheard(phone));
    findings
}

/// After a phone has unregistered: a 200 means that the registrar holds nothing.
pub fn judge_removal(now: Instant, node: usize, phone: &Phone, registrar: &Registrar) -> Findings {
    let held = held(now, phone, registrar);
    let mut findings = Findings::default();
    let removed = match phone.registering().last() {
        Some((_, Registering::Unregistered(outcome))) => outcome.code() == 200,
        _ => false,
    };
    // A REGISTER that was on its way when its client gave it up may come after the one that
    // removes: only a client that was never in the dark can be sure.
    if removed && count_unheard(phone).asymmetries.is_empty() && !held.is_empty() {
        findings.violations.push(Violation::Registration {
            node,
            client: "unregistered".to_owned(),
            registrar: held,
        });
    }
    findings
}

fn count_unheard(phone: &Phone) -> Findings {
    let unheard = phone.registering().iter().filter(|(_, entry)| {
        matches!(
            entry,
            Registering::Failed(Outcome::Timeout) | Registering::Unregistered(Outcome::Timeout)
        )
    });
    Findings {
        asymmetries: unheard.map(|_| Asymmetry::RegisterUnheard).collect(),
        ..Findings::default()
    }
}

fn held(now: Instant, phone: &Phone, registrar: &Registrar) -> Vec<String> {
    let bindings = registrar.bindings(now, &phone.aor().to_string());
    bindings.iter().map(|b| b.contact.clone()).collect()
}

fn ends_by(now: Instant, phone: &Phone, registrar: &Registrar, end: Instant) -> bool {
    let bindings = registrar.bindings(now, &phone.aor().to_string());
    bindings.iter().all(|binding| binding.expires_at <= end)
}
