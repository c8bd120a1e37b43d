//! What is done while a run goes on: keys, orders and signals are obeyed, faces are served.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use gannet_control::Order;
use gannet_control::web::WebOrder;
use gannet_events::traffic::{Command, Phase, Snapshot};
use gannet_traffic::shard::Measure;

use crate::run::{LoadError, Run};
use crate::terminal::Signal;

/// The time between two looks at the run.
const TICK: Duration = Duration::from_millis(100);

/// Something that a session reacts to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SessionEvent {
    /// A key of the terminal.
    Key(u8),
    /// An order of remote control.
    Order(Order),
    /// A signal.
    Signal(Signal),
    /// An order of the web page.
    Web(WebOrder),
}

/// What shows a run, and reads keys.
pub trait Faces {
    /// The run has begun, or another tenth of a second is over.
    fn tick(&mut self, now: &Arc<Snapshot>, measures: &[Measure]);

    /// The shortest time between two ticks that need new figures; `None`: never.
    fn period(&self) -> Option<Duration>;

    /// A key was pressed; gives what it tells the run.
    fn key(&mut self, byte: u8) -> Option<Command>;

    /// Remote control wants something of the display.
    fn display_order(&mut self);

    /// The run has ended.
    fn end(&mut self, last: &Arc<Snapshot>, measures: &[Measure]);
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// Its last state.
    pub snapshot: Arc<Snapshot>,
    /// Why a shard gave up, if one did.
    pub error: Option<LoadError>,
    /// It was told to stop or to quit, by key, order or signal.
    pub stopped: bool,
    /// It was left while calls were open.
    pub forced: bool,
    /// A signal asked the process to end at once.
    pub terminated: bool,
    /// It was told to stop a third time before its end, and left as it was.
    pub abandoned: bool,
}

/// Rules for ending a run.
#[derive(Debug, Clone, Copy)]
pub struct Ending {
    /// No calls are started after this time.
    pub duration: Option<Duration>,
    /// After it, and after a stop, open calls are waited for at most that long.
    pub grace: Option<Duration>,
    /// Ctrl-C counts again after this time only: a key that is held down is one wish.
    pub interrupts_apart: Duration,
}

impl Default for Ending {
    /// Seagull's rules.
    fn default() -> Self {
        Self {
            duration: None,
            grace: None,
            interrupts_apart: Duration::from_secs(1),
        }
    }
}

/// A place where events of a session come together.
#[derive(Debug)]
pub struct Inbox {
    sender: Sender<SessionEvent>,
    receiver: Receiver<SessionEvent>,
}

impl Default for Inbox {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver }
    }
}

impl Inbox {
    /// Something that puts events into it, from any thread. It says false when the session is over.
    pub fn sender(&self) -> impl Fn(SessionEvent) -> bool + Send + Clone + use<> {
        let sender = self.sender.clone();
        move |event| sender.send(event).is_ok()
    }
}

/// Steers a run until it ends.
#[derive(Debug)]
pub struct Session {
    run: Run,
    inbox: Inbox,
    ending: Ending,
    stops: Stops,
    terminated: bool,
    stop_sent: Option<Instant>,
    /// A key, an order or a signal has ended it.
    is_told: bool,
}

impl Session {
    /// A session for a run that has begun.
    pub fn new(run: Run, inbox: Inbox, ending: Ending) -> Self {
        Self {
            run,
            inbox,
            ending,
            stops: Stops::default(),
            terminated: false,
            stop_sent: None,
            is_told: false,
        }
    }

