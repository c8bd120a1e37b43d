//! Rules about the order of commands.

use gannet_diag::{Diagnostic, Diagnostics};

use super::section::Draft;
use crate::model::{SectionKind, StepKind};
use crate::seagull::xml::Element;

/// How a section must begin.
pub(super) fn start(draft: &Draft, element: &Element, diagnostics: &mut Diagnostics) {
    let name = &element.name;
    let problem = match (draft.kind, draft.sends_first) {
        (_, None) => Some((
            "empty-section",
            format!("`<{name}>` neither sends nor receives"),
        )),
        (SectionKind::Default(_), Some(true)) => Some((
            "section-start",
            "`<default>` must begin with `<receive>`: the message decides whether it takes over"
                .to_owned(),
        )),
        (SectionKind::Abort, Some(false)) => Some((
            "section-start",
            "`<abort>` must begin with `<send>`".to_owned(),
        )),
        _ => None,
    };
    if let Some((code, message)) = problem {
        diagnostics.push(Diagnostic::error(code, message, draft.place.clone()));
    }
}

/// Init and traffic are both client or both server.
pub(super) fn same_start(drafts: &[Draft], diagnostics: &mut Diagnostics) {
    let find = |kind| drafts.iter().find(|draft| draft.kind == kind);
    let (Some(init), Some(traffic)) = (find(SectionKind::Init), find(SectionKind::Traffic)) else {
        return;
    };
    if let (Some(init_sends), Some(traffic_sends)) = (init.sends_first, traffic.sends_first)
        && init_sends != traffic_sends
    {
        let word = |sends| if sends { "sending" } else { "receiving" };
        diagnostics.push(Diagnostic::error(
            "section-start",
            format!(
                "`<init>` begins with {} and `<traffic>` with {}: they must begin alike",
                word(init_sends),
                word(traffic_sends)
            ),
            init.place.clone(),
        ));
    }
}

/// Optional receives lead to a receive that must come. Without one, nothing would say when the call
/// is to stop waiting for the optional messages.
pub(super) fn optional_runs(draft: &Draft, diagnostics: &mut Diagnostics) {
    let mut begun = false;
    let mut run = Vec::new();
    for step in draft.steps.iter().map(Option::as_ref).chain([None]) {
        let kind = step.map(|step| &step.step.kind);
        match (step, kind) {
            (Some(step), Some(StepKind::Receive(receive))) if receive.optional => {
                if !begun {
                    diagnostics.push(Diagnostic::error(
                        "optional-first",
                        "an optional receive cannot begin a section: its message would decide whether a call is there",
                        step.place.clone(),
                    ));
                }
                run.push(step.place.clone());
            }
            (_, Some(StepKind::Receive(_))) => run.clear(),
            _ => {
                for place in run.drain(..) {
                    diagnostics.push(
                        Diagnostic::error(
                            "optional-last",
                            "no receive that must come follows this optional one",
                            place,
                        )
                        .with_help("after optional receives there must be one that is not optional, before anything is sent or waited for"),
                    );
                }
            }
        }
        begun |= !matches!(kind, Some(StepKind::Pause(_)));
    }
}
