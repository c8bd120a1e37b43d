//! Taking a message of a call.

use gannet_events::sipp::Failure;
use gannet_scenario::sipp::model::{Optional, Receive, Step, StepKind};

use super::call::{Answer, CallId, State};
use super::core::{Core, Turn};
use super::input::Source;
use super::matching::{Match, Subject};
use super::plan::Part;
use super::received::{Reader, Received, Start};
use super::routing::answer_to;
use super::running::{Go, Onward};
use super::text::render;
use super::{CallEvent, LogEntry, MediaOrder};

/// What became of a message before any step was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// It is new.
    No,
    /// It came before and is done with.
    Done,
    /// It came before, and other messages since.
    Earlier(usize),
}

impl Core {
    /// Gives a message to its call.
    pub(super) fn take_for_call(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        received: &Received<'_>,
        source: Source,
    ) {
        self.note_call(turn, id, CallEvent::Received(received.bytes()));
        let call = self.calls.get(id);
        if call.state == State::Pausing && self.settings().ignores_messages_in_pause {
            return;
        }
        if call.way.is_none() && call.marks.incoming {
            self.use_port(id, source.port, source.from);
        }
        if self.settings().strictness.routes_by_rfc
            && received.method().is_some()
            && let Some(from) = source.from
            && let Some(way) = &mut self.calls.get_mut(id).way
        {
            way.to = Some(answer_to(received, from));
        }
        self.process(turn, id, received, false);
    }

    /// Gives a call the message that waits for it.
    pub(super) fn take_queued(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let marks = &mut self.calls.get_mut(id).marks;
        marks.has_queued = false;
        let is_unexpected = std::mem::take(&mut marks.queued_unexpected);
        let Some(bytes) = self.queued.remove(&id) else {
            return;
        };
        let mut reader = Reader::default();
        if let Some(received) = reader.read(&bytes) {
            self.process(turn, id, &received, is_unexpected);
        }
    }

    /// Keeps a message until its call receives.
    pub(super) fn queue(&mut self, id: CallId, received: &Received<'_>) {
        self.queued.insert(id, received.bytes().to_vec());
        self.calls.get_mut(id).marks.has_queued = true;
    }

    /// A message that was unexpected before is not handed to the scenario's handler again.
    fn process(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        received: &Received<'_>,
        was_unexpected: bool,
    ) {
        let is_unreliable = self.repeats();
        let hash = if is_unreliable {
            self.message_hash(received)
        } else {
            0
        };
        let known = if is_unreliable {
            self.recognise(turn, id, received, hash)
        } else {
            Known::No
        };
        if known == Known::Done {
            return;
        }
        if !self.has_right_cseq(id, received) {
            let failure = Failure::UnexpectedMessage;
            self.note_failure(turn, id, |name| {
                format!("Call-ID {name}: CSeq of the ACK is not that of the INVITE")
            });
            self.fail(turn, id, failure);
            return;
        }
        let part = turn.plan.part(self.calls.get(id).part);
        self.note_parts(turn, id, part, received);
        let found = match (received.to(), known, received.start()) {
            (None, ..) => Match::Nothing,
            // A response of an older transaction must not be taken for one of the present one.
            (Some(_), Known::Earlier(step), Start::Response(_)) => {
                late_response(part, step, received)
            }
            _ => {
                let call = self.calls.get(id);
                let subject = Subject {
                    part,
                    state: self.calls.state(id),
                    received,
                    is_unreliable,
                };
                subject.find(call.step as usize)
            }
        };
        match (found, known) {
            (Match::Step(index), _) => self.take(turn, id, (part, index), received, hash),
            (Match::AckAgain(ack), _) => self.send_ack_again(turn, id, part, ack),
            (Match::Late(step), _) | (Match::Nothing, Known::Earlier(step)) => {
                self.count_repeated(id, step);
            }
            (Match::Nothing, _) => self.unexpected(turn, id, received, was_unexpected),
        }
    }

