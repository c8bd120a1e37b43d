//! SRTP: what phones make of it, and whether a call is encrypted.

use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_media::SrtpReport;
use gannet_media::srtp::Suite;

use super::agreed::{ends, in_call, newest_stream, no_rtp};
use super::reliability::set;
use super::support::watch;
use super::talking::Line;
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "SRTP";
/// The setting behind `requires SRTP`.
const SETTING: &str = "sdp.srtp";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} requires SRTP",
            section: SECTION,
            about: "The phone offers SRTP alone, refuses calls without it with 488, and ends calls whose answer is without it. It starts anew: say it before calls. The same as the setting sdp.srtp = required.",
            example: "Alice requires SRTP",
            no within,
            run: sets_srtp,
            with: "required",
        ),
        step!(
            "{phone} offers SRTP",
            section: SECTION,
            about: "The phone offers SRTP in the way that sdp.srtp-offer names, and takes plain RTP too. It starts anew: say it before calls. The same as the setting sdp.srtp = offered.",
            example: "Alice offers SRTP",
            no within,
            run: sets_srtp,
            with: "offered",
        ),
        step!(
            "{phone} accepts SRTP",
            section: SECTION,
            about: "The phone answers offers of SRTP with SRTP, and offers plain RTP. It starts anew: say it before calls. The same as the setting sdp.srtp = accepted.",
            example: "Bob accepts SRTP",
            no within,
            run: sets_srtp,
            with: "accepted",
        ),
        step!(
            "{phone} uses no SRTP",
            section: SECTION,
            about: "The phone knows no SRTP, as most profiles say. It starts anew: say it before calls. The same as the setting sdp.srtp = off.",
            example: "Bob uses no SRTP",
            no within,
            run: sets_srtp,
            with: "off",
        ),
        step!(
            "the call uses SRTP {word}",
            section: SECTION,
            about: "Both ends of the call that was made last (those of them that are phones of the scenario) send SRTP with this crypto suite, and RTP under it, authentic, has come to each of them.",
            example: "the call uses SRTP AES_CM_128_HMAC_SHA1_80",
            condition,
            run: uses_suite,
        ),
        step!(
            "the call is encrypted",
            section: SECTION,
            about: "The same with any suite.",
            example: "the call is encrypted",
            condition,
            run: is_encrypted,
        ),
        step!(
            "the call is not encrypted",
            section: SECTION,
            about: "Both ends of the call that was made last have agreed on plain RTP, and RTP that is plain has come to each of them.",
            example: "the call is not encrypted",
            condition,
            run: is_not_encrypted,
        ),
    ]
}

async fn sets_srtp(world: &mut World, arguments: Arguments, value: &'static str) -> StepResult {
    set(world, &arguments, SETTING, value).await
}

async fn uses_suite(world: &mut World, arguments: Arguments) -> StepResult {
    let name = arguments.text(0)?;
    let Some(suite) = Suite::named(name) else {
        let names: Vec<_> = Suite::ALL.into_iter().map(Suite::name).collect();
        let summary = format!("{name} is no crypto suite; there are {}", names.join(", "));
        return Err(Failure::new(FailureClass::Misuse, summary));
    };
    expect(world, &arguments, Expected::Suite(suite)).await
}

async fn is_encrypted(world: &mut World, arguments: Arguments) -> StepResult {
    expect(world, &arguments, Expected::Any).await
}

async fn is_not_encrypted(world: &mut World, arguments: Arguments) -> StepResult {
    expect(world, &arguments, Expected::None).await
}

/// What both ends should have agreed on.
#[derive(Debug, Clone, Copy)]
enum Expected {
    None,
    Any,
    Suite(Suite),
}

impl Expected {
    fn fits(self, found: Option<Suite>) -> bool {
        match self {
            Self::None => found.is_none(),
            Self::Any => found.is_some(),
            Self::Suite(suite) => found == Some(suite),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::None => "plain RTP",
            Self::Any => "SRTP",
            Self::Suite(suite) => suite.name(),
        }
    }
}

async fn expect(world: &mut World, arguments: &Arguments, expected: Expected) -> StepResult {
    let limit = world.media(arguments);
    for line in ends(world).await? {
        let name = line.actor.name().to_owned();
        let Some(srtp) = agreed_on(world, &line, limit).await else {
            let why = line
                .media
                .ask(|it| it.handshake_failure().map(str::to_owned));
            let why = why.flatten().unwrap_or_else(|| "it goes on".to_owned());
            let summary = format!("the handshake of {name} gave no keys: {why}");
            return Err(in_call(&line, FailureClass::MediaNotHeard, summary));
        };
        for (does, found) in [("sends", srtp.sends), ("is to be sent", srtp.takes)] {
            if !expected.fits(found) {
                let found = found.map_or("plain RTP", Suite::name);
                let summary = format!("{name} {does} {found}, expected {}", expected.name());
                return Err(in_call(&line, FailureClass::Assertion, summary));
            }
        }
        came(world, &line, expected, limit).await?;
    }
    Ok(())
}

/// What the line agreed on; keys may come from a handshake that goes on.
async fn agreed_on(world: &World, line: &Line, limit: Duration) -> Option<SrtpReport> {
    let known = || {
        let is_srtp = line.media.negotiated()?.security.is_srtp();
        let srtp = line.media.report()?.srtp;
        (!is_srtp || srtp.takes.is_some()).then_some(srtp)
    };
    let doing = format!("waiting for the keys of {}", line.actor.name());
    watch(world, &doing, limit, known).await
}

/// Waits until RTP has come as it should.
async fn came(
    world: &World,
    line: &Line,
    expected: Expected,
    limit: Duration,
) -> Result<(), Failure> {
    let what = match expected {
        Expected::None => "plain RTP".to_owned(),
        Expected::Any => "authentic SRTP".to_owned(),
        Expected::Suite(suite) => format!("authentic SRTP with {}", suite.name()),
    };
    let found = || {
        let packets = newest_stream(line)?.packets;
        let srtp = line.media.report()?.srtp;
        // Only what is authentic is counted as received, so any packet will do; of plain RTP the
        // lengths of some must be known.
        (packets > 2 && srtp.protected * 2 <= packets).then_some(())
    };
    let doing = format!("waiting for {what} at {}", line.actor.name());
    if watch(world, &doing, limit, found).await.is_some() {
        return Ok(());
    }
    let failure = no_rtp(line, &what, limit);
    let srtp = line.media.report().map(|report| report.srtp);
    Err(details(failure, &srtp.unwrap_or_default()))
}

fn details(failure: Failure, srtp: &SrtpReport) -> Failure {
    let counts = [
        (
            srtp.not_authentic - srtp.plain,
            "packets came that are not under the agreed key",
        ),
        (srtp.plain, "packets of plain RTP came"),
        (srtp.replayed, "packets came again"),
        (srtp.protected, "packets that look like SRTP came"),
    ];
    counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .fold(failure, |failure, (count, what)| {
            failure.detail(format!("{count} {what}"))
        })
}
