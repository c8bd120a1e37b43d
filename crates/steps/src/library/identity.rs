//! Who a caller says to be or not to be, how urgent a call is, and why one ends: RFC 3323, 3325, 6878,
//! 3326; and phones of RFC 2543.

use std::sync::Arc;

use gannet_events::{Failure, FailureClass};
use gannet_pbx::TrustDomain;
use gannet_phone::CallOptions;

use super::calls::call;
use super::outbound::embedded;
use super::support::{deadline, failure, open_call, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Identity and reasons";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} calls {dest} with privacy {text}",
            section: SECTION,
            about: "As `calls`, with this Privacy field (RFC 3323): header, session, user, id, none, critical, separated by semicolons. What is asked for is for the server to do; From stays as it is.",
            example: "Alice calls Bob with privacy \"user;critical\"",
            run: calls_with_privacy,
        ),
        step!(
            "{phone} calls {dest} as identity {text}",
            section: SECTION,
            about: "As `calls`, with P-Preferred-Identity (RFC 3325 9.2): by which of its names the phone wants to be known.",
            example: "Alice calls Bob as identity \"sip:1001@example.org\"",
            run: calls_as_identity,
        ),
        step!(
            "{phone} calls {dest} with priority {word}",
            section: SECTION,
            about: "As `calls`, with this Priority: emergency, urgent, normal, non-urgent, psap-callback (RFC 6878), or any other word.",
            example: "Alice calls Bob with priority emergency",
            run: calls_with_priority,
        ),
        step!(
            "{phone} hangs up with reason {text}",
            section: SECTION,
            about: "As `hangs up`, with this Reason (RFC 3326) in the BYE or CANCEL.",
            example: "Bob hangs up with reason \"Q.850;cause=16;text=\\\"Terminated\\\"\"",
            run: hangs_up_with_reason,
        ),
        step!(
            "{phone} cancels the call with reason {text}",
            section: SECTION,
            about: "As `cancels the call`, with this Reason (RFC 3326) in the CANCEL.",
            example: "Alice cancels the call with reason \"SIP;cause=200;text=\\\"Call completed elsewhere\\\"\"",
            run: cancels_with_reason,
        ),
        step!(
            "the embedded server trusts the phones",
            section: SECTION,
            about: "From now on the phones belong to its trust domain (RFC 3325): what they assert is passed on, and they are told identities that must not leave it.",
            example: "the embedded server trusts the phones",
            no within,
            run: trusts_phones,
        ),
        step!(
            "{phone} speaks RFC 2543",
            section: SECTION,
            about: "From now on the phone is one of before 2002: branches without the magic cookie, no tags of its own, hold by 0.0.0.0, no loose routing. Say it before the phone registers.",
            example: "Alice speaks RFC 2543",
            no within,
            run: speaks_rfc_2543,
        ),
    ]
}

async fn call_with(
    world: &mut World,
    arguments: &Arguments,
    name: &str,
    value: String,
) -> StepResult {
    let options = CallOptions {
        headers: vec![(name.to_owned(), value)],
        ..CallOptions::default()
    };
    call(world, arguments, options).await
}

async fn calls_with_privacy(world: &mut World, arguments: Arguments) -> StepResult {
    let value = arguments.text(2)?.to_owned();
    call_with(world, &arguments, "Privacy", value).await
}

async fn calls_as_identity(world: &mut World, arguments: Arguments) -> StepResult {
    let uri = arguments.text(2)?;
    let value = if uri.contains('<') {
        uri.to_owned()
    } else {
        format!("<{uri}>")
    };
    call_with(world, &arguments, "P-Preferred-Identity", value).await
}

async fn calls_with_priority(world: &mut World, arguments: Arguments) -> StepResult {
    let value = arguments.text(2)?.to_owned();
    call_with(world, &arguments, "Priority", value).await
}

fn reason(arguments: &Arguments) -> Result<Vec<(String, String)>, Failure> {
    Ok(vec![("Reason".to_owned(), arguments.text(1)?.to_owned())])
}

async fn hangs_up_with_reason(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = open_call(&actor)?;
    if call.state == gannet_phone::CallState::Incoming {
        let summary = format!(
            "the call of {} is not answered: it ends by a response, which takes its reason from its code",
            actor.name()
        );
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    let limit = world.signalling(&arguments);
    let work = actor
        .phone
        .hang_up_with(call.handle, reason(&arguments)?, deadline(limit));
    ended(world, &actor, limit, work).await
}

async fn cancels_with_reason(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let call = open_call(&actor)?;
    let limit = world.signalling(&arguments);
    let work = actor
        .phone
        .cancel_with(call.handle, reason(&arguments)?, deadline(limit));
    ended(world, &actor, limit, work).await
}

async fn ended<T>(
    world: &World,
    actor: &Arc<Actor>,
    limit: std::time::Duration,
    work: impl Future<Output = Result<T, gannet_phone::PhoneError>>,
) -> StepResult {
    wait(world, actor, "the end of the call", limit, work)
        .await
        .map(drop)
}

async fn trusts_phones(world: &mut World, _: Arguments) -> StepResult {
    let pbx = embedded(world)?;
    let changed = pbx.set_trust(TrustDomain::Phones).await;
    changed.map_err(|error| Failure::new(FailureClass::Environment, error.to_string()))
}

async fn speaks_rfc_2543(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.phone(0)?.to_owned();
    let mut setup = world.notes.setups.get(&name).cloned().unwrap_or_default();
    setup.name.clone_from(&name);
    let setting = "messages.rfc2543".to_owned();
    setup.overrides.push((setting, "true".to_owned()));
    world.notes.manual.remove(&name);
    world.notes.setups.insert(name, setup.clone());
    world.use_phone(setup).await.map(drop)
}
