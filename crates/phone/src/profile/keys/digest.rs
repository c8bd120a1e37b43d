//! `[digest]`: how challenges are answered.

use gannet_diag::{Diagnostic, Diagnostics, nearest};
use gannet_ua::digest::{Algorithm, AlgorithmOrder, Qop, UriChoice};

use super::Key;
use crate::profile::value::{Value, store};

const GROUP: &str = "digest";

pub(super) const KEYS: &[Key] = &[
    Key {
        group: GROUP,
        name: "algorithms",
        apply: |p, v, d| some_of(&mut p.digest.algorithms, v, d, algorithm),
    },
    Key {
        group: GROUP,
        name: "choice",
        apply: |p, v, d| {
            let choices = [
                ("server", AlgorithmOrder::Server),
                ("client", AlgorithmOrder::Client),
            ];
            store(&mut p.digest.order, v.choice(&choices), d);
        },
    },
    Key {
        group: GROUP,
        name: "qop",
        apply: |p, v, d| {
            let choices = [("auth", Qop::Auth), ("auth-int", Qop::AuthInt)];
            some_of(&mut p.digest.qop, v, d, |item| item.choice(&choices));
        },
    },
    Key {
        group: GROUP,
        name: "pre-emptive",
        apply: |p, v, d| store(&mut p.digest.preemptive, v.boolean(), d),
    },
    Key {
        group: GROUP,
        name: "uri",
        apply: |p, v, d| {
            let choices = [
                ("request-uri", UriChoice::Request),
                ("without-parameters", UriChoice::WithoutParameters),
                ("host-only", UriChoice::HostOnly),
            ];
            store(&mut p.digest.uri, v.choice(&choices), d);
        },
    },
];

fn some_of<T>(
    place: &mut Vec<T>,
    value: Value<'_>,
    problems: &mut Diagnostics,
    read: impl Fn(Value<'_>) -> Result<T, Diagnostic>,
) {
    match value.list(problems, read) {
        None => {}
        Some(list) if list.is_empty() => problems.push(value.wrong("expected at least one")),
        Some(list) => *place = list,
    }
}

fn algorithm(item: Value<'_>) -> Result<Algorithm, Diagnostic> {
    let text = item.text()?;
    Algorithm::from_token(text).ok_or_else(|| {
        let names = Algorithm::ALL.map(Algorithm::name);
        item.wrong(format!("\"{text}\" is no digest algorithm"))
            .with_suggestions(&nearest(text, names, 1))
    })
}
