//! The features of `features/rfc` that a foreign server can serve.

use std::path::Path;
use std::time::Duration;

use crate::harness::{FeatureRun, Server, ServerKind, Site};

/// Some seventy scenarios, one after the other.
const LIMIT: Duration = Duration::from_mins(8);

/// Who the features speak of, and whom Kamailio knows.
const USERS: [(&str, &str); 6] = [
    ("Alice", "alice"),
    ("Bob", "bob"),
    ("Carol", "carol"),
    ("Charlie", "carol"),
    ("Dave", "dave"),
    ("Edge", "erin"),
];

#[test]
fn features_of_the_rfcs_pass_with_kamailio() {
    let programs = ServerKind::Kamailio.programs();
    let Some(site) = Site::open("features_of_the_rfcs_pass_with_kamailio", programs) else {
        return;
    };
    let kamailio = Server::start(&site, ServerKind::Kamailio);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../features/rfc");
    FeatureRun::of_file(&site, "rfc-at-kamailio", folder)
        .with_config(&kamailio.gannet_toml_of("sut", &USERS))
        .with("--tags", "@with.kamailio")
        // The users are few: scenarios at once would take calls from each other.
        .with("--jobs", "1")
        .run(LIMIT)
        .assert_passed();
}
