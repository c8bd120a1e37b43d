//! What a phone plays into its call, and recording what it hears.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gannet_events::{Failure, FailureClass};
use gannet_media::{Codec, Replay, Source, read_audio};
use gannet_phone::CallMedia;

use super::recordings::Packets;
use super::support::{failure, ready_phone};
use super::talking::{Line, connected_line};
use crate::{Actor, Arguments, StepDefinition, StepResult, World, step};

const SECTION: &str = "Playing and recording";

/// The longest recording; what comes later is left out. 58 MB.
const RECORDING_MAX: Duration = Duration::from_hours(1);

/// The sentences of this subject.
pub(super) fn definitions() -> Vec<StepDefinition> {
    vec![
        step!(
            "{phone} plays {file}",
            section: SECTION,
            about: "From now on the phone sends this audio in its open call: a WAV file (16 bits, mono or stereo) once, silence follows; or the RTP of a pcap or pcapng file, again and again. It does not wait for the end.",
            example: "Alice plays \"hello.wav\"",
            run: plays_file,
        ),
        step!(
            "{phone} plays a {x} Hz tone",
            section: SECTION,
            about: "From now on the phone sends this tone in its open call.",
            example: "Alice plays a 440 Hz tone",
            run: plays_tone,
        ),
        step!(
            "{phone} plays silence",
            section: SECTION,
            about: "From now on the phone sends packets of silence in its open call.",
            example: "Alice plays silence",
            run: plays_silence,
        ),
        step!(
            "{phone} plays its own audio",
            section: SECTION,
            about: "The phone sends again what each phone sends by itself: the audio by which others know it.",
            example: "Alice plays its own audio",
            run: plays_own,
        ),
        step!(
            "{phone} echoes",
            section: SECTION,
            about: "From now on the phone sends back what it hears in its open call.",
            example: "Bob echoes",
            run: echoes,
        ),
        step!(
            "{phone} records to {text}",
            section: SECTION,
            about: "Records what the phone hears in its open call from now on, one hour at most. The WAV file, relative to the feature, is written at the end of the scenario, or when a sentence stops the recording. A file named .pcap or .pcapng gets the RTP and RTCP that comes to the phone instead.",
            example: "Bob records to \"heard.wav\"",
            run: records_to,
        ),
        step!(
            "{phone} stops recording",
            section: SECTION,
            about: "Ends the phone's recording and writes its file.",
            example: "Bob stops recording",
            no within,
            run: stops_recording,
        ),
    ]
}

/// The phone's open call, once it is connected.
pub(super) async fn line(world: &mut World, arguments: &Arguments) -> Result<Line, Failure> {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let limit = world.signalling(arguments);
    connected_line(world, &actor, limit).await
}

async fn play(world: &mut World, arguments: &Arguments, source: Source) -> StepResult {
    line(world, arguments).await?.media.play(source);
    Ok(())
}

async fn plays_file(world: &mut World, arguments: Arguments) -> StepResult {
    let line = line(world, &arguments).await?;
    let path = arguments.file(1)?;
    let source = audio_of(&path, &line.actor)?;
    line.media.play(source);
    Ok(())
}

/// Reads a WAV file, or else a capture.
fn audio_of(path: &Path, actor: &Arc<Actor>) -> Result<Source, Failure> {
    let shown = path.display();
    let octets = std::fs::read(path).map_err(|error| {
        let summary = format!("cannot read {shown}");
        failure(FailureClass::Environment, actor, summary).detail(error.to_string())
    })?;
    let no_wav = match read_audio(&octets) {
        Ok(audio) => return Ok(Source::audio_once(audio)),
        Err(error) => error,
    };
    match Replay::from_capture(&octets) {
        Ok(replay) => Ok(Source::Replay(Arc::new(replay))),
        Err(no_capture) => {
            let summary = format!("{shown} cannot be played");
            Err(failure(FailureClass::Misuse, actor, summary)
                .detail(format!("as WAV: {no_wav}"))
                .detail(format!("as a capture: {no_capture}")))
        }
    }
}

