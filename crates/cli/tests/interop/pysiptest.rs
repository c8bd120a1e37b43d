//! The features that pysiptest's users have, unchanged and in real time.

use std::time::Duration;

use crate::harness::{FeatureRun, Outcome, Server, ServerKind, Site};

/// The pauses of `phone_call.feature` add up to 203 seconds.
const PHONE_CALL_LIMIT: Duration = Duration::from_secs(260);
const SHORT_LIMIT: Duration = Duration::from_mins(1);

#[test]
fn features_of_pysiptest_pass_unchanged() {
    let programs = ServerKind::Kamailio.programs();
    let Some(site) = Site::open("features_of_pysiptest_pass_unchanged", programs) else {
        return;
    };
    let servers = ServerKind::ALL.map(|kind| (kind, Server::start(&site, kind)));
    for (kind, server) in &servers {
        register(&site, *kind, server);
        registration_of_rfc_3665(&site, *kind, server);
    }
    // The long one at the same time on both: its pauses are most of this suite's time.
    let calls = servers.map(|(kind, server)| {
        let fixture = Site::fixture("pysiptest/basecall/phone_call.feature");
        let name = format!("phone_call-{kind:?}");
        let run = FeatureRun::of_file(&site, &name, fixture);
        (run.with_config(&toml(&server)).start(), server)
    });
    for (running, server) in calls {
        let outcome = running.wait(PHONE_CALL_LIMIT);
        outcome.assert_passed(|| server.log());
    }
}

fn register(site: &Site, kind: ServerKind, server: &Server) {
    let fixture = "pysiptest/basecall/register.feature";
    let outcome = run(site, &format!("register-{kind:?}"), fixture, server);
    outcome.assert_passed(|| server.log());
}

/// Its skipped scenarios stay skipped.
fn registration_of_rfc_3665(site: &Site, kind: ServerKind, server: &Server) {
    let fixture = "pysiptest/rfc3665/registration.feature";
    let outcome = run(site, &format!("rfc3665-{kind:?}"), fixture, server);
    outcome.assert_passed(|| server.log());
    for count in ["4 passed", "2 skipped"] {
        assert!(
            outcome.console.contains(count),
            "no `{count}`:\n{}",
            outcome.console
        );
    }
}

fn run(site: &Site, name: &str, fixture: &str, server: &Server) -> Outcome {
    FeatureRun::of_file(site, name, Site::fixture(fixture))
        .with_config(&toml(server))
        .run(SHORT_LIMIT)
}

/// The names that pysiptest's features use, for users of the server.
fn toml(server: &Server) -> String {
    server.gannet_toml_of(
        "Docker",
        &[
            ("Alice1", "alice"),
            ("Bob1", "bob"),
            ("Alice", "carol"),
            ("Bob", "dave"),
        ],
    )
}
