//! Flows (RFC 5626), GRUUs (RFC 5627), and what the embedded registrar does about them.

use std::sync::Arc;

use gannet_events::{Failure, FailureClass};
use gannet_pbx::{Pbx, RegistrarFeatures};
use gannet_phone::{CallOptions, Destination, FlowState, Gruus, PhoneState};
use gannet_sip::Uri;

use super::calls::call_at;
use super::support::{deadline, failure, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Flows and GRUU";

/// Which of a phone's GRUUs.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Public,
    Temporary,
}

/// The sentences of this subject.
// tidy(function-length): a table, one entry for each sentence
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} has {n} flow(s)",
            section: SECTION,
            about: "Waits until so many flows of the phone are registered (RFC 5626). Profile setting: registration.flows.",
            example: "Alice has 2 flows",
            condition,
            run: has_flows,
        ),
        step!(
            "flow {n} of {phone} is cut",
            section: SECTION,
            about: "Closes the connection of this flow, which must go over tcp. The phone notices and forms it anew.",
            example: "flow 1 of Alice is cut",
            no within,
            run: is_cut,
        ),
        step!(
            "flow {n} of {phone} fails",
            section: SECTION,
            about: "Waits until the phone sees that the flow has failed: its connection is closed, a keep-alive is not answered, or its address in front of a NAT has changed. One failure is enough, however long ago.",
            example: "flow 1 of Alice fails",
            condition,
            run: fails,
        ),
        step!(
            "flow {n} of {phone} recovers",
            section: SECTION,
            about: "Waits until the flow is registered again after its last failure, of which there must be one.",
            example: "flow 1 of Alice recovers within 3 seconds",
            condition,
            run: recovers,
        ),
        step!(
            "flow {n} of {phone} is kept alive",
            section: SECTION,
            about: "Waits until the server answers the next keep-alive: CRLF over tcp, STUN over udp, or what keep-alive.kind says. Without RFC 5626 the phone's only way to the server is flow 1.",
            example: "flow 1 of Alice is kept alive within 30 seconds",
            run: is_kept_alive,
        ),
        step!(
            "the server gives {phone} the flow(s)",
            section: SECTION,
            about: "The last 200 to REGISTER requires outbound for every flow of the phone: requests will come down these flows.",
            example: "the server gives Alice the flows",
            condition,
            run: are_granted,
        ),
        step!(
            "{phone} is granted a GRUU",
            section: SECTION,
            about: "Waits until the registrar has given the phone a public and a temporary GRUU (RFC 5627). Profile setting: registration.gruu.",
            example: "Alice is granted a GRUU",
            condition,
            run: is_granted,
        ),
        step!(
            "{phone} calls the public GRUU of {phone}",
            section: SECTION,
            about: "As `calls`: only the device with that GRUU rings.",
            example: "Bob calls the public GRUU of Alice",
            run: calls_gruu,
            with: Kind::Public,
        ),
        step!(
            "{phone} calls the temporary GRUU of {phone}",
            section: SECTION,
            about: "As `calls`, by an address that does not tell who it belongs to.",
            example: "Bob calls the temporary GRUU of Alice",
            run: calls_gruu,
            with: Kind::Temporary,
        ),
        step!(
            "the public GRUU of {phone} is stored as {var}",
            section: SECTION,
            about: "Waits for it; later sentences can use it as ${name}.",
            example: "the public GRUU of Alice is stored as gruu",
            run: stores_gruu,
            with: Kind::Public,
        ),
        step!(
            "the temporary GRUU of {phone} is stored as {var}",
            section: SECTION,
            about: "Waits for it; later sentences can use it as ${name}.",
            example: "the temporary GRUU of Alice is stored as gruu",
            run: stores_gruu,
            with: Kind::Temporary,
        ),
        step!(
            "the embedded server gives a Service-Route",
            section: SECTION,
            about: "From now on the 200 to REGISTER has a Service-Route (RFC 3608). Say it before the phones register.",
            example: "the embedded server gives a Service-Route",
            no within,
            run: gives_service_route,
        ),
        step!(
            "the embedded server names a Flow-Timer of {time}",
            section: SECTION,
            about: "From now on the 200 to REGISTER says how often flows must be kept alive; those that are silent for one and a half times as long are dropped (RFC 5626 4.4).",
            example: "the embedded server names a Flow-Timer of 10 seconds",
            no within,
            run: names_flow_timer,
        ),
        step!(
            "the embedded server does without {word}",
            section: SECTION,
            about: "From now on the registrar does not know outbound (RFC 5626), gruu (RFC 5627) or path (RFC 3327).",
            example: "the embedded server does without outbound",
            no within,
            run: does_without,
        ),
    ]
}

