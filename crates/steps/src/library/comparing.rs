//! What a phone hears, compared with a file; and how long sound takes from one phone to another.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_media::judge::{Likeness, Reference, sweep};
use gannet_media::{SAMPLE_RATE, Source, read_wav};
use gannet_phone::{CallMedia, CallRecord};

use super::support::{failure, open_call, ready_phone};
use super::talking::{Line, connected_line, hearing_details};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Hearing";

/// A file is heard if what came is at least that much like it.
const SCORE_MIN: f64 = 0.6;
/// How often what came is compared anew.
const COMPARE_AGAIN: Duration = Duration::from_millis(500);
/// So much that came before the sentence may be a part of the file.
const LOOK_BACK: Duration = Duration::from_secs(20);
/// How long the sound is by which a delay is measured.
const PROBE: Duration = Duration::from_millis(500);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} hears {file}",
            section: SECTION,
            about: "Waits until the phone has heard this WAV file, or a large part of it (half, or five seconds), in its open call, answered or not: what came in the last twenty seconds counts, but for a playing that an earlier sentence has found. Level, lost packets and clocks that drift do not matter much; a score of 0.6 is enough.",
            example: "Alice hears \"announcement.wav\"",
            run: hears_file,
        ),
        step!(
            "{phone} hears {file} with score at least {x}",
            section: SECTION,
            about: "The same with another score: 1 for the same sound, about 0 for another one. It is the mean correlation of pieces of 250 ms, each by its loudness.",
            example: "Alice hears \"announcement.wav\" with score at least 0.9",
            run: hears_file_well,
        ),
        step!(
            "{phone} hears {phone} with a delay below {time}",
            section: SECTION,
            about: "The other phone plays a short sound of rising pitch into its open call, and its own source again after it; the time from the moment when the first packet of that sound is due to the moment when it has come to the phone is below this. It has the delay of the network, and that of whoever stands between.",
            example: "Alice hears Bob with a delay below 150 ms",
            run: hears_without_delay,
        ),
    ]
}

async fn hears_file(world: &mut World, arguments: Arguments) -> StepResult {
    hears_with(world, &arguments, SCORE_MIN).await
}

async fn hears_file_well(world: &mut World, arguments: Arguments) -> StepResult {
    let score = arguments.decimal(2)?;
    if !(0.0..=1.0).contains(&score) {
        let summary = format!("scores are 0 to 1, {score} is none");
        return Err(Failure::new(FailureClass::Misuse, summary));
    }
    hears_with(world, &arguments, score).await
}

/// What was heard that is most like the file.
struct Best {
    likeness: Likeness,
    /// When the part that is like it was over.
    ended: Instant,
}

async fn hears_with(world: &mut World, arguments: &Arguments, score: f64) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let path = arguments.file(1)?;
    let file = shown(&path);
    let reference = read_reference(&path, &actor)?;
    let limit = world.media(arguments);
    let call = open_call(&actor)?;
    let media = actor.phone.media(call.handle).map_err(|_| {
        let summary = format!("the call of {} has no media", actor.name());
        failure(FailureClass::MediaNotHeard, &actor, summary)
    })?;
    let key = (actor.name().to_owned(), call.handle);
    let started = Instant::now();
    let earliest = started.checked_sub(LOOK_BACK).unwrap_or(started);
    let consumed = world.notes.heard_files.get(&key).copied();
    let since = consumed.map_or(earliest, |at| at.max(earliest));
    let doing = format!("waiting for {} to hear {file}", actor.name());
    let work = best_match(&actor, (&call, &media), &reference, since, score, limit);
    let best = world.progress().during(&doing, limit, work).await;
    if let Some(best) = &best
        && best.likeness.score >= score
    {
        // What is still to come of it is not the next playing of it.
        let over = best.ended + best.likeness.missing_end;
        world.notes.heard_files.insert(key, over);
        return Ok(());
    }
    let line = Line { actor, call, media };
    Err(not_heard(&line, &file, &reference, best, score, limit).with_hearing(&line, started))
}

trait WithHearing {
    fn with_hearing(self, line: &Line, started: Instant) -> Self;
}

impl WithHearing for Failure {
    fn with_hearing(self, line: &Line, started: Instant) -> Self {
        let details = hearing_details(line, started, Instant::now());
        details.into_iter().fold(self, Self::detail)
    }
}

fn not_heard(
    line: &Line,
    file: &str,
    reference: &Reference,
    best: Option<Best>,
    score: f64,
    limit: Duration,
) -> Failure {
    let name = line.actor.name();
    let summary = match &best {
        None => format!(
            "{name} did not hear {file}: less than {:.1} s of any sound came",
            reference.needed().as_secs_f64()
        ),
        Some(best) => format!(
            "{name} did not hear {file}: what came is like it by {:.2} at best, expected {score:.2}",
            best.likeness.score
        ),
    };
    let found = failure(FailureClass::MediaNotHeard, &line.actor, summary)
        .in_call(line.call.sip_call_id.clone())
        .waiting_for(file, limit);
    match best {
        Some(best) if !best.likeness.missing_start.is_zero() => found.detail(format!(
            "in the best match the first {:.2} s of {file} are missing",
            best.likeness.missing_start.as_secs_f64()
        )),
        _ => found,
    }
}

