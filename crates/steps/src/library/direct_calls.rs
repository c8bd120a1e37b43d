//! Calls past the server.

use gannet_phone::CallOptions;

use super::calls::call;
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Calls";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} calls {phone} directly",
            section: SECTION,
            about: "The same past the server, straight to the other phone.",
            example: "Alice calls Bob directly",
            run: calls_directly,
            with: false,
        ),
        step!(
            "{phone} calls {phone} directly without SDP",
            section: SECTION,
            about: "Past the server and without an offer in INVITE.",
            example: "Alice calls Bob directly without SDP",
            run: calls_directly,
            with: true,
        ),
    ]
}

async fn calls_directly(world: &mut World, arguments: Arguments, without_sdp: bool) -> StepResult {
    call(
        world,
        &arguments,
        CallOptions {
            direct: true,
            without_sdp,
            ..CallOptions::default()
        },
    )
    .await
}
