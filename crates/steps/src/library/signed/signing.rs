//! How calls are signed.

use gannet_events::{Direction, Failure, FailureClass};
use gannet_pbx::{IdentityRule, PbxStir};
use gannet_phone::{CallFields, CallOptions};
use gannet_sip::{HeaderName, Uri};
use gannet_stir::{Attestation, Fault, SignOrder, Signer};

use super::super::calls::call;
use super::super::outbound::embedded;
use super::super::support::failure;
use super::verifying::invite_of;
use crate::config::PbxStirSettings;
use crate::world::{Flaw, StirKit, wall_clock};
use crate::{Arguments, StepResult, World, phone_failure};

/// What the tokens of a phone are to be.
#[derive(Debug, Clone)]
pub(in super::super) struct Plan {
    attest: Attestation,
    kind: Kind,
    signer: Signer,
    origid: String,
    faults: Vec<Fault>,
}

/// Which tokens a call has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Shaken,
    Div,
    Rph,
}

/// What is wrong on purpose.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wrong {
    /// In the token.
    Token(Fault),
    /// With the certificate.
    Certificate(Flaw),
}

/// Whom a diverted call was for: of the numbers for fiction.
const DIVERTED: &str = "+12025550142";
/// RFC 4412 10.1: a priority of emergency telecommunications.
const PRIORITY: &str = "ets.0";

fn misuse(summary: String) -> Failure {
    Failure::new(FailureClass::Misuse, summary)
}

pub(super) fn attestation(text: &str) -> Result<Attestation, Failure> {
    Attestation::read(text)
        .ok_or_else(|| misuse(format!("`{text}` is no attestation; there are A, B and C")))
}

fn kind(text: &str) -> Result<Kind, Failure> {
    match text {
        "shaken" => Ok(Kind::Shaken),
        "div" => Ok(Kind::Div),
        "rph" => Ok(Kind::Rph),
        _ => Err(misuse(format!(
            "`{text}` is no ppt that can be signed; there are shaken, div and rph"
        ))),
    }
}

fn plan(kit: &StirKit, attest: Attestation, signer: Signer) -> Plan {
    Plan {
        attest,
        kind: Kind::Shaken,
        signer,
        origid: kit.origid().to_owned(),
        faults: Vec::new(),
    }
}

pub(super) async fn signed(world: &mut World, arguments: Arguments) -> StepResult {
    sign(world, &arguments, None, None).await
}

pub(super) async fn signed_by(world: &mut World, arguments: Arguments) -> StepResult {
    sign(world, &arguments, Some(2), None).await
}

pub(super) async fn signed_with_ppt(world: &mut World, arguments: Arguments) -> StepResult {
    sign(world, &arguments, None, Some(2)).await
}

pub(super) async fn signed_by_with_ppt(world: &mut World, arguments: Arguments) -> StepResult {
    sign(world, &arguments, Some(2), Some(3)).await
}

async fn sign(
    world: &mut World,
    arguments: &Arguments,
    file: Option<usize>,
    ppt: Option<usize>,
) -> StepResult {
    let name = arguments.phone(0)?;
    let attest = attestation(arguments.text(1)?)?;
    let kit = world.stir_kit()?;
    let signer = match file {
        Some(file) => kit.signer_of(&arguments.file(file)?)?,
        None => kit.signer(Flaw::None)?,
    };
    let mut plan = plan(&kit, attest, signer);
    if let Some(ppt) = ppt {
        plan.kind = kind(arguments.text(ppt)?)?;
    }
    world.notes.signing.insert(name.to_owned(), vec![plan]);
    apply(world, name).await
}

pub(super) async fn signed_again(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.phone(0)?;
    let attest = attestation(arguments.text(1)?)?;
    let kit = world.stir_kit()?;
    let plan = plan(&kit, attest, kit.signer(Flaw::None)?);
    let plans = world.notes.signing.entry(name.to_owned()).or_default();
    plans.push(plan);
    apply(world, name).await
}

pub(super) async fn wrong(world: &mut World, arguments: Arguments, wrong: Wrong) -> StepResult {
    let name = arguments.phone(0)?;
    let kit = world.stir_kit()?;
    let plans = world.notes.signing.entry(name.to_owned()).or_default();
    if plans.is_empty() {
        plans.push(plan(&kit, Attestation::A, kit.signer(Flaw::None)?));
    }
    if let Some(plan) = plans.last_mut() {
        match wrong {
            Wrong::Token(fault) => plan.faults.push(fault),
            Wrong::Certificate(flaw) => plan.signer = kit.signer(flaw)?,
        }
    }
    let deed = format!("the Identity of {name} is wrong: {wrong:?}");
    let deeds = world.notes.on_purpose.entry(name.to_owned()).or_default();
    deeds.push(deed);
    apply(world, name).await
}

