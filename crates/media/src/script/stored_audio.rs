//! Files whose octets are sent as they are.

use std::sync::Arc;

/// Octets of a file that are payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAudio {
    /// The octets.
    pub octets: Arc<[u8]>,
    /// The number of the format in a WAV file's header; `None` for a file without such a header.
    pub wav_format: Option<u16>,
}

/// A file has nothing to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoredAudioError {
    /// No octets.
    #[error("the file is empty")]
    Empty,
    /// A WAV file without a chunk of samples.
    #[error("the WAV file has no samples")]
    NoSamples,
}

/// Octets before the first chunk of a WAV file.
const RIFF_HEADER: usize = 12;
const CHUNK_HEADER: usize = 8;

impl StoredAudio {
    /// Takes a file: of a WAV file what is in its `data` chunk, of any other all of it. A WAV file
    /// that is cut gives what it has.
    ///
    /// # Errors
    /// There is nothing in it.
    pub fn of(file: &[u8]) -> Result<Self, StoredAudioError> {
        if file.is_empty() {
            return Err(StoredAudioError::Empty);
        }
        if !(file.starts_with(b"RIFF") && file.get(8..RIFF_HEADER) == Some(b"WAVE")) {
            return Ok(Self {
                octets: file.into(),
                wav_format: None,
            });
        }
        let mut rest = &file[RIFF_HEADER..];
        let mut format = None;
        while let Some((head, body)) = rest.split_at_checked(CHUNK_HEADER) {
            let length = [head[4], head[5], head[6], head[7]];
            let length = (u32::from_le_bytes(length) as usize).min(body.len());
            match &head[..4] {
                b"fmt " if length >= 2 => format = Some(u16::from_le_bytes([body[0], body[1]])),
                b"data" if length > 0 => {
                    return Ok(Self {
                        octets: body[..length].into(),
                        wav_format: format,
                    });
                }
                _ => {}
            }
            // Chunks begin at even octets.
            rest = body.get(length + length % 2..).unwrap_or_default();
        }
        Err(StoredAudioError::NoSamples)
    }

    /// What is odd about sending it as this payload type, in words: nothing is converted.
    pub fn unfit_for(&self, payload_type: u8) -> Option<String> {
        // Numbers of RFC 2361.
        let expected = match payload_type {
            0 => 7,
            8 => 6,
            _ => return None,
        };
        let format = self.wav_format.filter(|format| *format != expected)?;
        let name = match format {
            1 => "linear PCM".to_owned(),
            6 => "A-law".to_owned(),
            7 => "mu-law".to_owned(),
            other => format!("format {other}"),
        };
        Some(format!(
            "the WAV file holds {name}, which is sent unconverted as payload type {payload_type}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &str, body: &[u8]) -> Vec<u8> {
        let length = (body.len() as u32).to_le_bytes();
        [name.as_bytes(), &length, body, &vec![0; body.len() % 2]].concat()
    }

    fn wav(chunks: &[Vec<u8>]) -> Vec<u8> {
        [&b"RIFF\0\0\0\0WAVE"[..], &chunks.concat()].concat()
    }

    #[test]
    fn the_header_of_a_wav_file_is_skipped() {
        let format = chunk("fmt ", &[6, 0, 1, 0]);
        let file = wav(&[format.clone(), chunk("LIST", b"odd"), chunk("data", b"abc")]);
        let audio = StoredAudio::of(&file).expect("samples");
        assert_eq!(
            (&audio.octets[..], audio.wav_format),
            (&b"abc"[..], Some(6))
        );
        assert_eq!(audio.unfit_for(8), None);
        assert!(
            audio
                .unfit_for(0)
                .is_some_and(|text| text.contains("A-law"))
        );
        let cut = &file[..file.len() - 2];
        assert_eq!(StoredAudio::of(cut).map(|audio| audio.octets.len()), Ok(2));
        assert_eq!(
            StoredAudio::of(&wav(&[format])),
            Err(StoredAudioError::NoSamples)
        );
    }

    #[test]
    fn other_files_are_sent_whole() {
        let audio = StoredAudio::of(b"RIFFraff").expect("octets");
        assert_eq!(&audio.octets[..], b"RIFFraff");
        assert_eq!(audio.unfit_for(0), None);
        assert_eq!(StoredAudio::of(b""), Err(StoredAudioError::Empty));
    }
}
