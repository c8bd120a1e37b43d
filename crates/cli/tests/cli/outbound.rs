//! Flows, GRUUs, keep-alives and what keeps registrations up, by sentences and profile settings.

use crate::bench::{Bench, feature};

/// A table that gives Alice a generic phone with these settings.
fn alice(settings: &[(&str, &str)]) -> String {
    let names: Vec<_> = settings.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> = settings.iter().map(|(_, value)| *value).collect();
    format!(
        "    * the following phones:\n      | name | profile | {} |\n      | Alice | generic | {} |\n",
        names.join(" | "),
        values.join(" | ")
    )
}

fn with(settings: &[(&str, &str)], steps: &[&str]) -> String {
    let rest = feature(steps);
    let (head, rest) = rest.split_once("    *").expect("a step");
    format!("{head}{}    *{rest}", alice(settings))
}

#[test]
fn every_kind_of_keep_alive_is_sent_and_those_that_can_be_are_answered() {
    let answered = |kind| {
        let settings = [("keep-alive.kind", kind), ("keep-alive.interval", "1")];
        with(&settings, &["flow 1 of Alice is kept alive"])
    };
    let silent = |kind| {
        let settings = [("keep-alive.kind", kind), ("keep-alive.interval", "1")];
        let steps = [
            "Alice registers",
            "wait 1500 ms",
            "Alice is registered",
            "flow 1 of Alice is kept alive within 200 ms",
        ];
        with(&settings, &steps)
    };
    let mut bench = Bench::new();
    for kind in ["rfc5626", "stun", "options", "notify"] {
        bench = bench.with(&format!("a/{kind}.feature"), &answered(kind));
    }
    for kind in ["crlf", "zero-byte"] {
        bench = bench.with(&format!("s/{kind}.feature"), &silent(kind));
    }
    bench.run("test a").expect(0, &["4 passed"]);
    let nobody = "waited for an answer to a keep-alive over flow 1";
    bench.run("test s").expect(1, &[nobody, "2 timed out"]);
}

#[test]
fn settings_of_registration_change_what_refusals_lead_to_and_what_is_sent() {
    let retry = ("registration.retry-after", "1");
    let wrong = [
        "Alice has the wrong password",
        "Alice registers and is refused with 401",
        "Alice sends 2 REGISTER",
    ];
    let again = [&wrong[..], &["Alice sends REGISTER within 3 seconds"]].concat();
    let never = [&wrong[..], &["Alice does not send REGISTER within 1500 ms"]].concat();
    let stops = ("registration.reactions", "{ '4xx' = 'stop' }");
    let contact = [
        ("registration.q", "0.5"),
        ("nat.contact", "203.0.113.9:6060"),
        ("registration.refresh-percent", "20"),
    ];
    let sent = [
        "Alice registers with expires 5",
        "header Contact of REGISTER sent by Alice is \"<sip:alice@203.0.113.9:6060>;q=0.5\"",
        "Alice refreshes its registration within 1800 ms",
    ];
    let bench = Bench::new()
        .with("again.feature", &with(&[retry], &again))
        .with("stop.feature", &with(&[retry, stops], &never))
        .with(
            "limit.feature",
            &with(&[retry, ("registration.tries-max", "1")], &never),
        )
        .with("contact.feature", &with(&contact, &sent));
    bench
        .run("test again.feature stop.feature limit.feature contact.feature")
        .expect(0, &["4 passed"]);
}

#[test]
fn what_cannot_be_is_told() {
    let udp = [("registration.flows", "['udp']")];
    let bench = Bench::new()
        .with("none.feature", &with(&udp, &["flow 3 of Alice is cut"]))
        .with("uncut.feature", &with(&udp, &["flow 1 of Alice is cut"]))
        .with(
            "more.feature",
            &with(&udp, &["Alice has 3 flows within 100 ms"]),
        )
        .with("gruu.feature", &with(&udp, &["Alice is granted a GRUU"]))
        .with(
            "word.feature",
            &feature(&["the embedded server does without soup"]),
        )
        .with(
            "reason.feature",
            &feature(&[
                "Bob registers",
                "Alice calls Bob",
                "Bob hangs up with reason \"SIP\"",
            ]),
        );
    bench
        .run(
            "test none.feature uncut.feature more.feature gruu.feature word.feature reason.feature",
        )
        .expect(
            1,
            &[
                "Alice has no flow 3",
                "flow 1 over UDP is registered",
                "has no connection to cut",
                "waited for 3 registered flow(s)",
                "Alice asks for no GRUU",
                "not without soup",
                "it ends by a response",
            ],
        );
}
