//! Call-IDs of calls that begin here.

use fastrand::Rng;

use crate::sipp::{Settings, World};

/// Makes Call-IDs (RFC 3261 8.1.1.4).
#[derive(Debug, Clone)]
pub(in crate::sipp) struct CallIdMaker {}

impl CallIdMaker {
    /// As the settings say.
    pub(in crate::sipp) fn new(_settings: &Settings) -> Self {
        Self {}
    }

    /// Appends the Call-ID of call `number`.
    pub(in crate::sipp) fn make(
        &self,
        number: u64,
        rng: &mut Rng,
        world: &dyn World,
        out: &mut Vec<u8>,
    ) {
        let _ = (number, rng, world, out);
    }
}
