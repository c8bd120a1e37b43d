//! Material beside the repository that nobody here wrote.

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A folder or file of it; `None`, said aloud, if there is no such material.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let folder = env::var_os("GANNET_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    if folder.is_dir() {
        let path = folder.join(path);
        assert!(path.exists(), "{} is missing", path.display());
        return Some(path);
    }
    assert!(
        env::var_os("GANNET_REQUIRE_SHARED").is_none(),
        "no {}",
        folder.display()
    );
    skipped("no ../shared");
    None
}

/// Tells of a test that did nothing. Written past the test harness, which keeps what a test that
/// passes has printed to itself.
pub(crate) fn skipped(why: &str) {
    let test = std::thread::current();
    let name = test.name().unwrap_or("a test");
    let _ = writeln!(std::io::stderr(), "skipped: {name}: {why}");
}
