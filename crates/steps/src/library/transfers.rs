//! Transfers: asking the other side of a call, or anybody, to call somebody else.

use std::sync::Arc;

use gannet_events::FailureClass;
use gannet_phone::{CallOptions, CallState, TransferOptions, TransferState, TransferTo};

use super::several_calls::named_call;
use super::support::{active_call, deadline, failure, ready_phone, wait};
use super::transferring::{
    Transfer, call_with, consult, heard_by_both, is_with, last_transfer, transfer,
};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Transfers";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} transfers the call to {dest}",
            section: SECTION,
            about: "Asks the other side by REFER to call there, and waits for the response to REFER, whatever it is. The phone hangs up when its profile says so: as a rule once it is told that the new call was answered.",
            example: "Alice transfers the call to Charlie",
            run: transfers,
            with: false,
        ),
        step!(
            "{phone} transfers the call to {dest} blind",
            section: SECTION,
            about: "The same, and the phone hangs up as soon as the other side has agreed.",
            example: "Alice transfers the call to Charlie blind",
            run: transfers,
            with: true,
        ),
        step!(
            "{phone} transfers to {dest}",
            section: SECTION,
            about: "The same as `transfers the call to`, and waits until the call of the phone is over.",
            example: "Alice transfers to Charlie",
            run: transfers_away,
        ),
        step!(
            "{phone} transfers attended to {phone}",
            section: SECTION,
            about: "Connects the two calls of the phone: the other side of the one is asked to take the phone's place in the one with this phone (Replaces, RFC 3891). If there is no call with it yet, puts the call on hold, calls it and waits for its answer.",
            example: "Alice transfers attended to Charlie",
            run: transfers_attended,
        ),
        step!(
            "{phone} transfers call {word} to {dest}",
            section: SECTION,
            about: "The same as `transfers the call to` for a call with a name.",
            example: "Alice transfers call first to Charlie",
            run: transfers_named,
        ),
        step!(
            "{phone} transfers call {word} to call {word}",
            section: SECTION,
            about: "The same as `transfers attended to` for two calls with names: who is in the first is connected with who is in the second.",
            example: "Alice transfers call first to call second",
            run: transfers_between,
        ),
        step!(
            "{phone} refers {dest} to {dest}",
            section: SECTION,
            about: "Asks somebody by REFER outside of any call to call somebody (click to dial), and waits for the response to REFER, whatever it is.",
            example: "Alice refers Bob to Charlie",
            run: refers,
            with: false,
        ),
        step!(
            "{phone} refers {dest} directly to {dest}",
            section: SECTION,
            about: "The same past the server, at the contact address of a phone or the address in a URI.",
            example: "Alice refers Bob directly to Charlie",
            run: refers,
            with: true,
        ),
        step!(
            "the transfer succeeds",
            section: SECTION,
            about: "Waits until it is told that the call that was asked for last was answered; where the REFER wants no news, that it was accepted.",
            example: "the transfer succeeds",
            condition,
            run: succeeds,
        ),
        step!(
            "the transfer fails with {code}",
            section: SECTION,
            about: "Waits until the call that was asked for last was refused with this code, or the REFER itself was.",
            example: "the transfer fails with 486",
            condition,
            run: fails,
        ),
        step!(
            "{phone} is transferred to {dest}",
            section: SECTION,
            about: "Waits until the phone talks to whom it was transferred: both hear each other's own audio. If that is no phone of the scenario: until the call that it was asked to make is answered.",
            example: "Bob is transferred to Charlie",
            condition,
            run: is_transferred,
        ),
        step!(
            "{phone} accepts the transfer",
            section: SECTION,
            about: "With the profile's transfer.accept at \"ask\": waits for a REFER and makes the call that it asks for.",
            example: "Bob accepts the transfer",
            run: accepts,
        ),
        step!(
            "{phone} refuses the transfer",
            section: SECTION,
            about: "The same, and refuses: the referrer is told 603.",
            example: "Bob refuses the transfer",
            run: refuses,
        ),
    ]
}

async fn transfers(world: &mut World, arguments: Arguments, blind: bool) -> StepResult {
    let options = TransferOptions {
        blind,
        ..TransferOptions::default()
    };
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = active_call(&actor)?.handle;
    let to = TransferTo::Destination(world.destination(arguments.dest(1)?)?);
    let limit = world.signalling(&arguments);
    let what = Transfer { call, to, options };
    transfer(world, &actor, what, limit).await
}

async fn transfers_away(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = active_call(&actor)?.handle;
    let to = TransferTo::Destination(world.destination(arguments.dest(1)?)?);
    let limit = world.signalling(&arguments);
    let options = TransferOptions::default();
    let what = Transfer { call, to, options };
    transfer(world, &actor, what, limit).await?;
    let (_, record) = last_transfer(world)?;
    if let TransferState::Failed { .. } = record.state {
        let summary = format!("the transfer of {} failed: {}", actor.name(), record.state);
        return Err(failure(FailureClass::UnexpectedResponse, &actor, summary));
    }
    let work = actor.phone.wait_ended(call, deadline(limit));
    wait(world, &actor, "the end of the call", limit, work)
        .await
        .map(drop)
}

