//! What a phone hears.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_media::Sound;
use gannet_phone::CallMedia;

use super::support::{deadline, failure, ready_phone};
use super::talking::{Line, connected_line, hearing_details};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Hearing";

/// A sound counts as heard once there was so much of it.
const HEARD_MIN: Duration = Duration::from_secs(1);
/// A stretch of sound up to this length does not break a silence: a single block of noise.
const NOISE_MAX: Duration = Duration::from_millis(80);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} hears {phone}",
            section: SECTION,
            about: "Waits until the phone has heard one second of the other's own audio.",
            example: "Alice hears Bob",
            condition,
            run: hears,
        ),
        step!(
            "{phone} does not hear {phone}",
            section: SECTION,
            about: "Listens for a while: the other's own audio is not there.",
            example: "Alice does not hear Bob within 2 seconds",
            run: does_not_hear,
        ),
        step!(
            "{phone} hears a {x} Hz tone",
            section: SECTION,
            about: "Waits until the phone has heard one second of this tone.",
            example: "Alice hears a 440 Hz tone",
            condition,
            run: hears_tone,
        ),
        step!(
            "{phone} hears silence",
            section: SECTION,
            about: "Listens for a while: nothing is louder than silence.",
            example: "Alice hears silence within 2 seconds",
            run: hears_silence,
        ),
        step!(
            "{phone} receives audio for {time}",
            section: SECTION,
            about: "Waits until the phone has received that much RTP audio in its call, silent or not.",
            example: "Alice receives audio for 3 seconds",
            condition,
            run: receives_audio,
        ),
    ]
}

async fn line(world: &mut World, name: &str) -> Result<Line, Failure> {
    let actor = ready_phone(world, name).await?;
    let limit = world.signalling_default();
    connected_line(world, &actor, limit).await
}

async fn hears(world: &mut World, arguments: Arguments) -> StepResult {
    let listener = ready_phone(world, arguments.phone(0)?).await?;
    let other = ready_phone(world, arguments.phone(1)?).await?;
    let limit = world.media(&arguments);
    hears_mark(world, &listener, &other, limit).await
}

/// Waits until one phone has heard a second of the other's own audio, from now on.
pub(super) async fn hears_mark(
    world: &mut World,
    listener: &Arc<Actor>,
    other: &Arc<Actor>,
    limit: Duration,
) -> StepResult {
    let line = connected_line(world, listener, limit).await?;
    let sound = Sound::Mark(other.phone.mark());
    wait_heard(world, &line, sound, other.name(), limit).await
}

async fn wait_heard(
    world: &World,
    line: &Line,
    sound: Sound,
    what: &str,
    limit: Duration,
) -> StepResult {
    let started = Instant::now();
    let work = line
        .media
        .wait_heard(sound, HEARD_MIN, started, deadline(limit));
    let name = line.actor.name();
    let doing = format!("waiting for {name} to hear {what}");
    match world.progress().during(&doing, limit, work).await {
        Ok(_) => Ok(()),
        Err(heard) => {
            let summary = format!(
                "{name} heard {what} for {:.1} s only in {:.1} s",
                heard.covered.as_secs_f64(),
                heard.total.as_secs_f64()
            );
            let mut found = failure(FailureClass::MediaNotHeard, &line.actor, summary)
                .in_call(line.call.sip_call_id.clone())
                .waiting_for(format!("one second of {what}"), limit);
            for detail in hearing_details(line, started, Instant::now()) {
                found = found.detail(detail);
            }
            Err(found)
        }
    }
}

async fn does_not_hear(world: &mut World, arguments: Arguments) -> StepResult {
    let line = line(world, arguments.phone(0)?).await?;
    let other = ready_phone(world, arguments.phone(1)?).await?;
    let time = world.observing(&arguments);
    let (started, ended) = listen(world, time).await;
    let heard = line
        .media
        .heard(Sound::Mark(other.phone.mark()), started, ended);
    if heard.covered <= NOISE_MAX {
        return Ok(());
    }
    let summary = format!(
        "{} heard {} for {:.1} s",
        line.actor.name(),
        other.name(),
        heard.covered.as_secs_f64()
    );
    Err(failure(FailureClass::Assertion, &line.actor, summary))
}

async fn listen(world: &World, time: Duration) -> (Instant, Instant) {
    let started = Instant::now();
    world.pause(time).await;
    let ended = Instant::now();
    CallMedia::settled(ended).await;
    (started, ended)
}

async fn hears_tone(world: &mut World, arguments: Arguments) -> StepResult {
    let line = line(world, arguments.phone(0)?).await?;
    let hertz = arguments.decimal(1)?;
    let limit = world.media(&arguments);
    wait_heard(
        world,
        &line,
        Sound::Tone(hertz as f32),
        &format!("a {hertz} Hz tone"),
        limit,
    )
    .await
}

async fn hears_silence(world: &mut World, arguments: Arguments) -> StepResult {
    let line = line(world, arguments.phone(0)?).await?;
    let time = world.observing(&arguments);
    let (started, ended) = listen(world, time).await;
    let quiet = line.media.silence(started, ended);
    if quiet.longest_sound <= NOISE_MAX {
        return Ok(());
    }
    let summary = format!(
        "{} heard sound for {:.1} s on end",
        line.actor.name(),
        quiet.longest_sound.as_secs_f64()
    );
    let mut found = failure(FailureClass::Assertion, &line.actor, summary);
    for detail in hearing_details(&line, started, ended) {
        found = found.detail(detail);
    }
    Err(found)
}

async fn receives_audio(world: &mut World, arguments: Arguments) -> StepResult {
    let line = line(world, arguments.phone(0)?).await?;
    let wanted = arguments.duration(1)?;
    let limit = wanted + world.media(&arguments);
    let before = received(&line);
    let started = Instant::now();
    let work = async {
        let mut look = tokio::time::interval(Duration::from_millis(40));
        while received(&line).saturating_sub(before) < wanted && started.elapsed() < limit {
            look.tick().await;
        }
        received(&line).saturating_sub(before)
    };
    let what = format!("{} receives audio", line.actor.name());
    let got = world.progress().during(&what, limit, work).await;
    if got >= wanted {
        return Ok(());
    }
    let summary = format!(
        "{} received audio for {:.1} s only, expected {:.1} s",
        line.actor.name(),
        got.as_secs_f64(),
        wanted.as_secs_f64()
    );
    Err(failure(FailureClass::MediaNotHeard, &line.actor, summary))
}

fn received(line: &Line) -> Duration {
    line.media
        .ask(|session| session.listener().received_duration())
        .unwrap_or_default()
}
