//! Synthesised sounds. The server has no voice: each sound is a melody of its own, never silence.

use std::time::Duration;

use gannet_media::{SAMPLE_RATE, Tone, render};

/// Silence of a length.
pub(crate) fn silence(length: Duration) -> Vec<i16> {
    render(&[], length)
}

/// How long samples sound.
pub(crate) fn length_of(samples: &[i16]) -> Duration {
    Duration::from_secs_f64(samples.len() as f64 / f64::from(SAMPLE_RATE))
}

/// The greeting of voicemail: a rising chord, note by note, twice, then a beep of half a second.
pub(crate) fn greeting() -> Vec<i16> {
    let mut samples = silence(Duration::from_millis(200));
    for _ in 0..2 {
        notes(&mut samples, &[(C5, 250), (E5, 250), (G5, 250), (0.0, 100)]);
    }
    notes(&mut samples, &[(BEEP, 500)]);
    samples
}

/// Before each message in the mailbox: two short pips.
pub(crate) fn message_separator() -> Vec<i16> {
    let mut samples = Vec::new();
    notes(&mut samples, &[(A5, 120), (0.0, 80), (A5, 120), (0.0, 300)]);
    samples
}

/// The mailbox is empty: three falling notes.
pub(crate) fn no_messages() -> Vec<i16> {
    let mut samples = Vec::new();
    notes(
        &mut samples,
        &[(0.0, 200), (G5, 300), (E5, 300), (C5, 600), (0.0, 300)],
    );
    samples
}

/// The PIN is asked for: two rising notes.
pub(crate) fn pin_prompt() -> Vec<i16> {
    let mut samples = Vec::new();
    notes(&mut samples, &[(G5, 150), (C6, 250), (0.0, 100)]);
    samples
}

/// The PIN was wrong: a low note twice.
pub(crate) fn pin_refused() -> Vec<i16> {
    let mut samples = Vec::new();
    notes(
        &mut samples,
        &[(C5, 300), (0.0, 100), (C5, 300), (0.0, 300)],
    );
    samples
}

/// After the last message: a falling octave.
pub(crate) fn goodbye() -> Vec<i16> {
    let mut samples = Vec::new();
    notes(
        &mut samples,
        &[(0.0, 300), (C6, 200), (C5, 400), (0.0, 200)],
    );
    samples
}

/// Eight seconds of music: "Frère Jacques", which is in the public domain, its first half.
pub(crate) fn melody() -> Vec<i16> {
    let mut samples = Vec::new();
    for _ in 0..2 {
        notes(&mut samples, &[(C5, 500), (D5, 500), (E5, 500), (C5, 500)]);
    }
    for _ in 0..2 {
        notes(&mut samples, &[(E5, 500), (F5, 500), (G5, 1000)]);
    }
    samples
}

/// Appends notes of frequency in Hz (0 for a rest) and length in milliseconds. Each is followed by
/// a short rest within its length, so that equal notes are heard as two.
fn notes(samples: &mut Vec<i16>, notes: &[(f32, u64)]) {
    const GAP_MS: u64 = 20;
    for &(frequency_hz, length_ms) in notes {
        if frequency_hz > 0.0 {
            let sounding = length_ms.saturating_sub(GAP_MS);
            samples.extend(render(
                &[Tone::new(frequency_hz)],
                Duration::from_millis(sounding),
            ));
            samples.extend(silence(Duration::from_millis(length_ms - sounding)));
        } else {
            samples.extend(silence(Duration::from_millis(length_ms)));
        }
    }
}

const C5: f32 = 523.25;
const D5: f32 = 587.33;
const E5: f32 = 659.25;
const F5: f32 = 698.46;
const G5: f32 = 783.99;
const A5: f32 = 880.0;
const C6: f32 = 1046.5;
const BEEP: f32 = 1400.0;

#[cfg(test)]
mod tests {
    use gannet_media::level_dbfs;

    use super::*;

    #[test]
    fn every_sound_is_heard_and_none_is_long() {
        let sounds = [
            (greeting(), 2400),
            (message_separator(), 620),
            (no_messages(), 1700),
            (pin_prompt(), 500),
            (pin_refused(), 1000),
            (goodbye(), 1100),
            (melody(), 8000),
        ];
        for (samples, milliseconds) in sounds {
            assert_eq!(length_of(&samples), Duration::from_millis(milliseconds));
            assert!(level_dbfs(&samples) > -20.0);
        }
    }
}
