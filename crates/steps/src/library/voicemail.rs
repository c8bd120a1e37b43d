//! Messages that wait.

use gannet_events::FailureClass;

use super::support::{deadline, failure, ready_phone, wait};
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Voicemail";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} has voicemail waiting",
            section: SECTION,
            about: "Waits for a message-summary NOTIFY, solicited or not, that says Messages-Waiting: yes.",
            example: "Bob has voicemail waiting",
            condition,
            run: has_voicemail,
        ),
        step!(
            "{phone} has no voicemail waiting",
            section: SECTION,
            about: "The newest message summary, if there is one, says Messages-Waiting: no.",
            example: "Bob has no voicemail waiting",
            no within,
            condition,
            run: has_no_voicemail,
        ),
        step!(
            "{phone} has {n} new and {n} old message(s)",
            section: SECTION,
            about: "Waits for a message summary that counts so many voice messages.",
            example: "Bob has 1 new and 0 old messages",
            condition,
            run: has_messages,
        ),
    ]
}

async fn has_voicemail(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.media(&arguments);
    let work = actor.phone.wait_messages_waiting(deadline(limit));
    wait(world, &actor, "voicemail", limit, work)
        .await
        .map(drop)
}

async fn has_no_voicemail(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    match actor.phone.state().mwi.summary {
        Some(summary) if summary.waiting => {
            let found = format!("{} has voicemail waiting: {summary}", actor.name());
            Err(failure(FailureClass::Assertion, &actor, found))
        }
        _ => Ok(()),
    }
}

async fn has_messages(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let (new, old) = (arguments.integer(1)?, arguments.integer(2)?);
    let limit = world.media(&arguments);
    let what = format!("{new} new and {old} old messages");
    let work = actor
        .phone
        .wait_messages(&what, deadline(limit), |summary| {
            let voice = summary.voice();
            u64::from(voice.new) == new && u64::from(voice.old) == old
        });
    wait(world, &actor, &what, limit, work).await.map(drop)
}
