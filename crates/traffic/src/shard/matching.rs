//! Which step takes a message.

use gannet_scenario::model::{Action, Receive, SectionId, Step, StepKind};

use super::Place;
use super::call::Call;
use super::cseq::cseq_method;
use super::plan::Plan;
use super::receiving::Incoming;

/// How a call takes a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    /// The step that takes it.
    pub(super) step: usize,
    /// Actions before this one are left out.
    pub(super) first_action: usize,
    /// The step that follows instead of the next.
    pub(super) next: Option<usize>,
    /// The call stays where it is.
    pub(super) stays: bool,
}

/// How a message begins a section: its first step that sends or receives takes it. Pauses before that
/// step have no meaning for a call that a message begins.
pub(super) fn begins(plan: &Plan, section: SectionId, incoming: &Incoming<'_>) -> Option<Match> {
    let steps = &plan.section(section.0).steps;
    let step = steps
        .iter()
        .position(|step| !matches!(step.kind, StepKind::Pause(_)))?;
    let next = accepted(&steps[step], incoming)?;
    Some(Match {
        step,
        first_action: 0,
        next,
        stays: false,
    })
}

/// The first default section that begins with the message.
pub(super) fn default_for(plan: &Plan, incoming: &Incoming<'_>) -> Option<(SectionId, Match)> {
    plan.defaults
        .iter()
        .find_map(|section| Some((*section, begins(plan, *section, incoming)?)))
}

/// The step that takes a message of a call that waits at `waits_at`: that step, or one after it while
/// those before are optional; else an optional one right before it, as a late message; else the step
/// itself if a jump hangs on the message.
pub(super) fn find(steps: &[Step], waits_at: usize, incoming: &Incoming<'_>) -> Option<Match> {
    for (at, step) in steps.iter().enumerate().skip(waits_at) {
        if let Some(next) = accepted(step, incoming) {
            return Some(Match {
                step: at,
                first_action: 0,
                next,
                stays: false,
            });
        }
        if !is_optional(step) {
            break;
        }
    }
    for (at, step) in steps[..waits_at].iter().enumerate().rev() {
        if !is_optional(step) {
            break;
        }
        if accepted(step, incoming).is_some() {
            return Some(Match {
                step: at,
                first_action: 0,
                next: None,
                stays: true,
            });
        }
    }
    jump(steps, waits_at, incoming)
}

/// The optional receive that a response is too late for: the call has gone on without it, or is in a
/// section that returns.
pub(super) fn late_for(plan: &Plan, call: &Call, incoming: &Incoming<'_>) -> Option<Place> {
    if !incoming.is_response() {
        return None;
    }
    let optional_in = |section: u16, end: usize| {
        let steps = &plan.section(section).steps;
        let step = steps[..end.min(steps.len())]
            .iter()
            .rposition(|step| is_optional(step) && accepted(step, incoming).is_some())?;
        Some(Place {
            section: SectionId(section),
            step,
        })
    };
    optional_in(call.section, call.step as usize).or_else(|| {
        call.resumes.iter().rev().find_map(|resume| {
            let waits_at = resume.step as usize;
            let waiting = plan.section(resume.section).steps.iter().skip(waits_at);
            let optional = waiting.take_while(|step| is_optional(step)).count();
            optional_in(resume.section, waits_at + optional)
        })
    })
}

fn jump(steps: &[Step], at: usize, incoming: &Incoming<'_>) -> Option<Match> {
    let receive = receive_of(steps.get(at)?)?;
    let wanted = incoming.message?;
    if receive.channel != incoming.channel {
        return None;
    }
    let first_action = receive.actions.iter().position(
        |action| matches!(action, Action::JumpOn { message, .. } if *message == wanted),
    )?;
    Some(Match {
        step: at,
        first_action,
        next: None,
        stays: false,
    })
}

fn receive_of(step: &Step) -> Option<&Receive> {
    match &step.kind {
        StepKind::Receive(receive) => Some(receive),
        StepKind::Send(_) | StepKind::Pause(_) => None,
    }
}

fn is_optional(step: &Step) -> bool {
    receive_of(step).is_some_and(|receive| receive.optional)
}

/// Whether a step takes a message, and where the call then goes on.
#[expect(
    clippy::option_option,
    reason = "taken or not, and then: elsewhere or not"
)]
fn accepted(step: &Step, incoming: &Incoming<'_>) -> Option<Option<usize>> {
    let receive = receive_of(step)?;
    if receive.channel != incoming.channel {
        return None;
    }
    let message = incoming.message?;
    receive
        .accept
        .iter()
        .find(|accept| {
            accept.message == message
                && accept
                    .cseq_method
                    .as_ref()
                    .is_none_or(|method| cseq_method(incoming.header) == Some(method))
        })
        .map(|accept| accept.next)
}
