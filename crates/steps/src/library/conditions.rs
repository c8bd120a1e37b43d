//! Waiting for what another sentence states.

use std::time::{Duration, Instant};

use gannet_events::FailureClass;

use super::support::deadline;
use crate::{Arguments, StepDefinition, StepResult, World, step};

/// The time between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![step!(
        "wait until {step}",
        section: "Time",
        about: "Looks again and again, every 50 ms, until the other sentence holds. That must be one that only looks.",
        example: "wait until Alice is idle within 20 seconds",
        run: wait_until,
    )]
}

async fn wait_until(world: &mut World, arguments: Arguments) -> StepResult {
    let condition = arguments.condition()?;
    let limit = world.signalling(&arguments);
    let started = Instant::now();
    let until = deadline(limit);
    let mut looks = 0_u32;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let Err(failure) = condition.look(world, left).await else {
            return Ok(());
        };
        looks += 1;
        let now = Instant::now();
        if now >= until || !may_change(failure.class) {
            let waited = started.elapsed();
            let looked = format!(
                "`{}` did not hold in {:.1} s, looked at {looks} time(s)",
                condition.sentence(),
                waited.as_secs_f64()
            );
            let failure = failure.detail(looked);
            return Err(match failure.waited_for {
                Some(_) => failure,
                None => failure.waiting_for(condition.sentence(), waited),
            });
        }
        let pause = tokio::time::sleep_until((now + LOOK_AGAIN).min(until).into());
        let what = format!("waiting until {}", condition.sentence());
        world.progress().during(&what, limit, pause).await;
    }
}

/// Whether time can heal a failure of this class.
const fn may_change(class: FailureClass) -> bool {
    !matches!(
        class,
        FailureClass::Panic
            | FailureClass::Undefined
            | FailureClass::Environment
            | FailureClass::Interrupted
    )
}