async fn has_flows(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = usize::try_from(arguments.integer(1)?).unwrap_or(usize::MAX);
    let limit = world.signalling(&arguments);
    let work = actor.phone.wait_flows(wanted, deadline(limit));
    let what = format!("{wanted} registered flow(s)");
    wait(world, &actor, &what, limit, work).await
}

/// The number of a flow in a sentence, and whose it is.
async fn flow_of(world: &mut World, arguments: &Arguments) -> Result<(u32, Arc<Actor>), Failure> {
    let actor = ready_phone(world, arguments.phone(1)?).await?;
    let number = u32::try_from(arguments.integer(0)?).unwrap_or(u32::MAX);
    let state = actor.phone.state();
    if state
        .flows
        .iter()
        .any(|flow| flow.number.unwrap_or(1) == number)
    {
        return Ok((number, actor));
    }
    let flows: Vec<_> = state.flows.iter().map(ToString::to_string).collect();
    let summary = format!("{} has no flow {number}", actor.name());
    let failed = failure(FailureClass::Misuse, &actor, summary);
    Err(if flows.is_empty() {
        failed.detail("it is not registered")
    } else {
        failed.detail(flows.join(", "))
    })
}

async fn is_cut(world: &mut World, arguments: Arguments) -> StepResult {
    let (number, actor) = flow_of(world, &arguments).await?;
    actor
        .phone
        .cut_flow(number)
        .await
        .map_err(|error| phone_failure(error, &actor))
}

async fn fails(world: &mut World, arguments: Arguments) -> StepResult {
    let what = |number| format!("flow {number} to fail");
    wait_flow(world, &arguments, what, |flow| flow.failures > 0).await
}

async fn recovers(world: &mut World, arguments: Arguments) -> StepResult {
    let what = |number| format!("flow {number} to be registered again");
    let recovered =
        |flow: &FlowState| flow.is_registered() && flow.failures > 0 && flow.recoveries > 0;
    wait_flow(world, &arguments, what, recovered).await
}

async fn is_kept_alive(world: &mut World, arguments: Arguments) -> StepResult {
    let (number, actor) = flow_of(world, &arguments).await?;
    let state = actor.phone.state();
    let mut flows = state.flows.iter();
    let before = flows
        .find(|flow| flow.number.unwrap_or(1) == number)
        .map_or(0, |flow| flow.kept_alive);
    let what = |number| format!("an answer to a keep-alive over flow {number}");
    wait_flow(world, &arguments, what, |flow| flow.kept_alive > before).await
}

async fn wait_flow(
    world: &mut World,
    arguments: &Arguments,
    what: impl Fn(u32) -> String,
    fits: impl Fn(&FlowState) -> bool,
) -> StepResult {
    let (number, actor) = flow_of(world, arguments).await?;
    let what = what(number);
    let limit = world.signalling(arguments);
    let work = actor.phone.wait_flow(number, &what, deadline(limit), fits);
    wait(world, &actor, &what, limit, work).await.map(drop)
}

async fn are_granted(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    let what = "Require: outbound for every flow";
    let granted = |state: &PhoneState| {
        !state.flows.is_empty() && state.flows.iter().all(|flow| flow.outbound)
    };
    let work = actor.phone.wait_for_state(deadline(limit), what, granted);
    wait(world, &actor, what, limit, work).await.map(drop)
}

async fn is_granted(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let what = "a public and a temporary GRUU";
    let both = |gruus: &Gruus| gruus.public.is_some() && gruus.temporary.is_some();
    gruus(world, &arguments, &actor, what, both).await.map(drop)
}

