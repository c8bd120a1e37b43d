//! A session that is refreshed while it expires.
//!
//! Sessions of a few seconds, refreshed at half of that, count as over at two thirds: on a link that
//! holds messages up for longer than the time between, the refresh and the BYE of the side that
//! waits for it cross.

use std::time::Duration;

use gannet_sip::{HeaderName, Message, Method};
use gannet_ua::endpoint::EndCause;
use gannet_ua::{RefreshMethod, Refresher, SessionPolicy};

use super::aim::{self, crossed, is_bye, is_inside};
use super::contest::RaceReport;
use super::duels::Stage;
use crate::agreement::{Findings, Violation};
use crate::phone::{Habits, Phone};

/// The longest session is due for its first refresh after 8 s, and the calls looked at last 15.
const REFRESHES_MIN: usize = 1;

pub(super) fn run(seed: u64, with_ladder: bool) -> RaceReport {
    let mut rng = fastrand::Rng::with_seed(seed);
    let conditions = aim::slow_link(&mut rng);
    // Most sessions are too short for the link, some long enough.
    let seconds = if rng.u8(0..4) == 0 {
        rng.u64(8..=16)
    } else {
        rng.u64(1..=3)
    };
    let session = SessionPolicy {
        expires: Some(Duration::from_secs(seconds)),
        min_se: Duration::from_secs(1),
        refresher: rng
            .choice([None, Some(Refresher::Uac), Some(Refresher::Uas)])
            .flatten(),
        method: if rng.bool() {
            RefreshMethod::Update
        } else {
            RefreshMethod::Invite
        },
        refreshes: true,
    };
    let habits = Habits {
        session: Some(session),
        ..Habits::QUIET
    };
    let mut stage = Stage::new(&mut rng, conditions, habits);
    let mut findings = Findings::default();
    stage.call();
    if let Err(violation) = stage.rest() {
        findings.violations.push(violation);
    }
    findings.extend(stage.judge());
    findings.extend(judge_refreshes(&stage));
    let journal = stage.world.journal();
    let crossed = [0, 1]
        .into_iter()
        .any(|node| crossed(journal, (node, is_refresh), (1 - node, is_bye)));
    let mut report = stage.report(seed, findings, crossed, with_ladder);
    if expired(&stage) {
        report.outcome = "expired";
    }
    report
}

fn is_refresh(message: &Message) -> bool {
    let refreshes = is_inside(message, &Method::Update) || is_inside(message, &Method::Invite);
    refreshes && message.header(HeaderName::SessionExpires).is_some()
}

/// True if a side has ended the call because nobody refreshed it.
fn expired(stage: &Stage) -> bool {
    let mut calls = stage.world.nodes().iter().flat_map(Phone::calls);
    calls.any(|call| matches!(&call.ended, Some((_, EndCause::SessionExpired(_)))))
}

/// A call that did not expire was refreshed all the time: only whoever gets no answer may end it,
/// and nobody may forget to refresh.
fn judge_refreshes(stage: &Stage) -> Findings {
    let mut findings = Findings::default();
    let phones = stage.world.nodes();
    let talked = phones.iter().all(|phone| {
        let mut calls = phone.calls();
        calls.any(|call| {
            let from = call.answered.or(call.accepted);
            let end = call.ended.as_ref().map(|(at, _)| *at);
            from.zip(end)
                .is_some_and(|(from, end)| end - from >= Duration::from_secs(15))
        })
    });
    if !talked || expired(stage) {
        return findings;
    }
    let flights = stage.world.journal().flights().iter();
    let refreshes = flights
        .filter(|flight| is_refresh(&flight.message()))
        .count();
    if refreshes < REFRESHES_MIN {
        let sip_call_id = phones[0]
            .calls()
            .next()
            .map(|call| call.sip_call_id.clone());
        findings.violations.push(Violation::Disagreement {
            sip_call_id: sip_call_id.unwrap_or_default(),
            caller: "that the session lives".to_owned(),
            callee: format!("{refreshes} refreshes"),
        });
    }
    findings
}
