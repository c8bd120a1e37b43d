//! Running the steps of a call until it waits or ends.

use gannet_events::traffic::Phase;
use gannet_scenario::model::{SectionEnd, SectionId, SectionKind, StepKind};

use super::actions::Outcome;
use super::call::{CallId, Resume, State};
use super::core::{Core, Turn};
use super::{Cause, LogEntry, Place};

/// How long a call that is over answers retransmissions: 64 times T1 (RFC 3261 17.1.2.2, timer F of
/// the peer).
const ENDED_NS: u64 = 32_000_000_000;

/// The most calls that are over and still answer retransmissions.
const ENDED_CALLS_MAX: usize = 200_000;

/// Nanoseconds in a millisecond.
pub(super) const MS: f64 = 1_000_000.0;

impl Core {
    /// Begins a call in a section, and leaves it before its first step.
    pub(super) fn begin(&mut self, now_ns: u64, section: SectionId, incoming: bool) -> CallId {
        let id = self.calls.take();
        let call = self.calls.get_mut(id);
        call.section = section.0;
        call.incoming = incoming;
        call.last_ns = now_ns;
        self.begun += 1;
        let figures = &mut self.figures;
        if incoming {
            figures.incoming_calls += 1;
        } else {
            figures.outgoing_calls += 1;
        }
        figures.calls_open += 1;
        figures.calls_open_max = figures.calls_open_max.max(figures.calls_open);
        id
    }

    /// Runs steps until the call waits or ends.
    pub(super) fn run(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let plan = turn.plan;
        loop {
            let call = self.calls.get_mut(id);
            call.state = State::Running;
            let place = Place {
                section: SectionId(call.section),
                step: usize::from(call.step),
            };
            let Some(step) = plan.section(call.section).steps.get(place.step) else {
                if self.end_section(turn, id) {
                    return;
                }
                continue;
            };
            match &step.kind {
                StepKind::Send(send) => {
                    let outcome = self.send(turn, id, place, send);
                    if self.calls.get(id).state == State::Opening {
                        return;
                    }
                    if !self.follow(turn, id, place, outcome) {
                        return;
                    }
                }
                StepKind::Receive(_) => {
                    call.state = State::Receiving;
                    call.deadline_ns = self
                        .settings
                        .call_timeout_ns
                        .map_or(0, |timeout| call.last_ns + timeout);
                    self.arm(id);
                    return;
                }
                StepKind::Pause(pause) => {
                    let length = pause.length.sample_ms(&mut self.rng);
                    let call = self.calls.get_mut(id);
                    let end_ns = call.last_ns + (length * MS) as u64;
                    self.figures.sections[place.section.index()][place.step].messages += 1;
                    if end_ns <= turn.now_ns {
                        call.last_ns = end_ns;
                        call.step += 1;
                        continue;
                    }
                    call.state = State::Pausing;
                    call.deadline_ns = end_ns;
                    self.arm(id);
                    return;
                }
            }
        }
    }

    /// Moves a call on after the actions of a step. False if it has ended.
    pub(super) fn follow(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        place: Place,
        outcome: Outcome,
    ) -> bool {
        match outcome {
            Outcome::Done => self.calls.get_mut(id).step += 1,
            Outcome::Jump(step) => self.calls.get_mut(id).step = step as u16,
            Outcome::Failed => {
                self.fail(turn, id, place);
                return false;
            }
            Outcome::Abort => {
                if !self.enter_abort(turn, id) {
                    self.fail(turn, id, place);
                    return false;
                }
            }
        }
        true
    }

    /// Moves a call to the abort section; false if there is none or it is there already.
    pub(super) fn enter_abort(&mut self, turn: &mut Turn<'_, '_>, id: CallId) -> bool {
        let Some(abort) = turn.plan.abort else {
            return false;
        };
        self.stop_repeat(id);
        let call = self.calls.get_mut(id);
        if call.section == abort.0 {
            return false;
        }
        call.section = abort.0;
        call.step = 0;
        call.resume = None;
        call.last_ns = turn.now_ns;
        true
    }

    /// Moves a call to a section that gives it back at its end.
    pub(super) fn enter_returning(&mut self, now_ns: u64, id: CallId, section: SectionId) {
        let call = self.calls.get_mut(id);
        call.resume = Some(Resume {
            section: call.section,
            step: call.step,
            state: call.state,
            deadline_ns: call.deadline_ns,
            last_ns: call.last_ns,
        });
        call.section = section.0;
        call.step = 0;
        call.last_ns = now_ns;
    }

