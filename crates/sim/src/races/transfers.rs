//! REFER while the call is held, and a re-INVITE of the other side that it meets.
//!
//! One side has put the call on hold. Then either that side asks the other one to make another call,
//! while the other side holds as well; or the side that is held asks, while the other one resumes.
//! REFER is no part of offer and answer: it must neither be refused for the re-INVITE that it meets
//! nor hinder it (RFC 3515 2.4.2, RFC 3261 14.2). Whoever asked hangs up once the other call stands.

use std::time::Duration;

use gannet_sip::{Message, Method};

use super::aim::{self, crossed, is_inside, is_reinvite};
use super::contest::RaceReport;
use super::duels::{Ready, Shot, Stage};
use crate::agreement::{Evidence, Findings, Violation, judge_transfers};
use crate::phone::{Deed, Fate, Habits, Phone, RequestRecord, Role};

/// How long it may take to put the call on hold.
const HOLD_MAX: Duration = Duration::from_mins(1);

pub(super) fn run(seed: u64, with_ladder: bool) -> RaceReport {
    let mut rng = fastrand::Rng::with_seed(seed);
    let conditions = aim::link(&mut rng);
    let [holder, held] = if rng.bool() {
        [Role::Caller, Role::Callee]
    } else {
        [Role::Callee, Role::Caller]
    };
    let (asker, asked, meanwhile) = if rng.bool() {
        (holder, held, Deed::Hold)
    } else {
        (held, holder, Deed::Resume)
    };
    let shots = [
        Shot {
            role: asker,
            deed: Deed::Refer,
            kind: is_refer,
        },
        Shot {
            role: asked,
            deed: meanwhile,
            kind: is_reinvite,
        },
    ];
    let mut stage = Stage::new(&mut rng, conditions, Habits::QUIET);
    let mut findings = Findings::default();
    if let Err(violation) = play(&mut stage, &mut rng, holder, shots) {
        findings.violations.push(violation);
    }
    findings.extend(stage.judge());
    let phones = [0, 1].map(|node| (node, stage.world.node(node)));
    let evidence = Evidence::read(stage.world.journal());
    findings.extend(judge_transfers(&evidence, &phones));
    let node = |role| stage.node_of(role);
    let [one, other] = shots.map(|shot| (node(shot.role), shot.kind));
    let crossed = crossed(stage.world.journal(), one, other);
    let outcome = outcome(stage.world.node(node(asker)));
    let mut report = stage.report(seed, findings, crossed, with_ladder);
    report.outcome = outcome;
    report
}

fn play(
    stage: &mut Stage,
    rng: &mut fastrand::Rng,
    holder: Role,
    shots: [Shot; 2],
) -> Result<(), Violation> {
    stage.get(Ready::Talking)?;
    let node = stage.node_of(holder);
    let now = stage.world.now();
    stage.world.node_mut(node).aim(now, Deed::Hold);
    let is_done = |request: &RequestRecord| request.holds && request.done.is_some();
    stage.world.run_while(now + HOLD_MAX, |phones| {
        !phones[node].requests().iter().any(is_done)
    })?;
    stage.shoot(rng, shots);
    stage.rest()
}

fn is_refer(message: &Message) -> bool {
    is_inside(message, &Method::Refer)
}

/// How it ended for the one who asked.
fn outcome(asker: &Phone) -> &'static str {
    let fate = asker.refers().next().map(|refer| refer.fate);
    match fate.map(|fate| fate.map(|(_, fate)| fate)) {
        None => "not asked",
        Some(Some(Fate::Done(..300))) => "transferred",
        Some(Some(Fate::Done(_))) => "not answered",
        Some(Some(Fate::Refused(_))) => "refused",
        Some(Some(Fate::Unanswered | Fate::Lost) | None) => "unheard",
    }
}
