//! Judging the media of a call: quality, faults by name, beginning and delay.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_media::judge::{FaultLimits, MediaFault, media_faults, quality};
use gannet_media::{LISTEN_DELAY, RtpSession, Sound};
use gannet_phone::{CallMedia, CallRecord, CallState};

use super::agreed::ends;
use super::support::{failure, latest_call, ready_phone, watch};
use super::talking::{Line, connected_line, hearing_details};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Media of a call";

/// So much of a call is looked at before it is said to be without faults.
const ENOUGH: Duration = Duration::from_secs(3);
/// A phone is heard from the start if it is heard so soon after the answer.
const START_MAX: Duration = Duration::from_millis(500);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} has MOS at least {x}",
            section: SECTION,
            about: "The audio that came to the phone in its newest call, open or over, has at least this mean opinion score by the E-model (ITU-T G.107): from codec, loss and its bursts, packets too late for a jitter buffer of 60 ms, and delay. G.711 without loss has 4.41; wide-band codecs have no more, and all are taken to conceal lost packets. Waits for three seconds of the call first.",
            example: "Alice has MOS at least 4.2",
            condition,
            run: has_mos,
        ),
        step!(
            "the media of {phone} has no faults",
            section: SECTION,
            about: "In what came to the phone in its newest call, open or over, nothing is wrong: no one-way audio, wrong codec, wrong payload type, stream from another address, packet loss (over 1 %), jitter (10 ms on average; more where packets of the phone itself leave late, as on a busy machine), gap (400 ms), frozen timestamp, silence instead of speech, late start (1 s), packets out of order or twice (0.5 %), SSRC collision, SRTP not authentic, SRTP replayed, plain RTP instead of SRTP, SRTP instead of plain RTP, SRTP key beyond its lifetime, DTLS handshake failed. Waits for three seconds of the call first.",
            example: "the media of Alice has no faults",
            condition,
            run: has_no_faults,
        ),
        step!(
            "the media of the call has no faults",
            section: SECTION,
            about: "The same at both ends of the call that was made last (those of them that are phones of the scenario).",
            example: "the media of the call has no faults",
            condition,
            run: call_has_no_faults,
        ),
        step!(
            "the media of {phone} has the fault {text}",
            section: SECTION,
            about: "Waits until the named fault of `has no faults` is found in what came to the phone in its newest call.",
            example: "the media of Alice has the fault \"one-way audio\"",
            condition,
            run: has_fault,
        ),
        step!(
            "{phone} hears {phone} from the start",
            section: SECTION,
            about: "The phone hears the other's own audio from the answer of its call on: half a second later at most, or within the time that the sentence names.",
            example: "Alice hears Bob from the start",
            condition,
            run: hears_from_the_start,
        ),
        step!(
            "{phone} has at most {x}% of its RTP out of order",
            section: SECTION,
            about: "Of the RTP packets that came to the phone in its newest call, open or over, at most so many percent came behind a later one. Waits for three seconds of the call first.",
            example: "Alice has at most 0.5% of its RTP out of order",
            condition,
            run: out_of_order,
        ),
        step!(
            "{phone} has at most {x}% of its RTP twice",
            section: SECTION,
            about: "Of the RTP packets that came to the phone in its newest call, open or over, at most so many percent came again. Waits for three seconds of the call first.",
            example: "Alice has at most 0% of its RTP twice",
            condition,
            run: twice,
        ),
    ]
}

/// The newest call of a phone, and its media.
struct Judged {
    actor: Arc<Actor>,
    call: CallRecord,
    media: CallMedia,
}

impl Judged {
    /// The newest call; one that is open is connected.
    async fn newest(
        world: &mut World,
        arguments: &Arguments,
        index: usize,
    ) -> Result<Self, Failure> {
        let actor = ready_phone(world, arguments.phone(index)?).await?;
        let call = latest_call(&actor)?;
        if call.state.is_open() {
            let limit = world.media(arguments);
            return connected_line(world, &actor, limit).await.map(Self::of);
        }
        let media = actor.phone.media(call.handle).map_err(|_| {
            let summary = format!("the call of {} had no media", actor.name());
            failure(FailureClass::MediaNotHeard, &actor, summary)
        })?;
        Ok(Self { actor, call, media })
    }

    fn of(line: Line) -> Self {
        Self {
            actor: line.actor,
            call: line.call,
            media: line.media,
        }
    }

