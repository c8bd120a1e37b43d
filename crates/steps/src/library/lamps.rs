//! What phones are told about each other: presence, and the lamps of busy lamp fields.

use std::sync::Arc;

use gannet_events::{Direction, Failure, FailureClass};
use gannet_phone::{Destination, PhoneState, Watching};
use gannet_sip::Method;
use gannet_ua::bodies::DialogStage;

use super::support::{deadline, failure, latest_call, ready, ready_phone, wait};
use super::watching::{describe, is_about};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Events";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} is notified that {dest} is {word}",
            section: SECTION,
            about: "Waits until what the phone was told last in a subscription says so: a note, an activity, open or closed of the presence, or what the lamp would show of the dialogs.",
            example: "Alice is notified that Bob is \"On The Phone\"",
            condition,
            run: is_notified,
        ),
        step!(
            "BLF lamp of {dest} is {word}",
            section: SECTION,
            about: "Waits until all phones that watch the dialogs of this one show so: idle, early, confirmed or terminated, of all its dialogs the one that is farthest. A lamp that shows terminated is idle too.",
            example: "BLF lamp of Bob is early",
            condition,
            run: lamp,
        ),
        step!(
            "BLF lamp of {dest} at {phone} is {word}",
            section: SECTION,
            about: "The same at one phone.",
            example: "BLF lamp of Bob at Alice is confirmed",
            condition,
            run: lamp_at,
        ),
        step!(
            "{phone} is told that the call of {phone} is {word}",
            section: SECTION,
            about: "Waits until the first phone was told so, in a subscription to the dialogs of the second, of the newest call of that one, known by its Call-ID: trying, proceeding, early, confirmed or terminated. Other dialogs do not count, such as those that a server still has of former calls. A call that was among them and is no more is terminated.",
            example: "Carol is told that the call of Bob is early",
            run: told_of_call,
        ),
    ]
}

async fn is_notified(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let target = world.destination(arguments.dest(1)?)?;
    let word = arguments.text(2)?;
    needs_subscription(&actor, &target, "")?;
    let what = format!("the news that {} is {word}", arguments.dest(1)?);
    let limit = world.signalling(&arguments);
    let fits = |watching: &Watching| is_about(watching, &target) && says(watching, word);
    let work = actor
        .phone
        .wait_watching(&what, deadline(limit), fits, describe);
    wait(world, &actor, &what, limit, work).await.map(drop)
}

async fn lamp(world: &mut World, arguments: Arguments) -> StepResult {
    ready(world).await?;
    let target = world.destination(arguments.dest(0)?)?;
    let watchers: Vec<_> = world
        .actors()
        .filter(|actor| needs_subscription(actor, &target, "dialog").is_ok())
        .cloned()
        .collect();
    if watchers.is_empty() {
        let name = arguments.dest(0)?;
        let summary =
            format!("nobody watches {name}: begin with `Alice subscribes to dialog of {name}`");
        return Err(Failure::new(FailureClass::Misuse, summary));
    }
    for actor in watchers {
        shows(world, &arguments, &actor, &target, arguments.text(1)?).await?;
    }
    Ok(())
}

async fn lamp_at(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(1)?).await?;
    let target = world.destination(arguments.dest(0)?)?;
    needs_subscription(&actor, &target, "dialog")?;
    shows(world, &arguments, &actor, &target, arguments.text(2)?).await
}

async fn shows(
    world: &World,
    arguments: &Arguments,
    actor: &Arc<Actor>,
    target: &Destination,
    word: &str,
) -> StepResult {
    let lamp = Lamp::parse(actor, word)?;
    let what = format!("the BLF lamp of {} to be {word}", arguments.dest(0)?);
    let limit = world.signalling(arguments);
    let fits = |watching: &Watching| is_about(watching, target) && lamp.is_shown(watching);
    let work = actor
        .phone
        .wait_watching(&what, deadline(limit), fits, describe);
    wait(world, actor, &what, limit, work).await.map(drop)
}

