//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

use super::LIMIT;

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The value as soon as `look` finds one; `None` once `limit` has passed.
pub(crate) fn poll<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(value) = look() {
            return Some(value);
        }
        if Instant::now() >= end {
            return None;
        }
        // tidy(sleep): the pace of looking at another process, which cannot wake us
        std::thread::sleep(LOOK_EVERY);
    }
}

/// As [`poll`], but a test that does not get it fails with `what` it waited for.
#[track_caller]
pub(crate) fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    poll(LIMIT, look).unwrap_or_else(|| panic!("waited {LIMIT:?} in vain for {what}"))
}
