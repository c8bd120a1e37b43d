//! What can be judged when a whole scenario has been read.

use gannet_diag::Diagnostic;

use super::context::Context;
use super::labels::Labels;
use crate::sipp::model::{
    Action, Operand, Role, Scenario, StepKind, Twin, UnexpectedHandler, VariableId,
};
use crate::sipp::text::Names;
use crate::xml::Element;

/// The handler of unexpected messages, if the scenario has one. Looking for its variables is a use
/// of them.
pub(super) fn unexpected(labels: &Labels, context: &mut Context<'_>) -> Option<UnexpectedHandler> {
    let mut variable = |name: &str| -> Option<VariableId> {
        let at = context.variables.find(name)?;
        Some(context.variables.used(at))
    };
    let return_to = variable("_unexp.retaddr");
    let paused_until = variable("_unexp.pausedaddr");
    Some(UnexpectedHandler {
        main: labels.target("_unexp.main")?,
        return_to,
        paused_until,
    })
}

/// Who begins, and which way messages go, from the first commands that tell.
pub(super) fn roles(
    scenario: &Scenario,
    root: &Element,
    context: &mut Context<'_>,
) -> (Role, Role, Option<Twin>) {
    let (mut begins, mut sends_as, mut twin) = (None, None, None);
    for step in &scenario.steps {
        match &step.kind {
            StepKind::Send(_) => {
                begins.get_or_insert(Role::Client);
                sends_as.get_or_insert(Role::Client);
            }
            StepKind::Receive(_) => {
                begins.get_or_insert(Role::Server);
                sends_as.get_or_insert(Role::Server);
            }
            StepKind::SendCommand(_) => {
                begins.get_or_insert(Role::Client);
                twin.get_or_insert(Twin::Connects);
            }
            StepKind::ReceiveCommand(_) => {
                begins.get_or_insert(Role::Server);
                twin.get_or_insert(Twin::Listens);
            }
            StepKind::Pause(_) | StepKind::Nop => {}
        }
    }
    if begins.is_none() && !context.diagnostics.has_errors() {
        context.tell(
            Diagnostic::error(
                "no-role",
                "nothing tells whether calls begin here or elsewhere",
                root.name_span.clone(),
            )
            .with_help("a scenario needs a `<send>` or a `<recv>`"),
        );
    }
    let begins = begins.unwrap_or(Role::Client);
    (begins, sends_as.unwrap_or(begins), twin)
}

/// Tells of what is wrong with the scenario as a whole.
pub(super) fn judge(scenario: &Scenario, root: &Element, context: &mut Context<'_>) {
    let timers = context.timers.never_stopped();
    let faults: Vec<Diagnostic> = timers
        .chain(context.variables.unused())
        .chain(context.transactions.faults())
        .collect();
    context.diagnostics.extend(faults);
    if scenario.steps.is_empty() && !context.diagnostics.has_errors() {
        context.error(
            "no-message",
            "the scenario has no messages",
            root.name_span.clone(),
        );
    }
    for steps in [&scenario.init, &scenario.steps] {
        for (index, step) in steps.iter().enumerate() {
            for action in &step.actions {
                judge_jump(action, index, steps.len(), step.span.clone(), context);
            }
        }
    }
}

/// Tells of a `<jump>` that would end the run.
fn judge_jump(
    action: &Action,
    index: usize,
    steps: usize,
    place: std::ops::Range<usize>,
    context: &mut Context<'_>,
) {
    let Action::Jump(Operand::Value(to)) = action else {
        return;
    };
    let is_step = *to >= 0.0 && to.trunc() < steps as f64;
    let message = if !is_step {
        format!(
            "`<jump>` to {to}: there are only the indices 0 to {}",
            steps.saturating_sub(1)
        )
    } else if to.trunc() as usize == index {
        format!("`<jump>` to {to} is a jump to itself")
    } else {
        return;
    };
    let end = context.source[place.clone()]
        .find('>')
        .map_or(place.end, |at| place.start + at + 1);
    context.tell(
        Diagnostic::warning("bad-jump", message, place.start..end)
            .with_help("SIPp ends the run when a call gets there"),
    );
}
