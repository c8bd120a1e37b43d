//! Many phones at once.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_net::load::raise_file_limit;
use gannet_phone::{PhoneError, Watch, WatchHandle, Watching};
use gannet_ua::EventPackage;
use gannet_ua::endpoint::Resubscribe;
use tokio::task::JoinSet;

use super::presence_words::set_presence;
use super::support::{deadline, failure, watch};
use super::watching::{accept_of, accepted};
use crate::{Actor, Arguments, PhoneSetup, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Many phones";
const PRESENCE: &str = "presence";

/// Most phones that one sentence starts.
const PHONES_MAX: u64 = 5000;

/// Requests without an answer at a time: enough to keep the server busy, too few to flood it.
const OUTSTANDING_MAX: usize = 64;

/// How long one of very many requests waits for its answer: no longer than its transaction lives
/// (64 T1, RFC 3261 17.1.2.2).
const REQUEST_LIMIT: Duration = Duration::from_secs(32);

/// How long these sentences may take at least: they are about tens of thousands of messages.
const PATIENCE: Duration = Duration::from_mins(10);

/// The lifetime of the subscriptions; nobody refreshes them.
const LIFETIME: Duration = Duration::from_hours(1);

/// Open files of a phone, and of everything beside.
const FILES_PER_PHONE: u64 = 2;
const OTHER_FILES: u64 = 256;

/// How long nothing may be told while there is something left to tell.
const STANDSTILL: Duration = Duration::from_secs(10);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    let definitions = vec![
        step!(
            "extensions {n} to {n} register",
            section: SECTION,
            about: "Registers a phone for each of these extensions: of the user who has it as address, else of a user of that name. They listen over UDP alone, unless the user says TCP.",
            example: "extensions 1100 to 1299 register",
            no within,
            run: register,
        ),
        step!(
            "many users subscribe to each other",
            section: SECTION,
            about: "Each phone of `extensions .. register` subscribes to the presence of each other one, and is told its state.",
            example: "many users subscribe to each other",
            no within,
            run: subscribe,
        ),
        step!(
            "many users subscribe to {n} others",
            section: SECTION,
            about: "Each phone of `extensions .. register` subscribes to the presence of so many that come after it, from the first again after the last, and is told their state.",
            example: "many users subscribe to 10 others",
            no within,
            run: subscribe_to_some,
        ),
        step!(
            "many users unsubscribe from each other",
            section: SECTION,
            about: "Each phone of `extensions .. register` ends its subscriptions to presence.",
            example: "many users unsubscribe from each other",
            no within,
            run: unsubscribe,
        ),
        step!(
            "in sequence users set presence to {text}",
            section: SECTION,
            about: "One after the other, the phones of `extensions .. register` publish this as their presence. All that watch them must be told.",
            example: "in sequence users set presence to \"After Hours\"",
            no within,
            run: publish,
        ),
    ];
    let patient = |definition| StepDefinition {
        at_least: PATIENCE,
        ..definition
    };
    definitions.into_iter().map(patient).collect()
}

async fn register(world: &mut World, arguments: Arguments) -> StepResult {
    let (first, last) = (arguments.integer(0)?, arguments.integer(1)?);
    let count = (last + 1).saturating_sub(first);
    if count == 0 || count > PHONES_MAX {
        let summary = format!("{first} to {last} are {count} extensions; 1 to {PHONES_MAX} can be");
        return Err(Failure::new(FailureClass::Misuse, summary));
    }
    // What cannot be had shows when a socket is refused.
    let _ = raise_file_limit(count * FILES_PER_PHONE + OTHER_FILES);
    let mut actors = Vec::new();
    for extension in first..=last {
        let name = world.name_of_extension(&extension.to_string());
        let actor = if let Some(actor) = world.existing(&name) {
            actor
        } else {
            let setup = PhoneSetup {
                datagrams_only: true,
                ..PhoneSetup::named(&name)
            };
            world.use_phone(setup).await?
        };
        world.notes.manual.insert(name.clone());
        if !world.notes.crowd.contains(&name) {
            world.notes.crowd.push(name);
        }
        actors.push(actor);
    }
    let limit = world.signalling_default().max(REQUEST_LIMIT);
    let count = actors.len();
    let work = actors.into_iter().map(|actor| async move {
        let done = actor.phone.register(None, deadline(limit)).await;
        done.map_err(|error| phone_failure(error, &actor))?;
        actor.consume_to(actor.phone.log().next_seq());
        Ok(())
    });
    all(world, (count, "registrations"), work).await
}

async fn subscribe(world: &mut World, _: Arguments) -> StepResult {
    let others = crowd(world)?.len() - 1;
    subscribe_each(world, others).await
}

async fn subscribe_to_some(world: &mut World, arguments: Arguments) -> StepResult {
    let (others, most) = (arguments.integer(0)?, crowd(world)?.len() - 1);
    match usize::try_from(others) {
        Ok(others) if others > 0 && others <= most => subscribe_each(world, others).await,
        _ => {
            let summary = format!("each phone has {most} others, it cannot subscribe to {others}");
            Err(Failure::new(FailureClass::Misuse, summary))
        }
    }
}

