//! Messages of calls that fail, as examples.

use std::sync::Arc;

use gannet_events::sipp::{CommandKind, Failure, Layout};
use gannet_report::load::failure_name;
use gannet_traffic::sipp::CallEvent;

use crate::watch::Recorder;

/// Hands what happens in calls to whoever keeps examples.
#[derive(Debug)]
pub(in crate::sipp) struct CallRecorder {
    recorder: Recorder,
    layout: Arc<Layout>,
    /// How messages travel: what was received says nothing of it.
    transport: &'static str,
}

impl CallRecorder {
    pub(in crate::sipp) fn new(
        recorder: Recorder,
        layout: Arc<Layout>,
        transport: &'static str,
    ) -> Self {
        Self {
            recorder,
            layout,
            transport,
        }
    }

    /// Takes an event.
    #[inline]
    pub(super) fn take(&mut self, call_id: &[u8], event: CallEvent<'_>) {
        let transport = self.transport;
        match event {
            CallEvent::Begun => self.recorder.begun(call_id),
            CallEvent::Sent { message, .. } => {
                self.recorder.message(call_id, true, transport, message);
            }
            CallEvent::Received(message) => {
                self.recorder.message(call_id, false, transport, message);
            }
            CallEvent::Failed(step, failure) => {
                let layout = &self.layout;
                let words = || place(layout, step, failure);
                self.recorder.failed(call_id, words);
            }
            CallEvent::Ended => self.recorder.ended(call_id),
        }
    }
}

/// Where and why a call failed.
fn place(layout: &Layout, step: usize, failure: Failure) -> String {
    let number = step + 1;
    let why = failure_name(failure);
    let Some(step) = layout.steps.get(step) else {
        return format!("step {number}: {why}");
    };
    let doing = match step.kind {
        CommandKind::SendRequest | CommandKind::SendResponse | CommandKind::SendCommand => {
            "sending"
        }
        CommandKind::ReceiveRequest
        | CommandKind::ReceiveResponse
        | CommandKind::ReceiveCommand => "waiting for",
        CommandKind::Pause | CommandKind::Timewait => "pause",
        CommandKind::Nop => "action",
    };
    format!("step {number}, {doing} {}: {why}", step.name)
}
