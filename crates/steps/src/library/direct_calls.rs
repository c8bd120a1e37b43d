//! Calls past the server without an offer.

use gannet_phone::CallOptions;

use super::calls::place;
use crate::{Arguments, StepDefinition, StepResult, World, step};

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![step!(
        "{phone} calls {dest} directly without SDP",
        section: "Calls",
        about: "Past the server, straight to a phone of the scenario or the address in a URI, and without an offer in INVITE.",
        example: "Alice calls Bob directly without SDP",
        run: calls_without_sdp,
    )]
}

async fn calls_without_sdp(world: &mut World, arguments: Arguments) -> StepResult {
    let limit = world.signalling(&arguments);
    let options = CallOptions {
        straight: true,
        without_sdp: true,
        ..CallOptions::default()
    };
    place(
        world,
        (arguments.phone(0)?, arguments.dest(1)?),
        limit,
        options,
    )
    .await
}
