//! Taking a message that a call waits for.

use std::net::SocketAddr;

use gannet_scenario::model::{Action, ChannelId, MessageId, Mode, SectionId, StepKind};

use super::actions::{At, Outcome};
use super::call::{CallId, State};
use super::core::{Core, Turn};
use super::cseq::CSeq;
use super::history::Kind;
use super::matching::{Match, find, late_for};
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
        self.kind() == Kind::Final
    }

    fn kind(&self) -> Kind {
        match self.name.first() {
            Some(b'1') => Kind::Provisional,
            Some(digit) if digit.is_ascii_digit() => Kind::Final,
            _ => Kind::Request,
        }
    }

    pub(super) fn way(&self) -> Way {
        Way {
            port: self.port,
            to: self.from,
        }
    }
}

impl Core {
    /// Gives a message to a call.
    pub(super) fn take_for_call(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        incoming: &Incoming<'_>,
    ) {
        if self.is_retransmission(turn, id, incoming) {
            return;
        }
        self.end_repeat_at(id, incoming);
        let call = self.calls.get(id);
        match call.state {
            State::Ended => return self.unknown(turn, incoming),
            State::Receiving => {
                let steps = &turn.plan.section(call.section).steps;
                if let Some(found) = find(steps, call.step as usize, incoming) {
                    return self.take(turn, id, incoming, found);
                }
            }
            State::Free | State::Running | State::Pausing | State::Opening => {}
        }
        if let Some(place) = late_for(turn.plan, call, incoming) {
            // It disturbs nothing, and nothing is done with it.
            self.step_figures(place).messages += 1;
            return;
        }
        self.unexpected(turn, id, incoming);
    }

    /// A step of the call's section takes the message.
    pub(super) fn take(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        incoming: &Incoming<'_>,
        found: Match,
    ) {
        let plan = turn.plan;
        let call = self.calls.get_mut(id);
        let section = call.section;
        let place = Place {
            section: SectionId(section),
            step: found.step,
        };
        let waits_at = call.step;
        call.step = found.step as u32;
        call.state = State::Running;
        call.last_ns = turn.now_ns;
        self.step_figures(place).messages += 1;
        let StepKind::Receive(receive) = &plan.section(section).steps[found.step].kind else {
            return;
        };
        self.note_peer(turn, id, incoming);
        if let Some(history) = self.calls.history_mut(id) {
            history.received(incoming.hash, incoming.kind(), CSeq::of(incoming.header));
        }
        let at = At {
            call: id,
            place,
            channel: incoming.channel,
        };
        let actions = &receive.actions[found.first_action..];
        let outcome = self.act_on_received(turn, at, actions, incoming);
        match outcome {
            // A message that came late moves nothing.
            Outcome::Done | Outcome::Jump(_) if found.stays => {
                self.calls.get_mut(id).step = waits_at;
            }
            Outcome::Done => {
                self.calls.get_mut(id).step = found.next.unwrap_or(found.step + 1) as u32;
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