async fn transfers_attended(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let target = ready_phone(world, arguments.phone(1)?).await?;
    let limit = world.signalling(&arguments);
    let consultation = match call_with(&actor, &target) {
        Some(call) => call,
        None => consult(world, &actor, &target, limit).await?,
    };
    let state = actor.phone.state();
    let first = state
        .open_calls()
        .rfind(|record| record.handle != consultation && record.state == CallState::Answered);
    let Some(first) = first else {
        let summary = format!(
            "{} has no call to transfer beside the one with {}",
            actor.name(),
            target.name()
        );
        return Err(failure(FailureClass::Misuse, &actor, summary));
    };
    let what = Transfer {
        call: first.handle,
        to: TransferTo::Call(consultation),
        options: TransferOptions::default(),
    };
    transfer(world, &actor, what, limit).await
}

async fn transfers_named(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = named_call(world, &actor, arguments.text(1)?)?;
    let to = TransferTo::Destination(world.destination(arguments.dest(2)?)?);
    let limit = world.signalling(&arguments);
    let options = TransferOptions::default();
    transfer(world, &actor, Transfer { call, to, options }, limit).await
}

async fn transfers_between(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = named_call(world, &actor, arguments.text(1)?)?;
    let to = TransferTo::Call(named_call(world, &actor, arguments.text(2)?)?);
    let limit = world.signalling(&arguments);
    let options = TransferOptions::default();
    transfer(world, &actor, Transfer { call, to, options }, limit).await
}

async fn refers(world: &mut World, arguments: Arguments, straight: bool) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let options = CallOptions {
        straight,
        ..CallOptions::default()
    };
    let whom = super::calls::whither(world, arguments.dest(1)?, &options)?;
    let to = world.destination(arguments.dest(2)?)?;
    let limit = world.signalling(&arguments);
    let options = TransferOptions::default();
    let work = actor
        .phone
        .refer(whom, straight, to, options, deadline(limit));
    let number = wait(world, &actor, "a response to REFER", limit, work).await?;
    world.notes.last_transfer = Some((actor.name().to_owned(), number));
    Ok(())
}

async fn over(world: &mut World, arguments: &Arguments) -> Result<Ended, gannet_events::Failure> {
    let (actor, record) = last_transfer(world)?;
    let limit = world.signalling(arguments);
    let what = "the end of the transfer";
    let is_over = |record: &gannet_phone::TransferRecord| record.state.is_over();
    let work = actor
        .phone
        .wait_transfer(record.number, what, deadline(limit), is_over);
    let record = wait(world, &actor, what, limit, work).await?;
    Ok((actor, record.state))
}

type Ended = (Arc<Actor>, TransferState);

async fn succeeds(world: &mut World, arguments: Arguments) -> StepResult {
    match over(world, &arguments).await? {
        (_, TransferState::Succeeded { .. }) => Ok(()),
        (actor, state) => {
            let summary = format!("the transfer of {} did not succeed: {state}", actor.name());
            Err(failure(FailureClass::UnexpectedResponse, &actor, summary))
        }
    }
}

async fn fails(world: &mut World, arguments: Arguments) -> StepResult {
    let codes = arguments.codes(0)?;
    match over(world, &arguments).await? {
        (_, TransferState::Failed { code, .. }) if codes.contains(code) => Ok(()),
        (actor, state) => {
            let name = actor.name();
            let summary = format!("expected the transfer of {name} to fail with {codes}: {state}");
            Err(failure(FailureClass::UnexpectedResponse, &actor, summary))
        }
    }
}

async fn is_transferred(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let name = arguments.dest(1)?.to_owned();
    if let Some(target) = world.existing(&name) {
        let limit = world.media(&arguments);
        return heard_by_both(world, &actor, &target, limit).await;
    }
    let destination = world.destination(&name)?;
    let limit = world.signalling(&arguments);
    let what = format!("an answered call to {name} that somebody asked for");
    let work = actor.phone.wait_for_state(deadline(limit), &what, |state| {
        state.open_calls().any(|record| {
            record.referred && record.confirmed && is_with(&record.remote.uri, &destination)
        })
    });
    wait(world, &actor, &what, limit, work).await.map(drop)
}

async fn accepts(world: &mut World, arguments: Arguments) -> StepResult {
    decide(world, &arguments, None).await
}

async fn refuses(world: &mut World, arguments: Arguments) -> StepResult {
    decide(world, &arguments, Some(603)).await
}

async fn decide(world: &mut World, arguments: &Arguments, refusal: Option<u16>) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(arguments);
    let what = "a REFER to decide about";
    let work = actor
        .phone
        .wait_for_state(deadline(limit), what, |state| state.transfers_waiting > 0);
    wait(world, &actor, what, limit, work).await?;
    let decided = actor.phone.decide_referral(refusal).await;
    decided.map_err(|error| phone_failure(error, &actor))
}
