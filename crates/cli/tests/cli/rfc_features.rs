//! The call flows of RFCs, which stand in `features/rfc`.

use std::path::Path;
use std::time::Duration;

use crate::bench::Bench;

/// Many scenarios talk for a while, in real time, and share the machine with other tests.
const LIMIT: Duration = Duration::from_mins(5);

#[test]
fn the_flows_of_the_rfcs_pass_with_the_embedded_server() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../features/rfc");
    let folder = folder.display().to_string();
    let run = Bench::new().run_within(LIMIT, &["test", &folder]);
    run.expect(0, &[]);
    run.lacks(&["skipped"]);
}
