//! Starting, steering and ending a run.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use gannet_events::traffic::{Command, Figures, Layout, Phase, Snapshot};
use gannet_scenario::model::{Mode, Scenario, TransportKind};
use gannet_traffic::Share;
use gannet_traffic::shard::{Measure, Shard, layout};

use super::channels::{Addresses, why_not_divisible};
use super::driver::{Driver, Surroundings};
use super::error::LoadError;
use super::log::LogSink;
use super::plan::RunPlan;
use super::shared::Shared;

/// The longest wait for the channels to open, for each shard.
const OPEN_WAIT: Duration = Duration::from_secs(10);

/// The longest wait for a shard's figures. A shard that takes longer is shown with older ones.
const REPORT_WAIT: Duration = Duration::from_millis(500);

/// A run that has been started.
#[derive(Debug)]
pub struct Run {
    shards: Vec<ShardThread>,
    begun: Instant,
    started: SystemTime,
    layout: Layout,
    reset: Duration,
    at_reset: Option<Arc<Figures>>,
    call_rate: f64,
    call_rate_scale: f64,
    measures: Vec<Measure>,
    scenario: Arc<Scenario>,
}

/// A socket of a channel of the whole run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAddress {
    /// The channel's name.
    pub channel: String,
    /// UDP or TCP.
    pub transport: TransportKind,
    /// Sends to a peer, or waits for peers.
    pub mode: Mode,
    /// The own address, with the port that it really has.
    pub address: SocketAddr,
}

#[derive(Debug)]
struct ShardThread {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Run {
    /// Opens the channels and begins. When this returns, all channels are open, or those that may
    /// come later are being tried.
    ///
    /// # Errors
    /// A channel cannot be opened, a name has no address, or the system gives no thread. Nothing
    /// was sent then.
    pub fn start(plan: RunPlan, log: &Arc<dyn LogSink>) -> Result<Self, LoadError> {
        if plan.shards > 1
            && let Some(why) = why_not_divisible(&plan.scenario)
        {
            let shards = plan.shards;
            return Err(LoadError::NotDivisible { shards, why });
        }
        let addresses = Arc::new(Addresses::of(&plan.scenario)?);
        let layout = layout(&plan.scenario, &plan.response_bounds_ms);
        let (begun, started) = (Instant::now(), SystemTime::now());
        let mut run = Self {
            shards: Vec::new(),
            begun,
            started,
            reset: Duration::ZERO,
            at_reset: None,
            call_rate: plan.settings.pacing.calls_per_s,
            call_rate_scale: plan.call_rate_scale,
            measures: Vec::new(),
            layout,
            scenario: plan.scenario.clone(),
        };
        let plan = Arc::new(plan);
        for number in 0..plan.shards.max(1) {
            let shard = run.spawn(number, &plan, &addresses, log)?;
            run.shards.push(shard);
        }
        run.wait_until_open()?;
        Ok(run)
    }

    fn spawn(
        &self,
        number: u32,
        plan: &Arc<RunPlan>,
        addresses: &Arc<Addresses>,
        log: &Arc<dyn LogSink>,
    ) -> Result<ShardThread, LoadError> {
        let shared = Arc::new(Shared::new(Figures::new(&self.layout)));
        let (plan, addresses, log) = (plan.clone(), addresses.clone(), log.clone());
        let (in_thread, begun) = (shared.clone(), self.begun);
        let body = move || {
            let mut settings = plan.settings.clone();
            settings.pacing.share = Share {
                index: number,
                count: plan.shards.max(1),
            };
            settings.seed = settings.seed.wrapping_add(u64::from(number));
            settings.pacing.seed = settings.seed;
            let now_ns = begun.elapsed().as_nanos() as u64;
            let shard = Shard::new(
                plan.scenario.clone(),
                plan.data.clone(),
                settings,
                &plan.response_bounds_ms,
                now_ns,
            );
            let surroundings = Surroundings {
                plan: &plan,
                addresses: &addresses,
                log: log.as_ref(),
                begun,
            };
            let last_words = LastWords {
                shard: number,
                shared: in_thread.clone(),
            };
            Driver::new(shard, &surroundings, in_thread).work(number);
            drop(last_words);
        };
        let thread = std::thread::Builder::new()
            .name(format!("shard-{number}"))
            .spawn(body)
            .map_err(|source| LoadError::Thread {
                shard: number,
                why: source.to_string(),
            })?;
        Ok(ShardThread {
            shared,
            thread: Some(thread),
        })
    }

    fn wait_until_open(&mut self) -> Result<(), LoadError> {
        for shard in &self.shards {
            let mut report = shard.shared.wait(OPEN_WAIT, |report| report.is_open);
            if let Some(error) = report.error.take() {
                drop(report);
                self.command(Command::Quit);
                return Err(error);
            }
        }
        Ok(())
    }