async fn told_of_call(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let whose = ready_phone(world, arguments.phone(1)?).await?;
    let target = world.destination(arguments.phone(1)?)?;
    needs_subscription(&actor, &target, "dialog")?;
    let word = arguments.text(2)?;
    let Some(stage) = DialogStage::from_word(word) else {
        return Err(no_stage(&actor, word));
    };
    let limit = world.signalling(&arguments);
    let rings = whose
        .phone
        .wait_for_state(deadline(limit), "a call", |state| {
            state.latest_call().is_some()
        });
    wait(world, &whose, "a call", limit, rings).await?;
    let call_id = latest_call(&whose)?.sip_call_id;
    let what = format!("the news that the call of {} is {word}", whose.name());
    // What is over may be left out of the next document.
    let was_told = || {
        let log = actor.phone.log().all();
        let mut notifies = log.iter().filter(|entry| {
            entry.direction == Direction::Received && entry.message.method() == Some(Method::Notify)
        });
        notifies.any(|it| String::from_utf8_lossy(it.message.body()).contains(&call_id))
    };
    let fits = |watching: &Watching| {
        let mut dialogs = watching.dialogs.dialogs();
        let this = dialogs.find(|dialog| dialog.call_id.as_deref() == Some(&call_id));
        is_about(watching, &target)
            && match this {
                Some(dialog) => dialog.stage == stage,
                None => stage == DialogStage::Terminated && was_told(),
            }
    };
    let work = actor
        .phone
        .wait_watching(&what, deadline(limit), fits, describe);
    wait(world, &actor, &what, limit, work).await.map(drop)
}

fn no_stage(actor: &Actor, word: &str) -> Failure {
    let summary = format!(
        "`{word}` is nothing that a lamp shows: idle, trying, proceeding, early, confirmed, terminated"
    );
    failure(FailureClass::Misuse, actor, summary)
}

/// The phone must have subscribed: to `package`, or to any.
fn needs_subscription(actor: &Actor, target: &Destination, package: &str) -> StepResult {
    let state: PhoneState = actor.phone.state();
    let mut all = state.events.watching.values();
    let fits = |it: &Arc<Watching>| {
        is_about(it, target) && (package.is_empty() || it.event.name == package)
    };
    if all.any(fits) {
        return Ok(());
    }
    let summary = format!("{} has no such subscription", actor.name());
    let found = failure(FailureClass::Misuse, actor, summary);
    Err(found.detail(describe(&state)))
}

/// What a lamp may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lamp {
    Idle,
    Stage(DialogStage),
}

impl Lamp {
    fn parse(actor: &Actor, word: &str) -> Result<Self, Failure> {
        if word.eq_ignore_ascii_case("idle") {
            return Ok(Self::Idle);
        }
        let stage = DialogStage::from_word(word).map(Self::Stage);
        stage.ok_or_else(|| no_stage(actor, word))
    }

    fn is_shown(self, watching: &Watching) -> bool {
        if watching.dialogs.version().is_none() {
            return false;
        }
        let shown = watching.dialogs.lamp();
        match self {
            Self::Idle => matches!(shown, None | Some(DialogStage::Terminated)),
            Self::Stage(stage) => shown == Some(stage),
        }
    }
}

/// Whether the newest document of a subscription says `word`.
fn says(watching: &Watching, word: &str) -> bool {
    let same = |text: &str| text.trim().eq_ignore_ascii_case(word);
    let in_presence = watching.presence.as_ref().is_some_and(|presence| {
        let activity = |name: &str| same(name) || same(&name.replace('-', " "));
        presence.all_notes().any(|note| same(&note.text))
            || presence.activities().any(|it| activity(&it.name))
            || presence.basic().is_some_and(|basic| same(basic.as_str()))
    });
    let lamp = if word.eq_ignore_ascii_case("idle") {
        Some(Lamp::Idle)
    } else {
        DialogStage::from_word(word).map(Lamp::Stage)
    };
    in_presence || lamp.is_some_and(|lamp| lamp.is_shown(watching))
}
