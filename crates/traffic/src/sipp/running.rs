//! Running the steps of a call until it waits or ends.

use gannet_events::sipp::Failure;
use gannet_events::traffic::Phase;
use gannet_scenario::sipp::model::{Pause, PauseLength, Step, StepKind};

use super::LogEntry;
use super::actions::{Outcome, Verdict, run_actions};
use super::call::{CallId, State, TAKEN};
use super::core::{Core, Turn};
use super::plan::Part;
use super::received::Received;
use super::text::At;

pub(super) const MS_NS: u64 = 1_000_000;

/// The most steps of a call that are run before others have their turn.
const STEPS_MAX: usize = 1_000;

/// How a call goes on after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    /// With the next step, or where a jump leads.
    On(Onward),
    /// It waits.
    Wait,
    /// It is over.
    Over,
}

/// Where a call goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Onward {
    /// Where an action wants it.
    pub(super) jump: Option<usize>,
    /// Not before that time.
    pub(super) pause_until_ns: Option<u64>,
}

impl Core {
    /// Runs steps until the call waits or ends.
    pub(super) fn run(&mut self, turn: &mut Turn<'_, '_>, id: CallId) {
        let plan = turn.plan;
        for _ in 0..STEPS_MAX {
            let call = self.calls.get_mut(id);
            call.state = State::Running;
            let part = plan.part(call.part);
            let index = call.step as usize;
            let Some(step) = part.steps(call.marks.is_init).get(index) else {
                self.complete(turn, id);
                return;
            };
            if let Some((variable, inverse)) = step.condition
                && self.is_set(turn, id, variable) == inverse
            {
                self.advance(turn, id, index, step, Onward::default());
                continue;
            }
            let go = match &step.kind {
                StepKind::Send(send) => self.send_step(turn, id, (index, step), send),
                StepKind::Receive(_) | StepKind::ReceiveCommand(_) => {
                    self.wait(turn, id, part, index);
                    return;
                }
                StepKind::Pause(pause) => self.pause(turn, id, (index, step), pause),
                StepKind::Nop => {
                    self.keep_books(turn, id, step, turn.now_ns);
                    self.act(turn, id, (index, step), None)
                }
                StepKind::SendCommand(send) => {
                    self.send_command_step(turn, id, (index, step), send)
                }
            };
            match go {
                Go::On(onward) => {
                    if !self.advance(turn, id, index, step, onward) {
                        return;
                    }
                }
                Go::Wait | Go::Over => return,
            }
        }
        let call = self.calls.get_mut(id);
        call.state = State::Yielding;
        call.deadline_ns = turn.now_ns + MS_NS;
        self.arm(id);
    }

    /// Moves the cursor on from a step. False if the call then waits.
    pub(super) fn advance(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        index: usize,
        step: &Step,
        onward: Onward,
    ) -> bool {
        let to = match onward.jump {
            Some(to) => to,
            None => self.branch(turn, id, step).unwrap_or(index + 1),
        };
        let call = self.calls.get_mut(id);
        if to <= index {
            call.heard.forget_earlier();
        }
        call.step = to as u32;
        call.deadline_ns = 0;
        let Some(until_ns) = onward.pause_until_ns.filter(|until_ns| *until_ns > 0) else {
            return true;
        };
        if until_ns <= turn.now_ns {
            // The pause that was left is over meanwhile: the call goes on after it.
            call.step += 1;
            return true;
        }
        call.state = State::Pausing;
        call.deadline_ns = until_ns;
        self.note_pause(id, to, true);
        self.arm(id);
        false
    }

    /// Where `next` leads, if it is taken.
    pub(super) fn branch(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        step: &Step,
    ) -> Option<usize> {
        let jump = step.jump.as_ref()?;
        let holds = jump.test.is_none_or(|test| self.is_set(turn, id, test));
        let mut chosen = || {
            jump.chance
                .is_none_or(|chance| self.shared.rng.f64() < chance)
        };
        (holds && chosen()).then_some(jump.to)
    }

    /// Waits for a message, unless one is there already.
    fn wait(&mut self, turn: &mut Turn<'_, '_>, id: CallId, part: &Part, index: usize) {
        let call = self.calls.get_mut(id);
        call.state = State::Receiving;
        call.deadline_ns = 0;
        if call.marks.has_queued {
            self.take_queued(turn, id);
            return;
        }
        if let Some((limit_ns, limit_step)) = part.limit(index) {
            call.deadline_ns = turn.now_ns.saturating_add(limit_ns).max(1);
            call.deadline_step = limit_step;
            self.arm(id);
        }
    }

