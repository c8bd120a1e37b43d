//! Texts by MESSAGE (RFC 3428).

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gannet_events::{Direction, Failure, FailureClass};
use gannet_phone::{Destination, TextMessage};
use gannet_sip::{Method, date_text};
use gannet_ua::endpoint::Body;

use super::ask::{Question, Whither, answer_of, ask, unexpected};
use super::outbound::embedded;
use super::support::{deadline, failure, open_call, ready, ready_phone, wait, watch};
use crate::{Actor, Arguments, StepResult, World};

/// What a sentence says of a text beside whom it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Text,
    DocString,
    Typed,
    Expiring,
}

const PLAIN: &str = "text/plain";

pub(super) async fn sends(world: &mut World, arguments: Arguments, extent: Extent) -> StepResult {
    let (text, to) = match extent {
        Extent::DocString => (doc_string(&arguments)?, 1),
        _ => (arguments.text(1)?.to_owned(), 2),
    };
    let content_type = match extent {
        Extent::Typed => arguments.text(3)?,
        _ => PLAIN,
    };
    let headers = match extent {
        Extent::Expiring => validity(arguments.duration(3)?)?,
        _ => Vec::new(),
    };
    let text = message(text.into_bytes(), content_type, headers);
    send(world, &arguments, text, arguments.dest(to)?).await
}

pub(super) async fn sends_long(world: &mut World, arguments: Arguments) -> StepResult {
    let octets = usize::try_from(arguments.integer(1)?).unwrap_or(usize::MAX);
    if octets > OCTETS_MAX {
        let summary = format!("{octets} octets are too many for a message: {OCTETS_MAX} at most");
        return Err(Failure::new(FailureClass::Misuse, summary));
    }
    let letters = ALPHABET.iter().copied().cycle();
    let text = letters.take(octets).collect();
    let text = message(text, PLAIN, Vec::new());
    send(world, &arguments, text, arguments.dest(2)?).await
}

pub(super) async fn sends_in_call(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = open_call(&actor)?.handle;
    let text = message(arguments.text(1)?.as_bytes().to_vec(), PLAIN, Vec::new());
    let limit = world.signalling(&arguments);
    world.notes.last_writer = Some(actor.name().to_owned());
    ask(world, &actor, text, Whither::Inside(call), limit).await
}

/// With the head it still fits into a datagram.
const OCTETS_MAX: usize = 60_000;
const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

fn message(octets: Vec<u8>, content_type: &str, headers: Vec<(String, String)>) -> Question {
    Question {
        method: Method::Message,
        headers,
        body: Some(Body {
            content_type: content_type.to_owned(),
            bytes: octets.into(),
        }),
    }
}

/// Until when a text is worth reading: Date goes with Expires (RFC 3428 4).
fn validity(lifetime: Duration) -> Result<Vec<(String, String)>, Failure> {
    if lifetime.subsec_nanos() != 0 {
        let summary = "Expires counts whole seconds";
        return Err(Failure::new(FailureClass::Misuse, summary));
    }
    let epoch = SystemTime::now().duration_since(UNIX_EPOCH);
    let now_s = epoch.unwrap_or_default().as_secs();
    Ok(vec![
        ("Date".to_owned(), date_text(now_s)),
        ("Expires".to_owned(), lifetime.as_secs().to_string()),
    ])
}

fn doc_string(arguments: &Arguments) -> Result<String, Failure> {
    let text = arguments.doc_string().map(str::to_owned);
    text.ok_or_else(|| {
        let summary = "this step needs a doc string below it: the text";
        Failure::new(FailureClass::Misuse, summary)
    })
}

async fn send(world: &mut World, arguments: &Arguments, text: Question, to: &str) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let destination = reachable(world, to).await?;
    let limit = world.signalling(arguments);
    world.notes.last_writer = Some(actor.name().to_owned());
    ask(world, &actor, text, Whither::Outside(destination), limit).await
}

/// Where a request of its own goes, once everybody can be reached.
pub(super) async fn reachable(world: &mut World, name: &str) -> Result<Destination, Failure> {
    if world.is_phone(name) {
        world.phone(name).await?;
    }
    ready(world).await?;
    world.destination(name)
}

