//! Letting time pass.

use gannet_events::{Failure, FailureClass};

use crate::{Arguments, StepDefinition, StepResult, World, step};

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "pause for {time}",
            section: "Time",
            about: "Lets time pass; everything else goes on.",
            example: "pause for 10 seconds",
            no within,
            run: pause,
        ),
        step!(
            "wait {time}",
            section: "Time",
            about: "Lets time pass; everything else goes on.",
            example: "wait 500 ms",
            no within,
            run: pause,
        ),
        step!(
            "fail",
            section: "Time",
            about: "Always fails.",
            example: "fail",
            no within,
            run: fail,
        ),
    ]
}

async fn pause(world: &mut World, arguments: Arguments) -> StepResult {
    world.pause(arguments.duration(0)?).await;
    Ok(())
}

async fn fail(_: &mut World, _: Arguments) -> StepResult {
    Err(Failure::new(
        FailureClass::Assertion,
        "the scenario asks to fail here",
    ))
}
