//! Sending a message again while nothing comes, and recognising what comes again.

use gannet_scenario::model::{Retransmit, TransportKind};

use super::actions::At;
use super::call::{CallId, Repeat, RepeatEnd, Schedule};
use super::core::{Core, Turn};
use super::cseq::CSeq;
use super::receiving::Incoming;
use super::timers::REPEAT_BIT;
use super::{Cause, Way};

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
        let transport = turn.plan.scenario.channels[at.channel.index()].transport;
        let schedule = match retransmit {
            Retransmit::Every { interval_ms } => self
                .settings
                .repeats_max
                .map(|times| Schedule::every(interval_ms, times)),
            Retransmit::Rfc3261 { t1_ms, t2_ms } => {
                let is_reliable = transport.kind == TransportKind::Tcp;
                Schedule::rfc3261((t1_ms, t2_ms), header, is_reliable)
            }
        };
        let Some(schedule) = schedule else {
            return;
        };
        let now_ns = turn.now_ns;
        let until_ns = now_ns.saturating_add(schedule.lasts_ns);
        let next_ns = now_ns.saturating_add(schedule.interval_ns).min(until_ns);
        let timer = self.wheel.insert(next_ns, REPEAT_BIT | u64::from(at.call));
        let repeat = Repeat {
            way,
            next_ns,
            until_ns,
            schedule,
            cseq: CSeq::of(header),
            place: at.place,
            timer: Some(timer),
        };
        if let Some(copy) = self.calls.copy_mut(at.call) {
            copy.bytes.clear();
            for part in parts {
                copy.bytes.extend_from_slice(part);
            }
            copy.repeat = Some(repeat);
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
        let schedule = &mut repeat.schedule;
        if schedule.left == 0 || turn.now_ns >= repeat.until_ns {
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
        schedule.left -= 1;
        if schedule.interval_max_ns > schedule.interval_ns {
            let doubled = schedule.interval_ns.saturating_mul(2);
            schedule.interval_ns = doubled.min(schedule.interval_max_ns);
        }
        let deadline = repeat.next_ns.saturating_add(schedule.interval_ns);
        let deadline = deadline.min(repeat.until_ns);
        repeat.next_ns = deadline.max(turn.now_ns + 1);
        repeat.timer = Some(
            self.wheel
                .insert(repeat.next_ns, REPEAT_BIT | u64::from(id)),
        );
        let way = (repeat.way, id);
        let bytes = std::mem::take(&mut copy.bytes);
        let channel = turn.plan.channel_of(place);
        self.send_beside(turn, channel, way, &bytes);
        if let Some(copy) = self.calls.copy_mut(id) {
            copy.bytes = bytes;
        }
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
        let is_answer = || {
            let cseq = CSeq::of(incoming.header);
            // Another method is another transaction (RFC 3261 17.1.3).
            let other = cseq.zip(repeat.cseq);
            incoming.is_response()
                && other.is_none_or(|(theirs, ours)| theirs.method == ours.method)
        };
        let ends = match repeat.schedule.ends_at {
            RepeatEnd::AnyMessage => true,
            RepeatEnd::AnyResponse => is_answer(),
            RepeatEnd::FinalResponse => {
                let is_answer = is_answer();
                if is_answer && !incoming.is_final() {
                    // RFC 3261 17.1.2.2: in Proceeding, timer E is T2.
                    repeat.schedule.interval_ns = repeat.schedule.interval_max_ns;
                }
                is_answer && incoming.is_final()
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
        let Some(history) = self.calls.history_mut(id) else {
            return false;
        };
        let Some(answer) = history.answer_to(incoming.hash) else {
            return false;
        };
        let mut again = std::mem::take(&mut self.scratch.text);
        again.clear();
        again.extend_from_slice(answer);
        // The ACK takes the way of the INVITE; a response goes back to where the request came from.
        let way = if incoming.is_response() {
            self.way_of(id, incoming.channel)
        } else {
            Some(incoming.way())
        };
        if let Some(way) = way
            && !again.is_empty()
        {
            self.send_beside(turn, incoming.channel, (way, id), &again);
            self.figures.retransmissions_sent += 1;
        }
        self.scratch.text = again;
        let place = self.place_of(id);
        self.figures.retransmissions_absorbed += 1;
        let steps = &mut self.figures.sections[place.section.index()];
        let at = place.step.min(steps.len() - 1);
        steps[at].retransmissions += 1;
        true
    }
}

impl Schedule {
    /// Seagull's: so many times and once more, whatever comes ends it.
    fn every(interval_ms: u64, times: u32) -> Self {
        let interval_ns = interval_ms.saturating_mul(MS_NS);
        Self {
            interval_ns,
            interval_max_ns: interval_ns,
            lasts_ns: u64::MAX,
            left: times.saturating_add(1),
            ends_at: RepeatEnd::AnyMessage,
        }
    }

    /// RFC 3261's; `None` for what is not retransmitted.
    fn rfc3261((t1_ms, t2_ms): (u64, u64), header: &[u8], is_reliable: bool) -> Option<Self> {
        let cseq = CSeq::of(header);
        let is_invite = cseq.is_some_and(CSeq::is_invite);
        let status = header.strip_prefix(b"SIP/2.0 ").and_then(<[u8]>::first);
        let (ends_at, longest_ms) = match status {
            _ if header.starts_with(b"ACK ") => return None,
            Some(b'1') => return None,
            // RFC 3261 17.2.2: only the request makes such a response go out again.
            Some(_) if !is_invite => return None,
            Some(_) => (RepeatEnd::Ack, t2_ms),
            None if is_invite => (RepeatEnd::AnyResponse, u64::MAX),
            None => (RepeatEnd::FinalResponse, t2_ms),
        };
        let lasts_ns = t1_ms.saturating_mul(T1_TIMES).saturating_mul(MS_NS);
        // On a reliable transport timers A, E and G are not set, but B, F and H are; a 2xx goes out
        // again on any transport (RFC 3261 13.3.1.4).
        let waits_only = is_reliable && status != Some(&b'2');
        let first_ms = if waits_only { u64::MAX } else { t1_ms };
        Some(Self {
            interval_ns: first_ms.saturating_mul(MS_NS),
            interval_max_ns: longest_ms.saturating_mul(MS_NS),
            lasts_ns,
            left: u32::MAX,
            ends_at,
        })
    }
}