/// Compares what came again and again, until it is like enough, the call is over or time is up.
async fn best_match(
    actor: &Arc<Actor>,
    (call, media): (&CallRecord, &CallMedia),
    reference: &Reference,
    since: Instant,
    score: f64,
    limit: Duration,
) -> Option<Best> {
    let until = Instant::now() + limit;
    let mut best: Option<Best> = None;
    loop {
        let state = actor.phone.state();
        let over = state
            .call(call.handle)
            .is_none_or(|call| !call.state.is_open());
        let last = over || Instant::now() >= until;
        if let Some(found) = compare(media, reference, since).await
            && best
                .as_ref()
                .is_none_or(|best| found.likeness.score > best.likeness.score)
        {
            best = Some(found);
        }
        let enough = best.as_ref().is_some_and(|it| it.likeness.score >= score);
        if enough || last {
            return best;
        }
        let next = Instant::now() + COMPARE_AGAIN;
        tokio::time::sleep_until(next.min(until).into()).await;
    }
}

/// Compares what came since a moment; `None` if that is too little.
async fn compare(media: &CallMedia, reference: &Reference, since: Instant) -> Option<Best> {
    let (begin, samples) = media.ask(|session| session.recent_audio(since))?;
    let reference = reference.clone();
    // Long files take a while: other phones go on meanwhile.
    let work = tokio::task::spawn_blocking(move || reference.compare(&samples));
    let likeness = work.await.ok().flatten()?;
    let ended = begin + samples_time(likeness.to);
    Some(Best { likeness, ended })
}

fn samples_time(samples: usize) -> Duration {
    Duration::from_secs_f64(samples as f64 / f64::from(SAMPLE_RATE))
}

fn read_reference(path: &Path, actor: &Arc<Actor>) -> Result<Reference, Failure> {
    let file = shown(path);
    let octets = std::fs::read(path).map_err(|error| {
        let summary = format!("cannot read {file}");
        failure(FailureClass::Environment, actor, summary).detail(error.to_string())
    })?;
    let unfit = |reason: String| {
        let summary = format!("nothing can be compared with {file}");
        failure(FailureClass::Misuse, actor, summary).detail(reason)
    };
    let samples = read_wav(&octets).map_err(|error| unfit(error.to_string()))?;
    Reference::new(&samples).map_err(|error| unfit(error.to_string()))
}

fn shown(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy());
    name.map_or_else(|| path.display().to_string(), std::borrow::Cow::into_owned)
}

async fn hears_without_delay(world: &mut World, arguments: Arguments) -> StepResult {
    let listener = ready_phone(world, arguments.phone(0)?).await?;
    let other = ready_phone(world, arguments.phone(1)?).await?;
    let most = arguments.duration(2)?;
    let limit = world.media(&arguments);
    let hearing = connected_line(world, &listener, limit).await?;
    let speaking = connected_line(world, &other, limit).await?;
    let (name, speaker) = (listener.name(), other.name());
    let source = speaking.media.source();
    let doing = format!("measuring the delay from {speaker} to {name}");
    let started = Instant::now();
    let work = measure(&hearing.media, &speaking.media, most, limit);
    let delay = world.progress().during(&doing, limit, work).await;
    speaking.media.play(source);
    let summary = match delay {
        Measured::Delay(delay) if delay < most => return Ok(()),
        Measured::Delay(delay) => format!(
            "{name} heard {speaker} with a delay of {} ms, expected less than {} ms",
            delay.as_millis(),
            most.as_millis()
        ),
        Measured::NotSent => format!("{speaker} sends nothing in its call"),
        Measured::NotHeard => format!("{name} did not hear the sound that {speaker} played"),
    };
    let class = match delay {
        Measured::Delay(_) => FailureClass::Assertion,
        _ => FailureClass::MediaNotHeard,
    };
    Err(failure(class, &listener, summary)
        .in_call(hearing.call.sip_call_id.clone())
        .with_hearing(&hearing, started))
}

enum Measured {
    Delay(Duration),
    NotSent,
    NotHeard,
}

/// Plays the probe at one end and looks for it at the other.
async fn measure(
    hearing: &CallMedia,
    speaking: &CallMedia,
    most: Duration,
    limit: Duration,
) -> Measured {
    let probe = sweep(PROBE);
    let Ok(reference) = Reference::new(&probe) else {
        return Measured::NotSent;
    };
    let Some(sent_at) = speaking.play_probe(Source::once(probe)) else {
        return Measured::NotSent;
    };
    let until = sent_at + limit.max(most + PROBE * 2);
    loop {
        tokio::time::sleep(COMPARE_AGAIN / 2).await;
        let best = compare(hearing, &reference, sent_at).await;
        if let Some(best) = best
            && best.likeness.score >= SCORE_MIN
        {
            let played = samples_time(best.likeness.to - best.likeness.from);
            // Where the timeline of the listener has the first sample of the probe.
            let before = played + best.likeness.missing_start;
            let begin = best.ended.checked_sub(before).unwrap_or(sent_at);
            let arrived = hearing.ask(|session| session.arrival_delay(begin, begin + PROBE));
            if let Some(late) = arrived.flatten() {
                let place = begin.saturating_duration_since(sent_at);
                return Measured::Delay(place + late);
            }
        }
        if Instant::now() >= until {
            return Measured::NotHeard;
        }
    }
}
