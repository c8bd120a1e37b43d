//! Recording what a session receives.

use std::time::{Duration, Instant};

use super::RtpSession;
use crate::codec::samples_in;
use crate::source::write_wav_at;

impl RtpSession {
    /// Begins a recording of what is received, of `longest` at most, in place
    /// of an earlier one, at the rate of the agreed codec. It begins with silence until audio comes.
    pub fn start_recording(&mut self, longest: Duration, now: Instant) {
        self.start_recording_at(self.negotiated.codec.sample_rate(), longest, now);
    }

    /// The same at another rate.
    pub fn start_recording_at(&mut self, rate: u32, longest: Duration, now: Instant) {
        let samples = samples_in(longest.min(RECORDING_MAX), rate);
        self.receiver.record(now, rate, samples as usize);
    }

    /// The samples recorded so far.
    pub fn recorded(&self) -> &[i16] {
        self.receiver.recorded()
    }

    /// Samples per second of the recording; of the agreed codec if there is none.
    pub fn recording_rate(&self) -> u32 {
        let codec = self.negotiated.codec;
        self.receiver
            .recording_rate()
            .unwrap_or_else(|| codec.sample_rate())
    }

    /// The recording so far as a WAV file (mono, 16 bits).
    pub fn wav_bytes(&self) -> Vec<u8> {
        write_wav_at(self.recorded(), self.recording_rate())
    }

    /// Ends the recording and gives its samples.
    pub fn stop_recording(&mut self) -> Vec<i16> {
        self.receiver.stop_recording()
    }
}

/// The longest recording: 4 hours, 230 MB of G.711.
const RECORDING_MAX: Duration = Duration::from_hours(4);
