//! Taking a message that a call waits for.

use std::net::SocketAddr;

use gannet_scenario::model::{
    Action, ChannelId, MessageId, Mode, Receive, SectionId, Step, StepKind,
};

use super::actions::{At, Outcome};
use super::call::{CallId, State};
use super::core::{Core, Turn};
use super::plan::edits;
use super::subject::{Part, Subject};
use super::{Place, PortKey, Way};

/// A message as it came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Incoming<'a> {
    pub(super) port: PortKey,
    pub(super) channel: ChannelId,
    /// The peer; `None` on a connection.
    pub(super) from: Option<SocketAddr>,
    /// All of it.
    pub(super) whole: &'a [u8],
    /// Start line and header fields.
    pub(super) header: &'a [u8],
    pub(super) body: &'a [u8],
    /// The value of the type field: a method or a status code.
    pub(super) name: &'a [u8],
    /// Its type; `None` if the dictionary does not know it.
    pub(super) message: Option<MessageId>,
    /// Tells retransmissions; 0 where they are not absorbed.
    pub(super) hash: u64,
}

impl Incoming<'_> {
    pub(super) fn is_response(&self) -> bool {
        self.name.first().is_some_and(u8::is_ascii_digit)
    }

    pub(super) fn is_final(&self) -> bool {
        self.is_response() && self.name[0] != b'1'
    }

    pub(super) fn way(&self) -> Way {
        Way {
            port: self.port,
            to: self.from,
        }
    }
}

/// How a waiting call takes a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Match {
    /// The step that takes it.
    step: usize,
    /// Actions before this one are left out.
    first_action: usize,
    /// The step that follows instead of the next.
    next: Option<usize>,
    /// The call stays where it is.
    stays: bool,
}

impl Core {
    /// Gives a message to a call.
    pub(super) fn take_for_call(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        incoming: &Incoming<'_>,
    ) {
        self.end_repeat_at(id, incoming);
        if self.is_retransmission(turn, id, incoming) {
            return;
        }
        let call = self.calls.get(id);
        if call.state == State::Ended {
            self.unknown(turn, incoming);
            return;
        }
        if call.state == State::Receiving {
            let steps = &turn.plan.section(call.section).steps;
            if let Some(found) = find(steps, usize::from(call.step), incoming) {
                self.take(turn, id, incoming, found);
                return;
            }
        }
        self.unexpected(turn, id, incoming);
    }

    /// The first step of the call's section takes the message. The caller has made sure that it does.
    pub(super) fn take_first(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        incoming: &Incoming<'_>,
    ) {
        let section = turn.plan.section(self.calls.get(id).section);
        let next = match section.steps.first().map(|step| &step.kind) {
            Some(StepKind::Receive(receive)) => {
                accepted(receive, incoming).and_then(|accept| accept)
            }
            _ => None,
        };
        let found = Match {
            step: 0,
            first_action: 0,
            next,
            stays: false,
        };
        self.take(turn, id, incoming, found);
    }

    fn take(&mut self, turn: &mut Turn<'_, '_>, id: CallId, incoming: &Incoming<'_>, found: Match) {
        let plan = turn.plan;
        let call = self.calls.get_mut(id);
        let section = call.section;
        let place = Place {
            section: SectionId(section),
            step: found.step,
        };
        let waits_at = call.step;
        call.step = found.step as u16;
        call.state = State::Running;
        call.last_ns = turn.now_ns;
        self.step_figures(place).messages += 1;
        let StepKind::Receive(receive) = &plan.section(section).steps[found.step].kind else {
            return;
        };
        self.note_peer(turn, id, incoming);
        if let Some(history) = self.calls.history_mut(id) {
            history.received(incoming.hash, incoming.is_response());
        }
        let at = At {
            call: id,
            place,
            channel: incoming.channel,
        };
        let actions = &receive.actions[found.first_action..];
        let outcome = self.act_on_received(turn, at, actions, incoming);
        match outcome {
            Outcome::Done if found.stays => self.calls.get_mut(id).step = waits_at,
            Outcome::Done => {
                self.calls.get_mut(id).step = found.next.unwrap_or(found.step + 1) as u16;
            }
            other => {
                if !self.follow(turn, id, place, other) {
                    return;
                }
            }
        }
        self.run(turn, id);
    }

    fn act_on_received(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        actions: &[Action],
        incoming: &Incoming<'_>,
    ) -> Outcome {
        if actions.is_empty() {
            return Outcome::Done;
        }
        if !edits(actions) {
            let mut subject = Subject::received(incoming.header, incoming.body, incoming.message);
            return self.act(turn, at, actions, &mut subject);
        }
        let mut header = std::mem::take(&mut self.scratch.header);
        let mut body = std::mem::take(&mut self.scratch.body);
        header.clear();
        header.extend_from_slice(incoming.header);
        body.clear();
        body.extend_from_slice(incoming.body);
        let mut subject = Subject {
            header: Part::Own(&mut header),
            body: Part::Own(&mut body),
            message: incoming.message,
        };
        let outcome = self.act(turn, at, actions, &mut subject);
        self.scratch.header = header;
        self.scratch.body = body;
        outcome
    }

    /// A call of a server answers where its last message came from.
    fn note_peer(&mut self, turn: &mut Turn<'_, '_>, id: CallId, incoming: &Incoming<'_>) {
        let channel = &turn.plan.scenario.channels[incoming.channel.index()];
        if channel.open.mode == Mode::Server {
            let own = self.calls.way_mut(id, incoming.channel.index());
            if own.opened.is_none() {
                own.way = Some(incoming.way());
            }
        }
    }
}

/// The step that takes a message of a call that waits at `waits_at`: that step, or one after it while those
/// before are optional; else an optional one right before it, as a late message; else the step itself if a
/// jump hangs on the message.
fn find(steps: &[Step], waits_at: usize, incoming: &Incoming<'_>) -> Option<Match> {
    let mut at = waits_at;
    while let Some(StepKind::Receive(receive)) = steps.get(at).map(|step| &step.kind) {
        if let Some(next) = accepted(receive, incoming) {
            return Some(Match {
                step: at,
                first_action: 0,
                next,
                stays: false,
            });
        }
        if !receive.optional {
            break;
        }
        at += 1;
    }
    for (at, step) in steps[..waits_at].iter().enumerate().rev() {
        let StepKind::Receive(receive) = &step.kind else {
            break;
        };
        if !receive.optional {
            break;
        }
        if accepted(receive, incoming).is_some() {
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

fn jump(steps: &[Step], at: usize, incoming: &Incoming<'_>) -> Option<Match> {
    let Some(StepKind::Receive(receive)) = steps.get(at).map(|step| &step.kind) else {
        return None;
    };
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

/// Whether a step takes a message, and where the call then goes on.
#[expect(
    clippy::option_option,
    reason = "taken or not, and then: elsewhere or not"
)]
fn accepted(receive: &Receive, incoming: &Incoming<'_>) -> Option<Option<usize>> {
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

/// The method in the first CSeq of a header (RFC 3261 20.16).
pub(super) fn cseq_method(header: &[u8]) -> Option<&[u8]> {
    header.split(|byte| *byte == b'\n').find_map(|line| {
        let colon = memchr::memchr(b':', line)?;
        if !line[..colon].trim_ascii_end().eq_ignore_ascii_case(b"CSeq") {
            return None;
        }
        line[colon + 1..]
            .split(u8::is_ascii_whitespace)
            .rfind(|word| !word.is_empty())
    })
}
