//! Several sentences at the same time.

use gannet_events::{Failure, FailureClass};
use tokio::task::JoinSet;

use super::support::ready;
use crate::vocabulary::Nested;
use crate::{Arguments, StepDefinition, StepResult, World, step};

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![step!(
        "meanwhile:",
        section: "Time",
        about: "Begins all sentences of the doc string at the same time, one in each line, and ends when all have ended. If several fail the first in order is told, with the others.",
        example: "meanwhile:",
        no within,
        run: meanwhile,
    )]
}

async fn meanwhile(world: &mut World, arguments: Arguments) -> StepResult {
    // Phones that a sentence would have to start first are started for all.
    ready(world).await?;
    let nested = arguments.nested();
    let mut playing = JoinSet::new();
    for (index, one) in nested.iter().enumerate() {
        let (one, view) = (one.clone(), world.beside());
        playing.spawn(play(index, one, view));
    }
    let mut ended = Vec::new();
    while let Some(joined) = playing.join_next().await {
        let one = joined.map_err(|error| Failure::new(FailureClass::Panic, error.to_string()))?;
        ended.push(one);
    }
    ended.sort_by_key(|(index, ..)| *index);
    let mut failures = Vec::new();
    for (index, view, result) in ended {
        world.absorb(view);
        if let Err(failure) = result {
            failures.push((nested[index].sentence(), failure));
        }
    }
    match failures.split_first() {
        None => Ok(()),
        Some(((sentence, first), others)) => Err(together(sentence, first, others)),
    }
}

async fn play(index: usize, one: Nested, mut view: World) -> (usize, World, StepResult) {
    let result = one.play(&mut view).await;
    (index, view, result)
}

fn together(sentence: &str, first: &Failure, others: &[(&str, Failure)]) -> Failure {
    let mut failure = first.clone();
    failure.summary = format!("`{sentence}`: {}", first.summary);
    for (sentence, other) in others {
        failure = failure.detail(format!("also `{sentence}`: {}", other.summary));
    }
    failure
}