    /// Waits until there is enough to judge, or the call is over.
    async fn settle(&mut self, world: &World) {
        let doing = format!("looking at the media of {}", self.actor.name());
        let enough = || {
            let (from, to) = self.times();
            (to.saturating_duration_since(from) >= ENOUGH || self.is_over()).then_some(())
        };
        watch(world, &doing, ENOUGH * 2, enough).await;
        if let Some(call) = self.actor.phone.state().call(self.call.handle) {
            self.call = call.clone();
        }
    }

    fn is_over(&self) -> bool {
        let state = self.actor.phone.state();
        state
            .call(self.call.handle)
            .is_none_or(|call| !call.state.is_open())
    }

    /// From the answer to now, or to the end.
    fn times(&self) -> (Instant, Instant) {
        let times = self.call.times;
        let from = times.answered.unwrap_or(times.started);
        let now = Instant::now();
        // What was received last is not heard yet.
        let heard = now.checked_sub(LISTEN_DELAY).unwrap_or(now);
        (from, times.ended.unwrap_or(heard))
    }

    fn faults(&self, limits: &FaultLimits) -> Vec<MediaFault> {
        let (from, to) = self.times();
        let look = |session: &RtpSession| media_faults(session, from, to, limits);
        self.media.ask(look).unwrap_or_default()
    }

    fn wrong(&self, class: FailureClass, summary: String) -> Failure {
        failure(class, &self.actor, summary).in_call(self.call.sip_call_id.clone())
    }
}

/// What is a fault where the network loses packets on purpose is more loss than that.
fn limits(world: &World) -> FaultLimits {
    let lost = 1.0 - (1.0 - world.loss()).powi(2);
    let usual = FaultLimits::default();
    FaultLimits {
        loss_percent: usual.loss_percent + lost * 150.0,
        ..usual
    }
}

async fn has_mos(world: &mut World, arguments: Arguments) -> StepResult {
    let wanted = arguments.decimal(1)?;
    if !(1.0..=4.5).contains(&wanted) {
        let summary = format!("mean opinion scores are 1 to 4.5, {wanted} is none");
        return Err(Failure::new(FailureClass::Misuse, summary));
    }
    let mut judged = Judged::newest(world, &arguments, 0).await?;
    judged.settle(world).await;
    let name = judged.actor.name();
    let found = judged.media.ask(|session| {
        let report = session.report();
        (quality(&report, session.negotiated()), report)
    });
    let Some((found, report)) = found else {
        let summary = format!("the call of {name} has no media");
        return Err(judged.wrong(FailureClass::MediaNotHeard, summary));
    };
    let Some(found) = found else {
        let summary = match report.main_stream() {
            None => format!("no RTP came to {name}"),
            Some(_) => format!("the codec that came to {name} has no score"),
        };
        return Err(judged.wrong(FailureClass::MediaNotHeard, summary));
    };
    if found.mos >= wanted {
        return Ok(());
    }
    let summary = format!(
        "the audio that came to {name} has MOS {:.2}, expected at least {wanted}",
        found.mos
    );
    let rating = format!(
        "R {:.1} by the E-model (ITU-T G.107): {}, {:.1} % of the packets lost or too late (burst \
         ratio {:.1}), delay {} ms",
        found.rating,
        found.codec,
        found.missing_percent,
        found.burst_ratio,
        found.delay.as_millis()
    );
    Err(judged
        .wrong(FailureClass::Assertion, summary)
        .detail(rating))
}

async fn has_no_faults(world: &mut World, arguments: Arguments) -> StepResult {
    let judged = Judged::newest(world, &arguments, 0).await?;
    without_faults(world, judged).await
}

async fn call_has_no_faults(world: &mut World, _: Arguments) -> StepResult {
    for line in ends(world).await? {
        without_faults(world, Judged::of(line)).await?;
    }
    Ok(())
}

async fn without_faults(world: &World, mut judged: Judged) -> StepResult {
    judged.settle(world).await;
    let faults = judged.faults(&limits(world));
    let Some(first) = faults.first() else {
        return Ok(());
    };
    let name = judged.actor.name();
    let summary = format!("the media of {name} has a fault, {first}");
    let found = judged.wrong(FailureClass::Assertion, summary);
    let more = faults.iter().skip(1).map(ToString::to_string);
    Err(more.fold(found, Failure::detail))
}