    /// The hash that tells a retransmission.
    #[inline]
    pub(super) fn message_hash(&self, received: &Received<'_>) -> u64 {
        if self.settings().retransmission.compares_all {
            return self.hash_of(received.bytes());
        }
        let cseq = received.cseq_method().unwrap_or_default();
        let mut hash = u64::from(received.cseq_number().unwrap_or_default());
        let (status, body) = match received.code() {
            Some(code) => (u64::from(code), received.body()),
            None => (0, &[][..]),
        };
        for text in [received.to(), received.from(), Some(cseq), Some(body)] {
            hash = hash.rotate_left(17) ^ self.hash_of(text.unwrap_or_default());
        }
        (hash ^ status << 1) | 1
    }

    /// Whether the message came before; if it was the last one it is answered again.
    fn recognise(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        received: &Received<'_>,
        hash: u64,
    ) -> Known {
        let heard = &self.calls.get(id).heard;
        if heard.last != hash {
            return heard.earlier(hash).map_or(Known::No, Known::Earlier);
        }
        let (step, answer) = (heard.step as usize, heard.answer);
        let call = self.calls.get(id);
        let steps = turn.plan.part_of(call).steps(call.marks.is_init);
        if answer == Answer::Passed && received.code().is_some() {
            return Known::Earlier(step);
        }
        if let Some(step_taken) = steps.get(step)
            && self.loses(step_taken)
        {
            if let Some(figures) = self.step_figures(id, step) {
                figures.lost += 1;
            }
            return Known::Done;
        }
        self.count_repeated(id, step);
        let call = self.calls.get(id);
        let (sender, way) = (call.repeat.step as usize, call.way);
        if answer == Answer::Last
            && let Some(way) = way
        {
            self.send_copy(turn, id, way);
            self.figures_of(id).retransmissions += 1;
            if let Some(figures) = self.step_figures(id, sender) {
                figures.retransmissions += 1;
            }
        }
        Known::Done
    }

    /// A message came again.
    fn count_repeated(&mut self, id: CallId, step: usize) {
        if let Some(figures) = self.step_figures(id, step) {
            figures.retransmissions += 1;
        }
    }

    /// Behaviour `cseq`: the ACK has the number of the INVITE (RFC 3261 13.2.2.4).
    #[inline]
    fn has_right_cseq(&self, id: CallId, received: &Received<'_>) -> bool {
        // Without an INVITE it is one that no step waits for.
        let invited = self.calls.get(id).invite_cseq;
        received.method() != Some(b"ACK")
            || !self.settings().behaviours.check_cseq
            || [0, received.cseq_number().unwrap_or_default()].contains(&invited)
    }

    /// What every message tells, taken or not.
    #[inline]
    fn note_parts(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        part: &Part,
        received: &Received<'_>,
    ) {
        let call = self.calls.get_mut(id);
        match received.start() {
            Start::Request(b"ACK") => call.marks.established = true,
            Start::Request(b"INVITE") => {
                call.invite_cseq = received.cseq_number().unwrap_or_default();
            }
            Start::Request(_) => {}
            Start::Response(_) => {
                if part.needs.peer_tag {
                    self.calls.state_mut(id).keep_peer_tag(received);
                }
            }
        }
        if part.needs.media {
            let call = self.calls.get(id);
            let step = part.scenario.steps.get(call.step as usize);
            if step.is_none_or(|step| !step.ignores_sdp) && !received.body().is_empty() {
                for (kind, address) in received.media().each() {
                    let order = MediaOrder::Remote { kind, address };
                    turn.world.media(id, order);
                }
                if part.needs.descriptions {
                    let order = MediaOrder::PeerDescription(received.body());
                    turn.world.media(id, order);
                }
            }
        }
    }

