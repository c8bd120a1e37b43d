//! One step: its arguments filled in, its time bounded, its panic caught.

use std::path::Path;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass, Status};

use super::guard::catching;
use super::stop::Stop;
use crate::plan::{BoundStep, fill, find_file, variables_in};
use crate::vocabulary::{Argument, Arguments, Condition, Matched, Nested, ParameterKind, Table};
use crate::world::World;

/// How long a step may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Time {
    /// The step alone.
    pub(super) limit: Duration,
    /// The whole scenario.
    pub(super) scenario_limit: Duration,
    /// When the time of the whole scenario is over.
    pub(super) scenario_deadline: Instant,
}

/// Carries the step out.
pub(super) async fn play(
    bound: &BoundStep,
    world: &mut World,
    folder: &Path,
    time: Time,
    stop: &mut Stop,
) -> (Status, Option<Failure>) {
    let result = match &bound.matched {
        Some(matched) => match arguments(bound, matched, world, folder) {
            Ok(arguments) => carry_out(matched, arguments, world, time, stop).await,
            Err(failure) => Err(failure),
        },
        None => Err(Failure::new(
            FailureClass::Undefined,
            "no step is written like this",
        )),
    };
    match result {
        Ok(()) => (Status::Passed, None),
        Err(failure) => {
            let failure = world.notes.explain(failure);
            (status_of(failure.class), Some(failure))
        }
    }
}

async fn carry_out(
    matched: &Matched,
    arguments: Arguments,
    world: &mut World,
    time: Time,
    stop: &mut Stop,
) -> Result<(), Failure> {
    let began = Instant::now();
    let deadline = (began + time.limit).min(time.scenario_deadline);
    let work = catching((matched.definition.run)(world, arguments));
    tokio::select! {
        biased;
        done = work => done.unwrap_or_else(|panic| Err(panicked(&panic))),
        () = stop.stopped() => Err(Failure::new(
            FailureClass::Interrupted,
            "the run was stopped while this step was going on",
        )),
        () = tokio::time::sleep_until(deadline.into()) => Err(too_long(time, began)),
    }
}

fn panicked(message: &str) -> Failure {
    Failure::new(FailureClass::Panic, format!("the step panicked: {message}"))
        .detail("this is a fault of Gannet: please report it with the output above")
}

fn too_long(time: Time, began: Instant) -> Failure {
    let waited = began.elapsed();
    let summary = if Instant::now() >= time.scenario_deadline {
        let all = time.scenario_limit.as_secs_f64();
        format!("the scenario did not end within {all} s (@timeout, or [timeouts] in gannet.toml)")
    } else {
        format!("the step did not end within {} s", time.limit.as_secs_f64())
    };
    Failure::new(FailureClass::Timeout, summary).waiting_for("the end of this step", waited)
}

fn status_of(class: FailureClass) -> Status {
    match class {
        FailureClass::Timeout => Status::TimedOut,
        FailureClass::Undefined => Status::Undefined,
        FailureClass::Interrupted => Status::Interrupted,
        _ => Status::Failed,
    }
}

/// What the sentence says, with the variables that earlier steps have stored.
fn arguments(
    bound: &BoundStep,
    matched: &Matched,
    world: &World,
    folder: &Path,
) -> Result<Arguments, Failure> {
    let variables = world.variables();
    let filled = |text: &str| -> Result<String, Failure> {
        let text = fill(text, variables);
        match variables_in(&text).first() {
            Some(name) => Err(Failure::new(
                FailureClass::Misuse,
                format!("no step has stored the variable `{name}`"),
            )),
            None => Ok(text),
        }
    };
    let media = world.media_folder();
    let value = |argument: &Argument| -> Result<Argument, Failure> {
        let mut text = filled(&argument.text)?;
        if text != argument.text && !argument.kind.fits(&text) {
            return Err(Failure::new(
                FailureClass::Misuse,
                format!(
                    "`{text}` is not what stands here: {}",
                    argument.kind.about()
                ),
            ));
        }
        if argument.kind == ParameterKind::File
            && let Some(found) = find_file(&text, folder, media)
        {
            text = std::path::absolute(&found)
                .unwrap_or(found)
                .display()
                .to_string();
        }
        Ok(Argument {
            text,
            ..argument.clone()
        })
    };
    let table = bound.table.as_ref().map(|table| -> Result<Table, Failure> {
        let row = |row: &Vec<String>| row.iter().map(|cell| filled(cell)).collect();
        Ok(Table::new(
            table.rows().iter().map(row).collect::<Result<_, _>>()?,
        ))
    });
    Ok(Arguments {
        sentence: fill(&bound.text, variables),
        keyword: bound.keyword.clone(),
        values: matched
            .arguments
            .iter()
            .map(value)
            .collect::<Result<_, _>>()?,
        within: matched.within,
        table: table.transpose()?,
        doc_string: bound.doc_string.as_deref().map(filled).transpose()?,
        folder: folder.to_path_buf(),
        condition: condition(bound, world, folder)?,
        nested: nested(bound, world, folder)?,
    })
}

/// The sentences in the doc string, with the variables that earlier steps have stored.
fn nested(bound: &BoundStep, world: &World, folder: &Path) -> Result<Vec<Nested>, Failure> {
    let one = |inner: &BoundStep| {
        let matched = inner.matched.as_ref()?;
        let arguments = arguments(inner, matched, world, folder);
        Some(arguments.map(|arguments| Nested {
            definition: matched.definition,
            arguments,
        }))
    };
    bound.nested.iter().filter_map(one).collect()
}

/// The sentence in the sentence, with the variables that earlier steps have stored.
fn condition(
    bound: &BoundStep,
    world: &World,
    folder: &Path,
) -> Result<Option<Box<Condition>>, Failure> {
    let Some(inner) = &bound.condition else {
        return Ok(None);
    };
    let Some(matched) = &inner.matched else {
        return Ok(None);
    };
    Ok(Some(Box::new(Condition {
        definition: matched.definition,
        arguments: arguments(inner, matched, world, folder)?,
    })))
}