async fn has_fault(world: &mut World, arguments: Arguments) -> StepResult {
    let wanted = arguments.text(1)?;
    if !MediaFault::NAMES.contains(&wanted) {
        let summary = format!(
            "`{wanted}` is no fault: there are {}",
            MediaFault::NAMES.join(", ")
        );
        return Err(Failure::new(FailureClass::Misuse, summary));
    }
    let judged = Judged::newest(world, &arguments, 0).await?;
    let limit = world.media(&arguments);
    let limits = limits(world);
    let name = judged.actor.name();
    let doing = format!("waiting for {wanted} at {name}");
    let look = || {
        let faults = judged.faults(&limits);
        faults.iter().any(|it| it.name() == wanted).then_some(())
    };
    if watch(world, &doing, limit, look).await.is_some() {
        return Ok(());
    }
    let summary = format!("the media of {name} does not have the fault {wanted}");
    let found = judged
        .wrong(FailureClass::Assertion, summary)
        .waiting_for(wanted, limit);
    let others = judged.faults(&limits);
    let others = others.iter().map(|fault| format!("it has: {fault}"));
    Err(others.fold(found, Failure::detail))
}

async fn hears_from_the_start(world: &mut World, arguments: Arguments) -> StepResult {
    let listener = ready_phone(world, arguments.phone(0)?).await?;
    let other = ready_phone(world, arguments.phone(1)?).await?;
    let most = arguments.within().unwrap_or(START_MAX);
    let limit = world.timeouts().media;
    let line = connected_line(world, &listener, limit).await?;
    let sound = Sound::Mark(other.phone.mark());
    let judged = Judged::of(line);
    let (answered, _) = judged.times();
    let (name, speaker) = (judged.actor.name(), other.name());
    let doing = format!("waiting for {name} to hear {speaker}");
    let first = || {
        let heard = judged.media.heard(sound, answered, Instant::now());
        heard.first_heard_at
    };
    let first = watch(world, &doing, limit, first).await;
    let after = first.map(|at| at.saturating_duration_since(answered));
    let summary = match after {
        Some(after) if after <= most => return Ok(()),
        Some(after) => format!(
            "{name} heard {speaker} only {:.2} s after the answer, expected {:.2} s at most",
            after.as_secs_f64(),
            most.as_secs_f64()
        ),
        None => format!("{name} did not hear {speaker} at all"),
    };
    let mut found = judged.wrong(FailureClass::MediaNotHeard, summary);
    let line = Line {
        actor: judged.actor,
        call: judged.call,
        media: judged.media,
    };
    for detail in hearing_details(&line, answered, Instant::now()) {
        found = found.detail(detail);
    }
    Err(found)
}

async fn out_of_order(world: &mut World, arguments: Arguments) -> StepResult {
    at_most(world, &arguments, "out of order", |it| it.reordered).await
}

async fn twice(world: &mut World, arguments: Arguments) -> StepResult {
    at_most(world, &arguments, "twice", |it| it.duplicates).await
}

async fn at_most(
    world: &mut World,
    arguments: &Arguments,
    how: &str,
    count: impl Fn(&gannet_media::ReceivedStream) -> u64,
) -> StepResult {
    let most = arguments.decimal(1)?;
    let mut judged = Judged::newest(world, arguments, 0).await?;
    judged.settle(world).await;
    let name = judged.actor.name();
    let streams = judged
        .media
        .report()
        .map_or_else(Vec::new, |it| it.received);
    let packets: u64 = streams.iter().map(|stream| stream.packets).sum();
    if packets == 0 {
        let summary = format!("no RTP came to {name}");
        return Err(judged.wrong(FailureClass::MediaNotHeard, summary));
    }
    let wrong: u64 = streams.iter().map(count).sum();
    let percent = wrong as f64 * 100.0 / packets as f64;
    if percent <= most {
        return Ok(());
    }
    let summary =
        format!("{percent:.2}% of the RTP came to {name} {how}, expected at most {most}%");
    let found = judged.wrong(FailureClass::Assertion, summary);
    Err(found.detail(format!("{wrong} of {packets} RTP packets")))
}

/// What is wrong with the media of a call that goes on, one line each.
pub(super) fn fault_lines(line: &Line) -> Vec<String> {
    let judged = Judged {
        actor: line.actor.clone(),
        call: line.call.clone(),
        media: line.media.clone(),
    };
    if judged.call.state != CallState::Answered {
        return Vec::new();
    }
    let faults = judged.faults(&FaultLimits::default());
    faults.iter().map(ToString::to_string).collect()
}
