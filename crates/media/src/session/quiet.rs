//! Comfort noise in place of silence (RFC 3389).

use std::time::Duration;

/// Decides what is sent where there is nothing to hear.
#[derive(Debug, Default)]
pub(super) struct Quiet {
    /// Payload type of comfort noise, if the receiver knows it.
    payload_type: Option<u8>,
    /// How long it has been silent.
    silent_for: Duration,
    /// How long ago the noise was described.
    described: Option<Duration>,
}

/// What the next packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Say {
    /// The audio itself.
    Audio,
    /// A description of noise.
    Noise {
        /// Payload type.
        payload_type: u8,
        /// Level in -dBov (RFC 3389 3.1).
        level: u8,
    },
    /// No packet at all.
    Nothing,
}

impl Quiet {
    /// Comfort noise was agreed with this payload type, or is not to be sent.
    pub(super) fn agree(&mut self, payload_type: Option<u8>) {
        self.payload_type = payload_type;
    }

    /// What to send for the next packet of audio.
    pub(super) fn next(&mut self, frame: &[i16], ptime: Duration) -> Say {
        let Some(payload_type) = self.payload_type else {
            return Say::Audio;
        };
        if frame
            .iter()
            .any(|sample| sample.unsigned_abs() > SILENT_MAX)
        {
            self.silent_for = Duration::ZERO;
            self.described = None;
            return Say::Audio;
        }
        self.silent_for += ptime;
        if self.silent_for <= HANGOVER {
            return Say::Audio;
        }
        let since = self.described.map(|since| since + ptime);
        let is_due = since.is_none_or(|since| since >= REFRESH);
        self.described = Some(if is_due {
            Duration::ZERO
        } else {
            since.unwrap_or_default()
        });
        if is_due {
            Say::Noise {
                payload_type,
                level: LEVEL,
            }
        } else {
            Say::Nothing
        }
    }
}

/// The largest sample of silence: one step of G.711.
const SILENT_MAX: u16 = 8;
/// How long silence is sent as audio, so that short pauses are no change.
const HANGOVER: Duration = Duration::from_millis(100);
/// How often the noise is described again.
const REFRESH: Duration = Duration::from_millis(500);
/// -70 dBov: below what is heard.
const LEVEL: u8 = 70;

#[cfg(test)]
mod tests {
    use super::*;

    const MS20: Duration = Duration::from_millis(20);

    #[test]
    fn silence_becomes_noise_now_and_then_until_there_is_sound() {
        let mut quiet = Quiet::default();
        assert_eq!(quiet.next(&[0; 160], MS20), Say::Audio);
        quiet.agree(Some(13));
        let noise = Say::Noise {
            payload_type: 13,
            level: 70,
        };
        let said: Vec<Say> = (0..60).map(|_| quiet.next(&[3; 160], MS20)).collect();
        assert_eq!(said[..5], [Say::Audio; 5]);
        for (n, say) in said[5..].iter().enumerate() {
            let expected = if n % 25 == 0 { noise } else { Say::Nothing };
            assert_eq!(*say, expected, "{n}");
        }
        assert_eq!(quiet.next(&[9; 160], MS20), Say::Audio);
        assert_eq!(quiet.next(&[0; 160], MS20), Say::Audio);
    }
}
