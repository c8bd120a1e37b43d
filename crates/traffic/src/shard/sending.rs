//! Sending a message.

use gannet_scenario::model::{Action, BodyMethod, ChannelId, MessageId, Protocol, Send};

use super::actions::{At, Outcome};
use super::call::{CallId, State};
use super::core::{Core, Turn};
use super::decimal::push_decimal;
use super::subject::{Part, Subject};
use super::{Cause, DATAGRAM_BYTES_MAX, LogEntry, Place, Way};

impl Core {
    /// Builds and sends the message of a step. In state `Opening` afterwards, the step has not begun
    /// and is run again when its channel is open.
    pub(super) fn send(
        &mut self,
        turn: &mut Turn<'_, '_>,
        call: CallId,
        place: Place,
        send: &Send,
    ) -> Outcome {
        let at = At {
            call,
            place,
            channel: send.channel,
        };
        if !turn.plan.scenario.channels[send.channel.index()].global {
            self.open_first(turn, at, send);
            if self.calls.get(call).state == State::Opening {
                return Outcome::Done;
            }
        }
        let mut header = std::mem::take(&mut self.scratch.header);
        let mut body = std::mem::take(&mut self.scratch.body);
        header.clear();
        body.clear();
        self.render(call, &send.header, &mut header);
        if let Some(template) = &send.body {
            self.render(call, template, &mut body);
        }
        let outcome = self.send_message(turn, at, send, (&mut header, &mut body));
        self.scratch.header = header;
        self.scratch.body = body;
        outcome
    }

    fn send_message(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        send: &Send,
        (header, body): (&mut Vec<u8>, &mut Vec<u8>),
    ) -> Outcome {
        let mut subject = Subject {
            header: Part::Own(header),
            body: Part::Own(body),
            message: Some(send.message),
        };
        let outcome = self.act(turn, at, &send.before, &mut subject);
        if outcome != Outcome::Done {
            return outcome;
        }
        let Subject {
            header: Part::Own(header),
            body: Part::Own(body),
            ..
        } = subject
        else {
            return Outcome::Failed;
        };
        let protocol = turn.plan.protocol(at.channel);
        self.tell_length(protocol, header, body);
        let Some(way) = self.way_of(at.call, at.channel) else {
            let channel = at.channel;
            return self.failed(turn, at, Cause::NotOpen { channel });
        };
        let length = header.len() + protocol.body_separator.len() + body.len();
        if way.to.is_some() && length > DATAGRAM_BYTES_MAX {
            return self.failed(turn, at, Cause::TooLong { length });
        }
        let parts: [&[u8]; 3] = [header, &protocol.body_separator, body];
        turn.world.send(way, at.call, &parts);
        self.note_sent(turn, at, send, &parts);
        if let Some(retransmit) = send.retransmit {
            self.start_repeat(turn, at, way, retransmit, &parts);
        }
        if let Some(history) = self.calls.history_mut(at.call) {
            history.sent(&parts);
        }
        if send.after.is_empty() {
            return Outcome::Done;
        }
        let mut subject = Subject {
            header: Part::Own(header),
            body: Part::Own(body),
            message: Some(send.message),
        };
        self.act(turn, at, &send.after, &mut subject)
    }

    fn note_sent(&mut self, turn: &mut Turn<'_, '_>, at: At, send: &Send, parts: &[&[u8]]) {
        self.calls.get_mut(at.call).last_ns = turn.now_ns;
        self.step_figures(at.place).messages += 1;
        self.note_message(turn, at.channel, Some(send.message), parts);
    }

    /// Counts a message that goes out, and tells the log.
    fn note_message(
        &mut self,
        turn: &mut Turn<'_, '_>,
        channel: ChannelId,
        message: Option<MessageId>,
        parts: &[&[u8]],
    ) {
        self.figures.messages_sent += 1;
        let Some(message) = message else {
            return;
        };
        let protocol = turn.plan.scenario.channels[channel.index()].protocol;
        self.figures.protocols[protocol.index()][message.index()].sent += 1;
        if self.settings.levels.messages {
            let message = &turn.plan.protocol(channel).messages[message.index()];
            turn.world.log(LogEntry::Sent {
                channel,
                message,
                parts,
            });
        }
    }

    /// Sends what no step says: an answer, or something that was sent before.
    pub(super) fn send_beside(
        &mut self,
        turn: &mut Turn<'_, '_>,
        channel: ChannelId,
        (way, flow): (Way, u32),
        bytes: &[u8],
    ) {
        turn.world.send(way, flow, &[bytes]);
        let protocol = turn.plan.protocol(channel);
        let type_field = &protocol.fields[protocol.type_field.index()];
        let name = type_field.read(bytes).map(|found| &bytes[found]);
        let message = name.and_then(|name| turn.plan.type_of(channel, name));
        self.note_message(turn, channel, message, &[bytes]);
    }

    /// Writes the length of the body by the first method that can.
    fn tell_length(&mut self, protocol: &Protocol, header: &mut Vec<u8>, body: &mut Vec<u8>) {
        for method in &protocol.body_methods {
            match method {
                BodyMethod::Parser(_) => return,
                BodyMethod::Length(field) => {
                    let field = &protocol.fields[field.index()];
                    let value = &mut self.scratch.value;
                    value.clear();
                    push_decimal(value, body.len() as u64);
                    let text = match field.place {
                        gannet_scenario::model::Place::Header => &mut *header,
                        gannet_scenario::model::Place::Body => &mut *body,
                    };
                    if field.write(text, value, self.settings.line_ends).is_ok() {
                        return;
                    }
                }
            }
        }
    }

    /// Opens the call's own channel before anything of the step is done, if the step says so.
    fn open_first(&mut self, turn: &mut Turn<'_, '_>, at: At, send: &Send) {
        let own = *self.calls.way(at.call, at.channel.index());
        if own.way.is_none() && own.opened.is_none() {
            let open = send.before.iter().find_map(|action| match action {
                Action::Open(args) => Some(args),
                _ => None,
            });
            if let Some(args) = open {
                self.open_for_call(turn, at, args.as_ref());
            }
        }
        let own = self.calls.way(at.call, at.channel.index());
        if own.way.is_none() && own.opened.is_some() {
            let deadline_ns = self
                .settings
                .open_timeout_ns
                .map_or(0, |timeout| turn.now_ns + timeout);
            let call = self.calls.get_mut(at.call);
            call.state = State::Opening;
            call.deadline_ns = deadline_ns;
            self.arm(at.call);
        }
    }
}
