//! Calls that failed, kept for whoever shows them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use gannet_report::load::FailureExample;

/// Examples of one place.
const OF_A_PLACE_MAX: usize = 3;
/// Examples in all.
const ALL_MAX: usize = 24;

/// Calls that failed: the first ones of each place, few in all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Examples(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    kept: Mutex<Vec<FailureExample>>,
    is_full: AtomicBool,
}

impl Examples {
    /// Whether no more are wanted.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.0.is_full.load(Ordering::Relaxed)
    }

    /// Whether another one of that place is wanted.
    pub(crate) fn wants(&self, place: &str) -> bool {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let same = kept.iter().filter(|example| example.place == place);
        kept.len() < ALL_MAX && same.count() < OF_A_PLACE_MAX
    }

    pub(crate) fn keep(&self, example: FailureExample) {
        let mut kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < ALL_MAX {
            kept.push(example);
        }
        self.0
            .is_full
            .store(kept.len() >= ALL_MAX, Ordering::Relaxed);
    }

    /// Those that came after the first `known`.
    pub(super) fn after(&self, known: usize) -> Vec<FailureExample> {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(known..).unwrap_or_default().to_vec()
    }
}
