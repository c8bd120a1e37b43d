//! What a server has set for a user: do not disturb, and feature codes in general.

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_pbx::{Action, ForwardWhen, Pbx, PbxError};
use gannet_phone::{CallHandle, CallOptions, Destination};

use super::support::{deadline, failure, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Settings at the server";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} sets DND",
            section: SECTION,
            about: "Do not disturb at the server: it refuses the user's calls or sends them to voicemail, and no phone rings. Only the embedded server can be told without a feature code.",
            example: "Bob sets DND",
            no within,
            run: sets_dnd,
            with: true,
        ),
        step!(
            "{phone} clears DND",
            section: SECTION,
            about: "The opposite of `sets DND`.",
            example: "Bob clears DND",
            no within,
            run: sets_dnd,
            with: false,
        ),
        step!(
            "{phone} sets DND by feature code {text}",
            section: SECTION,
            about: "The same by a call to the code, which the server must answer; the phone hangs up then.",
            example: "Bob sets DND by feature code \"*78\"",
            run: dials_code,
        ),
        step!(
            "{phone} clears DND by feature code {text}",
            section: SECTION,
            about: "The same by a call to the code.",
            example: "Bob clears DND by feature code \"*79\"",
            run: dials_code,
        ),
        step!(
            "{phone} dials feature code {text}",
            section: SECTION,
            about: "Calls the code, which the server must answer, and hangs up.",
            example: "Bob dials feature code \"*20\"",
            run: dials_code,
        ),
        step!(
            "{phone} forwards always to {dest}",
            section: SECTION,
            about: "Every call for the user goes there, and no phone of the user rings. Set at the server; only the embedded one can be told without a feature code.",
            example: "Bob forwards always to Charlie",
            no within,
            run: forwards,
            with: ForwardWhen::Always,
        ),
        step!(
            "{phone} forwards on busy to {dest}",
            section: SECTION,
            about: "The same for calls that the user's phone refuses.",
            example: "Bob forwards on busy to Charlie",
            no within,
            run: forwards,
            with: ForwardWhen::Busy,
        ),
        step!(
            "{phone} forwards on no answer to {dest}",
            section: SECTION,
            about: "The same for calls that nobody answers in the server's time.",
            example: "Bob forwards on no answer to Charlie",
            no within,
            run: forwards,
            with: ForwardWhen::NoAnswer,
        ),
        step!(
            "{phone} forwards on no answer to {dest} after {time}",
            section: SECTION,
            about: "The same with a time of its own.",
            example: "Bob forwards on no answer to Charlie after 2 seconds",
            no within,
            run: forwards_after,
        ),
        step!(
            "{phone} forwards to {dest} by feature code {text}",
            section: SECTION,
            about: "Calls the code with the number behind it; what the code means is the server's affair.",
            example: "Bob forwards to Charlie by feature code \"*21\"",
            run: forwards_by_code,
        ),
        step!(
            "{phone} clears forwarding",
            section: SECTION,
            about: "Calls for the user ring at the user's phones again.",
            example: "Bob clears forwarding",
            no within,
            run: clears_forwarding,
        ),
    ]
}

/// The embedded server, or a failure that says how it is done elsewhere.
fn embedded(world: &World, sentence: &Arguments) -> Result<Pbx, Failure> {
    let pbx = world.server().pbx().cloned();
    pbx.ok_or_else(|| {
        let server = world.server().name();
        let summary = format!("server {server} has no way to be told so but a feature code");
        Failure::new(FailureClass::Misuse, summary).detail(format!(
            "write `{} by feature code \"..\"` or `{{phone}} dials feature code \"..\"`",
            sentence.sentence()
        ))
    })
}

fn refused(error: &PbxError) -> Failure {
    Failure::new(FailureClass::Misuse, error.to_string())
}

async fn sets_dnd(world: &mut World, arguments: Arguments, dnd: bool) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pbx = embedded(world, &arguments)?;
    let set = pbx.set_dnd(&actor.account().user, dnd).await;
    set.map_err(|error| refused(&error))
}

async fn forwards(world: &mut World, arguments: Arguments, when: ForwardWhen) -> StepResult {
    forward(world, &arguments, when, None).await
}

