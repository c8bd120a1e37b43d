//! Calls with a voicemail: leaving a message, and listening to messages.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gannet_events::{Failure, FailureClass};
use gannet_media::{LISTEN_DELAY, Sound};
use gannet_phone::CallOptions;

use super::dtmf::{TONE, keys_of};
use super::support::{deadline, failure, open_call, ready_phone, wait, watch};
use super::talking::{
    Line, VOICEMAIL_AUDIO_MIN, connected_line, hearing_details, stay, talked_to_no_phone,
};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, phone_failure, step};

const SECTION: &str = "Voicemail";

/// A greeting is over when there was nothing to hear for so long.
const GREETING_OVER: Duration = Duration::from_millis(800);
/// The number of the mailbox at the embedded server.
const MAILBOX: &str = "*97";

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} leaves a voicemail of {time}",
            section: SECTION,
            about: "The phone's call is answered by a voicemail: waits for the end of its greeting (800 ms of silence after a sound), speaks for that time, and hangs up.",
            example: "Alice leaves a voicemail of 3 seconds",
            run: leaves,
        ),
        step!(
            "{phone} listens to voicemail {text}",
            section: SECTION,
            about: "In the phone's open call with a mailbox (with the embedded server the phone calls *97 if it has none): waits until it is heard, presses the keys, and waits until something is heard after the last one. The embedded server plays all messages; there 1 plays from the first, 4 goes back, 5 repeats, 6 goes on, 7 deletes, 0 or # ends; a PIN is typed first, ended by #.",
            example: "Bob listens to voicemail \"57\"",
            run: listens,
        ),
    ]
}

async fn leaves(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let time = arguments.duration(1)?;
    let limit = world.media(&arguments).max(world.signalling_default());
    let line = connected_line(world, &actor, limit).await?;
    let from = answered_at(&line);
    let doing = format!(
        "waiting for {} to hear the end of the greeting",
        actor.name()
    );
    let over = watch(world, &doing, limit, || greeting_over(&line, from)).await;
    if over.is_none() {
        let heard = line.media.heard(Sound::Any, from, Instant::now());
        let summary = if heard.covered < VOICEMAIL_AUDIO_MIN {
            format!("{} heard no greeting", actor.name())
        } else {
            format!("the greeting that {} hears does not end", actor.name())
        };
        return Err(not_heard(&line, summary, from));
    }
    talked_to_no_phone(world, &line, from, Instant::now())?;
    stay(world, &[&line], "leaving a voicemail", time).await?;
    let limit = world.signalling_default();
    let hang_up = actor.phone.hang_up(line.call.handle, deadline(limit));
    wait(world, &actor, "the end of the call", limit, hang_up)
        .await
        .map(drop)
}

fn greeting_over(line: &Line, from: Instant) -> Option<()> {
    let to = Instant::now().checked_sub(LISTEN_DELAY)?;
    let pause = to
        .checked_sub(GREETING_OVER)
        .filter(|pause| *pause > from)?;
    let heard = line.media.heard(Sound::Any, from, pause);
    let silent = line.media.silence(pause, to).longest_sound.is_zero();
    (heard.covered >= VOICEMAIL_AUDIO_MIN && silent).then_some(())
}

fn answered_at(line: &Line) -> Instant {
    let now = Instant::now();
    line.call.times.answered.unwrap_or(now).min(now)
}

fn not_heard(line: &Line, summary: String, from: Instant) -> Failure {
    let mut found = failure(FailureClass::MediaNotHeard, &line.actor, summary);
    for detail in hearing_details(line, from, Instant::now()) {
        found = found.detail(detail);
    }
    found
}

async fn listens(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let keys = keys_of(&actor, arguments.text(1)?)?;
    if open_call(&actor).is_err() {
        call_mailbox(world, &actor).await?;
    }
    let limit = world.media(&arguments);
    let line = connected_line(world, &actor, limit).await?;
    hears_something(world, &line, answered_at(&line), limit).await?;
    let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    let style = actor.phone.profile().dtmf;
    let gap = style.gap.unwrap_or(TONE).max(TONE);
    let sending = limit + (style.tone + gap).saturating_mul(count);
    let call = line.call.handle;
    let work = actor
        .phone
        .send_dtmf(call, &keys, None, style.tone, deadline(sending));
    wait(world, &actor, "the end of the DTMF keys", sending, work).await?;
    let pressed = Instant::now();
    hears_something(world, &line, pressed, limit).await?;
    talked_to_no_phone(world, &line, pressed, Instant::now())
}

async fn call_mailbox(world: &mut World, actor: &Arc<Actor>) -> StepResult {
    if world.server().pbx().is_none() {
        let summary = format!(
            "{} has no open call, and only the embedded server's mailbox has a known number",
            actor.name()
        );
        return Err(failure(FailureClass::Misuse, actor, summary)
            .detail("let the phone call its mailbox in a step before"));
    }
    let destination = world.destination(MAILBOX)?;
    let call = actor
        .phone
        .call(&destination, CallOptions::default())
        .await
        .map_err(|error| phone_failure(error, actor))?;
    world.notes.last_call = Some((actor.name().to_owned(), call));
    world.notes.last_callee = Some(MAILBOX.to_owned());
    Ok(())
}

/// Waits until the phone has heard anything since a moment.
async fn hears_something(
    world: &World,
    line: &Line,
    since: Instant,
    limit: Duration,
) -> StepResult {
    let name = line.actor.name();
    let doing = format!("waiting for {name} to hear the mailbox");
    let heard = watch(world, &doing, limit, || {
        let heard = line.media.heard(Sound::Any, since, Instant::now());
        (heard.covered >= VOICEMAIL_AUDIO_MIN).then_some(())
    });
    if heard.await.is_some() {
        return Ok(());
    }
    let summary = format!("{name} heard nothing from the mailbox");
    Err(not_heard(line, summary, since))
}
