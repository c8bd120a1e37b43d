//! Messages as a person writes them, requests built of parts, and answers by hand.

use std::sync::Arc;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{Destination, PendingRequest};
use gannet_sip::Method;
use gannet_ua::endpoint::{Body, Reply};

use super::ask::Answer;
use super::support::{deadline, failure, ready_phone, wait};
use super::texts::reachable;
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Messages by hand";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} sends raw message:",
            section: SECTION,
            about: "Sends the doc string to the phone's server as it stands, right or wrong. Lines end with CRLF and an empty line ends the head. Filled in are variables, and in brackets branch, call_id, tag, local_ip, local_port, remote_ip, remote_port, transport, user, domain, len (of the body).",
            example: "Alice sends raw message:",
            no within,
            run: sends_raw,
            with: false,
        ),
        step!(
            "{phone} sends raw message to {dest}:",
            section: SECTION,
            about: "The same, straight to a phone of the scenario or to the address in a URI.",
            example: "Alice sends raw message to Bob:",
            no within,
            run: sends_raw,
            with: true,
        ),
        step!(
            "{phone} sends bytes from {file}",
            section: SECTION,
            about: "Sends the octets of a file to the phone's server, in one datagram over UDP.",
            example: "Alice sends bytes from torture.bin",
            no within,
            run: sends_bytes,
        ),
        step!(
            "{phone} builds {method} to {dest}",
            section: SECTION,
            about: "Begins a request outside of calls. `with header field`, `without header field` and `with body:` change it, `sends it` sends it.",
            example: "Alice builds OPTIONS to Bob",
            no within,
            run: builds,
        ),
        step!(
            "with body:",
            section: SECTION,
            about: "Gives the request that is being built the doc string as its body: as text/plain, or application/sdp if it begins with v=0, unless it has a Content-Type.",
            example: "with body:",
            no within,
            run: with_body,
        ),
        step!(
            "{phone} sends it",
            section: SECTION,
            about: "Sends the request that the phone has built and waits for its final response, whatever it is; no challenge is answered. That to INVITE is acknowledged, and no call is made of it. For ACK nothing is waited for.",
            example: "Alice sends it",
            run: sends_it,
        ),
        step!(
            "{phone} answers requests by hand",
            section: SECTION,
            about: "From now on requests and calls that come to the phone get no answer but those of `answers the last request`.",
            example: "Bob answers requests by hand",
            no within,
            run: by_hand,
        ),
        step!(
            "{phone} answers the last request with {code} {text}",
            section: SECTION,
            about: "Answers the newest request that waits for one, else the call that comes in, with this code and phrase, after waiting for one if there is none. A 2xx opens no media.",
            example: "Bob answers the last request with 488 \"Not Like This\"",
            run: answers,
        ),
        step!(
            "{phone} answers the last request with {code} {text} with body:",
            section: SECTION,
            about: "The same with the doc string as body.",
            example: "Bob answers the last request with 200 \"OK\" with body:",
            run: answers,
        ),
    ]
}

fn doc_string(arguments: &Arguments) -> Result<String, Failure> {
    let text = arguments.doc_string().ok_or_else(|| {
        let summary = "this step needs a doc string below it";
        Failure::new(FailureClass::Misuse, summary)
    })?;
    Ok(text.replace("\r\n", "\n").replace('\n', "\r\n"))
}

/// Straight to a phone, else where the destination says.
async fn straight(world: &mut World, name: &str) -> Result<Destination, Failure> {
    let destination = reachable(world, name).await?;
    Ok(match world.existing(name) {
        Some(actor) => Destination::Uri(actor.phone.contact().clone()),
        None => destination,
    })
}

async fn sends_raw(world: &mut World, arguments: Arguments, directed: bool) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let text = doc_string(&arguments)?;
    let destination = if directed {
        Some(straight(world, arguments.dest(1)?).await?)
    } else {
        None
    };
    let sent = actor.phone.send_raw(destination, text).await;
    sent.map_err(|error| phone_failure(error, &actor))
}

async fn sends_bytes(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let file = arguments.file(1)?;
    let octets = std::fs::read(&file).map_err(|error| {
        let summary = format!("cannot read `{}`: {error}", file.display());
        failure(FailureClass::Environment, &actor, summary)
    })?;
    let sent = actor.phone.send_octets(None, octets.into()).await;
    sent.map_err(|error| phone_failure(error, &actor))
}

async fn builds(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let destination = reachable(world, arguments.dest(2)?).await?;
    let method = Method::new(arguments.method(1)?);
    let request = actor
        .phone
        .build_request(method, &destination)
        .await
        .map_err(|error| phone_failure(error, &actor))?;
    world.notes.pending = Some((actor.name().to_owned(), request));
    Ok(())
}

async fn with_body(world: &mut World, arguments: Arguments) -> StepResult {
    let body = doc_string(&arguments)?;
    let Some((_, request)) = &mut world.notes.pending else {
        let summary = "there is no request to change: begin with `Alice builds OPTIONS to Bob`";
        return Err(Failure::new(FailureClass::Misuse, summary));
    };
    request.set_body(body);
    Ok(())
}

/// The request that this phone has built.
fn built(world: &World, actor: &Actor) -> Result<PendingRequest, Failure> {
    let pending = world.notes.pending.as_ref();
    let own = pending.filter(|(owner, _)| owner == actor.name());
    own.map(|(_, request)| request.clone()).ok_or_else(|| {
        let summary = format!("{} has built no request", actor.name());
        failure(FailureClass::Misuse, actor, summary)
    })
}

async fn sends_it(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let mut request = built(world, &actor)?;
    let limit = world.signalling(&arguments);
    let method = request.method().to_string();
    if *request.method() == Method::Ack {
        let sent = request.send_once().await;
        sent.map_err(|error| phone_failure(error, &actor))?;
    } else {
        let what = format!("a final response to {method}");
        let response = wait(world, &actor, &what, limit, request.send(deadline(limit))).await?;
        let answer = Answer {
            request: method,
            response,
        };
        world.notes.answers.insert(actor.name().to_owned(), answer);
    }
    world.notes.pending = Some((actor.name().to_owned(), request));
    Ok(())
}

async fn by_hand(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let set = actor.phone.set_by_hand(true).await;
    set.map_err(|error| phone_failure(error, &actor))
}

async fn answers(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let reply = reply(&actor, &arguments)?;
    let limit = world.signalling(&arguments);
    let end = deadline(limit);
    let waiting = actor
        .phone
        .wait_for_state(end, "a request that waits for an answer", |state| {
            state.left_open > 0
                || state
                    .open_calls()
                    .any(|call| call.state == gannet_phone::CallState::Incoming)
        });
    wait(world, &actor, "a request", limit, waiting).await?;
    let answered = actor.phone.answer_by_hand(reply).await;
    answered.map_err(|error| phone_failure(error, &actor))
}

fn reply(actor: &Arc<Actor>, arguments: &Arguments) -> Result<Reply, Failure> {
    let mut reply = Reply::new(arguments.code(1)?);
    if reply.code < 101 {
        let summary = "100 is not for a person to send";
        return Err(failure(FailureClass::Misuse, actor, summary));
    }
    reply.reason = Some(arguments.text(2)?.to_owned());
    if arguments.doc_string().is_some() {
        let text = doc_string(arguments)?;
        let content_type = if text.starts_with("v=0") {
            "application/sdp"
        } else {
            "text/plain"
        };
        reply.body = Some(Body {
            content_type: content_type.to_owned(),
            bytes: text.into(),
        });
    }
    Ok(reply)
}
