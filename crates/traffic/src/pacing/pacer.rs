//! The pacer.

use super::arrivals::Arrivals;
use super::ramp::Ramp;
use super::schedule::{Rounding, SECOND_NS, Schedule, whole_rate};
use super::{Model, PacerSettings, Share};

/// Says when the calls of one shard start.
///
/// In: commands, and [`started`](Self::started) for every call that started. Out: [`due`](Self::due), once
/// a turn. The owner may sleep until [`next_due_ns`](Self::next_due_ns). All take the time; time that goes
/// back counts as standing still.
///
/// With `elapsed` since the start, the last change of rate or the last [`resume`](Self::resume), all shards
/// together are due
/// - best-effort: `ceil(elapsed * rate) - started`, and with a burst limit no more than
///   `ceil(elapsed in this second * limit) - started in this second`;
/// - uniform: `floor(elapsed * rate) - started`; at the end of each second what was due in a turn and not
///   started is struck off, and with it what no turn came for within a second;
/// - Poisson: a draw with the mean `rate * time since the last turn`; what is not started by the next turn
///   is lost.
///
/// A share is exact: at equal times the shards' counts add up to what one shard would have.
#[derive(Debug, Clone)]
pub struct Pacer {
    model: Model,
    share: Share,
    burst_limit: u32,
    schedule: Schedule,
    arrivals: Arrivals,
    ramp: Option<Ramp>,
    paused: bool,
    /// Calls of the share that are settled: started before the count was reset, or struck off.
    settled: u64,
    /// Calls started since.
    started: u64,
    /// Calls of the share that were due in the last turn.
    offered: u64,
    period: Period,
    /// The next turn strikes nothing off, however late it is.
    makes_up: bool,
}

/// The second that runs.
#[derive(Debug, Clone, Copy)]
struct Period {
    origin_ns: u64,
    number: u64,
    started: u64,
}

impl Period {
    fn new(now_ns: u64) -> Self {
        Self {
            origin_ns: now_ns,
            number: 0,
            started: 0,
        }
    }

    fn number_at(&self, now_ns: u64) -> u64 {
        (now_ns.saturating_sub(self.origin_ns) / SECOND_NS).max(self.number)
    }

    fn start_ns(&self, number: u64) -> u64 {
        self.origin_ns
            .saturating_add(number.saturating_mul(SECOND_NS))
    }
}

impl Pacer {
    /// Begins now.
    ///
    /// # Panics
    /// If the share's index is not below its count.
    pub fn new(settings: PacerSettings, now_ns: u64) -> Self {
        let PacerSettings { model, share, .. } = settings;
        assert!(share.index < share.count, "shard {share:?}");
        let rounding = match model {
            Model::BestEffort => Rounding::Up,
            Model::Uniform | Model::Poisson => Rounding::Down,
        };
        let schedule = Schedule::new(rounding, whole_rate(settings.calls_per_s), now_ns);
        Self {
            model,
            share,
            burst_limit: settings.burst_limit.unwrap_or(0),
            schedule,
            arrivals: Arrivals::new(&settings, schedule.calls_per_s(), now_ns),
            ramp: None,
            paused: false,
            settled: 0,
            started: 0,
            offered: 0,
            period: Period::new(now_ns),
            makes_up: false,
        }
    }

    /// Calls that this shard should start now.
    pub fn due(&mut self, now_ns: u64) -> u64 {
        self.climb(now_ns);
        if self.paused {
            return 0;
        }
        if self.model == Model::Poisson {
            return self.arrivals.due(now_ns);
        }
        self.turn(now_ns);
        self.offered = self.share.of(self.schedule.calls(now_ns)).max(self.offered);
        let due = self.offered.saturating_sub(self.settled + self.started);
        if self.is_burst_limited() {
            let allowed = self
                .share
                .of(self.burst_schedule(self.period.number).calls(now_ns));
            due.min(allowed.saturating_sub(self.period.started))
        } else {
            due
        }
    }

    /// So many calls were started, due or not.
    pub fn started(&mut self, calls: u64, now_ns: u64) {
        if self.model == Model::Poisson {
            self.arrivals.started(calls);
        } else {
            self.started += calls;
            self.period.started += calls;
            // They were due in the second of the last turn, even if another one has begun.
            self.turn(now_ns);
        }
    }

    /// When the next call is due: `now_ns` if one is already; possibly too early, never too late. `None` while
    /// paused, or if no call comes without a command.
    pub fn next_due_ns(&self, now_ns: u64) -> Option<u64> {
        if self.paused {
            return None;
        }
        let call_ns = match self.model {
            Model::Poisson => self.arrivals.next_due_ns(now_ns),
            Model::Uniform => self.next_uniform_ns(now_ns),
            Model::BestEffort => self.next_best_effort_ns(now_ns),
        };
        let step = self.ramp.and_then(|ramp| ramp.next());
        let step_ns = step.map(|step| step.at_ns);
        let next_ns = match (call_ns, step_ns) {
            (Some(call), Some(step)) => call.min(step),
            (call, step) => call.or(step)?,
        };
        Some(next_ns.max(now_ns))
    }