async fn forwards_after(world: &mut World, arguments: Arguments) -> StepResult {
    let after = arguments.duration(2)?;
    forward(world, &arguments, ForwardWhen::NoAnswer, Some(after)).await
}

async fn forward(
    world: &mut World,
    arguments: &Arguments,
    when: ForwardWhen,
    after: Option<Duration>,
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pbx = embedded(world, arguments)?;
    let to = number_of(world, arguments.dest(1)?)?;
    let user = &actor.account().user;
    let set = pbx.forward_one(user, when, Some(to), after).await;
    set.map_err(|error| refused(&error))
}

async fn clears_forwarding(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let pbx = embedded(world, &arguments)?;
    let none = gannet_pbx::Forward::default();
    let set = pbx.set_forward(&actor.account().user, none).await;
    set.map_err(|error| refused(&error))
}

async fn dials_code(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let code = arguments.text(1)?.to_owned();
    dial(world, &actor, &code, world.signalling(&arguments)).await
}

async fn forwards_by_code(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let to = number_of(world, arguments.dest(1)?)?;
    let code = format!("{}{to}", arguments.text(2)?);
    dial(world, &actor, &code, world.signalling(&arguments)).await
}

/// What is dialled for a destination: the user part.
pub(super) fn number_of(world: &World, text: &str) -> Result<String, Failure> {
    let user = match world.destination(text)? {
        Destination::User(user) => Some(user),
        Destination::Uri(uri) => uri.user,
    };
    user.ok_or_else(|| {
        let summary = format!("`{text}` has no user part that could be dialled");
        Failure::new(FailureClass::Misuse, summary)
    })
}

/// The number with which the embedded server does something about `target`. A real server has
/// numbers of its own.
pub(super) fn feature_number(
    world: &World,
    action: &Action,
    target: &str,
) -> Result<String, Failure> {
    let number = world.feature_number(action, target);
    number.ok_or_else(|| {
        let server = world.server().name();
        if world.is_switched_off(action) {
            let what = action.capability().key();
            let summary = format!("server {server} does without {what}");
            return Failure::new(FailureClass::Misuse, summary).detail(format!(
                "`[pbx.features]` of the configuration has {what} = false"
            ));
        }
        let summary = format!("server {server} has no number for this that Gannet knows");
        Failure::new(FailureClass::Misuse, summary)
            .detail("call the number itself: `{phone} calls \"..\"`")
    })
}

/// Calls a number and waits until it is answered. The call is the one made last then.
pub(super) async fn call_number(
    world: &mut World,
    actor: &Arc<Actor>,
    destination: &Destination,
    limit: Duration,
) -> Result<CallHandle, Failure> {
    let options = CallOptions::default();
    call_with(world, actor, (destination, options), limit).await
}

/// The same with options.
pub(super) async fn call_with(
    world: &mut World,
    actor: &Arc<Actor>,
    (destination, options): (&Destination, CallOptions),
    limit: Duration,
) -> Result<CallHandle, Failure> {
    let called = actor.phone.call(destination, options).await;
    let call = called.map_err(|error| phone_failure(error, actor))?;
    world.notes.last_call = Some((actor.name().to_owned(), call));
    world.notes.last_callee = None;
    let work = actor.phone.wait_connected(call, deadline(limit));
    wait(world, actor, "an answer", limit, work).await?;
    Ok(call)
}

/// Calls a feature code: its answer says that it was carried out.
pub(super) async fn dial(
    world: &mut World,
    actor: &Arc<Actor>,
    code: &str,
    limit: Duration,
) -> StepResult {
    let destination = Destination::parse(code).map_err(|error| {
        let summary = format!("`{code}` is no feature code: {error}");
        failure(FailureClass::Misuse, actor, summary)
    })?;
    let call = call_number(world, actor, &destination, limit).await?;
    let phone = actor.phone.clone();
    let end = deadline(limit);
    let work = async move {
        match phone.hang_up(call, end).await {
            Ok(_) => Ok(()),
            // The server may have hung up first.
            Err(_) => phone.wait_ended(call, end).await.map(drop),
        }
    };
    wait(world, actor, "the end of the call", limit, work).await
}
