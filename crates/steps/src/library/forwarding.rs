//! Forwarding by the phone itself: it sends callers elsewhere with 302.

use std::time::Duration;

use gannet_phone::{Destination, IncomingPolicy};
use gannet_sip::Uri;

use crate::{Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Forwarding by the phone";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    let always = |pattern, example| {
        step!(
            pattern,
            section: SECTION,
            about: "The phone named last answers every call with 302 and this target. `Status is set to available` ends it.",
            example: example,
            no within,
            run: always,
        )
    };
    vec![
        always(
            "Status is set to forward to {dest}",
            "Status is set to forward to Charlie",
        ),
        always(
            "Status is set to forward to {dest} always",
            "Status is set to forward to Charlie always",
        ),
        step!(
            "Status is set to forward to {dest} when busy",
            section: SECTION,
            about: "The same while the phone has another call.",
            example: "Status is set to forward to Charlie when busy",
            no within,
            run: when_busy,
        ),
        step!(
            "Status is set to forward to {dest} after {time}",
            section: SECTION,
            about: "The phone named last rings for this time and answers with 302 and this target then.",
            example: "Status is set to forward to Charlie after 3 seconds",
            no within,
            run: after,
        ),
    ]
}

async fn always(world: &mut World, arguments: Arguments) -> StepResult {
    set(world, &arguments, IncomingPolicy::Redirect).await
}

async fn when_busy(world: &mut World, arguments: Arguments) -> StepResult {
    set(world, &arguments, IncomingPolicy::RedirectBusy).await
}

async fn after(world: &mut World, arguments: Arguments) -> StepResult {
    let after: Duration = arguments.duration(1)?;
    let policy = |to| IncomingPolicy::RedirectAfter { to, after };
    set(world, &arguments, policy).await
}

async fn set(
    world: &mut World,
    arguments: &Arguments,
    policy: impl FnOnce(Uri) -> IncomingPolicy,
) -> StepResult {
    let actor = world.last_phone()?;
    let to = match world.destination(arguments.dest(0)?)? {
        Destination::Uri(uri) => uri,
        Destination::User(user) => {
            let mut uri = actor.phone.aor().clone();
            uri.user = Some(user);
            uri
        }
    };
    let set = actor.phone.set_incoming(policy(to)).await;
    set.map_err(|error| phone_failure(error, &actor))
}
