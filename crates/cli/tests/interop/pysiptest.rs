//! The features that pysiptest's users have, unchanged and in real time.

use std::time::Duration;

use crate::harness::{FeatureRun, Server, ServerKind, Site};

/// The pauses of `phone_call.feature` add up to 203 seconds, those of `info_to_callers.feature` to 205.
const LONG_LIMIT: Duration = Duration::from_secs(260);
const SHORT_LIMIT: Duration = Duration::from_mins(1);

/// The names that pysiptest's features use, for users of our servers. `Alice` and `Alice1` are two
/// people, so that no binding of one feature is seen by another.
const USERS: [(&str, &str); 4] = [
    ("Alice1", "alice"),
    ("Bob1", "bob"),
    ("Alice", "carol"),
    ("Bob", "dave"),
];

/// What the features meet: a name for the runs, and their `gannet.toml`.
type Surroundings = (&'static str, String);

#[test]
fn features_of_pysiptest_pass_unchanged() {
    let programs = ServerKind::Kamailio.programs();
    let Some(site) = Site::open("features_of_pysiptest_pass_unchanged", programs) else {
        return;
    };
    let kamailio = Server::start(&site, ServerKind::Kamailio);
    let pbx = Server::start(&site, ServerKind::Embedded);
    let surroundings: [Surroundings; 3] = [
        ("kamailio", kamailio.gannet_toml_of("Docker", &USERS)),
        ("pbx", pbx.gannet_toml_of("Docker", &USERS)),
        // A server of its own for each scenario, as without any configuration.
        ("embedded", users_alone()),
    ];
    for surroundings in &surroundings {
        register(&site, surroundings);
        registration_of_rfc_3665(&site, surroundings);
    }
    // The long one everywhere at once: its pauses are most of this suite's time.
    let fixture = "pysiptest/basecall/phone_call.feature";
    let running = surroundings
        .each_ref()
        .map(|surroundings| run(&site, fixture, surroundings).start());
    // Only the embedded server of each scenario has an event socket here.
    let fixture = "pysiptest/basecall/info_to_callers.feature";
    let info = run(&site, fixture, &surroundings[2]).start();
    for running in running.into_iter().chain([info]) {
        running.wait(LONG_LIMIT).assert_passed();
    }
}

#[test]
fn parking_and_transfer_of_pysiptest_pass_at_the_embedded_server() {
    let name = "parking_and_transfer_of_pysiptest_pass_at_the_embedded_server";
    let Some(site) = Site::open(name, &[]) else {
        return;
    };
    // Its server is called teo. Bob is the first of the group and the only agent of the queue, so
    // that three phones are enough for the scenarios that are skipped there for want of a fourth.
    let toml = "[pbx]\ndomain = \"teo\"\n[pbx.numbers]\n\
                H100 = { hunt = [\"Bob\", \"Charlie\"] }\nA200 = { queue = [\"Bob\"] }\n";
    let surroundings = ("embedded", toml.to_owned());
    let features = ["park/park", "park/park-occupied", "basecall/transfer"];
    let running = features.map(|feature| {
        let fixture = format!("pysiptest/{feature}.feature");
        run(&site, &fixture, &surroundings)
            .flag("--run-skipped")
            .start()
    });
    for running in running {
        let outcome = running.wait(SHORT_LIMIT);
        outcome.assert_passed();
        assert!(!outcome.console.contains("skipped"), "{}", outcome.console);
    }
}

fn register(site: &Site, surroundings: &Surroundings) {
    let fixture = "pysiptest/basecall/register.feature";
    let outcome = run(site, fixture, surroundings).run(SHORT_LIMIT);
    outcome.assert_passed();
}

/// Its skipped scenarios stay skipped.
fn registration_of_rfc_3665(site: &Site, surroundings: &Surroundings) {
    let fixture = "pysiptest/rfc3665/registration.feature";
    let outcome = run(site, fixture, surroundings).run(SHORT_LIMIT);
    outcome.assert_passed();
    for count in ["4 passed", "2 skipped"] {
        assert!(
            outcome.console.contains(count),
            "no `{count}`:\n{}",
            outcome.console
        );
    }
}

fn run<'a>(site: &'a Site, fixture: &str, (name, toml): &Surroundings) -> FeatureRun<'a> {
    let stem = fixture.rsplit(['/', '.']).nth(1).unwrap_or(fixture);
    let name = format!("{stem}-at-{name}");
    FeatureRun::of_file(site, &name, Site::fixture(fixture)).with_config(toml)
}

fn users_alone() -> String {
    USERS
        .map(|(name, user)| {
            format!("[user.{name}]\nuser = \"{user}\"\npassword = \"{user}pw\"\n\n")
        })
        .concat()
}
