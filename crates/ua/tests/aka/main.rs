//! The AKA functions against the published test data.

mod conformance;
