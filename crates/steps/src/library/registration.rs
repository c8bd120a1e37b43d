//! Registering and what the registrar says.

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Direction, Failure, FailureClass};
use gannet_phone::PhoneError;
use gannet_sip::{HeaderName, Method};

use super::support::{deadline, failure, ready, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Registration";

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} registers",
            section: SECTION,
            about: "Registers and waits for the 200. With `Given` nothing is sent if the phone is registered already.",
            example: "Alice registers",
            run: registers,
        ),
        step!(
            "{phone} registers with expires {n}",
            section: SECTION,
            about: "Registers and asks for this lifetime in seconds.",
            example: "Alice registers with expires 60",
            run: registers_for,
        ),
        step!(
            "{phone} registers and is refused with {code}",
            section: SECTION,
            about: "Registers and expects that the registrar refuses it with this code.",
            example: "Alice registers and is refused with 403",
            run: is_refused,
        ),
        step!(
            "{phone} unregisters",
            section: SECTION,
            about: "Removes the contact from the registrar and waits for the 200.",
            example: "Alice unregisters",
            run: unregisters,
        ),
        step!(
            "{phone} is registered",
            section: SECTION,
            about: "Waits until the registrar has bound the phone's contact.",
            example: "Alice is registered",
            condition,
            run: is_registered,
        ),
        step!(
            "{phone} is registered at the server",
            section: SECTION,
            about: "The last REGISTER, sent by the phone itself or message by message, was accepted.",
            example: "Alice is registered at the server",
            condition,
            run: is_bound,
        ),
        step!(
            "{phone} is not registered",
            section: SECTION,
            about: "The phone has no binding now, and gets none unless a sentence registers it.",
            example: "Alice is not registered",
            no within,
            condition,
            run: is_not_registered,
        ),
        step!(
            "{phone} is unregistered",
            section: SECTION,
            about: "The last REGISTER, sent by the phone itself or message by message, removed the contact.",
            example: "Alice is unregistered",
            no within,
            condition,
            run: is_unbound,
        ),
        step!(
            "{phone} has the wrong password",
            section: SECTION,
            about: "From now on the phone answers challenges with a password that is not its own. Say it before the phone registers.",
            example: "Alice has the wrong password",
            no within,
            run: wrong_password,
        ),
        step!(
            "{phone} refreshes its registration",
            section: SECTION,
            about: "Waits until the phone registers again by itself and the registrar agrees.",
            example: "Alice refreshes its registration within 40 seconds",
            run: refreshes,
        ),
        step!(
            "{phone} has {n} registered contact(s)",
            section: SECTION,
            about: "The last 200 to REGISTER lists so many contacts.",
            example: "Alice has 1 registered contact",
            no within,
            condition,
            run: has_contacts,
        ),
    ]
}

async fn registers(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    if arguments.is_given() && actor.phone.state().registration.is_registered() {
        return Ok(());
    }
    register(world, &arguments, &actor, None).await
}

