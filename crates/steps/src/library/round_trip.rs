//! The round trip that RTCP tells.

use std::time::Duration;

use gannet_events::FailureClass;

use super::playing::line;
use super::support::{failure, watch};
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Media of a call";

/// Reports come every 5 s, half of that at first (RFC 3550 6.2), and the second one of each side can
/// have it.
const REPORT_LIMIT: Duration = Duration::from_secs(12);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![step!(
        "{phone} has a round trip below {time}",
        section: SECTION,
        about: "Waits for a report (RTCP) of the other side that answers one of the phone's own in its open call: from when the phone sent its report to when the answer came, without the time that the other side kept it (LSR and DLSR, RFC 3550 6.4.1). It is below this.",
        example: "Alice has a round trip below 300 ms",
        condition,
        run: has_round_trip,
    )]
}

async fn has_round_trip(world: &mut World, arguments: Arguments) -> StepResult {
    let most = arguments.duration(1)?;
    let line = line(world, &arguments).await?;
    let limit = arguments.within().unwrap_or(REPORT_LIMIT);
    let name = line.actor.name();
    let doing = format!("waiting for RTCP that tells the round trip of {name}");
    let look = || line.media.report()?.remote?.round_trip;
    let told = watch(world, &doing, limit, look).await;
    let (class, summary) = match told {
        Some(told) if told < most => return Ok(()),
        Some(told) => (
            FailureClass::Assertion,
            format!(
                "the round trip of {name} is {:.1} ms, expected less than {} ms",
                told.as_secs_f64() * 1000.0,
                most.as_millis()
            ),
        ),
        None => (
            FailureClass::MediaNotHeard,
            format!("no RTCP came to {name} that answers a report of its own"),
        ),
    };
    let mut found = failure(class, &line.actor, summary).in_call(line.call.sip_call_id.clone());
    if told.is_none() {
        found = found.waiting_for("RTCP", limit);
        if let Some(report) = line.media.report() {
            found = found.detail(format!(
                "{} RTCP packets sent, {} received",
                report.rtcp_sent, report.rtcp_received
            ));
        }
    }
    Err(found)
}
