//! Sending the message of a step.

use gannet_events::sipp::Failure;
use gannet_scenario::sipp::model::{Send, Sends, Step};

use super::call::{Answer, CallId, State};
use super::connections::Ready;
use super::core::{Core, Turn};
use super::received::{Reader, Received};
use super::routing::request_to;
use super::running::{Go, MS_NS, Onward};
use super::text::{RenderError, render};
use super::{CallEvent, LogEntry, MediaOrder, Protocol};
use crate::shard::{DATAGRAM_BYTES_MAX, Way};

impl Core {
    /// Builds and sends the message of a step.
    pub(super) fn send_step(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        (index, step): (usize, &Step),
        send: &Send,
    ) -> Go {
        if self.calls.get(id).repeat.next_ns != 0 {
            self.calls.get_mut(id).state = State::Blocked;
            return Go::Wait;
        }
        let way = match self.way_for(turn, id) {
            Ready::By(way) => way,
            Ready::Later => {
                self.wait_to_send(turn, id, State::Opening, send);
                return Go::Wait;
            }
            Ready::Never(failure) => {
                self.fail(turn, id, failure);
                return Go::Over;
            }
        };
        let way = self.routed(turn, id, way, &send.sends);
        if !turn.takes(way) {
            self.wait_to_send(turn, id, State::Congested, send);
            self.wait_for_room(id);
            return Go::Wait;
        }
        let call = self.calls.get_mut(id);
        call.deadline_ns = 0;
        call.send_limit_ns = 0;
        self.keep_books(turn, id, step, turn.now_ns);
        if let Sends::Request(method) = &send.sends {
            self.calls.state_mut(id).next_cseq(method.as_bytes());
        }
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        let go = self.send_rendered(turn, id, (index, step), (send, way), &mut out);
        self.out = out;
        go
    }

    /// The way of a message by RFC 3261, if that is wanted.
    #[inline]
    fn routed(&mut self, turn: &mut Turn<'_, '_>, id: CallId, way: Way, sends: &Sends) -> Way {
        if !self.settings().strictness.routes_by_rfc
            || way.to.is_none()
            || matches!(sends, Sends::Response(_))
        {
            return way;
        }
        let to = request_to(self.calls.state(id), turn.world).or(way.to);
        let way = Way { to, ..way };
        self.calls.get_mut(id).way = Some(way);
        way
    }

    fn send_rendered(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        (index, step): (usize, &Step),
        (send, way): (&Send, Way),
        out: &mut Vec<u8>,
    ) -> Go {
        let at = self.at(id, index);
        let (mut env, state, _) = self.env(turn, id);
        if let Err(error) = render(&mut env, state, at, &send.text, out) {
            if error == RenderError::NoCircuit {
                self.fail(turn, id, Failure::OutboundCongestion);
            } else {
                self.fatal(error.to_string());
            }
            return Go::Over;
        }
        if way.to.is_some() && out.len() > DATAGRAM_BYTES_MAX {
            self.fail(turn, id, Failure::CannotSendMessage);
            return Go::Over;
        }
        if turn.plan.part_of(self.calls.get(id)).needs.descriptions
            && let Some(body) = body_of(out)
        {
            turn.world.media(id, MediaOrder::OwnDescription(body));
        }
        if self.loses(step) {
            if let Some(figures) = self.step_figures(id, index) {
                figures.lost += 1;
            }
        } else {
            self.transmit(turn, id, way, out);
        }
        self.note_sent(id, index, send, out);
        if let Some(transaction) = send.starts {
            let mut reader = Reader::default();
            let message = reader.read(out);
            let branch = message
                .as_ref()
                .and_then(Received::branch)
                .unwrap_or_default();
            let state = self.calls.state_mut(id);
            state.start_transaction(transaction, branch, index);
        }
        self.start_repeat(turn.now_ns, id, send);
        let go = if step.actions.is_empty() {
            Go::On(Onward::default())
        } else {
            self.act_on_sent(turn, id, (index, step), out)
        };
        if go != Go::Over
            && let Some(figures) = self.step_figures(id, index)
        {
            figures.messages += 1;
        }
        go
    }

    /// Actions of a send step look into what was sent.
    fn act_on_sent(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        at: (usize, &Step),
        sent: &[u8],
    ) -> Go {
        let mut reader = Reader::default();
        let message = reader.read(sent);
        self.act(turn, id, at, message.as_ref())
    }

    /// Remembers what a step sent.
    #[inline]
    fn note_sent(&mut self, id: CallId, index: usize, send: &Send, bytes: &[u8]) {
        let call = self.calls.get_mut(id);
        call.repeat.step = index as u32;
        call.repeat.count = 0;
        call.repeat.next_ns = 0;
        let is_response = match &send.sends {
            Sends::Request(method) => {
                call.marks.sent_invite = &**method == "INVITE";
                if &**method == "ACK" {
                    call.marks.established = true;
                    call.marks.ack_pending = false;
                }
                false
            }
            Sends::Response(_) => {
                call.marks.sent_invite = false;
                true
            }
        };
        if call.heard.last != 0 {
            call.heard.answer = match call.heard.answer {
                Answer::None => Answer::Last,
                // A later response answers the same request.
                Answer::Last if is_response => Answer::Last,
                Answer::Last | Answer::Passed => Answer::Passed,
            };
        }
        if let Some(copy) = self.calls.sent_mut(id) {
            self.shared.common.scratch.buffers.keep(copy, bytes);
        }
    }

    /// Hands a message over.
    #[inline]
    pub(super) fn transmit(&mut self, turn: &mut Turn<'_, '_>, id: CallId, way: Way, bytes: &[u8]) {
        turn.world.send(way, id, bytes);
        self.figures_of(id).messages_sent += 1;
        let protocol = self.shared.settings.protocol;
        if self.shared.settings.levels.messages {
            turn.world.log(LogEntry::Sent {
                protocol,
                message: bytes,
            });
        }
        let sent = CallEvent::Sent {
            step: self.calls.get(id).step as usize,
            protocol,
            message: bytes,
        };
        self.note_call(turn, id, sent);
    }

    /// The call waits for its connection.
    fn wait_to_send(&mut self, turn: &mut Turn<'_, '_>, id: CallId, state: State, send: &Send) {
        let limit_ns = send
            .timeout_ms
            .map(|ms| ms.saturating_mul(MS_NS))
            .or(self.settings().send_timeout_ns);
        let call = self.calls.get_mut(id);
        call.state = state;
        if call.send_limit_ns == 0 {
            call.send_limit_ns = limit_ns.map_or(u64::MAX, |limit_ns| {
                turn.now_ns.saturating_add(limit_ns).max(1)
            });
        }
        let limit_ns = call.send_limit_ns;
        call.deadline_ns = if limit_ns == u64::MAX { 0 } else { limit_ns };
        self.arm(id);
    }

    /// The peer's datagrams may be lost, and are sent again.
    pub(super) fn repeats(&self) -> bool {
        let settings = self.settings();
        settings.protocol == Protocol::Udp && settings.retransmission.enabled
    }
}

/// What stands behind the header of a message that was made; `None` if there is nothing.
fn body_of(message: &[u8]) -> Option<&[u8]> {
    const END: &[u8] = b"\r\n\r\n";
    let at = memchr::memmem::find(message, END)? + END.len();
    Some(&message[at..]).filter(|body| !body.is_empty())
}