async fn registers_for(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let seconds = arguments.integer(1)?;
    if u32::try_from(seconds).is_err() {
        // RFC 3261 20.19
        let summary = format!("Expires holds {} seconds at most, not {seconds}", u32::MAX);
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    if seconds == 0 {
        // A lifetime of zero removes the contact (RFC 3261 10.2.2).
        return unregister(world, &arguments, &actor).await;
    }
    let expires = Duration::from_secs(seconds);
    register(world, &arguments, &actor, Some(expires)).await
}

async fn register(
    world: &mut World,
    arguments: &Arguments,
    actor: &Arc<Actor>,
    expires: Option<Duration>,
) -> StepResult {
    let limit = world.signalling(arguments);
    world.notes.manual.insert(actor.name().to_owned());
    let work = actor.phone.register(expires, deadline(limit));
    wait(world, actor, "200 to REGISTER", limit, work).await?;
    actor.consume_to(actor.phone.log().next_seq());
    Ok(())
}

async fn is_refused(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let codes = arguments.codes(1)?;
    let limit = world.signalling(&arguments);
    world.notes.manual.insert(actor.name().to_owned());
    let what = format!("{codes} to REGISTER");
    let work = async {
        match actor.phone.register(None, deadline(limit)).await {
            Err(PhoneError::Refused { code, .. }) => Ok(Some(code)),
            Ok(_) => Ok(None),
            Err(other) => Err(other),
        }
    };
    let code = wait(world, &actor, &what, limit, work).await?;
    match code {
        Some(code) if codes.contains(code) => Ok(()),
        Some(code) => Err(failure(
            FailureClass::UnexpectedResponse,
            &actor,
            format!(
                "{} expected {codes} to REGISTER and got {code}",
                actor.name()
            ),
        )),
        None => Err(failure(
            FailureClass::UnexpectedResponse,
            &actor,
            format!(
                "{} expected {codes} to REGISTER, but it was accepted",
                actor.name()
            ),
        )),
    }
}

async fn unregisters(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    unregister(world, &arguments, &actor).await
}

async fn unregister(world: &mut World, arguments: &Arguments, actor: &Arc<Actor>) -> StepResult {
    let limit = world.signalling(arguments);
    world.notes.manual.insert(actor.name().to_owned());
    let work = actor.phone.unregister(deadline(limit));
    wait(world, actor, "200 to REGISTER with expiry 0", limit, work).await
}

async fn is_registered(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    let work = actor.phone.wait_registered(deadline(limit));
    wait(world, &actor, "the registration", limit, work).await
}

async fn is_not_registered(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    // It stays so: no later sentence registers it without saying so.
    world.notes.manual.insert(actor.name().to_owned());
    if actor.phone.state().registration.is_registered() {
        let summary = format!("{} is registered", actor.name());
        return Err(failure(FailureClass::Assertion, &actor, summary));
    }
    Ok(())
}

async fn is_bound(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let contacts = last_registration(&actor)?;
    if contacts == 0 {
        let summary = format!("the registrar lists no contact of {}", actor.name());
        return Err(failure(FailureClass::NotRegistered, &actor, summary));
    }
    Ok(())
}

async fn is_unbound(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let contacts = last_registration(&actor)?;
    if contacts != 0 {
        let summary = format!(
            "the registrar still lists {contacts} contact(s) of {}",
            actor.name()
        );
        return Err(failure(FailureClass::Assertion, &actor, summary));
    }
    Ok(())
}

async fn has_contacts(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = arguments.integer(1)?;
    let found = last_registration(&actor)? as u64;
    if found == wanted {
        return Ok(());
    }
    let summary = format!(
        "the registrar lists {found} contact(s) of {}, expected {wanted}",
        actor.name()
    );
    Err(failure(FailureClass::Assertion, &actor, summary))
}

/// How many contacts the last final response to REGISTER lists; it must be a 200.
fn last_registration(actor: &Arc<Actor>) -> Result<usize, Failure> {
    let entries = actor.phone.log().all();
    let response = entries
        .iter()
        .rev()
        .map(|entry| (entry.direction, &entry.message))
        .find(|(direction, message)| {
            *direction == Direction::Received
                && message.status().is_some_and(|code| code >= 200)
                && message.method() == Some(Method::Register)
        });
    let Some((_, response)) = response else {
        let summary = format!("{} has sent no REGISTER that was answered", actor.name());
        return Err(failure(FailureClass::NotRegistered, actor, summary));
    };
    if response.status() != Some(200) {
        let summary = format!(
            "the last answer to REGISTER of {} is {}",
            actor.name(),
            response.title()
        );
        return Err(failure(FailureClass::NotRegistered, actor, summary));
    }
    Ok(response
        .name_addrs(HeaderName::Contact)
        .filter_map(Result::ok)
        .count())
}

async fn wrong_password(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.phone(0)?.to_owned();
    let mut setup = world.notes.setups.get(&name).cloned().unwrap_or_default();
    setup.name.clone_from(&name);
    setup.wrong_password = true;
    world.notes.manual.remove(&name);
    world.use_phone(setup).await.map(drop)
}

async fn refreshes(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    ready(world).await?;
    let limit = world.signalling(&arguments);
    let before = actor.phone.state().registrations_done;
    let work = actor
        .phone
        .wait_for_state(deadline(limit), "another REGISTER", |state| {
            state.registrations_done > before
        });
    let state = wait(world, &actor, "another REGISTER", limit, work).await?;
    if state.registration.is_registered() {
        return Ok(());
    }
    let error = failure(
        FailureClass::NotRegistered,
        &actor,
        state.registration.to_string(),
    );
    Err(error)
}
