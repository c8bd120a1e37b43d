//! Where the fixtures are that the project uses but does not contain.

use std::path::{Path, PathBuf};

/// The folder of the official Gherkin test data, `None` (after saying so) if it is not there.
///
/// # Panics
/// If it is not there although `GANNET_REQUIRE_SHARED` is set.
pub(crate) fn gherkin_fixtures() -> Option<PathBuf> {
    let shared = std::env::var_os("GANNET_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let fixtures = shared.join("fixtures/gherkin");
    if fixtures.is_dir() {
        return Some(fixtures);
    }
    assert!(
        std::env::var_os("GANNET_REQUIRE_SHARED").is_none(),
        "no {}, but GANNET_REQUIRE_SHARED is set",
        fixtures.display()
    );
    report_skipped();
    None
}

#[expect(
    clippy::print_stderr,
    reason = "a skipped test must not look like a passed one"
)]
fn report_skipped() {
    eprintln!("skipped: no ../shared");
}
