//! What people and programs tell a run.

use gannet_events::sipp::{Command, Failure, Figures};
use gannet_events::traffic::Phase;

use super::core::{Core, Turn};

impl Core {
    pub(super) fn control(&mut self, turn: &mut Turn<'_, '_>, command: Command) {
        let now_ns = turn.now_ns;
        match command {
            Command::SetRate(rate) => self.starts.set_rate(rate, now_ns),
            Command::ChangeRate(by) => {
                let rate = self.starts.pacer.rate(now_ns) + by;
                self.starts.set_rate(rate.max(0.0), now_ns);
            }
            Command::SetUsers(users) => self.starts.set_users(users),
            Command::SetLimit(limit) => self.starts.limit = Some(limit),
            Command::PauseOrResume => match self.phase {
                Phase::Running => {
                    self.phase = Phase::Paused;
                    self.starts.pacer.pause(now_ns);
                }
                Phase::Paused => {
                    self.phase = Phase::Running;
                    self.starts.resume(now_ns);
                }
                Phase::Init | Phase::Stopping | Phase::Ended => {}
            },
            Command::Stop => match self.phase {
                Phase::Stopping if self.is_told => self.abort_all(turn),
                Phase::Ended => {}
                // It may be ending by itself, as all calls have begun: that is nobody's second word.
                Phase::Init | Phase::Running | Phase::Paused | Phase::Stopping => {
                    self.phase = Phase::Stopping;
                    self.is_told = true;
                }
            },
            Command::TimeIsOver => self.fatal("the time of -timeout is over".into()),
            Command::Abort => self.abort_all(turn),
            Command::Quit => self.quit(turn),
            Command::ResetStatistics => self.reset_figures(turn),
            // The log is the world's.
            Command::Trace(..) => {}
        }
    }

    /// Ends all open calls, and then the run.
    fn abort_all(&mut self, turn: &mut Turn<'_, '_>) {
        let open: Vec<_> = self.calls.open().collect();
        for id in open {
            if self.calls.get(id).marks.in_timewait {
                self.complete(turn, id);
            } else {
                self.fail_with_abort(turn, id, Failure::CallRejected);
            }
        }
        self.phase = Phase::Ended;
    }

    /// Ends the run. SIPp's process is gone then, and its open calls have neither succeeded nor failed;
    /// here their peers need not wait in vain.
    fn quit(&mut self, turn: &mut Turn<'_, '_>) {
        if self.settings().behaviours.bye {
            let open: Vec<_> = self.calls.open().collect();
            for id in open {
                if !self.calls.get(id).marks.in_timewait {
                    self.tell_peer(turn, id);
                }
            }
        }
        // No answer is waited for: it would count in a call that still is open.
        self.end.is_by_message = true;
        self.phase = Phase::Ended;
    }

    /// All figures begin at zero; calls that are open stay open.
    fn reset_figures(&mut self, turn: &Turn<'_, '_>) {
        for (figures, part) in self.figures.iter_mut().zip(turn.plan.parts()) {
            let before = std::mem::replace(figures, Figures::new(&part.layout));
            figures.open = before.open;
            figures.open_max = before.open;
            for (step, old) in figures.steps.iter_mut().zip(&before.steps) {
                step.paused_now = old.paused_now;
            }
        }
    }
}