    /// Plays the run to its end. `publish` gets each new snapshot, for remote control.
    pub fn play(mut self, faces: &mut dyn Faces, publish: &dyn Fn(&Arc<Snapshot>)) -> Ended {
        let mut measures = Vec::new();
        let mut next = Instant::now();
        let mut forced = false;
        let mut abandoned = false;
        while !self.run.is_over() {
            let now = Instant::now();
            if now >= next {
                if let Some(period) = faces.period() {
                    let snapshot = Arc::new(self.run.snapshot());
                    self.run.take_measures(&mut measures);
                    publish(&snapshot);
                    faces.tick(&snapshot, &measures);
                    measures.clear();
                    next += period.max(TICK);
                    next = next.max(Instant::now());
                } else {
                    next = now + TICK;
                }
            }
            self.end_in_time(&mut forced);
            let wait = next.saturating_duration_since(Instant::now()).min(TICK);
            match self.inbox.receiver.recv_timeout(wait) {
                Ok(event) => {
                    if self.react(event, faces) {
                        abandoned = true;
                        break;
                    }
                    // What was told shows at once: calls that are open now may soon be over.
                    next = Instant::now();
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
        let (snapshot, rest, error) = if abandoned {
            self.run.abandon()
        } else {
            self.run.join()
        };
        let snapshot = Arc::new(snapshot);
        publish(&snapshot);
        measures.extend(rest);
        faces.end(&snapshot, &measures);
        forced |= snapshot.figures.calls_open > 0;
        Ended {
            snapshot,
            error,
            stopped: self.is_told,
            forced,
            terminated: self.terminated,
            abandoned,
        }
    }

    /// Ends the run when its time is over.
    fn end_in_time(&mut self, forced: &mut bool) {
        let elapsed = self.run.elapsed();
        let is_over = self
            .ending
            .duration
            .is_some_and(|duration| elapsed >= duration);
        if is_over && self.stop_sent.is_none() {
            self.stop_sent = Some(Instant::now());
            self.stops.expired();
            self.run.command(Command::Stop);
        }
        if let (Some(sent), Some(grace)) = (self.stop_sent, self.ending.grace)
            && sent.elapsed() >= grace
        {
            *forced = true;
            self.run.command(Command::Quit);
        }
    }

    /// What an order of the web page means now.
    fn order(&mut self, order: WebOrder) -> Option<Command> {
        match order {
            WebOrder::Rate { rate } => Some(Command::SetRate(rate)),
            WebOrder::Ramp { to, over_s } => Some(Command::Ramp {
                to,
                over: Duration::from_secs_f64(over_s),
            }),
            WebOrder::Pause | WebOrder::Resume => {
                let is_paused = self.run.snapshot().phase == Phase::Paused;
                (is_paused != (order == WebOrder::Pause)).then_some(Command::PauseOrResume)
            }
            WebOrder::Stop => Some(Command::Stop),
        }
    }

    /// Reacts to an event. True if the run is left as it is.
    fn react(&mut self, event: SessionEvent, faces: &mut dyn Faces) -> bool {
        let command = match event {
            SessionEvent::Key(byte) => faces.key(byte),
            SessionEvent::Order(Order::Traffic(command)) => Some(command),
            SessionEvent::Order(Order::TogglePercent) => {
                faces.display_order();
                None
            }
            SessionEvent::Web(order) => self.order(order),
            SessionEvent::Signal(Signal::User1) => Some(Command::Stop),
            SessionEvent::Signal(Signal::User2) => None,
            SessionEvent::Signal(Signal::Terminate) => {
                self.terminated = true;
                Some(Command::Quit)
            }
            SessionEvent::Signal(Signal::Interrupt) => {
                let apart = self.ending.interrupts_apart;
                let counts = self.stops.interrupt(Instant::now(), apart);
                counts.then_some(Command::Stop)
            }
        };
        self.is_told |= matches!(command, Some(Command::Stop | Command::Quit));
        match command {
            Some(Command::Stop) => {
                if self.stops.is_third() {
                    // What has ended already needs no force.
                    return !self.run.is_over();
                }
                self.stop_sent.get_or_insert_with(Instant::now);
                self.run.command(Command::Stop);
            }
            Some(command) => self.run.command(command),
            None => {}
        }
        false
    }
}

/// Counts the wishes to stop: the first one ends the starting of calls, the second one the run, the
/// third one the process.
#[derive(Debug, Default)]
struct Stops {
    count: u32,
    last_interrupt: Option<Instant>,
}

impl Stops {
    /// Another wish to stop; true if it is the third.
    fn is_third(&mut self) -> bool {
        self.count += 1;
        self.count >= 3
    }

    /// The time of the run is over, which counts as the first wish.
    fn expired(&mut self) {
        self.count = self.count.max(1);
    }

    /// Whether Ctrl-C is a new wish: a key that is held down is one.
    fn interrupt(&mut self, now: Instant, apart: Duration) -> bool {
        let is_new = self
            .last_interrupt
            .is_none_or(|last| now.saturating_duration_since(last) >= apart);
        if is_new {
            self.last_interrupt = Some(now);
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_stop_leaves() {
        let mut stops = Stops::default();
        assert_eq!(
            [(); 4].map(|()| stops.is_third()),
            [false, false, true, true]
        );
        let mut stops = Stops::default();
        stops.expired();
        stops.expired();
        assert_eq!([(); 2].map(|()| stops.is_third()), [false, true]);
    }

    #[test]
    fn ctrl_c_counts_once_in_a_while() {
        let mut stops = Stops::default();
        let begin = Instant::now();
        let apart = Duration::from_secs(1);
        let counts = [0, 10, 999, 1_000, 1_500, 2_000]
            .map(|ms| stops.interrupt(begin + Duration::from_millis(ms), apart));
        assert_eq!(counts, [true, false, false, true, false, true]);
    }
}