    /// The rate at this time, in calls per second of all shards together.
    pub fn rate(&self, now_ns: u64) -> f64 {
        match &self.ramp {
            Some(ramp) => ramp.calls_per_s(now_ns),
            None => self.schedule.calls_per_s(),
        }
    }

    /// Changes the rate at once. Calls that were missed are not made up.
    pub fn set_rate(&mut self, calls_per_s: f64, now_ns: u64) {
        self.climb(now_ns);
        self.ramp = None;
        self.restart(whole_rate(calls_per_s), now_ns);
    }

    /// Changes the rate along a straight line, one step a second; with no duration at once. No call is lost
    /// or gained by the steps.
    pub fn ramp(&mut self, target: f64, duration_ns: u64, now_ns: u64) {
        if duration_ns == 0 {
            return self.set_rate(target, now_ns);
        }
        self.climb(now_ns);
        // Clamped like every rate, or the line would be too steep.
        let target = whole_rate(target) as f64 / 1e9;
        let from = self.schedule.calls_per_s();
        self.ramp = Some(Ramp::new(from, target, duration_ns, now_ns));
    }

    /// Starts no more calls. A ramp goes on.
    pub fn pause(&mut self, now_ns: u64) {
        self.climb(now_ns);
        self.paused = true;
    }

    /// Goes on after a pause; missed calls are not made up.
    pub fn resume(&mut self, now_ns: u64) {
        if self.paused {
            self.paused = false;
            self.climb(now_ns);
            self.restart(self.schedule.rate(), now_ns);
        }
    }

    /// Goes on after a pause; missed calls are made up at once.
    pub fn burst(&mut self, now_ns: u64) {
        if self.paused {
            self.paused = false;
            self.climb(now_ns);
            self.makes_up = true;
        }
    }

    /// No calls start.
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    /// Changes the burst limit from the present second on.
    pub fn set_burst_limit(&mut self, limit: Option<u32>, now_ns: u64) {
        self.turn(now_ns);
        self.burst_limit = limit.unwrap_or(0);
    }

    /// Takes the steps of a ramp.
    fn climb(&mut self, now_ns: u64) {
        while let Some(ramp) = &mut self.ramp {
            match ramp.next() {
                Some(step) if step.at_ns <= now_ns => {
                    ramp.take();
                    let rate = whole_rate(step.calls_per_s);
                    self.schedule.bend(rate, step.at_ns);
                    if self.model == Model::Poisson {
                        self.arrivals.bend(self.schedule.calls_per_s(), step.at_ns);
                    }
                }
                Some(_) => break,
                None => self.ramp = None,
            }
        }
    }

    /// Begins a new second if it is time.
    fn turn(&mut self, now_ns: u64) {
        let number = self.period.number_at(now_ns);
        if self.paused || number == self.period.number {
            return;
        }
        if self.model == Model::Uniform {
            let late = self.schedule.calls(now_ns.saturating_sub(SECOND_NS));
            self.settled = if self.makes_up {
                self.offered
            } else {
                self.offered.max(self.share.of(late))
            };
            self.started = 0;
        }
        self.makes_up = false;
        self.period.number = number;
        self.period.started = 0;
    }

    /// Resets all counts.
    fn restart(&mut self, rate: u64, now_ns: u64) {
        self.schedule.reset(rate, now_ns);
        self.settled = self.share.of(self.schedule.calls(now_ns));
        self.offered = self.settled;
        self.started = 0;
        self.period = Period::new(now_ns);
        self.makes_up = false;
        self.arrivals.reset(self.schedule.calls_per_s(), now_ns);
    }

    fn is_burst_limited(&self) -> bool {
        self.model == Model::BestEffort && self.burst_limit > 0
    }

    /// What the burst limit allows in a second.
    fn burst_schedule(&self, number: u64) -> Schedule {
        let rate = whole_rate(f64::from(self.burst_limit));
        Schedule::new(Rounding::Up, rate, self.period.start_ns(number))
    }

    fn next_of_schedule_ns(&self) -> Option<u64> {
        let nth = self.share.nth(self.settled + self.started + 1);
        self.schedule.time_of(nth)
    }

    fn next_uniform_ns(&self, now_ns: u64) -> Option<u64> {
        let next_ns = self.next_of_schedule_ns();
        if self.settled + self.started <= self.offered {
            return next_ns;
        }
        // More was started than was due, which is forgotten at the end of the second.
        let end_ns = self.period.start_ns(self.period.number_at(now_ns) + 1);
        Some(next_ns.map_or(end_ns, |next_ns| next_ns.min(end_ns)))
    }

    fn next_best_effort_ns(&self, now_ns: u64) -> Option<u64> {
        let next_ns = self.next_of_schedule_ns()?.max(now_ns);
        if !self.is_burst_limited() {
            return Some(next_ns);
        }
        let number = self.period.number_at(next_ns);
        let started = if number == self.period.number {
            self.period.started
        } else {
            0
        };
        let end_ns = self.period.start_ns(number + 1);
        let nth = self.share.nth(started + 1);
        let allowed_ns = self.burst_schedule(number).time_of(nth)?.min(end_ns);
        Some(next_ns.max(allowed_ns))
    }
}
