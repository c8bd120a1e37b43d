//! Talking: each side hears the other for the whole time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_media::{Heard, Sound};
use gannet_phone::{CallMedia, CallRecord};

use super::support::{active_call, deadline, failure, ready_phone, wait};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Talking";

/// A pause in the other's audio that is longer than this is not talking for the whole time.
const GAP_MAX: Duration = Duration::from_millis(500);
/// So much of the time must have had the other's audio, on a network that loses nothing on purpose.
const SHARE_MIN: f64 = 0.9;
/// Less audio than this is told in milliseconds, as tenths of a second would say 0.0.
const WORTH_A_TENTH: Duration = Duration::from_millis(50);
/// So much audio must come from a voicemail for it to have said something.
pub(super) const VOICEMAIL_AUDIO_MIN: Duration = Duration::from_millis(300);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} and {phone} talk for {time}",
            section: SECTION,
            about: "Both phones hear the other's own audio for the whole time: no pause over half a second, at least 90 % of it heard (less where packets are dropped on purpose).",
            example: "Alice and Bob talk for 10 seconds",
            no within,
            run: talk,
        ),
        step!(
            "{phone} talks to voicemail for {time}",
            section: SECTION,
            about: "The phone's call is answered by something that is no phone of the scenario; audio from it is heard, and the phone sends audio for the whole time.",
            example: "Alice talks to voicemail for 10 seconds",
            run: talks_to_voicemail,
        ),
        step!(
            "{phone} mutes",
            section: SECTION,
            about: "The phone sends silence in its open call.",
            example: "Alice mutes",
            no within,
            run: mutes,
        ),
        step!(
            "{phone} unmutes",
            section: SECTION,
            about: "The phone sends its own audio again.",
            example: "Alice unmutes",
            no within,
            run: unmutes,
        ),
    ]
}

/// A phone's open call with its media.
pub(super) struct Line {
    pub(super) actor: Arc<Actor>,
    pub(super) call: CallRecord,
    pub(super) media: CallMedia,
}

/// The phone's open call once it is connected.
pub(super) async fn connected_line(
    world: &mut World,
    actor: &Arc<Actor>,
    limit: Duration,
) -> Result<Line, Failure> {
    let call = active_call(actor)?;
    let work = actor.phone.wait_connected(call.handle, deadline(limit));
    let call = wait(world, actor, "the call to be connected", limit, work).await?;
    let media = actor.phone.media(call.handle).map_err(|_| {
        let summary = format!("the call of {} has no media", actor.name());
        failure(FailureClass::MediaNotHeard, actor, summary)
    })?;
    Ok(Line {
        actor: actor.clone(),
        call,
        media,
    })
}

async fn talk(world: &mut World, arguments: Arguments) -> StepResult {
    let first = ready_phone(world, arguments.phone(0)?).await?;
    let second = ready_phone(world, arguments.phone(1)?).await?;
    let time = arguments.duration(2)?;
    let limit = world.signalling_default();
    let one = connected_line(world, &first, limit).await?;
    let other = connected_line(world, &second, limit).await?;
    let started = Instant::now();
    stay(world, &[&one, &other], "talking", time).await?;
    let ended = Instant::now();
    CallMedia::settled(ended).await;
    let share_min = SHARE_MIN * let_through(world);
    heard_throughout(&one, &second, (started, ended), share_min)?;
    heard_throughout(&other, &first, (started, ended), share_min)
}

/// How much of the RTP between two phones the configured loss lets through: each of them loses its
/// share.
fn let_through(world: &World) -> f64 {
    (1.0 - world.loss()).powi(2)
}

/// Lets the time pass while the calls stay open; fails at once if one ends.
pub(super) async fn stay(world: &World, lines: &[&Line], what: &str, time: Duration) -> StepResult {
    let end = deadline(time);
    let open = async {
        for line in lines {
            let over = line.actor.phone.wait_ended(line.call.handle, end).await;
            if let Ok(end) = over {
                let after = line
                    .call
                    .times
                    .answered
                    .map_or(Duration::ZERO, |at| at.elapsed());
                let summary = format!(
                    "the call of {} ended {:.1} s after its answer: {end}",
                    line.actor.name(),
                    after.as_secs_f64()
                );
                return Err(failure(FailureClass::CallFailed, &line.actor, summary));
            }
        }
        Ok(())
    };
    world.progress().during(what, time, open).await
}

fn heard_throughout(
    line: &Line,
    other: &Arc<Actor>,
    (started, ended): (Instant, Instant),
    share_min: f64,
) -> StepResult {
    let heard = line
        .media
        .heard(Sound::Mark(other.phone.mark()), started, ended);
    if heard.longest_gap <= GAP_MAX && heard.share() >= share_min {
        return Ok(());
    }
    Err(not_heard(line, other, &heard, started, ended))
}

