//! WAV in and out, as octets.

use std::io::Cursor;

use crate::codec::{Codec, SAMPLE_RATE};
use crate::resample::converted;

/// Why octets are not a WAV file that can be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WavError {
    /// The octets are not a WAV file, or it is cut.
    #[error("not a readable WAV file")]
    Unreadable {
        /// What the reader met.
        #[source]
        source: hound::Error,
    },
    /// The format is not one that can be played.
    #[error(
        "expected 16-bit integers, 1 or 2 channels, 8000 to 192000 Hz, \
         received {bits}-bit {kind}, {channels} channels, {rate} Hz"
    )]
    Format {
        /// Bits per sample.
        bits: u16,
        /// `integers` or `floats`.
        kind: &'static str,
        /// Channels.
        channels: u16,
        /// Samples per second.
        rate: u32,
    },
}

/// Mono audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audio {
    /// The samples.
    pub samples: Vec<i16>,
    /// How many there are in a second.
    pub rate: u32,
}

impl Audio {
    /// The same audio at another rate.
    pub fn at(&self, rate: u32) -> Self {
        Self {
            samples: converted(&self.samples, self.rate, rate),
            rate,
        }
    }
}

/// Reads a WAV file of 16-bit samples, mono or stereo (mixed to mono), and
/// brings it to [`SAMPLE_RATE`].
///
/// # Errors
/// [`WavError`] if it is not such a file.
pub fn read_wav(octets: &[u8]) -> Result<Vec<i16>, WavError> {
    let (samples, rate) = read_mono(octets)?;
    Ok(converted(&samples, rate, SAMPLE_RATE))
}

/// Reads a WAV file of 16-bit samples, mono or stereo (mixed to mono), at its own rate if a codec
/// has that too, else at 48000 Hz.
///
/// # Errors
/// [`WavError`] if it is not such a file.
pub fn read_audio(octets: &[u8]) -> Result<Audio, WavError> {
    let (samples, rate) = read_mono(octets)?;
    let audio = Audio { samples, rate };
    Ok(if Codec::L16_RATES.contains(&rate) {
        audio
    } else {
        audio.at(Codec::Opus.sample_rate())
    })
}

fn read_mono(octets: &[u8]) -> Result<(Vec<i16>, u32), WavError> {
    let unreadable = |source| WavError::Unreadable { source };
    let mut reader = hound::WavReader::new(Cursor::new(octets)).map_err(unreadable)?;
    let spec = reader.spec();
    let integers = spec.sample_format == hound::SampleFormat::Int;
    if !integers
        || spec.bits_per_sample != 16
        || !(1..=2).contains(&spec.channels)
        || !(SAMPLE_RATE..=192_000).contains(&spec.sample_rate)
    {
        return Err(WavError::Format {
            bits: spec.bits_per_sample,
            kind: if integers { "integers" } else { "floats" },
            channels: spec.channels,
            rate: spec.sample_rate,
        });
    }
    let samples: Vec<i16> = reader
        .samples::<i16>()
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    let mono = match spec.channels {
        1 => samples,
        _ => samples
            .chunks_exact(2)
            .map(|pair| i16::midpoint(pair[0], pair[1]))
            .collect(),
    };
    Ok((mono, spec.sample_rate))
}

/// A mono 16-bit WAV file of `samples` at [`SAMPLE_RATE`].
pub fn write_wav(samples: &[i16]) -> Vec<u8> {
    write_wav_at(samples, SAMPLE_RATE)
}

/// A mono 16-bit WAV file of `samples` at any rate.
pub fn write_wav_at(samples: &[i16], rate: u32) -> Vec<u8> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate: rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut octets = Cursor::new(Vec::with_capacity(44 + 2 * samples.len()));
    let written = hound::WavWriter::new(&mut octets, spec).and_then(|mut writer| {
        for &sample in samples {
            writer.write_sample(sample)?;
        }
        writer.finalize()
    });
    written.expect("writing to memory cannot fail, and recordings are bounded below 4 GiB");
    octets.into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level_dbfs;

    fn wav(channels: u16, rate: u32, samples: &[i16]) -> Vec<u8> {
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut octets = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut octets, spec).expect("memory");
        for &sample in samples {
            writer.write_sample(sample).expect("memory");
        }
        writer.finalize().expect("memory");
        octets.into_inner()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let samples: Vec<i16> = (-500..500).map(|n| n * 60).collect();
        assert_eq!(read_wav(&write_wav(&samples)).expect("valid"), samples);
        assert_eq!(read_wav(&write_wav(&[])).expect("valid"), []);
    }

    #[test]
    fn stereo_and_other_rates_become_mono_at_8_khz() {
        let stereo = read_wav(&wav(2, 8000, &[100, 200, -30, -10])).expect("valid");
        assert_eq!(stereo, [150, -20]);
        let wide: Vec<i16> = (0..48_000)
            .map(|n| {
                (8000.0 * (f64::from(n) * std::f64::consts::TAU * 440.0 / 48_000.0).sin()) as i16
            })
            .collect();
        let narrow = read_wav(&wav(1, 48_000, &wide)).expect("valid");
        assert_eq!(narrow.len(), 8000);
        assert!((level_dbfs(&narrow) - level_dbfs(&wide)).abs() < 0.2);
    }

    #[test]
    fn files_keep_their_rate_where_a_codec_has_it() {
        let octets = write_wav_at(&[5; 100], 16_000);
        let audio = read_audio(&octets).expect("valid");
        assert_eq!((audio.rate, &audio.samples[..]), (16_000, &[5; 100][..]));
        let odd = read_audio(&write_wav_at(&vec![5; 11_025], 11_025)).expect("valid");
        assert_eq!((odd.rate, odd.samples.len()), (48_000, 48_000));
        // Sound that begins at once rings a little.
        let half = audio.at(8000).samples;
        assert!(half.len() == 50 && half.iter().all(|sample| sample.abs_diff(5) <= 1));
    }

    #[test]
    fn other_files_are_refused() {
        assert!(matches!(
            read_wav(b"RIFF"),
            Err(WavError::Unreadable { .. })
        ));
        assert!(matches!(read_wav(b""), Err(WavError::Unreadable { .. })));
        let cut = &wav(1, 8000, &[1; 100])[..100];
        assert!(matches!(read_wav(cut), Err(WavError::Unreadable { .. })));
        let three = wav(3, 8000, &[1, 2, 3]);
        assert!(matches!(
            read_wav(&three),
            Err(WavError::Format { channels: 3, .. })
        ));
        let slow = wav(1, 4000, &[1, 2, 3]);
        assert!(matches!(
            read_wav(&slow),
            Err(WavError::Format { rate: 4000, .. })
        ));
    }
}
