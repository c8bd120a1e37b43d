//! The call flows of RFCs, which stand in `features/rfc`.

use std::path::Path;
use std::time::Duration;

use crate::bench::Bench;

/// Many scenarios talk for a while, in real time, and share the machine with other tests.
const LIMIT: Duration = Duration::from_mins(5);
/// All at once are more than a build without optimisation keeps up with on two processors.
const JOBS: &str = "48";

#[test]
fn the_flows_of_the_rfcs_pass_with_the_embedded_server() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../features/rfc");
    let folder = folder.display().to_string();
    let run = Bench::new().run_within(LIMIT, &["test", &folder, "--jobs", JOBS]);
    run.expect(0, &[]);
    run.lacks(&["skipped"]);
}

#[test]
fn one_scenario_passes_with_every_device_model() {
    let feature = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../features/devices.feature");
    let text = std::fs::read_to_string(&feature).expect("a feature");
    let bench = Bench::new();
    let run = bench.run_words(&["test", &feature.display().to_string()]);
    run.expect(0, &[]);
    let listed = bench.run("devices");
    for line in listed.out.lines() {
        let name = line.split(' ').next().expect("a name");
        assert!(text.contains(&format!("| {name} ")), "no row with {name}");
    }
}
