//! Running the steps of a call until it waits or ends.

use gannet_events::traffic::Phase;
use gannet_scenario::model::{SectionEnd, SectionId, SectionKind, StepKind};

use super::actions::Outcome;
use super::call::{CallId, Resume, State};
use super::core::{Core, Turn};
use super::{Cause, LogEntry, Place};

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
                step: call.step as usize,
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
                        .map_or(0, |timeout| call.last_ns.saturating_add(timeout));
                    self.arm(id);
                    return;
                }
                StepKind::Pause(pause) => {
                    let length = pause.length.sample_ms(&mut self.rng);
                    let call = self.calls.get_mut(id);
                    let end_ns = call.last_ns.saturating_add((length * MS) as u64);
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
            Outcome::Jump(step) => self.calls.get_mut(id).step = step as u32,
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

    /// Whether a call can go on in the abort section: there is one, and it is not there already.
    pub(super) fn can_abort(&self, turn: &Turn<'_, '_>, id: CallId) -> bool {
        let section = self.calls.get(id).section;
        turn.plan.abort.is_some_and(|abort| abort.0 != section)
    }

    /// Moves a call to the abort section, if it can go there.
    pub(super) fn enter_abort(&mut self, turn: &mut Turn<'_, '_>, id: CallId) -> bool {
        let Some(abort) = turn.plan.abort.filter(|_| self.can_abort(turn, id)) else {
            return false;
        };
        self.stop_repeat(id);
        let call = self.calls.get_mut(id);
        call.section = abort.0;
        call.step = 0;
        call.resumes.clear();
        call.last_ns = turn.now_ns;
        true
    }

    /// Moves a call to a section that gives it back at its end.
    pub(super) fn enter_returning(&mut self, now_ns: u64, id: CallId, section: SectionId) {
        let call = self.calls.get_mut(id);
        call.resumes.push(Resume {
            section: call.section,
            step: call.step,
            state: call.state,
            deadline_ns: call.deadline_ns,
            line: call.line,
        });
        call.section = section.0;
        call.step = 0;
        call.last_ns = now_ns;
    }

    /// The call has run all steps of its section. False if it goes on with a step of another one.
    fn end_section(&mut self, turn: &mut Turn<'_, '_>, id: CallId) -> bool {
        let call = self.calls.get_mut(id);
        let section = turn.plan.section(call.section);
        if section.end == SectionEnd::Return
            && let Some(resume) = call.resumes.pop()
        {
            return self.resume(turn, id, resume);
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
            (SectionKind::Init, _) => self.figures.init_successful += 1,
            (SectionKind::Traffic, _) => self.figures.traffic_successful += 1,
            (SectionKind::Default(_), _) => self.figures.default_successful += 1,
            (SectionKind::Abort, _) => self.figures.abort_successful += 1,
        }
        self.end(turn, id, true);
        true
    }

    /// A call goes on where a section that returns took over. False if it goes on with a step, true if
    /// it waits as it did then, or has ended.
    fn resume(&mut self, turn: &mut Turn<'_, '_>, id: CallId, resume: Resume) -> bool {
        let call = self.calls.get_mut(id);
        call.section = resume.section;
        call.step = resume.step;
        call.state = resume.state;
        call.deadline_ns = resume.deadline_ns;
        call.line = resume.line;
        let place = self.place_of(id);
        let channel = turn.plan.channel_of(place);
        let own = self.calls.way(id, channel.index());
        match (resume.state, own.way, own.opened) {
            // What it waited for was opened meanwhile, or closed.
            (State::Opening, Some(_), _) => {
                self.calls.get_mut(id).deadline_ns = 0;
                return false;
            }
            (State::Opening, None, None) => self.connection_failed(turn, id, place),
            _ => self.arm(id),
        }
        true
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
        self.end(turn, id, false);
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
        if self.calls.get(id).is_init {
            self.end_init(turn.now_ns, passed);
        }
        if self.settings.absorb_retransmissions {
            self.keep_ended(turn.now_ns, id);
        } else {
            self.release(id);
        }
    }

    /// The call of the init section is over, in whichever section: if it ended well traffic begins, else
    /// the run ends.
    fn end_init(&mut self, now_ns: u64, passed: bool) {
        if passed {
            self.finish_init(now_ns);
        } else if self.phase == Phase::Init {
            self.phase = Phase::Stopping;
        }
    }

    /// Frees the place of a call. Its keys find it no more.
    pub(super) fn release(&mut self, id: CallId) {
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
            let own = self.calls.way_mut(id, channel);
            if let Some(port) = own.opened.take() {
                own.way = None;
                self.ports.remove(port);
                turn.world.close(port);
            }
        }
    }
}