pub(super) async fn receives_from(world: &mut World, arguments: Arguments) -> StepResult {
    let sender = world.destination(arguments.dest(2)?)?;
    let user = match &sender {
        Destination::User(user) => Some(user.clone()),
        Destination::Uri(uri) => uri.user.clone(),
    };
    let from = format!(" from {}", arguments.dest(2)?);
    next_text(world, &arguments, &from, |text| text.from.uri.user == user).await
}

pub(super) async fn receives(world: &mut World, arguments: Arguments) -> StepResult {
    next_text(world, &arguments, "", |_| true).await
}

async fn next_text(
    world: &mut World,
    arguments: &Arguments,
    from: &str,
    is_sender: impl Fn(&TextMessage) -> bool,
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = match arguments.text(1) {
        Ok(text) => text.to_owned(),
        Err(_) => doc_string(arguments)?,
    };
    let what = format!("message \"{wanted}\"{from}");
    let limit = world.signalling(arguments);
    let first = world.notes.texts.get(actor.name()).copied().unwrap_or(0);
    let fits = |text: &TextMessage| text.text == wanted && is_sender(text);
    let work = actor.phone.wait_text(first, &what, deadline(limit), fits);
    let text = wait(world, &actor, &what, limit, work).await;
    let text = text.map_err(|found| with_refused(&actor, found))?;
    let name = actor.name().to_owned();
    world.notes.texts.insert(name, text.number + 1);
    Ok(())
}

/// The failure of whoever waited for a text, with what the phone has refused.
fn with_refused(actor: &Actor, found: Failure) -> Failure {
    let log = actor.phone.log().all();
    let refused = log.iter().rev().find(|entry| {
        entry.direction == Direction::Sent
            && entry.message.method() == Some(Method::Message)
            && entry.message.status().is_some_and(|code| code >= 300)
    });
    match refused {
        Some(entry) => {
            let (name, title) = (actor.name(), entry.message.title());
            found.detail(format!("{name} refused a MESSAGE: {title}"))
        }
        None => found,
    }
}

pub(super) async fn does_not_receive(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let unwanted = arguments.text(1)?;
    let time = world.observing(&arguments);
    let first = world.notes.texts.get(actor.name()).copied().unwrap_or(0);
    let what = format!(
        "watching that {} does not receive message \"{unwanted}\"",
        actor.name()
    );
    let shown = watch(world, &what, time, || {
        let state = actor.phone.state();
        let mut texts = state.inbox.since(first);
        texts.find(|text| text.text == unwanted).cloned()
    });
    let Some(text) = shown.await else {
        return Ok(());
    };
    let summary = format!("{} received message \"{unwanted}\"", actor.name());
    let found = Failure::new(FailureClass::UnexpectedMessage, summary).of_phone(actor.name());
    Err(found.in_call(text.sip_call_id.clone()))
}

pub(super) async fn has_expired(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = arguments.integer(1)?;
    let limit = world.signalling(&arguments);
    let what = format!(
        "waiting for {wanted} expired message(s) at {}",
        actor.name()
    );
    let enough = || (actor.phone.state().inbox.expired() >= wanted).then_some(());
    let came = watch(world, &what, limit, enough).await;
    let found = actor.phone.state().inbox.expired();
    if found == wanted {
        return Ok(());
    }
    let summary = format!(
        "{} has received {found} expired message(s), expected {wanted}",
        actor.name()
    );
    Err(if came.is_some() {
        failure(FailureClass::Assertion, &actor, summary)
    } else {
        let found = failure(FailureClass::Timeout, &actor, summary);
        found.waiting_for("a message that has expired", limit)
    })
}

pub(super) async fn server_keeps(world: &mut World, _: Arguments) -> StepResult {
    let pbx = embedded(world)?;
    let done = pbx.set_keeps_texts(true).await;
    done.map_err(|error| Failure::new(FailureClass::Environment, error.to_string()))
}

pub(super) async fn kept(world: &mut World, _: Arguments) -> StepResult {
    verdict(world, "202", |code| code == 202)
}

pub(super) async fn accepted(world: &mut World, _: Arguments) -> StepResult {
    verdict(world, "2xx", |code| (200..300).contains(&code))
}

pub(super) async fn refused(world: &mut World, arguments: Arguments) -> StepResult {
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