fn not_heard(
    line: &Line,
    other: &Arc<Actor>,
    heard: &Heard,
    started: Instant,
    ended: Instant,
) -> Failure {
    let (name, other_name) = (line.actor.name(), other.name());
    let total = heard.total.as_secs_f64();
    let summary = if heard.covered.is_zero() {
        format!("{name} did not hear {other_name} at all in {total:.1} s")
    } else if heard.covered < WORTH_A_TENTH {
        let heard_ms = heard.covered.as_millis();
        format!("{name} did not hear {other_name} in {total:.1} s, but for {heard_ms} ms")
    } else {
        format!(
            "{name} heard {other_name} for {:.1} of {total:.1} s only, with a gap of {:.1} s",
            heard.covered.as_secs_f64(),
            heard.longest_gap.as_secs_f64()
        )
    };
    let mut found = failure(FailureClass::MediaNotHeard, &line.actor, summary)
        .in_call(line.call.sip_call_id.clone());
    for detail in hearing_details(line, started, ended) {
        found = found.detail(detail);
    }
    let skipped = packets_skipped(other);
    if skipped > 0 {
        found = found.detail(format!(
            "this machine could not keep up: {other_name} left out {skipped} RTP packets that were overdue; run fewer scenarios at once (--jobs)"
        ));
    }
    found
}

/// RTP packets of the phone's newest call that it could not send in time, through no fault of the
/// network.
fn packets_skipped(actor: &Arc<Actor>) -> u64 {
    let call = actor.phone.state().latest_call().map(|call| call.handle);
    let media = call.and_then(|call| actor.phone.media(call).ok());
    media
        .and_then(|media| media.report())
        .map_or(0, |report| report.sent.skipped)
}

/// What the phone did hear, for the one who has to find out why.
pub(super) fn hearing_details(line: &Line, started: Instant, ended: Instant) -> Vec<String> {
    let mut details = Vec::new();
    let name = line.actor.name();
    let report = line.media.report();
    let stream = report.as_ref().and_then(|report| report.main_stream());
    match stream {
        None => details.push(format!("no RTP came to {name}")),
        Some(stream) => details.push(format!(
            "RTP that came to {name} from {}: {} packets, {} lost ({:.1} %), longest pause {} ms, \
             jitter up to {:.1} ms",
            stream.source,
            stream.packets,
            stream.lost,
            stream.lost_percent,
            stream.longest_pause.as_millis(),
            stream.jitter_max.as_secs_f64() * 1000.0
        )),
    }
    let quiet = line.media.silence(started, ended);
    details.push(format!(
        "silent for {:.1} of {:.1} s",
        quiet.quiet.as_secs_f64(),
        quiet.total.as_secs_f64()
    ));
    if let Some(tone) = line.media.dominant_tone(started, ended) {
        details.push(format!(
            "the strongest tone was {:.0} Hz",
            tone.frequency_hz
        ));
    }
    details.extend(super::judging::fault_lines(line));
    details
}

async fn talks_to_voicemail(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let time = arguments.duration(1)?;
    // A voicemail may answer only after the phone has rung for its full time.
    let limit = world.media(&arguments).max(world.signalling_default());
    let line = connected_line(world, &actor, limit).await?;
    let sent_before = packets_sent(&line);
    let started = Instant::now();
    let from = line.call.times.answered.unwrap_or(started).min(started);
    stay(world, &[&line], "talking to voicemail", time).await?;
    let ended = Instant::now();
    CallMedia::settled(ended).await;
    talked_to_no_phone(world, &line, from, ended)?;
    let heard = line.media.heard(Sound::Any, from, ended);
    if heard.covered < VOICEMAIL_AUDIO_MIN {
        let summary = format!("{} heard nothing from voicemail", actor.name());
        let mut found = failure(FailureClass::MediaNotHeard, &actor, summary);
        for detail in hearing_details(&line, from, ended) {
            found = found.detail(detail);
        }
        return Err(found);
    }
    // 50 packets a second of 20 ms each; half of them is far below any pace that is right.
    let sent = packets_sent(&line).saturating_sub(sent_before);
    if (sent as f64) < time.as_secs_f64() * 25.0 {
        let summary = format!("{} sent only {sent} RTP packets to voicemail", actor.name());
        return Err(failure(FailureClass::MediaNotHeard, &actor, summary));
    }
    Ok(())
}

/// Fails if another phone of the scenario was heard: then no voicemail has answered.
pub(super) fn talked_to_no_phone(
    world: &World,
    line: &Line,
    from: Instant,
    ended: Instant,
) -> StepResult {
    let name = line.actor.name();
    for other in world.actors().filter(|other| other.name() != name) {
        let heard = line
            .media
            .heard(Sound::Mark(other.phone.mark()), from, ended);
        if heard.covered >= VOICEMAIL_AUDIO_MIN {
            let summary = format!("{name} talked to {}, not to voicemail", other.name());
            return Err(failure(FailureClass::CallFailed, &line.actor, summary));
        }
    }
    Ok(())
}

fn packets_sent(line: &Line) -> u64 {
    line.media.report().map_or(0, |report| report.sent.packets)
}

async fn mutes(world: &mut World, arguments: Arguments) -> StepResult {
    set_muted(world, &arguments, true).await
}

async fn unmutes(world: &mut World, arguments: Arguments) -> StepResult {
    set_muted(world, &arguments, false).await
}

async fn set_muted(world: &mut World, arguments: &Arguments, muted: bool) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling_default();
    connected_line(world, &actor, limit)
        .await?
        .media
        .mute(muted);
    Ok(())
}
