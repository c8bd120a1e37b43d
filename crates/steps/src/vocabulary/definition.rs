//! One sentence of the vocabulary, and what it does.

use std::future::Future;
use std::pin::Pin;

use gannet_events::Failure;

use super::arguments::Arguments;
use crate::world::World;

/// What a step comes to: nothing more to say, or why it did not pass.
pub type StepResult = Result<(), Failure>;

/// A step that is being carried out.
pub type StepFuture<'a> = Pin<Box<dyn Future<Output = StepResult> + Send + 'a>>;

/// Carries a step out in the world of its scenario.
pub type StepFn = for<'a> fn(&'a mut World, Arguments) -> StepFuture<'a>;

/// One sentence of the vocabulary. Any keyword fits it.
#[derive(Debug, Clone, Copy)]
pub struct StepDefinition {
    /// The sentence as a Cucumber expression, with the parameters of
    /// [`ParameterKind`](super::ParameterKind): `"{phone} calls {dest}"`.
    pub pattern: &'static str,
    /// The heading under which `gannet steps` lists it.
    pub section: &'static str,
    /// One or two sentences that say what it does and when it fails.
    pub about: &'static str,
    /// A sentence that the pattern matches.
    pub example: &'static str,
    /// Whether ` within {time}` may follow the sentence.
    pub takes_within: bool,
    /// Whether it only looks, and may be looked at again: what `wait until` can wait for.
    pub condition: bool,
    /// How long it may take at least, whatever the limit of steps.
    pub at_least: std::time::Duration,
    /// What it does.
    pub run: StepFn,
}

/// Makes a [`StepDefinition`] out of an `async fn(&mut World, Arguments) -> StepResult`:
///
/// ```text
/// step!(
///     "{phone} calls {dest}",
///     section: "Calls",
///     about: "Calls someone and waits until the other side rings or answers.",
///     example: "Alice calls Bob",
///     run: calls,
/// )
/// ```
///
/// `no within` before `run:` leaves out the suffix ` within {time}`. `condition` says that the sentence
/// only looks, so that `wait until` can look again. `with: VALUE` after `run:` gives the function a
/// third argument, for sentences that differ by no more than that.
#[macro_export]
macro_rules! step {
    (@build $within:expr, $condition:expr, $pattern:expr, $section:expr, $about:expr, $example:expr, $run:path $(, $with:expr)?) => {
        $crate::StepDefinition {
            pattern: $pattern,
            section: $section,
            about: $about,
            example: $example,
            takes_within: $within,
            condition: $condition,
            at_least: ::std::time::Duration::ZERO,
            run: |world, arguments| ::std::boxed::Box::pin($run(world, arguments $(, $with)?)),
        }
    };
    ($pattern:expr, section: $section:expr, about: $about:expr, example: $example:expr, no within, condition, run: $run:path $(, with: $with:expr)? $(,)?) => {
        $crate::step!(@build false, true, $pattern, $section, $about, $example, $run $(, $with)?)
    };
    ($pattern:expr, section: $section:expr, about: $about:expr, example: $example:expr, no within, run: $run:path $(, with: $with:expr)? $(,)?) => {
        $crate::step!(@build false, false, $pattern, $section, $about, $example, $run $(, $with)?)
    };
    ($pattern:expr, section: $section:expr, about: $about:expr, example: $example:expr, condition, run: $run:path $(, with: $with:expr)? $(,)?) => {
        $crate::step!(@build true, true, $pattern, $section, $about, $example, $run $(, $with)?)
    };
    ($pattern:expr, section: $section:expr, about: $about:expr, example: $example:expr, run: $run:path $(, with: $with:expr)? $(,)?) => {
        $crate::step!(@build true, false, $pattern, $section, $about, $example, $run $(, $with)?)
    };
}
