//! Reliable provisional responses and UPDATE (RFC 3262, RFC 3311).

use gannet_events::FailureClass;
use gannet_sip::Method;

use super::answering::incoming;
use super::ask::{Question, Whither, ask};
use super::support::{deadline, failure, in_latest_call, open_call, ready_phone, wait};
use crate::{Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Reliable responses and UPDATE";
/// The setting behind `requires 100rel`.
const SETTING: &str = "reliability.100rel";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} requires 100rel",
            section: SECTION,
            about: "The phone calls with Require: 100rel, sends provisional responses reliably to callers that can take them so, and refuses others with 421. It starts anew: say it before calls. The same as the setting reliability.100rel = required.",
            example: "Alice requires 100rel",
            no within,
            run: sets_100rel,
            with: "required",
        ),
        step!(
            "{phone} supports 100rel",
            section: SECTION,
            about: "The phone lists 100rel in Supported, acknowledges reliable provisional responses, and sends its own reliably to callers that require it. It starts anew: say it before calls. The same as the setting reliability.100rel = supported.",
            example: "Bob supports 100rel",
            no within,
            run: sets_100rel,
            with: "supported",
        ),
        step!(
            "{phone} sends reliable {code}",
            section: SECTION,
            about: "Sends this provisional response reliably for the call that came in, or waits for one: 183 with a session description and early media, others without, but for the first to an INVITE without offer, which has one. It is repeated until PRACK comes; further ones wait for that, and so does a 200 if there was a description.",
            example: "Bob sends reliable 183",
            run: sends_reliable,
        ),
        step!(
            "{phone} does not send PRACK",
            section: SECTION,
            about: "From now on the phone leaves reliable provisional responses without PRACK. (For other messages `does not send` is an observation.)",
            example: "Alice does not send PRACK",
            no within,
            run: sends_no_prack,
        ),
        step!(
            "{phone} sends UPDATE with hold",
            section: SECTION,
            about: "Puts the other side on hold by UPDATE and waits for the answer. It is sent only to those who list UPDATE in Allow; before the call is answered, only once a reliable response has had the first answer.",
            example: "Alice sends UPDATE with hold",
            run: holds_by_update,
        ),
        step!(
            "{phone} refreshes the call by UPDATE",
            section: SECTION,
            about: "Sends UPDATE without a body in the phone's call, which tells the other side the phone's Contact anew, and waits for its final response, whatever it is.",
            example: "Alice refreshes the call by UPDATE",
            run: sends_update,
        ),
    ]
}

async fn sets_100rel(world: &mut World, arguments: Arguments, value: &'static str) -> StepResult {
    set(world, &arguments, SETTING, value).await
}

/// Starts the first phone of the sentence anew with a setting of its profile changed.
pub(super) async fn set(
    world: &mut World,
    arguments: &Arguments,
    setting: &str,
    value: &str,
) -> StepResult {
    let name = arguments.phone(0)?.to_owned();
    if let Some(actor) = world.existing(&name)
        && actor.phone.state().open_calls().next().is_some()
    {
        let summary = format!("{name} has a call: say this before the call begins");
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    let mut setup = world.notes.setups.get(&name).cloned().unwrap_or_default();
    setup.name.clone_from(&name);
    setup.overrides.push((setting.to_owned(), value.to_owned()));
    let registered = world
        .existing(&name)
        .is_some_and(|actor| actor.phone.state().registration.is_registered());
    if registered {
        world.notes.manual.remove(&name);
    }
    world.notes.setups.insert(name, setup.clone());
    world.use_phone(setup).await.map(drop)
}

async fn sends_reliable(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let code = arguments.code(1)?;
    let call = incoming(world, &actor, world.signalling(&arguments)).await?;
    let sent = actor.phone.ring_reliably(call.handle, code).await;
    sent.map_err(|error| in_latest_call(phone_failure(error, &actor), &actor))
}

async fn sends_no_prack(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let set = actor.phone.set_prack(false).await;
    set.map_err(|error| phone_failure(error, &actor))
}

async fn holds_by_update(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = open_call(&actor)?.handle;
    let limit = world.signalling(&arguments);
    let work = actor.phone.hold_by_update(call, deadline(limit));
    wait(world, &actor, "200 to UPDATE", limit, work).await
}

async fn sends_update(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = open_call(&actor)?.handle;
    let question = Question {
        method: Method::Update,
        headers: Vec::new(),
        body: None,
    };
    let limit = world.signalling(&arguments);
    ask(world, &actor, question, Whither::Inside(call), limit).await
}
