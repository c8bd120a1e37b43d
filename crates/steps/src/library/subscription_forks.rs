//! One SUBSCRIBE that reaches several notifiers (RFC 6665 4.1.4, 4.4.1).

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_phone::{CallOptions, Destination, Watch, Watching};
use gannet_ua::endpoint::Resubscribe;

use super::calls::whither;
use super::support::{failure, ready_phone, watch as wait_for};
use super::texts::reachable;
use super::watching::{accept_of, accepted, package, rewatch, watch};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Events";
/// Most notifiers that a phone stands for.
const NOTIFIERS_MAX: u64 = 32;

/// Which way SUBSCRIBE goes, and whose NOTIFYs count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct How {
    straight: bool,
    each_fork: bool,
}

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} forks subscriptions to {n} notifier(s)",
            section: SECTION,
            about: "From now on whoever subscribes to the phone itself is told by so many notifiers, each with a From tag of its own, as by phones behind a proxy that forks SUBSCRIBE.",
            example: "Bob forks subscriptions to 3 notifiers",
            no within,
            run: forks,
        ),
        step!(
            "{phone} subscribes directly to {word} of {dest}",
            section: SECTION,
            about: "As `subscribes to`, past the server, at the contact address of a phone or the address in a URI. The first notifier is the subscription; NOTIFYs of others are answered 481.",
            example: "Alice subscribes directly to dialog of Bob",
            run: subscribes,
            with: How { straight: true, each_fork: false },
        ),
        step!(
            "{phone} subscribes directly to {word} of each fork of {dest}",
            section: SECTION,
            about: "The same, and each further notifier makes a subscription of its own.",
            example: "Alice subscribes directly to dialog of each fork of Bob",
            run: subscribes,
            with: How { straight: true, each_fork: true },
        ),
        step!(
            "{phone} subscribes to {word} of each fork of {dest}",
            section: SECTION,
            about: "As `subscribes to`, and each further notifier that the SUBSCRIBE reaches makes a subscription of its own.",
            example: "Alice subscribes to dialog of each fork of Bob",
            run: subscribes,
            with: How { straight: false, each_fork: true },
        ),
        step!(
            "{phone} has {n} subscription(s) by one SUBSCRIBE",
            section: SECTION,
            about: "Waits until the SUBSCRIBE that a sentence sent last has made so many subscriptions that last, each with a NOTIFY of its own notifier.",
            example: "Alice has 3 subscriptions by one SUBSCRIBE",
            condition,
            run: has,
        ),
        step!(
            "{phone} terminates the subscription to each fork",
            section: SECTION,
            about: "Ends all subscriptions that the SUBSCRIBE which a sentence sent last has made, each by a SUBSCRIBE with Expires 0, and expects a 2xx from each notifier.",
            example: "Alice terminates the subscription to each fork",
            run: terminates,
        ),
    ]
}

async fn forks(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let notifiers = arguments.integer(1)?;
    if !(1..=NOTIFIERS_MAX).contains(&notifiers) {
        let summary = format!("{notifiers} is none of 1 to {NOTIFIERS_MAX}");
        return Err(failure(FailureClass::Misuse, &actor, summary));
    }
    let set = actor.phone.fork_subscriptions(notifiers).await;
    set.map_err(|error| phone_failure(error, &actor))
}

async fn subscribes(world: &mut World, arguments: Arguments, how: How) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let event = package(&actor, arguments.text(1)?)?;
    let name = arguments.dest(2)?;
    let target = reachable(world, name).await?;
    let target = if how.straight {
        at_contact(world, name)?
    } else {
        target
    };
    let mut wanted = Watch::new(event, target);
    wanted.accept = accept_of(&wanted.event.name);
    wanted.straight = how.straight;
    wanted.each_fork = how.each_fork;
    let limit = world.signalling(&arguments);
    let watching = watch(world, &actor, wanted, limit).await?;
    accepted(&actor, &watching)
}

fn at_contact(world: &World, name: &str) -> Result<Destination, Failure> {
    let options = CallOptions {
        straight: true,
        ..CallOptions::default()
    };
    whither(world, name, &options)
}

/// The subscriptions that last of the SUBSCRIBE that a sentence sent last, if each was told.
fn family(world: &World, actor: &Actor) -> Result<Vec<Arc<Watching>>, Failure> {
    let Some(first) = world.notes.watches.get(actor.name()).copied() else {
        let summary = format!("{} has subscribed to nothing by a sentence", actor.name());
        return Err(failure(FailureClass::Misuse, actor, summary));
    };
    let state = actor.phone.state();
    let all = state.events.watching.values();
    let of_it = all.filter(|it| it.handle == first || it.fork_of == Some(first));
    Ok(of_it
        .filter(|it| it.stage.is_open() && it.notified > 0)
        .cloned()
        .collect())
}

async fn has(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = usize::try_from(arguments.integer(1)?).unwrap_or(usize::MAX);
    let limit = world.signalling(&arguments);
    family(world, &actor)?;
    let what = format!("waiting for the subscriptions of {}", actor.name());
    let first = world.notes.watches.get(actor.name()).copied();
    let count = || {
        let state = actor.phone.state();
        let all = state.events.watching.values();
        let of_it = all.filter(|it| Some(it.handle) == first || it.fork_of == first);
        of_it
            .filter(|it| it.stage.is_open() && it.notified > 0)
            .count()
    };
    let look = || (count() == wanted).then_some(());
    if wait_for(world, &what, limit, look).await.is_some() {
        return Ok(());
    }
    let summary = format!(
        "{} has {} subscriptions by one SUBSCRIBE, expected {wanted}",
        actor.name(),
        count()
    );
    Err(failure(FailureClass::Assertion, &actor, summary))
}

async fn terminates(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(&arguments);
    let end = Resubscribe {
        expires: Some(Duration::ZERO),
        ..Resubscribe::default()
    };
    for watching in family(world, &actor)? {
        let done = rewatch(world, &actor, watching.handle, end.clone(), limit).await?;
        accepted(&actor, &done)?;
    }
    Ok(())
}
