//! What is done while a run goes on: keys, datagrams and signals are obeyed, faces are served.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use gannet_control::web::WebOrder;
use gannet_events::sipp::{Command, Snapshot};
use gannet_events::traffic::Phase;
use gannet_tui::Pace;
use gannet_tui::sipp::{Beside, KeyAction, KeyReader};

use super::arguments::{Arguments, RateRise};
use super::error::SippError;
use super::faces::Faces;
use super::logs::Warnings;
use super::ramp::Ramp;
use super::traffic::Run;
use crate::terminal::Signal;

/// The longest time between two looks at the run.
const TICK: Duration = Duration::from_millis(100);
/// Ctrl-C counts again after this time only: a key that is held down is one wish.
const INTERRUPTS_APART: Duration = Duration::from_millis(500);

/// Something that a session reacts to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    /// A key of the terminal.
    Key(u8),
    /// A datagram of remote control.
    Datagram(Vec<u8>),
    /// A signal.
    Signal(Signal),
    /// An order of the web page.
    Web(WebOrder),
}

/// A place where events come together.
#[derive(Debug)]
pub(super) struct Inbox {
    sender: Sender<Event>,
    receiver: Receiver<Event>,
}

impl Default for Inbox {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver }
    }
}

impl Inbox {
    /// Something that puts events into it, from any thread. It says false when the session is over.
    pub(super) fn sender(&self) -> impl Fn(Event) -> bool + Send + use<> {
        let sender = self.sender.clone();
        move |event| sender.send(event).is_ok()
    }
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// Its last state.
    pub(super) snapshot: Arc<Snapshot>,
    /// What is no figure.
    pub(super) beside: Beside,
    /// How the rate was kept.
    pub(super) pace: Option<Pace>,
    /// What was odd.
    pub(super) warnings: Warnings,
    /// Why it could not go on.
    pub(super) error: Option<SippError>,
    /// The scenario said `stop_now`.
    pub(super) stopped_now: bool,
    /// Its time was over.
    pub(super) timed_out: bool,
    /// A signal ended it at once.
    pub(super) was_quit: bool,
    /// Checks of media that failed.
    pub(super) failed_checks: u64,
}

/// By how much the time of `-timeout` began before the traffic: at its end no call begins.
const BEFORE_TRAFFIC: Duration = Duration::from_millis(10);

/// Steers a run until it ends.
#[derive(Debug)]
pub(super) struct Session {
    run: Run,
    inbox: Inbox,
    keys: KeyReader,
    timeout: Option<Duration>,
    timeout_is_error: bool,
    timed_out: bool,
    rise: Option<Rise>,
    /// A ramp that the web page has ordered.
    ramp: Option<Ramp>,
    last_interrupt: Option<Instant>,
    /// It was told to stop.
    is_told: bool,
    /// A signal ended it at once.
    was_quit: bool,
}

impl Session {
    /// A session for a run that has begun.
    pub(super) fn new(run: Run, inbox: Inbox, arguments: &Arguments) -> Self {
        Self {
            run,
            inbox,
            keys: KeyReader::new(arguments.rate_scale),
            timeout: arguments
                .timeout
                .map(|timeout| timeout.saturating_sub(BEFORE_TRAFFIC)),
            timeout_is_error: arguments.timeout_is_error,
            timed_out: false,
            rise: Rise::of(&arguments.rise, arguments),
            ramp: None,
            last_interrupt: None,
            is_told: false,
            was_quit: false,
        }
    }

    /// Plays the run to its end.
    ///
    /// # Errors
    /// The traffic thread broke down before it reported anything.
    pub(super) fn play(mut self, faces: &mut Faces) -> Result<Ended, SippError> {
        while !self.run.is_over() {
            let elapsed = self.run.elapsed();
            if faces.next_due().is_some_and(|due| due <= elapsed)
                && let Some((snapshot, beside)) = self.run.snapshot()
            {
                faces.tick(&snapshot, &beside);
            }
            self.keep_time(elapsed);
            let due = [
                faces.next_due(),
                self.timeout.filter(|_| !self.timed_out),
                self.rise.as_ref().map(|rise| rise.next),
            ];
            let wait = due
                .into_iter()
                .flatten()
                .map(|due| due.saturating_sub(self.run.elapsed()))
                .fold(TICK, Duration::min);
            if let Ok(event) = self.inbox.receiver.recv_timeout(wait) {
                self.react(event, faces);
            }
        }
        let (timed_out, was_quit) = (self.timed_out, self.was_quit);
        let ended = self.run.end(timed_out)?;
        Ok(Ended { was_quit, ..ended })
    }

