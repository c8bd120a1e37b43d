//! Session timers (RFC 4028).

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_phone::profile::SessionStyle;
use gannet_phone::{CallHandle, CallRecord, SessionView};
use gannet_ua::{RefreshMethod, Refresher};

use super::support::{failure, latest_call, ready, watch};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Session timers";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} uses session timer {n} refreshed by {word}",
            section: SECTION,
            about: "In calls from now on the phone asks for a session that lasts this many seconds unless it is refreshed, and for the side that refreshes: uac is whoever sends the INVITE, uas whoever answers it. Less than 90 is for tests that must not take minutes; others refuse that with 422 unless told otherwise.",
            example: "Alice uses session timer 1800 refreshed by uac",
            no within,
            run: uses_refreshed_by,
        ),
        step!(
            "{phone} uses session timer {n}",
            section: SECTION,
            about: "The same; who refreshes is left to the other side.",
            example: "Alice uses session timer 1800",
            no within,
            run: uses,
        ),
        step!(
            "{phone} refuses session timers below {n}",
            section: SECTION,
            about: "From now on the phone refuses intervals below this many seconds with 422, and takes all others. It is 90 otherwise, the least that RFC 4028 allows.",
            example: "Bob refuses session timers below 4",
            no within,
            run: refuses_below,
        ),
        step!(
            "{phone} refreshes sessions by {method}",
            section: SECTION,
            about: "By UPDATE, which it does anyway where the other side takes that, or always by INVITE.",
            example: "Alice refreshes sessions by INVITE",
            no within,
            run: refreshes_by,
        ),
        step!(
            "{phone} never refreshes",
            section: SECTION,
            about: "The phone agrees to refresh sessions and does not, from now on, also in calls that stand. It does not end what expires either: the other side has to.",
            example: "Alice never refreshes",
            no within,
            run: never_refreshes,
        ),
        step!(
            "{phone} knows no session timers",
            section: SECTION,
            about: "In calls from now on the phone ignores what it is asked about them, and does not list timer in Supported.",
            example: "Bob knows no session timers",
            no within,
            run: knows_none,
        ),
        step!(
            "the session is refreshed within {time}",
            section: SECTION,
            about: "In the call that was made last, or the newest call of the phone named last where the phones have made none, the session timer is started anew within this time by a request of either side that no sentence has consumed.",
            example: "the session is refreshed within 50 seconds",
            no within,
            run: is_refreshed,
        ),
    ]
}

async fn change(
    world: &mut World,
    arguments: &Arguments,
    change: impl FnOnce(&mut SessionStyle) + Send + 'static,
) -> StepResult {
    let actor = world.phone(arguments.phone(0)?).await?;
    let changed = actor.phone.change_session_timers(change).await;
    changed.map_err(|error| phone_failure(error, &actor))
}

fn seconds(arguments: &Arguments) -> Result<Duration, Failure> {
    /// What fits into a Session-Expires field that others can read (RFC 4028 4).
    const SECONDS_MAX: u64 = u32::MAX as u64;
    match arguments.integer(1)? {
        seconds @ 1..=SECONDS_MAX => Ok(Duration::from_secs(seconds)),
        seconds => {
            let summary = format!("a session lasts 1 to {SECONDS_MAX} seconds, not {seconds}");
            Err(Failure::new(FailureClass::Misuse, summary))
        }
    }
}

async fn uses(world: &mut World, arguments: Arguments) -> StepResult {
    ask_for(world, &arguments, None).await
}

async fn uses_refreshed_by(world: &mut World, arguments: Arguments) -> StepResult {
    let refresher = match arguments.text(2)? {
        "uac" => Refresher::Uac,
        "uas" => Refresher::Uas,
        other => {
            let summary = format!("a session is refreshed by uac or uas, not by \"{other}\"");
            return Err(Failure::new(FailureClass::Misuse, summary));
        }
    };
    ask_for(world, &arguments, Some(refresher)).await
}

