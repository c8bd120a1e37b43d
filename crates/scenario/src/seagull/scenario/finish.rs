//! Putting a section together: the order of its actions, and those that nobody wrote.

use super::compile::Compiler;
use super::section::{Draft, DraftStep};
use crate::model::{Action, ChannelId, KeySource, Section, StepKind};

impl Compiler<'_> {
    /// The section as it is played.
    pub(super) fn finish(&self, mut draft: Draft) -> Section {
        if !self.correlated {
            register_sessions(&mut draft);
        }
        let mut line_picked = false;
        let mut steps = Vec::with_capacity(draft.steps.len());
        for mut draft in draft.steps.into_iter().flatten() {
            for actions in [&mut draft.before, &mut draft.after] {
                pick_line(actions, &mut line_picked);
            }
            match &mut draft.step.kind {
                StepKind::Send(send) => {
                    send.before = draft.before;
                    send.after = draft.after;
                }
                StepKind::Receive(receive) => {
                    receive.actions = draft.before;
                    receive.actions.append(&mut draft.after);
                    if self.around.exact
                        && let Some(Action::JumpOn {
                            fails_when_last, ..
                        }) = receive.actions.last_mut()
                    {
                        *fails_when_last = true;
                    }
                }
                StepKind::Pause(_) => {}
            }
            steps.push(draft.step);
        }
        Section {
            kind: draft.kind,
            end: draft.end,
            steps,
        }
    }
}

/// Without a correlation, the first command on each channel makes the call known by what the
/// dictionary calls the session, after all its other actions.
fn register_sessions(draft: &mut Draft) {
    let mut seen = Vec::new();
    for DraftStep { channel, after, .. } in draft.steps.iter_mut().flatten() {
        if let Some(channel) = *channel
            && !seen.contains(&channel)
        {
            seen.push(channel);
            after.push(Action::InsertKey {
                channel: ChannelId(channel as u16),
                key: KeySource::Session,
            });
        }
    }
}

/// A line of external data is picked before the first use of one in the section.
fn pick_line(actions: &mut Vec<Action>, line_picked: &mut bool) {
    if *line_picked {
        return;
    }
    let first = actions
        .iter()
        .position(|action| matches!(action, Action::External { .. }));
    if let Some(first) = first {
        actions.insert(first, Action::PickLine);
        *line_picked = true;
    }
}
