//! What was received.

use std::sync::Arc;
use std::time::Instant;

use gannet_events::{Difference, Direction, Failure, FailureClass, NearestMessage};
use gannet_net::wallclock_of;
use gannet_phone::LogEntry;
use gannet_sip::{HeaderName, Message, Method, NameAddr};
use gannet_stir::{Outcome, Verdict};

use super::super::support::{failure, ready_phone};
use super::signing::attestation as letter;
use crate::{Actor, Arguments, StepResult, World};

/// The newest INVITE that the phone has received and that begins a call; if there is none, the next one.
pub(super) async fn invite_of(
    world: &mut World,
    arguments: &Arguments,
    phone: usize,
) -> Result<(Arc<Actor>, Arc<LogEntry>), Failure> {
    let actor = ready_phone(world, arguments.phone(phone)?).await?;
    let limit = world.signalling(arguments);
    let fits = |entry: &LogEntry| {
        let message = &entry.message;
        entry.direction == Direction::Received
            && message.is_request()
            && message.method() == Some(Method::Invite)
            && message.to_tag().is_none()
    };
    let newest = actor.phone.log().all();
    let newest = newest.into_iter().rev().find(|entry| fits(entry));
    let found = if newest.is_some() {
        newest
    } else {
        let log = actor.phone.log();
        let work = log.wait_for(0, Instant::now() + limit, |entry| fits(entry));
        let what = format!("waiting for INVITE at {}", actor.name());
        world.progress().during(&what, limit, work).await
    };
    let Some(entry) = found else {
        let summary = format!("{} has not received INVITE", actor.name());
        let missing = failure(FailureClass::Timeout, &actor, summary);
        return Err(missing.waiting_for("INVITE", limit));
    };
    Ok((actor, entry))
}

/// The INVITE, and what is to be said of it.
async fn judge(
    world: &mut World,
    arguments: &Arguments,
) -> Result<(Arc<Actor>, Arc<LogEntry>, Outcome), Failure> {
    let (actor, entry) = invite_of(world, arguments, 0).await?;
    let kit = world.stir_kit()?;
    let at = wallclock_of(entry.at).as_secs();
    let message = entry.message.clone();
    // Certificates may have to be fetched.
    let work = tokio::task::spawn_blocking(move || kit.judge(&message, at));
    let outcome = work
        .await
        .map_err(|error| failure(FailureClass::Panic, &actor, error.to_string()))??;
    Ok((actor, entry, outcome))
}

fn differs(
    actor: &Actor,
    message: &Message,
    what: &str,
    expected: String,
    received: String,
) -> Failure {
    let summary = format!(
        "{what} of the INVITE that {} received is {received}, expected {expected}",
        actor.name()
    );
    let difference = Difference {
        what: what.to_owned(),
        expected,
        received,
    };
    let nearest = NearestMessage {
        bytes: message.bytes().clone(),
        differences: vec![difference],
    };
    let found = failure(FailureClass::Assertion, actor, summary).with_nearest(nearest);
    match message.call_id() {
        Some(call_id) => found.in_call(call_id),
        None => found,
    }
}

/// Each token with its verdict.
fn told(mut failure: Failure, outcome: &Outcome) -> Failure {
    for (at, token) in outcome.tokens.iter().enumerate() {
        let number = at + 1;
        let line = format!(
            "Identity {number} is {}: {}",
            token.verdict,
            token.verdict.meaning()
        );
        failure = failure.detail(match token.detail.as_str() {
            "" => line,
            detail => format!("{line}; {detail}"),
        });
    }
    failure
}

async fn expect_verdict(
    world: &mut World,
    arguments: &Arguments,
    wanted: Verdict,
) -> Result<(), Failure> {
    let (actor, entry, outcome) = judge(world, arguments).await?;
    if outcome.verdict == wanted {
        return Ok(());
    }
    let (expected, received) = (wanted.to_string(), outcome.verdict.to_string());
    let found = differs(&actor, &entry.message, "Identity", expected, received);
    Err(told(found, &outcome))
}

pub(super) async fn valid(world: &mut World, arguments: Arguments) -> StepResult {
    expect_verdict(world, &arguments, Verdict::Valid).await
}

pub(super) async fn judged(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.text(1)?;
    let wanted = Verdict::of_name(name).ok_or_else(|| {
        let names: Vec<_> = Verdict::all().map(Verdict::name).collect();
        let summary = format!("`{name}` is no verdict; there are {}", names.join(", "));
        Failure::new(FailureClass::Misuse, summary)
    })?;
    expect_verdict(world, &arguments, wanted).await
}

pub(super) async fn attestation(world: &mut World, arguments: Arguments) -> StepResult {
    let wanted = letter(arguments.text(1)?)?;
    let (actor, entry, outcome) = judge(world, &arguments).await?;
    let mut found = outcome.valid().filter_map(|passport| passport.attest);
    if found.any(|attest| attest == wanted) {
        return Ok(());
    }
    let received = outcome.attestation().map(|attest| attest.to_string());
    let received = received.unwrap_or_else(|| format!("none ({})", outcome.verdict));
    let what = "the attestation";
    let failed = differs(&actor, &entry.message, what, wanted.to_string(), received);
    Err(told(failed, &outcome))
}

pub(super) async fn origid(world: &mut World, arguments: Arguments) -> StepResult {
    let wanted = arguments.text(1)?.to_owned();
    let (actor, entry, outcome) = judge(world, &arguments).await?;
    let found: Vec<_> = outcome
        .valid()
        .filter_map(|passport| passport.origid.clone())
        .collect();
    if found.contains(&wanted) {
        return Ok(());
    }
    let received = match &found[..] {
        [] => format!("none ({})", outcome.verdict),
        some => some.join(" and "),
    };
    let failed = differs(&actor, &entry.message, "the origid", wanted, received);
    Err(told(failed, &outcome))
}

pub(super) async fn verstat(world: &mut World, arguments: Arguments) -> StepResult {
    let wanted = arguments.text(1)?.to_owned();
    let (actor, entry) = invite_of(world, &arguments, 0).await?;
    let message = &entry.message;
    let addresses = message
        .from()
        .into_iter()
        .chain(message.name_addrs(HeaderName::PAssertedIdentity).flatten());
    let found: Vec<String> = addresses.filter_map(|one| verstat_of(&one)).collect();
    if found.contains(&wanted) {
        return Ok(());
    }
    let received = match &found[..] {
        [] => "absent".to_owned(),
        some => some.join(" and "),
    };
    Err(differs(&actor, message, "verstat", wanted, received))
}

/// A parameter of the number in the user part, of the URI, or of the header field.
fn verstat_of(address: &NameAddr) -> Option<String> {
    let user = address.uri.user_decoded().unwrap_or_default();
    let in_user = user.split(';').skip(1).find_map(|param| {
        let (name, value) = param.split_once('=')?;
        name.eq_ignore_ascii_case("verstat")
            .then(|| value.to_owned())
    });
    in_user
        .or_else(|| address.uri.params.get("verstat").map(str::to_owned))
        .or_else(|| address.params.get_unquoted("verstat"))
}

pub(super) async fn none(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, entry) = invite_of(world, &arguments, 0).await?;
    let count = entry.message.headers_named(HeaderName::Identity).count();
    if count == 0 {
        return Ok(());
    }
    let (expected, received) = ("absent".to_owned(), format!("there {count} times"));
    Err(differs(
        &actor,
        &entry.message,
        "Identity",
        expected,
        received,
    ))
}
