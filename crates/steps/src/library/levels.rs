//! How loud what a phone hears is.

use std::time::{Duration, Instant};

use gannet_events::FailureClass;
use gannet_media::{LISTEN_DELAY, Sound};

use super::playing::line;
use super::support::{failure, watch};
use super::talking::hearing_details;
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Hearing";

/// The level of so much time is looked at, and so much of it must have sound.
const SPAN: Duration = Duration::from_secs(1);
const SOUND_MIN: Duration = Duration::from_millis(800);

/// On which side of a level sound is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Louder,
    Quieter,
}

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} hears sound louder than -{x} dBFS",
            section: SECTION,
            about: "Waits until a second of sound has come to the phone in its open call that is louder than this (root mean square against a sine of full scale, which has 0 dBFS).",
            example: "Alice hears sound louder than -30 dBFS",
            condition,
            run: hears,
            with: Side::Louder,
        ),
        step!(
            "{phone} hears sound quieter than -{x} dBFS",
            section: SECTION,
            about: "Waits until a second of sound has come to the phone in its open call that is quieter than this, and more than silence (-50 dBFS).",
            example: "Alice hears sound quieter than -20 dBFS",
            condition,
            run: hears,
            with: Side::Quieter,
        ),
    ]
}

async fn hears(world: &mut World, arguments: Arguments, side: Side) -> StepResult {
    let limit_dbfs = -(arguments.decimal(1)? as f32);
    let line = line(world, &arguments).await?;
    let limit = world.media(&arguments);
    let (name, started) = (line.actor.name(), Instant::now());
    let mut heard = None;
    let look = || {
        let to = Instant::now().checked_sub(LISTEN_DELAY)?;
        let from = to.checked_sub(SPAN).filter(|from| *from >= started)?;
        let sound = line.media.heard(Sound::Any, from, to);
        heard = sound.level_dbfs.filter(|_| sound.covered >= SOUND_MIN);
        let fits = heard.is_some_and(|level| match side {
            Side::Louder => level > limit_dbfs,
            Side::Quieter => level < limit_dbfs,
        });
        fits.then_some(())
    };
    let doing = format!("listening how loud it is for {name}");
    if watch(world, &doing, limit, look).await.is_some() {
        return Ok(());
    }
    let than = match side {
        Side::Louder => "louder",
        Side::Quieter => "quieter",
    };
    let summary = match heard {
        Some(level) => {
            format!("{name} hears sound of {level:.1} dBFS, expected {than} than {limit_dbfs} dBFS")
        }
        None => format!("{name} hears no second of sound, expected {than} than {limit_dbfs} dBFS"),
    };
    let found = failure(FailureClass::MediaNotHeard, &line.actor, summary)
        .in_call(line.call.sip_call_id.clone())
        .waiting_for("a second of sound", limit);
    let details = hearing_details(&line, started, Instant::now());
    Err(details
        .into_iter()
        .fold(found, gannet_events::Failure::detail))
}
