//! The mass presence feature of pysiptest's users: 200 phones, each of which watches all others.

use std::time::Duration;

use crate::harness::{FeatureRun, Site};

/// 39,800 subscriptions begin, are told of 402 changes altogether, and end.
const LIMIT: Duration = Duration::from_secs(580);

#[test]
fn mass_presence_of_pysiptest_passes_with_the_embedded_server() {
    let name = "mass_presence_of_pysiptest_passes_with_the_embedded_server";
    let Some(site) = Site::open(name, &[]) else {
        return;
    };
    let fixture = Site::fixture("pysiptest/presence/masspresence.feature");
    let run = FeatureRun::of_file(&site, "masspresence", fixture);
    let run = run
        .with_config("")
        .with("--jobs", "1")
        .flag("--run-skipped");
    run.run(LIMIT).assert_passed();
}
