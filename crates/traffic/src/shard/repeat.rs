//! Sending a message again while nothing comes, and recognising what comes again.

use gannet_scenario::model::Retransmit;

use super::actions::At;
use super::call::{CallId, Repeat, RepeatEnd};
use super::core::{Core, Turn};
use super::receiving::{Incoming, cseq_method};
use super::timers::REPEAT_BIT;
use super::{Cause, Place, Way};

const MS_NS: u64 = 1_000_000;

/// A transaction is given up after this many times T1 (timers B, F and H, RFC 3261 17.1.1.2).
const T1_TIMES: u64 = 64;

impl Core {
    /// Keeps what was sent and starts its timer.
    pub(super) fn start_repeat(
        &mut self,
        turn: &mut Turn<'_, '_>,
        at: At,
        way: Way,
        retransmit: Retransmit,
        parts: &[&[u8]],
    ) {
        self.stop_repeat(at.call);
        let header = parts.first().copied().unwrap_or_default();
        let Some(mut repeat) = self.repeat_for(turn.now_ns, way, retransmit, header) else {
            return;
        };
        repeat.place = at.place;
        repeat.timer = Some(
            self.wheel
                .insert(repeat.next_ns, REPEAT_BIT | u64::from(at.call)),
        );
        if let Some(copy) = self.calls.copy_mut(at.call) {
            copy.bytes.clear();
            for part in parts {
                copy.bytes.extend_from_slice(part);
            }
            copy.repeat = Some(repeat);
        }
    }

    fn repeat_for(
        &self,
        now_ns: u64,
        way: Way,
        retransmit: Retransmit,
        header: &[u8],
    ) -> Option<Repeat> {
        let place = Place {
            section: gannet_scenario::model::SectionId(0),
            step: 0,
        };
        match retransmit {
            Retransmit::Every { interval_ms } => {
                let interval_ns = interval_ms * MS_NS;
                Some(Repeat {
                    way,
                    next_ns: now_ns + interval_ns,
                    interval_ns,
                    interval_max_ns: interval_ns,
                    until_ns: u64::MAX,
                    left: self.settings.repeats_max?.saturating_add(1),
                    ends_at: RepeatEnd::AnyMessage,
                    place,
                    timer: None,
                })
            }
            Retransmit::Rfc3261 { t1_ms, t2_ms } => {
                let is_response = header.starts_with(b"SIP/2.0 ");
                let is_invite = cseq_method(header) == Some(b"INVITE");
                if header.starts_with(b"ACK ")
                    || is_response && (!is_invite || is_provisional(header))
                {
                    return None;
                }
                let (ends_at, longest_ms) = match (is_response, is_invite) {
                    (true, _) => (RepeatEnd::Ack, t2_ms),
                    (false, true) => (RepeatEnd::AnyResponse, u64::MAX / MS_NS),
                    (false, false) => (RepeatEnd::FinalResponse, t2_ms),
                };
                Some(Repeat {
                    way,
                    next_ns: now_ns + t1_ms * MS_NS,
                    interval_ns: t1_ms * MS_NS,
                    interval_max_ns: longest_ms * MS_NS,
                    until_ns: now_ns + T1_TIMES * t1_ms * MS_NS,
                    left: u32::MAX,
                    ends_at,
                    place,
                    timer: None,
                })
            }
        }
    }

    /// The time for another retransmission, or for giving up.
    pub(super) fn repeat_timer(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let Some(copy) = self.calls.copy_mut(id) else {
            return;
        };
        let Some(repeat) = &mut copy.repeat else {
            return;
        };
        if repeat.next_ns > turn.now_ns {
            // The timer of an earlier message that ended within this very turn.
            return;
        }
        let place = repeat.place;
        if repeat.left == 0 || turn.now_ns >= repeat.until_ns {
            repeat.timer = None;
            copy.repeat = None;
            self.step_figures(place).timeouts += 1;
            self.note_failure(turn, id, place, Cause::NoAnswer);
            if self.enter_abort(turn, id) {
                self.run(turn, id);
            } else {
                self.fail(turn, id, place);
            }
            return;
        }
        turn.world.send(repeat.way, id, &[&copy.bytes]);
        repeat.left -= 1;
        if repeat.interval_max_ns > repeat.interval_ns {
            repeat.interval_ns = (repeat.interval_ns * 2).min(repeat.interval_max_ns);
        }
        let deadline = (repeat.next_ns + repeat.interval_ns).min(repeat.until_ns);
        repeat.next_ns = deadline.max(turn.now_ns + 1);
        repeat.timer = Some(
            self.wheel
                .insert(repeat.next_ns, REPEAT_BIT | u64::from(id)),
        );
        self.figures.messages_sent += 1;
        self.figures.retransmissions_sent += 1;
        self.step_figures(place).retransmissions += 1;
    }

    /// No more retransmissions of what the call sent last.
    pub(super) fn stop_repeat(&mut self, id: CallId) {
        if let Some(repeat) = self.calls.copy_mut(id).and_then(|copy| copy.repeat.take())
            && let Some(timer) = repeat.timer
        {
            self.wheel.cancel(timer);
        }
    }

    /// A message ends the retransmission that waits for it, or slows it down.
    pub(super) fn end_repeat_at(&mut self, id: CallId, incoming: &Incoming<'_>) {
        let Some(repeat) = self
            .calls
            .copy_mut(id)
            .and_then(|copy| copy.repeat.as_mut())
        else {
            return;
        };
        let ends = match repeat.ends_at {
            RepeatEnd::AnyMessage => true,
            RepeatEnd::AnyResponse => incoming.is_response(),
            RepeatEnd::FinalResponse => {
                if incoming.is_response() && !incoming.is_final() {
                    // RFC 3261 17.1.2.2: in Proceeding, timer E is T2.
                    repeat.interval_ns = repeat.interval_max_ns;
                }
                incoming.is_final()
            }
            RepeatEnd::Ack => incoming.name == b"ACK",
        };
        if ends {
            self.stop_repeat(id);
        }
    }

    /// Whether the call took the same message before; if so it is answered again.
    pub(super) fn is_retransmission(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        incoming: &Incoming<'_>,
    ) -> bool {
        let place = self.place_of(id);
        let Some(history) = self.calls.history_mut(id) else {
            return false;
        };
        let Some(answer) = history.answer_to(incoming.hash) else {
            return false;
        };
        if !answer.is_empty() {
            turn.world.send(incoming.way(), id, &[answer]);
            self.figures.messages_sent += 1;
            self.figures.retransmissions_sent += 1;
        }
        self.figures.retransmissions_absorbed += 1;
        let steps = &mut self.figures.sections[place.section.index()];
        let at = place.step.min(steps.len() - 1);
        steps[at].retransmissions += 1;
        true
    }
}

fn is_provisional(header: &[u8]) -> bool {
    header.get(b"SIP/2.0 ".len()) == Some(&b'1')
}
