//! A binding that expires while the REGISTER that refreshes it is on the way.
//!
//! The refresh leaves shortly before the end; on a link that holds messages up it comes too late:
//! the registrar has forgotten the contact, and has to take it as a new one.

use std::time::{Duration, Instant};

use gannet_sip::Method;

use super::aim;
use super::contest::RaceReport;
use crate::agreement::{Findings, Violation, judge_registration, judge_removal};
use crate::ladder::ladder;
use crate::link::{Conditions, Link};
use crate::phone::{Habits, Phone, Registering};
use crate::registrar::{Registrar, RegistrarHabits};
use crate::report::Report;
use crate::scenario::{Actor, address};
use crate::world::{Node, World};

const NAMES: [&str; 2] = ["alice", "registrar"];
const PHONE: usize = 0;
const REGISTRAR: usize = 1;
/// How long the phone stays registered.
const STAY: Duration = Duration::from_mins(1);
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
    let losses = losses(&stage);
    let world = &stage.world;
    let wanted = with_ladder || !findings.violations.is_empty();
    RaceReport {
        crossed: !losses.is_empty(),
        outcome: if losses.is_empty() {
            "kept"
        } else {
            "lost for a moment"
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

/// The moments at which the registrar lost a contact while a REGISTER for it was on the way.
fn losses(stage: &Stage) -> Vec<Instant> {
    let journal = stage.world.journal();
    let notes = journal.notes().iter();
    let expiries = notes.filter(|(_, node, text)| *node == REGISTRAR && text.contains("Expired"));
    expiries
        .map(|(at, _, _)| *at)
        .filter(|at| {
            journal.flights().iter().any(|flight| {
                let arrival = flight.arrivals.iter().min();
                flight.from == PHONE
                    && flight.message().method() == Some(Method::Register)
                    && flight.sent < *at
                    && arrival.is_some_and(|arrival| arrival > at)
            })
        })
        .collect()
}

struct Stage {
    world: World<Actor>,
}

impl Stage {
    fn new(rng: &mut fastrand::Rng, conditions: Conditions) -> Self {
        let start = Instant::now();
        let habits = Habits {
            expires: Duration::from_secs(rng.u64(2..=6)),
            expires_in_contact: rng.bool(),
            refresh_before: Duration::from_millis(rng.u64(10..=400)),
            ..Habits::QUIET
        };
        let registrar_habits = RegistrarHabits {
            min_expires_s: 1,
            max_expires_s: 3600,
            nonce_lifetime: Duration::from_secs(rng.u64(3..=120)),
            unavailable: 0.0,
        };
        let phone = Phone::new(NAMES[PHONE], address(PHONE), habits, start, rng.u64(..));
        let registrar = Registrar::new(address(REGISTRAR), registrar_habits, start, rng.u64(..));
        let nodes = vec![
            Actor::Phone(Box::new(phone)),
            Actor::Registrar(Box::new(registrar)),
        ];
        let link = Link::new(conditions, rng.u64(..));
        Self {
            world: World::new(start, link, nodes),
        }
    }

    fn play(&mut self, findings: &mut Findings) -> Result<(), Violation> {
        let now = self.world.now();
        self.phone_mut().register(now, address(REGISTRAR));
        self.world.run_until(now + STAY)?;
        self.wait("a moment without REGISTER", |phone| {
            phone.census().requests > 0
        })?;
        let now = self.world.now();
        let (phone, registrar) = (self.phone(), self.registrar());
        findings.extend(judge_registration(now, PHONE, phone, registrar));
        findings.extend(judge_refusals(phone));
        self.phone_mut().unregister(now);
        self.wait("REGISTER to end", |phone| phone.census().requests > 0)?;
        let now = self.world.now();
        findings.extend(judge_removal(now, PHONE, self.phone(), self.registrar()));
        self.phone_mut().switch_off();
        let end = now + PART_MAX;
        let rested = self.world.run_while(end, |nodes| {
            nodes.iter().any(|node| node.next_deadline().is_some())
        })?;
        let waiting_for = "timers to run out";
        rested
            .then_some(())
            .ok_or(Violation::NotDrained { waiting_for })
    }

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

    fn phone(&self) -> &Phone {
        let phone = self.world.node(PHONE).phone();
        phone.expect("the first node is the phone")
    }

    fn phone_mut(&mut self) -> &mut Phone {
        match self.world.node_mut(PHONE) {
            Actor::Phone(phone) => phone,
            Actor::Registrar(_) => unreachable!("the first node is the phone"),
        }
    }

    fn registrar(&self) -> &Registrar {
        match self.world.node(REGISTRAR) {
            Actor::Registrar(registrar) => registrar,
            Actor::Phone(_) => unreachable!("the second node is the registrar"),
        }
    }
}

/// A refresh that comes late is no reason to refuse it.
fn judge_refusals(phone: &Phone) -> Findings {
    let mut findings = Findings::default();
    for (_, entry) in phone.registering() {
        if let Registering::Failed(outcome) = entry
            && outcome.response().is_some()
        {
            findings.violations.push(Violation::Registration {
                node: PHONE,
                client: format!("refused with {}", outcome.code()),
                registrar: Vec::new(),
            });
        }
    }
    findings
}
