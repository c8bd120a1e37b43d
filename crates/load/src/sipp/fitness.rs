//! Whether the media can do what a scenario asks of them.

use gannet_diag::{Diagnostic, Diagnostics};
use gannet_scenario::model::Piece;
use gannet_scenario::sipp::model::{Action, Keyword, Media as MediaAction, Scenario, StepKind};

use super::traffic::Media;

/// What the media cannot do is an error where it is asked for, what is odd a warning.
pub(super) fn judge_media(scenario: &Scenario, media: &dyn Media, diagnostics: &mut Diagnostics) {
    let is_encrypted = offers_srtp(scenario);
    for step in scenario.init.iter().chain(&scenario.steps) {
        for (action, place) in step.actions.iter().zip(&step.action_spans) {
            let Action::Media(action) = action else {
                continue;
            };
            let refused = match &**action {
                MediaAction::RtpStream(_) if is_encrypted => Some(no_srtp("rtp_stream")),
                MediaAction::RtpEcho(_) if is_encrypted => Some(no_srtp("rtp_echo")),
                action => media.refuses(action),
            };
            if let Some(why) = refused {
                diagnostics.push(Diagnostic::error("unsupported-media", why, place.clone()));
            } else if let Some(why) = media.doubts(action) {
                diagnostics.push(Diagnostic::warning("odd-media", why, place.clone()));
            }
        }
    }
}

/// Whether a message of the scenario has a keyword of SDES (RFC 4568).
fn offers_srtp(scenario: &Scenario) -> bool {
    let mut texts = scenario.steps.iter().filter_map(|step| match &step.kind {
        StepKind::Send(send) => Some(&send.text),
        _ => None,
    });
    texts.any(|text| {
        let mut pieces = text.pieces.iter();
        pieces.any(|piece| matches!(piece, Piece::Slot(Keyword::Crypto(_))))
    })
}

fn no_srtp(name: &str) -> String {
    format!(
        "`{name}` of a scenario that offers SRTP is not supported: streams and echo are sent \
         unencrypted, which the peer would not understand"
    )
}
