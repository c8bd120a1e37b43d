//! REGISTER message by message: built, changed, sent, answered, looked at.

use std::sync::Arc;

use gannet_events::{Failure, FailureClass};
use gannet_phone::PendingRequest;
use gannet_sip::Message;

use super::messages::values;
use super::support::{deadline, failure, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "REGISTER message by message";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "new connection with user {phone} and server {word}",
            section: SECTION,
            about: "The phone of this user at this server, which sends nothing by itself.",
            example: "new connection with user \"Bob\" and server \"Docker\"",
            no within,
            run: connection,
        ),
        step!(
            "existing connection with user {phone} and server {word}",
            section: SECTION,
            about: "The same phone once it is registered: it registers first if it has sent nothing in this scenario, and sends nothing more by itself.",
            example: "existing connection with user \"Bob\" and server \"Docker\"",
            run: existing_connection,
        ),
        step!(
            "{phone} sends request REGISTER",
            section: SECTION,
            about: "Begins a REGISTER, or goes on with the one that was sent last. It is sent by the sentence that expects its response.",
            example: "\"Bob\" sends request REGISTER",
            no within,
            run: begins_register,
        ),
        step!(
            "{phone} receives response {code}",
            section: SECTION,
            about: "Sends the request and waits for its final response, which must have one of these codes.",
            example: "\"Bob\" receives response \"401,407\"",
            run: receives_response,
        ),
        step!(
            "with header field {hdr} value {text}",
            section: SECTION,
            about: "Gives the request a header field, in place of one of that name.",
            example: "with header field \"Expires\" value \"0\"",
            no within,
            run: with_header,
        ),
        step!(
            "with Contact field expires {n}",
            section: SECTION,
            about: "Gives the Contact of the request an expires parameter.",
            example: "with Contact field expires 0",
            no within,
            run: with_expires,
        ),
        step!(
            "with header field Authorization for {phone}",
            section: SECTION,
            about: "Answers the challenge of the last response with the user's credentials.",
            example: "with header field Authorization for \"Bob\"",
            no within,
            run: with_authorization,
        ),
        step!(
            "without header field {hdr}",
            section: SECTION,
            about: "Takes a header field out of the request.",
            example: "without header field \"Contact\"",
            no within,
            run: without_header,
        ),
        step!(
            "{phone} Contact field port is set to {n}",
            section: SECTION,
            about: "Changes the port in the Contact of the request.",
            example: "\"Bob\" Contact field port is set to 5070",
            no within,
            run: contact_port,
        ),
        step!(
            "{phone} response contains {hdr} field, value {text}",
            section: SECTION,
            about: "The last response has this header field, and its value contains this text.",
            example: "\"Bob\" response contains \"Contact\" field, value \"sip:2004\"",
            no within,
            run: response_contains,
        ),
        step!(
            "{phone} response does not contain field {hdr}",
            section: SECTION,
            about: "The last response has no such header field.",
            example: "\"Bob\" response does not contain field \"Contact\"",
            no within,
            run: response_lacks,
        ),
    ]
}

async fn connection(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    // Everything that this phone sends is told by the sentences.
    world.notes.manual.insert(actor.name().to_owned());
    world.notes.pending = None;
    Ok(())
}

async fn existing_connection(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    let log = actor.phone.log();
    if log.all().is_empty() {
        let work = actor.phone.register(None, deadline(limit));
        wait(world, &actor, "200 to REGISTER", limit, work).await?;
        actor.consume_to(log.next_seq());
    }
    connection(world, arguments).await
}

async fn begins_register(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    world.notes.manual.insert(actor.name().to_owned());
    if matches!(&world.notes.pending, Some((owner, _)) if owner == actor.name()) {
        return Ok(());
    }
    let request = actor
        .phone
        .build_register()
        .await
        .map_err(|error| phone_failure(error, &actor))?;
    world.notes.pending = Some((actor.name().to_owned(), request));
    Ok(())
}

