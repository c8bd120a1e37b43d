//! A subscription that expires while the SUBSCRIBE that refreshes it is on the way.
//!
//! The notifier says `terminated;reason=timeout` and answers the late SUBSCRIBE 481; the subscriber
//! learns of both in any order, subscribes anew, and in the end both know the same subscription or
//! none.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_sip::{HeaderName, Message, Method, NameAddr, Uri};
use gannet_ua::endpoint::{Census, Endpoint, EndpointConfig, Happening, SubscriptionId};
use gannet_ua::{
    EventPackage, Grant, News, SubscriptionChange, SubscriptionSpec, SubscriptionState, Target,
    Transmit,
};

use super::aim::{self, crossed, is_inside};
use super::contest::RaceReport;
use crate::agreement::{Findings, Violation};
use crate::ladder::ladder;
use crate::link::{Conditions, Link};
use crate::report::Report;
use crate::scenario::address;
use crate::world::{Node, World};

const NAMES: [&str; 2] = ["watcher", "notifier"];
const WATCHER: usize = 0;
const NOTIFIER: usize = 1;
/// How long the watcher wants to be told.
const STAY: Duration = Duration::from_secs(20);
/// How long everything may take from there.
const PART_MAX: Duration = Duration::from_mins(15);

pub(super) fn run(seed: u64, with_ladder: bool) -> RaceReport {
    let mut rng = fastrand::Rng::with_seed(seed);
    let conditions = aim::slow_link(&mut rng);
    let mut stage = Stage::new(&mut rng, conditions);
    let mut findings = Findings::default();
    if let Err(violation) = stage.play(&mut findings) {
        findings.violations.push(violation);
    }
    let world = &stage.world;
    let crossed = crossed(
        world.journal(),
        (WATCHER, |message| is_inside(message, &Method::Subscribe)),
        (NOTIFIER, is_last_notify),
    );
    let lives = world.node(WATCHER).lives.len();
    let wanted = with_ladder || !findings.violations.is_empty();
    RaceReport {
        crossed,
        outcome: match lives {
            0 | 1 => "one subscription",
            _ => "subscribed anew",
        },
        report: Report {
            seed,
            loss: conditions.loss,
            findings,
            virtual_time: world.elapsed(),
            datagrams: world.journal().flights().len(),
            ladder: wanted.then(|| ladder(world.journal(), world.start(), &NAMES)),
        },
    }
}

fn is_last_notify(message: &Message) -> bool {
    let state = message.text(HeaderName::SubscriptionState);
    message.is_request() && state.is_some_and(|state| state.starts_with("terminated"))
}

/// What the watcher was told of one subscription.
#[derive(Debug, Default)]
struct Life {
    /// The notifier accepted it or told its state.
    stands: bool,
    ended: bool,
    /// Reported after its end.
    after_end: u32,
}

/// A user agent that watches, or is watched.
#[derive(Debug)]
struct Party {
    address: SocketAddr,
    endpoint: Endpoint,
    expires: Duration,
    /// Wants to be told; subscribes anew whenever it is told that this makes sense.
    watches: bool,
    again_at: Option<Instant>,
    lives: BTreeMap<SubscriptionId, Life>,
    notes: VecDeque<String>,
}

impl Party {
    fn new(node: usize, expires: Duration, seed: u64) -> Self {
        let mut config = EndpointConfig::new(address(node), seed);
        config.allow = vec![Method::Subscribe, Method::Notify];
        Self {
            address: address(node),
            endpoint: Endpoint::new(config),
            expires,
            watches: false,
            again_at: None,
            lives: BTreeMap::new(),
            notes: VecDeque::new(),
        }
    }

    fn name(node: usize) -> NameAddr {
        NameAddr::new(Uri::at(Some(NAMES[node]), address(node)))
    }

    fn subscribe(&mut self, now: Instant) {
        let (own, theirs) = (Self::name(WATCHER), Self::name(NOTIFIER));
        let event = EventPackage::new("presence");
        let mut spec = SubscriptionSpec::new(theirs.uri.clone(), own.clone(), theirs, own, event);
        spec.expires = self.expires;
        let id = self.endpoint.subscribe(now, spec);
        self.lives.insert(id, Life::default());
        self.notes.push_back(format!("subscribes ({id:?})"));
        self.react(now);
    }

    /// Has seen enough.
    fn leave(&mut self, now: Instant) {
        self.watches = false;
        self.again_at = None;
        let open: Vec<_> = self.open().collect();
        for id in open {
            self.notes.push_back(format!("unsubscribes ({id:?})"));
            self.endpoint.unsubscribe(now, id);
        }
        self.react(now);
    }

    fn open(&self) -> impl Iterator<Item = SubscriptionId> {
        let open = self.lives.iter().filter(|(_, life)| !life.ended);
        open.map(|(id, _)| *id)
    }

    fn react(&mut self, now: Instant) {
        while let Some(happening) = self.endpoint.poll_happening() {
            match happening {
                Happening::Request {
                    request, message, ..
                } => {
                    let asked = message.number(HeaderName::Expires).unwrap_or(1);
                    let lifetime = Duration::from_secs(asked.into());
                    let grant = Grant::new(lifetime, Self::name(NOTIFIER));
                    let Ok(notice) = self.endpoint.grant(now, request, grant) else {
                        continue;
                    };
                    let state = if asked == 0 {
                        SubscriptionState::terminated(gannet_ua::TerminationReason::Timeout)
                    } else {
                        SubscriptionState::active()
                    };
                    self.endpoint.notify(now, notice, News::new(state));
                }
                Happening::Subscription {
                    subscription,
                    change,
                } => self.changed(now, subscription, change),
                Happening::Notice { notice, change } => {
                    self.notes.push_back(format!("{change:?} ({notice:?})"));
                }
                _ => {}
            }
        }
    }

