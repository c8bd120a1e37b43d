//! `results.json`: a run as one document. `docs/results.md` describes it for its readers.

mod document;
mod face;
#[cfg(test)]
mod tests;

pub use face::{RESULTS_VERSION, Results};
