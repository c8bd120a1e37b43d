//! Publishing one's own state (RFC 3903).

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{PhoneError, Published};
use gannet_ua::EventPackage;
use gannet_ua::endpoint::Body;

use super::ask::Answer;
use super::support::{deadline, failure, ready, ready_phone, wait};
use super::watching::{body_of, package};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Events";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} publishes {word} as:",
            section: SECTION,
            about: "Sends PUBLISH for this event package with the doc string as the state, in place of what was published before, and expects a 2xx. The phone keeps it published.",
            example: "Alice publishes presence as:",
            run: publishes,
        ),
        step!(
            "{phone} publishes {word} for {time} as:",
            section: SECTION,
            about: "The same with this lifetime.",
            example: "Alice publishes presence for 60 seconds as:",
            run: publishes_for,
        ),
        step!(
            "{phone} publishes {word} and is refused with {code}:",
            section: SECTION,
            about: "Sends PUBLISH with the doc string and expects that it is refused with one of these codes.",
            example: "Alice publishes weather and is refused with 489:",
            run: is_refused,
        ),
        step!(
            "{phone} refreshes its publication",
            section: SECTION,
            about: "Sends PUBLISH without a state for what a sentence published last, and expects a 2xx. Where the server has lost it (412), it is published anew.",
            example: "Alice refreshes its publication",
            run: refreshes,
        ),
        step!(
            "{phone} removes its publication",
            section: SECTION,
            about: "Sends PUBLISH with Expires 0 for what a sentence published last, and expects a 2xx.",
            example: "Alice removes its publication",
            run: removes,
        ),
        step!(
            "{phone} uses a stale ETag",
            section: SECTION,
            about: "The next PUBLISH for what a sentence published last names an entity tag that is not valid any more. A server answers 412; the phone then publishes anew.",
            example: "Alice uses a stale ETag",
            no within,
            run: uses_stale_etag,
        ),
    ]
}

async fn publishes(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, event, body) = state_of(world, &arguments).await?;
    let limit = world.signalling(&arguments);
    publish(world, &actor, (event, body, None), limit)
        .await
        .map(drop)
}

async fn publishes_for(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, event, body) = state_of(world, &arguments).await?;
    let lifetime = arguments.duration(2)?;
    if lifetime.is_zero() || lifetime.subsec_nanos() != 0 {
        let summary = "a publication lasts a whole number of seconds, at least one";
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    let limit = world.signalling(&arguments);
    publish(world, &actor, (event, body, Some(lifetime)), limit)
        .await
        .map(drop)
}

/// Publishes, waits for the end of it and keeps the answer.
pub(super) async fn publish(
    world: &mut World,
    actor: &Arc<Actor>,
    (event, body, lifetime): (EventPackage, Body, Option<Duration>),
    limit: Duration,
) -> Result<Arc<Published>, Failure> {
    let name = event.name.clone();
    world
        .notes
        .published
        .insert(actor.name().to_owned(), name.clone());
    let work = actor.phone.publish(event, body, lifetime, deadline(limit));
    let done = wait(world, actor, "a 2xx to PUBLISH", limit, work).await;
    note_answer(world, actor, &name);
    done
}

async fn is_refused(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, event, body) = state_of(world, &arguments).await?;
    let codes = arguments.codes(2)?;
    let limit = world.signalling(&arguments);
    let name = event.name.clone();
    let what = format!("{codes} to PUBLISH");
    let work = async {
        let end = deadline(limit);
        match actor.phone.publish(event, body, None, end).await {
            Err(PhoneError::Refused { code, .. }) => Ok(code),
            Ok(published) => Ok(published.code),
            Err(other) => Err(other),
        }
    };
    let code = wait(world, &actor, &what, limit, work).await?;
    note_answer(world, &actor, &name);
    if codes.contains(code) {
        return Ok(());
    }
    let summary = format!("{} expected {what} and got {code}", actor.name());
    Err(failure(FailureClass::UnexpectedResponse, &actor, summary))
}

async fn refreshes(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let event = published(world, &actor)?;
    let limit = world.signalling(&arguments);
    let work = actor.phone.refresh_publication(&event, deadline(limit));
    let done = wait(world, &actor, "a 2xx to PUBLISH", limit, work).await;
    note_answer(world, &actor, &event);
    done.map(drop)
}

async fn removes(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let event = published(world, &actor)?;
    let limit = world.signalling(&arguments);
    let work = actor.phone.remove_publication(&event, deadline(limit));
    let done = wait(world, &actor, "a 2xx to PUBLISH", limit, work).await;
    note_answer(world, &actor, &event);
    done.map(drop)
}

async fn uses_stale_etag(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let event = published(world, &actor)?;
    let done = actor.phone.spoil_publication(&event).await;
    done.map_err(|error| crate::phone_failure(error, &actor))
}

async fn state_of(
    world: &mut World,
    arguments: &Arguments,
) -> Result<(Arc<Actor>, EventPackage, Body), Failure> {
    let actor = world.phone(arguments.phone(0)?).await?;
    ready(world).await?;
    let event = package(&actor, arguments.text(1)?)?;
    let Some(text) = arguments.doc_string() else {
        let summary = "this step needs a doc string below it";
        return Err(failure(FailureClass::Misuse, &actor, summary));
    };
    let body = body_of(&event.name, text);
    Ok((actor, event, body))
}

/// The package that a sentence published last for this phone.
fn published(world: &World, actor: &Actor) -> Result<String, Failure> {
    let event = world.notes.published.get(actor.name()).cloned();
    event.ok_or_else(|| {
        let summary = format!("{} has published nothing by a sentence", actor.name());
        failure(FailureClass::Misuse, actor, summary)
    })
}

/// Keeps the last answer for the sentences that look at it.
fn note_answer(world: &mut World, actor: &Actor, event: &str) {
    let state = actor.phone.state();
    let published = state.events.published.get(event);
    if let Some(response) = published.and_then(|published| published.response.clone()) {
        let request = "PUBLISH".to_owned();
        let answer = Answer { request, response };
        world.notes.answers.insert(actor.name().to_owned(), answer);
    }
}
