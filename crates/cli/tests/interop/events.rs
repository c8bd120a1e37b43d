//! Subscriptions and publications at servers that nobody here wrote.

use std::time::Duration;

use crate::harness::{FeatureRun, Server, ServerKind, Site};

const RUN_LIMIT: Duration = Duration::from_mins(2);

#[test]
fn presence_is_published_and_watched_at_kamailio() {
    let name = "presence_is_published_and_watched_at_kamailio";
    run_at_kamailio(name, "events/presence.feature");
}

#[test]
fn dialogs_summaries_and_registrations_are_watched_at_kamailio() {
    let name = "dialogs_summaries_and_registrations_are_watched_at_kamailio";
    run_at_kamailio(name, "events/packages.feature");
}

fn run_at_kamailio(name: &str, feature: &str) {
    let Some(site) = Site::open(name, ServerKind::Kamailio.programs()) else {
        return;
    };
    let server = Server::start(&site, ServerKind::Kamailio);
    let run = FeatureRun::of_file(&site, "events", Site::interop(feature));
    // Its database takes one writer at a time.
    let run = run.with("--jobs", "1");
    let outcome = run.with_config(&server.gannet_toml()).run(RUN_LIMIT);
    outcome.assert_passed();
}
