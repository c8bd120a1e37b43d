//! Steps in words.

use gannet_events::sipp::{CommandKind, StepLayout};

/// Which step it is: SIPp's own messages count from 0.
pub(super) fn position(index: usize) -> String {
    format!("step {index}")
}

/// What a call does that is at the step.
pub(super) fn doing(step: &StepLayout) -> String {
    let name = step.display.as_ref().unwrap_or(&step.name);
    match step.kind {
        CommandKind::SendRequest | CommandKind::SendResponse => format!("sending {name}"),
        CommandKind::ReceiveRequest | CommandKind::ReceiveResponse => {
            format!("waiting for {name}")
        }
        CommandKind::Pause | CommandKind::Timewait => format!("pause of {name}"),
        CommandKind::Nop => match &step.display {
            Some(text) => format!("actions of {text}"),
            None => "actions".into(),
        },
        CommandKind::SendCommand => "sending a twin command".into(),
        CommandKind::ReceiveCommand => "waiting for a twin command".into(),
    }
}
