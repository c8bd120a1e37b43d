//! `[registration]`, the rest: what failures lead to, flows (RFC 5626), GRUU (RFC 5627), Service-Route
//! (RFC 3608).

use gannet_diag::{Diagnostic, Diagnostics};
use gannet_sip::Transport;
use gannet_ua::registrar::Q;
use gannet_ua::{Reaction, Refusals};

use super::Key;
use crate::profile::model::{BackoffKind, FlowStyle, GruuUse, Profile};
use crate::profile::value::{Value, is_token, store};

const GROUP: &str = "registration";
/// Most failures in a row that can be asked for.
const TRIES_MAX: i64 = 1000;
/// Most flows of one phone.
const FLOWS_MAX: usize = 8;

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "refresh-percent",
        apply: |p, v, d| {
            let percent = v.integer(0..=100).map(|n| (n > 0).then_some(n as u32));
            store(&mut p.registration.refresh_percent, percent, d);
        },
    },
    Key {
        group: GROUP,
        name: "q",
        apply: |p, v, d| store(&mut p.registration.q, preference(v), d),
    },
    Key {
        group: GROUP,
        name: "contact-parameters",
        apply: contact_parameters,
    },
    Key {
        group: GROUP,
        name: "tries-max",
        apply: |p, v, d| {
            let tries = v
                .integer(0..=TRIES_MAX)
                .map(|n| (n > 0).then_some(n as u32));
            store(&mut p.registration.tries_max, tries, d);
        },
    },
    Key {
        group: GROUP,
        name: "backoff",
        apply: |p, v, d| {
            let choices = [
                ("constant", BackoffKind::Constant),
                ("linear", BackoffKind::Linear),
                ("rfc5626", BackoffKind::Outbound),
            ];
            store(&mut p.registration.backoff, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "backoff-base",
        apply: |p, v, d| store(&mut p.registration.backoff_base, v.seconds(), d),
    },
    Key {
        group: GROUP,
        name: "backoff-base-alive",
        apply: |p, v, d| store(&mut p.registration.backoff_base_alive, v.seconds(), d),
    },
    Key {
        group: GROUP,
        name: "backoff-max",
        apply: |p, v, d| store(&mut p.registration.backoff_max, v.seconds(), d),
    },
    Key {
        group: GROUP,
        name: "reactions",
        apply: reactions,
    },
    Key {
        group: GROUP,
        name: "flows",
        apply: flows,
    },
    Key {
        group: GROUP,
        name: "gruu",
        apply: |p, v, d| {
            let choices = [
                ("off", GruuUse::Off),
                ("public", GruuUse::Public),
                ("temporary", GruuUse::Temporary),
            ];
            store(&mut p.registration.gruu, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "service-route",
        apply: |p, v, d| store(&mut p.registration.service_route, v.boolean(), d),
    },
];

/// A `qvalue`, or nothing for none (RFC 3261 25.1).
fn preference(value: Value<'_>) -> Result<Option<String>, Diagnostic> {
    let text = value.written()?;
    if text.is_empty() || Q::parse(&text).is_some() {
        return Ok((!text.is_empty()).then_some(text));
    }
    Err(value.wrong(format!(
        "expected a preference from \"0\" to \"1\" with up to three decimals, found \"{text}\""
    )))
}

/// Parameters of Contact that the phone writes itself.
const OWN_PARAMETERS: [&str; 4] = ["expires", "q", "+sip.instance", "methods"];

/// `{ line = "1", ob = "" }`.
fn contact_parameters(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let entries = match value.entries() {
        Ok(entries) => entries,
        Err(problem) => return problems.push(problem),
    };
    let mut read = Vec::new();
    for (name, span, value) in entries {
        let wrong = |message: String| Diagnostic::error("bad-value", message, span.clone());
        if OWN_PARAMETERS.contains(&name.to_ascii_lowercase().as_str()) {
            let message = format!("{name} cannot be set here: the phone writes it itself");
            problems.push(wrong(message));
            continue;
        }
        if !is_token(name) {
            problems.push(wrong(format!("\"{name}\" is no name of a parameter")));
            continue;
        }
        match value.written() {
            Ok(text) if text.is_empty() || is_token(&text) || is_quoted(&text) => {
                read.push((name.to_owned(), text));
            }
            Ok(text) => problems.push(value.wrong(format!(
                "expected a token, or text in quotes as in '\"a b\"', found {text}"
            ))),
            Err(problem) => problems.push(problem),
        }
    }
    profile.registration.contact_parameters = read;
}

/// Whether it is a quoted string without quotes inside.
fn is_quoted(text: &str) -> bool {
    let inside = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    inside.is_some_and(|inside| !inside.contains(['"', '\\']))
}

/// `{ "403" = "stop", "5xx" = "retry" }`.
fn reactions(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let entries = match value.entries() {
        Ok(entries) => entries,
        Err(problem) => return problems.push(problem),
    };
    let mut read = Vec::new();
    for (name, span, value) in entries {
        let Some(refusals) = refusals(name) else {
            let message =
                format!("expected a code from 300 to 699 or a class as in 5xx, found \"{name}\"");
            problems.push(Diagnostic::error("bad-value", message, span));
            continue;
        };
        let choices = [
            ("retry", Reaction::Retry),
            ("at-once", Reaction::AtOnce),
            ("stop", Reaction::Stop),
        ];
        match value.choice(&choices) {
            Ok(reaction) => read.push((refusals, reaction)),
            Err(problem) => problems.push(problem),
        }
    }
    profile.registration.reactions = read;
}

fn refusals(name: &str) -> Option<Refusals> {
    match name.strip_suffix("xx") {
        Some(class) => class
            .parse()
            .ok()
            .filter(|class| (3..=6).contains(class))
            .map(Refusals::Class),
        None => name
            .parse()
            .ok()
            .filter(|code| (300..=699).contains(code))
            .map(Refusals::Code),
    }
}

/// `["udp", "tcp", "tcp 192.0.2.7:5060"]`.
fn flows(profile: &mut Profile, value: Value<'_>, problems: &mut Diagnostics) {
    let Some(list) = value.list(problems, flow) else {
        return;
    };
    let datagrams = |list: &[FlowStyle], flow: &FlowStyle| {
        let same = |other: &&FlowStyle| *other == flow && flow.transport == Transport::Udp;
        list.iter().filter(same).count()
    };
    if list.len() > FLOWS_MAX {
        problems.push(value.wrong(format!(
            "{} flows are too many: {FLOWS_MAX} at most",
            list.len()
        )));
    } else if list.iter().any(|flow| datagrams(&list, flow) > 1) {
        // A flow over datagrams is the pair of addresses (RFC 5626 2.1): there is one such pair.
        problems.push(value.wrong("two flows over udp to one place would be the same flow"));
    } else {
        profile.registration.flows = list;
    }
}

fn flow(item: Value<'_>) -> Result<FlowStyle, Diagnostic> {
    let text = item.text()?;
    let (transport, address) = text.split_once(' ').unwrap_or((text, ""));
    let wrong = || {
        item.wrong(format!(
            "expected udp or tcp, perhaps with an address as in \"tcp 192.0.2.7:5060\", found \"{text}\""
        ))
    };
    let transport = match transport {
        "udp" => Transport::Udp,
        "tcp" => Transport::Tcp,
        _ => return Err(wrong()),
    };
    let address = match address {
        "" => None,
        address => Some(address.parse().map_err(|_| wrong())?),
    };
    Ok(FlowStyle { transport, address })
}