async fn ask_for(
    world: &mut World,
    arguments: &Arguments,
    refresher: Option<Refresher>,
) -> StepResult {
    let interval = seconds(arguments)?;
    let ask = move |style: &mut SessionStyle| {
        style.support = true;
        style.policy.expires = Some(interval);
        style.policy.refresher = refresher;
        style.policy.min_se = style.policy.min_se.min(interval);
    };
    change(world, arguments, ask).await
}

async fn refuses_below(world: &mut World, arguments: Arguments) -> StepResult {
    let min_se = seconds(&arguments)?;
    let refuse = move |style: &mut SessionStyle| {
        style.support = true;
        style.policy.min_se = min_se;
    };
    change(world, &arguments, refuse).await
}

async fn refreshes_by(world: &mut World, arguments: Arguments) -> StepResult {
    let method = match arguments.method(1)? {
        "UPDATE" => RefreshMethod::Update,
        "INVITE" => RefreshMethod::Invite,
        other => {
            let summary = format!("a session is refreshed by UPDATE or INVITE, not by {other}");
            return Err(Failure::new(FailureClass::Misuse, summary));
        }
    };
    let refresh = move |style: &mut SessionStyle| {
        style.policy.method = method;
        style.policy.refreshes = true;
    };
    change(world, &arguments, refresh).await
}

async fn never_refreshes(world: &mut World, arguments: Arguments) -> StepResult {
    let neglect = |style: &mut SessionStyle| style.policy.refreshes = false;
    change(world, &arguments, neglect).await
}

async fn knows_none(world: &mut World, arguments: Arguments) -> StepResult {
    let forget = |style: &mut SessionStyle| style.support = false;
    change(world, &arguments, forget).await
}

async fn is_refreshed(world: &mut World, arguments: Arguments) -> StepResult {
    ready(world).await?;
    let limit = arguments.duration(0)?;
    let (actor, handle) = meant(world)?;
    let caller = actor.name().to_owned();
    let key = (caller.clone(), handle);
    let seen = world.notes.refreshes.get(&key).copied().unwrap_or_default();
    let now = || actor.phone.state().call(handle).cloned();
    let look = || {
        let call = now()?;
        let refreshed = call.session.is_some_and(|session| session.refreshes > seen);
        (refreshed || !call.state.is_open()).then_some(refreshed)
    };
    let doing = format!("waiting for a refresh of the session of {caller}");
    if watch(world, &doing, limit, look).await == Some(true) {
        world.notes.refreshes.insert(key, seen + 1);
        return Ok(());
    }
    let stands = now().map_or_else(
        || "the call is forgotten".to_owned(),
        |call| standing(&call),
    );
    let summary = format!("the session of {caller} was not refreshed: {stands}");
    Err(failure(FailureClass::Timeout, &actor, summary).waiting_for("a refresh", limit))
}

/// The call that was made last; where the phones have made none, the newest of the phone named last.
fn meant(world: &World) -> Result<(Arc<Actor>, CallHandle), Failure> {
    let made = world.notes.last_call.clone();
    let made = made.and_then(|(caller, handle)| Some((world.existing(&caller)?, handle)));
    if let Some(made) = made {
        return Ok(made);
    }
    let actor = world.last_phone()?;
    let handle = latest_call(&actor)?.handle;
    Ok((actor, handle))
}

/// How a call stands with its session timer.
fn standing(call: &CallRecord) -> String {
    if !call.state.is_open() {
        return format!("the call is {}", call.state);
    }
    let Some(SessionView {
        interval,
        we_refresh,
        refreshes,
    }) = call.session
    else {
        return "no session timer was agreed on".to_owned();
    };
    let who = if we_refresh {
        "this phone"
    } else {
        "the other side"
    };
    let seconds = interval.as_secs();
    format!("it lasts {seconds} s, {who} is to refresh it, and {refreshes} refreshes came so far")
}
