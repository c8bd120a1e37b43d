//! Playing captures in other ways than as they are, and comfort noise.

use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_media::{Replay, Source, render_noise};

use super::playing::line;
use super::support::failure;
use super::talking::Line;
use crate::{Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Playing and recording";

/// Quieter than what `hears silence` allows, and louder than a quiet line of G.711.
const NOISE_DBFS: f32 = -60.0;
/// Noise is repeated after so long.
const NOISE_LENGTH: Duration = Duration::from_secs(5);

/// How a capture is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Style {
    keeps_numbers: bool,
    evenly_spaced: bool,
}

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} plays {file} evenly spaced",
            section: SECTION,
            about: "From now on the phone sends the RTP of this capture in its open call, again and again, in the order of the sequence numbers and at the times of the timestamps: without the jitter that it was captured with. What is missing in the capture is a pause.",
            example: "Alice plays \"hello.pcap\" evenly spaced",
            run: plays,
            with: Style { keeps_numbers: false, evenly_spaced: true },
        ),
        step!(
            "{phone} plays {file} with its own RTP numbers",
            section: SECTION,
            about: "The same at the times of the capture, with the SSRC, the sequence numbers and the timestamps that the packets had, losses too. Played again they go on behind the last ones.",
            example: "Alice plays \"hello.pcap\" with its own RTP numbers",
            run: plays,
            with: Style { keeps_numbers: true, evenly_spaced: false },
        ),
        step!(
            "{phone} plays {file} with its own RTP numbers, evenly spaced",
            section: SECTION,
            about: "Both at once.",
            example: "Alice plays \"hello.pcap\" with its own RTP numbers, evenly spaced",
            run: plays,
            with: Style { keeps_numbers: true, evenly_spaced: true },
        ),
        step!(
            "{phone} plays comfort noise",
            section: SECTION,
            about: "From now on the phone sends soft noise (-60 dBFS) in its open call; as comfort noise packets with pauses between them (RFC 3389) if both sides have CN.",
            example: "Alice plays comfort noise",
            run: plays_noise,
        ),
    ]
}

async fn plays(world: &mut World, arguments: Arguments, style: Style) -> StepResult {
    let line = line(world, &arguments).await?;
    let path = arguments.file(1)?;
    let mut replay = read(&path, &line)?;
    if style.evenly_spaced {
        replay = replay.evenly_spaced();
    }
    if style.keeps_numbers {
        replay = replay.keeping_numbers();
    }
    line.media.play(Source::Replay(Arc::new(replay)));
    Ok(())
}

fn read(path: &std::path::Path, line: &Line) -> Result<Replay, Failure> {
    let shown = path.display();
    let octets = std::fs::read(path).map_err(|error| {
        let summary = format!("cannot read {shown}");
        failure(FailureClass::Environment, &line.actor, summary).detail(error.to_string())
    })?;
    Replay::from_capture(&octets).map_err(|error| {
        let summary = format!("{shown} is no capture with RTP");
        failure(FailureClass::Misuse, &line.actor, summary).detail(error.to_string())
    })
}

async fn plays_noise(world: &mut World, arguments: Arguments) -> StepResult {
    let line = line(world, &arguments).await?;
    let agreed = line.media.negotiated();
    let source = if agreed.is_some_and(|agreed| agreed.comfort_noise.is_some()) {
        // What is silent goes as comfort noise.
        Source::Silence
    } else {
        Source::repeated(render_noise(NOISE_DBFS, NOISE_LENGTH))
    };
    line.media.play(source);
    Ok(())
}