    fn pause(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        (index, step): (usize, &Step),
        pause: &Pause,
    ) -> Go {
        let ms = match &pause.length {
            PauseLength::Default => self.settings().pause_ms as f64,
            PauseLength::Drawn(drawn) => drawn.sample_ms(&mut self.shared.rng),
            PauseLength::Variable(variable) => {
                let (env, state, _) = self.env(turn, id);
                env.number(state, *variable)
                    .trunc()
                    .clamp(0.0, f64::from(i32::MAX))
            }
        };
        if let Some(figures) = self.step_figures(id, index) {
            figures.messages += 1;
        }
        self.keep_books(turn, id, step, turn.now_ns);
        let go = self.act(turn, id, (index, step), None);
        let Go::On(onward) = go else {
            return go;
        };
        if onward.jump.is_some() {
            return go;
        }
        let until_ns = match onward.pause_until_ns {
            Some(until_ns) => until_ns,
            None => turn.now_ns.saturating_add((ms * MS_NS as f64) as u64),
        };
        let call = self.calls.get_mut(id);
        call.marks.in_timewait = pause.is_timewait;
        if until_ns <= turn.now_ns {
            return Go::On(Onward::default());
        }
        call.state = State::Pausing;
        call.deadline_ns = until_ns;
        self.note_pause(id, index, true);
        self.arm(id);
        Go::Wait
    }

    /// A call enters or leaves a pause.
    pub(super) fn note_pause(&mut self, id: CallId, index: usize, begins: bool) {
        if let Some(figures) = self.step_figures(id, index) {
            figures.paused_now = if begins {
                figures.paused_now + 1
            } else {
                figures.paused_now.saturating_sub(1)
            };
        }
    }

    /// The pause of a call is over, by itself or not.
    pub(super) fn leave_pause(&mut self, id: CallId) {
        let call = self.calls.get(id);
        if call.state == State::Pausing {
            self.note_pause(id, call.step as usize, false);
        }
    }

    /// Counters and response times of a step that was done at `at_ns`.
    #[inline]
    pub(super) fn keep_books(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        step: &Step,
        at_ns: u64,
    ) {
        if step.counter.is_none() && step.start_timer.is_none() && step.stop_timer.is_none() {
            return;
        }
        let call = self.calls.get(id);
        if call.marks.is_init {
            return;
        }
        let figures = &mut self.figures[usize::from(call.part)];
        if let Some(counter) = step.counter {
            figures.counters[counter.index()] += 1;
        }
        if let Some(timer) = step.start_timer {
            let since = self.calls.timer_mut(id, timer.index());
            if *since != TAKEN {
                *since = at_ns;
            }
        }
        let Some(timer) = step.stop_timer else {
            return;
        };
        let since = self.calls.timer_mut(id, timer.index());
        if *since == TAKEN {
            return;
        }
        let time_ns = at_ns.saturating_sub(*since);
        if !step.repeat_timer {
            *since = TAKEN;
        }
        figures.timers[timer.index()].record(time_ns);
        if self.shared.settings.levels.response_times {
            turn.world.log(LogEntry::ResponseTime {
                at_ns,
                time_ns,
                timer: timer.index(),
            });
        }
    }

    /// Carries out the actions of a step.
    #[inline]
    pub(super) fn act(
        &mut self,
        turn: &mut Turn<'_, '_>,
        id: CallId,
        (index, step): (usize, &Step),
        received: Option<&Received<'_>>,
    ) -> Go {
        if step.actions.is_empty() {
            return Go::On(Onward::default());
        }
        // What is received may be for a step beyond the cursor, or before it.
        let cursor = received.map_or(index, |_| self.calls.get(id).step as usize);
        let at = At {
            acts: true,
            ..self.at(id, cursor)
        };
        let (mut env, state, _) = self.env(turn, id);
        let mut outcome = run_actions(&mut env, state, at, &step.actions, received);
        // As in SIPp a check fails a call only where something is received; elsewhere it warns.
        if matches!(outcome.verdict, Verdict::GoesOnFailed(_))
            && !matches!(step.kind, StepKind::Receive(_))
        {
            outcome.verdict = Verdict::GoesOn;
        }
        self.follow(turn, id, outcome)
    }

    /// Does what actions want.
    fn follow(&mut self, turn: &mut Turn<'_, '_>, id: CallId, outcome: Outcome) -> Go {
        if outcome.stops_gracefully && self.phase != Phase::Ended {
            self.phase = Phase::Stopping;
        }
        if outcome.closes {
            self.close_own(turn, id);
        }
        if let Some((to, protocol)) = outcome.destination {
            self.redirect(turn, id, to, protocol);
        }
        match outcome.verdict {
            Verdict::GoesOn => {}
            Verdict::GoesOnFailed(failure) => self.calls.get_mut(id).failure = Some(failure),
            Verdict::StopCall => {
                self.fail(turn, id, Failure::CallRejected);
                return Go::Over;
            }
            Verdict::StopNow => {
                self.end.stopped = true;
                self.phase = Phase::Ended;
                return Go::Over;
            }
            Verdict::Fatal(words) => {
                self.fatal(words);
                return Go::Over;
            }
        }
        Go::On(Onward {
            jump: outcome.jump,
            pause_until_ns: outcome.pause_until_ns,
        })
    }
}
