//! Calls that the embedded server does not let through (RFC 5359 2.13, 2.14).

use gannet_events::{Failure, FailureClass};
use gannet_pbx::Screening;

use super::feature_codes::number_of;
use super::support::ready_phone;
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Settings at the server";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} takes no calls from {dest}",
            section: SECTION,
            about: "From now on the embedded server refuses calls from there to the phone's user with 403: screening of incoming calls. Another server has its own ways to be told so.",
            example: "Bob takes no calls from Alice",
            no within,
            run: screens,
            with: Screening::Incoming,
        ),
        step!(
            "{phone} may not call {dest}",
            section: SECTION,
            about: "From now on the embedded server refuses calls of the phone's user to there with 403: screening of outgoing calls. Another server has its own ways to be told so.",
            example: "Alice may not call 0900123",
            no within,
            run: screens,
            with: Screening::Outgoing,
        ),
    ]
}

async fn screens(world: &mut World, arguments: Arguments, screening: Screening) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let other = number_of(world, arguments.dest(1)?)?;
    let Some(pbx) = world.server().pbx().cloned() else {
        let server = world.server().name();
        let summary = format!("server {server} cannot be told by a sentence which calls to refuse");
        return Err(Failure::new(FailureClass::Misuse, summary));
    };
    let set = pbx.screen(&actor.account().user, screening, &other).await;
    set.map_err(|error| Failure::new(FailureClass::Misuse, error.to_string()))
}
