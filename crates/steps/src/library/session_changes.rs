//! Changes of a session by re-INVITE: codec and media address.

use gannet_events::FailureClass;
use gannet_phone::PhoneError;

use super::hold::connected;
use super::support::{deadline, failure, wait};
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Changes of a session";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} re-invites with codec {codecs}",
            section: SECTION,
            about: "Offers these codecs alone, and telephone-event, by re-INVITE and waits for the answer. If it is refused the sentence fails and the call goes on as it was.",
            example: "Alice re-invites with codec PCMA",
            run: changes_codec,
        ),
        step!(
            "{phone} re-invites with codec {codecs} and is refused with {code}",
            section: SECTION,
            about: "Offers these codecs alone by re-INVITE, which the other side refuses with one of these codes: the call goes on as it was.",
            example: "Alice re-invites with codec PCMA and is refused with 488",
            run: is_refused_codec,
        ),
        step!(
            "{phone} changes its media address",
            section: SECTION,
            about: "Moves the phone's audio to new RTP and RTCP ports by re-INVITE and waits for the answer. If it is refused the sentence fails and the call goes on as it was.",
            example: "Alice changes its media address",
            run: changes_address,
        ),
    ]
}

async fn changes_codec(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, call) = connected(world, &arguments, false).await?;
    let codecs = arguments
        .codecs(1)?
        .into_iter()
        .map(str::to_owned)
        .collect();
    let limit = world.signalling(&arguments);
    let work = actor.phone.change_codecs(call, codecs, deadline(limit));
    wait(world, &actor, "200 to re-INVITE", limit, work).await
}

async fn is_refused_codec(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, call) = connected(world, &arguments, false).await?;
    let codecs = arguments
        .codecs(1)?
        .into_iter()
        .map(str::to_owned)
        .collect();
    let codes = arguments.codes(2)?;
    let limit = world.signalling(&arguments);
    let phone = actor.phone.clone();
    let work = async move {
        match phone.change_codecs(call, codecs, deadline(limit)).await {
            Ok(()) => Ok(200),
            Err(PhoneError::Refused { code, .. }) => Ok(code),
            Err(error) => Err(error),
        }
    };
    let code = wait(world, &actor, "a refusal of re-INVITE", limit, work).await?;
    if codes.contains(code) {
        return Ok(());
    }
    let summary = format!(
        "{} expected its re-INVITE to be refused with {codes} and got {code}",
        actor.name()
    );
    Err(failure(FailureClass::UnexpectedResponse, &actor, summary))
}

async fn changes_address(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, call) = connected(world, &arguments, false).await?;
    let limit = world.signalling(&arguments);
    let work = actor.phone.change_media_address(call, deadline(limit));
    wait(world, &actor, "200 to re-INVITE", limit, work).await
}
