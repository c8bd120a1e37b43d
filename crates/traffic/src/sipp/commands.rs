//! Commands between twins (3PCC).

use gannet_events::sipp::Failure;
use gannet_events::traffic::Phase;
use gannet_scenario::sipp::model::{Optional, SendCommand, Step, StepKind};
use memchr::memmem;

use super::LogEntry;
use super::call::CallId;
use super::core::{Core, Turn};
use super::plan::Begins;
use super::received::Received;
use super::running::{Go, Onward};
use super::starting::Beginning;
use super::text::render;

impl Core {
    /// Sends the command of a step.
    pub(super) fn send_command_step(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        (index, step): (usize, &Step),
        send: &SendCommand,
    ) -> Go {
        if self.calls.get(id).repeat.next_ns != 0 {
            self.calls.get_mut(id).state = super::call::State::Blocked;
            return Go::Wait;
        }
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        let at = self.at(id, index);
        let (mut env, state, _) = self.env(turn, id);
        let rendered = render(&mut env, state, at, &send.text, &mut out);
        let sent = rendered
            .as_ref()
            .is_ok_and(|()| self.transmit_command(turn, send.to.as_deref(), &out));
        self.out = out;
        if let Err(error) = rendered {
            self.fatal(error.to_string());
            return Go::Over;
        }
        if !sent {
            self.fail(turn, id, Failure::CmdNotSent);
            return Go::Over;
        }
        if let Some(figures) = self.step_figures(id, index) {
            figures.messages += 1;
        }
        self.keep_books(turn, id, step, turn.now_ns);
        self.act(turn, id, (index, step), None)
    }

    /// Hands a command over.
    pub(super) fn transmit_command(
        &mut self,
        turn: &mut Turn<'_, '_>,
        to: Option<&str>,
        text: &[u8],
    ) -> bool {
        let sent = turn.world.send_command(to, text);
        if sent && self.shared.settings.levels.messages {
            turn.world.log(LogEntry::CommandSent(text));
        }
        sent
    }

    /// Takes a command, without the byte that ends it.
    pub(super) fn command(&mut self, turn: &mut Turn<'_, '_>, text: &[u8]) {
        if self.shared.settings.levels.messages {
            turn.world.log(LogEntry::CommandReceived(text));
        }
        let text = text.trim_ascii_end();
        let Some(call_id) = field(text, b"call-id") else {
            self.warn(turn, 0, || {
                "a twin command without Call-ID was received".into()
            });
            return;
        };
        let known = self.keys.find(0, call_id);
        if is_abort(text) {
            if let Some(id) = known {
                self.note_failure(turn, id, |name| {
                    format!("Call-ID {name}: its twin has ended the call")
                });
                self.fail_with_abort(turn, id, Failure::CallRejected);
            }
            return;
        }
        let begun = known.or_else(|| self.begin_by_command(turn, call_id));
        if let Some(id) = begun {
            self.take_command(turn, id, text);
        }
    }

    /// A command of no call may begin one.
    fn begin_by_command(&mut self, turn: &mut Turn<'_, '_>, name: &[u8]) -> Option<CallId> {
        let begins = turn.plan.part(0).begins == Begins::ByCommand;
        let accepts = matches!(self.phase, Phase::Running | Phase::Paused);
        if !begins || !accepts || self.starts.is_full() {
            self.figures[0].out_of_call += 1;
            return None;
        }
        let id = self.begin(turn, Beginning::Command { name });
        self.run(turn, id);
        self.keys.find(0, name)
    }

    /// The next step that waits for a command takes it.
    fn take_command(&mut self, turn: &mut Turn<'_, '_>, id: CallId, text: &[u8]) {
        let call = self.calls.get(id);
        let (cursor, part) = (call.step as usize, turn.plan.part(call.part));
        let steps = &part.scenario.steps;
        let found = steps
            .iter()
            .enumerate()
            .skip(cursor)
            .find(|(_, step)| match &step.kind {
                StepKind::Nop => false,
                StepKind::Receive(receive) => receive.optional == Optional::No,
                _ => true,
            });
        let taken = found.and_then(|(index, step)| match &step.kind {
            StepKind::ReceiveCommand(receive) => Some((index, step, receive)),
            _ => None,
        });
        let Some((index, step, receive)) = taken else {
            self.note_failure(turn, id, |name| {
                format!("Call-ID {name}: a twin command came while it was at step {cursor}")
            });
            self.fail(turn, id, Failure::CallRejected);
            return;
        };
        if let Some(wanted) = &receive.from
            && field(text, b"from") != Some(wanted.as_bytes())
        {
            self.note_failure(turn, id, |name| {
                format!("Call-ID {name}: a twin command came that is not of {wanted}")
            });
            self.fail(turn, id, Failure::CallRejected);
            return;
        }
        if let Some(figures) = self.step_figures(id, index) {
            figures.messages += 1;
        }
        self.keep_books(turn, id, step, turn.now_ns);
        let mut layout = gannet_sip::Layout::default();
        layout.scan(text);
        let received = Received::new(text, &layout);
        let go = self.act(turn, id, (index, step), Some(&received));
        let Go::On(onward) = go else {
            return;
        };
        self.leave_pause(id);
        if self.advance(turn, id, index, step, Onward { ..onward }) {
            self.run(turn, id);
        }
    }
}

/// The value of a header field of a command, in any case.
fn field<'t>(text: &'t [u8], name: &[u8]) -> Option<&'t [u8]> {
    text.split(|byte| *byte == b'\n').find_map(|line| {
        let colon = memchr::memchr(b':', line)?;
        let (before, after) = line.split_at(colon);
        before
            .trim_ascii()
            .eq_ignore_ascii_case(name)
            .then(|| after[1..].trim_ascii())
    })
}

fn is_abort(text: &[u8]) -> bool {
    memmem::find(text, b"internal-cmd:").is_some_and(|at| {
        text[at + 13..]
            .trim_ascii_start()
            .starts_with(b"abort_call")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_commands_are_found_in_any_case() {
        let text = b"Call-ID: 1@x\r\nFROM:m\n\nbody: y";
        assert_eq!(field(text, b"call-id"), Some(&b"1@x"[..]));
        assert_eq!(field(text, b"from"), Some(&b"m"[..]));
        assert_eq!(field(text, b"to"), None);
        assert!(is_abort(b"call-id: 1\r\ninternal-cmd: abort_call\r\n\r\n"));
        assert!(!is_abort(b"call-id: 1\r\ninternal-cmd: other"));
    }
}