    /// What there is to count.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The sockets that the channels of the whole run have, shard by shard. Connections are not
    /// among them.
    pub fn addresses(&self) -> Vec<OwnAddress> {
        let mut addresses = Vec::new();
        for shard in &self.shards {
            for (channel, address) in &shard.shared.read().addresses {
                let channel = &self.scenario.channels[channel.index()];
                let own = OwnAddress {
                    channel: channel.name.clone(),
                    transport: channel.transport.kind,
                    mode: channel.open.mode,
                    address: *address,
                };
                if !addresses.contains(&own) {
                    addresses.push(own);
                }
            }
        }
        addresses
    }

    /// Time since the run began.
    pub fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Does what a person or a program wants.
    pub fn command(&mut self, command: Command) {
        let command = match command {
            Command::RateUp => Command::SetRate(self.call_rate + self.call_rate_scale),
            Command::RateDown => Command::SetRate((self.call_rate - self.call_rate_scale).max(0.0)),
            Command::SetScale(scale) => {
                self.call_rate_scale = scale;
                return;
            }
            Command::ResetCumulative => {
                let now = self.snapshot();
                self.reset = now.elapsed;
                self.at_reset = Some(Arc::new(now.figures));
                return;
            }
            other => other,
        };
        match command {
            Command::SetRate(rate) | Command::Ramp { to: rate, .. } => self.call_rate = rate,
            _ => {}
        }
        for shard in &self.shards {
            shard.shared.send(command);
            shard.wake();
        }
    }

    /// The state of the run now.
    pub fn snapshot(&mut self) -> Snapshot {
        let asked: Vec<u64> = self.shards.iter().map(|shard| shard.shared.ask()).collect();
        let mut figures: Option<Figures> = None;
        let mut phase = Phase::Ended;
        let mut rate = self.call_rate;
        let mut ended = Some(Duration::ZERO);
        for (shard, number) in self.shards.iter().zip(asked) {
            shard.wake();
            let mut report = shard
                .shared
                .wait(REPORT_WAIT, |report| report.number >= number);
            self.measures.append(&mut report.measures);
            ended = ended.and_then(|latest| Some(latest.max(report.ended?)));
            if report.phase != Phase::Ended {
                phase = report.phase;
                rate = report.call_rate;
            }
            match &mut figures {
                None => figures = Some(report.figures.clone()),
                Some(sum) => sum.add(&report.figures),
            }
        }
        Snapshot {
            started: self.started,
            // After the end no time passes: rates are those of the run, whenever they are asked for.
            elapsed: ended.unwrap_or_else(|| self.begun.elapsed()),
            reset: self.reset,
            at_reset: self.at_reset.clone(),
            figures: figures.unwrap_or_else(|| Figures::new(&self.layout)),
            call_rate: rate,
            call_rate_scale: self.call_rate_scale,
            phase,
        }
    }

    /// Moves the times measured up to the last snapshot to `out`.
    pub fn take_measures(&mut self, out: &mut Vec<Measure>) {
        out.append(&mut self.measures);
    }

    /// Whether all shards have ended.
    pub fn is_over(&self) -> bool {
        self.shards.iter().all(|shard| shard.shared.read().is_over)
    }

    /// Waits for the end of the run, at most for a time. True if it has ended.
    pub fn wait(&self, timeout: Duration) -> bool {
        let end = Instant::now() + timeout;
        self.shards.iter().all(|shard| {
            let left = end.saturating_duration_since(Instant::now());
            shard.shared.wait(left, |report| report.is_over).is_over
        })
    }

    /// Ends the run, waits for its threads, and gives its last state, and why a shard gave up if
    /// one did.
    pub fn join(mut self) -> (Snapshot, Vec<Measure>, Option<LoadError>) {
        if !self.is_over() {
            self.command(Command::Quit);
        }
        for shard in &mut self.shards {
            if let Some(thread) = shard.thread.take() {
                // A panic of the thread was printed where it happened; its figures are the last known.
                let _ = thread.join();
            }
        }
        let error = self
            .shards
            .iter()
            .find_map(|shard| shard.shared.read().error.take());
        let snapshot = self.snapshot();
        (snapshot, self.measures, error)
    }
}

impl Run {
    /// The last state of a run whose threads are not waited for: they end with the process.
    pub fn abandon(mut self) -> (Snapshot, Vec<Measure>, Option<LoadError>) {
        self.command(Command::Quit);
        let snapshot = self.snapshot();
        (snapshot, self.measures, None)
    }
}

/// Tells the owner of a shard that its thread is no more, however it ended.
struct LastWords {
    shard: u32,
    shared: Arc<Shared>,
}

impl Drop for LastWords {
    fn drop(&mut self) {
        let shard = self.shard;
        self.shared.report(|report| {
            if !report.is_over {
                report.error = Some(LoadError::Broken { shard });
                report.is_over = true;
            }
        });
    }
}

impl ShardThread {
    fn wake(&self) {
        self.shared.wake();
    }
}