/// Tells the phone what to put into its calls.
async fn apply(world: &mut World, name: &str) -> StepResult {
    let plans = world.notes.signing.get(name).cloned().unwrap_or_default();
    let actor = world.phone(name).await?;
    let fields = CallFields::new(move |from, to| fields(&plans, from, to, wall_clock()));
    let told = actor.phone.set_call_fields(Some(fields)).await;
    told.map_err(|error| phone_failure(error, &actor))
}

/// All header fields of a call. Date stands there once, as the last token has it.
fn fields(plans: &[Plan], from: &Uri, to: &Uri, now: u64) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for plan in plans {
        for order in orders(plan, to) {
            let dest = if plan.kind == Kind::Div && order.diverted_from.is_none() {
                diverted(to)
            } else {
                to.clone()
            };
            // Without randomness nothing can be signed: the call then goes out without Identity, which
            // the callee's sentence tells.
            let made = plan.signer.fields(&order, (from, &dest), now);
            for (name, value) in made.unwrap_or_default() {
                all.retain(|(known, _)| name != "Date" || known != "Date");
                all.push((name, value));
            }
        }
        if plan.kind == Kind::Rph {
            all.push(("Resource-Priority".to_owned(), PRIORITY.to_owned()));
        }
    }
    all
}

fn diverted(to: &Uri) -> Uri {
    let mut uri = Uri::sip(Some(DIVERTED), &to.host, None);
    uri.params.set("user", "phone");
    uri
}

/// The tokens of one plan: always one of shaken, and what the extension adds.
fn orders(plan: &Plan, to: &Uri) -> Vec<SignOrder> {
    let mut first = SignOrder::shaken(plan.attest, &plan.origid);
    first.faults.clone_from(&plan.faults);
    let second = SignOrder {
        faults: plan.faults.clone(),
        ..SignOrder::default()
    };
    match plan.kind {
        Kind::Shaken => vec![first],
        Kind::Div => vec![
            first,
            SignOrder {
                ppt: Some("div".to_owned()),
                diverted_from: Some(diverted(to)),
                ..second
            },
        ],
        Kind::Rph => vec![
            first,
            SignOrder {
                ppt: Some("rph".to_owned()),
                priorities: vec![PRIORITY.to_owned()],
                ..second
            },
        ],
    }
}

pub(super) async fn replayed(world: &mut World, arguments: Arguments) -> StepResult {
    let (actor, entry) = invite_of(world, &arguments, 2).await?;
    debug_assert_eq!(entry.direction, Direction::Received);
    let taken = |name: HeaderName| {
        let fields = entry.message.headers_named(name);
        fields.map(move |field| (name.as_str().to_owned(), field.unfolded().into_owned()))
    };
    let headers: Vec<_> = taken(HeaderName::Date)
        .chain(taken(HeaderName::Identity))
        .collect();
    if !headers.iter().any(|(name, _)| name == "Identity") {
        let summary = format!("the INVITE that {} received has no Identity", actor.name());
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    // What is replayed stands alone.
    let caller = world.phone(arguments.phone(0)?).await?;
    let silent = caller.phone.set_call_fields(None).await;
    silent.map_err(|error| phone_failure(error, &caller))?;
    let options = CallOptions {
        headers,
        ..CallOptions::default()
    };
    let called = call(world, &arguments, options).await;
    if world.notes.signing.contains_key(caller.name()) {
        apply(world, caller.name()).await?;
    }
    called
}

pub(super) async fn server_signs(world: &mut World, arguments: Arguments) -> StepResult {
    let attest = attestation(arguments.text(0)?)?;
    change_server(world, |settings| settings.sign = Some(attest)).await
}

pub(super) async fn server_verifies(
    world: &mut World,
    _: Arguments,
    rule: IdentityRule,
) -> StepResult {
    change_server(world, |settings| settings.verify = rule).await
}

async fn change_server(world: &mut World, change: impl FnOnce(&mut PbxStirSettings)) -> StepResult {
    embedded(world)?;
    let kit = world.stir_kit()?;
    let configured = world.pbx_settings().stir.clone();
    let mut settings = world
        .notes
        .server_stir
        .clone()
        .or(configured)
        .unwrap_or_default();
    change(&mut settings);
    let stir: PbxStir = kit.pbx(&settings)?;
    world.notes.server_stir = Some(settings);
    let changed = embedded(world)?.set_stir(Some(stir)).await;
    changed.map_err(|error| Failure::new(FailureClass::Environment, error.to_string()))?;
    Ok(())
}
