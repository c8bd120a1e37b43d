//! What tests of this crate share.

use std::path::PathBuf;

/// A file of the shared material beside the repository; `None`, told on standard error, without it.
#[expect(clippy::disallowed_methods, reason = "a test may read its fixtures")]
pub(crate) fn shared(path: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("GANNET_SHARED").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")),
        PathBuf::from,
    );
    if folder.is_dir() {
        let path = folder.join(path);
        let bytes = std::fs::read(&path);
        return Some(bytes.unwrap_or_else(|error| panic!("{}: {error}", path.display())));
    }
    assert!(
        std::env::var_os("GANNET_REQUIRE_SHARED").is_none(),
        "no {}",
        folder.display()
    );
    skipped();
    None
}

#[expect(clippy::print_stderr, reason = "a test that checks nothing says so")]
fn skipped() {
    eprintln!("skipped: no ../shared");
}
