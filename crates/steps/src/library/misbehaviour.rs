//! What phones do wrong on purpose: messages that they ignore, lose, delay, repeat, and requests that
//! they answer by rule.

use gannet_events::{Failure, FailureClass};
use gannet_phone::{MessageMatch, Misbehaviour};
use gannet_sip::Method;
use gannet_ua::endpoint::{FixedReply, Reply};

use super::message_wait::kind_differences;
use crate::{Arguments, MessagePattern, StepResult, World, phone_failure};

/// Most retransmissions that a phone can be told to send: more would go on for hours.
const RETRANSMISSIONS_MAX: u64 = 32;

pub(super) async fn ignores(world: &mut World, arguments: Arguments) -> StepResult {
    let what = matching(arguments.message(1)?);
    misbehave(
        world,
        &arguments,
        Misbehaviour::Ignore { what, times: None },
    )
    .await
}

pub(super) async fn ignores_some(world: &mut World, arguments: Arguments) -> StepResult {
    let times = Some(some(arguments.integer(1)?)?);
    let what = matching(arguments.message(2)?);
    misbehave(world, &arguments, Misbehaviour::Ignore { what, times }).await
}

/// What packets are lost of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    Signalling,
    Media,
}

pub(super) async fn drops(world: &mut World, arguments: Arguments, lost: Lost) -> StepResult {
    let seed = world.rng().u64(..);
    lose(world, &arguments, lost, seed).await
}

pub(super) async fn drops_with_seed(
    world: &mut World,
    arguments: Arguments,
    lost: Lost,
) -> StepResult {
    let seed = arguments.integer(2)?;
    lose(world, &arguments, lost, seed).await
}

async fn lose(world: &mut World, arguments: &Arguments, lost: Lost, seed: u64) -> StepResult {
    let percent = arguments.decimal(1)?;
    if percent > 100.0 {
        return Err(misuse(format!("{percent}% is more than all packets")));
    }
    let probability = percent / 100.0;
    let (name, kind) = (arguments.phone(0)?, kind_of(lost));
    let deed = format!("{name} drops {percent}% of {kind}packets with seed {seed}");
    world.progress().say(deed.clone());
    let how = match lost {
        Lost::Signalling => Misbehaviour::Lose { probability, seed },
        Lost::Media => Misbehaviour::LoseMedia { probability, seed },
    };
    carry_out(world, name, how, deed).await
}

const fn kind_of(lost: Lost) -> &'static str {
    match lost {
        Lost::Signalling => "",
        Lost::Media => "RTP ",
    }
}

pub(super) async fn delays(world: &mut World, arguments: Arguments) -> StepResult {
    let what = matching(arguments.message(1)?);
    let by = arguments.duration(2)?;
    misbehave(world, &arguments, Misbehaviour::Delay { what, by }).await
}

pub(super) async fn doubles(world: &mut World, arguments: Arguments) -> StepResult {
    let what = matching(arguments.message(1)?);
    misbehave(world, &arguments, Misbehaviour::Double { what }).await
}

pub(super) async fn retransmits(world: &mut World, arguments: Arguments) -> StepResult {
    let what = matching(arguments.message(1)?);
    let asked = arguments.integer(2)?;
    let times = u32::try_from(asked).ok();
    let times = times.filter(|_| asked <= RETRANSMISSIONS_MAX);
    let times = times.ok_or_else(|| {
        misuse(format!(
            "{asked} retransmissions are too many: {RETRANSMISSIONS_MAX} at most"
        ))
    })?;
    misbehave(world, &arguments, Misbehaviour::Retransmit { what, times }).await
}

pub(super) async fn behaves(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    world.notes.on_purpose.remove(actor.name());
    let done = actor.phone.behave().await;
    done.map_err(|error| phone_failure(error, &actor))
}

/// What stands behind the code: how often, and a header field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    Plain,
    Times,
    Header,
    TimesHeader,
}

pub(super) async fn answers_every(
    world: &mut World,
    arguments: Arguments,
    tail: Tail,
) -> StepResult {
    let method = Method::new(arguments.method(1)?);
    let code = arguments.code(2)?;
    fixed_answer_fits(&method, code)?;
    let (times, header) = match tail {
        Tail::Plain => (None, None),
        Tail::Times => (Some(3), None),
        Tail::Header => (None, Some(3)),
        Tail::TimesHeader => (Some(3), Some(4)),
    };
    let times = times.map(|at| arguments.integer(at).and_then(some));
    let mut reply = Reply::new(code);
    if let Some(at) = header {
        reply = reply.header(arguments.header(at)?, arguments.text(at + 1)?);
    }
    let rule = FixedReply {
        method,
        reply,
        times: times.transpose()?,
    };
    let actor = world.phone(arguments.phone(0)?).await?;
    let deed = arguments.sentence().to_owned();
    let done = actor.phone.answer_by_rule(rule).await;
    done.map_err(|error| phone_failure(error, &actor))?;
    note(world, actor.name(), deed);
    Ok(())
}

/// A rule cannot give an answer that has to be more than a code.
fn fixed_answer_fits(method: &Method, code: u16) -> StepResult {
    let problem = match (method, code) {
        (Method::Ack, _) => "ACK has no answer (RFC 3261 17)".to_owned(),
        (_, ..200) => format!("{code} is no final response"),
        (Method::Invite, 200..300) => {
            "a 2xx to INVITE makes a call: say that the phone `expects a call`".to_owned()
        }
        _ => return Ok(()),
    };
    Err(misuse(problem))
}

async fn misbehave(world: &mut World, arguments: &Arguments, how: Misbehaviour) -> StepResult {
    let deed = arguments.sentence().to_owned();
    carry_out(world, arguments.phone(0)?, how, deed).await
}

async fn carry_out(world: &mut World, name: &str, how: Misbehaviour, deed: String) -> StepResult {
    let actor = world.phone(name).await?;
    let done = actor.phone.misbehave(how).await;
    done.map_err(|error| phone_failure(error, &actor))?;
    note(world, name, deed);
    Ok(())
}

fn note(world: &mut World, name: &str, deed: String) {
    let deeds = world.notes.on_purpose.entry(name.to_owned()).or_default();
    deeds.push(deed);
}

fn matching(pattern: MessagePattern) -> MessageMatch {
    MessageMatch::new(pattern.to_string(), move |message| {
        kind_differences(&pattern, message).is_empty()
    })
}

fn some(count: u64) -> Result<u64, Failure> {
    if count == 0 {
        return Err(misuse(
            "0 times is never: leave the sentence out".to_owned(),
        ));
    }
    Ok(count)
}

fn misuse(problem: String) -> Failure {
    Failure::new(FailureClass::Misuse, problem)
}
