//! How often messages came again, were sent again, or were ignored.

use gannet_events::{Direction, FailureClass};
use gannet_sip::Message;

use super::message_wait::kind_differences;
use super::support::{failure, ready_phone, watch};
use crate::{Actor, Arguments, StepResult, World};

/// How a number is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meant {
    Exactly,
    AtLeast,
}

pub(super) async fn has_ignored(
    world: &mut World,
    arguments: Arguments,
    meant: Meant,
) -> StepResult {
    let count = |actor: &Actor, fits: &dyn Fn(&Message) -> bool| {
        let ignored = actor.phone.log().ignored();
        ignored.iter().filter(|it| fits(&it.message)).count()
    };
    counted(world, &arguments, ("has ignored", "", meant), count).await
}

pub(super) async fn has_repeated(
    world: &mut World,
    arguments: Arguments,
    (direction, meant): (Direction, Meant),
) -> StepResult {
    let count = |actor: &Actor, fits: &dyn Fn(&Message) -> bool| {
        let entries = actor.phone.log().all();
        let repeated = entries
            .iter()
            .filter(|entry| entry.repeated && entry.direction == direction);
        repeated.filter(|entry| fits(&entry.message)).count()
    };
    let verb = match direction {
        Direction::Received => "has received",
        Direction::Sent => "has sent",
    };
    let words = (verb, "retransmission(s) of ", meant);
    counted(world, &arguments, words, count).await
}

/// Waits until there are so many.
async fn counted(
    world: &mut World,
    arguments: &Arguments,
    (verb, of, meant): (&str, &str, Meant),
    count: impl Fn(&Actor, &dyn Fn(&Message) -> bool) -> usize,
) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = usize::try_from(arguments.integer(1)?).unwrap_or(usize::MAX);
    let pattern = arguments.message(2)?;
    let limit = world.signalling(arguments);
    let fits = |message: &Message| kind_differences(&pattern, message).is_empty();
    let what = format!(
        "waiting until {} {verb} {wanted} {of}{pattern}",
        actor.name()
    );
    let enough = || (count(&actor, &fits) >= wanted).then_some(());
    let came = watch(world, &what, limit, enough).await;
    let found = count(&actor, &fits);
    if found == wanted || meant == Meant::AtLeast && found > wanted {
        return Ok(());
    }
    let summary = format!(
        "{} {verb} {found} {of}{pattern}, expected {wanted}",
        actor.name()
    );
    Err(if came.is_some() {
        failure(FailureClass::Assertion, &actor, summary)
    } else {
        failure(FailureClass::Timeout, &actor, summary)
            .waiting_for(format!("{wanted} {of}{pattern}"), limit)
    })
}
