//! Whether the media can do what a scenario asks of them.

use gannet_diag::{Diagnostic, Diagnostics};
use gannet_scenario::sipp::model::{Action, Scenario};

use super::traffic::Media;

/// What the media cannot do is an error where it is asked for, what is odd a warning.
pub(super) fn judge_media(scenario: &Scenario, media: &dyn Media, diagnostics: &mut Diagnostics) {
    for step in scenario.init.iter().chain(&scenario.steps) {
        for (action, place) in step.actions.iter().zip(&step.action_spans) {
            let Action::Media(action) = action else {
                continue;
            };
            if let Some(why) = media.refuses(action) {
                diagnostics.push(Diagnostic::error("unsupported-media", why, place.clone()));
            } else if let Some(why) = media.doubts(action) {
                diagnostics.push(Diagnostic::warning("odd-media", why, place.clone()));
            }
        }
    }
}
