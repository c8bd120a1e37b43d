//! A whole run out of a seed.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gannet_ua::endpoint::Census;
use gannet_ua::{Target, Transmit};

use crate::agreement::{
    Evidence, Findings, Violation, judge_calls, judge_changes, judge_registration, judge_removal,
    judge_wire,
};
use crate::ladder::ladder;
use crate::link::{Conditions, Link};
use crate::phone::{Habits, Phone};
use crate::registrar::{Registrar, RegistrarHabits};
use crate::report::Report;
use crate::world::{Fault, Node, World};

/// The nodes of a scenario.
const ALICE: usize = 0;
const BOB: usize = 1;
const REGISTRAR: usize = 2;
const NAMES: [&str; 3] = ["alice", "bob", "registrar"];

/// The longest that any part of a run may take: a call that rings for a minute, whose every message
/// is repeated to the last, several times over.
const PART_MAX: Duration = Duration::from_mins(15);

/// Two phones and a registrar: both register, they call each other once to three times, at times
/// that may overlap, do there what their habits are, and unregister.
#[derive(Debug, Clone)]
pub struct Scenario {
    seed: u64,
    conditions: Conditions,
    habits: [Habits; 2],
    registrar: RegistrarHabits,
    /// When who calls.
    calls: Vec<(Duration, usize)>,
}

impl Scenario {
    /// The scenario of a seed.
    pub fn from_seed(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let conditions = Conditions::draw(&mut rng);
        let habits = [Habits::draw(&mut rng), Habits::draw(&mut rng)];
        let registrar = RegistrarHabits::draw(&mut rng);
        let mut calls: Vec<_> = (0..rng.usize(1..=3))
            .map(|_| {
                let at = Duration::from_millis(rng.u64(3_000..=25_000));
                (at, rng.usize(ALICE..=BOB))
            })
            .collect();
        calls.sort_unstable();
        Self {
            seed,
            conditions,
            habits,
            registrar,
            calls,
        }
    }

    /// The same over another link.
    pub const fn over(mut self, conditions: Conditions) -> Self {
        self.conditions = conditions;
        self
    }

    /// Plays it. The report has a ladder if something is wrong, or if `with_ladder` asks for it.
    pub fn run(&self, with_ladder: bool) -> Report {
        let mut run = Run::new(self);
        if let Err(violation) = run.play(&self.calls) {
            run.findings.violations.push(violation);
        }
        let Run { world, findings } = run;
        let wanted = with_ladder || !findings.violations.is_empty();
        Report {
            seed: self.seed,
            loss: self.conditions.loss,
            findings,
            virtual_time: world.elapsed(),
            datagrams: world.journal().flights().len(),
            ladder: wanted.then(|| ladder(world.journal(), world.start(), &NAMES)),
        }
    }
}

struct Run {
    world: World<Actor>,
    findings: Findings,
}

impl Run {
    fn new(scenario: &Scenario) -> Self {
        let start = Instant::now();
        let mut rng = fastrand::Rng::with_seed(scenario.seed ^ 0x5EED);
        let mut phone = |index: usize| {
            let habits = scenario.habits[index];
            Actor::Phone(Box::new(Phone::new(
                NAMES[index],
                address(index),
                habits,
                start,
                rng.u64(..),
            )))
        };
        let (alice, bob) = (phone(ALICE), phone(BOB));
        let registrar = Registrar::new(address(REGISTRAR), scenario.registrar, start, rng.u64(..));
        let registrar = Actor::Registrar(Box::new(registrar));
        let link = Link::new(scenario.conditions, rng.u64(..));
        Self {
            world: World::new(start, link, vec![alice, bob, registrar]),
            findings: Findings::default(),
        }
    }

    fn play(&mut self, calls: &[(Duration, usize)]) -> Result<(), Violation> {
        for node in [ALICE, BOB] {
            let now = self.world.now();
            self.phone_mut(node).register(now, address(REGISTRAR));
        }
        for (at, caller) in calls {
            self.world.run_until(self.world.start() + *at)?;
            self.call(*caller);
        }
        self.wait("calls to end", |phone| {
            phone.is_busy() || phone.census().requests > 0
        })?;
        self.judge_while_registered();
        for node in [ALICE, BOB] {
            let now = self.world.now();
            self.phone_mut(node).unregister(now);
        }
        self.wait("REGISTER to end", |phone| phone.census().requests > 0)?;
        let now = self.world.now();
        for node in [ALICE, BOB] {
            let (phone, registrar) = (self.phone(node), self.registrar());
            let findings = judge_removal(now, node, phone, registrar);
            self.findings.extend(findings);
            self.phone_mut(node).switch_off();
        }
        self.drain()
    }

