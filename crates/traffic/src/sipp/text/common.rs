//! What the calls of a player share.

use gannet_scenario::sipp::model::{Scenario, Scope};

use super::Scratch;
use crate::sipp::Settings;
use crate::sipp::values::Stores;

/// What the calls of a player share: variables of wider scope, counters, and memory to work in.
#[derive(Debug)]
pub(in crate::sipp) struct Common {
    /// Variables of the process and of its users.
    pub(in crate::sipp) stores: Stores,
    /// Memory to work in.
    pub(in crate::sipp) scratch: Scratch,
    /// Warnings since the start.
    pub(in crate::sipp) warnings: u64,
    /// The next `[dynamic_id]`.
    pub(super) dynamic_id: u64,
    /// How many variables a call has.
    pub(super) call_variables: usize,
    /// It was said that a header had lost its end.
    pub(super) said_header_end: bool,
}

impl Common {
    /// Nothing stored yet.
    pub(in crate::sipp) fn new(scenario: &Scenario, settings: &Settings) -> Self {
        Self {
            stores: Stores::new(scenario),
            scratch: Scratch::default(),
            warnings: 0,
            dynamic_id: settings.dynamic_id.start,
            call_variables: scenario.variables_in(Scope::Call),
            said_header_end: false,
        }
    }
}
