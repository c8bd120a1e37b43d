//! What a phone hears.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_media::{LISTEN_DELAY, Sound};
use gannet_phone::{CallMedia, CallState};

use super::support::{deadline, failure, ready_phone, watch};
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
            about: "Waits until the phone has heard one second of the other's own audio, in any of its open calls.",
            example: "Alice hears Bob",
            condition,
            run: hears,
        ),
        step!(
            "{phone} does not hear {phone}",
            section: SECTION,
            about: "Listens for a while: the other's own audio is not there, in none of the phone's open calls.",
            example: "Alice does not hear Bob within 2 seconds",
            run: does_not_hear,
        ),
        step!(
            "{phone} hears {n} parties",
            section: SECTION,
            about: "Waits until the phone has heard exactly so many other phones of the scenario for a whole second, in all its open calls together: each by its own audio. Up to six voices at once are told apart.",
            example: "Alice hears 2 parties",
            condition,
            run: hears_parties,
        ),
        step!(
            "{phone} hears {n} party",
            section: SECTION,
            about: "The same for one.",
            example: "Alice hears 1 party",
            condition,
            run: hears_parties,
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
            "{phone} hears nothing",
            section: SECTION,
            about: "The same as `hears silence`.",
            example: "Alice hears nothing",
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
    let lines = connected_lines(listener);
    if lines.len() < 2 {
        return wait_heard(world, &line, sound, other.name(), limit).await;
    }
    let started = Instant::now();
    let what = format!(
        "waiting for {} to hear {} in any of its calls",
        listener.name(),
        other.name()
    );
    let heard = || {
        let now = Instant::now();
        let mut heard = lines
            .iter()
            .map(|line| line.media.heard(sound, started, now));
        heard.any(|heard| heard.covered >= HEARD_MIN).then_some(())
    };
    if watch(world, &what, limit, heard).await.is_some() {
        return Ok(());
    }
    let count = lines.len();
    let summary = format!(
        "{} did not hear {} in any of its {count} calls",
        listener.name(),
        other.name()
    );
    let mut found = failure(FailureClass::MediaNotHeard, listener, summary)
        .waiting_for(format!("one second of {}", other.name()), limit);
    for line in &lines {
        for detail in hearing_details(line, started, Instant::now()) {
            found = found.detail(format!("{}: {detail}", line.call.handle));
        }
    }
    Err(found)
}

/// All calls of a phone that are connected and have media.
fn connected_lines(actor: &Arc<Actor>) -> Vec<Line> {
    let state = actor.phone.state();
    let calls = state
        .open_calls()
        .filter(|call| call.state == CallState::Answered && call.confirmed);
    calls
        .filter_map(|call| {
            Some(Line {
                actor: actor.clone(),
                call: call.clone(),
                media: actor.phone.media(call.handle).ok()?,
            })
        })
        .collect()
}

/// Who is heard is looked at over so much time.
const PARTIES_WINDOW: Duration = Duration::from_secs(1);
/// A party is heard if so much of the time has its audio, on a network that loses nothing on purpose.
const PARTY_SHARE_MIN: f64 = 0.85;

async fn hears_parties(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let wanted = arguments.integer(1)?;
    let limit = world.media(&arguments);
    connected_line(world, &actor, limit).await?;
    let lines = connected_lines(&actor);
    let others: Vec<_> = world
        .actors()
        .filter(|other| other.name() != actor.name())
        .cloned()
        .collect();
    let share_min = PARTY_SHARE_MIN * (1.0 - world.loss()).powi(2);
    let started = Instant::now();
    let mut heard = Vec::new();
    let wanted_text = match wanted {
        1 => "1 party".to_owned(),
        _ => format!("{wanted} parties"),
    };
    let what = format!("waiting for {} to hear {wanted_text}", actor.name());
    let found = watch(world, &what, limit, || {
        let to = Instant::now().checked_sub(LISTEN_DELAY)?;
        let from = to
            .checked_sub(PARTIES_WINDOW)
            .filter(|from| *from >= started)?;
        let parts = others.iter().map(|other| {
            let sound = Sound::Mark(other.phone.mark());
            let in_lines = lines.iter().map(|line| line.media.heard(sound, from, to));
            let most = in_lines.max_by_key(|heard| heard.covered);
            (other.name().to_owned(), most)
        });
        let parts: Vec<_> = parts
            .filter_map(|(name, heard)| Some((name, heard?)))
            .filter(|(_, heard)| heard.covered > NOISE_MAX)
            .collect();
        let whole = parts.iter().all(|(_, heard)| heard.share() >= share_min);
        heard = parts.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        (whole && heard.len() as u64 == wanted).then_some(())
    })
    .await;
    if found.is_some() {
        return Ok(());
    }
    let whom = if heard.is_empty() {
        "nobody".to_owned()
    } else {
        heard.join(", ")
    };
    let summary = format!("{} heard {whom}, expected {wanted_text}", actor.name());
    let mut found = failure(FailureClass::MediaNotHeard, &actor, summary)
        .waiting_for(format!("{wanted_text} for a second"), limit);
    for line in &lines {
        for detail in hearing_details(line, started, Instant::now()) {
            found = found.detail(detail);
        }
    }
    Err(found)
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
    let lines = connected_lines(&line.actor);
    let (started, ended) = listen(world, time).await;
    let sound = Sound::Mark(other.phone.mark());
    let heard = lines
        .iter()
        .map(|line| line.media.heard(sound, started, ended))
        .find(|heard| heard.covered > NOISE_MAX);
    let Some(heard) = heard else {
        return Ok(());
    };
    let summary = format!(
        "{} heard {} for {:.1} s",
        line.actor.name(),
        other.name(),
        heard.covered.as_secs_f64()
    );
    Err(failure(FailureClass::Assertion, &line.actor, summary))
}

/// The time that is looked at. What was on its way when the sentence began, or waited for a media
/// thread that was late, belongs to the time before.
async fn listen(world: &World, time: Duration) -> (Instant, Instant) {
    CallMedia::settled(Instant::now()).await;
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
