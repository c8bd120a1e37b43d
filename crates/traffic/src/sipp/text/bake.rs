//! What is the same for the whole run, turned into bytes once.

use gannet_scenario::sipp::model::{Scenario, Text};

use crate::sipp::Settings;

/// The text with all that is the same for the whole run as bytes.
pub(in crate::sipp) fn bake(text: &Text, _settings: &Settings) -> Text {
    text.clone()
}

/// The scenario with all its texts baked.
pub(in crate::sipp) fn bake_scenario(scenario: &Scenario, _settings: &Settings) -> Scenario {
    scenario.clone()
}