/// The request that is being built, with its phone.
fn pending(world: &mut World) -> Result<(Arc<Actor>, &mut PendingRequest), Failure> {
    let misuse = || {
        let summary = "there is no request to change: begin with `\"…\" sends request REGISTER`";
        Failure::new(FailureClass::Misuse, summary)
    };
    let owner = world
        .notes
        .pending
        .as_ref()
        .map(|pending| pending.0.clone());
    let actor = owner
        .and_then(|name| world.existing(&name))
        .ok_or_else(misuse)?;
    let (_, request) = world.notes.pending.as_mut().ok_or_else(misuse)?;
    Ok((actor, request))
}

async fn receives_response(world: &mut World, arguments: Arguments) -> StepResult {
    let codes = arguments.codes(1)?;
    let limit = world.signalling(&arguments);
    let (actor, request) = pending(world)?;
    if actor.name() != arguments.phone(0)? {
        let summary = format!("the request that was built is that of {}", actor.name());
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    let mut request = request.clone();
    let what = format!("{codes} to REGISTER");
    let response = wait(world, &actor, &what, limit, request.send(deadline(limit))).await?;
    world.notes.pending = Some((actor.name().to_owned(), request));
    if response.status().is_some_and(|code| codes.contains(code)) {
        return Ok(());
    }
    let summary = format!(
        "{} expected {codes} and got {}",
        actor.name(),
        response.title()
    );
    let found = failure(FailureClass::UnexpectedResponse, &actor, summary);
    Err(match response.call_id() {
        Some(call_id) => found.in_call(call_id),
        None => found,
    })
}

async fn with_header(world: &mut World, arguments: Arguments) -> StepResult {
    let (name, value) = (
        arguments.header(0)?.to_owned(),
        arguments.text(1)?.to_owned(),
    );
    let (_, request) = pending(world)?;
    request.set_header(&name, &value);
    Ok(())
}

async fn with_expires(world: &mut World, arguments: Arguments) -> StepResult {
    let seconds = arguments.integer(0)?.to_string();
    let (actor, request) = pending(world)?;
    request
        .set_contact_param("expires", &seconds)
        .map_err(|error| phone_failure(error, &actor))
}

async fn with_authorization(world: &mut World, arguments: Arguments) -> StepResult {
    let user = world.phone(arguments.phone(0)?).await?;
    let credentials = user.phone.config().auth.clone();
    let (actor, request) = pending(world)?;
    request
        .authorize(credentials.as_ref())
        .map_err(|error| phone_failure(error, &actor))
}

async fn without_header(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.header(0)?.to_owned();
    let (_, request) = pending(world)?;
    request.remove_header(&name);
    Ok(())
}

async fn contact_port(world: &mut World, arguments: Arguments) -> StepResult {
    let port = u16::try_from(arguments.integer(1)?)
        .map_err(|_| Failure::new(FailureClass::Misuse, "a port is a number from 0 to 65535"))?;
    let (actor, request) = pending(world)?;
    request
        .set_contact_port(port)
        .map_err(|error| phone_failure(error, &actor))
}

fn response(world: &mut World) -> Result<(Arc<Actor>, Message), Failure> {
    let (actor, request) = pending(world)?;
    let response = request.response().cloned().ok_or_else(|| {
        failure(
            FailureClass::Misuse,
            &actor,
            "the request has had no response yet",
        )
    })?;
    Ok((actor, response))
}

async fn response_contains(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, response) = response(world)?;
    let (name, wanted) = (arguments.header(1)?, arguments.text(2)?);
    if response
        .headers_by_text(name)
        .any(|header| header.unfolded().contains(wanted))
    {
        return Ok(());
    }
    let found = values(&response, name);
    let summary = format!("{name} of the response is {found}, expected \"{wanted}\" in it");
    Err(failure(FailureClass::Assertion, &actor, summary))
}

async fn response_lacks(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, response) = response(world)?;
    let name = arguments.header(1)?;
    if response.headers_by_text(name).next().is_none() {
        return Ok(());
    }
    let summary = format!("the response has {name}: {}", values(&response, name));
    Err(failure(FailureClass::Assertion, &actor, summary))
}