async fn gruus(
    world: &World,
    arguments: &Arguments,
    actor: &Arc<Actor>,
    what: &str,
    fits: impl Fn(&Gruus) -> bool,
) -> Result<Gruus, Failure> {
    if actor.phone.profile().registration.gruu == gannet_phone::profile::GruuUse::Off {
        let summary = format!("{} asks for no GRUU", actor.name());
        let failed = failure(FailureClass::Misuse, actor, summary);
        return Err(failed.detail("set registration.gruu of its profile to public or temporary"));
    }
    let limit = world.signalling(arguments);
    let work = actor.phone.wait_gruus(what, deadline(limit), fits);
    wait(world, actor, what, limit, work).await
}

/// The GRUU of a phone, once it has one.
async fn gruu_of(
    world: &mut World,
    arguments: &Arguments,
    name: &str,
    kind: Kind,
) -> Result<Uri, Failure> {
    let actor = ready_phone(world, name).await?;
    let (what, chosen): (_, fn(Gruus) -> Option<Uri>) = match kind {
        Kind::Public => ("a public GRUU", |gruus| gruus.public),
        Kind::Temporary => ("a temporary GRUU", |gruus| gruus.temporary),
    };
    let has = |gruus: &Gruus| chosen(gruus.clone()).is_some();
    let granted = gruus(world, arguments, &actor, what, has).await?;
    chosen(granted).ok_or_else(|| failure(FailureClass::NotRegistered, &actor, what))
}

async fn calls_gruu(world: &mut World, arguments: Arguments, kind: Kind) -> StepResult {
    let owner = arguments.phone(1)?.to_owned();
    let uri = gruu_of(world, &arguments, &owner, kind).await?;
    let address = Some(Destination::Uri(uri));
    call_at(world, &arguments, address, CallOptions::default()).await
}

async fn stores_gruu(world: &mut World, arguments: Arguments, kind: Kind) -> StepResult {
    let owner = arguments.phone(0)?.to_owned();
    let uri = gruu_of(world, &arguments, &owner, kind).await?;
    world.set_variable(arguments.var(1)?, uri.to_string());
    Ok(())
}

async fn gives_service_route(world: &mut World, _: Arguments) -> StepResult {
    change_registrar(world, |features| features.service_route = true).await
}

async fn names_flow_timer(world: &mut World, arguments: Arguments) -> StepResult {
    let time = arguments.duration(0)?;
    if time.as_secs() == 0 || time.subsec_nanos() > 0 {
        let summary = "Flow-Timer holds whole seconds, at least one (RFC 5626 10)";
        return Err(Failure::new(FailureClass::Misuse, summary));
    }
    change_registrar(world, |features| features.flow_timer = Some(time)).await
}

async fn does_without(world: &mut World, arguments: Arguments) -> StepResult {
    let word = arguments.text(0)?.to_owned();
    let feature: fn(&mut RegistrarFeatures) -> &mut bool = match word.as_str() {
        "outbound" => |features| &mut features.outbound,
        "gruu" => |features| &mut features.gruu,
        "path" => |features| &mut features.path,
        _ => {
            let summary =
                format!("the registrar can do without outbound, gruu and path, not without {word}");
            return Err(Failure::new(FailureClass::Misuse, summary));
        }
    };
    change_registrar(world, |features| *feature(features) = false).await
}

async fn change_registrar(
    world: &mut World,
    change: impl FnOnce(&mut RegistrarFeatures),
) -> StepResult {
    let pbx = embedded(world)?;
    let configured = world.pbx_settings().registrar;
    let features = world.notes.registrar.get_or_insert(configured);
    change(features);
    let features = *features;
    let changed = pbx.set_registrar(features).await;
    changed.map_err(|error| Failure::new(FailureClass::Environment, error.to_string()))
}

/// The embedded server, which alone can be told how to behave.
pub(super) fn embedded(world: &World) -> Result<Pbx, Failure> {
    world.server().pbx().cloned().ok_or_else(|| {
        let summary = format!(
            "this sentence is for the embedded server, and the scenario runs at {}",
            world.server().name()
        );
        Failure::new(FailureClass::Misuse, summary)
    })
}
