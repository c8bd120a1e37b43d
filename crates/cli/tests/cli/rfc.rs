//! The features that show one RFC each.

use std::path::Path;

use crate::bench::Bench;

#[test]
fn features_by_rfc_pass_on_the_embedded_server() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../features/rfc");
    let folder = folder.to_str().expect("UTF-8");
    let run = Bench::new().run_words(&["test", folder]);
    run.expect(0, &["passed"]);
}