    fn keep_time(&mut self, elapsed: Duration) {
        if !self.timed_out && self.timeout.is_some_and(|timeout| elapsed >= timeout) {
            self.timed_out = true;
            self.run.command(if self.timeout_is_error {
                Command::TimeIsOver
            } else {
                Command::Stop
            });
        }
        if let Some(ramp) = &self.ramp {
            self.run.command(Command::SetRate(ramp.rate_at(elapsed)));
            if ramp.is_over(elapsed) {
                self.ramp = None;
            }
        }
        let Some(rise) = &mut self.rise else {
            return;
        };
        while rise.next <= elapsed {
            match rise.step() {
                Step::To(rate) => self.run.command(Command::SetRate(rate)),
                Step::Over => {
                    self.rise = None;
                    self.run.command(Command::Stop);
                    return;
                }
                Step::Reached(rate) => {
                    self.run.command(Command::SetRate(rate));
                    self.rise = None;
                    return;
                }
            }
        }
    }

    fn react(&mut self, event: Event, faces: &mut Faces) {
        match event {
            Event::Key(byte) => {
                let action = self.keys.on(byte);
                self.act(action, faces);
            }
            Event::Datagram(bytes) => {
                let action = self.keys.datagram(&bytes);
                self.act(action, faces);
            }
            Event::Signal(Signal::User1) => self.run.command(Command::Stop),
            Event::Signal(Signal::User2) => self.act(Some(KeyAction::SaveScreens), faces),
            Event::Signal(Signal::Terminate) => {
                self.was_quit = true;
                self.run.command(Command::Quit);
            }
            Event::Signal(Signal::Interrupt) => self.interrupt(),
            Event::Web(order) => self.order(order),
        }
    }

    fn order(&mut self, order: WebOrder) {
        let Some((now, _)) = self.run.snapshot() else {
            return;
        };
        let period_s = now.rate_period.as_secs_f64();
        match order {
            WebOrder::Rate { rate } => {
                self.ramp = None;
                self.run.command(Command::SetRate(rate * period_s));
            }
            WebOrder::Ramp { to, over_s } => {
                let over = Duration::from_secs_f64(over_s);
                self.ramp = Some(Ramp::new(now.rate, to * period_s, now.elapsed, over));
            }
            WebOrder::Pause | WebOrder::Resume => {
                let is_paused = now.phase == Phase::Paused;
                if is_paused != (order == WebOrder::Pause) {
                    self.run.command(Command::PauseOrResume);
                }
            }
            WebOrder::Stop => {
                self.is_told = true;
                self.run.command(Command::Stop);
            }
        }
    }

    fn interrupt(&mut self) {
        let now = Instant::now();
        let is_new = self
            .last_interrupt
            .is_none_or(|last| now.saturating_duration_since(last) >= INTERRUPTS_APART);
        if !is_new {
            return;
        }
        self.last_interrupt = Some(now);
        let command = if std::mem::replace(&mut self.is_told, true) {
            self.was_quit = true;
            Command::Quit
        } else {
            Command::Stop
        };
        self.run.command(command);
    }

    fn act(&mut self, action: Option<KeyAction>, faces: &mut Faces) {
        let Some(action) = action else {
            return;
        };
        if let KeyAction::Run(command) = &action {
            self.run.command(*command);
        }
        if let Some((snapshot, beside)) = self.run.snapshot() {
            faces.apply(&action, &snapshot, &beside);
            if let KeyAction::Dump(what) = action {
                self.run.note(faces.dump(what, &snapshot, &beside));
            }
        }
    }
}

/// A rate that rises.
#[derive(Debug)]
struct Rise {
    rate: f64,
    by: f64,
    max: Option<f64>,
    every: Duration,
    stays: bool,
    next: Duration,
}

/// What a rise does at its time.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    /// The rate is this one from now on.
    To(f64),
    /// The same, and it rises no more.
    Reached(f64),
    /// The run ends.
    Over,
}

impl Rise {
    fn of(rise: &RateRise, arguments: &Arguments) -> Option<Self> {
        let every = rise.every.unwrap_or(arguments.statistics_period);
        (rise.by > 0.0).then_some(Self {
            rate: arguments.rate,
            by: rise.by,
            max: rise.max,
            every,
            stays: rise.stays,
            next: every,
        })
    }

    fn step(&mut self) -> Step {
        self.next += self.every;
        self.rate += self.by;
        match self.max {
            Some(max) if self.rate > max && self.stays => Step::Reached(max),
            Some(max) if self.rate > max => Step::Over,
            _ => Step::To(self.rate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_rises_to_its_end() {
        let arguments = Arguments {
            rate: 10.0,
            ..Arguments::default()
        };
        let steps = |stays| {
            let rise = RateRise {
                by: 10.0,
                max: Some(30.0),
                every: Some(Duration::from_secs(1)),
                stays,
            };
            let mut rise = Rise::of(&rise, &arguments).expect("a rise");
            [(); 3].map(|()| rise.step())
        };
        assert_eq!(steps(false), [Step::To(20.0), Step::To(30.0), Step::Over]);
        assert_eq!(steps(true)[2], Step::Reached(30.0));
        assert!(Rise::of(&RateRise::default(), &arguments).is_none());
    }
}