    /// A step takes the message.
    fn take(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        (part, index): (&Part, usize),
        received: &Received<'_>,
        hash: u64,
    ) {
        let step = &part.scenario.steps[index];
        let StepKind::Receive(receive) = &step.kind else {
            return;
        };
        if self.loses(step) {
            if let Some(figures) = self.step_figures(id, index) {
                figures.lost += 1;
            }
            return;
        }
        self.keep_books(turn, id, step, turn.arrived_ns);
        if let Some(figures) = self.step_figures(id, index) {
            figures.messages += 1;
        }
        let go = self.act(turn, id, (index, step), Some(received));
        let Go::On(onward) = go else {
            return;
        };
        self.calls.state_mut(id).raise_cseq(received);
        self.end_repeat(turn, id, index, received);
        if received.code() == Some(200) {
            self.calls.get_mut(id).marks.ack_pending = true;
        }
        if !self.keep_dialog(turn, id, receive, received) {
            return;
        }
        if !receive.advances {
            self.unblock(turn, id);
            return;
        }
        self.calls.get_mut(id).heard.note(hash, index as u32);
        self.keep_last(id, part, received);
        self.move_on(turn, id, (index, step), onward);
    }

    /// Route set and challenge. False if the run cannot go on.
    #[inline]
    fn keep_dialog(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        receive: &Receive,
        received: &Received<'_>,
    ) -> bool {
        if receive.keeps_routes && !self.calls.state_mut(id).keep_routes(received) {
            let part = self.calls.get(id).part;
            self.warn(turn, part, || {
                "no route set is kept: there is no Contact".into()
            });
        }
        let is_challenge = matches!(received.code(), Some(401 | 407));
        if receive.keeps_challenge
            && is_challenge
            && !self.calls.state_mut(id).keep_challenge(received)
        {
            self.fatal("auth=\"true\": a 401 or 407 without a challenge was received".into());
            return false;
        }
        true
    }

    /// Keeps the last received message, if anything may look into it.
    #[inline]
    pub(super) fn keep_last(&mut self, id: CallId, part: &Part, received: &Received<'_>) {
        let tells_peer = !self.calls.get(id).marks.incoming && self.settings().behaviours.bye;
        if !part.needs.last_message && !tells_peer {
            return;
        }
        let common = &mut self.shared.common;
        let state = self.calls.state_mut(id);
        state.keep_last(&mut common.scratch, received);
        self.calls.get_mut(id).marks.has_last = true;
    }

    /// Moves the cursor beyond the step that took the message, unless it is an optional one that leads
    /// elsewhere under a condition that does not hold.
    fn move_on(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        (index, step): (usize, &Step),
        onward: Onward,
    ) {
        let is_optional =
            matches!(&step.kind, StepKind::Receive(receive) if receive.optional != Optional::No);
        let test = step.jump.as_ref().and_then(|jump| jump.test);
        if is_optional
            && onward.jump.is_none()
            && let Some(test) = test
            && !self.is_set(turn, id, test)
        {
            self.unblock(turn, id);
            return;
        }
        self.leave_pause(id);
        if self.advance(turn, id, index, step, onward) {
            self.run(turn, id);
        }
    }

    /// Sends the ACK of a step again, outside of the scenario's course.
    fn send_ack_again(&mut self, turn: &mut Turn<'_, '_>, id: CallId, part: &Part, ack: usize) {
        let Some(StepKind::Send(send)) = part.scenario.steps.get(ack).map(|step| &step.kind) else {
            return;
        };
        let Some(way) = self.calls.get(id).way else {
            return;
        };
        let at = self.at(id, ack);
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        let (mut env, state, _) = self.env(turn, id);
        if render(&mut env, state, at, &send.text, &mut out).is_ok() {
            self.transmit(turn, id, way, &out);
            self.figures_of(id).retransmissions += 1;
            if let Some(figures) = self.step_figures(id, ack) {
                figures.retransmissions += 1;
            }
        }
        self.out = out;
    }

    /// Tells the log what was received.
    #[inline]
    pub(super) fn log_received(&mut self, turn: &mut Turn<'_, '_>, message: &[u8]) {
        if self.shared.settings.levels.messages {
            turn.world.log(LogEntry::Received {
                protocol: self.shared.settings.protocol,
                message,
            });
        }
    }
}

/// What a response means that a step took before.
fn late_response(part: &Part, step: usize, received: &Received<'_>) -> Match {
    let is_final = received.code().is_some_and(|code| code >= 200);
    if is_final && part.sends_ack(step + 1) {
        Match::AckAgain(step + 1)
    } else {
        Match::Late(step)
    }
}
