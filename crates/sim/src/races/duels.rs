//! Two people in one call who act at the same time.

use std::time::{Duration, Instant};

use gannet_ua::endpoint::Census;

use super::aim::{self, Kind, crossed, is_answer, is_bye, is_cancel, is_reinvite, window};
use super::contest::{Race, RaceReport};
use crate::agreement::{Evidence, Findings, Violation, judge_calls, judge_changes, judge_wire};
use crate::ladder::ladder;
use crate::link::{Conditions, Link};
use crate::phone::{CallRecord, Deed, Habits, Phone, Role};
use crate::report::Report;
use crate::scenario::address;
use crate::world::{Node, World};

const NAMES: [&str; 2] = ["alice", "bob"];
/// How long the call may take to get where the race begins.
const SET_UP_MAX: Duration = Duration::from_secs(90);
/// How long everything may take from there.
const PART_MAX: Duration = Duration::from_mins(15);

/// What one of the two does, and the message that it comes to.
#[derive(Clone, Copy)]
pub(super) struct Shot {
    pub(super) role: Role,
    pub(super) deed: Deed,
    pub(super) kind: Kind,
}

/// How far the call must be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ready {
    /// It rings.
    Ringing,
    /// It was answered and acknowledged.
    Talking,
}

fn duel(race: Race, rng: &mut fastrand::Rng) -> (Ready, [Shot; 2]) {
    let shot = |role, deed, kind: Kind| Shot { role, deed, kind };
    let [one, other] = if rng.bool() {
        [Role::Caller, Role::Callee]
    } else {
        [Role::Callee, Role::Caller]
    };
    match race {
        Race::CancelAnswer => (
            Ready::Ringing,
            [
                shot(Role::Caller, Deed::GiveUp, is_cancel),
                shot(Role::Callee, Deed::Accept, is_answer),
            ],
        ),
        Race::Reinvites => (
            Ready::Talking,
            [
                shot(one, Deed::Reinvite, is_reinvite),
                shot(other, Deed::Reinvite, is_reinvite),
            ],
        ),
        _ => (
            Ready::Talking,
            [
                shot(one, Deed::HangUp, is_bye),
                shot(other, Deed::Reinvite, is_reinvite),
            ],
        ),
    }
}

pub(super) fn run(race: Race, seed: u64, with_ladder: bool) -> RaceReport {
    let mut rng = fastrand::Rng::with_seed(seed);
    let conditions = aim::link(&mut rng);
    let (ready, shots) = duel(race, &mut rng);
    // Nobody answers by himself where answering is the act.
    let answers = if ready == Ready::Ringing { 0.0 } else { 1.0 };
    let habits = Habits {
        answers,
        ..Habits::QUIET
    };
    let mut stage = Stage::new(&mut rng, conditions, habits);
    let mut findings = Findings::default();
    if let Err(violation) = stage.play(&mut rng, ready, shots) {
        findings.violations.push(violation);
    }
    findings.extend(stage.judge());
    if race == Race::Reinvites && conditions.loss == 0.0 {
        findings.extend(stage.judge_glare());
    }
    let node = |role| stage.node_of(role);
    let [one, other] = shots.map(|shot| (node(shot.role), shot.kind));
    let crossed = crossed(stage.world.journal(), one, other);
    stage.report(seed, findings, crossed, with_ladder)
}

/// Two phones that call each other directly.
pub(super) struct Stage {
    pub(super) world: World<Phone>,
    caller: usize,
    conditions: Conditions,
}

impl Stage {
    pub(super) fn new(rng: &mut fastrand::Rng, conditions: Conditions, habits: Habits) -> Self {
        let start = Instant::now();
        let phones =
            [0, 1].map(|node| Phone::new(NAMES[node], address(node), habits, start, rng.u64(..)));
        let link = Link::new(conditions, rng.u64(..));
        Self {
            world: World::new(start, link, phones.into()),
            caller: rng.usize(0..=1),
            conditions,
        }
    }

    pub(super) fn node_of(&self, role: Role) -> usize {
        match role {
            Role::Caller => self.caller,
            Role::Callee => 1 - self.caller,
        }
    }

    /// Calls.
    pub(super) fn call(&mut self) {
        let now = self.world.now();
        let callee = self.world.node(1 - self.caller).contact().uri;
        self.world.node_mut(self.caller).call(now, &callee, None);
    }