    fn changed(&mut self, now: Instant, id: SubscriptionId, change: SubscriptionChange) {
        let Some(life) = self.lives.get_mut(&id) else {
            return;
        };
        let (text, again) = match change {
            SubscriptionChange::Accepted { .. } => ("accepted", None),
            SubscriptionChange::Notified { .. } => ("notified", None),
            SubscriptionChange::Terminated { again, .. } => ("terminated", Some(again)),
            // Only the first SUBSCRIBE that fails, or one that finds no subscription, ends it
            // (RFC 6665 4.1.2.2).
            SubscriptionChange::Failed { outcome } => {
                let over = !life.stands || outcome.code() == 481;
                ("failed", over.then_some(Some(now)))
            }
            SubscriptionChange::NotModified | SubscriptionChange::Forked { .. } => {
                ("changed", None)
            }
        };
        // The outcome of a SUBSCRIBE that was on its way is told all the same.
        let late = life.ended && matches!(text, "accepted" | "failed");
        match again {
            _ if late => {}
            _ if life.ended => life.after_end += 1,
            Some(again) => {
                life.ended = true;
                self.again_at = again.filter(|_| self.watches);
            }
            None => life.stands |= text != "failed",
        }
        self.notes.push_back(format!("{text} ({id:?})"));
    }
}

impl Node for Party {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn handle_message(&mut self, now: Instant, bytes: Bytes, source: Target) {
        self.endpoint.handle_message(now, bytes, source);
        self.react(now);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.endpoint.handle_timeout(now);
        self.react(now);
        if self.again_at.is_some_and(|at| at <= now) {
            self.again_at = None;
            self.subscribe(now);
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let own = self.endpoint.next_deadline().into_iter();
        own.chain(self.again_at).min()
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.endpoint.poll_transmit()
    }

    fn poll_note(&mut self) -> Option<String> {
        self.notes.pop_front()
    }
}

struct Stage {
    world: World<Party>,
    loses_nothing: bool,
}

impl Stage {
    fn new(rng: &mut fastrand::Rng, conditions: Conditions) -> Self {
        let start = Instant::now();
        let expires = Duration::from_secs(rng.u64(1..=4));
        let parties = [WATCHER, NOTIFIER].map(|node| Party::new(node, expires, rng.u64(..)));
        let link = Link::new(conditions, rng.u64(..));
        Self {
            world: World::new(start, link, parties.into()),
            loses_nothing: conditions.loss == 0.0,
        }
    }

    fn play(&mut self, findings: &mut Findings) -> Result<(), Violation> {
        let now = self.world.now();
        let watcher = self.world.node_mut(WATCHER);
        watcher.watches = true;
        watcher.subscribe(now);
        self.world.run_until(now + STAY)?;
        self.judge_quiet(findings)?;
        let now = self.world.now();
        self.world.node_mut(WATCHER).leave(now);
        let end = now + PART_MAX;
        let rested = self.world.run_while(end, |parties| {
            parties.iter().any(|party| party.next_deadline().is_some())
        })?;
        self.judge(findings);
        let waiting_for = "timers to run out";
        rested
            .then_some(())
            .ok_or(Violation::NotDrained { waiting_for })
    }

    /// While no request is open and nothing lost, both know of the same subscriptions. Where each
    /// refresh takes as long as the subscription lasts there is no such moment.
    fn judge_quiet(&mut self, findings: &mut Findings) -> Result<(), Violation> {
        let end = self.world.now() + STAY;
        let quiet = self.world.run_while(end, |parties| {
            parties
                .iter()
                .any(|party| party.endpoint.census().requests > 0)
        })?;
        let watched = self.world.node(WATCHER).open().count();
        let told = self.world.node(NOTIFIER).endpoint.notices().count();
        if quiet && self.loses_nothing && watched != told {
            let story = format!("count: the watcher has {watched}, the notifier {told}");
            findings.violations.push(Violation::Subscription { story });
        }
        Ok(())
    }

    /// Every subscription has ended once and nothing was told of it later; nobody keeps anything.
    fn judge(&self, findings: &mut Findings) {
        for (node, party) in self.world.nodes().iter().enumerate() {
            let census = party.endpoint.census();
            if census != Census::default() || party.endpoint.notices().next().is_some() {
                let leftover = Violation::Leftover { node, census };
                findings.violations.push(leftover);
            }
        }
        let watcher = self.world.node(WATCHER);
        for (id, life) in &watcher.lives {
            let story = format!("{id:?}: {life:?}");
            if !life.ended || life.after_end > 0 {
                findings.violations.push(Violation::Subscription { story });
            }
        }
        // Where nothing is lost whoever wants to be told is told, after each expiry anew.
        if !watcher.lives.values().any(|life| life.stands) {
            let story = "none ever stood".to_owned();
            findings.violations.push(Violation::Subscription { story });
        }
    }
}