/// Each phone subscribes to `each` that come after it.
async fn subscribe_each(world: &mut World, each: usize) -> StepResult {
    let crowd = crowd(world)?;
    let limit = world.signalling_default().max(REQUEST_LIMIT);
    let mut targets = Vec::new();
    for actor in &crowd {
        targets.push(world.destination(actor.name())?);
    }
    let (watchers, size) = (crowd.clone(), crowd.len());
    let pairs = (0..size * each).map(move |pair| (pair / each, pair % each + 1));
    let work = pairs.map(move |(own, after)| {
        let target = targets[(own + after) % size].clone();
        let actor = Arc::clone(&watchers[own]);
        async move {
            let mut wanted = Watch::new(EventPackage::new(PRESENCE), target);
            wanted.accept = accept_of(PRESENCE);
            wanted.expires = LIFETIME;
            wanted.kept = false;
            let done = actor.phone.subscribe(wanted, deadline(limit)).await;
            judged(&actor, done)
        }
    });
    let count = size * each;
    all(world, (count, "subscriptions"), work).await?;
    told(world, &crowd, "the first NOTIFYs", move |actor| {
        let living = of_presence(actor);
        each.saturating_sub(living.filter(|it| it.notified > 0).count())
    })
    .await
}

async fn unsubscribe(world: &mut World, _: Arguments) -> StepResult {
    let crowd = crowd(world)?;
    let limit = world.signalling_default().max(REQUEST_LIMIT);
    let mut count = 0;
    let mut living = Vec::new();
    for actor in &crowd {
        let handles: Vec<WatchHandle> = of_presence(actor).map(|it| it.handle).collect();
        count += handles.len();
        living.push((Arc::clone(actor), handles));
    }
    let work = living.into_iter().flat_map(|(actor, handles)| {
        handles.into_iter().map(move |handle| {
            let actor = Arc::clone(&actor);
            async move {
                let how = Resubscribe {
                    expires: Some(Duration::ZERO),
                    ..Resubscribe::default()
                };
                let done = actor.phone.rewatch(handle, how, deadline(limit)).await;
                judged(&actor, done)
            }
        })
    });
    all(world, (count, "ends of subscriptions"), work).await
}

async fn publish(world: &mut World, arguments: Arguments) -> StepResult {
    let words = arguments.text(0)?.to_owned();
    let crowd = crowd(world)?;
    let limit = world.signalling_default().max(REQUEST_LIMIT);
    for actor in &crowd {
        set_presence(world, actor, &words, limit).await?;
    }
    let targets: HashSet<_> = crowd
        .iter()
        .map(|actor| actor.account().user.clone())
        .collect();
    told(world, &crowd, "NOTIFYs about all of them", move |actor| {
        let behind = |it: &Arc<Watching>| {
            let user = it.target.user_decoded().unwrap_or_default();
            let presence = it.presence.as_ref();
            let knows = presence.is_some_and(|it| it.all_notes().any(|note| note.text == words));
            targets.contains(&user) && !knows
        };
        of_presence(actor).filter(behind).count()
    })
    .await
}

/// The phones of `extensions .. register`.
fn crowd(world: &World) -> Result<Vec<Arc<Actor>>, Failure> {
    let crowd = world.notes.crowd.iter();
    let crowd: Vec<_> = crowd.filter_map(|name| world.existing(name)).collect();
    if crowd.is_empty() {
        let summary = "no sentence has registered many phones yet";
        let failure = Failure::new(FailureClass::Misuse, summary);
        return Err(failure.detail("say, for example: extensions 1100 to 1299 register"));
    }
    Ok(crowd)
}

/// The subscriptions of a phone to the presence of others that live.
fn of_presence(actor: &Actor) -> impl Iterator<Item = Arc<Watching>> {
    let watching = actor.phone.state().events.watching;
    watching
        .into_values()
        .filter(|it| it.event.name == PRESENCE && it.stage.is_open())
}

fn judged(actor: &Arc<Actor>, done: Result<Arc<Watching>, PhoneError>) -> StepResult {
    let watching = done.map_err(|error| phone_failure(error, actor))?;
    accepted(actor, &watching)
}

/// Does all of it, so much at a time; the first failure ends it.
async fn all<F>(
    world: &World,
    (count, what): (usize, &str),
    work: impl Iterator<Item = F> + Send,
) -> StepResult
where
    F: Future<Output = StepResult> + Send + 'static,
{
    let what = format!("{count} {what}");
    let work = async {
        let mut work = work;
        let mut open = JoinSet::new();
        loop {
            while open.len() < OUTSTANDING_MAX
                && let Some(next) = work.next()
            {
                open.spawn(next);
            }
            match open.join_next().await {
                None => return Ok(()),
                Some(Ok(done)) => done?,
                Some(Err(error)) => {
                    return Err(Failure::new(FailureClass::Panic, error.to_string()));
                }
            }
        }
    };
    world.progress().during(&what, PATIENCE, work).await
}

/// Waits until nobody of the crowd lacks anything, as long as something still comes.
async fn told(
    world: &World,
    crowd: &[Arc<Actor>],
    what: &str,
    lacking: impl Fn(&Actor) -> usize + Send + Sync,
) -> StepResult {
    let mut least = usize::MAX;
    let mut moved = Instant::now();
    let look = || {
        let lacking: usize = crowd.iter().map(|actor| lacking(actor)).sum();
        if lacking < least {
            (least, moved) = (lacking, Instant::now());
        }
        let stands = moved.elapsed() >= STANDSTILL;
        (lacking == 0 || stands).then_some(lacking)
    };
    let left = watch(world, what, PATIENCE, look).await;
    let missing = |actor: &&Arc<Actor>| lacking(actor) > 0;
    match (left, crowd.iter().find(missing)) {
        (Some(0), _) | (_, None) => Ok(()),
        (left, Some(actor)) => {
            let left = left.map_or_else(String::new, |left| format!("{left} of "));
            let summary = format!("{left}{what} did not come");
            let found = failure(FailureClass::Timeout, actor, summary);
            let first = format!("{} of them to {}", lacking(actor), actor.name());
            Err(found.detail(first))
        }
    }
}