    /// The call has run all steps of its section. False if it goes on in another one.
    fn end_section(&mut self, turn: &mut Turn<'_, '_>, id: CallId) -> bool {
        let call = self.calls.get_mut(id);
        let section = turn.plan.section(call.section);
        if section.end == SectionEnd::Return
            && let Some(resume) = call.resume.take()
        {
            call.section = resume.section;
            call.step = resume.step;
            call.state = resume.state;
            call.deadline_ns = resume.deadline_ns;
            call.last_ns = resume.last_ns;
            self.arm(id);
            return true;
        }
        let place = Place {
            section: SectionId(call.section),
            step: section.steps.len() - 1,
        };
        match (section.kind, section.end) {
            (_, SectionEnd::Failure) => {
                self.note_failure(turn, id, place, Cause::SectionEnd);
                self.fail(turn, id, place);
                return true;
            }
            (_, SectionEnd::Uncounted) => {}
            (SectionKind::Init, _) => {
                self.figures.init_successful += 1;
                self.finish_init(turn.now_ns);
            }
            (SectionKind::Traffic, _) => self.figures.traffic_successful += 1,
            (SectionKind::Default(_), _) => self.figures.default_successful += 1,
            (SectionKind::Abort, _) => {
                self.figures.abort_successful += 1;
                self.finish_init_of(turn, id);
            }
        }
        self.end(turn, id, true);
        true
    }

    fn finish_init_of(&mut self, turn: &mut Turn<'_, '_>, _id: CallId) {
        if self.phase == Phase::Init {
            self.finish_init(turn.now_ns);
        }
    }

    /// Traffic begins.
    pub(super) fn finish_init(&mut self, now_ns: u64) {
        if self.phase == Phase::Init {
            self.phase = Phase::Running;
            self.pacer.pause(now_ns);
            self.pacer.resume(now_ns);
        }
    }

    /// Ends a call as failed.
    pub(super) fn fail(&mut self, turn: &mut Turn<'_, '_>, id: CallId, place: Place) {
        self.figures.failed += 1;
        self.step_figures(place).calls_failed += 1;
        let was_init = turn
            .plan
            .init
            .is_some_and(|init| init.0 == self.calls.get(id).section);
        self.end(turn, id, false);
        if was_init {
            self.phase = Phase::Stopping;
        }
    }

    /// Ends a call: it is known no more, and its place is free.
    fn end(&mut self, turn: &mut Turn<'_, '_>, id: CallId, passed: bool) {
        if self.settings.levels.verdicts {
            let mut key = std::mem::take(&mut self.scratch.key);
            self.key_of(id, &mut key);
            let section = SectionId(self.calls.get(id).section);
            turn.world.log(LogEntry::Verdict {
                section,
                passed,
                key: &key,
            });
            self.scratch.key = key;
        }
        self.figures.calls_open -= 1;
        self.stop_repeat(id);
        self.close_all(turn, id);
        if self.settings.absorb_retransmissions && self.ended_calls < ENDED_CALLS_MAX {
            self.ended_calls += 1;
            let call = self.calls.get_mut(id);
            call.state = State::Ended;
            call.deadline_ns = turn.now_ns + ENDED_NS;
            self.arm(id);
        } else {
            self.release(id);
        }
    }

    /// Frees the place of a call that is over. False if the call is not over.
    pub(super) fn release_ended(&mut self, id: CallId) -> bool {
        if self.calls.get(id).state != State::Ended {
            return false;
        }
        self.ended_calls -= 1;
        self.release(id);
        true
    }

    fn release(&mut self, id: CallId) {
        let call = self.calls.get_mut(id);
        let mut keys = std::mem::take(&mut call.keys);
        if let Some(timer) = call.timer.take() {
            self.wheel.cancel(timer);
        }
        self.keys.remove_all(&mut keys);
        self.calls.give_back(id);
    }

    fn close_all(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        for channel in 0..turn.plan.scenario.channels.len() {
            if let Some(port) = self.calls.way_mut(id, channel).opened.take() {
                self.ports.remove(port);
                turn.world.close(port);
            }
        }
    }
}