async fn plays_tone(world: &mut World, arguments: Arguments) -> StepResult {
    let hertz = arguments.decimal(1)? as f32;
    let line = line(world, &arguments).await?;
    let codec = line.media.negotiated().map(|agreed| agreed.codec);
    // Half the rate of the audio is the end of what can be played.
    let rate = codec.map_or(gannet_media::SAMPLE_RATE, Codec::sample_rate);
    if !(1.0..rate as f32 / 2.0).contains(&hertz) {
        let most = rate / 2 - 1;
        let summary = format!("a phone plays tones from 1 to {most} Hz, not {hertz} Hz");
        let failure = Failure::new(FailureClass::Misuse, summary);
        return Err(match codec {
            Some(codec) => failure.detail(format!("the call has {codec}")),
            None => failure,
        });
    }
    play(world, &arguments, Source::tone(hertz)).await
}

async fn plays_silence(world: &mut World, arguments: Arguments) -> StepResult {
    play(world, &arguments, Source::Silence).await
}

async fn plays_own(world: &mut World, arguments: Arguments) -> StepResult {
    let line = line(world, &arguments).await?;
    line.media.play(Source::Mark(line.actor.phone.mark()));
    Ok(())
}

async fn echoes(world: &mut World, arguments: Arguments) -> StepResult {
    play(world, &arguments, Source::Echo).await
}

/// A recording that goes on.
#[derive(Debug, Clone)]
pub(super) struct Recording {
    phone: String,
    media: CallMedia,
    /// The packets, if they are to be recorded and not the sound.
    packets: Option<Packets>,
    path: PathBuf,
}

impl Recording {
    /// Writes what was recorded so far.
    ///
    /// # Errors
    /// Why not, in words.
    pub(super) fn write(&self) -> Result<(), String> {
        let octets = match &self.packets {
            Some(packets) => packets.file(&self.path),
            None => Ok(self.media.recording().unwrap_or_default()),
        };
        let written = octets.and_then(|octets| std::fs::write(&self.path, octets));
        written.map_err(|error| {
            format!(
                "cannot write the recording of {} to {}: {error}",
                self.phone,
                self.path.display()
            )
        })
    }
}

async fn records_to(world: &mut World, arguments: Arguments) -> StepResult {
    let line = line(world, &arguments).await?;
    let name = line.actor.name().to_owned();
    if world.notes.recordings.contains_key(&name) {
        let summary = format!("{name} records already: say `{name} stops recording` first");
        return Err(failure(FailureClass::Misuse, &line.actor, summary));
    }
    let path = arguments.folder().join(arguments.text(1)?);
    // Told now, when the step can still fail, and not at the end of the scenario.
    std::fs::write(&path, []).map_err(|error| {
        let summary = format!("cannot write {}", path.display());
        failure(FailureClass::Environment, &line.actor, summary).detail(error.to_string())
    })?;
    let local = line.media.local_address();
    let packets = local.filter(|_| Packets::fit(&path));
    let packets = packets.map(|local| Packets::of(world.capture(), local));
    if packets.is_none() && !line.media.start_recording(RECORDING_MAX) {
        let summary = format!("the call of {name} has no media yet");
        return Err(failure(FailureClass::MediaNotHeard, &line.actor, summary));
    }
    let recording = Recording {
        phone: name.clone(),
        media: line.media,
        packets,
        path,
    };
    world.notes.recordings.insert(name, recording);
    Ok(())
}

async fn stops_recording(world: &mut World, arguments: Arguments) -> StepResult {
    let actor = ready_phone(world, arguments.phone(0)?).await?;
    let recording = world.notes.recordings.remove(actor.name());
    let recording = recording.ok_or_else(|| {
        let summary = format!("{} does not record", actor.name());
        failure(FailureClass::Misuse, &actor, summary)
    })?;
    // What was received up to now has to pass the jitter buffer first.
    CallMedia::settled(std::time::Instant::now()).await;
    recording.write().map_err(not_written)
}

fn not_written(text: String) -> Failure {
    Failure::new(FailureClass::Environment, text)
}