    fn call(&mut self, caller: usize) {
        let now = self.world.now();
        let callee = self.phone(BOB - caller);
        let (aor, direct) = (callee.aor().to_string(), callee.contact().uri);
        let bindings = self.registrar().bindings(now, &aor);
        let binding = bindings.first().map(|binding| (*binding).clone());
        self.phone_mut(caller).call(now, &direct, binding.as_ref());
    }

    fn judge_while_registered(&mut self) {
        let now = self.world.now();
        let phones = [ALICE, BOB].map(|node| (node, self.phone(node)));
        let evidence = Evidence::read(self.world.journal());
        let mut findings = judge_calls(&evidence, &phones);
        findings.extend(judge_changes(&evidence, &phones));
        for (node, phone) in phones {
            findings.extend(judge_registration(now, node, phone, self.registrar()));
        }
        self.findings.extend(findings);
    }

    /// Waits until no phone is busy and nothing is on the link.
    fn wait(
        &mut self,
        waiting_for: &'static str,
        busy: impl Fn(&Phone) -> bool,
    ) -> Result<(), Violation> {
        let end = self.world.now() + PART_MAX;
        let done = self.world.run_while(end, |nodes| {
            nodes.iter().filter_map(Actor::phone).any(&busy)
        })?;
        done.then_some(())
            .ok_or(Violation::NotDrained { waiting_for })
    }

    /// Lets all timers run out: then nothing is left, and nobody wants to be woken.
    fn drain(&mut self) -> Result<(), Violation> {
        let end = self.world.now() + PART_MAX;
        let rested = self.world.run_while(end, |nodes| {
            nodes.iter().any(|node| node.next_deadline().is_some())
        })?;
        for (node, actor) in self.world.nodes().iter().enumerate() {
            let census = actor.census();
            if census != Census::default() {
                let leftover = Violation::Leftover { node, census };
                self.findings.violations.push(leftover);
            }
            if actor.next_deadline().is_some() {
                let waking = Violation::StillWaking { node };
                self.findings.violations.push(waking);
            }
        }
        let phones = [ALICE, BOB].map(|node| (node, self.phone(node)));
        let evidence = Evidence::read(self.world.journal());
        let findings = judge_wire(&evidence, &phones);
        self.findings.extend(findings);
        let waiting_for = "timers to run out";
        rested
            .then_some(())
            .ok_or(Violation::NotDrained { waiting_for })
    }

    fn phone(&self, node: usize) -> &Phone {
        self.world
            .node(node)
            .phone()
            .expect("alice and bob are phones")
    }

    fn phone_mut(&mut self, node: usize) -> &mut Phone {
        match self.world.node_mut(node) {
            Actor::Phone(phone) => phone,
            Actor::Registrar(_) => unreachable!("alice and bob are phones"),
        }
    }

    fn registrar(&self) -> &Registrar {
        match self.world.node(REGISTRAR) {
            Actor::Registrar(registrar) => registrar,
            Actor::Phone(_) => unreachable!("the third node is the registrar"),
        }
    }
}

impl From<Fault> for Violation {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

pub(crate) fn address(node: usize) -> SocketAddr {
    let last = u8::try_from(node + 1).unwrap_or(u8::MAX);
    SocketAddr::from(([10, 0, 0, last], 5060))
}

#[derive(Debug)]
pub(crate) enum Actor {
    Phone(Box<Phone>),
    Registrar(Box<Registrar>),
}

impl Actor {
    pub(crate) fn phone(&self) -> Option<&Phone> {
        match self {
            Self::Phone(phone) => Some(phone),
            Self::Registrar(_) => None,
        }
    }

    pub(crate) fn census(&self) -> Census {
        match self {
            Self::Phone(phone) => phone.census(),
            Self::Registrar(registrar) => registrar.census(),
        }
    }

    fn node(&self) -> &dyn Node {
        match self {
            Self::Phone(phone) => phone.as_ref(),
            Self::Registrar(registrar) => registrar.as_ref(),
        }
    }

    fn node_mut(&mut self) -> &mut dyn Node {
        match self {
            Self::Phone(phone) => phone.as_mut(),
            Self::Registrar(registrar) => registrar.as_mut(),
        }
    }
}

impl Node for Actor {
    fn address(&self) -> SocketAddr {
        self.node().address()
    }

    fn handle_message(&mut self, now: Instant, bytes: Bytes, source: Target) {
        self.node_mut().handle_message(now, bytes, source);
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.node_mut().handle_timeout(now);
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.node().next_deadline()
    }

    fn poll_transmit(&mut self) -> Option<Transmit> {
        self.node_mut().poll_transmit()
    }

    fn poll_note(&mut self) -> Option<String> {
        self.node_mut().poll_note()
    }
}
