//! What a test that fails tells of its peers.

use std::thread;

/// Called where a peer's guard is dropped: prints its log if that happens because the test fails.
#[expect(
    clippy::print_stderr,
    reason = "the test harness shows what a test that fails has printed"
)]
pub(super) fn tell_if_failing(log: impl FnOnce() -> String) {
    if thread::panicking() {
        eprintln!("{}", log());
    }
}
