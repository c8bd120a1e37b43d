//! Texts by MESSAGE (RFC 3428).

use std::sync::Arc;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{Destination, TextMessage};
use gannet_sip::Method;
use gannet_ua::endpoint::Body;

use super::ask::{Question, Whither, answer_of, ask, unexpected};
use super::support::{deadline, ready, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Text messages";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} sends message {text} to {dest}",
            section: SECTION,
            about: "Sends MESSAGE with this text and waits for its final response, whatever it is.",
            example: "Alice sends message \"lunch?\" to Bob",
            run: sends,
        ),
        step!(
            "{phone} receives message {text} from {dest}",
            section: SECTION,
            about: "Waits for a MESSAGE with exactly this text whose From names this sender, after those that earlier sentences have looked at.",
            example: "Bob receives message \"lunch?\" from Alice",
            run: receives_from,
        ),
        step!(
            "{phone} receives message {text}",
            section: SECTION,
            about: "The same from anybody.",
            example: "Bob receives message \"lunch?\"",
            run: receives,
        ),
        step!(
            "the message is accepted",
            section: SECTION,
            about: "The text that was sent last got a 2xx.",
            example: "the message is accepted",
            no within,
            run: accepted,
        ),
        step!(
            "the message is refused with {code}",
            section: SECTION,
            about: "The text that was sent last got one of these codes.",
            example: "the message is refused with 404",
            no within,
            run: refused,
        ),
    ]
}

async fn sends(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let text = arguments.text(1)?.to_owned();
    let destination = reachable(world, arguments.dest(2)?).await?;
    let question = Question {
        method: Method::Message,
        headers: Vec::new(),
        body: Some(Body {
            content_type: "text/plain".to_owned(),
            bytes: text.into(),
        }),
    };
    let limit = world.signalling(&arguments);
    world.notes.last_writer = Some(actor.name().to_owned());
    let whither = Whither::Outside(destination);
    ask(world, &actor, question, whither, limit).await
}

/// Where a request of its own goes, once everybody can be reached.
pub(super) async fn reachable(world: &mut World, name: &str) -> Result<Destination, Failure> {
    if world.is_phone(name) {
        world.phone(name).await?;
    }
    ready(world).await?;
    world.destination(name)
}

async fn receives_from(world: &mut World, arguments: Arguments) -> StepResult {
    let sender = world.destination(arguments.dest(2)?)?;
    let user = match &sender {
        Destination::User(user) => Some(user.clone()),
        Destination::Uri(uri) => uri.user.clone(),
    };
    let from = format!(" from {}", arguments.dest(2)?);
    next_text(world, &arguments, &from, |text| text.from.uri.user == user).await
}

async fn receives(world: &mut World, arguments: Arguments) -> StepResult {
    next_text(world, &arguments, "", |_| true).await
}

async fn next_text(
    world: &mut World,
    arguments: &Arguments,
    from: &str,
    is_sender: impl Fn(&TextMessage) -> bool,
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = arguments.text(1)?;
    let what = format!("message \"{wanted}\"{from}");
    let limit = world.signalling(arguments);
    let first = world.notes.texts.get(actor.name()).copied().unwrap_or(0);
    let fits = |text: &TextMessage| text.text == wanted && is_sender(text);
    let work = actor.phone.wait_text(first, &what, deadline(limit), fits);
    let text = wait(world, &actor, &what, limit, work).await?;
    let name = actor.name().to_owned();
    world.notes.texts.insert(name, text.number + 1);
    Ok(())
}

async fn accepted(world: &mut World, _: Arguments) -> StepResult {
    verdict(world, "2xx", |code| (200..300).contains(&code))
}

async fn refused(world: &mut World, arguments: Arguments) -> StepResult {
    let codes = arguments.codes(0)?;
    verdict(world, &codes.to_string(), |code| codes.contains(code))
}

fn verdict(world: &World, expected: &str, fits: impl Fn(u16) -> bool) -> StepResult {
    let actor = writer(world)?;
    let answer = answer_of(world, &actor)?;
    if answer.response.status().is_some_and(fits) {
        return Ok(());
    }
    Err(unexpected(&actor, answer, expected))
}

fn writer(world: &World) -> Result<Arc<Actor>, Failure> {
    let name = world.notes.last_writer.as_deref();
    name.and_then(|name| world.existing(name)).ok_or_else(|| {
        let summary = "no message was sent: begin with `Alice sends message \"…\" to Bob`";
        Failure::new(FailureClass::Misuse, summary)
    })
}