    fn play(
        &mut self,
        rng: &mut fastrand::Rng,
        ready: Ready,
        shots: [Shot; 2],
    ) -> Result<(), Violation> {
        self.get(ready)?;
        self.shoot(rng, shots);
        self.rest()
    }

    /// Calls, and waits until the call is as far as that.
    pub(super) fn get(&mut self, ready: Ready) -> Result<(), Violation> {
        self.call();
        let callee = 1 - self.caller;
        let end = self.world.now() + SET_UP_MAX;
        self.world.run_while(end, |phones| {
            let there = |fits: fn(&CallRecord) -> bool, node: usize| phones[node].calls().any(fits);
            match ready {
                // The callee rings within a second of being called.
                Ready::Ringing => !there(|_| true, callee),
                Ready::Talking => {
                    let confirmed = there(|call| call.confirmed.is_some(), callee);
                    !confirmed || !there(|call| call.answered.is_some(), 1 - callee)
                }
            }
        })?;
        Ok(())
    }

    /// Lets both act within one window.
    pub(super) fn shoot(&mut self, rng: &mut fastrand::Rng, shots: [Shot; 2]) {
        // Ringing has got to the caller by then, or never will.
        let from = self.world.now() + Duration::from_secs(3);
        let moments = window(rng, from, &self.conditions);
        for (shot, at) in shots.into_iter().zip(moments) {
            let node = self.node_of(shot.role);
            self.world.node_mut(node).aim(at, shot.deed);
        }
    }

    /// Lets everything come to its end.
    pub(super) fn rest(&mut self) -> Result<(), Violation> {
        let waits = ["calls to end", "timers to run out"];
        for waiting_for in waits {
            let end = self.world.now() + PART_MAX;
            let done = self.world.run_while(end, |phones| {
                let talks = phones
                    .iter()
                    .any(|phone| phone.is_busy() || phone.census().requests > 0);
                let wakes = phones.iter().any(|phone| phone.next_deadline().is_some());
                if waiting_for == waits[0] {
                    talks
                } else {
                    wakes
                }
            })?;
            if !done {
                return Err(Violation::NotDrained { waiting_for });
            }
        }
        Ok(())
    }

    /// What both sides say, what the wire says, and what is left.
    pub(super) fn judge(&self) -> Findings {
        let phones = [0, 1].map(|node| (node, self.world.node(node)));
        let evidence = Evidence::read(self.world.journal());
        let mut findings = judge_calls(&evidence, &phones);
        findings.extend(judge_changes(&evidence, &phones));
        findings.extend(judge_wire(&evidence, &phones));
        for (node, phone) in phones {
            let census = phone.census();
            if census != Census::default() {
                let leftover = Violation::Leftover { node, census };
                findings.violations.push(leftover);
            }
        }
        findings
    }

    /// Where nothing is lost both re-INVITEs are accepted in the end, however often they met.
    fn judge_glare(&self) -> Findings {
        let mut findings = Findings::default();
        for phone in self.world.nodes() {
            let mut own = phone.requests().iter().filter(|r| r.request.is_some());
            let last = own.rfind(|request| request.method == "INVITE");
            let accepted = last.and_then(|request| request.done).map(|(_, code)| code);
            let Some(call) = phone.calls().next() else {
                continue;
            };
            if accepted != Some(200) {
                findings.violations.push(Violation::Disagreement {
                    sip_call_id: call.sip_call_id.clone(),
                    caller: format!("that the last re-INVITE of {} gets 200", phone.name()),
                    callee: format!("{accepted:?}"),
                });
            }
        }
        findings
    }

    /// The report, with the way the call ended.
    pub(super) fn report(
        &self,
        seed: u64,
        findings: Findings,
        crossed: bool,
        with_ladder: bool,
    ) -> RaceReport {
        let wanted = with_ladder || !findings.violations.is_empty();
        let world = &self.world;
        RaceReport {
            outcome: findings.outcomes.first().copied().unwrap_or("no call"),
            crossed,
            report: Report {
                seed,
                loss: self.conditions.loss,
                findings,
                virtual_time: world.elapsed(),
                datagrams: world.journal().flights().len(),
                ladder: wanted.then(|| ladder(world.journal(), world.start(), &NAMES)),
            },
        }
    }
}
